package mesh

import (
	"slices"
	"sync"
)

// Edge is an edge between two points, the lower number first.
type Edge struct {
	A, B uint32
	// Net is how often triangles run from A to B, less how often from B to A.
	Net int32
	// Uses is how many triangles have the edge.
	Uses int32
}

// Edges returns the edges of all triangles in the order in which they first occur.
// Points are told apart by their numbers, so weld first.
func (m *Mesh) Edges() []Edge {
	t := newEdgeTable(len(m.Triangles)/2 + 1)
	t.addAll(m.Triangles)
	return t.edges
}

// EdgesByCorner returns the edges as Edges does, and for every corner of every triangle the number of the
// edge that runs from it to the next corner.
func (m *Mesh) EdgesByCorner() (edges []Edge, of []uint32) {
	t := newEdgeTable(len(m.Triangles)/2 + 1)
	of = make([]uint32, 0, len(m.Triangles))
	for i := 0; i+2 < len(m.Triangles); i += 3 {
		a, b, c := m.Triangles[i], m.Triangles[i+1], m.Triangles[i+2]
		of = append(of, t.add(a, b), t.add(b, c), t.add(c, a))
	}
	return t.edges, of
}

// IsBalanced reports whether every edge is run through as often in one direction
// as in the other, and there is a triangle at all: the triangles bound a volume.
// Points are told apart by their numbers; IsClosed welds first.
func (m *Mesh) IsBalanced() bool {
	t := edgeTables.Get().(*edgeTable)
	defer edgeTables.Put(t)
	t.reset(len(m.Triangles)/2 + 1)
	t.addAll(m.Triangles)
	for i := range t.edges {
		if t.edges[i].Net != 0 {
			return false
		}
	}
	return len(m.Triangles) > 0
}

// edgeTables holds tables for those who need one only for a moment.
var edgeTables = sync.Pool{New: func() any { return new(edgeTable) }}

// IsClosed reports whether the triangles bound a volume once points closer than
// tol metres are taken as one: every edge is run through as often in one
// direction as in the other. Solids that touch in an edge are closed by this
// rule; a mesh without triangles is not.
func (m *Mesh) IsClosed(tol float64) bool {
	return len(m.Triangles) > 0 && m.Welded(tol).IsBalanced()
}

// edgeTable finds edges by open addressing.
type edgeTable struct {
	slots []uint32 // number of the edge plus one; 0 is free
	edges []Edge
}

func newEdgeTable(edges int) *edgeTable {
	t := new(edgeTable)
	t.reset(edges)
	return t
}

// reset empties the table and makes room for edges.
func (t *edgeTable) reset(edges int) {
	n := 16
	for n < 2*edges {
		n *= 2
	}
	t.slots = zeros(t.slots, n)
	t.edges = slices.Grow(t.edges[:0], edges)
}

// addAll counts the edges of triangles.
func (t *edgeTable) addAll(triangles []uint32) {
	for i := 0; i+2 < len(triangles); i += 3 {
		a, b, c := triangles[i], triangles[i+1], triangles[i+2]
		t.add(a, b)
		t.add(b, c)
		t.add(c, a)
	}
}

// add counts an edge and returns its number.
func (t *edgeTable) add(a, b uint32) uint32 {
	net := int32(1)
	if a > b {
		a, b, net = b, a, -1
	}
	if 2*len(t.edges) > len(t.slots) {
		t.grow()
	}
	i := t.slot(a, b)
	if t.slots[i] == 0 {
		t.edges = append(t.edges, Edge{A: a, B: b})
		t.slots[i] = uint32(len(t.edges))
	}
	n := t.slots[i] - 1
	e := &t.edges[n]
	e.Net += net
	e.Uses++
	return n
}

// slot returns the place of an edge, or the free one where it belongs.
func (t *edgeTable) slot(a, b uint32) uint32 {
	mask := uint32(len(t.slots) - 1)
	h := (uint64(a)<<32 | uint64(b)) * 0x9e3779b97f4a7c15
	for i := uint32(h>>32) & mask; ; i = (i + 1) & mask {
		n := t.slots[i]
		if n == 0 || t.edges[n-1].A == a && t.edges[n-1].B == b {
			return i
		}
	}
}

func (t *edgeTable) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	for n, e := range t.edges {
		t.slots[t.slot(e.A, e.B)] = uint32(n) + 1
	}
}
