package spatial_test

import (
	"errors"
	"math"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

func parseWKT(t *testing.T, s string) geom.T {
	t.Helper()
	g, err := wkt.Unmarshal(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return g
}

func TestBoxIntersects(t *testing.T) {
	box := spatial.Box2D(0, 0, 10, 10)
	rows := []struct {
		name, wkt string
		want      bool
	}{
		{"point inside", "POINT (5 5)", true},
		{"point on the edge", "POINT (10 5)", true},
		{"point outside", "POINT (10.001 5)", false},
		{"line that cuts a corner without a vertex inside", "LINESTRING (-5 6, 6 -5)", true},
		{"line whose box overlaps but that passes the corner", "LINESTRING (-5 4, 4 -5)", false},
		{"line that touches the corner", "LINESTRING (-5 5, 5 -5)", true},
		{"polygon around the box", "POLYGON ((-20 -20, 20 -20, 20 20, -20 20, -20 -20))", true},
		{"box inside the hole", "POLYGON ((-20 -20, 20 -20, 20 20, -20 20, -20 -20), (-5 -5, 15 -5, 15 15, -5 15, -5 -5))", false},
		{"L-shaped polygon whose box overlaps", "POLYGON ((-5 -5, 20 -5, 20 -1, -1 -1, -1 20, -5 20, -5 -5))", false},
		{"second part of a multipolygon", "MULTIPOLYGON (((20 20, 21 20, 21 21, 20 20)), ((4 4, 5 4, 5 5, 4 4)))", true},
		{"collection with nothing near", "GEOMETRYCOLLECTION (POINT (20 20), LINESTRING (30 30, 40 40))", false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := box.Intersects(parseWKT(t, r.wkt), spatial.ZRange{}); got != r.want {
				t.Fatalf("got %v, want %v", got, r.want)
			}
		})
	}
}

func TestBoxHeightsAndAntimeridian(t *testing.T) {
	p := parseWKT(t, "POINT (179.5 0)")
	crossing := spatial.Box2D(179, -1, -179, 1)
	if !crossing.Intersects(p, spatial.ZRange{}) || crossing.Intersects(parseWKT(t, "POINT (0 0)"), spatial.ZRange{}) {
		t.Fatal("a box over the antimeridian holds 179.5 and not 0")
	}
	low := spatial.Box{Min: [3]float64{0, 0, -30}, Max: [3]float64{10, 10, -5}}
	q := parseWKT(t, "POINT (5 5)")
	for _, r := range []struct {
		name string
		z    spatial.ZRange
		want bool
	}{
		{"below", spatial.ZRange{Min: -40, Max: -31, Known: true}, false},
		{"touching", spatial.ZRange{Min: -40, Max: -30, Known: true}, true},
		{"unknown heights match", spatial.ZRange{}, true},
	} {
		if got := low.Intersects(q, r.z); got != r.want {
			t.Errorf("%s: got %v", r.name, got)
		}
	}
}

// Values of PROJ 9.1: geod +ellps=WGS84 -I.
func TestGeodesic(t *testing.T) {
	rows := []struct {
		lon1, lat1, lon2, lat2, want, tolerance float64
	}{
		{113, 22, 114, 23, 151161.827116, 5e-4},
		{114, 22.5, 114.0001, 22.5, 10.289625, 5e-4},
		{139.7, 35.7, 151.2, -33.9, 7797236.865157, 5e-4},
		{0, 0, 179.9, 0.1, 19992082.107914, 0.006 * 19992082}, // nearly antipodal: the sphere answers
	}
	for _, r := range rows {
		got, _ := spatial.Geodesic(r.lon1, r.lat1, r.lon2, r.lat2)
		if math.Abs(got-r.want) > r.tolerance {
			t.Errorf("%v: got %.6f", r, got)
		}
	}
}

func TestGeodesicIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Float64Range(-180, 180)
		lat := rapid.Float64Range(-85, 85)
		a, b, c, d := lon.Draw(t, "lon1"), lat.Draw(t, "lat1"), lon.Draw(t, "lon2"), lat.Draw(t, "lat2")
		there, _ := spatial.Geodesic(a, b, c, d)
		back, _ := spatial.Geodesic(c, d, a, b)
		if math.Abs(there-back) > 1e-3 || there < 0 {
			t.Fatalf("%.6f there, %.6f back", there, back)
		}
	})
}

