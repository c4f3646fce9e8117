package vector

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// Grids of longitude and latitude are cut in a plane of their own: x is that of the world, y
// runs evenly from latitude 90 to the south in the same units. The equator is half way
// down, at 2^31, so a tile of such a grid is a square of this plane as one of Web Mercator
// is of the world.

const (
	// stripBits is the size of a strip of the world between whose edges latitude is
	// interpolated: with cubics through 1,024 strips the error is below 1/400 unit.
	stripBits = 22
	strips    = 1 << (worldBits - stripBits)
)

// knot is the edge of a strip: y in the plane, and how much it grows over a strip there.
type knot struct{ y, slope float64 }

// knots are the edges of the strips from north to south.
var knots = makeKnots()

func makeKnots() (k [strips + 1]knot) {
	const radius = 1 << 31 / math.Pi // of a world of 2^32 units
	for i := range k {
		m := math.Pi * (1 - float64(i)/(strips/2)) // Mercator's y in radians, to the north
		k[i].y = (math.Pi/2 - math.Atan(math.Sinh(m))) * radius
		k[i].slope = (1 << stripBits) / math.Cosh(m) // d atan(sinh m) = dm / cosh m
	}
	return k
}

// levelY returns the y of the plane of latitude for a y of the world, rounded to units. It
// never decreases.
func levelY(y uint32) uint32 {
	i := y >> stripBits
	a, b := &knots[i], &knots[i+1]
	t := (float64(y&(1<<stripBits-1)) + 0.5) / (1 << stripBits) // the middle of the unit
	// The cubic of Hermite in Horner's form.
	d := b.y - a.y
	return uint32(a.y + t*(a.slope+t*(3*d-2*a.slope-b.slope+t*(a.slope+b.slope-2*d))))
}

// worldY returns the y of the world for one of the plane, which may lie beyond it.
func worldY(y int64) uint32 {
	lat := 90 - float64(y)/(1<<worldBits)*360
	return memory.Project(0, min(max(lat, -90), 90)).Y
}
