package kernel

import (
	"fmt"
	"math"
)

// Profile is an area of the plane: what lies within Outer and within none of
// Holes. A hole that lies wholly within another is an island in it, and so on.
// Rings may run in either direction, touch, overlap and repeat points.
type Profile struct {
	Outer Ring
	Holes []Ring
}

// Region is a triangulated area of the plane. Every corner of its outline is a
// point, and every point on an edge of its outline ends that edge, so walls can
// be raised on Edges without gaps.
type Region struct {
	Points []Vec2
	// Triangles holds three point numbers per triangle, counter-clockwise.
	Triangles []uint32
	// Edges is the outline as pairs of point numbers; the area lies on the left.
	Edges []uint32
}

// Area returns the area of the region in m².
func (r *Region) Area() float64 {
	sum := 0.0
	for i := 0; i+2 < len(r.Triangles); i += 3 {
		a, b, c := r.Points[r.Triangles[i]], r.Points[r.Triangles[i+1]], r.Points[r.Triangles[i+2]]
		sum += b.Sub(a).Cross(c.Sub(a))
	}
	return sum / 2
}

// Rings returns the outline as closed rings with the area on their left.
// Where the outline touches itself the rings turn so that they do not cross.
func (r *Region) Rings() []Ring {
	return chainRings(r.Points, r.Edges)
}

// Fill triangulates the profile. It returns an error that wraps ErrInvalid when
// the profile has no area or a point that is not finite.
func (s Settings) Fill(p Profile) (*Region, error) {
	if err := s.Budget.Spend(len(p.Outer)); err != nil {
		return nil, fmt.Errorf("fill: %w", err)
	}
	if len(p.Holes) == 0 {
		if r := fillConvex(p.Outer, s.merge()); r != nil {
			return r, nil
		}
	}
	r, err := s.fillPlane(p)
	if err != nil {
		return nil, fmt.Errorf("fill: %w", err)
	}
	return r, nil
}

// fillConvex triangulates a ring that is convex, either way round; nil when it is not.
// Most profiles are of this kind.
func fillConvex(ring Ring, tol float64) *Region {
	if ring.Area() < 0 {
		ring = ring.Reversed()
	}
	if !isConvex(ring, tol) {
		return nil
	}
	n := len(ring)
	r := &Region{Points: ring, Triangles: appendConvex(make([]uint32, 0, 3*(n-2)), ring), Edges: make([]uint32, 0, 2*n)}
	for i := range n {
		r.Edges = append(r.Edges, uint32(i), uint32((i+1)%n))
	}
	return r
}

// isConvex reports whether a ring turns left at every corner and runs around once, has no
// needless points and no short edges.
func isConvex(ring Ring, tol float64) bool {
	n := len(ring)
	if n < 3 || n > 512 {
		return false
	}
	if area := ring.Area(); !(area > tol*tol) || math.IsInf(area, 0) {
		return false
	}
	rounds := 0
	in := ring[0].Sub(ring[n-1])
	inLen := in.Len()
	for i, b := range ring {
		c := ring[0]
		if i+1 < n {
			c = ring[i+1]
		}
		out := c.Sub(b)
		outLen := out.Len()
		// A corner that lies on the line of its neighbours would give the fan
		// a triangle without area.
		if outLen <= tol || in.Cross(out) <= tol*max(inLen, outLen) {
			return false
		}
		// Turning left by less than half a round at a time, a ring passes from the
		// lower directions to the upper ones once in each round.
		if !in.isUpper() && out.isUpper() {
			rounds++
		}
		in, inLen = out, outLen
	}
	return rounds == 1
}

// isUpper reports whether a direction lies in [0, π).
func (a Vec2) isUpper() bool { return a[1] > 0 || a[1] == 0 && a[0] > 0 }

// appendConvex appends the triangles of a convex ring, as numbers of its points.
func appendConvex(dst []uint32, ring Ring) []uint32 {
	n := len(ring)
	if n == 4 && ring[0].Sub(ring[2]).Len() > ring[1].Sub(ring[3]).Len() {
		return append(dst, 0, 1, 3, 1, 2, 3)
	}
	// Fans from alternating ends make fatter triangles than one fan.
	lo, hi := 0, n-1
	for lo+1 < hi {
		dst = append(dst, uint32(lo), uint32(lo+1), uint32(hi))
		lo++
		if lo+1 < hi {
			dst = append(dst, uint32(lo), uint32(hi-1), uint32(hi))
			hi--
		}
	}
	return dst
}

