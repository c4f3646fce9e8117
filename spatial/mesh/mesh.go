package mesh

import (
	"errors"
	"fmt"
	"iter"
	"math"
)

// ErrInvalid is wrapped by every error about a mesh whose arrays contradict
// each other or whose encoded form cannot be read.
var ErrInvalid = errors.New("invalid mesh")

// Mesh is a set of triangles and line segments over shared points. The zero
// Mesh is empty and valid. A Mesh is not changed after it has been handed out,
// so it may be shared between goroutines.
type Mesh struct {
	// Positions holds x, y, z of every point in metres, flat.
	Positions []float64
	// Triangles holds three point numbers per triangle, counter-clockwise when
	// seen from outside.
	Triangles []uint32
	// Lines holds two point numbers per segment, for curves and annotations.
	Lines []uint32
	// Closed says that the maker of the mesh found its triangles to bound a
	// volume; IsClosed finds it out anew.
	Closed bool
}

// Material is how a surface looks.
type Material struct {
	// Name is the name of the style in the source, or empty.
	Name string
	// RGBA holds red, green, blue and opacity, 0 to 1, as the source states them (sRGB).
	RGBA [4]float32
}

// Instance is a mesh put somewhere. The frame into which Transform maps is that
// of the owner: a model in metres.
type Instance struct {
	Mesh      *Mesh
	Transform Transform
	Material  Material
}

// NumPoints returns the number of points.
func (m *Mesh) NumPoints() int { return len(m.Positions) / 3 }

// NumTriangles returns the number of triangles.
func (m *Mesh) NumTriangles() int { return len(m.Triangles) / 3 }

// IsEmpty reports whether m has neither triangles nor lines.
func (m *Mesh) IsEmpty() bool { return len(m.Triangles) == 0 && len(m.Lines) == 0 }

// Point returns point i.
func (m *Mesh) Point(i uint32) Vec3 {
	p := m.Positions[3*int(i):]
	return Vec3{p[0], p[1], p[2]}
}

// Triangle returns the corners of triangle i, counter-clockwise from outside.
func (m *Mesh) Triangle(i int) [3]Vec3 {
	t := m.Triangles[3*i : 3*i+3]
	return [3]Vec3{m.Point(t[0]), m.Point(t[1]), m.Point(t[2])}
}

// All yields the number and the corners of every triangle.
func (m *Mesh) All() iter.Seq2[int, [3]Vec3] {
	return func(yield func(int, [3]Vec3) bool) {
		for i := range m.NumTriangles() {
			if !yield(i, m.Triangle(i)) {
				return
			}
		}
	}
}

// Validate returns an error that wraps ErrInvalid and names the first place
// where the arrays of m contradict each other: a coordinate that is not finite,
// an index out of range, an array that is not a whole number of items.
func (m *Mesh) Validate() error {
	if len(m.Positions)%3 != 0 || len(m.Triangles)%3 != 0 || len(m.Lines)%2 != 0 {
		return fmt.Errorf("%w: %d coordinates, %d triangle and %d line indices are no whole points, triangles and lines",
			ErrInvalid, len(m.Positions), len(m.Triangles), len(m.Lines))
	}
	for i, v := range m.Positions {
		if v*0 != 0 {
			return fmt.Errorf("%w: coordinate %d of point %d is %v", ErrInvalid, i%3, i/3, v)
		}
	}
	n := uint64(m.NumPoints())
	for _, list := range [...][]uint32{m.Triangles, m.Lines} {
		for i, v := range list {
			if uint64(v) >= n {
				return fmt.Errorf("%w: index %d names point %d of %d", ErrInvalid, i, v, n)
			}
		}
	}
	return nil
}

// Bounds returns the box around all points that a triangle or a line uses;
// EmptyBox when there is none.
func (m *Mesh) Bounds() Box { return m.BoundsUnder(Identity()) }

// BoundsUnder returns the tight box of the mesh moved by t, without building
// the moved mesh.
func (m *Mesh) BoundsUnder(t Transform) Box {
	b := EmptyBox()
	same := t == Identity()
	for _, list := range [...][]uint32{m.Triangles, m.Lines} {
		for _, i := range list {
			p := m.Point(i)
			if !same {
				p = t.Apply(p)
			}
			b = b.Extend(p)
		}
	}
	return b
}

// Bounds returns the tight box around all instances in the frame into which
// their transforms map.
func Bounds(instances []Instance) Box {
	b := EmptyBox()
	for _, in := range instances {
		b = b.Union(in.Mesh.BoundsUnder(in.Transform))
	}
	return b
}

// Volume returns the enclosed volume in m³: positive when triangles face
// outward, negative when they face inward, without meaning when the mesh is not
// closed.
func (m *Mesh) Volume() float64 {
	if len(m.Triangles) == 0 {
		return 0
	}
	// Taken from a point of the mesh itself: far from the origin the terms
	// would be huge and cancel badly.
	o := m.Point(m.Triangles[0])
	sum := 0.0
	for i := 0; i+2 < len(m.Triangles); i += 3 {
		a, b, c := m.Point(m.Triangles[i]), m.Point(m.Triangles[i+1]), m.Point(m.Triangles[i+2])
		sum += a.Sub(o).Dot(b.Sub(o).Cross(c.Sub(o)))
	}
	return sum / 6
}

// Area returns the sum of the areas of all triangles in m².
func (m *Mesh) Area() float64 {
	sum := 0.0
	for _, t := range m.All() {
		sum += t[1].Sub(t[0]).Cross(t[2].Sub(t[0])).Len()
	}
	return sum / 2
}

// Volume returns the sum of the volumes of all instances in m³, each with the
// absolute factor of its transform.
func Volume(instances []Instance) float64 {
	sum := 0.0
	for _, in := range instances {
		sum += in.Mesh.Volume() * math.Abs(in.Transform.Det())
	}
	return sum
}

// Moved returns the mesh mapped by t. Triangles change their winding when t
// mirrors, so that outside stays outside.
func (m *Mesh) Moved(t Transform) *Mesh {
	if t == Identity() {
		return m
	}
	r := &Mesh{Positions: make([]float64, len(m.Positions)), Triangles: m.Triangles, Lines: m.Lines, Closed: m.Closed}
	for i := range m.NumPoints() {
		p := t.Apply(m.Point(uint32(i)))
		copy(r.Positions[3*i:], p[:])
	}
	if t.IsMirror() {
		r.Triangles = flipped(m.Triangles)
	}
	return r
}

// Flipped returns the mesh with every triangle facing the other way.
func (m *Mesh) Flipped() *Mesh {
	r := *m
	r.Triangles = flipped(m.Triangles)
	return &r
}

func flipped(triangles []uint32) []uint32 {
	f := make([]uint32, len(triangles))
	for i := 0; i+2 < len(triangles); i += 3 {
		f[i], f[i+1], f[i+2] = triangles[i], triangles[i+2], triangles[i+1]
	}
	return f
}

// Merge returns one mesh with everything the given meshes hold, points not
// welded. It is closed when all of them are.
func Merge(meshes ...*Mesh) *Mesh {
	if len(meshes) == 1 {
		return meshes[0]
	}
	r := &Mesh{Closed: len(meshes) > 0}
	for _, m := range meshes {
		base := uint32(r.NumPoints())
		r.Positions = append(r.Positions, m.Positions...)
		for _, i := range m.Triangles {
			r.Triangles = append(r.Triangles, base+i)
		}
		for _, i := range m.Lines {
			r.Lines = append(r.Lines, base+i)
		}
		r.Closed = r.Closed && m.Closed
	}
	return r
}
