package kernel

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Block returns a block from the origin to (x, y, z).
func (s Settings) Block(x, y, z float64) (*mesh.Mesh, error) {
	if err := positive("block", x, y, z); err != nil {
		return nil, err
	}
	r, err := s.Fill(Profile{Outer: Ring{{0, 0}, {x, 0}, {x, y}, {0, y}}})
	if err != nil {
		return nil, err
	}
	return s.Extrude(r, Vec3{0, 0, 1}, z)
}

// Pyramid returns a pyramid over a rectangle from the origin to (x, y), its tip
// above the middle.
func (s Settings) Pyramid(x, y, height float64) (*mesh.Mesh, error) {
	if err := positive("pyramid", x, y, height); err != nil {
		return nil, err
	}
	return &mesh.Mesh{
		Positions: []float64{0, 0, 0, x, 0, 0, x, y, 0, 0, y, 0, x / 2, y / 2, height},
		Triangles: []uint32{0, 2, 1, 0, 3, 2, 0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4},
		Closed:    true,
	}, nil
}

// Cylinder returns a cylinder around the z axis, from z = 0 up.
func (s Settings) Cylinder(radius, height float64) (*mesh.Mesh, error) {
	p, err := s.Circle(radius)
	if err != nil {
		return nil, err
	}
	r, err := s.Fill(p)
	if err != nil {
		return nil, err
	}
	return s.Extrude(r, Vec3{0, 0, 1}, height)
}

// Cone returns a cone around the z axis, its base at z = 0.
func (s Settings) Cone(radius, height float64) (*mesh.Mesh, error) {
	if err := positive("cone", radius, height); err != nil {
		return nil, err
	}
	return s.turned(Ring{{0, 0}, {radius, 0}, {0, height}})
}

// Sphere returns a sphere around the origin.
func (s Settings) Sphere(radius float64) (*mesh.Mesh, error) {
	if err := positive("sphere", radius); err != nil {
		return nil, err
	}
	return s.turned(Ring(s.Arc(Vec2{}, radius, -math.Pi/2, math.Pi)))
}

// turned revolves a ring of (distance from the axis, height) around the z axis.
func (s Settings) turned(half Ring) (*mesh.Mesh, error) {
	for i := range half {
		if half[i][0] < 1e-12 {
			half[i][0] = 0
		}
	}
	r, err := s.Fill(Profile{Outer: half})
	if err != nil {
		return nil, fmt.Errorf("solid of revolution: %w", err)
	}
	m, err := s.Revolve(r, Vec3{}, Vec3{0, 1, 0}, 2*math.Pi)
	if err != nil {
		return nil, err
	}
	// The profile's plane stands upright: its y becomes z.
	return m.Moved(mesh.Frame(Vec3{}, Vec3{1, 0, 0}, Vec3{0, 0, 1}, Vec3{0, -1, 0})), nil
}

// HalfSpace returns a block that covers everything of box on the side of the plane
// away from its normal, or on the side of its normal when flipped; it reaches
// beyond the box on all sides.
func HalfSpace(box mesh.Box, at mesh.Transform, below bool) *mesh.Mesh {
	size := box.Size().Len() + box.Center().Sub(at.Origin()).Len() + 1
	m := &mesh.Mesh{Closed: true}
	lo, hi := -2*size, 0.0
	if !below {
		lo, hi = 0, 2*size
	}
	for _, c := range (mesh.Box{Min: Vec3{-2 * size, -2 * size, lo}, Max: Vec3{2 * size, 2 * size, hi}}).Corners() {
		p := at.Apply(c)
		m.Positions = append(m.Positions, p[:]...)
	}
	for _, q := range [...][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}} {
		m.Triangles = append(m.Triangles, q[0], q[1], q[2], q[0], q[2], q[3])
	}
	return m
}
