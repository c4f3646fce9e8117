package imports_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/spatial"
)

// cutter is a proxy on TCP that breaks each of its first connections off after so many
// bytes from the client, and counts them.
type cutter struct {
	l      net.Listener
	target string
	mu     sync.Mutex
	cuts   []int64 // what is left to do
	passed int64
	wg     sync.WaitGroup
}

func newCutter(t *testing.T, target string, cuts ...int64) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{l: l, target: target, cuts: cuts}
	c.wg.Add(1)
	go c.accept()
	t.Cleanup(func() { l.Close(); http.DefaultClient.CloseIdleConnections(); c.wg.Wait() })
	return c
}

func (c *cutter) accept() {
	defer c.wg.Done()
	for {
		from, err := c.l.Accept()
		if err != nil {
			return
		}
		c.wg.Add(1)
		go c.pass(from)
	}
}

func (c *cutter) pass(from net.Conn) {
	defer c.wg.Done()
	defer shut(from)
	to, err := net.Dial("tcp", c.target)
	if err != nil {
		return
	}
	defer shut(to)
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		_, _ = io.Copy(from, to)
		shut(from)
	}()
	c.mu.Lock()
	most := int64(-1)
	if len(c.cuts) > 0 {
		most, c.cuts = c.cuts[0], c.cuts[1:]
	}
	c.mu.Unlock()
	var r io.Reader = from
	if most >= 0 {
		r = io.LimitReader(from, most)
	}
	n, _ := io.Copy(to, r)
	c.mu.Lock()
	c.passed += n
	c.mu.Unlock()
}

// shut closes a connection; that it broke before is what these tests are about.
func shut(c net.Conn) { _ = c.Close() }

func TestAConnectionThatIsCutIsTakenUpWhereItStood(t *testing.T) {
	w := newWorld(t, nil)
	const size = 8 << 20
	path, sum, _ := file(t, "a.ifc", size)
	proxy := newCutter(t, w.address, 3<<20, 100, 2<<20, 0, 1<<20)
	c := w.client()
	c.Server = "http://" + proxy.l.Addr().String()
	report, err := c.Upload(t.Context(), path, spatial.ImportOptions{}, nil)
	if err != nil || report.Source.SHA256 != sum {
		t.Fatalf("%v, %+v", err, report.Source)
	}
	proxy.mu.Lock()
	defer proxy.mu.Unlock()
	if proxy.passed > size*3/2 {
		t.Errorf("%d bytes passed for a file of %d: what had arrived was sent again", proxy.passed, size)
	}
	if len(proxy.cuts) > 0 {
		t.Errorf("%d cuts were not made", len(proxy.cuts))
	}
	if list := w.service.List(func(*imports.Import) bool { return true }); len(list) != 1 {
		t.Errorf("%d uploads for one file", len(list))
	}
}

