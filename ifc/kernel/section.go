package kernel

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// cut is a plane through a mesh, with the distance of every point of the mesh
// from it: exactly zero for points within the tolerance.
type cut struct {
	origin, u, v, n Vec3
	dist            []float64
}

// newCut makes a plane through a point with a unit normal.
func newCut(origin, normal Vec3) *cut {
	c := &cut{origin: origin}
	c.u, c.v, c.n = planeAxes(normal)
	return c
}

// measure fills dist for flat positions.
func (c *cut) measure(positions []float64, tol float64) {
	count := len(positions) / 3
	if cap(c.dist) < count {
		c.dist = make([]float64, count)
	}
	c.dist = c.dist[:count]
	for i := range c.dist {
		p := positions[3*i : 3*i+3 : 3*i+3]
		d := (p[0]-c.origin[0])*c.n[0] + (p[1]-c.origin[1])*c.n[1] + (p[2]-c.origin[2])*c.n[2]
		if math.Abs(d) <= tol {
			d = 0
		}
		c.dist[i] = d
	}
}

// measureAt fills dist for the corners of some triangles only; what it holds for other
// points is left over.
func (c *cut) measureAt(positions []float64, triangles, some []uint32, tol float64) {
	if n := len(positions) / 3; len(c.dist) < n {
		c.dist = make([]float64, n)
	}
	for _, t := range some {
		for _, i := range triangles[3*t : 3*t+3] {
			d := Vec3(positions[3*i : 3*i+3]).Sub(c.origin).Dot(c.n)
			if math.Abs(d) <= tol {
				d = 0
			}
			c.dist[i] = d
		}
	}
}

func (c *cut) flat(p Vec3) Vec2 {
	d := p.Sub(c.origin)
	return Vec2{d.Dot(c.u), d.Dot(c.v)}
}

func (c *cut) lift(q Vec2) Vec3 {
	return c.origin.Add(c.u.Scale(q[0])).Add(c.v.Scale(q[1]))
}

// crossing names a point of a section: a point of the mesh (a == b) or the place
// where the edge between the points a < b passes the plane.
type crossing struct{ a, b uint32 }

// sectionLine is a directed line of a section; the solid lies on its left when
// seen from the tip of the normal. below and above say of which of the two
// one-sided sections it is a part.
type sectionLine struct {
	from, to     crossing
	below, above bool
}

// lines appends the lines in which the triangle with corners a, b, c passes the
// plane. The section below takes points on the plane as lying above it, the
// section above as below it: so each is a set of closed rings when the mesh is
// closed, whatever touches the plane.
func (c *cut) lines(dst []sectionLine, a, b, d uint32) []sectionLine {
	da, db, dd := c.dist[a], c.dist[b], c.dist[d]
	below, okBelow := c.line([3]uint32{a, b, d}, [3]bool{da >= 0, db >= 0, dd >= 0})
	above, okAbove := c.line([3]uint32{a, b, d}, [3]bool{da > 0, db > 0, dd > 0})
	if okBelow && okAbove && below == above {
		below.below, below.above = true, true
		return append(dst, below)
	}
	if okBelow {
		below.below = true
		dst = append(dst, below)
	}
	if okAbove {
		above.above = true
		dst = append(dst, above)
	}
	return dst
}

func (c *cut) line(v [3]uint32, up [3]bool) (sectionLine, bool) {
	for i := range 3 {
		j, k := next(i), prev(i)
		if up[j] != up[k] || up[i] == up[j] {
			continue
		}
		in, out := c.crossing(v[k], v[i]), c.crossing(v[i], v[j])
		if up[i] {
			in, out = out, in
		}
		return sectionLine{from: in, to: out}, in != out
	}
	return sectionLine{}, false
}

func (c *cut) crossing(a, b uint32) crossing {
	switch {
	case c.dist[a] == 0:
		return crossing{a, a}
	case c.dist[b] == 0:
		return crossing{b, b}
	case a > b:
		return crossing{b, a}
	}
	return crossing{a, b}
}

