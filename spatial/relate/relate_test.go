package relate_test

import (
	"math"
	"math/big"
	"testing"

	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial/relate"
)

func read(t testing.TB, text string) *relate.Shape {
	t.Helper()
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return relate.Of(g)
}

func TestMatrices(t *testing.T) {
	for name, c := range map[string]struct{ a, b, want string }{
		"squares side by side touch":                {"POLYGON((0 0,1 0,1 1,0 1,0 0))", "POLYGON((1 0,2 0,2 1,1 1,1 0))", "FF2F11212"},
		"squares that overlap":                      {"POLYGON((0 0,2 0,2 2,0 2,0 0))", "POLYGON((1 1,3 1,3 3,1 3,1 1))", "212101212"},
		"a square in a hole that it fills":          {"POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,3 6,6 6,6 3,3 3))", "POLYGON((3 3,6 3,6 6,3 6,3 3))", "FF2F112F2"},
		"a square in another":                       {"POLYGON((0 0,9 0,9 9,0 9,0 0))", "POLYGON((3 3,6 3,6 6,3 6,3 3))", "212FF1FF2"},
		"one square written from another corner":    {"POLYGON((0 0,9 0,9 9,0 9,0 0))", "POLYGON((9 9,9 5,9 0,0 0,0 9,9 9))", "2FFF1FFF2"},
		"corners meet":                              {"POLYGON((0 0,1 0,1 1,0 1,0 0))", "POLYGON((1 1,2 1,2 2,1 2,1 1))", "FF2F01212"},
		"a line through a square":                   {"LINESTRING(-1 1,3 1)", "POLYGON((0 0,2 0,2 2,0 2,0 0))", "101FF0212"},
		"a line along a wall":                       {"LINESTRING(0 0,1 0)", "POLYGON((0 0,2 0,2 2,0 2,0 0))", "F1FF0F212"},
		"a line around a square":                    {"LINESTRING(0 0,2 0,2 2,0 2,0 0)", "POLYGON((0 0,2 0,2 2,0 2,0 0))", "F1FFFF2F2"},
		"lines that cross":                          {"LINESTRING(0 0,2 2)", "LINESTRING(0 2,2 0)", "0F1FF0102"},
		"lines that meet end to end":                {"LINESTRING(0 0,1 1)", "LINESTRING(1 1,2 0)", "FF1F00102"},
		"lines that run together for a while":       {"LINESTRING(0 0,3 0)", "LINESTRING(2 0,5 0)", "1010F0102"},
		"a point on a wall":                         {"POINT(1 0)", "POLYGON((0 0,2 0,2 2,0 2,0 0))", "F0FFFF212"},
		"a point at the end of a line":              {"POINT(1 1)", "LINESTRING(0 0,1 1)", "F0FFFF102"},
		"a point where three lines end":             {"POINT(1 1)", "MULTILINESTRING((0 0,1 1),(1 1,2 2),(1 1,2 0))", "F0FFFF102"},
		"a point where two lines end":               {"POINT(1 1)", "MULTILINESTRING((0 0,1 1),(1 1,2 2))", "0FFFFF102"},
		"points, some the same":                     {"MULTIPOINT(0 0,1 1)", "MULTIPOINT(1 1,2 2)", "0F0FFF0F2"},
		"nothing and a square":                      {"POINT EMPTY", "POLYGON((0 0,2 0,2 2,0 2,0 0))", "FFFFFF212"},
		"walls that differ in the last bit overlap": {"POLYGON((0 0,1 0,1.0000000000000002 1,0 1,0 0))", "POLYGON((1 0,2 0,2 1,1 1,1 0))", "212111212"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := read(t, c.a), read(t, c.b)
			if got := relate.Relate(a, b).String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// drawGeometry draws a valid geometry on a small grid, where most positions coincide.
func drawGeometry(rt *rapid.T, name string) geom.T {
	at := func() []float64 {
		return []float64{float64(rapid.IntRange(0, 6).Draw(rt, name+"x")), float64(rapid.IntRange(0, 6).Draw(rt, name+"y"))}
	}
	run := func(n int) (flat []float64) {
		for range n {
			flat = append(flat, at()...)
		}
		return flat
	}
	ring := func() []float64 {
		flat := run(rapid.IntRange(3, 5).Draw(rt, name+"corners"))
		return append(flat, flat[:2]...)
	}
	switch rapid.IntRange(0, 6).Draw(rt, name) {
	case 0:
		return geom.NewPointFlat(geom.XY, at())
	case 1:
		return geom.NewMultiPointFlat(geom.XY, run(3))
	case 2:
		return geom.NewLineStringFlat(geom.XY, run(rapid.IntRange(2, 4).Draw(rt, name+"positions")))
	case 3:
		a := run(2)
		flat := append(a, run(3)...)
		return geom.NewMultiLineStringFlat(geom.XY, flat, []int{4, 10})
	case 4:
		a, b := ring(), ring()
		return geom.NewMultiPolygonFlat(geom.XY, append(a[:len(a):len(a)], b...), [][]int{{len(a)}, {len(a) + len(b)}})
	}
	flat := ring()
	return geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})
}

func TestMatricesAreThoseOfAnotherLibrary(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := drawGeometry(rt, "a"), drawGeometry(rt, "b")
		pa, pb := relate.Planar(a), relate.Planar(b)
		if pa.Validate() != nil || pb.Validate() != nil {
			rt.SkipNow()
		}
		want, err := sf.Relate(pa, pb)
		if err != nil {
			rt.Fatal(err)
		}
		sa, sb := relate.Of(a), relate.Of(b)
		got := relate.Relate(sa, sb).String()
		if got != want {
			rt.Fatalf("%s\n%s\ngot  %s\nwant %s", pa.AsText(), pb.AsText(), got, want)
		}
		if relate.Intersects(sa, sb) != sf.Intersects(pa, pb) {
			rt.Fatalf("%s\n%s\nIntersects is wrong", pa.AsText(), pb.AsText())
		}
	})
}

