package imports_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/spatial"
)

func TestAnUploadArrivesPieceByPieceAndRuns(t *testing.T) {
	w := newWorld(t, nil)
	_, sum, data := file(t, "campus.ifc", 100_000)
	opts := spatial.ImportOptions{Collection: "campus", Model: "arch"}
	imp := w.announce(imports.Announcement{Name: "campus.ifc", Bytes: int64(len(data)), SHA256: sum, Options: opts})
	if imp.State != imports.Receiving || imp.Owner != "team" {
		t.Errorf("announced: %+v", imp)
	}
	if res := w.piece(imp.ID, 0, data[:40_000]); res.status != 204 || res.header.Get("Upload-Offset") != "40000" {
		t.Errorf("first piece: status %d, offset %s", res.status, res.header.Get("Upload-Offset"))
	}
	if res := w.piece(imp.ID, 30_000, data[30_000:]); res.status != 409 || res.header.Get("Upload-Offset") != "40000" {
		t.Errorf("a piece at the wrong offset: status %d, offset %s", res.status, res.header.Get("Upload-Offset"))
	}
	head := w.ask("HEAD", "/imports/"+imp.ID, nil)
	if head.status != 200 || head.header.Get("Upload-Offset") != "40000" || head.header.Get("Upload-Length") != "100000" {
		t.Errorf("HEAD: status %d, %v", head.status, head.header)
	}
	if res := w.piece(imp.ID, 40_000, data[40_000:]); res.status != 204 {
		t.Errorf("second piece: status %d", res.status)
	}
	w.until(imp.ID, imports.Done)
	got := decode[struct {
		State  imports.State
		Report spatial.Report
	}](t, w.ask("GET", "/imports/"+imp.ID, nil))
	want := spatial.Report{Source: spatial.Source{Name: "campus.ifc", SHA256: sum, Bytes: 100_000}, Collection: "campus", Model: "arch",
		Features: 100_000, Issues: []spatial.Issue{}}
	if diff := cmp.Diff(want, got.Report); diff != "" || got.State != imports.Done {
		t.Errorf("state %s, report -want +got:\n%s", got.State, diff)
	}
	if entries, _ := os.ReadDir(w.dir); len(entries) != 3 { // lock, record, report
		t.Errorf("the spool folder still holds %v", entries)
	}
}

