package kernel

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// prism is a solid between two heights along an axis with the same section at all of them.
type prism struct {
	lo, hi float64
	// edges is the outline of the section as pairs of points in the plane across the
	// axis; the solid lies on the left.
	edges []Vec2
}

// prismTol is the share of the tolerance within which a mesh must be a prism to be taken
// as one.
const prismTol = 0.1

// readPrism returns what some triangles of a mesh (all for nil) are along the normal of a
// cut; false when that is no prism. The triangles must be closed.
//
// All faces lie across the axis at one of two heights, or run along it: so nothing can
// change the section on the way.
func (c *cut) readPrism(m *mesh.Mesh, some []uint32, tol float64) (prism, bool) {
	count := len(some)
	if some == nil {
		count = m.NumTriangles()
	}
	corner := func(i, k int) uint32 {
		if some != nil {
			i = int(some[i])
		}
		return m.Triangles[3*i+k]
	}
	if count == 0 {
		return prism{}, false
	}
	height := func(p uint32) float64 { return m.Point(p).Sub(c.origin).Dot(c.n) }
	one := height(corner(0, 0))
	two := one
	for i := range count {
		for k := range 3 {
			switch h := height(corner(i, k)); {
			case math.Abs(h-one) <= tol || math.Abs(h-two) <= tol:
			case two == one:
				two = h
			default:
				return prism{}, false
			}
		}
	}
	p := prism{lo: math.Min(one, two), hi: math.Max(one, two)}
	middle := (p.lo + p.hi) / 2
	if p.hi-p.lo <= 4*tol {
		return prism{}, false
	}
	for i := range count {
		var q [3]Vec2
		var up [3]bool
		tops := 0
		for k := range 3 {
			v := m.Point(corner(i, k))
			q[k] = c.flat(v)
			if up[k] = v.Sub(c.origin).Dot(c.n) > middle; up[k] {
				tops++
			}
		}
		if tops == 0 || tops == 3 {
			continue
		}
		d, e := q[1].Sub(q[0]), q[2].Sub(q[0])
		if longest := math.Max(d.Dot(d), e.Dot(e)); math.Abs(d.Cross(e)) > tol*math.Sqrt(longest) {
			return prism{}, false
		}
		for k := range 3 {
			if up[k] && up[next(k)] {
				p.edges = append(p.edges, q[next(k)], q[k]) // the cap runs against the wall
			}
		}
	}
	return p, true
}

// prismAxes returns the cuts across the axes along which a mesh is a prism: one for most, three
// for a block.
func (s Settings) prismAxes(m *mesh.Mesh) (axes []*cut, along []prism) {
	var last Vec3
next:
	for _, t := range m.All() {
		n := t[1].Sub(t[0]).Cross(t[2].Sub(t[0])).Unit()
		const parallel = 1 - 1e-12
		if n == (Vec3{}) || math.Abs(n.Dot(last)) > parallel {
			continue
		}
		last = n
		for _, c := range axes {
			if math.Abs(n.Dot(c.n)) > parallel {
				continue next
			}
		}
		c := newCut(t[0], n)
		if p, ok := c.readPrism(m, nil, prismTol*s.merge()); ok {
			axes, along = append(axes, c), append(along, p)
		}
	}
	return axes, along
}

// partLists returns the triangles of each part of a mesh.
func partLists(m *mesh.Mesh) [][]uint32 {
	label, count := parts(m)
	lists := make([][]uint32, count)
	for t, l := range label {
		lists[l] = append(lists[l], uint32(t))
	}
	return lists
}

// subMesh returns some triangles of a mesh as a mesh of their own.
func subMesh(m *mesh.Mesh, lists [][]uint32) *mesh.Mesh {
	r := &mesh.Mesh{Positions: m.Positions, Closed: m.Closed}
	for _, list := range lists {
		for _, t := range list {
			r.Triangles = append(r.Triangles, m.Triangles[3*t:3*t+3]...)
		}
	}
	return r.Compact()
}

// cutPrisms cuts those parts of b off a that are prisms along an axis along which a is one: walls
// and slabs with openings, beams with grooves. The work is done in the plane across
// the axis. It returns the parts of b that are left to be cut, and false when it
// did nothing.
func (s Settings) cutPrisms(a, b *mesh.Mesh) (r, rest *mesh.Mesh, done bool, err error) {
	if !balanced(a) || !balanced(b) {
		return nil, nil, false, nil
	}
	axes, along := s.prismAxes(a)
	if len(axes) == 0 {
		return nil, nil, false, nil
	}
	if err := s.Budget.Spend(a.NumTriangles() + b.NumTriangles()); err != nil {
		return nil, nil, false, err
	}
	lists := partLists(b)
	var best layers
	var others [][]uint32
	for i, c := range axes {
		l := layers{cut: c, base: along[i], tol: s.merge()}
		var left [][]uint32
		for _, list := range lists {
			p, ok := c.readPrism(b, list, prismTol*s.merge())
			if !ok || !l.add(p) {
				left = append(left, list)
			}
		}
		if l.count > best.count {
			best, others = l, left
		}
	}
	if best.count == 0 {
		return nil, nil, false, nil
	}
	if r, err = best.build(s); err != nil {
		return nil, nil, false, err
	}
	if !r.IsEmpty() && !balanced(r) {
		return nil, nil, false, nil
	}
	r.Closed = true
	if len(others) > 0 {
		rest = subMesh(b, others)
	}
	return r, rest, true, nil
}
