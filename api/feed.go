package api

import (
	"context"
	"sync"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// feed tells listeners when the revision that the server answers from has risen. It looks
// only while somebody listens.
type feed struct {
	reader spatial.Reader
	every  time.Duration

	mu        sync.Mutex
	listeners int
	revision  int64
	risen     chan struct{} // closed and replaced when the revision rises
	stop      context.CancelFunc
	running   sync.WaitGroup
}

func newFeed(r spatial.Reader, every time.Duration) *feed {
	return &feed{reader: r, every: every, risen: make(chan struct{})}
}

// join counts a listener, at most as many as allowed, and starts looking for the first.
func (f *feed) join(most int) (ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listeners >= most {
		return false
	}
	f.listeners++
	if f.listeners == 1 {
		ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // ends with the last listener, not with the first one's request
		f.stop = cancel
		f.running.Add(1)
		go f.look(ctx)
	}
	return true
}

func (f *feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listeners--
	if f.listeners == 0 {
		f.stop()
	}
}

// wait returns when nobody looks any more.
func (f *feed) wait() { f.running.Wait() }

// now returns the revision last seen and a channel that closes when it rises.
func (f *feed) now() (int64, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.revision, f.risen
}

func (f *feed) look(ctx context.Context) {
	defer f.running.Done()
	tick := time.NewTicker(f.every)
	defer tick.Stop()
	for {
		// A store that is out of reach for a while is not this listener's trouble: readyz tells.
		if meta, err := f.reader.Meta(ctx); err == nil {
			f.raise(meta.Revision)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (f *feed) raise(revision int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if revision > f.revision {
		f.revision = revision
		close(f.risen)
		f.risen = make(chan struct{})
	}
}