// killed sends the file until about so much has arrived, and then goes without a word, as a
// process does that is killed.
func killed(t *testing.T, w *world, name, sum string, data []byte, after int) string {
	t.Helper()
	imp := w.announce(imports.Announcement{Name: name, Bytes: int64(len(data)), SHA256: sum})
	conn, err := net.Dial("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(conn) })
	fmt.Fprintf(conn, "PATCH /imports/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-team\r\nContent-Type: application/offset+octet-stream\r\n"+
		"Upload-Offset: 0\r\nContent-Length: %d\r\n\r\n", imp.ID, len(data))
	if _, err := conn.Write(data[:after]); err != nil {
		t.Fatal(err)
	}
	for w.get(imp.ID).Received < int64(after) {
		if t.Context().Err() != nil {
			t.Fatal("nothing arrives")
		}
	}
	return imp.ID // the connection stays, half open
}

func TestAKilledClientGoesOnWhereItStoodEvenBesideItsDeadConnection(t *testing.T) {
	w := newWorld(t, nil)
	path, sum, data := file(t, "a.ifc", 1<<20)
	id := killed(t, w, "a.ifc", sum, data, 700_000)
	c, first := w.client(), int64(-1)
	report, err := c.Upload(t.Context(), path, spatial.ImportOptions{}, func(p imports.Phase, done, _ int64) {
		if p == imports.Sending && first < 0 {
			first = done
		}
	})
	if err != nil || report.Source.SHA256 != sum {
		t.Fatalf("%v, %+v", err, report.Source)
	}
	if first != 700_000 {
		t.Errorf("the client began at %d", first)
	}
	if got := w.get(id); got.State != imports.Done {
		t.Errorf("the first upload is %s", got.State)
	}
}

func TestOtherOptionsAreAnotherUpload(t *testing.T) {
	w := newWorld(t, nil)
	path, sum, data := file(t, "a.ifc", 100_000)
	id := killed(t, w, "a.ifc", sum, data, 50_000)
	c := w.client()
	if _, err := c.Upload(t.Context(), path, spatial.ImportOptions{Collection: "other"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := w.get(id); got.State != imports.Receiving || got.Received != 50_000 {
		t.Errorf("the first upload is %s at %d", got.State, got.Received)
	}
}

func TestAServerThatRestartsLosesNothing(t *testing.T) {
	w := newWorld(t, nil)
	path, sum, data := file(t, "a.ifc", 1<<20)
	id := killed(t, w, "a.ifc", sum, data, 700_000)
	w.stop(t.Context())
	w.start()
	if got := w.get(id); got.State != imports.Receiving || got.Received != 700_000 {
		t.Fatalf("after the restart the upload is %s at %d", got.State, got.Received)
	}
	c := w.client()
	report, err := c.Upload(t.Context(), path, spatial.ImportOptions{}, nil)
	if err != nil || report.Source.SHA256 != sum {
		t.Fatalf("%v, %+v", err, report.Source)
	}
	w.stop(t.Context())
	w.start()
	if got := w.get(id); got.State != imports.Done || !strings.Contains(string(got.Report), sum) {
		t.Errorf("after another restart the import is %s, report %s", got.State, got.Report)
	}
}

func TestTheClientOutlivesARestartOfTheServerWhileItSendsAndWhileItWaits(t *testing.T) {
	w := newWorld(t, func(w *world) { w.work.hold = make(chan struct{}) })
	path, sum, _ := file(t, "a.ifc", 4<<20)
	c := w.client()
	c.Chunk, c.Retries = 1<<20, 10_000
	half := make(chan struct{})
	var once sync.Once
	done := make(chan error, 1)
	go func() {
		report, err := c.Upload(context.WithoutCancel(t.Context()), path, spatial.ImportOptions{}, func(p imports.Phase, sent, _ int64) {
			if p == imports.Sending && sent > 2<<20 {
				once.Do(func() { close(half) })
			}
		})
		if err == nil && report.Source.SHA256 != sum {
			err = fmt.Errorf("the file that arrived is another: %+v", report.Source)
		}
		done <- err
	}()
	<-half
	w.stop(t.Context())
	w.start()
	<-w.work.began
	gone, cancel := context.WithCancel(t.Context())
	cancel() // breaks the run off
	w.stop(gone)
	w.start()
	<-w.work.began
	close(w.work.hold)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := w.work.list(); got != "a.ifc, a.ifc" {
		t.Errorf("ran %q", got)
	}
}

func TestAClientThatIsCalledOffCancelsTheImport(t *testing.T) {
	w := newWorld(t, func(w *world) { w.work.hold = make(chan struct{}) })
	path, _, _ := file(t, "a.ifc", 1000)
	c := w.client()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := c.Upload(ctx, path, spatial.ImportOptions{}, func(p imports.Phase, _, _ int64) {
		if p == imports.Importing {
			cancel()
		}
	})
	if err == nil || ctx.Err() == nil {
		t.Fatalf("the upload ended with %v", err)
	}
	list := w.service.List(func(*imports.Import) bool { return true })
	if len(list) != 1 {
		t.Fatalf("%d imports", len(list))
	}
	w.until(list[0].ID, imports.Cancelled)
}

func TestASpoolFolderHasOneServer(t *testing.T) {
	w := newWorld(t, nil)
	if _, err := imports.Open(imports.Options{Dir: w.dir, Import: w.work.run}); code(err) != "spool-locked" {
		t.Errorf("a second service on the folder: %v", err)
	}
}
