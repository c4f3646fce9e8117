package mesh

import "math"

// Vec3 is a point or a direction in a local frame: x, y, z in metres, z up.
type Vec3 [3]float64

// Add returns a + b.
func (a Vec3) Add(b Vec3) Vec3 { return Vec3{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }

// Sub returns a − b.
func (a Vec3) Sub(b Vec3) Vec3 { return Vec3{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }

// Scale returns a · f.
func (a Vec3) Scale(f float64) Vec3 { return Vec3{a[0] * f, a[1] * f, a[2] * f} }

// Dot returns the scalar product of a and b.
func (a Vec3) Dot(b Vec3) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// Cross returns the vector product of a and b.
func (a Vec3) Cross(b Vec3) Vec3 {
	return Vec3{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

// Len returns the length of a.
func (a Vec3) Len() float64 { return math.Sqrt(a.Dot(a)) }

// Unit returns a scaled to length 1, or the zero vector when a has no length
// or is not finite.
func (a Vec3) Unit() Vec3 {
	l := a.Len()
	if l > 0 && !math.IsInf(l, 0) {
		return a.Scale(1 / l)
	}
	return Vec3{}
}

// Lerp returns the point at share t of the way from a to b.
func (a Vec3) Lerp(b Vec3, t float64) Vec3 {
	return Vec3{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t, a[2] + (b[2]-a[2])*t}
}

// IsFinite reports whether no coordinate is NaN or infinite.
func (a Vec3) IsFinite() bool {
	// x·0 is 0 for every finite x and NaN otherwise.
	return a[0]*0 == 0 && a[1]*0 == 0 && a[2]*0 == 0
}

// Box is an axis-aligned box in a local frame, in metres. The zero Box is the
// point at the origin; begin with EmptyBox to gather points.
type Box struct{ Min, Max Vec3 }

// EmptyBox returns the box that holds nothing and grows to whatever is added.
func EmptyBox() Box {
	inf := math.Inf(1)
	return Box{Min: Vec3{inf, inf, inf}, Max: Vec3{-inf, -inf, -inf}}
}

// IsEmpty reports whether b holds no point.
func (b Box) IsEmpty() bool {
	return !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1] && b.Min[2] <= b.Max[2])
}

// Extend returns the smallest box that holds b and p.
func (b Box) Extend(p Vec3) Box {
	return Box{
		Min: Vec3{min(b.Min[0], p[0]), min(b.Min[1], p[1]), min(b.Min[2], p[2])},
		Max: Vec3{max(b.Max[0], p[0]), max(b.Max[1], p[1]), max(b.Max[2], p[2])},
	}
}

// Union returns the smallest box that holds b and c.
func (b Box) Union(c Box) Box {
	if c.IsEmpty() {
		return b
	}
	return b.Extend(c.Min).Extend(c.Max)
}

// Expand returns b grown by d on every side.
func (b Box) Expand(d float64) Box {
	e := Vec3{d, d, d}
	return Box{Min: b.Min.Sub(e), Max: b.Max.Add(e)}
}

// Intersects reports whether b and c share a point.
func (b Box) Intersects(c Box) bool {
	for i := range b.Min {
		if b.Min[i] > c.Max[i] || c.Min[i] > b.Max[i] {
			return false
		}
	}
	return true
}

// Holds reports whether p lies in b or on its border.
func (b *Box) Holds(p Vec3) bool {
	return p[0] >= b.Min[0] && p[0] <= b.Max[0] && p[1] >= b.Min[1] && p[1] <= b.Max[1] && p[2] >= b.Min[2] && p[2] <= b.Max[2]
}

// Size returns the lengths of the edges of b; zero for an empty box.
func (b Box) Size() Vec3 {
	if b.IsEmpty() {
		return Vec3{}
	}
	return b.Max.Sub(b.Min)
}

// Center returns the middle of b.
func (b Box) Center() Vec3 { return b.Min.Lerp(b.Max, 0.5) }

// Corners returns the eight corners of b, x fastest, z slowest.
func (b Box) Corners() [8]Vec3 {
	var c [8]Vec3
	for i := range c {
		c[i] = b.Min
		for axis := range 3 {
			if i>>axis&1 == 1 {
				c[i][axis] = b.Max[axis]
			}
		}
	}
	return c
}