func TestTheClientSendsAFileAndReturnsItsReport(t *testing.T) {
	w := newWorld(t, nil)
	path, sum, _ := file(t, "高层.ifc", 3<<20)
	c, phases := w.client(), []imports.Phase{}
	c.Chunk = 1 << 20
	report, err := c.Upload(t.Context(), path, spatial.ImportOptions{Collection: "campus"}, func(p imports.Phase, done, total int64) {
		if len(phases) == 0 || phases[len(phases)-1] != p {
			phases = append(phases, p)
		}
		if done > total && total > 0 {
			t.Errorf("%s: %d of %d", p, done, total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.Source.SHA256 != sum || report.Source.Name != "高层.ifc" || report.Collection != "campus" {
		t.Errorf("report %+v", report)
	}
	if got := fmt.Sprint(phases); !strings.HasPrefix(got, "[reading sending") {
		t.Errorf("phases %s", got)
	}
}

func TestAFormBringsAFileInOneRequest(t *testing.T) {
	w := newWorld(t, func(w *world) { w.limits.FileBytes = 1000 })
	form := func(parts ...string) (*bytes.Buffer, string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for i := 0; i < len(parts); i += 2 {
			if name, ok := strings.CutPrefix(parts[i], "file:"); ok {
				f, _ := m.CreateFormFile("file", name)
				_, _ = f.Write([]byte(parts[i+1]))
				continue
			}
			_ = m.WriteField(parts[i], parts[i+1])
		}
		_ = m.Close()
		return &b, "Content-Type: " + m.FormDataContentType()
	}
	body, media := form("collection", "campus", `file:C:\models\a.ifc`, "content", "from", "2024-05-01", "strict", "true", "origin", "114,22,5")
	res := w.ask("POST", "/imports", body, media)
	imp := decode[imports.Import](t, res)
	want := spatial.ImportOptions{Collection: "campus", From: time.Date(2024, 4, 30, 16, 0, 0, 0, time.UTC), Strict: true, Origin: &spatial.Placement{Lon: 114, Lat: 22, H: 5}}
	if diff := cmp.Diff(want, imp.Options); diff != "" || res.status != 202 || imp.Name != "a.ifc" || imp.Bytes != 7 {
		t.Errorf("status %d, %+v, options -want +got:\n%s", res.status, imp, diff)
	}
	w.until(imp.ID, imports.Done)
	for name, c := range map[string]struct {
		parts  []string
		status int
		code   string
	}{
		"no file":                   {[]string{"collection", "campus"}, 400, "file-missing"},
		"two files":                 {[]string{"file:a.ifc", "x", "file:b.ifc", "y"}, 400, "invalid-form"},
		"an unknown option":         {[]string{"file:a.ifc", "x", "colour", "red"}, 400, "unknown-option"},
		"a wrong date":              {[]string{"file:a.ifc", "x", "from", "yesterday"}, 400, "invalid-time"},
		"a wrong origin":            {[]string{"origin", "114", "file:a.ifc", "x"}, 400, "invalid-origin"},
		"a name that no one can be": {[]string{"file:a.ifc", "x", "collection", "a/b"}, 400, "invalid-name"},
		"a wrong checksum":          {[]string{"file:a.ifc", "x", "sha256", strings.Repeat("0", 64)}, 422, "checksum-mismatch"},
		"a file that is too large":  {[]string{"file:a.ifc", strings.Repeat("x", 1001)}, 413, "upload-too-large"},
		"options that are no JSON":  {[]string{"options", "{", "file:a.ifc", "x"}, 400, "invalid-json"},
		"an option misspelt":        {[]string{"options", `{"colection":"x"}`, "file:a.ifc", "x"}, 400, "invalid-json"},
	} {
		t.Run(name, func(t *testing.T) {
			body, media := form(c.parts...)
			res := w.ask("POST", "/imports", body, media)
			if p := decode[problem](t, res); res.status != c.status || p.Code != c.code {
				t.Errorf("status %d, %+v", res.status, p)
			}
		})
	}
	if list := w.service.List(func(*imports.Import) bool { return true }); len(list) != 1 || w.work.list() != "a.ifc" {
		t.Errorf("what was refused is kept: %+v, ran %s", list, w.work.list())
	}
}

func TestATusClientIsUnderstood(t *testing.T) {
	w := newWorld(t, nil)
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	res := w.ask("POST", "/imports", nil, "Tus-Resumable: 1.0.0", "Upload-Length: 5",
		"Upload-Metadata: filename "+b64("桥.ifc")+",filetype "+b64("x/y")+",collection "+b64("bridges"))
	if res.status != 201 || res.header.Get("Tus-Resumable") != "1.0.0" {
		t.Fatalf("status %d, %v", res.status, res.header)
	}
	at := strings.TrimPrefix(res.header.Get("Location"), "http://"+w.address)
	id := strings.TrimPrefix(at, "/imports/")
	if res := w.piece(id, 0, []byte("hello")); res.status != 204 || res.header.Get("Tus-Resumable") != "1.0.0" || res.header.Get("Upload-Offset") != "5" {
		t.Errorf("status %d, %v", res.status, res.header)
	}
	if imp := w.until(id, imports.Done); imp.Name != "桥.ifc" || imp.Options.Collection != "bridges" {
		t.Errorf("%+v", imp)
	}
}

func TestWhatCannotBeUploadedIsRefused(t *testing.T) {
	w := newWorld(t, func(w *world) {
		w.limits = imports.Limits{FileBytes: 1000, SpoolBytes: 2500, PerToken: 3}
		w.change = func(o *imports.Options) {
			o.Check = func(name string, _ spatial.ImportOptions) error {
				if !strings.HasSuffix(name, ".ifc") {
					return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "format-unknown", Message: name + " is of no known format"}
				}
				return nil
			}
		}
	})
	json, piece := "Content-Type: application/json", "Content-Type: application/offset+octet-stream"
	other := w.announce(imports.Announcement{Name: "x.ifc", Bytes: 10})
	for name, c := range map[string]struct {
		method, path, body string
		header             []string
		status             int
		code               string
	}{
		"without a token":                    {"POST", "/imports", `{}`, []string{json, "Authorization: "}, 403, "token-missing"},
		"with a wrong token":                 {"POST", "/imports", `{}`, []string{json, "Authorization: Bearer x"}, 401, "token-unknown"},
		"with a body of another type":        {"POST", "/imports", `x`, []string{"Content-Type: text/plain"}, 415, "media-type"},
		"with broken JSON":                   {"POST", "/imports", `{`, []string{json}, 400, "invalid-json"},
		"with a member misspelt":             {"POST", "/imports", `{"title":"a"}`, []string{json}, 400, "invalid-json"},
		"without a name":                     {"POST", "/imports", `{"bytes":1}`, []string{json}, 400, "name-missing"},
		"of a negative size":                 {"POST", "/imports", `{"name":"a.ifc","bytes":-1}`, []string{json}, 400, "invalid-size"},
		"that is too large":                  {"POST", "/imports", `{"name":"a.ifc","bytes":1001}`, []string{json}, 413, "upload-too-large"},
		"of an unknown format":               {"POST", "/imports", `{"name":"a.doc","bytes":1}`, []string{json}, 501, "format-unknown"},
		"with half a checksum":               {"POST", "/imports", `{"name":"a.ifc","bytes":1,"sha256":"ab"}`, []string{json}, 400, "invalid-checksum"},
		"with an announcement of a megabyte": {"POST", "/imports", `{"name":"` + strings.Repeat("a", 1<<20) + `"}`, []string{json}, 413, "too-large"},
		"to an upload that is not there":     {"PATCH", "/imports/none", "x", []string{piece, "Upload-Offset: 0"}, 404, "import-not-found"},
		"without an offset":                  {"PATCH", "/imports/" + other.ID, "x", []string{piece}, 400, "invalid-offset"},
		"as a piece of another type":         {"PATCH", "/imports/" + other.ID, "x", []string{"Content-Type: text/plain", "Upload-Offset: 0"}, 415, "media-type"},
		"with another token":                 {"PATCH", "/imports/" + other.ID, "x", []string{piece, "Upload-Offset: 0", "Authorization: Bearer token-spy"}, 403, "not-yours"},
		"cancelled with another token":       {"DELETE", "/imports/" + other.ID, "", []string{"Authorization: Bearer token-spy"}, 403, "not-yours"},
	} {
		t.Run(name, func(t *testing.T) {
			res := w.ask(c.method, c.path, strings.NewReader(c.body), c.header...)
			if p := decode[problem](t, res); res.status != c.status || p.Code != c.code {
				t.Errorf("status %d, %+v", res.status, p)
			}
		})
	}
	if res := w.piece(other.ID, 0, []byte("more than ten bytes")); res.status != 413 {
		t.Errorf("more than was announced: status %d", res.status)
	}
	second := w.announce(imports.Announcement{Name: "y.ifc", Bytes: 1000})
	w.announce(imports.Announcement{Name: "z.ifc", Bytes: 1000})
	res := w.ask("POST", "/imports", strings.NewReader(`{"name":"a.ifc","bytes":1}`), json)
	if p := decode[problem](t, res); res.status != 503 || p.Code != "too-many-imports" {
		t.Errorf("a fourth upload: status %d, %+v", res.status, p)
	}
	res = w.ask("POST", "/imports", strings.NewReader(`{"name":"a.ifc","bytes":500}`), json, "Authorization: Bearer token-other")
	if p := decode[problem](t, res); res.status != 507 || p.Code != "disk-full" {
		t.Errorf("more than the spool takes: status %d, %+v", res.status, p)
	}
	if res := w.ask("DELETE", "/imports/"+second.ID, nil); res.status != 204 || w.get(second.ID).State != imports.Cancelled {
		t.Errorf("cancel: status %d", res.status)
	}
	w.announce(imports.Announcement{Name: "a.ifc", Bytes: 500})
}

func TestAFileThatIsNotTheOneAnnouncedIsRefused(t *testing.T) {
	w := newWorld(t, nil)
	imp := w.announce(imports.Announcement{Name: "a.ifc", Bytes: 5, SHA256: strings.Repeat("ab", 32)})
	res := w.piece(imp.ID, 0, []byte("hello"))
	if p := decode[problem](t, res); res.status != 422 || p.Code != "checksum-mismatch" {
		t.Errorf("status %d, %+v", res.status, p)
	}
	if got := w.get(imp.ID); got.State != imports.Failed || got.Error.Code != "checksum-mismatch" {
		t.Errorf("%+v", got)
	}
	if w.work.list() != "" {
		t.Error("the file was imported")
	}
}

func TestADiskThatIsFullLosesNothingThatArrived(t *testing.T) {
	var full atomic.Bool
	full.Store(true)
	w := newWorld(t, func(w *world) {
		w.change = func(o *imports.Options) {
			o.SetWrite(func(f *os.File, p []byte) (int, error) {
				if !full.Load() {
					return f.Write(p)
				}
				n, _ := f.Write(p[:min(len(p), 1000)])
				return n, &os.PathError{Op: "write", Path: "/secret", Err: syscall.ENOSPC}
			})
		}
	})
	path, sum, data := file(t, "a.ifc", 50_000)
	imp := w.announce(imports.Announcement{Name: "a.ifc", Bytes: 50_000, SHA256: sum})
	res := w.piece(imp.ID, 0, data)
	if p := decode[problem](t, res); res.status != 507 || p.Code != "disk-full" || strings.Contains(p.Detail, "secret") || res.header.Get("Upload-Offset") != "1000" {
		t.Errorf("status %d, offset %s, %+v", res.status, res.header.Get("Upload-Offset"), p)
	}
	c := w.client()
	if _, err := c.Upload(t.Context(), path, spatial.ImportOptions{}, nil); code(err) != "disk-full" {
		t.Errorf("the client says %v", err)
	}
	full.Store(false)
	report, err := c.Upload(t.Context(), path, spatial.ImportOptions{}, nil)
	if err != nil || report.Source.SHA256 != sum {
		t.Errorf("with room again: %v", err)
	}
	if list := w.service.List(func(*imports.Import) bool { return true }); len(list) != 1 {
		t.Errorf("%d uploads for one file", len(list))
	}
}

func TestWithoutTokensNobodyWrites(t *testing.T) {
	w := newWorld(t, nil)
	s, err := api.New(api.Options{Reader: nothing{}, Imports: w.service})
	if err != nil {
		t.Fatal(err)
	}
	r, rec := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/imports", nil), httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	if rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "writing-disabled") {
		t.Errorf("status %d: %s", rec.Code, rec.Body.String())
	}
}

func TestImportsRunOneAtATimeAndAreCancelled(t *testing.T) {
	w := newWorld(t, func(w *world) { w.work.hold = make(chan struct{}) })
	var ids []string
	for _, name := range []string{"a.ifc", "b.ifc", "c.ifc"} {
		imp := w.announce(imports.Announcement{Name: name, Bytes: 1})
		if res := w.piece(imp.ID, 0, []byte("x")); res.status != 204 {
			t.Fatalf("status %d", res.status)
		}
		ids = append(ids, imp.ID)
	}
	<-w.work.began
	states := func() string {
		var out []string
		for _, id := range ids {
			out = append(out, string(w.get(id).State))
		}
		return strings.Join(out, ",")
	}
	if got := states(); got != "running,queued,queued" {
		t.Errorf("states %s", got)
	}
	if res := w.ask("DELETE", "/imports/"+ids[1], nil); res.status != 204 {
		t.Errorf("cancel what waits: status %d", res.status)
	}
	if res := w.ask("DELETE", "/imports/"+ids[0], nil); res.status != 202 {
		t.Errorf("cancel what runs: status %d", res.status)
	}
	w.until(ids[0], imports.Cancelled)
	close(w.work.hold)
	w.until(ids[2], imports.Done)
	if got := states() + " after " + w.work.list(); got != "cancelled,cancelled,done after a.ifc, c.ifc" {
		t.Errorf("in the end %s", got)
	}
	res := w.ask("DELETE", "/imports/"+ids[2], nil)
	if p := decode[problem](t, res); res.status != 409 || p.Code != "import-ended" {
		t.Errorf("cancel what is done: status %d, %+v", res.status, p)
	}
	list := decode[struct{ Imports []imports.Import }](t, w.ask("GET", "/imports?state=cancelled&limit=1", nil))
	if len(list.Imports) != 1 || list.Imports[0].ID != ids[1] {
		t.Errorf("the newest cancelled import: %+v", list.Imports)
	}
}

func TestAFailureIsExplainedOrKeptInside(t *testing.T) {
	bad := &spatial.Problem{Kind: spatial.ErrInvalid, Code: "step-truncated", Message: "the file ends in line 7", Hint: "export it again"}
	for name, c := range map[string]struct {
		prepare func(*importer)
		want    problem
	}{
		"the file is at fault":   {func(i *importer) { i.err = bad }, problem{Code: "step-truncated", Detail: "read a.ifc: the file ends in line 7", Status: 400}},
		"the server is at fault": {func(i *importer) { i.err = errors.New("secret-of-the-house") }, problem{Code: "import-failed", Status: 500}},
		"the importer panics":    {func(i *importer) { i.boom = true }, problem{Code: "import-failed", Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(w *world) { c.prepare(w.work) })
			path, _, _ := file(t, "a.ifc", 10)
			cl := w.client()
			report, err := cl.Upload(t.Context(), path, spatial.ImportOptions{}, nil)
			if code(err) != c.want.Code || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), w.dir) {
				t.Errorf("the client says %v", err)
			}
			if c.want.Detail != "" && (!strings.Contains(err.Error(), c.want.Detail+"; export it again") || report.Features != 10) {
				t.Errorf("the client says %v, report %+v", err, report)
			}
			w.work.mu.Lock()
			w.work.err, w.work.boom = nil, false
			w.work.mu.Unlock()
			if _, err := cl.Upload(t.Context(), path, spatial.ImportOptions{}, nil); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestOldUploadsAndOldRecordsGo(t *testing.T) {
	clock := time.Now()
	w := newWorld(t, func(w *world) { w.now = func() time.Time { return clock }; w.limits.Keep = 1 })
	imp := w.announce(imports.Announcement{Name: "a.ifc", Bytes: 5})
	w.service.Sweep()
	if got := w.get(imp.ID); got.State != imports.Receiving {
		t.Errorf("at once: %s", got.State)
	}
	clock = clock.Add(25 * time.Hour)
	w.service.Sweep()
	if got := w.get(imp.ID); got.State != imports.Failed || got.Error.Code != "upload-expired" {
		t.Errorf("a day later: %+v", got)
	}
	clock = clock.Add(time.Hour)
	b := w.announce(imports.Announcement{Name: "b.ifc", Bytes: 5})
	if _, err := w.service.Stop(b.ID, "team"); err != nil {
		t.Fatal(err)
	}
	w.service.Sweep()
	if _, err := w.service.Get(imp.ID); !errors.Is(err, spatial.ErrNotFound) {
		t.Errorf("of two ended imports both are kept: %v", err)
	}
	clock = clock.Add(31 * 24 * time.Hour)
	w.service.Sweep()
	if entries, _ := os.ReadDir(w.dir); len(entries) != 1 {
		t.Errorf("a month later the folder holds %v", entries)
	}
}

func TestAnImportThatTakesTooLongIsStopped(t *testing.T) {
	w := newWorld(t, func(w *world) { w.limits.RunTime = 10 * time.Millisecond; w.work.hold = make(chan struct{}) })
	path, _, _ := file(t, "a.ifc", 10)
	c := w.client()
	if _, err := c.Upload(t.Context(), path, spatial.ImportOptions{}, nil); code(err) != "import-timeout" {
		t.Errorf("the client says %v", err)
	}
}

func TestTheClientSaysWhatIsWrongAtOnce(t *testing.T) {
	w := newWorld(t, func(w *world) { w.limits.FileBytes = 100 })
	path, _, _ := file(t, "a.ifc", 101)
	dir := t.TempDir()
	for name, c := range map[string]struct {
		change func(*imports.Client)
		path   string
		code   string
	}{
		"the token is wrong":     {func(c *imports.Client) { c.Token = "x" }, path, "token-unknown"},
		"there is no token":      {func(c *imports.Client) { c.Token = "" }, path, "token-missing"},
		"the file is too large":  {func(*imports.Client) {}, path, "upload-too-large"},
		"the file is a folder":   {func(*imports.Client) {}, dir, "no-regular-file"},
		"the address is another": {func(c *imports.Client) { c.Server += "/conformance" }, path, "not-shikong"},
		"the address is none":    {func(c *imports.Client) { c.Server = "::" }, path, "invalid-server"},
	} {
		t.Run(name, func(t *testing.T) {
			cl := w.client()
			cl.Wait = func(context.Context, time.Duration) error { t.Error("the client tries again"); return nil }
			c.change(&cl)
			if _, err := cl.Upload(t.Context(), c.path, spatial.ImportOptions{}, nil); code(err) != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	cl := w.client()
	cl.Server = "http://127.0.0.1:1"
	if _, err := cl.Upload(t.Context(), path, spatial.ImportOptions{}, nil); code(err) != "server-unreachable" {
		t.Errorf("nobody listens there: %v", err)
	}
	if _, err := cl.Upload(t.Context(), dir+"/none", spatial.ImportOptions{}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is not there: %v", err)
	}
}
