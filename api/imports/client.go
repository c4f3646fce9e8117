package imports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Client sends files to a server. Only Server and Token must be set; a Client is for one
// upload at a time.
type Client struct {
	Server string // "https://city.example/shikong"
	Token  string
	// HTTP sends the requests; one without a time limit of its own when nil.
	HTTP *http.Client
	// Chunk is the size of a piece, 16 MiB when 0. It matters only to proxies that bound the
	// size of a request: what has arrived of a piece that was cut is not sent again.
	Chunk int64
	// Retries is how often in a row an attempt may fail without a byte of progress, 12 when 0:
	// about four minutes.
	Retries int
	// Stall is how long a connection may stand still, a minute when 0.
	Stall time.Duration
	// Wait waits between attempts; tests hand in one that does not.
	Wait func(ctx context.Context, d time.Duration) error
}

// Phase is what a client is busy with.
type Phase string

// The phases of an upload, in this order.
const (
	Reading   Phase = "reading"   // the file is read for its checksum
	Sending   Phase = "sending"   // done and total are bytes
	Waiting   Phase = "waiting"   // for its turn
	Importing Phase = "importing" // done and total are the importer's
)

// The waits between attempts and between looks at an import.
const (
	firstWait = 250 * time.Millisecond
	lastWait  = 30 * time.Second
	lookWait  = 2 * time.Second
)

