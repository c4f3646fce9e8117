package api_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/memory"
)

type editorToken struct{}

func (editorToken) Check(_ context.Context, token string) (string, bool) {
	return "editor", token == "secret"
}

// workshop is a server on a real store whose features can be changed.
type workshop struct {
	t     *testing.T
	s     *api.Server
	store *gpkg.Store
}

func newWorkshop(t *testing.T, o api.Options) *workshop {
	t.Helper()
	store, err := gpkg.Open(t.Context(), t.TempDir()+"/s.gpkg", gpkg.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	var list []spatial.Feature
	for _, f := range city().versions {
		if f.Collection == "houses" {
			list = append(list, f)
		}
	}
	_, err = store.Apply(t.Context(), spatial.Import{Collection: spatial.Collection{Name: "houses"}, Model: "plan", Source: spatial.Source{Name: "plan.geojson"},
		Features: func(yield func(spatial.Feature, error) bool) {
			for _, f := range list {
				if !yield(f, nil) {
					return
				}
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	mirror := memory.NewMirror(store, memory.Options{})
	if err := mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.Reader, o.Store, o.Tokens, o.Writable = mirror, store, editorToken{}, true
	return &workshop{t: t, s: newServer(t, o), store: store}
}

func (w *workshop) send(method, target, media, body string, header ...string) reply {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	r.Header.Set("Authorization", "Bearer secret")
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	w.s.ServeHTTP(rec, r)
	return reply{rec.Code, rec.Header(), rec.Body.String()}
}

// versions lists what is known of a feature now: its name, use and validity.
func (w *workshop) versions(id string) string {
	w.t.Helper()
	var out []string
	for f, err := range w.store.Features(w.t.Context(), spatial.Query{Collection: "houses", IDs: []string{id}}) {
		if err != nil {
			w.t.Fatal(err)
		}
		use, _ := f.Properties.Get("use")
		out = append(out, fmt.Sprintf("%s %s %s..%s", f.Name, use.Text(), year(f.Valid.Start), year(f.Valid.End)))
	}
	return strings.Join(out, ", ")
}

func year(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Add(8 * time.Hour).Format("2006")
}

const geo = "application/geo+json"

func TestAFeatureIsMadeChangedAndEnded(t *testing.T) {
	w := newWorkshop(t, api.Options{})
	all := decode[features](t, ask(t, w.s, "GET", "/collections/houses/items?datetime=../..")).ids()

	made := w.send("POST", "/collections/houses/items", geo, `{"type":"Feature","id":"new one","geometry":{"type":"Point","coordinates":[114.06,22.55]},"properties":{"name":"Kiosk","use":"shop","valid_from":"2021-01-01","model":"x","storeys":1}}`)
	if made.status != 201 || made.header.Get("Location") != "http://example.com/collections/houses/items/new%20one" {
		t.Fatalf("%d %v %s", made.status, made.header, made.body)
	}
	if got := w.versions("new one"); got != "Kiosk shop 2021.." {
		t.Error(got)
	}
	if f := decode[feature](t, ask(t, w.s, "GET", "/collections/houses/items/new%20one")); f.Properties["model"] != "edits" {
		t.Errorf("read after writing: %v", f.Properties)
	}
	if again := w.send("POST", "/collections/houses/items", geo, `{"type":"Feature","id":"new one","geometry":null,"properties":{}}`); again.status != 409 {
		t.Error(again.status, again.body)
	}
	if nameless := w.send("POST", "/collections/houses/items", geo, `{"type":"Feature","geometry":null,"properties":{"use":"?"}}`); nameless.status != 201 {
		t.Error(nameless.status, nameless.body)
	}

	// The past of b stays; only what stands now gets other content.
	if put := w.send("PUT", "/collections/houses/items/b", geo, `{"type":"Feature","geometry":{"type":"Point","coordinates":[114.052,22.54]},"properties":{"name":"Tower","use":"home"}}`); put.status != 204 {
		t.Fatal(put.status, put.body)
	}
	if got := w.versions("b"); got != "House b shop 1990..2020, Tower home 2020.." {
		t.Error(got)
	}
	if got := w.send("PATCH", "/collections/houses/items/b", "application/merge-patch+json", `{"properties":{"use":"office","name":null}}`); got.status != 204 {
		t.Fatal(got.status, got.body)
	}
	if got := w.versions("b"); got != "House b shop 1990..2020,  office 2020.." {
		t.Error(got)
	}
	if got := w.send("DELETE", "/collections/houses/items/b", geo, ""); got.status != 204 {
		t.Fatal(got.status, got.body)
	}
	if got := w.versions("b"); got != "House b shop 1990..2020,  office 2020..2024" {
		t.Error(got)
	}
	if got := w.send("DELETE", "/collections/houses/items/b", geo, ""); got.status != 404 {
		t.Error(got.status, got.body)
	}
	// Nothing was overwritten: what was known first can be asked for, and the others are untouched.
	before := decode[features](t, ask(t, w.s, "GET", "/collections/houses/items/b/versions?history=true"))
	if len(before.Features) != 5 {
		t.Errorf("%d versions of b were ever known", len(before.Features))
	}
	for f, err := range w.store.Features(t.Context(), spatial.Query{Collection: "houses", AtRevision: 1, IDs: []string{"b"}}) {
		if err != nil || !strings.HasPrefix(f.Name, "House b") {
			t.Error(f.Name, err)
		}
	}
	if got := decode[features](t, ask(t, w.s, "GET", "/collections/houses/items?datetime=../..&model=plan")).ids(); got != all {
		t.Errorf("%s, before %s", got, all)
	}
}

func TestAChangeIsMadeOnWhatWasSeen(t *testing.T) {
	w := newWorkshop(t, api.Options{RequireMatch: true})
	tag := ask(t, w.s, "GET", "/collections/houses/items/a", "Accept: application/geo+json").header.Get("ETag")
	patch := func(value string, header ...string) int {
		return w.send("PATCH", "/collections/houses/items/a", "application/merge-patch+json", `{"properties":{"use":"`+value+`"}}`, header...).status
	}
	if got := patch("x"); got != 428 {
		t.Errorf("without a condition: %d", got)
	}
	if got := patch("x", `If-Match: W/"another"`); got != 412 {
		t.Errorf("with another tag: %d", got)
	}
	if got := w.send("PUT", "/collections/houses/items/d", geo, `{"type":"Feature","geometry":null,"properties":{}}`, "If-Match: *").status; got != 204 {
		t.Errorf("another feature: %d", got)
	}
	if got := patch("first", "If-Match: "+tag); got != 204 {
		t.Errorf("with the tag, after a change of another feature: %d", got)
	}
	if got := patch("second", "If-Match: "+tag); got != 412 {
		t.Errorf("with the tag of before: %d", got)
	}
	if got := w.versions("a"); got != "House a first .." {
		t.Error(got)
	}
	page := ask(t, w.s, "GET", "/collections/houses/items/a?f=html").header.Get("ETag")
	if got := patch("third", "If-Match: "+page); got != 204 {
		t.Errorf("with the tag of the page: %d", got)
	}
}

func TestWrongChangesAreRefused(t *testing.T) {
	w := newWorkshop(t, api.Options{})
	const ok = `{"type":"Feature","geometry":null,"properties":{}}`
	for name, c := range map[string]struct {
		method, target, media, body string
		want                        int
	}{
		"the collection is unknown":     {"POST", "/collections/none/items", geo, ok, 404},
		"the feature is unknown":        {"PUT", "/collections/houses/items/none", geo, ok, 404},
		"the feature ended long ago":    {"PUT", "/collections/houses/items/e", geo, ok, 404},
		"the body is another feature":   {"PUT", "/collections/houses/items/a", geo, `{"type":"Feature","id":"b","geometry":null,"properties":{}}`, 409},
		"the body is no feature":        {"PUT", "/collections/houses/items/a", geo, `{"type":"FeatureCollection","features":[]}`, 400},
		"the body breaks off":           {"PUT", "/collections/houses/items/a", geo, ok[:20], 400},
		"the body is empty":             {"POST", "/collections/houses/items", geo, "", 400},
		"the body is text":              {"POST", "/collections/houses/items", "text/plain", ok, 415},
		"the patch is a list":           {"PATCH", "/collections/houses/items/a", "application/merge-patch+json", `[1]`, 400},
		"the patch makes it no feature": {"PATCH", "/collections/houses/items/a", "application/merge-patch+json", `{"type":"Point"}`, 400},
		"the place is off the Earth":    {"POST", "/collections/houses/items", geo, `{"type":"Feature","geometry":{"type":"Point","coordinates":[500,5]},"properties":{}}`, 400},
		"the validity runs backwards":   {"POST", "/collections/houses/items", geo, `{"type":"Feature","geometry":null,"properties":{"valid_from":"2020-01-01","valid_to":"2019-01-01"}}`, 400},
		"the parameter is unknown":      {"DELETE", "/collections/houses/items/a?force=1", geo, "", 400},
		"it would meet its own past":    {"PUT", "/collections/houses/items/b", geo, `{"type":"Feature","geometry":null,"properties":{"valid_from":"2000-01-01"}}`, 400},
	} {
		if got := w.send(c.method, c.target, c.media, c.body); got.status != c.want || !strings.Contains(got.body, `"code":`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := w.send("PUT", "/collections/houses/items/a", geo, ok, "Content-Crs: <"+epsg+"4326>"); got.status != 400 {
		t.Errorf("another system: %d", got.status)
	}
	if got := w.send("DELETE", "/collections/houses/items/a", geo, "", "Authorization: Bearer wrong"); got.status != 401 {
		t.Errorf("a wrong token: %d", got.status)
	}
	off := newServer(t, api.Options{Reader: city(), Store: city(), Tokens: editorToken{}})
	if got := ask(t, off, "DELETE", "/collections/houses/items/a", "Authorization: Bearer secret"); got.status != 403 || !strings.Contains(got.body, "editing-disabled") {
		t.Errorf("a server that is not writable: %d %s", got.status, got.body)
	}
	if body := ask(t, w.s, "GET", "/conformance").body; !strings.Contains(body, "ogcapi-features-4/1.0/conf/optimistic-locking-etags") {
		t.Error(body)
	}
	if body := ask(t, off, "GET", "/conformance").body; strings.Contains(body, "ogcapi-features-4") {
		t.Error(body)
	}
}
