package spatial_test

import (
	"errors"
	"math"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

func reach(t *testing.T, wkt string, distance float64) *spatial.Reach {
	t.Helper()
	return spatial.NewReach(&spatial.Within{Geometry: parseWKT(t, wkt), Distance: distance})
}

func TestWithinDistance(t *testing.T) {
	// One ten-thousandth of a degree of longitude and of latitude at 22.5°, by PROJ's geod.
	const mm, east, north = 1e-3, 10.289625, 11.073708
	const square = "POLYGON ((113.999 22.499, 114.001 22.499, 114.001 22.501, 113.999 22.501, 113.999 22.499))"
	const yard = "POLYGON ((113.999 22.499, 114.001 22.499, 114.001 22.501, 113.999 22.501, 113.999 22.499), (113.9995 22.4995, 114.0005 22.4995, 114.0005 22.5005, 113.9995 22.5005, 113.9995 22.4995))"
	never := math.Inf(1)
	rows := []struct {
		name, of string
		within   float64
		to       string
		low, up  float64 // heights of what is measured to, unknown when equal
		want     float64
	}{
		{"point to point", "POINT (114 22.5)", 20, "POINT (114.0001 22.5)", 0, 0, east},
		{"what is farther is not found", "POINT (114 22.5)", 10, "POINT (114.0001 22.5)", 0, 0, never},
		{"a point in a polygon", "POINT (114 22.5)", 0, square, 0, 0, 0},
		{"a point in a courtyard", "POINT (114 22.5)", 100, yard, 0, 0, 5 * east},
		{"a building in a polygon", square, 0, "POLYGON ((114 22.5, 114.0001 22.5, 114.0001 22.5001, 114 22.5))", 0, 0, 0},
		{"a building in the hole of a polygon", yard, 100, "POINT (114.0004 22.5)", 0, 0, east},
		{"a building around a polygon", square, 0, "POLYGON ((113 22, 115 22, 115 23, 113 23, 113 22))", 0, 0, 0},
		{"a line into a polygon", "LINESTRING (113 22.5, 114 22.5)", 0, square, 0, 0, 0},
		{"a line across a polygon", "LINESTRING (113 22.5, 115 22.5)", 0, square, 0, 0, 0},
		{"a line that touches a corner", "LINESTRING (114.001 22.501, 114.001 23)", 0, square, 0, 0, 0},
		{"beside a line", "LINESTRING (113.9 22.5, 114.1 22.5)", 30, "POINT (114 22.5001)", 0, 0, north},
		{"before the end of a line", "LINESTRING (114 22.5, 114 22.6)", 30, "POINT (114.0001 22.55)", 0, 0, 0.9996389 * east},
		{"the nearer of two", "MULTIPOINT ((114 22.5), (114.0001 22.5))", 30, "LINESTRING (114.0002 22.4, 114.0002 22.6)", 0, 0, east},
		{"over the antimeridian", "POINT (179.99995 0)", 20, "POINT (-179.99995 0)", 0, 0, 11.131949},
		{"over the pole", "POINT (0 89.9999)", 30, "POINT (180 89.9999)", 0, 0, 2 * 11.169396},
		{"straight above a flat roof", "POINT Z (114 22.5 100)", 50, square, 0, 60, 40},
		{"above, too far", "POINT Z (114 22.5 100)", 30, square, 0, 60, never},
		{"heights are not looked at when the point has none", "POINT (114 22.5)", 30, square, 100, 200, 0},
		{"a tunnel under a basement", "LINESTRING Z (113.99 22.5 -30, 114.01 22.5 -30)", 25, square, -10, 60, 20},
		{"a ramp that goes through the basement", "LINESTRING Z (113.99 22.5 -30, 114.01 22.5 20)", 25, square, -10, 60, 0},
		{"a ramp whose lower end is under it", "LINESTRING Z (114 22.5 -30, 114.01 22.5 -330)", 25, square, -10, 60, 20},
		{"a ramp that passes overhead", "LINESTRING Z (113.9985 22.5 100, 114.0015 22.5 70)", 40, square, 0, 60, 14.9297}, // squarely to the ramp, a little behind the edge
		{"a zone of heights over a plot", "POLYGON Z ((113.999 22.499 50, 114.001 22.499 50, 114.001 22.501 80, 113.999 22.501 80, 113.999 22.499 50))", 20,
			"POINT (114 22.5)", 0, 40, 10},
		{"a zone of heights that holds it", "POLYGON Z ((113.999 22.499 50, 114.001 22.499 50, 114.001 22.501 80, 113.999 22.501 80, 113.999 22.499 50))", 20,
			"POINT (114 22.5)", 60, 70, 0},
		{"nothing", "POINT (114 22.5)", 30, "GEOMETRYCOLLECTION EMPTY", 0, 0, never},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			z := spatial.ZRange{Min: r.low, Max: r.up, Known: r.low != r.up}
			got := reach(t, r.of, r.within).Distance(parseWKT(t, r.to), z)
			if got != r.want && !(math.Abs(got-r.want) <= mm) {
				t.Fatalf("got %.4f m, want %.4f", got, r.want)
			}
		})
	}
	if got := reach(t, "POINT (114 22.5)", 30).Distance(nil, spatial.ZRange{}); !math.IsInf(got, 1) {
		t.Errorf("nothing is infinitely far: got %g", got)
	}
}

func TestWithinOfAPointIsNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-89.99, 89.99).Draw(t, "lat")
		lon := rapid.Float64Range(-180, 180).Draw(t, "lon")
		spread := math.Pow(10, rapid.Float64Range(-6, 1).Draw(t, "spread"))
		g := drawShape(t, lon, lat, spread)
		z := spatial.ZRange{Min: 10, Max: 20, Known: rapid.Bool().Draw(t, "heights")}
		n := spatial.Near{Lon: lon, Lat: lat, H: 5, HasH: true}
		want := n.Distance(g, z)
		r := spatial.NewReach(&spatial.Within{Geometry: geom.NewPointFlat(geom.XYZ, []float64{lon, lat, 5}), Distance: want + 1e-5})
		if got := r.Distance(g, z); math.Abs(got-want) > 1e-5 {
			t.Fatalf("within says %.6f, near %.6f", got, want)
		}
		found := false
		box := spatial.BoxOf(g)
		for _, b := range r.Boxes() {
			for _, part := range b.Split() {
				found = found || part.Overlaps2D(box)
			}
		}
		if !found {
			t.Fatalf("the boxes %v miss %v", r.Boxes(), box)
		}
	})
}

// drawShape draws a point, a line or a quadrangle that lies on Earth.
func drawShape(t *rapid.T, lon, lat, spread float64) geom.T {
	at := func() (x, y float64) {
		x = lon + spread*rapid.Float64Range(-1, 1).Draw(t, "x")
		y = lat + spread*rapid.Float64Range(-1, 1).Draw(t, "y")
		return max(min(x, 180), -180), max(min(y, 90), -90)
	}
	ax, ay := at()
	bx, by := at()
	switch rapid.IntRange(0, 2).Draw(t, "shape") {
	case 0:
		return geom.NewPointFlat(geom.XY, []float64{ax, ay})
	case 1:
		cx, cy := at()
		return geom.NewLineStringFlat(geom.XY, []float64{ax, ay, bx, by, cx, cy})
	}
	return geom.NewPolygonFlat(geom.XY, []float64{ax, ay, bx, ay, bx, by, ax, by, ax, ay}, []int{10})
}

// A walk along the line in steps, each measured from as Near does, comes as near as Within
// says, but for the length of a step.
func TestWithinOfALineIsTheLeastAlongIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.SampledFrom([]float64{0, 22.5, -45, 70}).Draw(t, "lat")
		a := [3]float64{114, lat, rapid.Float64Range(-50, 50).Draw(t, "za")}
		b := [3]float64{114 + rapid.Float64Range(-0.01, 0.01).Draw(t, "dx"), lat + rapid.Float64Range(-0.01, 0.01).Draw(t, "dy"), rapid.Float64Range(-50, 50).Draw(t, "zb")}
		g := drawShape(t, 114, lat, 0.01)
		z := spatial.ZRange{Min: -5, Max: 20, Known: rapid.Bool().Draw(t, "heights")}
		r := spatial.NewReach(&spatial.Within{Geometry: geom.NewLineStringFlat(geom.XYZ, []float64{a[0], a[1], a[2], b[0], b[1], b[2]}), Distance: 1e5})
		got := r.Distance(g, z)
		const steps = 400
		least := math.Inf(1)
		for i := range steps + 1 {
			s := float64(i) / steps
			n := spatial.Near{Lon: a[0] + s*(b[0]-a[0]), Lat: a[1] + s*(b[1]-a[1]), H: a[2] + s*(b[2]-a[2]), HasH: true}
			least = min(least, n.Distance(g, z))
		}
		length, _ := spatial.Geodesic(a[0], a[1], b[0], b[1])
		step := math.Hypot(length, a[2]-b[2]) / steps
		if got > least+2e-3 || got < least-step-2e-3 {
			t.Fatalf("within says %.5f, the walk %.5f (step %.3f)", got, least, step)
		}
	})
}

func TestWithinThatHasNoMeaning(t *testing.T) {
	rows := []struct {
		name string
		w    spatial.Within
		code string
	}{
		{"no geometry", spatial.Within{Distance: 1}, "invalid-geometry"},
		{"an empty one", spatial.Within{Geometry: geom.NewLineString(geom.XY), Distance: 1}, "invalid-geometry"},
		{"a negative distance", spatial.Within{Geometry: geom.NewPointFlat(geom.XY, []float64{1, 1}), Distance: -1}, "invalid-distance"},
		{"no number", spatial.Within{Geometry: geom.NewPointFlat(geom.XY, []float64{1, 1}), Distance: math.NaN()}, "invalid-distance"},
		{"off the Earth", spatial.Within{Geometry: geom.NewPointFlat(geom.XY, []float64{1, 91})}, "outside-earth"},
		{"too many positions", spatial.Within{Geometry: geom.NewLineStringFlat(geom.XY, make([]float64, 200_002))}, "geometry-too-large"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			q := spatial.Query{Collection: "c", Within: &r.w}
			var p *spatial.Problem
			if err := q.Validate(); !errors.As(err, &p) || p.Code != r.code || !errors.Is(err, spatial.ErrInvalid) {
				t.Fatalf("got %v, want %s", err, r.code)
			}
		})
	}
}
