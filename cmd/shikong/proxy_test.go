package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// slowProxy passes requests on and holds back bodies after their first half megabyte until
// it is told to be fast.
type slowProxy struct {
	url  string
	sent atomic.Int64 // bytes of bodies passed on
	fast atomic.Bool
	half chan struct{} // closed when a body is held back
	once sync.Once
	end  chan struct{}
}

func newSlowProxy(t *testing.T, target string) *slowProxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &slowProxy{half: make(chan struct{}), end: make(chan struct{})}
	next := httputil.NewSingleHostReverseProxy(u)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil {
			body := r.Body
			r.Body = struct {
				io.Reader
				io.Closer
			}{&held{p: p, r: r, body: body}, body}
		}
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		close(p.end)
		srv.Close()
	})
	p.url = srv.URL
	return p
}

type held struct {
	p    *slowProxy
	r    *http.Request
	n    int64
	body io.Reader
}

// Read implements io.Reader.
func (h *held) Read(b []byte) (int, error) {
	if h.n > 512<<10 && !h.p.fast.Load() {
		h.p.once.Do(func() { close(h.p.half) })
		select {
		case <-h.r.Context().Done(): // the client is gone
			return 0, h.r.Context().Err()
		case <-h.p.end:
			return 0, io.ErrUnexpectedEOF
		}
	}
	n, err := h.body.Read(b[:min(len(b), 64<<10)])
	h.n += int64(n)
	h.p.sent.Add(int64(n))
	return n, err
}
