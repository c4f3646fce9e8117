package spatial

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// A sketch leaves out only edges that are not the nearest: the distance is that to all edges,
// to the bit, and whether the ring runs around the point is what the even–odd rule says.
func TestSketchFindsTheNearestEdge(t *testing.T) {
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-79.9, 79.9).Draw(t, "lat")
		lon := rapid.SampledFrom([]float64{0, 114.05, -0.3, 179.9}).Draw(t, "lon")
		p := newPlane(lon, lat)
		away := rapid.SampledFrom([]float64{0, 1e-6, 1e-4, 5e-3, 0.05, 0.19}).Draw(t, "away")
		size := rapid.SampledFrom([]float64{1e-7, 1e-5, 1e-4, 3e-4}).Draw(t, "size")
		angle := rapid.Float64Range(0, 2*math.Pi).Draw(t, "angle")
		x, y := lon+away*math.Cos(angle), lat+away*math.Sin(angle)
		stride := rapid.IntRange(2, 3).Draw(t, "stride")
		var flat []float64
		for range rapid.IntRange(3, 12).Draw(t, "positions") {
			flat = append(flat, x+size*rapid.Float64Range(-1, 1).Draw(t, "x"), y+size*rapid.Float64Range(-1, 1).Draw(t, "y"), 1)[:len(flat)+stride]
		}
		flat = append(flat, flat[:stride]...)
		var s sketch
		if !p.draw(&s, flat, stride) {
			return
		}
		drawn++
		got, around := p.toRing(flat, stride)
		if want := p.toAll(flat, stride); math.Float64bits(got) != math.Float64bits(want) && math.Abs(got-want) > 1e-9 {
			t.Fatalf("at %v, %v the ring %v is %v m away, of all edges %v", lon, lat, flat, got, want)
		}
		if want := pointInRing(lon, lat, flat, stride); around != want {
			t.Fatalf("at %v, %v the ring %v runs around: %v, want %v", lon, lat, flat, around, want)
		}
	})
	if drawn == 0 {
		t.Error("no ring was drawn")
	}
}

// The drawing is off by less than is allowed for.
func TestSketchIsOffByLittle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-sketchLatitude, sketchLatitude).Draw(t, "lat")
		p := newPlane(114, lat)
		wide, tall := rapid.Float64Range(-sketchDegrees, sketchDegrees).Draw(t, "wide"), rapid.Float64Range(-sketchDegrees, sketchDegrees).Draw(t, "tall")
		scale := rapid.SampledFrom([]float64{1, 0.1, 1e-2, 1e-3, 1e-4}).Draw(t, "scale")
		wide, tall = wide*scale, tall*scale
		east, north := p.across*p.cos*degree, p.across*(1-squaredEccentricity)/p.w*degree
		v := p.vertex(114+wide, lat+tall)
		off := math.Hypot(v.x-(v.lon-114)*east, v.y-(v.lat-lat)*north)
		most := 2 * (0.1 + math.Abs(p.sin)/p.cos) * (math.Abs(wide) + math.Abs(tall)) * degree * (math.Abs(wide)*east + math.Abs(tall)*north)
		if off > most/1.5+1e-6 {
			t.Fatalf("at latitude %v, %v and %v degrees away: off by %v m, allowed are %v", lat, wide, tall, off, most)
		}
	})
}
