package relate

import (
	sf "github.com/peterstace/simplefeatures/geom"
)

// Matrix holds the dimensions of what the interior, boundary and exterior of one shape share
// with those of another; -1 where they share nothing.
type Matrix [3][3]int

// String returns the matrix in its usual form, such as "212101212".
func (m Matrix) String() string {
	text := make([]byte, 0, 9)
	for _, row := range m {
		for _, d := range row {
			text = append(text, "F012"[d+1])
		}
	}
	return string(text)
}

// is reports whether the matrix has a form: T for anything, F for nothing, * for either, or
// a dimension.
func (m Matrix) is(form string) bool {
	for i, c := range []byte(form) {
		d := m[i/3][i%3]
		switch {
		case c == '*', c == 'T' && d >= 0, c == 'F' && d < 0, c == byte('0'+d) && d >= 0:
		default:
			return false
		}
	}
	return true
}

func (m *Matrix) set(a, b place, dim int) { m[a][b] = max(m[a][b], dim) }

func (m Matrix) transposed() Matrix {
	var t Matrix
	for i := range 3 {
		for j := range 3 {
			t[i][j] = m[j][i]
		}
	}
	return t
}

// Relate returns the matrix of two shapes.
func Relate(a, b *Shape) Matrix {
	if a.members != nil || b.members != nil {
		return ofCollections(a, b)
	}
	m := Matrix{{-1, -1, -1}, {-1, -1, -1}, {-1, -1, 2}}
	a.alone(func(p place, dim int) { m.set(p, exterior, dim) })
	b.alone(func(p place, dim int) { m.set(exterior, p, dim) })
	if a.IsEmpty() || b.IsEmpty() || a.apart(b) {
		return m
	}
	if a.dim > b.dim {
		return Relate(b, a).transposed()
	}
	r := relation{a: a, b: b, m: Matrix{{-1, -1, -1}, {-1, -1, -1}, {-1, -1, 2}}}
	if a.dim == 0 {
		r.points()
		return r.m
	}
	r.lines()
	return r.m
}

// alone tells the dimensions of the parts of a shape.
func (s *Shape) alone(f func(p place, dim int)) {
	if s.IsEmpty() {
		return
	}
	f(interior, s.dim)
	switch s.dim {
	case 1:
		for _, n := range s.ends {
			if n%2 == 1 {
				f(boundary, 0)
			}
		}
	case 2:
		f(boundary, 1)
	}
}

// relation is a matrix in the making; the dimension of a is at most that of b.
type relation struct {
	a, b *Shape
	m    Matrix
}

// points relates points with anything.
func (r *relation) points() {
	for _, p := range r.a.points {
		r.m.set(interior, r.b.locate(p), 0)
	}
	switch r.b.dim {
	case 0:
		for _, p := range r.b.points {
			if r.a.locate(p) == exterior {
				r.m.set(exterior, interior, 0)
			}
		}
	case 1:
		r.m.set(exterior, interior, 1)
		for p, n := range r.b.ends {
			if n%2 == 1 && r.a.locate(p) == exterior {
				r.m.set(exterior, boundary, 0)
			}
		}
	case 2:
		r.m.set(exterior, interior, 2)
		r.m.set(exterior, boundary, 1)
	}
}

// lines relates lines or the rings of areas with those of areas or lines.
func (r *relation) lines() {
	n := nodes(r.a, r.b, r.touch)
	if r.b.dim == 2 && r.a.dim == 1 {
		r.m.set(exterior, interior, 2)
	}
	n.a.pieces(r.b, func(w where) { r.piece(w, false) })
	n.b.pieces(r.a, func(w where) { r.piece(w, true) })
	r.ends(r.a, r.b, func(of place) { r.m.set(boundary, of, 0) })
	r.ends(r.b, r.a, func(of place) { r.m.set(of, boundary, 0) })
}

// ends relates the ends of lines, which are their boundary.
func (r *relation) ends(s, other *Shape, set func(of place)) {
	if s.dim != 1 {
		return
	}
	for p, n := range s.ends {
		if n%2 == 1 {
			set(other.locate(p))
		}
	}
}

// touch takes in a position that both have: p, unless it is a proper crossing.
func (r *relation) touch(p xy, proper bool) {
	of := func(s *Shape) place {
		if s.dim == 2 || (!proper && s.ends[p]%2 == 1) {
			return boundary
		}
		return interior
	}
	r.m.set(of(r.a), of(r.b), 0)
}

// where says how a piece of one shape's lines lies to the other shape.
type where int

const (
	within    where = iota // in the interior of an area
	outside                // in the exterior
	alongside              // on a line of the other, in the same direction
	against                // on a line of the other, in the opposite direction
)

// piece takes in a piece of the lines of a, or of b when swapped.
func (r *relation) piece(w where, swapped bool) {
	own, other := r.a, r.b
	set := func(x, y place, dim int) { r.m.set(x, y, dim) }
	if swapped {
		own, other = r.b, r.a
		set = func(x, y place, dim int) { r.m.set(y, x, dim) }
	}
	line := interior // what the piece is of its own shape
	if own.dim == 2 {
		line = boundary
	}
	switch w {
	case within:
		set(line, interior, 1)
		if own.dim == 2 && other.dim == 2 {
			set(interior, interior, 2)
			set(exterior, interior, 2)
		}
	case outside:
		set(line, exterior, 1)
		if own.dim == 2 {
			set(interior, exterior, 2)
		}
	case alongside, against:
		of := interior
		if other.dim == 2 {
			of = boundary
		}
		set(line, of, 1)
		switch {
		case own.dim == 2 && other.dim == 2 && w == alongside:
			set(interior, interior, 2)
		case own.dim == 2 && other.dim == 2:
			set(interior, exterior, 2)
			set(exterior, interior, 2)
		case own.dim == 2:
			set(interior, exterior, 2)
		case other.dim == 2:
			set(exterior, interior, 2)
		}
	}
}

// ofCollections asks the library, which unites the members.
func ofCollections(a, b *Shape) Matrix {
	m := Matrix{{-1, -1, -1}, {-1, -1, -1}, {-1, -1, 2}}
	code, err := sf.Relate(Planar(a.source), Planar(b.source))
	if err != nil {
		return m
	}
	for i, c := range []byte(code) {
		m[i/3][i%3] = -1
		if c != 'F' {
			m[i/3][i%3] = int(c - '0')
		}
	}
	return m
}
