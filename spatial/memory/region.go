package memory

import (
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// region decides a filter for rectangles of the world where the place alone decides it.
type region struct {
	decides func(spatial.Box) (match, sure bool) // nil when it never does
	degrees degrees
}

// of reports whether the filter is true of all rows in the rectangle, or of none.
func (g *region) of(r Rect) (match, sure bool) {
	// What is cut off at the edges of the map is not where it seems to be.
	if g.decides == nil || r.IsEmpty() || r.MinX == 0 || r.MinY == 0 || r.MaxX == math.MaxUint32 || r.MaxY == math.MaxUint32 {
		return false, false
	}
	return g.decides(g.degrees.box(r.grow(rounding)))
}

// degrees turns rectangles near a place into degrees, many times as fast as Unproject: a
// polynomial of latitude about the place's own, to less than a world unit.
type degrees struct {
	known         bool
	top, bottom   uint32
	y             float64
	lat, one, two float64
}

// degreesReach is how far from the place in radians of Mercator's y the polynomial holds: 12 km.
// What the third power would add, at most a sixth of it, is 0.8 cm on the ground.
const degreesReach = 0.002

func newDegrees(around []Rect) (d degrees) {
	if len(around) != 1 || around[0].IsEmpty() {
		return d
	}
	const unit = 2 * math.Pi / worldSize
	d.top, d.bottom = around[0].grow(1<<16).MinY, around[0].grow(1<<16).MaxY
	middle := World{Y: d.top + (d.bottom-d.top)/2}
	_, lat := middle.Unproject()
	sin, cos := math.Sincos(lat * degree)
	d.known = float64(d.bottom-d.top)/2*unit < degreesReach
	d.y, d.lat = float64(middle.Y)+0.5, lat
	d.one, d.two = -cos*unit/degree, -sin*cos/2*unit*unit/degree
	return d
}

func (d *degrees) box(r Rect) spatial.Box {
	lon := func(x float64) float64 { return x/worldSize*360 - 180 }
	west, east := lon(float64(r.MinX)), lon(float64(r.MaxX)+1)
	if d.known && r.MinY >= d.top && r.MaxY <= d.bottom {
		lat := func(y float64) float64 { y -= d.y; return d.lat + y*(d.one+y*d.two) }
		return spatial.Box2D(west, lat(float64(r.MaxY)+1), east, lat(float64(r.MinY)))
	}
	_, south := World{Y: r.MaxY}.Unproject()
	_, north := World{Y: r.MinY}.Unproject()
	return spatial.Box2D(west, south, east, north)
}