// Turning by 3-4-5 and shifting leaves floats that are not exact any more; the relations of a
// geometry with itself, and the order of operands, must not care.
func TestRelationsHoldForCoordinatesThatAreRounded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := drawGeometry(rt, "a"), drawGeometry(rt, "b")
		for _, g := range []geom.T{a, b} {
			if relate.Planar(g).Validate() != nil {
				rt.SkipNow()
			}
			flat := g.FlatCoords()
			for i := 0; i < len(flat); i += 2 {
				x, y := flat[i], flat[i+1]
				flat[i], flat[i+1] = 114.1+(0.6*x-0.8*y)/997, 22.3+(0.8*x+0.6*y)/997
			}
			if relate.Planar(g).Validate() != nil {
				rt.SkipNow()
			}
		}
		sa, sb := relate.Of(a), relate.Of(b)
		if !relate.Equals(sa, relate.Of(a)) {
			rt.Fatalf("%v does not equal itself: %s", a.FlatCoords(), relate.Relate(sa, sa))
		}
		m, w := relate.Relate(sa, sb), relate.Relate(sb, sa)
		for i := range 3 {
			for j := range 3 {
				if m[i][j] != w[j][i] {
					rt.Fatalf("%s and %s", m, w)
				}
			}
		}
		shares := m[0][0] >= 0 || m[0][1] >= 0 || m[1][0] >= 0 || m[1][1] >= 0
		if relate.Intersects(sa, sb) != shares {
			rt.Fatalf("Intersects is %v beside %s", !shares, m)
		}
	})
}

// An area of many corners has an index; with and without it the answers are the same.
func TestTheIndexChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(30, 300).Draw(rt, "corners")
		star := make([]float64, 0, 2*n+2)
		for i := range n {
			// Every second corner lies nearer to the middle; coordinates are quarters.
			r := 40 + 20*(i%2)
			p := new(big.Rat).SetFrac64(int64(i), int64(n))
			f, _ := p.Float64()
			star = append(star, quarter(50+float64(r)*cos(f)), quarter(50+float64(r)*sin(f)))
		}
		star = append(star, star[:2]...)
		g := geom.NewPolygonFlat(geom.XY, star, []int{len(star)})
		if relate.Planar(g).Validate() != nil {
			rt.SkipNow()
		}
		b := drawGeometry(rt, "b")
		if relate.Planar(b).Validate() != nil {
			rt.SkipNow()
		}
		flat := b.FlatCoords()
		for i := range flat {
			flat[i] = flat[i]*15 + 5
		}
		sa, sb := relate.Of(g), relate.Of(b)
		if want := sf.Intersects(relate.Planar(g), relate.Planar(b)); relate.Intersects(sa, sb) != want {
			rt.Fatalf("%v\nIntersects is %v", flat, !want)
		}
		m := relate.Relate(sa, sb)
		if shares := m[0][0] >= 0 || m[0][1] >= 0 || m[1][0] >= 0 || m[1][1] >= 0; shares != relate.Intersects(sa, sb) {
			rt.Fatalf("%v\n%s", flat, m)
		}
	})
}

func quarter(v float64) float64 { return math.Round(v*4) / 4 }
func cos(part float64) float64  { return math.Cos(2 * math.Pi * part) }
func sin(part float64) float64  { return math.Sin(2 * math.Pi * part) }

// What Beside is sure of, Relate says of the rectangle.
func TestBesideIsRightWhereItIsSure(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := drawGeometry(rt, "g")
		if relate.Planar(g).Validate() != nil {
			rt.SkipNow()
		}
		west, south := float64(rapid.IntRange(0, 24).Draw(rt, "x"))/4, float64(rapid.IntRange(0, 24).Draw(rt, "y"))/4
		east, north := west+float64(rapid.IntRange(1, 8).Draw(rt, "w"))/4, south+float64(rapid.IntRange(1, 8).Draw(rt, "h"))/4
		s := relate.Of(g)
		r := relate.Of(geom.NewPolygonFlat(geom.XY, []float64{west, south, east, south, east, north, west, north, west, south}, []int{10}))
		inside, sure := s.Beside(west, south, east, north)
		if sure && inside != relate.Within(r, s) || sure && !inside && relate.Intersects(r, s) {
			rt.Fatalf("%s: Beside(%g, %g, %g, %g) is %v", relate.Planar(g).AsText(), west, south, east, north, inside)
		}
	})
}

func TestCoversIsIntersectsOfAPoint(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := drawGeometry(rt, "g")
		if relate.Planar(g).Validate() != nil {
			rt.SkipNow()
		}
		x, y := float64(rapid.IntRange(0, 12).Draw(rt, "x"))/2, float64(rapid.IntRange(0, 12).Draw(rt, "y"))/2
		s := relate.Of(g)
		if got, want := s.Covers(x, y), relate.Intersects(s, relate.Of(geom.NewPointFlat(geom.XY, []float64{x, y}))); got != want {
			rt.Fatalf("%s: Covers(%g, %g) is %v", relate.Planar(g).AsText(), x, y, got)
		}
	})
}
