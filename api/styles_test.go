package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

// strange is a store of data that nobody has prepared for this program.
func strange(t *testing.T) *gpkg.Store {
	t.Helper()
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "s.gpkg"), gpkg.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	for name, props := range map[string][]spatial.Property{
		"房屋":     {{Name: "楼层", Value: spatial.IntOf(6)}},
		"survey": {{Name: "BLDG_HEIGHT", Value: spatial.StringOf("12.5")}, {Name: "Floors", Value: spatial.IntOf(9)}},
		"plain":  {{Name: "use", Value: spatial.StringOf("x")}},
	} {
		f := spatial.Feature{ID: "1", Geometry: square(114, 22, 0.001), Properties: spatial.NewProperties(props)}
		if _, err := store.Apply(t.Context(), spatial.Import{Collection: spatial.Collection{Name: name}, Model: "m",
			Features: func(yield func(spatial.Feature, error) bool) { yield(f, nil) }}); err != nil {
			t.Fatal(err)
		}
	}
	point := spatial.Feature{ID: "1", Geometry: geom.NewPointFlat(geom.XY, []float64{114, 22})}
	if _, err := store.Apply(t.Context(), spatial.Import{Collection: spatial.Collection{Name: "points"}, Model: "m",
		Features: func(yield func(spatial.Feature, error) bool) { yield(point, nil) }}); err != nil {
		t.Fatal(err)
	}
	return store
}

// question asks the judge what an expression of a style gives for a feature.
type question struct {
	Style      string         `json:"style"`
	Layer      string         `json:"layer"`
	Key        string         `json:"key"`
	Properties map[string]any `json:"properties"`
	Type       int            `json:"type"`
	want       any
}

func TestDefaultStylesAreValidAndFindHeights(t *testing.T) {
	modules, err := filepath.Abs(filepath.Join("web", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(modules, "@maplibre", "maplibre-gl-style-spec")); err != nil || missing != nil {
		t.Skip("SKIPPED: node or its package @maplibre/maplibre-gl-style-spec is missing (make web installs it), so no judge for styles")
	}
	store := strange(t)
	s := newServer(t, api.Options{Reader: store, Store: store})
	styles := map[string]json.RawMessage{}
	for _, name := range []string{"default", "房屋", "survey", "plain", "points"} {
		styles[name] = json.RawMessage(ask(t, s, "GET", "/styles/"+name+".json").body)
	}
	const height, base = "fill-extrusion-height", "fill-extrusion-base"
	type props = map[string]any
	questions := []question{
		{"房屋", "房屋-solid", height, props{"楼层": 6}, 3, 18.0},
		{"房屋", "房屋-solid", "filter", props{"楼层": 6}, 3, true},
		{"房屋", "房屋-solid", "filter", props{"楼层": 6, "z_max": -3}, 3, false},
		{"房屋", "房屋-buried-area", "filter", props{"underground": true}, 3, true},
		{"房屋", "房屋-solid", "filter", props{}, 3, false},
		{"survey", "survey-solid", height, props{"BLDG_HEIGHT": "12.5", "Floors": 9}, 3, 12.5},
		{"survey", "survey-solid", height, props{"Floors": 9}, 3, 27.0},
		{"survey", "survey-solid", height, props{"height": 40, "BLDG_HEIGHT": "12.5"}, 3, 40.0},
		{"plain", "plain-solid", height, props{"height": 3, "z_min": 30, "z_max": 33}, 3, 3.0},
		{"plain", "plain-solid", base, props{"height": 3, "z_min": 30, "z_max": 33}, 3, 0.0},
		{"plain", "plain-solid", base, props{"height": 3, "z_min": 30, "z_max": 33, "class": "IfcSlab"}, 3, 30.0},
		{"plain", "plain-solid", height, props{"height": 3, "z_min": 30, "z_max": 33, "storey": "F10"}, 3, 33.0},
		{"plain", "plain-solid", "filter", props{"height": 3}, 2, false},
		{"plain", "plain-buried-line", "filter", props{"z_max": -2}, 2, true},
		{"points", "points-heat", "heatmap-weight", props{"merged": 16}, 1, 4.0},
		{"points", "points-heat", "heatmap-weight", props{}, 1, 1.0},
		{"points", "points-count", "text-field", props{"merged": 16}, 1, "16"},
		{"points", "points-point-name", "filter", props{"merged": 16, "name": "x"}, 1, false},
		{"points", "points-point-name", "filter", props{"name": "x"}, 1, true},
		{"plain", "plain-line-name", "text-field", props{"name": "深南大道"}, 2, "深南大道"},
		{"plain", "plain-area-name", "filter", props{"height": 3}, 3, false},
	}
	input, err := json.Marshal(map[string]any{"styles": styles, "asks": questions})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "style.mjs"), modules)
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var got struct {
		Errors map[string][]string
		Values []any
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	for name := range styles {
		if list, judged := got.Errors[name]; !judged || len(list) > 0 {
			t.Errorf("the style %s is not valid: %v", name, list)
		}
	}
	for i, q := range questions {
		if diff := cmp.Diff(q.want, got.Values[i]); diff != "" {
			t.Errorf("%s of %s for %v is %v, not %v", q.Key, q.Layer, q.Properties, got.Values[i], q.want)
		}
	}
}

