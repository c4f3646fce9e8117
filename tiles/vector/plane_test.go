package vector_test

import (
	"math"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

func TestThePlaneOfLatitudeIsTrueToAUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.Uint32Range(0, math.MaxUint32-1).Draw(t, "y")
		_, lat := memory.World{Y: y}.Unproject()
		const unit = 1.01 // rounding down, and what interpolation adds
		if got, want := float64(vector.LevelY(y)), (90-lat)/360*(1<<32); math.Abs(got+0.5-want) > unit {
			t.Fatalf("%d comes to lie at %.2f, not %.2f", y, got, want)
		}
		if vector.LevelY(y+1) < vector.LevelY(y) {
			t.Fatalf("what lies south of %d comes to lie north of it", y)
		}
		// Rows that lie in the plane's part of a tile lie in the world's, a unit wider.
		level := int64(vector.LevelY(y))
		if north, south := int64(vector.WorldY(level-1)), int64(vector.WorldY(level+1)); int64(y)+2 < north || int64(y) > south+2 {
			t.Fatalf("%d lies outside %d to %d", y, north, south)
		}
	})
}

// inGrid returns the longitude and latitude of a place in a tile of latitude, in its units.
func inGrid(c tiles.Coord, x, y float64) (lon, lat float64) {
	b := c.Box()
	return b.Min[0] + x/4096*(b.Max[0]-b.Min[0]), b.Max[1] - y/4096*(b.Max[1]-b.Min[1])
}

func TestTilesOfLatitudeHoldTheirPolygonsWhereTheyStand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := uint8(rapid.IntRange(3, 19).Draw(t, "level"))
		c := tiles.WorldCRS84Quad.At(rapid.Float64Range(-179, 179).Draw(t, "lon"), rapid.Float64Range(-80, 80).Draw(t, "lat"), level)
		at := rapid.Float64Range(0, 4096)
		x, y, w, h := at.Draw(t, "x"), at.Draw(t, "y"), rapid.Float64Range(10, 2000).Draw(t, "w"), rapid.Float64Range(10, 2000).Draw(t, "h")
		ring := []float64{}
		for _, p := range [][2]float64{{x, y}, {x, y + h}, {x + w, y + h}, {x + w, y}, {x, y}} {
			lon, lat := inGrid(c, p[0], p[1])
			ring = append(ring, lon, lat)
		}
		if ring[3] < -85 || ring[1] > 85 { // there the mirror ends
			return
		}
		west, north, east, south := x, y, min(x+w, 4160), min(y+h, 4160)
		got := drawOne(t, c, geom.NewPolygonFlat(geom.XY, ring, []int{10}), vector.Options{Tolerance: -1})
		if len(got) != 1 || len(got[0].Parts) != 1 {
			t.Fatalf("%s holds %v", c, got)
		}
		bounds := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		for _, p := range got[0].Parts[0] {
			bounds[0], bounds[1] = min(bounds[0], float64(p.X)), min(bounds[1], float64(p.Y))
			bounds[2], bounds[3] = max(bounds[2], float64(p.X)), max(bounds[3], float64(p.Y))
		}
		for i, want := range [4]float64{west, north, east, south} {
			if math.Abs(bounds[i]-want) > 1+unit {
				t.Fatalf("%s: the polygon reaches over %v, not %v", c, bounds, [4]float64{west, north, east, south})
			}
		}
	})
}

func TestPolygonsOverTheEdgesOfTilesOfLatitudeAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tiles.WorldCRS84Quad.At(114.05, rapid.Float64Range(-80, 80).Draw(t, "lat"), uint8(rapid.IntRange(4, 17).Draw(t, "level")))
		var flat []float64
		var ends []int
		for _, r := range areas.Draw(t, "polygon").rings {
			for i := 0; i <= len(r); i += 2 {
				lon, lat := inGrid(c, r[i%len(r)], r[i%len(r)+1])
				flat = append(flat, lon, lat)
			}
			ends = append(ends, len(flat))
		}
		for _, f := range drawOne(t, c, geom.NewPolygonFlat(geom.XY, flat, ends), vector.Options{}) { // decoded strictly
			for _, ring := range f.Parts {
				for _, p := range ring {
					if p.X < -64 || p.X > 4160 || p.Y < -64 || p.Y > 4160 {
						t.Fatalf("%v lies beyond the buffer", p)
					}
				}
			}
		}
	})
}

func TestGridsThatDifferInTheirDatumAloneShareTheirTiles(t *testing.T) {
	p := newTown(t, vector.Options{})
	lon, lat := lonLat(here, 100, 100)
	p.put("a", at("one", 100, 100))
	world, china := tiles.WorldCRS84Quad.At(lon, lat, 14), tiles.CGCS2000Quad.At(lon, lat, 14)
	if p.key(tiles.Request{Coord: world}) != p.key(tiles.Request{Coord: china}) {
		t.Error("the keys differ")
	}
	if p.key(tiles.Request{Coord: tiles.Coord{Z: 3, X: 5, Y: 3, Grid: tiles.WorldCRS84Quad}}) == p.key(tiles.Request{Coord: tiles.Coord{Z: 3, X: 5, Y: 3}}) {
		t.Error("a tile of Mercator has the key of another")
	}
	for _, c := range []tiles.Coord{world, china, here} {
		if got := p.ids(tiles.Request{Coord: c}); got != "one" {
			t.Errorf("%s holds %q", c, got)
		}
	}
	// All of it at the coarsest level: one of its two tiles.
	for x, want := range []string{"", "one"} {
		if got := p.ids(tiles.Request{Coord: tiles.Coord{Grid: tiles.CGCS2000Quad, X: uint32(x)}}); got != want {
			t.Errorf("tile %d of level 0 holds %q", x, got)
		}
	}
	// What is recorded no longer is read from the store, in every grid.
	before := p.store.clock
	p.put("a", at("two", 100, 100))
	if got := p.ids(tiles.Request{Coord: china, Recorded: before}); got != "one" {
		t.Errorf("as recorded before, %s holds %q", china, got)
	}
}
