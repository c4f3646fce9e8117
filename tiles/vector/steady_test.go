package vector_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// outlines are rings of a few corners as buildings have them, and others that cross
// themselves, have thin parts, or corners in the middle of a wall; in units of the tile here.
var outlines = rapid.Custom(func(t *rapid.T) []float64 {
	x, y := rapid.Float64Range(100, 3900).Draw(t, "x"), rapid.Float64Range(100, 3900).Draw(t, "y")
	size := math.Exp2(rapid.Float64Range(-1, 7).Draw(t, "size"))
	switch rapid.IntRange(0, 2).Draw(t, "sort") {
	case 0:
		return star(t, x, y, size)
	case 1:
		// Anything, as often as not in a knot.
		var out []float64
		for range rapid.IntRange(3, 9).Draw(t, "corners") {
			out = append(out, x+size*rapid.Float64Range(-1, 1).Draw(t, "dx"), y+size*rapid.Float64Range(-1, 1).Draw(t, "dy"))
		}
		return out
	}
	// A wall with wings on a grid, turned.
	sin, cos := math.Sincos(rapid.SampledFrom([]float64{0, 0, 0.1, 0.7, math.Pi / 4}).Draw(t, "turn"))
	var out []float64
	add := func(u, v float64) { out = append(out, x+(u*cos-v*sin)*size, y+(u*sin+v*cos)*size) }
	wings := rapid.IntRange(1, 4).Draw(t, "wings")
	add(0, 0)
	add(float64(2*wings), 0)
	for k := wings; k > 0; k-- {
		deep := rapid.Float64Range(0.1, 2).Draw(t, "deep")
		add(float64(2*k), deep)
		add(float64(2*k-1), deep)
		add(float64(2*k-1), 0.1)
		add(float64(2*k-2), 0.1)
	}
	return out
})

func tableOf(t interface{ Fatal(...any) }, g geom.T) (*memory.Table, int) {
	s, err := memory.NewSnapshot(spatial.Collection{Name: "a"}, sequence([]spatial.Feature{{ID: "a", Num: 1, Geometry: g}}))
	if err != nil {
		t.Fatal(err)
	}
	return s.At(0)
}

func TestSteadyRingsNeedOnlyBeRounded(t *testing.T) {
	zoomed := func(zoom uint8) tiles.Coord {
		if zoom >= here.Z {
			return tiles.Coord{Z: zoom, X: here.X << (zoom - here.Z), Y: here.Y << (zoom - here.Z)}
		}
		return tiles.Coord{Z: zoom, X: here.X >> (here.Z - zoom), Y: here.Y >> (here.Z - zoom)}
	}
	steady, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		table, i := tableOf(t, polygon(outlines.Draw(t, "ring")))
		from, to := table.Rings(i)
		if from == to {
			return
		}
		all++
		for zoom := uint8(8); zoom < 20; zoom++ {
			short, long, sound, ok := vector.Round(zoomed(zoom), table, from)
			if !ok {
				continue
			}
			steady++
			if diff := cmp.Diff(long, short); diff != "" {
				t.Fatalf("zoom %d: the short way is not the long way (-long +short):\n%s", zoom, diff)
			}
			if !sound || mvt.Area(short) <= 0 {
				t.Fatalf("zoom %d: %v is not sound", zoom, short)
			}
		}
	})
	if steady < all {
		t.Errorf("of %d rings at 12 zoom levels only %d were steady: the short way is not tried", all, steady)
	}
}

func TestSteadyIsWhatHasRoom(t *testing.T) {
	// Units of the tile here, of which each has 64 of the world.
	const bits = 6
	for _, c := range []struct {
		name string
		ring []float64
		want bool
	}{
		{"a square of five units", []float64{0, 0, 5, 0, 5, 5, 0, 5}, true},
		{"a square of a unit", []float64{0, 0, 1, 0, 1, 1, 0, 1}, false},
		{"an L with wings of two units", []float64{0, 0, 6, 0, 6, 2, 2, 2, 2, 6, 0, 6}, true},
		{"a U whose wings stand a unit apart", []float64{0, 0, 9, 0, 9, 9, 5, 9, 5, 4, 4, 4, 4, 9, 0, 9}, false},
		{"a needle", []float64{0, 0, 90, 1, 90, 2}, false},
		{"a bow tie", []float64{0, 0, 40, 40, 40, 0, 0, 60}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for k := range c.ring {
				c.ring[k] += 1000.3
			}
			table, i := tableOf(t, polygon(c.ring))
			from, _ := table.Rings(i)
			if got := table.Steady(from, bits); got != c.want {
				t.Errorf("steady is %v", got)
			}
		})
	}
}