// Upload sends the file, waits for its import and returns its report. A connection that is
// cut is taken up where it stood, also by a later call after this process was killed: the
// server knows the file by its SHA-256, name and options. When ctx ends, the import is
// cancelled on the server.
//
// Errors are of the kinds of package spatial and rest, with the code that the server gave;
// a report may come along with an error.
func (c *Client) Upload(ctx context.Context, path string, opts spatial.ImportOptions, progress func(p Phase, done, total int64)) (spatial.Report, error) {
	if progress == nil {
		progress = func(Phase, int64, int64) {}
	}
	u := upload{Client: c.filled(), progress: progress}
	f, err := os.Open(path)
	if err != nil {
		return spatial.Report{}, fmt.Errorf("upload: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return spatial.Report{}, fmt.Errorf("upload: %w", err)
	}
	if !info.Mode().IsRegular() {
		return spatial.Report{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "no-regular-file", Message: path + " is no regular file",
			Hint: "copy it to a file first: an upload can be continued only from one"}
	}
	u.file, u.said = f, Announcement{Name: filepath.Base(path), Bytes: info.Size(), Options: opts}
	report, err := u.all(ctx)
	if ctx.Err() != nil && u.id != "" {
		u.cancel(context.WithoutCancel(ctx))
	}
	if err != nil {
		return report, fmt.Errorf("upload %s to %s: %w", u.said.Name, c.Server, err)
	}
	return report, nil
}

func (c *Client) filled() Client {
	out := *c
	out.Server = strings.TrimRight(out.Server, "/")
	fill(&out.Chunk, 16<<20)
	fill(&out.Retries, 12)
	fill(&out.Stall, time.Minute)
	if out.HTTP == nil {
		out.HTTP = &http.Client{}
	}
	if out.Wait == nil {
		out.Wait = wait
	}
	return out
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// upload is one file on its way.
type upload struct {
	Client
	progress func(Phase, int64, int64)
	file     *os.File
	said     Announcement
	id       string
}

func (u *upload) all(ctx context.Context) (spatial.Report, error) {
	if err := u.sum(ctx); err != nil {
		return spatial.Report{}, err
	}
	if err := u.send(ctx); err != nil {
		return spatial.Report{}, err
	}
	return u.await(ctx)
}

// sum reads the file for its checksum.
func (u *upload) sum(ctx context.Context) error {
	h, buf, done := sha256.New(), make([]byte, 1<<20), int64(0)
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := u.file.Read(buf)
		h.Write(buf[:n])
		done += int64(n)
		u.progress(Reading, done, u.said.Bytes)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	u.said.Bytes, u.said.SHA256 = done, hex.EncodeToString(h.Sum(nil))
	return nil
}

// send announces the file and sends it piece by piece until all has arrived.
func (u *upload) send(ctx context.Context) error {
	offset, best, patience := int64(-1), int64(-1), u.patience()
	for offset < u.said.Bytes {
		next, err := u.step(ctx, offset)
		if next > best {
			best, patience = next, u.patience()
		}
		if offset = next; err == nil {
			continue
		}
		if err := patience.after(ctx, err); err != nil {
			return err
		}
	}
	u.progress(Sending, u.said.Bytes, u.said.Bytes)
	return nil
}

// step does the next thing: announce the file when the offset is unknown (below 0), or send
// one piece. It returns the offset then, below 0 when it has to be asked for.
func (u *upload) step(ctx context.Context, offset int64) (int64, error) {
	if offset < 0 {
		imp, err := u.announce(ctx)
		if err != nil {
			return -1, err
		}
		if imp.State != Receiving {
			return u.said.Bytes, nil // it arrived before this process was born
		}
		u.progress(Sending, imp.Received, u.said.Bytes)
		return imp.Received, nil
	}
	next, err := u.piece(ctx, offset)
	if err != nil {
		// Announcing again is how to learn what arrived, and to begin anew if nothing is left.
		return -1, err
	}
	return next, nil
}

func (u *upload) announce(ctx context.Context) (Import, error) {
	text, err := json.Marshal(u.said)
	if err != nil {
		return Import{}, err
	}
	var imp Import
	if err := u.call(ctx, http.MethodPost, "/imports", bytes.NewReader(text), &imp); err != nil {
		if errors.Is(err, spatial.ErrNotFound) {
			err = fatal{&spatial.Problem{Kind: spatial.ErrNotFound, Code: "not-shikong", Message: u.Server + " takes no imports", Hint: "check the address"}}
		}
		return Import{}, err
	}
	u.id = imp.ID
	return imp, nil
}

// piece sends what follows behind the offset.
func (u *upload) piece(ctx context.Context, offset int64) (int64, error) {
	size := min(u.Chunk, u.said.Bytes-offset)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dog := time.AfterFunc(u.Stall, func() { cancel(errStall) })
	defer dog.Stop()
	body := &counted{r: io.NewSectionReader(u.file, offset, size), read: func(n int64) {
		dog.Reset(u.Stall)
		u.progress(Sending, offset+n, u.said.Bytes)
	}}
	req, err := u.request(ctx, http.MethodPatch, "/imports/"+url.PathEscape(u.id), body)
	if err != nil {
		return offset, err
	}
	req.ContentLength = size
	req.Header.Set(echo.HeaderContentType, mediaPiece)
	req.Header.Set(headerOffset, strconv.FormatInt(offset, 10))
	if err := u.do(req, nil); err != nil {
		if errors.Is(context.Cause(ctx), errStall) {
			return offset, errStall
		}
		return offset, err
	}
	return offset + size, nil
}

var errStall = &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "connection-stalled", Message: "the connection to the server stands still"}

// counted tells how much was read.
type counted struct {
	r    io.Reader
	n    int64
	read func(n int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.read(c.n)
	return n, err
}

// await looks at the import until it has ended.
func (u *upload) await(ctx context.Context) (spatial.Report, error) {
	patience, pause := u.patience(), firstWait
	for {
		var imp Import
		if err := u.call(ctx, http.MethodGet, "/imports/"+url.PathEscape(u.id), nil, &imp); err != nil {
			if err := patience.after(ctx, err); err != nil {
				return spatial.Report{}, err
			}
			continue
		}
		patience = u.patience()
		switch imp.State {
		case Receiving:
			return spatial.Report{}, &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "upload-lost", Message: "the server lost what had arrived", Hint: "try again"}
		case Queued:
			u.progress(Waiting, 0, 0)
		case Running:
			u.progress(Importing, imp.Progress.Done, imp.Progress.Total)
		default:
			return outcome(&imp)
		}
		if err := u.Wait(ctx, pause); err != nil {
			return spatial.Report{}, err
		}
		pause = min(pause*3/2, lookWait)
	}
}

// outcome is the report and error of an import that has ended.
func outcome(imp *Import) (report spatial.Report, err error) {
	if imp.Report != nil {
		if err := json.Unmarshal(imp.Report, &report); err != nil {
			return report, fmt.Errorf("report: %w", err)
		}
	}
	switch {
	case imp.State == Cancelled:
		return report, &spatial.Problem{Kind: spatial.ErrConflict, Code: "import-cancelled", Message: "the import was cancelled on the server"}
	case imp.Error != nil:
		text, err := json.Marshal(imp.Error)
		if err != nil {
			return report, err
		}
		return report, rest.ErrorOf(imp.Error.Status, text)
	}
	return report, nil
}

// cancel tells the server that nobody waits any more, and does not wait long itself.
func (u *upload) cancel(ctx context.Context) {
	const most = 5 * time.Second
	ctx, stop := context.WithTimeout(ctx, most)
	defer stop()
	// If this does not get through either, the server gives the upload up when it is old.
	_ = u.call(ctx, http.MethodDelete, "/imports/"+url.PathEscape(u.id), nil, nil)
}

func (u *upload) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.Server+path, body)
	if err != nil {
		return nil, fatal{&spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-server", Message: fmt.Sprintf("%q is no address of a server", u.Server),
			Hint: "write --server https://HOST"}}
	}
	req.Header.Set(echo.HeaderAuthorization, "Bearer "+u.Token)
	req.Header.Set(echo.HeaderAccept, rest.MediaJSON)
	return req, nil
}

// call sends a small request and reads the answer into a value.
func (u *upload) call(ctx context.Context, method, path string, body io.Reader, into any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, u.Stall, errStall)
	defer cancel()
	req, err := u.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set(echo.HeaderContentType, rest.MediaJSON)
	}
	return u.do(req, into)
}

// answerBytes bounds what is read of an answer; a report of 10,000 issues is a tenth of it.
const answerBytes = 32 << 20

func (u *upload) do(req *http.Request, into any) error {
	res, err := u.HTTP.Do(req)
	if err != nil {
		return unreachable(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, answerBytes))
	if err != nil {
		return unreachable(err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		err := rest.ErrorOf(res.StatusCode, text)
		if final(res.StatusCode) {
			return fatal{err}
		}
		return err
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fatal{&spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-shikong", Message: "the answer of " + u.Server + " is not that of a shikong server"}}
	}
	return nil
}

// unreachable says that no answer came, and why, without the address that all errors of an
// upload name anyway.
func unreachable(err error) error {
	why := err
	if ue, ok := errors.AsType[*url.Error](err); ok {
		why = ue.Err
	}
	return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "server-unreachable", Message: "no answer from the server: " + why.Error(),
		Hint: "check address and network; the same command goes on where this one stood"}
}
