package kernel

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Extrude moves a filled profile along direction·depth. The profile lies in the
// plane z = 0; the direction need not be perpendicular to it, and a direction
// below the plane extrudes downwards.
func (s Settings) Extrude(r *Region, direction Vec3, depth float64) (*mesh.Mesh, error) {
	move := direction.Unit().Scale(depth)
	if !move.IsFinite() || math.Abs(move[2]) < 1e-9 {
		return nil, fmt.Errorf("extrude: %w: depth %v along %v", ErrInvalid, depth, direction)
	}
	return s.Loft(r, []mesh.Transform{mesh.Identity(), mesh.Translation(move)}, false)
}

// Loft joins copies of a filled profile, each put in its place by a frame that
// maps the plane z = 0 into space. It closes the ends with the profile, or joins
// the last frame to the first when ring is true. The result faces outward.
func (s Settings) Loft(r *Region, frames []mesh.Transform, ring bool) (*mesh.Mesh, error) {
	sections := make([]Vec3, 0, len(frames)*len(r.Points))
	for _, f := range frames {
		for _, p := range r.Points {
			sections = append(sections, f.Apply(Vec3{p[0], p[1], 0}))
		}
	}
	return s.loft(r, sections, len(frames), ring)
}

// LoftBetween joins two profiles whose outlines have the same number of points,
// the first in the plane z = 0, the second mapped by the frame. The triangles of
// the first profile must also fill the second; use it for tapers.
func (s Settings) LoftBetween(first *Region, second []Vec2, frame mesh.Transform) (*mesh.Mesh, error) {
	if len(second) != len(first.Points) {
		return nil, fmt.Errorf("loft: %w: profiles of %d and %d points", ErrInvalid, len(first.Points), len(second))
	}
	sections := make([]Vec3, 0, 2*len(second))
	for _, p := range first.Points {
		sections = append(sections, Vec3{p[0], p[1], 0})
	}
	for _, p := range second {
		sections = append(sections, frame.Apply(Vec3{p[0], p[1], 0}))
	}
	return s.loft(first, sections, 2, false)
}

func (s Settings) loft(r *Region, sections []Vec3, count int, ring bool) (*mesh.Mesh, error) {
	if count < 2 {
		return nil, fmt.Errorf("loft: %w: %d sections", ErrInvalid, count)
	}
	if err := s.Budget.Spend(count * len(r.Edges)); err != nil {
		return nil, fmt.Errorf("loft: %w", err)
	}
	n := uint32(len(r.Points))
	steps := count - 1
	if ring {
		steps = count
	}
	m := &mesh.Mesh{
		Positions: make([]float64, 0, 3*len(sections)),
		Triangles: make([]uint32, 0, 2*len(r.Triangles)+steps*len(r.Edges)*3),
		Closed:    true,
	}
	for _, p := range sections {
		if !p.IsFinite() {
			return nil, fmt.Errorf("loft: %w: point %v", ErrInvalid, p)
		}
		m.Positions = append(m.Positions, p[:]...)
	}
	if !ring {
		last := uint32(count-1) * n
		for i := 0; i < len(r.Triangles); i += 3 {
			a, b, c := r.Triangles[i], r.Triangles[i+1], r.Triangles[i+2]
			m.Triangles = append(m.Triangles, a, c, b, last+a, last+b, last+c)
		}
	}
	for k := range steps {
		low, high := uint32(k)*n, uint32((k+1)%count)*n
		for i := 0; i < len(r.Edges); i += 2 {
			a, b := r.Edges[i], r.Edges[i+1]
			w := wall(m, low+a, low+b, high+b, high+a)
			m.Triangles = append(m.Triangles, w[:]...)
		}
	}
	if m.Volume() < 0 {
		m = m.Flipped()
	}
	return m, nil
}

// wall splits a quad along its shorter diagonal.
func wall(m *mesh.Mesh, a, b, c, d uint32) [6]uint32 {
	if m.Point(a).Sub(m.Point(c)).Len() <= m.Point(b).Sub(m.Point(d)).Len() {
		return [6]uint32{a, b, c, a, c, d}
	}
	return [6]uint32{a, b, d, b, c, d}
}

// Revolve turns a filled profile of the plane z = 0 around an axis in that plane
// by an angle in radians (right-handed about the axis; ±2π closes the ring).
func (s Settings) Revolve(r *Region, origin, axis Vec3, angle float64) (*mesh.Mesh, error) {
	axis = axis.Unit()
	if axis == (Vec3{}) || angle == 0 || math.IsNaN(angle) {
		return nil, fmt.Errorf("revolve: %w: angle %v about %v", ErrInvalid, angle, axis)
	}
	ring := math.Abs(angle) > 2*math.Pi-1e-6
	if ring {
		angle = math.Copysign(2*math.Pi, angle)
	}
	radius := 0.0
	for _, p := range r.Points {
		d := Vec3{p[0], p[1], 0}.Sub(origin)
		radius = math.Max(radius, d.Sub(axis.Scale(d.Dot(axis))).Len())
	}
	n := s.ArcSegments(radius, angle)
	frames := make([]mesh.Transform, 0, n+1)
	to, back := mesh.Translation(origin), mesh.Translation(origin.Scale(-1))
	for i := range n + 1 {
		if ring && i == n {
			break
		}
		turn := mesh.Rotation(axis, angle*float64(i)/float64(n))
		frames = append(frames, to.Mul(turn).Mul(back))
	}
	m, err := s.Loft(r, frames, ring)
	if err != nil {
		return nil, fmt.Errorf("revolve: %w", err)
	}
	// Points on the axis came once per frame: welding removes the triangles
	// without extent between them.
	return m.Welded(mesh.Grid), nil
}
