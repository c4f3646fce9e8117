package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/geojson"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// real is a server on a real store with everything that stands between.
type real struct {
	store   *gpkg.Store
	mirror  *memory.Mirror
	service *imports.Service
	address string
}

func newReal(t *testing.T) *real {
	t.Helper()
	r := &real{}
	var err error
	if r.store, err = gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "city.gpkg"), gpkg.Options{Create: true}); err != nil {
		t.Fatal(err)
	}
	r.mirror = memory.NewMirror(r.store, memory.Options{Interval: 5 * time.Millisecond, OnError: func(err error) { t.Error(err) }})
	if err := r.mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- r.mirror.Run(ctx) }()
	if r.service, err = imports.Open(imports.Options{Dir: filepath.Join(t.TempDir(), "spool"), Import: r.importGeoJSON}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		err := r.service.Close(end)
		cancel()
		if err := firstError(err, <-ran, r.store.Close()); err != nil {
			t.Error(err)
		}
	})
	cache := newTiles(t, vector.NewSource(r.mirror, vector.Options{}))
	r.address, _ = serve(t, api.Options{Reader: r.mirror, Store: r.store, Tiles: cache, Imports: r.service, Tokens: oneToken{},
		Limits: api.Limits{Poll: time.Millisecond}, Now: time.Now})
	return r
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// importGeoJSON is what cmd does, in short.
func (r *real) importGeoJSON(ctx context.Context, in spatial.Input, o spatial.ImportOptions, _ func(done, total int64)) (spatial.Report, error) {
	report := spatial.Report{Source: spatial.Source{Name: in.Name, Bytes: in.Size, Schema: "GeoJSON"}, Collection: o.Collection, Model: o.Model}
	reader, err := geojson.NewReader(in.Body, geojson.Options{ID: o.ID}, report.AddIssue)
	if err != nil {
		return report, err
	}
	applied, err := r.store.Apply(ctx, spatial.Import{Collection: spatial.Collection{Name: o.Collection}, Model: o.Model, Source: report.Source, Features: reader.Features()})
	report.Applied, report.Features = &applied, reader.Count()
	return report, err
}

// apply puts features into the store and waits until the server answers from them.
func (r *real) apply(t *testing.T, coll spatial.Collection, list iter.Seq2[spatial.Feature, error]) {
	t.Helper()
	if _, err := r.store.Apply(t.Context(), spatial.Import{Collection: coll, Model: "plan", Features: list}); err != nil {
		t.Fatal(err)
	}
	if err := r.mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (r *real) get(t *testing.T, path string, into any) {
	t.Helper()
	res := fetch(t, http.MethodGet, "http://"+r.address+path)
	if res.status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", path, res.status, res.body)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal([]byte(res.body), into); err != nil {
		t.Fatalf("%s: %v: %s", path, err, res.body)
	}
}

func TestAnUploadShowsInTheRunningServer(t *testing.T) {
	r := newReal(t)
	next, _ := listen(t, r.address)
	next() // hello
	path := filepath.Join(t.TempDir(), "houses.geojson")
	doc := `{"type":"FeatureCollection","features":[
		{"type":"Feature","id":"h1","geometry":{"type":"Polygon","coordinates":[[[114.05,22.54],[114.051,22.54],[114.051,22.541],[114.05,22.54]]]},"properties":{"use":"home","height":12.5}},
		{"type":"Feature","id":"h2","geometry":{"type":"Point","coordinates":[114.06,22.55,3.5]},"properties":{"use":"shop"}}]}`
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	c := imports.Client{Server: "http://" + r.address, Token: "right"}
	report, err := c.Upload(t.Context(), path, spatial.ImportOptions{Collection: "houses", Model: "plan"}, nil)
	if err != nil || report.Features != 2 || report.Applied.Added != 2 {
		t.Fatalf("%v, %+v", err, report)
	}
	change := ""
	for !strings.Contains(change, "event: change") {
		change = next()
	}
	if !strings.Contains(change, `"collection":"houses","model":"plan","revision":1`) {
		t.Errorf("event %s", change)
	}
	var page features
	r.get(t, "/collections/houses/items", &page)
	if page.ids() != "h1,h2" || *page.NumberMatched != 2 || page.Features[0].Properties["height"] != 12.5 {
		t.Errorf("items %+v", page)
	}
	var one feature
	r.get(t, "/collections/houses/items/h2", &one)
	if string(one.Geometry) != `{"type":"Point","coordinates":[114.06,22.55,3.5]}` {
		t.Errorf("h2 stands at %s", one.Geometry)
	}
	at := tiles.At(114.0505, 22.5403, 14)
	r.get(t, fmt.Sprintf("/tiles/houses/%s.mvt", at), nil)
	r.get(t, "/tiles/houses.json", nil)
	r.get(t, "/models/houses/plan", nil)

	res := fetch(t, http.MethodDelete, "http://"+r.address+"/models/houses/plan", "Authorization: Bearer right")
	if applied := decode[spatial.Applied](t, res); applied.Ended != 2 {
		t.Errorf("ending the model: status %d, %+v", res.status, applied)
	}
	if err := r.mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.get(t, "/collections/houses/items", &page)
	if page.ids() != "" {
		t.Errorf("after its end the model shows %s", page.ids())
	}
	r.get(t, "/collections/houses/items?datetime=../..", &page)
	if page.ids() != "h1,h2" {
		t.Errorf("in all of time there are %s", page.ids())
	}
}

