package vector_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// star draws a ring around a point that does not cross itself, in units of the tile.
func star(t *rapid.T, x, y, size float64) []float64 {
	n := rapid.IntRange(5, 40).Draw(t, "corners")
	var out []float64
	for i := range n {
		angle := (float64(i) + rapid.Float64Range(0, 0.8).Draw(t, "turn")) / float64(n) * 2 * math.Pi
		reach := size * rapid.Float64Range(0.5, 1).Draw(t, "reach")
		out = append(out, x+reach*math.Cos(angle), y+reach*math.Sin(angle))
	}
	return out
}

// area is a polygon around the tile's corners and edges, as often as not with a hole.
type area struct{ rings [][]float64 }

var areas = rapid.Custom(func(t *rapid.T) area {
	place := rapid.Float64Range(-600, 4700)
	x, y := place.Draw(t, "x"), place.Draw(t, "y")
	size := math.Exp2(rapid.Float64Range(4, 13).Draw(t, "size"))
	a := area{rings: [][]float64{star(t, x, y, size)}}
	if rapid.Bool().Draw(t, "hole") {
		a.rings = append(a.rings, star(t, x, y, size*0.2))
	}
	return a
})

func (a area) polygon() *geom.Polygon { return polygon(a.rings...) }

// orb is the polygon in units of the tile for a judge from outside.
func (a area) orb() orb.Polygon {
	var p orb.Polygon
	for _, r := range a.rings {
		var ring orb.Ring
		for i := 0; i < len(r); i += 2 {
			ring = append(ring, orb.Point{r[i], r[i+1]})
		}
		p = append(p, append(ring, ring[0]))
	}
	return p
}

// drawOne draws one geometry in a tile.
func drawOne(t *rapid.T, c tiles.Coord, g geom.T, o vector.Options) []mvt.Feature {
	s, err := memory.NewSnapshot(spatial.Collection{Name: "a"}, sequence([]spatial.Feature{{ID: "a", Num: 1, Geometry: g}}))
	if err != nil {
		t.Fatal(err)
	}
	e := vector.Encoder{Options: o}
	data, err := e.Tile(nil, c, s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mvt.Decode(data)
	if err != nil {
		t.Fatalf("the tile is not sound: %v", err)
	}
	if len(got) == 0 {
		return nil
	}
	return got[0].Features
}

// offEdge is the distance of a position from the edges of a polygon.
func offEdge(p orb.Polygon, x, y float64) float64 {
	best := math.Inf(1)
	for _, r := range p {
		best = min(best, planar.DistanceFrom(orb.LineString(r), orb.Point{x, y}))
	}
	return best
}

// unit is how far a corner may move: half a unit each way by rounding, and a little for the
// rounding of the world.
const unit = 0.8

func TestDrawnPolygonsAreWithinAUnitOfTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := areas.Draw(t, "polygon")
		truth := a.orb()
		o := vector.Options{Tolerance: rapid.SampledFrom([]float64{-1, 0.5, 1, 3}).Draw(t, "tolerance")}
		within := unit + max(o.Tolerance, 0)
		drawn := drawOne(t, here, a.polygon(), o)
		sum := 0.0
		for _, f := range drawn {
			for _, ring := range f.Parts {
				sum += float64(mvt.Area(ring)) / 2
				for _, p := range ring {
					x, y := float64(p.X), float64(p.Y)
					if p.X < -64 || p.X > 4160 || p.Y < -64 || p.Y > 4160 {
						t.Fatalf("%v lies beyond the buffer", p)
					}
					cut := p.X == -64 || p.X == 4160 || p.Y == -64 || p.Y == 4160
					off := offEdge(truth, x, y)
					if off > within && !(cut && planar.PolygonContains(truth, orb.Point{x, y})) {
						t.Fatalf("%v lies %.2f off the truth", p, off)
					}
				}
			}
		}
		bound := orb.Bound{Min: orb.Point{-64, -64}, Max: orb.Point{4160, 4160}}
		want, length := 0.0, 0.0
		if clipped := clip.Polygon(bound, truth.Clone()); clipped != nil {
			want = planar.Area(clipped)
			for _, r := range clipped {
				length += planar.Length(orb.LineString(r))
			}
		}
		if math.Abs(sum-want) > within*length+2 {
			t.Fatalf("the area is %.1f, not %.1f", sum, want)
		}
	})
}