// at returns the place of a crossing: the same for both triangles at the edge.
func (c *cut) at(positions []float64, x crossing) Vec3 {
	a := Vec3(positions[3*x.a : 3*x.a+3])
	if x.a == x.b {
		return a
	}
	b := Vec3(positions[3*x.b : 3*x.b+3])
	da, db := c.dist[x.a], c.dist[x.b]
	return a.Lerp(b, da/(da-db))
}

// sheet draws section lines into a plane and remembers which point of the plane
// is which crossing.
type sheet struct {
	cut       *cut
	positions []float64
	plane     *plane
	number    map[crossing]int32
	place     []Vec3 // of the points of the plane after the enclosing ones
}

// newSheet puts the ends of lines into a plane that has room for other points besides.
func newSheet(c *cut, positions []float64, lines []sectionLine, tol float64, budget *Budget, besides ...Vec2) (*sheet, error) {
	s := &sheet{cut: c, positions: positions, number: make(map[crossing]int32, 2*len(lines))}
	lo, hi := Vec2{math.Inf(1), math.Inf(1)}, Vec2{math.Inf(-1), math.Inf(-1)}
	for _, q := range besides {
		lo, hi = Vec2{min(lo[0], q[0]), min(lo[1], q[1])}, Vec2{max(hi[0], q[0]), max(hi[1], q[1])}
	}
	for _, l := range lines {
		for _, x := range [2]crossing{l.from, l.to} {
			q := c.flat(c.at(positions, x))
			lo, hi = Vec2{min(lo[0], q[0]), min(lo[1], q[1])}, Vec2{max(hi[0], q[0]), max(hi[1], q[1])}
		}
	}
	s.plane = newPlane(lo, hi, tol, len(lines), budget)
	// All points before any line: a line runs through the points that are there.
	for _, l := range lines {
		for _, x := range [2]crossing{l.from, l.to} {
			if _, err := s.point(x); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (s *sheet) point(x crossing) (int32, error) {
	if v, ok := s.number[x]; ok {
		return v, nil
	}
	at := s.cut.at(s.positions, x)
	v, err := s.plane.add(s.cut.flat(at))
	if err != nil {
		return 0, err
	}
	s.number[x] = v
	s.remember(v, at)
	return v, nil
}

// remember notes the place of point v when it is new; crossings that the plane
// made itself before it are lifted.
func (s *sheet) remember(v int32, at Vec3) {
	for int(v) >= len(s.place)+outer {
		k := len(s.place) + outer
		if k == int(v) {
			s.place = append(s.place, at)
			return
		}
		s.place = append(s.place, s.cut.lift(s.plane.pts[k]))
	}
}

func (s *sheet) draw(l sectionLine, w weight) error {
	a, err := s.point(l.from)
	if err != nil {
		return err
	}
	b, err := s.point(l.to)
	if err != nil {
		return err
	}
	return s.plane.constrain(a, b, w)
}

// collect appends the triangles that facing gives a sign: +1 towards the normal of
// the cut, −1 away from it, 0 none.
func (s *sheet) collect(m *mesh.Mesh, facing func(weight) int) {
	wind, seen := s.plane.windingsFrom(s.plane.at[0], weight{}, nil)
	s.collectSeen(m, wind, seen, facing)
}

// collectSeen is collect for triangles whose winding numbers are known.
func (s *sheet) collectSeen(m *mesh.Mesh, wind []weight, seen []bool, facing func(weight) int) {
	number := make([]uint32, len(s.plane.pts))
	name := func(v int32) uint32 {
		if number[v] == 0 {
			s.remember(v, s.cut.lift(s.plane.pts[v]))
			m.Positions = append(m.Positions, s.place[v-outer][0], s.place[v-outer][1], s.place[v-outer][2])
			number[v] = uint32(m.NumPoints())
		}
		return number[v] - 1
	}
	for t := range s.plane.tris {
		v := s.plane.tris[t].v
		if !seen[t] || v[0] < outer || v[1] < outer || v[2] < outer {
			continue
		}
		switch facing(wind[t]) {
		case 1:
			m.Triangles = append(m.Triangles, name(v[0]), name(v[1]), name(v[2]))
		case -1:
			m.Triangles = append(m.Triangles, name(v[0]), name(v[2]), name(v[1]))
		}
	}
}