// Channels of the windings of a profile.
const (
	channelOuter = 0
	channelHole  = 1
)

func (s Settings) fillPlane(p Profile) (*Region, error) {
	lo, hi, n := ringBounds(p.Outer)
	if !lo.IsFinite() || !hi.IsFinite() {
		return nil, fmt.Errorf("%w: a ring of %d points with one that is not finite or none at all", ErrInvalid, len(p.Outer))
	}
	for _, h := range p.Holes {
		l, u, m := ringBounds(h)
		if m == 0 {
			continue
		}
		if !l.IsFinite() || !u.IsFinite() {
			return nil, fmt.Errorf("%w: a hole has a point that is not finite", ErrInvalid)
		}
		lo, hi = Vec2{math.Min(lo[0], l[0]), math.Min(lo[1], l[1])}, Vec2{math.Max(hi[0], u[0]), math.Max(hi[1], u[1])}
		n += m
	}
	d := newPlane(lo, hi, math.Min(s.merge(), hi.Sub(lo).Len()*1e-4), n, s.Budget)
	defer d.free()
	rings := append([]Ring{p.Outer}, p.Holes...)
	numbers := make([][]int32, len(rings))
	for i, r := range rings {
		var err error
		if numbers[i], err = d.addPoints(r); err != nil {
			return nil, err
		}
	}
	for i, r := range rings {
		channel, n := channelOuter, int16(1)
		if i > 0 {
			channel, n = channelHole, nesting(p.Holes, i-1)
		}
		if err := d.drawRing(r, numbers[i], channel, n); err != nil {
			return nil, err
		}
	}
	r := d.region(func(w weight) bool { return w[channelOuter] != 0 && w[channelHole] <= 0 })
	if len(r.Triangles) == 0 {
		return nil, fmt.Errorf("%w: a profile without area", ErrInvalid)
	}
	return r, nil
}

func ringBounds(r Ring) (lo, hi Vec2, n int) {
	lo, hi = Vec2{math.Inf(1), math.Inf(1)}, Vec2{math.Inf(-1), math.Inf(-1)}
	for _, p := range r {
		for i := range p {
			lo[i], hi[i] = min(lo[i], p[i]), max(hi[i], p[i]) // NaN wins in both
		}
	}
	return lo, hi, len(r)
}

// nesting returns 1 for a hole and −1 for an island in a hole.
func nesting(holes []Ring, i int) int16 {
	n := int16(1)
	if len(holes[i]) == 0 {
		return n
	}
	for k, other := range holes {
		if k != i && math.Abs(other.Area()) > math.Abs(holes[i].Area()) && holds(other, holes[i]) {
			n = -n
		}
	}
	return n
}

// addPoints puts the points of a ring into the plane. All points come before any
// line, so that lines run through every point they pass.
func (d *plane) addPoints(r Ring) ([]int32, error) {
	number := make([]int32, len(r))
	for i, p := range r {
		v, err := d.add(p)
		if err != nil {
			return nil, err
		}
		number[i] = v
	}
	return number, nil
}

// drawRing draws a ring, counter-clockwise, with a weight in the channel.
func (d *plane) drawRing(r Ring, number []int32, channel int, n int16) error {
	var w weight
	w[channel] = n
	if r.Area() < 0 {
		w = w.negated()
	}
	for i := range number {
		if err := d.constrain(number[i], number[(i+1)%len(number)], w); err != nil {
			return err
		}
	}
	return nil
}

// region gathers the triangles whose windings are inside, and their outline.
func (d *plane) region(inside func(weight) bool) *Region {
	wind := d.windings()
	r := &Region{}
	number := make([]uint32, len(d.pts))
	name := func(v int32) uint32 {
		if number[v] == 0 {
			r.Points = append(r.Points, d.pts[v])
			number[v] = uint32(len(r.Points))
		}
		return number[v] - 1
	}
	keep := make([]bool, len(d.tris))
	for t := range d.tris {
		v := d.tris[t].v
		keep[t] = v[0] >= outer && v[1] >= outer && v[2] >= outer && inside(wind[t])
	}
	for t := range d.tris {
		if !keep[t] {
			continue
		}
		tri := &d.tris[t]
		r.Triangles = append(r.Triangles, name(tri.v[0]), name(tri.v[1]), name(tri.v[2]))
		for i, n := range tri.n {
			if n < 0 || !keep[n] {
				r.Edges = append(r.Edges, name(tri.v[next(i)]), name(tri.v[prev(i)]))
			}
		}
	}
	return r
}
