package mesh

import "math"

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

type cell [3]int64

// welder gives points that coincide the same number.
type welder struct {
	tol    float64
	snap   bool
	cells  map[cell]uint32
	next   []uint32 // next point in the same cell plus one; 0 ends the list
	points []float64
}

func (m *Mesh) weld(tol float64, snap bool) *Mesh {
	if !(tol > 0) {
		tol = Grid
	}
	w := &welder{tol: tol, snap: snap, cells: make(map[cell]uint32, m.NumPoints())}
	number := make([]uint32, m.NumPoints())
	for i := range number {
		number[i] = math.MaxUint32
	}
	get := func(i uint32) uint32 {
		if number[i] == math.MaxUint32 {
			number[i] = w.add(m.Point(i))
		}
		return number[i]
	}
	r := &Mesh{Closed: m.Closed}
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
	r.Positions = w.points
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
	}
	c := w.cellOf(p)
	if w.snap {
		// Snapped points coincide exactly or not at all: one cell is enough.
		if n, ok := w.find(c, p, 0); ok {
			return n
		}
		return w.insert(c, p)
	}
	for i := range 27 {
		d := cell{c[0] + int64(i%3) - 1, c[1] + int64(i/3%3) - 1, c[2] + int64(i/9) - 1}
		if n, ok := w.find(d, p, w.tol); ok {
			return n
		}
	}
	return w.insert(c, p)
}

func (w *welder) cellOf(p Vec3) cell {
	var c cell
	for i, v := range p {
		// Far out the cell only groups; find compares the points themselves.
		c[i] = int64(math.Max(-1<<62, math.Min(1<<62, math.Floor(v/w.tol))))
	}
	return c
}

func (w *welder) find(c cell, p Vec3, tol float64) (uint32, bool) {
	for n := w.cells[c]; n != 0; n = w.next[n-1] {
		q := w.points[3*(n-1):]
		if math.Abs(q[0]-p[0]) <= tol && math.Abs(q[1]-p[1]) <= tol && math.Abs(q[2]-p[2]) <= tol {
			return n - 1, true
		}
	}
	return 0, false
}

func (w *welder) insert(c cell, p Vec3) uint32 {
	n := uint32(len(w.next))
	w.points = append(w.points, p[0], p[1], p[2])
	w.next = append(w.next, w.cells[c])
	w.cells[c] = n + 1
	return n
}

// IsClosed reports whether the triangles bound a volume once points closer than
// tol metres are taken as one: every edge is run through as often in one
// direction as in the other. Solids that touch in an edge are closed by this
// rule; a mesh without triangles is not.
func (m *Mesh) IsClosed(tol float64) bool {
	if len(m.Triangles) == 0 {
		return false
	}
	w := m.Welded(tol)
	if len(w.Triangles) == 0 {
		return false
	}
	balance := make(map[[2]uint32]int32, len(w.Triangles)/2)
	for i := 0; i < len(w.Triangles); i += 3 {
		t := w.Triangles[i : i+3]
		for k := range 3 {
			a, b := t[k], t[(k+1)%3]
			if a < b {
				balance[[2]uint32{a, b}]++
			} else {
				balance[[2]uint32{b, a}]--
			}
		}
	}
	for _, n := range balance {
		if n != 0 {
			return false
		}
	}
	return true
}
