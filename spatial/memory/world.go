package memory

import (
	"math"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/sorting"
)

// MaxLatitude is where Web Mercator ends: the latitude that makes the world a square.
const MaxLatitude = 85.05112877980659

// World is a point of the Web Mercator square with 32 bits to each axis, x to the east
// from longitude -180, y to the south from MaxLatitude. A unit is at most 0.93 cm.
type World struct{ X, Y uint32 }

// Rect is a closed rectangle in world coordinates. One whose Min is greater than its Max is
// empty and overlaps nothing.
type Rect struct{ MinX, MinY, MaxX, MaxY uint32 }

// emptyRect overlaps nothing and is the start for extending.
var emptyRect = Rect{MinX: math.MaxUint32, MinY: math.MaxUint32}

// Overlaps reports whether the rectangles share a point.
func (r Rect) Overlaps(o Rect) bool {
	return r.MinX <= o.MaxX && o.MinX <= r.MaxX && r.MinY <= o.MaxY && o.MinY <= r.MaxY &&
		r.MinX <= r.MaxX && o.MinX <= o.MaxX // the whole world meets the bounds even of an empty one
}

// Contains reports whether o lies wholly in r.
func (r Rect) Contains(o Rect) bool {
	return r.MinX <= o.MinX && o.MaxX <= r.MaxX && r.MinY <= o.MinY && o.MaxY <= r.MaxY
}

// IsEmpty reports whether the rectangle holds no point.
func (r Rect) IsEmpty() bool { return r.MinX > r.MaxX || r.MinY > r.MaxY }

func (r Rect) extend(o Rect) Rect {
	return Rect{MinX: min(r.MinX, o.MinX), MinY: min(r.MinY, o.MinY), MaxX: max(r.MaxX, o.MaxX), MaxY: max(r.MaxY, o.MaxY)}
}

// Project returns the world coordinates of a longitude and latitude in degrees. What lies
// beyond MaxLatitude comes to lie on the edge. It never decreases with longitude and never
// increases with latitude, so boxes that overlap on Earth overlap in the world.
func Project(lon, lat float64) World {
	return World{X: toWorld(unitX(lon)), Y: toWorld(unitY(lat))}
}

const (
	worldSize = 1 << 32
	degree    = math.Pi / 180
)

// unitX and unitY give the place in a world of size 1; y runs beyond 0 and 1 near the poles.
func unitX(lon float64) float64 { return (lon + 180) / 360 }

func unitY(lat float64) float64 {
	s := math.Sin(lat * degree)
	return 0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)
}

func toWorld(u float64) uint32 {
	// Written so that NaN becomes 0.
	if !(u > 0) {
		return 0
	}
	if u >= 1 {
		return math.MaxUint32
	}
	return uint32(u * worldSize)
}

// Unproject returns longitude and latitude in degrees of the middle of a world unit.
func (w World) Unproject() (lon, lat float64) {
	x := (float64(w.X) + 0.5) / worldSize
	y := (float64(w.Y) + 0.5) / worldSize
	return x*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*y))) / degree
}

// rectOf returns the world rectangle around a box that does not cross the antimeridian.
func rectOf(b spatial.Box) Rect {
	if b.IsEmpty() {
		return emptyRect
	}
	nw, se := Project(b.Min[0], b.Max[1]), Project(b.Max[0], b.Min[1])
	return Rect{MinX: nw.X, MinY: nw.Y, MaxX: se.X, MaxY: se.Y}
}

// RectsOf returns the one or two world rectangles around a box, a unit wider on each side,
// so that no rounding loses what touches it.
func RectsOf(b spatial.Box) []Rect {
	if b.IsEmpty() {
		return nil
	}
	var out []Rect
	for _, part := range b.Split() {
		out = append(out, rectOf(part).grow(1))
	}
	return out
}

// grow returns the rectangle wider by n units on each side, within the world.
func (r Rect) grow(n uint32) Rect {
	if r.IsEmpty() {
		return r
	}
	r.MinX, r.MinY = r.MinX-min(n, r.MinX), r.MinY-min(n, r.MinY)
	r.MaxX, r.MaxY = r.MaxX+min(n, math.MaxUint32-r.MaxX), r.MaxY+min(n, math.MaxUint32-r.MaxY)
	return r
}

// key is the place of a row along the Hilbert curve: that of the middle of its box. It does not
// depend on the data, so every mirror of a store puts its rows in the same order.
func (r Rect) key() uint64 {
	if r.IsEmpty() {
		return math.MaxUint64
	}
	return sorting.Hilbert(r.MinX+(r.MaxX-r.MinX)/2, r.MinY+(r.MaxY-r.MinY)/2)
}
