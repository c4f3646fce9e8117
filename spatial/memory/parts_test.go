package memory_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

func bits(list []float64) []uint64 {
	out := make([]uint64, len(list))
	for i, v := range list {
		out[i] = math.Float64bits(v)
	}
	return out
}

func TestExactGeometryComesBackToTheBit(t *testing.T) {
	ordinate := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-1800000000, 1800000000).Draw(t, "e7")) / 1e7 }),
		rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-180000, 180000).Draw(t, "e3")) / 1e3 }),
		rapid.Float64Range(-180, 180), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 5e-324, 180, -180, 1.0 / 3}))
	rapid.Check(t, func(t *rapid.T) {
		layout := rapid.SampledFrom([]geom.Layout{geom.XY, geom.XYZ}).Draw(t, "layout")
		n := rapid.IntRange(0, 12).Draw(t, "positions")
		flat := make([]float64, n*layout.Stride())
		for i := range flat {
			flat[i] = ordinate.Draw(t, "ordinate")
		}
		var ends []int
		for i := 0; i < n; i += rapid.IntRange(1, 5).Draw(t, "step") {
			ends = append(ends, i*layout.Stride())
		}
		ends = append(ends, len(flat))
		for _, g := range []geom.T{geom.NewLineStringFlat(layout, flat), geom.NewPolygonFlat(layout, flat, ends),
			geom.NewMultiLineStringFlat(layout, flat, ends), geom.NewMultiPolygonFlat(layout, flat, [][]int{ends}), geom.NewMultiPointFlat(layout, flat)} {
			back, _ := memory.Exact(g)
			if fmt.Sprintf("%T", back) != fmt.Sprintf("%T", g) || back.Layout() != g.Layout() {
				t.Fatalf("%T came back as %T", g, back)
			}
			if !slices.Equal(bits(back.FlatCoords()), bits(g.FlatCoords())) || !slices.Equal(back.Ends(), g.Ends()) || fmt.Sprint(back.Endss()) != fmt.Sprint(g.Endss()) {
				t.Fatalf("%T %v %v came back as %v %v", g, g.FlatCoords(), g.Ends(), back.FlatCoords(), back.Ends())
			}
		}
	})
}

func TestExactGeometryOfADecimalSourceIsSmall(t *testing.T) {
	flat := []float64{114.5617129, 22.4672118, 114.5619091, 22.4672266, 114.5619007, 22.4673228, 114.5618576, 22.4673195,
		114.5618513, 22.467391, 114.5616982, 22.4673794, 114.5617129, 22.4672118}
	if _, size := memory.Exact(geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})); size > 42 {
		t.Fatalf("%d bytes for seven positions, which take 112 as floats", size)
	}
}

func TestCollectionsComeBackWithTheirMembers(t *testing.T) {
	in := geom.NewGeometryCollection().MustPush(geom.NewPointFlat(geom.XY, []float64{1, 2}),
		geom.NewGeometryCollection().MustPush(geom.NewLineStringFlat(geom.XY, []float64{3, 4, 5, 6})), geom.NewPointEmpty(geom.XY))
	back, _ := memory.Exact(in)
	got, ok := back.(*geom.GeometryCollection)
	if !ok || got.NumGeoms() != 3 {
		t.Fatalf("got %v", back)
	}
	inner, ok := got.Geom(1).(*geom.GeometryCollection)
	if !ok || !slices.Equal(inner.Geom(0).FlatCoords(), []float64{3, 4, 5, 6}) || !slices.Equal(got.Geom(0).FlatCoords(), []float64{1, 2}) || !got.Geom(2).Empty() {
		t.Fatalf("got %v", got.Geoms())
	}
	if back, _ := memory.Exact(nil); back != nil {
		t.Fatalf("nothing came back as %v", back)
	}
}

func TestProjectionKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-90, 90).Draw(t, "a"), rapid.Float64Range(-90, 90).Draw(t, "b")
		lower, upper := memory.Project(0, min(a, b)), memory.Project(0, max(a, b))
		// A step of floats may be lost in the sine; boxes are widened by a unit for it.
		if uint64(upper.Y) > uint64(lower.Y)+1 {
			t.Fatalf("latitudes %v and %v lie at %d and %d", a, b, lower.Y, upper.Y)
		}
		lon, lat := rapid.Float64Range(-180, 179.999).Draw(t, "lon"), rapid.Float64Range(-85, 85).Draw(t, "lat")
		backLon, backLat := memory.Project(lon, lat).Unproject()
		const unit = 360.0 / (1 << 32)
		if math.Abs(backLon-lon) > unit || math.Abs(backLat-lat) > unit {
			t.Fatalf("%v, %v came back as %v, %v", lon, lat, backLon, backLat)
		}
	})
}

func TestPackedTreeFindsWhatGoingThroughAllFinds(t *testing.T) {
	side := rapid.Uint32Range(0, 1000)
	rect := rapid.Custom(func(t *rapid.T) memory.Rect {
		x, y := side.Draw(t, "x"), side.Draw(t, "y")
		return memory.Rect{MinX: x, MinY: y, MaxX: x + side.Draw(t, "w")/10, MaxY: y + side.Draw(t, "h")/10}
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rect, 0, 400).Draw(t, "rows")
		for range rapid.IntRange(0, 20).Draw(t, "without a place") {
			rows = append(rows, memory.Rect{MinX: math.MaxUint32, MinY: math.MaxUint32})
		}
		q := rect.Draw(t, "query")
		if rapid.Bool().Draw(t, "wide") {
			q = memory.Rect{MaxX: math.MaxUint32, MaxY: math.MaxUint32}
		}
		var want []memory.Row
		for i, r := range rows {
			if r.Overlaps(q) {
				want = append(want, memory.Row(i))
			}
		}
		if got := memory.PackedSearch(rows, q); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestBoundsAreNeverBeyondTheTrueDistance(t *testing.T) {
	lon, lat := rapid.Float64Range(-180, 180), rapid.Float64Range(-90, 90)
	rapid.Check(t, func(t *rapid.T) {
		n := spatial.Near{Lon: lon.Draw(t, "lon"), Lat: lat.Draw(t, "lat")}
		x, y := lon.Draw(t, "x"), lat.Draw(t, "y")
		w := memory.Project(x, y)
		d := n.Distance(geom.NewPointFlat(geom.XY, []float64{x, y}), spatial.ZRange{})
		if b := memory.Bound(n.Lon, n.Lat, memory.Rect{MinX: w.X, MinY: w.Y, MaxX: w.X, MaxY: w.Y}); b > d {
			t.Fatalf("the bound %v is beyond the distance %v", b, d)
		}
	})
}

func TestValuesComeBackAndEachStandsOnce(t *testing.T) {
	value := rapid.OneOf(
		rapid.Map(rapid.Int64(), spatial.IntOf), rapid.Map(rapid.Float64(), spatial.FloatOf), rapid.Map(rapid.String(), spatial.StringOf),
		rapid.Map(rapid.Bool(), spatial.BoolOf), rapid.SampledFrom([]spatial.Value{{}, spatial.JSONOf("[1]"), spatial.StringOf("[1]"), spatial.FloatOf(2), spatial.IntOf(2),
			spatial.StringOf(string(make([]byte, 300)))}))
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(value, 0, 200).Draw(t, "values")
		ids, back := memory.RoundTrip(list)
		for i := range list {
			if list[i] != back[i] {
				t.Fatalf("%v came back as %v", list[i].Any(), back[i].Any())
			}
			for j := range i {
				if (list[i] == list[j]) != (ids[i] == ids[j]) {
					t.Fatalf("%v and %v have the ids %d and %d", list[i].Any(), list[j].Any(), ids[i], ids[j])
				}
			}
		}
	})
}