func TestNearDistance(t *testing.T) {
	n := spatial.Near{Lon: 114, Lat: 22.5}
	square := "POLYGON ((113.999 22.499, 114.001 22.499, 114.001 22.501, 113.999 22.501, 113.999 22.499), (113.9995 22.4995, 114.0005 22.4995, 114.0005 22.5005, 113.9995 22.5005, 113.9995 22.4995))"
	solid := "POLYGON ((113.999 22.499, 114.001 22.499, 114.001 22.501, 113.999 22.501, 113.999 22.499))"
	const mm = 1e-3
	// One ten-thousandth of a degree of longitude and of latitude at 22.5°, by PROJ's geod.
	const east, north = 10.289625, 11.073708
	rows := []struct {
		name, wkt string
		want      float64
	}{
		{"inside a polygon", solid, 0},
		{"in its hole: to the nearest edge of the hole", square, 5 * east},
		{"a point to the east", "POINT (114.0001 22.5)", east},
		{"a point to the north", "POINT (114 22.5001)", north},
		{"a line passing north", "LINESTRING (113.99 22.5001, 114.01 22.5001)", north},
		{"the nearer of two", "MULTIPOINT ((114.0001 22.5), (114 22.5001))", east},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := n.Distance(parseWKT(t, r.wkt), spatial.ZRange{}); math.Abs(got-r.want) > mm {
				t.Fatalf("got %.4f m, want %.4f", got, r.want)
			}
		})
	}
	n.H, n.HasH = 100, true
	if got := n.Distance(parseWKT(t, solid), spatial.ZRange{Min: 0, Max: 60, Known: true}); got != 40 {
		t.Errorf("40 m above the roof: got %g", got)
	}
	if got := n.Distance(nil, spatial.ZRange{}); !math.IsInf(got, 1) {
		t.Errorf("nothing is infinitely far: got %g", got)
	}
}

func TestFeatureValidate(t *testing.T) {
	ok := func() spatial.Feature {
		return spatial.Feature{ID: "a", Geometry: geom.NewPointFlat(geom.XYZ, []float64{114, 22.5, -12})}
	}
	rows := []struct {
		name   string
		change func(*spatial.Feature)
		bad    bool
	}{
		{"a point below ground", func(*spatial.Feature) {}, false},
		{"no geometry", func(f *spatial.Feature) { f.Geometry = nil }, false},
		{"no id", func(f *spatial.Feature) { f.ID = "" }, true},
		{"id with a zero byte", func(f *spatial.Feature) { f.ID = "a\x00b" }, true},
		{"NaN", func(f *spatial.Feature) { f.Geometry = geom.NewPointFlat(geom.XY, []float64{math.NaN(), 1}) }, true},
		{"projected metres", func(f *spatial.Feature) { f.Geometry = geom.NewPointFlat(geom.XY, []float64{505952, 2493940}) }, true},
		{"a measure beside the height", func(f *spatial.Feature) { f.Geometry = geom.NewPointFlat(geom.XYZM, []float64{1, 1, 1, 1}) }, true},
		{"a collection of layouts", func(f *spatial.Feature) {
			f.Geometry = geom.NewGeometryCollection().MustPush(geom.NewPointFlat(geom.XY, []float64{1, 1}), geom.NewPointFlat(geom.XYZ, []float64{1, 1, 1}))
		}, true},
		{"a collection in a collection", func(f *spatial.Feature) {
			f.Geometry = geom.NewGeometryCollection().MustPush(geom.NewGeometryCollection().MustPush(geom.NewPointFlat(geom.XY, []float64{1, 1})))
		}, false},
		{"heights run backwards", func(f *spatial.Feature) { f.Z = spatial.ZRange{Min: 2, Max: 1, Known: true} }, true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			f := ok()
			r.change(&f)
			if err := f.Validate(); (err != nil) != r.bad || (err != nil && !errors.Is(err, spatial.ErrInvalid)) {
				t.Fatalf("got %v, bad is %v", err, r.bad)
			}
		})
	}
}

func TestContentHash(t *testing.T) {
	base := func() spatial.Feature {
		return spatial.Feature{ID: "a", Kind: "building", Geometry: geom.NewPolygonFlat(geom.XY, []float64{0, 0, 1, 0, 1, 1, 0, 0}, []int{8}),
			Properties: spatial.NewProperties([]spatial.Property{{Name: "h", Value: spatial.FloatOf(3)}})}
	}
	var h spatial.Hasher
	f := base()
	want := h.Content(&f)
	same := map[string]func(*spatial.Feature){
		"the id":        func(f *spatial.Feature) { f.ID = "b" },
		"the number":    func(f *spatial.Feature) { f.Num = 7 },
		"negative zero": func(f *spatial.Feature) { f.Geometry.FlatCoords()[0] = math.Copysign(0, -1) },
	}
	other := map[string]func(*spatial.Feature){
		"a coordinate":    func(f *spatial.Feature) { f.Geometry.FlatCoords()[2] = 1.0000001 },
		"the layout":      func(f *spatial.Feature) { f.Geometry = geom.NewPointFlat(geom.XYZ, []float64{0, 0, 0}) },
		"an integer kind": func(f *spatial.Feature) { f.Properties[0].Value = spatial.IntOf(3) },
		"the heights":     func(f *spatial.Feature) { f.Z = spatial.ZRange{Known: true} },
		"the class":       func(f *spatial.Feature) { f.Kind, f.Name = "", "building" },
	}
	for name, change := range same {
		f := base()
		change(&f)
		if h.Content(&f) != want {
			t.Errorf("%s changed the hash", name)
		}
	}
	for name, change := range other {
		f := base()
		change(&f)
		if h.Content(&f) == want {
			t.Errorf("%s did not change the hash", name)
		}
	}
}
