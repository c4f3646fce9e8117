package kernel

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Vec3 is a point or a direction in space, in metres.
type Vec3 = mesh.Vec3

// Vec2 is a point or a direction in the plane of a profile or a footprint, in
// metres.
type Vec2 [2]float64

// Add returns a + b.
func (a Vec2) Add(b Vec2) Vec2 { return Vec2{a[0] + b[0], a[1] + b[1]} }

// Sub returns a − b.
func (a Vec2) Sub(b Vec2) Vec2 { return Vec2{a[0] - b[0], a[1] - b[1]} }

// Scale returns a · f.
func (a Vec2) Scale(f float64) Vec2 { return Vec2{a[0] * f, a[1] * f} }

// Dot returns the scalar product of a and b.
func (a Vec2) Dot(b Vec2) float64 { return a[0]*b[0] + a[1]*b[1] }

// Cross returns the z of the vector product of a and b: positive when b lies to
// the left of a.
func (a Vec2) Cross(b Vec2) float64 { return a[0]*b[1] - a[1]*b[0] }

// Len returns the length of a.
func (a Vec2) Len() float64 { return math.Sqrt(a.Dot(a)) }

// Unit returns a scaled to length 1, or the zero vector when a has no length.
func (a Vec2) Unit() Vec2 {
	if l := a.Len(); l > 0 && !math.IsInf(l, 0) {
		return a.Scale(1 / l)
	}
	return Vec2{}
}

// Left returns a turned by a quarter to the left.
func (a Vec2) Left() Vec2 { return Vec2{-a[1], a[0]} }

// IsFinite reports whether no coordinate is NaN or infinite.
func (a Vec2) IsFinite() bool { return a[0]*0 == 0 && a[1]*0 == 0 }

// Ring is a closed line in the plane; the last point joins the first and is not
// repeated.
type Ring []Vec2

// Area returns the signed area of the ring: positive when it runs
// counter-clockwise.
func (r Ring) Area() float64 {
	sum := 0.0
	for i := range r {
		if i >= 2 {
			sum += r[i-1].Sub(r[0]).Cross(r[i].Sub(r[0]))
		}
	}
	return sum / 2
}

// Reversed returns the ring run through the other way.
func (r Ring) Reversed() Ring {
	s := make(Ring, len(r))
	for i, p := range r {
		s[len(r)-1-i] = p
	}
	return s
}
