package imports

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// fatal is an error that no further attempt can mend.
type fatal struct{ error }

func (f fatal) Unwrap() error { return f.error }

// final reports whether an answer will be the same next time. Conflicts are about offsets,
// and 404 about an upload that is gone: both are mended by announcing the file again.
func final(status int) bool {
	switch status {
	case http.StatusConflict, http.StatusNotFound, http.StatusRequestTimeout, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusInternalServerError:
		return false
	}
	return true
}

// firstRetries is Retries until the server has answered once.
const firstRetries = 4

// patience waits longer after each attempt that failed, and ends.
type patience struct {
	u      *upload
	failed int
	pause  time.Duration
}

func (u *upload) patience() patience { return patience{u: u, pause: firstWait} }

// after waits for the next attempt, or returns the error when there is to be none.
func (p *patience) after(ctx context.Context, err error) error {
	if f, ok := errors.AsType[fatal](err); ok {
		return f.error
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	most := p.u.Retries
	if p.u.id == "" {
		// A server that was never reached is more likely misspelt than restarting.
		most = min(most, firstRetries)
	}
	if p.failed++; p.failed >= most {
		return err
	}
	pause := p.pause
	p.pause = min(2*p.pause, lastWait)
	return p.u.Wait(ctx, pause)
}
