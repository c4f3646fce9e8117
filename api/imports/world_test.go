package imports_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/spatial"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// nothing is a reader of an empty store.
type nothing struct{ spatial.Reader }

func (nothing) Meta(context.Context) (spatial.Meta, error) { return spatial.Meta{Datum: "wgs84"}, nil }

// names are tokens that are their owner's name behind "token-".
type names struct{}

func (names) Check(_ context.Context, token string) (string, bool) {
	return strings.CutPrefix(token, "token-")
}

// importer is the work behind the service in these tests: it reads the file and reports its
// checksum, once the test lets it.
type importer struct {
	mu    sync.Mutex
	ran   []string      // names of files, in the order in which they ran
	hold  chan struct{} // when not nil, a run waits until it closes or its context ends
	began chan struct{} // gets one for each run that begins
	err   error
	boom  bool
}

func newImporter() *importer { return &importer{began: make(chan struct{}, 100)} }

func (i *importer) run(ctx context.Context, in spatial.Input, opts spatial.ImportOptions, progress func(done, total int64)) (spatial.Report, error) {
	i.mu.Lock()
	i.ran = append(i.ran, in.Name)
	hold, err, boom := i.hold, i.err, i.boom
	i.mu.Unlock()
	i.began <- struct{}{}
	if boom {
		panic("secret-of-the-house")
	}
	progress(1, 2)
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return spatial.Report{}, ctx.Err()
		}
	}
	h := sha256.New()
	n, copyErr := io.Copy(h, in.Body)
	if copyErr != nil {
		return spatial.Report{}, copyErr
	}
	report := spatial.Report{Source: spatial.Source{Name: in.Name, SHA256: hex.EncodeToString(h.Sum(nil)), Bytes: n},
		Collection: opts.Collection, Model: opts.Model, Features: n}
	if err != nil {
		return report, fmt.Errorf("read %s: %w", in.Path, err)
	}
	return report, nil
}

func (i *importer) list() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return strings.Join(i.ran, ", ")
}

// world is a server with its spool folder, that a test can stop and start again.
type world struct {
	t       *testing.T
	dir     string
	work    *importer
	limits  imports.Limits
	now     func() time.Time
	change  func(*imports.Options)
	service *imports.Service
	server  *api.Server
	served  chan error
	address string
}

func newWorld(t *testing.T, change func(*world)) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "spool"), work: newImporter(), now: time.Now}
	if change != nil {
		change(w)
	}
	w.start()
	t.Cleanup(func() {
		if w.service != nil {
			w.stop(context.Background())
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return w
}

// start opens the service and serves it, on the port it had before.
func (w *world) start() {
	w.t.Helper()
	o := imports.Options{Dir: w.dir, Import: w.work.run, Limits: w.limits, Now: w.now}
	if w.change != nil {
		w.change(&o)
	}
	var err error
	if w.service, err = imports.Open(o); err != nil {
		w.t.Fatal(err)
	}
	if w.server, err = api.New(api.Options{Reader: nothing{}, Imports: w.service, Tokens: names{}}); err != nil {
		w.t.Fatal(err)
	}
	if w.address == "" {
		w.address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.address, w.served = l.Addr().String(), make(chan error, 1)
	go func() { w.served <- w.server.Serve(l) }()
}

// stop ends server and service as cmd does; what runs is broken off when ctx ends.
func (w *world) stop(ctx context.Context) {
	w.t.Helper()
	end, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := errors.Join(w.server.Shutdown(end), <-w.served, w.service.Close(ctx)); err != nil {
		w.t.Error(err)
	}
	w.service = nil
}

func (w *world) client() imports.Client {
	return imports.Client{Server: "http://" + w.address, Token: "token-team", Stall: patience,
		Wait: breath}
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request and returns its answer. Headers are "Name: value".
func (w *world) ask(method, path string, body io.Reader, header ...string) reply {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.address+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer token-team")
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}

func (w *world) get(id string) imports.Import {
	w.t.Helper()
	imp, err := w.service.Get(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return imp
}

// until waits until the import is in one of the states.
func (w *world) until(id string, states ...imports.State) imports.Import {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	for {
		imp := w.get(id)
		if slices.Contains(states, imp.State) {
			return imp
		}
		if breath(ctx, 0) != nil {
			w.t.Fatalf("import %s is %s, not %v", id, imp.State, states)
		}
	}
}

// breath lets others have the processor for a moment.
func breath(ctx context.Context, _ time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(time.Millisecond):
		return nil
	}
}

// announce makes an upload over HTTP.
func (w *world) announce(a imports.Announcement) imports.Import {
	w.t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		w.t.Fatal(err)
	}
	res := w.ask("POST", "/imports", strings.NewReader(string(text)), "Content-Type: application/json")
	imp := decode[imports.Import](w.t, res)
	if imp.ID == "" || !strings.HasSuffix(res.header.Get("Location"), "/imports/"+imp.ID) {
		w.t.Fatalf("status %d, Location %q, %+v", res.status, res.header.Get("Location"), imp)
	}
	return imp
}

// piece appends bytes over HTTP.
func (w *world) piece(id string, offset int, data []byte) reply {
	w.t.Helper()
	return w.ask("PATCH", "/imports/"+id, strings.NewReader(string(data)), "Content-Type: application/offset+octet-stream", fmt.Sprintf("Upload-Offset: %d", offset))
}

func decode[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("status %d, %v: %s", r.status, err, r.body)
	}
	return v
}

// file writes random bytes and returns where, and their checksum.
func file(t *testing.T, name string, size int) (path, sum string, data []byte) {
	t.Helper()
	data = make([]byte, size)
	r := rand.NewChaCha8([32]byte{byte(size)})
	_, _ = r.Read(data)
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(data)
	return path, hex.EncodeToString(h[:]), data
}

func code(err error) string {
	var p *spatial.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}

type problem struct {
	Code, Detail string
	Status       int
}
