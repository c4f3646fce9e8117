package kernel

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

func isBudget(err error) bool { return errors.Is(err, ErrBudget) }

// Shell welds a mesh, turns its triangles so that neighbours agree, joins edges
// that meet points, and says in Closed whether the triangles bound a volume; then
// they face outward. An open mesh keeps the side that most of its triangles had.
func (s Settings) Shell(m *mesh.Mesh) (*mesh.Mesh, error) {
	w, err := s.joined(m)
	if err != nil || !w.Closed {
		return w, err
	}
	return outwardParts(w), nil
}

// joined is Shell whose triangles may face inward.
func (s Settings) joined(m *mesh.Mesh) (*mesh.Mesh, error) {
	w := m.Welded(s.merge())
	w.Closed = false
	if err := s.Budget.Spend(2 * w.NumTriangles()); err != nil {
		return nil, fmt.Errorf("shell: %w", err)
	}
	if len(w.Triangles) == 0 {
		return w, nil
	}
	if w.Closed = balanced(w); w.Closed {
		return w, nil
	}
	w = agree(w)
	if w.Closed = balanced(w); w.Closed {
		return w, nil
	}
	r, err := s.stitch(w)
	if err != nil {
		return nil, fmt.Errorf("shell: %w", err)
	}
	r = agree(r)
	if r.Closed = balanced(r); r.Closed {
		return r, nil
	}
	return w, nil
}

// balanced reports whether every edge of a welded mesh runs as often one way as
// the other.
func balanced(m *mesh.Mesh) bool { return m.IsBalanced() }

// openEdges returns the net count of every edge (lower number first) that is not
// balanced.
func openEdges(m *mesh.Mesh) map[[2]uint32]int32 {
	open := make(map[[2]uint32]int32)
	for _, e := range m.Edges() {
		if e.Net != 0 {
			open[[2]uint32{e.A, e.B}] = e.Net
		}
	}
	return open
}

// borders are the edges of a mesh and the triangles at them.
type borders struct {
	edges []mesh.Edge
	of    []uint32   // by corner of a triangle: the edge from it to the next
	at    [][2]int32 // by edge: the first and the last triangle at it
}

func bordersOf(m *mesh.Mesh) borders {
	edges, of := m.EdgesByCorner()
	b := borders{edges, of, make([][2]int32, len(edges))}
	for i := len(of) - 1; i >= 0; i-- {
		b.at[of[i]][0] = int32(i / 3)
	}
	for i, e := range of {
		b.at[e][1] = int32(i / 3)
	}
	return b
}

// across returns the triangle on the other side of an edge that has just two.
func (b *borders) across(edge uint32, t int32) (other int32, ok bool) {
	if b.edges[edge].Uses != 2 {
		return 0, false
	}
	if both := b.at[edge]; both[0] != t {
		return both[0], true
	}
	return b.at[edge][1], true
}

// agree turns triangles so that the two at each manifold edge run through it in
// opposite directions. In each part the majority keeps its side.
func agree(m *mesh.Mesh) *mesh.Mesh {
	b := bordersOf(m)
	n := m.NumTriangles()
	seen, turn := make([]bool, n), make([]bool, n)
	var part []int32
	for start := range n {
		if seen[start] {
			continue
		}
		seen[start] = true
		part = append(part[:0], int32(start))
		turned := 0
		for head := 0; head < len(part); head++ {
			t := part[head]
			for _, e := range b.of[3*t : 3*t+3] {
				other, ok := b.across(e, t)
				if !ok || seen[other] {
					continue
				}
				seen[other] = true
				// Both run the same way: one of them has to turn.
				turn[other] = turn[t] != (b.edges[e].Net != 0)
				if turn[other] {
					turned++
				}
				part = append(part, other)
			}
		}
		if 2*turned > len(part) {
			for _, t := range part {
				turn[t] = !turn[t]
			}
		}
	}
	return turnedOver(m, turn)
}

func turnedOver(m *mesh.Mesh, turn []bool) *mesh.Mesh {
	r := *m
	r.Triangles = append([]uint32(nil), m.Triangles...)
	for t, do := range turn {
		if do {
			r.Triangles[3*t+1], r.Triangles[3*t+2] = r.Triangles[3*t+2], r.Triangles[3*t+1]
		}
	}
	return &r
}

// outwardParts turns the connected parts of a closed mesh that enclose a negative
// volume, except those within another part: they are cavities. When even the
// whole is negative everything turns.
func outwardParts(m *mesh.Mesh) *mesh.Mesh {
	label, count := parts(m)
	volume := make([]float64, count)
	o := m.Point(m.Triangles[0])
	for i, p := range label {
		t := m.Triangle(i)
		a, b, c := t[0].Sub(o), t[1].Sub(o), t[2].Sub(o)
		volume[p] += a.Dot(b.Cross(c))
	}
	if slices.Min(volume) >= 0 {
		return m
	}
	box := make([]mesh.Box, count)
	for i := range box {
		box[i] = mesh.EmptyBox()
	}
	for i, p := range label {
		t := m.Triangle(i)
		box[p] = box[p].Extend(t[0]).Extend(t[1]).Extend(t[2])
	}
	turn := make([]bool, len(label))
	any := false
	for p := range count {
		if volume[p] >= 0 || enclosed(box, volume, p) {
			continue
		}
		any = true
		for i := range turn {
			if label[i] == p {
				turn[i] = true
			}
		}
	}
	if !any {
		return m
	}
	return turnedOver(m, turn)
}

// enclosed reports whether part p lies in the box of a part of positive volume.
func enclosed(box []mesh.Box, volume []float64, p int) bool {
	for q := range box {
		if q == p || volume[q] <= 0 || volume[q] < -volume[p] {
			continue
		}
		if box[q].Union(box[p]) == box[q] {
			return true
		}
	}
	return false
}

// parts labels triangles that are connected over shared points.
func parts(m *mesh.Mesh) (label []int, count int) {
	parent := make([]uint32, m.NumPoints())
	for i := range parent {
		parent[i] = uint32(i)
	}
	find := func(i uint32) uint32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i := 0; i < len(m.Triangles); i += 3 {
		a, b, c := find(m.Triangles[i]), find(m.Triangles[i+1]), find(m.Triangles[i+2])
		parent[b] = a
		parent[find(c)] = find(a)
	}
	number := make([]int, m.NumPoints()) // by root, plus one
	label = make([]int, m.NumTriangles())
	for i := range label {
		root := find(m.Triangles[3*i])
		if number[root] == 0 {
			count++
			number[root] = count
		}
		label[i] = number[root] - 1
	}
	return label, count
}