func TestNeighboursAgreeOnTheirEdge(t *testing.T) {
	east := tiles.Coord{Z: here.Z, X: here.X + 1, Y: here.Y}
	inside := func(features []mvt.Feature, x, y float64) (in, near bool) {
		for _, f := range features {
			var p orb.Polygon
			for _, ring := range f.Parts {
				var r orb.Ring
				for _, q := range ring {
					r = append(r, orb.Point{float64(q.X), float64(q.Y)})
				}
				p = append(p, append(r, r[0]))
			}
			near = near || offEdge(p, x, y) < 2
			for _, r := range p {
				in = in != planar.RingContains(r, orb.Point{x, y})
			}
		}
		return in, near
	}
	rapid.Check(t, func(t *rapid.T) {
		g := areas.Draw(t, "polygon")
		for _, r := range g.rings {
			for i := 0; i < len(r); i += 2 {
				r[i] += 2000 // more of it over the eastern edge
			}
		}
		a, b := drawOne(t, here, g.polygon(), vector.Options{}), drawOne(t, east, g.polygon(), vector.Options{})
		for y := 0.5; y < 4096; y += 61 {
			inA, nearA := inside(a, 4096, y)
			inB, nearB := inside(b, 0, y)
			if inA != inB && !nearA && !nearB {
				t.Fatalf("at %v of the edge one tile has the polygon and the other has not", y)
			}
		}
	})
}

// cross reports whether two edges have a point in common other than an end of both, or,
// when they may touch, whether they cross or run along each other.
func cross(a, b, c, d mvt.XY, mayTouch bool) bool {
	turn := func(p, q, r mvt.XY) int64 {
		return int64(q.X-p.X)*int64(r.Y-p.Y) - int64(q.Y-p.Y)*int64(r.X-p.X)
	}
	on := func(p, q, r mvt.XY) bool {
		return turn(p, q, r) == 0 && r != p && r != q && min(p.X, q.X) <= r.X && r.X <= max(p.X, q.X) && min(p.Y, q.Y) <= r.Y && r.Y <= max(p.Y, q.Y)
	}
	touches := 0
	for _, touch := range []bool{on(a, b, c), on(a, b, d), on(c, d, a), on(c, d, b), a == c, a == d, b == c, b == d} {
		if touch {
			touches++
		}
	}
	if touches > 1 || (touches == 1 && !mayTouch && a != c && a != d && b != c && b != d) {
		return true
	}
	return (turn(a, b, c) > 0) != (turn(a, b, d) > 0) && (turn(c, d, a) > 0) != (turn(c, d, b) > 0) &&
		turn(a, b, c) != 0 && turn(a, b, d) != 0 && turn(c, d, a) != 0 && turn(c, d, b) != 0
}

// A polygon drawn so small that rounding folds it still has rings that visit each position
// once, and rings that cross neither themselves nor each other, though they may touch.
func TestWhatRoundingFoldsIsMended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := math.Exp2(rapid.Float64Range(1, 6).Draw(t, "size"))
		a := area{rings: [][]float64{star(t, 2000, 2000, size)}}
		if rapid.Bool().Draw(t, "hole") {
			a.rings = append(a.rings, star(t, 2000, 2000, size*0.2))
		}
		for _, f := range drawOne(t, here, a.polygon(), vector.Options{Tolerance: -1}) {
			type edge struct {
				ring int
				a, b mvt.XY
			}
			var edges []edge
			for n, ring := range f.Parts {
				seen := map[mvt.XY]bool{}
				for i, p := range ring {
					if seen[p] {
						t.Fatalf("a ring visits %v twice: %v", p, ring)
					}
					seen[p] = true
					edges = append(edges, edge{n, p, ring[(i+1)%len(ring)]})
				}
			}
			for i, e := range edges {
				for _, g := range edges[:i] {
					if cross(e.a, e.b, g.a, g.b, e.ring != g.ring) {
						t.Fatalf("%v and %v cross in %v", e, g, f.Parts)
					}
				}
			}
		}
	})
}

func world(c tiles.Coord, list []float64) []memory.World {
	var out []memory.World
	for i := 0; i < len(list); i += 2 {
		w := memory.Project(lonLat(c, list[i], list[i+1]))
		if len(out) == 0 || out[len(out)-1] != w {
			out = append(out, w)
		}
	}
	return out
}

