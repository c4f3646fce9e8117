package mesh

import (
	"math"
	"slices"
	"sync"
)

// Grid is the spacing of stored coordinates in metres: 2⁻²⁰, a little under a
// micrometre. A power of two keeps snapped coordinates exact in float64.
const Grid = 1.0 / (1 << 20)

// Snapped returns the mesh with every coordinate on the Grid, points that
// coincide there made one, triangles and lines without extent removed, and
// points that nothing uses dropped. Two makers that differ only in the last
// bits of their arithmetic thus mostly agree on the hash, and the encoded form
// is short. Coordinates beyond the reach of the grid (2³² m) stay as they are.
func (m *Mesh) Snapped() *Mesh {
	return m.weld(Grid, true)
}

// Welded returns the mesh with points closer than tol made one (the first of
// them stays), triangles and lines that lose their extent removed, and unused
// points dropped. Coordinates are not moved otherwise.
func (m *Mesh) Welded(tol float64) *Mesh {
	return m.weld(tol, false)
}

// welder gives points that coincide the same number. Points are found by a hash of
// the cell they lie in; a cell is some tolerances wide, so that few points have to
// look into its neighbours.
type welder struct {
	tol    float64
	size   float64
	snap   bool
	mask   uint32
	heads  []uint32 // by hash: a point of the cell plus one; 0 is none
	next   []uint32 // the next point with the same hash plus one
	number []uint32 // by point of the mesh: its number here plus one; 0 is none yet
	points []float64
}

// cellWidth is the width of a cell in tolerances.
const cellWidth = 16

// welders holds what welding needs besides its result.
var welders = sync.Pool{New: func() any { return new(welder) }}

// reset prepares for a mesh of some points.
func (w *welder) reset(tol float64, snap bool, points int) {
	n := 16
	for n < 2*points {
		n *= 2
	}
	*w = welder{
		tol: tol, size: cellWidth * tol, snap: snap, mask: uint32(n - 1), heads: zeros(w.heads, n),
		next: slices.Grow(w.next[:0], points), number: zeros(w.number, points), points: make([]float64, 0, 3*points),
	}
}

// zeros returns n zeros, in the room of list if that is large enough.
func zeros(list []uint32, n int) []uint32 {
	if cap(list) < n {
		return make([]uint32, n)
	}
	list = list[:n]
	clear(list)
	return list
}

func (m *Mesh) weld(tol float64, snap bool) *Mesh {
	if !(tol > 0) {
		tol = Grid
	}
	w := welders.Get().(*welder)
	defer welders.Put(w)
	w.reset(tol, snap, m.NumPoints())
	get := func(i uint32) uint32 {
		if w.number[i] == 0 {
			w.number[i] = w.add(m.Point(i)) + 1
		}
		return w.number[i] - 1
	}
	r := &Mesh{Closed: m.Closed, Triangles: make([]uint32, 0, len(m.Triangles))}
	for i := 0; i+2 < len(m.Triangles); i += 3 {
		a, b, c := get(m.Triangles[i]), get(m.Triangles[i+1]), get(m.Triangles[i+2])
		if a != b && b != c && c != a {
			r.Triangles = append(r.Triangles, a, b, c)
		}
	}
	for i := 0; i+1 < len(m.Lines); i += 2 {
		if a, b := get(m.Lines[i]), get(m.Lines[i+1]); a != b {
			r.Lines = append(r.Lines, a, b)
		}
	}
	r.Positions, w.points = w.points, nil
	if len(r.Triangles) < len(m.Triangles) || len(r.Lines) < len(m.Lines) {
		r.dropUnused() // else all that was numbered is in use
	}
	return r
}

// Compact returns the mesh without the points that nothing uses.
func (m *Mesh) Compact() *Mesh {
	r := &Mesh{
		Positions: slices.Clone(m.Positions), Triangles: slices.Clone(m.Triangles),
		Lines: slices.Clone(m.Lines), Closed: m.Closed,
	}
	r.dropUnused()
	return r
}

// dropUnused removes points that only removed triangles used.
func (m *Mesh) dropUnused() {
	const unused = math.MaxUint32
	number := make([]uint32, m.NumPoints())
	for i := range number {
		number[i] = unused
	}
	kept := 0
	for _, list := range [...][]uint32{m.Triangles, m.Lines} {
		for _, v := range list {
			if number[v] == unused {
				number[v] = 0
				kept++
			}
		}
	}
	if kept == len(number) {
		return
	}
	n := uint32(0)
	for i := range number {
		if number[i] != unused {
			copy(m.Positions[3*n:3*n+3], m.Positions[3*i:3*i+3])
			number[i] = n
			n++
		}
	}
	m.Positions = m.Positions[:3*n]
	for _, list := range [...][]uint32{m.Triangles, m.Lines} {
		for i, v := range list {
			list[i] = number[v]
		}
	}
}

func (w *welder) add(p Vec3) uint32 {
	if w.snap {
		for i, v := range p {
			if math.Abs(v) < 1<<32 {
				p[i] = math.RoundToEven(v/Grid)*Grid + 0 // + 0 turns −0 into 0
			}
		}
		// Snapped points coincide exactly or not at all: one cell is enough.
		h := hash(w.cell(p[0]), w.cell(p[1]), w.cell(p[2])) & w.mask
		if n, ok := w.find(h, p, 0); ok {
			return n
		}
		return w.insert(h, p)
	}
	var lo, hi [3]int64
	for i, v := range p {
		lo[i], hi[i] = w.cell(v-w.tol), w.cell(v+w.tol)
	}
	if lo == hi { // so it is for most: a cell is much wider than the tolerance
		h := hash(lo[0], lo[1], lo[2]) & w.mask
		if n, ok := w.find(h, p, w.tol); ok {
			return n
		}
		return w.insert(h, p)
	}
	for x := lo[0]; x <= hi[0]; x++ {
		for y := lo[1]; y <= hi[1]; y++ {
			for z := lo[2]; z <= hi[2]; z++ {
				if n, ok := w.find(hash(x, y, z)&w.mask, p, w.tol); ok {
					return n
				}
			}
		}
	}
	return w.insert(hash(w.cell(p[0]), w.cell(p[1]), w.cell(p[2]))&w.mask, p)
}

// cell returns the number of the cell along one axis. Far out all points share the
// last cells; find compares the points themselves.
func (w *welder) cell(v float64) int64 {
	return int64(max(-1<<62, min(1<<62, math.Floor(v/w.size))))
}

func hash(x, y, z int64) uint32 {
	h := uint64(x)*0x9e3779b97f4a7c15 ^ uint64(y)*0xc2b2ae3d27d4eb4f ^ uint64(z)*0x165667b19e3779f9
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return uint32(h >> 32)
}

func (w *welder) find(h uint32, p Vec3, tol float64) (uint32, bool) {
	for n := w.heads[h]; n != 0; n = w.next[n-1] {
		q := w.points[3*(n-1) : 3*n : 3*n]
		if math.Abs(q[0]-p[0]) <= tol && math.Abs(q[1]-p[1]) <= tol && math.Abs(q[2]-p[2]) <= tol {
			return n - 1, true
		}
	}
	return 0, false
}

func (w *welder) insert(h uint32, p Vec3) uint32 {
	n := uint32(len(w.next))
	w.points = append(w.points, p[0], p[1], p[2])
	w.next = append(w.next, w.heads[h])
	w.heads[h] = n + 1
	return n
}
