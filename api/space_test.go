package api_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
)

// post sends a body and returns what was answered.
func post(t *testing.T, s *api.Server, target, media, body string) reply {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "POST", target, strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

func featuresOf(t *testing.T, r reply) features {
	t.Helper()
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	var out features
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWithinADistance(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	rows := []struct{ name, target, ids string }{
		{"of a point", "/collections/houses/within?geometry=POINT(114.051+22.54)&distance=110", "a,b"},
		{"of a line", "/collections/houses/within?geometry=LINESTRING(114.051+22.53,114.051+22.55)&distance=10", "a"},
		{"in a polygon", "/collections/houses/within?geometry=POLYGON((114+22,115+22,115+23,114+23,114+22))&distance=0&datetime=2000-01-01", "a,b,d,e"},
		{"in space", "/collections/metro/within?geometry=POINT+Z(114.05+22.54+100)&distance=125", "line/1 tunnel"},
		{"in space, too far", "/collections/metro/within?geometry=POINT+Z(114.05+22.54+100)&distance=119", ""},
		{"and in a box", "/collections/houses/within?geometry=POINT(114.051+22.54)&distance=110&bbox=114.0516,22,115,23", "b"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got := featuresOf(t, ask(t, s, "GET", r.target))
			if got.ids() != r.ids {
				t.Fatalf("got %s, want %s", got.ids(), r.ids)
			}
			for _, f := range got.Features {
				if f.Distance == nil {
					t.Errorf("%s has no distance", f.ID)
				}
			}
		})
	}
}

func TestWithinADistanceOfABody(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	const at = "/collections/houses/within?distance=110"
	point := `{"type":"Point","coordinates":[114.051,22.54]}`
	for name, body := range map[string]string{"a geometry": point, "a feature": `{"type":"Feature","properties":null,"geometry":` + point + `}`,
		"a collection": `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":` + point + `}]}`} {
		t.Run(name, func(t *testing.T) {
			if got := featuresOf(t, post(t, s, at, "application/geo+json", body)); got.ids() != "a,b" {
				t.Fatalf("got %s", got.ids())
			}
		})
	}
	first := featuresOf(t, post(t, s, at+"&limit=1", "application/json", point))
	next := strings.TrimPrefix(rel(first.Links, "next"), "http://example.com")
	if got := featuresOf(t, post(t, s, next, "application/json", point)); first.ids() != "a" || got.ids() != "b" || *got.NumberMatched != 2 {
		t.Errorf("the pages hold %s and %s of %v", first.ids(), got.ids(), *got.NumberMatched)
	}
	for name, r := range map[string]struct {
		reply
		status int
	}{
		"another body under the token of a page": {post(t, s, next, "application/json", strings.Replace(point, "114.051", "114.052", 1)), 400},
		"no GeoJSON":                             {post(t, s, at, "application/json", `{"a":1}`), 400},
		"no geometry":                            {post(t, s, at, "application/json", `{"type":"Feature","properties":{},"geometry":null}`), 400},
		"another type":                           {post(t, s, at, "text/plain", point), 415},
		"metres":                                 {post(t, s, at, "application/json", `{"type":"Point","coordinates":[505952,2493940]}`), 400},
	} {
		if r.reply.status != r.status {
			t.Errorf("%s: %d %s", name, r.reply.status, r.body)
		}
	}
}

func TestWithinSaysWhatIsMissing(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for target, parameter := range map[string]string{
		"geometry=POINT(1+1)":                      "distance",
		"distance=5":                               "geometry",
		"distance=x&geometry=POINT(1+1)":           "distance",
		"distance=5&geometry=PUNKT(1+1)":           "geometry",
		"distance=5&geometry=POINT(1+1)&point=1,1": "point",
	} {
		r := ask(t, s, "GET", "/collections/houses/within?"+target)
		if r.status != 400 || !strings.Contains(r.body, `"parameter":"`+parameter+`"`) {
			t.Errorf("%s: %d %s", target, r.status, r.body)
		}
	}
}

// tower is a building over a tunnel, on two storeys, with its storeys as features.
func tower() []spatial.Feature {
	at := func(id, class, storey string, low, high float64, p ...spatial.Property) spatial.Feature {
		f := house(id, 114, 1, "", "")
		f.Kind, f.Storey, f.Z, f.Properties = class, storey, spatial.ZRange{Min: low, Max: high, Known: low != high}, p
		return f
	}
	elevation := func(v float64) spatial.Property {
		return spatial.Property{Name: "elevation", Value: spatial.FloatOf(v)}
	}
	tunnel := at("tunnel", "Tunnel", "", -20, -14)
	tunnel.Geometry = geom.NewLineStringFlat(geom.XY, []float64{114.00006, 22.4, 114.00006, 22.6})
	aside := at("aside", "Building", "", 0, 5)
	aside.Geometry = house("x", 114.01, 1, "", "").Geometry
	return []spatial.Feature{at("slab", "IfcSlab", "F2", 13, 13.3), at("wall", "IfcWall", "F1", 10, 13), at("plot", "Plot", "", 0, 0), tunnel, aside,
		at("s1", "IfcBuildingStorey", "F1", 0, 0, elevation(0)), at("s2", "IfcBuildingStorey", "F2", 0, 0, elevation(3)),
		at("old", "IfcWall", "F1", 10, 12)}
}

func TestAboveAndBelowAPoint(t *testing.T) {
	r := newReal(t)
	list := tower()
	list[7].Valid.End = date("2000-01-01")
	r.apply(t, spatial.Collection{Name: "campus"}, listed(list...))
	rows := []struct{ name, query, ids string }{
		{"from the lowest, unknown heights last", "point=114.00005,22.50005", "wall,slab,plot,s1,s2"},
		{"with what passes near", "point=114.00005,22.50005&distance=2", "tunnel,wall,slab,plot,s1,s2"},
		{"as it stood then", "point=114.00005,22.50005&datetime=1999-01-01", "old,wall,slab,plot,s1,s2"},
		{"between heights", "point=114.00005,22.50005&z=13.1,..", "slab,plot,s1,s2"},
		{"of a class", "point=114.00005,22.50005&filter=class='IfcWall'", "wall"},
		{"at most", "point=114.00005,22.50005&limit=1", "wall"},
		{"where nothing stands", "point=114.005,22.5", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var f features
			r.get(t, "/collections/campus/stack?"+strings.ReplaceAll(row.query, "'", "%27"), &f)
			if f.ids() != row.ids {
				t.Fatalf("got %s, want %s", f.ids(), row.ids)
			}
		})
	}
	for _, query := range []string{"", "point=1", "point=114,22,5", "point=114,22&distance=-1", "point=114,22&k=3"} {
		if got := r.fetch(t, "/collections/campus/stack?"+query); got.status != 400 {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	page := r.fetch(t, "/collections/campus/stack?point=114.00005,22.50005&f=html")
	if top, low := strings.Index(page.body, "slab"), strings.Index(page.body, "wall"); page.status != 200 || top < 0 || top > low {
		t.Errorf("the page does not begin at the top: %s", page.body)
	}
}

func TestStoreysAndStatistics(t *testing.T) {
	r := newReal(t)
	list := tower()
	list[7].Valid.End = date("2000-01-01")
	r.apply(t, spatial.Collection{Name: "campus"}, listed(list...))
	var storeys struct{ Storeys []map[string]any }
	r.get(t, "/collections/campus/storeys", &storeys)
	want := []map[string]any{
		{"name": "F1", "model": "plan", "id": "s1", "elevation": 0.0, "z_min": 10.0, "z_max": 13.0, "count": 1.0},
		{"name": "F2", "model": "plan", "id": "s2", "elevation": 3.0, "z_min": 13.0, "z_max": 13.3, "count": 1.0},
	}
	if diff := cmp.Diff(want, storeys.Storeys); diff != "" {
		t.Error(diff)
	}
	type group struct {
		Key                  map[string]any
		Count                int
		Area, Length, Volume float64
	}
	var stats struct {
		Total  group
		Groups []group
	}
	for range 2 { // the second time from what was kept
		r.get(t, "/collections/campus/stats?group=class&bbox=113.9,22,114.005,23&filter=class%20LIKE%20%27Ifc%25%27", &stats)
		got := ""
		for _, g := range stats.Groups {
			got += fmt.Sprintf("%v %d %.0f m² %.0f m³; ", g.Key["class"], g.Count, g.Area, g.Volume)
		}
		if got != "IfcBuildingStorey 2 228 m² 0 m³; IfcSlab 1 114 m² 34 m³; IfcWall 1 114 m² 342 m³; " || stats.Total.Count != 4 {
			t.Errorf("%s of %d", got, stats.Total.Count)
		}
	}
	r.get(t, "/collections/campus/stats?datetime=../..", &stats)
	if stats.Total.Count != 8 || stats.Total.Length < 22000 {
		t.Errorf("of all time: %+v", stats.Total)
	}
	if got := r.fetch(t, "/collections/campus/stats?group=colour"); got.status != 400 || !strings.Contains(got.body, `"parameter":"group"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if page := r.fetch(t, "/collections/campus/stats?group=class&f=html"); page.status != 200 || !strings.Contains(page.body, "IfcSlab") {
		t.Errorf("%d %s", page.status, page.body)
	}
}

func TestSearchOverAllCollections(t *testing.T) {
	r := newReal(t)
	named := func(id, name, street string, lon float64) spatial.Feature {
		f := house(id, lon, 3, "", "")
		f.Name = name
		f.Properties = spatial.NewProperties([]spatial.Property{{Name: "addr:street", Value: spatial.StringOf(street)}})
		return f
	}
	gone := named("b9", "前海码头", "", 114.05)
	gone.Valid.End = date("2000-01-01")
	r.apply(t, spatial.Collection{Name: "houses"}, listed(named("b1", "前海大厦", "深南大道", 114), named("b2", "新前海", "滨河路", 114.01), gone))
	r.apply(t, spatial.Collection{Name: "parks"}, listed(named("p1", "前海公园", "", 114.02)))
	rows := []struct{ name, query, ids string }{
		{"by name, in both", "q=前海", "p1,b1,b2"},
		{"by address", "q=深南", "b1"},
		{"by id", "q=b2", "b2"},
		{"in one collection", "q=前海&collections=parks", "p1"},
		{"what stood then", "q=前海&datetime=1999-01-01", "p1,b1,b9,b2"},
		{"in a box", "q=前海&bbox=114.005,22,114.015,23", "b2"},
		{"at most", "q=前海&limit=1", "p1"},
		{"coordinates and what is near", "q=114.0001,22.50005", "114.0001,22.50005,b1"},
		{"the same, latitude first", "q=22.50005+114.0001", "114.0001,22.50005,b1"},
		{"nothing", "q=没有", ""},
		{"before anything was known", "q=前海&recorded=2000-01-01", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var f features
			r.get(t, "/search?"+row.query, &f)
			if f.ids() != row.ids {
				t.Fatalf("got %s, want %s", f.ids(), row.ids)
			}
		})
	}
	for _, query := range []string{"", "q=+", "q=" + strings.Repeat("a", 201), "q=a&collection=b", "q=a&limit=0"} {
		if got := r.fetch(t, "/search?"+query); got.status != 400 {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	if got := r.fetch(t, "/search?q=a&collections=none"); got.status != 404 {
		t.Errorf("a collection that is not there: %d %s", got.status, got.body)
	}
	if page := r.fetch(t, "/search?q=前海&f=html"); page.status != 200 || !strings.Contains(page.body, "前海公园") {
		t.Errorf("%d %s", page.status, page.body)
	}
}
