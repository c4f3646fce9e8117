package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// asProgram in the environment makes the test binary behave as shikong itself, so that tests
// run the real program, with the race detector in it.
const asProgram = "SHIKONG_TEST_AS_PROGRAM"

// program prepares a command line of shikong.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// must runs shikong to its end and returns what it printed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := program(t, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("shikong %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// server is a running shikong serve.
type server struct {
	url  string
	cmd  *exec.Cmd
	log  *logBook
	done chan error
}

// logBook collects what the server says, while tests read it.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(line + "\n")
}

// String returns what was said so far.
func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var servingLine = regexp.MustCompile(`url=(http://\S+)`)

// serve starts a server on a free port and waits until it is ready.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{cmd: program(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...), log: &logBook{}, done: make(chan error, 1)}
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			s.log.add(lines.Text())
			if m := servingLine.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		close(address)
		s.done <- s.cmd.Wait()
	}()
	var ok bool
	if s.url, ok = <-address; !ok {
		t.Fatalf("the server ended: %v\n%s", <-s.done, s.log)
	}
	t.Cleanup(func() { s.stop(t) })
	eventually(t, "the server is ready", func() bool { return s.status(t, "/readyz") == http.StatusOK })
	return s
}

// stop ends the server as an administrator would, once.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.done:
		if err != nil {
			t.Errorf("the server ended with %v\n%s", err, s.log)
		}
	case <-time.After(time.Minute):
		_ = s.cmd.Process.Kill()
		t.Errorf("the server did not end within a minute\n%s", s.log)
	}
	s.cmd = nil
}

func (s *server) status(t *testing.T, path string) int {
	t.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	_, _ = io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	return r.StatusCode
}

// get decodes a JSON answer.
func (s *server) get(t *testing.T, path string, into any) int {
	t.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if r.StatusCode == http.StatusOK && into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			t.Fatalf("GET %s: %v\n%.500s", path, err, body)
		}
	}
	return r.StatusCode
}

// page is what tests read of an answer with features.
type page struct {
	NumberMatched int64
	Features      []struct {
		ID         string
		Properties map[string]any
	}
}

// eventually waits for a condition; the minute is for machines that hang, not a promise.
func eventually(t *testing.T, what string, is func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for !is() {
		if time.Since(start) > time.Minute {
			t.Fatalf("waited a minute for: %s", what)
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // between two looks at a condition of another process
	}
	return time.Since(start)
}

// features writes n points as a file and returns its path.
func features(t *testing.T, name string, n int, height float64) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		x, y := 114+float64(i%300)*1e-4, 22.5+float64(i/300)*1e-4
		fmt.Fprintf(&b, `{"type":"Feature","id":"f%06d","properties":{"name":"楼%d","height":%g},"geometry":{"type":"Polygon","coordinates":[[[%.5f,%.5f],[%.5f,%.5f],[%.5f,%.5f],[%.5f,%.5f]]]}}`+"\n",
			i, i, height, x, y, x+5e-5, y, x+5e-5, y+5e-5, x, y)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// eachStore runs a test on both kinds of store, empty.
func eachStore(t *testing.T, f func(t *testing.T, store string)) {
	t.Run("GeoPackage", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "city.gpkg")) })
	t.Run("PostGIS", func(t *testing.T) { f(t, database(t)) })
}

// database makes an empty database that goes with the test.
func database(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("SHIKONG_TEST_POSTGIS")
	if dsn == "" {
		t.Skip("SKIPPED: SHIKONG_TEST_POSTGIS is not set, so the program is not tested on PostGIS")
	}
	admin, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("shikong_cmd_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := admin.Exec(t.Context(), "create database "+name+" template template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := admin.Exec(context.Background(), "drop database "+name+" with (force)")
		if err := errors.Join(err, admin.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