func TestAStyleCanBeEditedAndKept(t *testing.T) {
	store := strange(t)
	s := newServer(t, api.Options{Reader: store, Store: store, Tokens: oneToken{}})
	const mine = `{"version":8,"name":"mine","sources":{"p":{"type":"vector","url":"x"}},"layers":[{"id":"l","type":"line","source":"p","source-layer":"plain"}]}`
	send := func(method, target, body string, header ...string) reply {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
		for _, line := range header {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return reply{status: w.Code, header: w.Header(), body: w.Body.String()}
	}
	const token = "Authorization: Bearer right"
	if res := send("PUT", "/styles/plain.json", mine); res.status != 403 && res.status != 401 {
		t.Errorf("without a token: status %d", res.status)
	}
	before := ask(t, s, "GET", "/styles/plain.json")
	if res := send("PUT", "/styles/plain.json", mine, token); res.status != 204 {
		t.Fatalf("status %d: %s", res.status, res.body)
	}
	after := ask(t, s, "GET", "/styles/plain.json")
	if after.body != mine || after.header.Get("ETag") == before.header.Get("ETag") {
		t.Errorf("kept is %s", after.body)
	}
	list := decode[struct {
		Styles []struct {
			ID     string
			Edited bool
			Links  []link
		}
	}](t, ask(t, s, "GET", "/styles"))
	seen := ""
	for _, one := range list.Styles {
		seen += fmt.Sprintf("%s %t, ", one.ID, one.Edited)
		if res := ask(t, s, "GET", strings.TrimPrefix(one.Links[0].Href, "http://example.com")); res.status != 200 {
			t.Errorf("%s: status %d", one.Links[0].Href, res.status)
		}
	}
	if seen != "plain true, default false, points false, survey false, 房屋 false, " {
		t.Errorf("the list is %s", seen)
	}
	for name, body := range map[string]string{
		"no JSON":                                "style",
		"another version":                        `{"version":7,"sources":{},"layers":[]}`,
		"no layers":                              `{"version":8,"sources":{}}`,
		"a layer without a source that is there": `{"version":8,"sources":{},"layers":[{"id":"a","type":"line","source":"p"}]}`,
		"two layers of one id":                   `{"version":8,"sources":{},"layers":[{"id":"a","type":"background"},{"id":"a","type":"background"}]}`,
	} {
		if res := send("PUT", "/styles/plain.json", body, token); res.status != 400 || !strings.Contains(res.body, "invalid-style") {
			t.Errorf("%s: status %d: %s", name, res.status, res.body)
		}
	}
	if res := send("PUT", "/styles/"+strings.Repeat("x", 200)+".json", mine, token); res.status != 400 {
		t.Errorf("a name that is none: status %d", res.status)
	}
	if res := send("DELETE", "/styles/plain.json", "", token); res.status != 204 {
		t.Errorf("status %d: %s", res.status, res.body)
	}
	if res := ask(t, s, "GET", "/styles/plain.json"); res.body != before.body {
		t.Errorf("the default style is not back: %s", res.body)
	}
	if res := send("DELETE", "/styles/plain.json", "", token); res.status != 404 {
		t.Errorf("dropped twice: status %d", res.status)
	}
}