var clipRect = func() memory.Rect {
	nw, se := memory.Project(lonLat(here, -64, -64)), memory.Project(lonLat(here, 4160, 4160))
	return memory.Rect{MinX: nw.X, MinY: nw.Y, MaxX: se.X, MaxY: se.Y}
}()

func TestClippingTwiceIsClippingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rings [][]memory.World
		for i, r := range areas.Draw(t, "polygon").rings {
			ring := world(here, r)
			if len(ring) < 3 {
				return
			}
			if (memory.Area(ring) < 0) == (i == 0) {
				for a, b := 0, len(ring)-1; a < b; a, b = a+1, b-1 {
					ring[a], ring[b] = ring[b], ring[a]
				}
			}
			rings = append(rings, ring)
		}
		once, holes := vector.ClipPolygon(clipRect, rings)
		for i := 0; i < len(once); {
			end := i + 1
			for end < len(once) && holes[end] {
				end++
			}
			twice, _ := vector.ClipPolygon(clipRect, once[i:end])
			if diff := cmp.Diff(once[i:end], twice); diff != "" {
				t.Fatalf("-once +twice:\n%s", diff)
			}
			i = end
		}
		for _, part := range vector.ClipLine(clipRect, rings[0]) {
			if diff := cmp.Diff([][]memory.World{part}, vector.ClipLine(clipRect, part)); diff != "" {
				t.Fatalf("line: -once +twice:\n%s", diff)
			}
		}
	})
}

func TestSimplifiedGeometryLiesWithinTheTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ring := world(here, star(t, 2000, 2000, 1000))
		if len(ring) < 3 {
			return
		}
		tolerance := math.Exp2(rapid.Float64Range(0, 12).Draw(t, "tolerance"))
		for _, closed := range []bool{false, true} {
			got := vector.Simplify(ring, tolerance, closed)
			var path orb.LineString
			for _, w := range got {
				path = append(path, orb.Point{float64(w.X), float64(w.Y)})
			}
			if closed {
				path = append(path, path[0])
			}
			for _, w := range ring {
				if d := planar.DistanceFrom(path, orb.Point{float64(w.X), float64(w.Y)}); d > tolerance*1.0001 {
					t.Fatalf("a position lies %v off, the tolerance is %v", d, tolerance)
				}
			}
		}
	})
}

func TestDrawingAllocatesNothingOnceItsMemoryHasGrown(t *testing.T) {
	m := mirrorOf(t, "buildings", generated(20_000))
	s := m.View().Snapshot("buildings")
	for _, zoom := range []uint8{11, 14, 16} {
		t.Run(fmt.Sprintf("zoom %d", zoom), func(t *testing.T) {
			var e vector.Encoder
			c := tiles.At(114.0, 22.6, zoom)
			buf, err := e.Tile(nil, c, s)
			if err != nil || e.Features() == 0 {
				t.Fatalf("%d features, %v", e.Features(), err)
			}
			if n := testing.AllocsPerRun(5, func() { buf, err = e.Tile(buf[:0], c, s) }); n != 0 || err != nil {
				t.Fatalf("%v allocations, %v", n, err)
			}
		})
	}
}

func TestDrawingStopsWhenNobodyWaits(t *testing.T) {
	source := vector.NewSource(mirrorOf(t, "buildings", generated(3000)), vector.Options{Budget: -1})
	content, err := source.Pin(t.Context(), tiles.Request{Coord: tiles.At(114, 22.6, 8), Collections: []string{"buildings"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := content.Append(ctx, nil); err == nil {
		t.Fatal("a tile was drawn for nobody")
	}
}

func TestTheShortWayToJudgeARingAgreesWithTheLongWay(t *testing.T) {
	position := rapid.Custom(func(t *rapid.T) mvt.XY {
		return mvt.XY{X: rapid.Int32Range(0, 6).Draw(t, "x"), Y: rapid.Int32Range(0, 6).Draw(t, "y")}
	})
	rapid.Check(t, func(t *rapid.T) {
		ring := rapid.SliceOfN(position, 4, 9).Draw(t, "ring")
		if short, long := vector.Simple(ring); short != long {
			t.Fatalf("%v: %t the short way, %t the long way", ring, short, long)
		}
	})
}
