package api_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/api"
)

// ignore marks an error that no test asks about.
func ignore(error) {}

// patience is how long a test waits for what must come; it never waits that long when all
// is well.
const patience = 20 * time.Second

// serve runs a server on a port of its own and returns its address and what ends it.
func serve(t *testing.T, o api.Options) (address string, shutdown func() error) {
	t.Helper()
	s := newServer(t, o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	done := false
	shutdown = func() error {
		if done {
			return nil
		}
		done = true
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		return errors.Join(s.Shutdown(ctx), <-served)
	}
	t.Cleanup(func() {
		if err := shutdown(); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return l.Addr().String(), shutdown
}

// events reads events from a stream: event and data, one line each.
func listen(t *testing.T, address string, header ...string) (next func() string, leave func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("status %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewReader(res.Body)
	next = func() string {
		var out []string
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return strings.Join(append(out, err.Error()), "\n")
			}
			if line = strings.TrimSpace(line); line == "" {
				return strings.Join(out, "\n")
			}
			out = append(out, line)
		}
	}
	leave = func() { cancel(); res.Body.Close() }
	t.Cleanup(leave)
	return next, leave
}

func TestListenersLearnOfChangesAndOfTheEnd(t *testing.T) {
	f := city()
	address, shutdown := serve(t, api.Options{Reader: f, Store: f, Limits: api.Limits{Poll: time.Millisecond, Heartbeat: 5 * time.Millisecond}})
	next, _ := listen(t, address)
	skip := func() string {
		for {
			if e := next(); e != ": alive" {
				return e
			}
		}
	}
	if got := skip(); got != "retry: 2000\nevent: hello\ndata: {\"revision\":7}" {
		t.Errorf("first event:\n%s", got)
	}
	if next() != ": alive" {
		t.Error("no sign of life")
	}
	f.raise("houses")
	want := "id: 8\nevent: change\ndata: " + `{"collection":"houses","model":"plan","revision":8,"recorded":"2024-01-01T00:01:00Z",` +
		`"bbox":[114.05,22.54,114.06,22.55],"valid":[null,null],"added":1,"changed":0,"ended":0}`
	if diff := cmp.Diff(want, skip()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	f.raise("metro")
	f.raise("houses")
	late, leave := listen(t, address, "Last-Event-Id", "8")
	late() // hello
	for _, want := range []string{`"collection":"metro","model":"plan","revision":9`, `"collection":"houses","model":"plan","revision":10`} {
		e := late()
		for e == ": alive" {
			e = late()
		}
		if !strings.Contains(e, want) {
			t.Errorf("a listener that comes back misses %s, got %s", want, e)
		}
	}
	leave()
	if err := shutdown(); err != nil {
		t.Error(err)
	}
	last := ""
	for e := skip(); e != "EOF"; e = skip() {
		last = e
	}
	if last != "event: bye\ndata: {}" {
		t.Errorf("last event: %q", last)
	}
}

func TestTooManyListenersAreTurnedAway(t *testing.T) {
	address, _ := serve(t, api.Options{Reader: city(), Limits: api.Limits{EventClients: 1}})
	next, _ := listen(t, address)
	next()
	if res := fetch(t, http.MethodGet, "http://"+address+"/events"); res.status != 503 {
		t.Errorf("status %d", res.status)
	}
}

func TestHeadersAndBodiesHaveLimits(t *testing.T) {
	f := city()
	address, _ := serve(t, api.Options{Reader: f, Store: f, Tokens: oneToken{}, Limits: api.Limits{HeaderBytes: 4096, BodyBytes: 100, HeaderTimeout: 50 * time.Millisecond}})
	if res := fetch(t, http.MethodGet, "http://"+address+"/", "X-Long: "+strings.Repeat("x", 20_000)); res.status != 431 {
		t.Errorf("a long header: status %d", res.status)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ignore(conn.Close()) })
	if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	// A header that never ends is given up by the server, with or without a last word.
	if _, err := io.ReadAll(conn); errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a header that never ends: %v", err)
	}
}

func TestAServerThatIsShutDownIsNotReadyAndServesNoMore(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	if res := ask(t, s, "GET", "/readyz"); res.status != 200 {
		t.Errorf("before: %d", res.status)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if res := ask(t, s, "GET", "/readyz"); res.status != 503 {
		t.Errorf("afterwards: %d", res.status)
	}
	if res := ask(t, s, "GET", "/healthz"); res.status != 200 {
		t.Errorf("healthz afterwards: %d", res.status)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a server that was shut down left its port open: %v", err)
	}
}

func TestMetricsCountRequestsByRoute(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	ask(t, s, "GET", "/collections/houses")
	ask(t, s, "GET", "/nowhere")
	ask(t, s, "BREW", "/collections")
	body := ask(t, s, "GET", "/metrics").body
	for _, want := range []string{
		`shikong_http_request_seconds_count{method="GET",route="/collections/:collectionId",status="200"} 1`,
		`shikong_http_request_seconds_count{method="GET",route="-",status="404"} 1`,
		`shikong_http_request_seconds_count{method="other",route="/collections",status="405"} 1`,
		"shikong_http_requests_in_flight 1",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the metrics lack %s\n%s", want, body)
		}
	}
}