// grid yields n square houses in rows.
func grid(n int) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for i := range n {
			f := spatial.Feature{ID: fmt.Sprintf("h%06d", i), Kind: "Building", Name: "楼 " + fmt.Sprint(i), Z: spatial.ZRange{Min: 0, Max: float64(i % 90), Known: true},
				Geometry:   square(114+float64(i%100)/1000, 22+float64(i/100)/1000, 0.0005),
				Properties: spatial.NewProperties([]spatial.Property{{Name: "storeys", Value: spatial.IntOf(int64(i % 30))}, {Name: "use", Value: spatial.StringOf("home")}})}
			if !yield(f, nil) {
				return
			}
		}
	}
}

func TestPagesFitTogetherWhileImportsGoOn(t *testing.T) {
	r := newReal(t)
	const n = 250
	r.apply(t, spatial.Collection{Name: "houses"}, grid(n))
	path, seen := "/collections/houses/items?limit=40", map[string]bool{}
	for page := 0; path != ""; page++ {
		var p features
		r.get(t, path, &p)
		if *p.NumberMatched != n {
			t.Errorf("page %d: matched %d", page, *p.NumberMatched)
		}
		for _, f := range p.Features {
			if seen[f.ID] || f.Geometry == nil || bytes.Equal(f.Geometry, []byte("null")) {
				t.Errorf("page %d: %s comes again or stands nowhere", page, f.ID)
			}
			seen[f.ID] = true
		}
		path = strings.TrimPrefix(rel(p.Links, "next"), "http://"+r.address)
		r.apply(t, spatial.Collection{Name: "houses"}, grid(n-20*(page+1))) // houses vanish from the end
	}
	if len(seen) != n {
		t.Errorf("the pages hold %d houses of %d", len(seen), n)
	}
}

func TestWhatWasKnownThenCanBeAskedAgain(t *testing.T) {
	r := newReal(t)
	r.apply(t, spatial.Collection{Name: "houses"}, grid(3))
	var before, now, then features
	r.get(t, "/collections/houses/items", &before)
	meta, err := r.mirror.Meta(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.apply(t, spatial.Collection{Name: "houses"}, grid(1))
	r.get(t, "/collections/houses/items", &now)
	r.get(t, "/collections/houses/items?limit=2&recorded="+spatial.FormatTime(meta.Recorded), &then)
	if before.ids() != "h000000,h000001,h000002" || now.ids() != "h000000" || then.ids() != "h000000,h000001" {
		t.Errorf("before %s, now %s, as known then %s", before.ids(), now.ids(), then.ids())
	}
	var rest features
	r.get(t, strings.TrimPrefix(rel(then.Links, "next"), "http://"+r.address), &rest)
	if rest.ids() != "h000002" || *rest.NumberMatched != 3 {
		t.Errorf("the second page of then: %s of %d", rest.ids(), *rest.NumberMatched)
	}
	if res := fetch(t, http.MethodGet, "http://"+r.address+"/collections/houses/items/h000002"); res.status != 404 {
		t.Errorf("what is known no more: status %d", res.status)
	}
	var one feature
	r.get(t, "/collections/houses/items/h000002?recorded="+spatial.FormatTime(meta.Recorded), &one)
	if one.ID != "h000002" {
		t.Errorf("as known then: %+v", one)
	}
}

// gdal runs one of GDAL's programs, or skips the test where there is none.
func gdal(t *testing.T, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("SKIPPED: %s is not installed (apt install gdal-bin): GDAL's OGC API driver was not asked", program)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

func TestGDALReadsEverything(t *testing.T) {
	r := newReal(t)
	const n = 2500
	r.apply(t, spatial.Collection{Name: "houses", Title: "Houses"}, grid(n))
	line := spatial.Feature{ID: "line/1", Geometry: geom.NewLineStringFlat(geom.XYZ, []float64{114.05, 22.54, -20, 114.06, 22.55, -25.5})}
	r.apply(t, spatial.Collection{Name: "metro", VerticalCRS: "ellipsoidal"}, func(yield func(spatial.Feature, error) bool) { yield(line, nil) })
	list := gdal(t, "ogrinfo", "-ro", "OAPIF:http://"+r.address)
	if !strings.Contains(list, "houses") || !strings.Contains(list, "metro") {
		t.Errorf("the collections are not listed:\n%s", list)
	}
	// GDAL counts by reading every page.
	summary := gdal(t, "ogrinfo", "-ro", "-al", "-so", "OAPIF:http://"+r.address, "houses")
	for _, want := range []string{fmt.Sprintf("Feature Count: %d", n), "storeys: Integer", "use: String", "Extent: (114.000000, 22.000000)"} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary lacks %q:\n%s", want, summary)
		}
	}
	out := filepath.Join(t.TempDir(), "out.geojsonl")
	gdal(t, "ogr2ogr", "-f", "GeoJSONSeq", out, "OAPIF:http://"+r.address, "houses")
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if id := fmt.Sprintf("h%06d", i); bytes.Count(text, []byte(id+`"`)) != 1 {
			t.Fatalf("ogr2ogr has %s %d times", id, bytes.Count(text, []byte(id+`"`)))
		}
	}
	box := gdal(t, "ogrinfo", "-ro", "-al", "-so", "-spat", "114.0001", "22.0001", "114.0012", "22.0012", "OAPIF:http://"+r.address, "houses")
	if !strings.Contains(box, "Feature Count: 4") {
		t.Errorf("a box of four houses:\n%s", box)
	}
	if deep := gdal(t, "ogrinfo", "-ro", "-al", "OAPIF:http://"+r.address, "metro"); !strings.Contains(deep, "-25.5") {
		t.Errorf("heights are lost:\n%s", deep)
	}
}
