package kernel

import (
	"fmt"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Clip cuts a mesh by the plane through a point and keeps what lies on the side
// away from normal. The cut of a closed mesh is closed by a cap; an open mesh is
// only cut. The result may be empty.
func (s Settings) Clip(m *mesh.Mesh, point, normal Vec3) (*mesh.Mesh, error) {
	n := normal.Unit()
	if n == (Vec3{}) || !point.IsFinite() {
		return nil, fmt.Errorf("clip: %w: normal %v at %v", ErrInvalid, normal, point)
	}
	if err := s.Budget.Spend(m.NumTriangles()); err != nil {
		return nil, fmt.Errorf("clip: %w", err)
	}
	c := newCut(point, n)
	c.measure(m.Positions, s.merge())
	above, below := false, false
	for _, d := range c.dist {
		above = above || d > 0
		below = below || d < 0
	}
	switch {
	case !below:
		return &mesh.Mesh{}, nil
	case !above:
		return m, nil
	}
	r, lines := c.keepBelow(m)
	if m.Closed {
		if err := s.cap(r, c, m.Positions, lines); err != nil {
			return nil, fmt.Errorf("clip: %w", err)
		}
	}
	return s.finish(r, m.Closed)
}

// keepBelow returns the triangles below the plane, with those that cross it cut,
// and the lines of the section just below it.
func (c *cut) keepBelow(m *mesh.Mesh) (*mesh.Mesh, []sectionLine) {
	r := &mesh.Mesh{Positions: append([]float64(nil), m.Positions...)}
	made := make(map[crossing]uint32)
	name := func(x crossing) uint32 {
		if x.a == x.b {
			return x.a
		}
		n, ok := made[x]
		if !ok {
			p := c.at(m.Positions, x)
			n = uint32(r.NumPoints())
			r.Positions = append(r.Positions, p[:]...)
			made[x] = n
		}
		return n
	}
	var lines []sectionLine
	for i := 0; i+2 < len(m.Triangles); i += 3 {
		t := [3]uint32(m.Triangles[i : i+3])
		d := [3]float64{c.dist[t[0]], c.dist[t[1]], c.dist[t[2]]}
		if d[0] >= 0 && d[1] >= 0 && d[2] >= 0 {
			continue
		}
		if l, ok := c.line(t, [3]bool{d[0] >= 0, d[1] >= 0, d[2] >= 0}); ok {
			lines = append(lines, l)
		}
		// Walk around the triangle: corners that are not above stay, edges that
		// pass from one side to the other add a crossing.
		var poly [4]uint32
		k := 0
		for j := range 3 {
			if d[j] <= 0 {
				poly[k] = t[j]
				k++
			}
			if d[j] < 0 && d[next(j)] > 0 || d[j] > 0 && d[next(j)] < 0 {
				poly[k] = name(c.crossing(t[j], t[next(j)]))
				k++
			}
		}
		r.Triangles = append(r.Triangles, poly[0], poly[1], poly[2])
		if k == 4 {
			r.Triangles = append(r.Triangles, poly[0], poly[2], poly[3])
		}
	}
	return r, lines
}

// cap closes a cut: it fills the section below the plane.
func (s Settings) cap(r *mesh.Mesh, c *cut, positions []float64, lines []sectionLine) error {
	if len(lines) == 0 {
		return nil
	}
	sh, err := newSheet(c, positions, lines, s.merge()/4, s.Budget)
	if err != nil {
		return err
	}
	defer sh.plane.free()
	for _, l := range lines {
		if err := sh.draw(l, weight{1}); err != nil {
			return err
		}
	}
	sh.collect(r, func(w weight) int {
		if w[0] > 0 {
			return 1
		}
		return 0
	})
	return nil
}

// finish welds what an operation made, joins edges that meet points, and says
// whether the result is closed.
func (s Settings) finish(m *mesh.Mesh, solid bool) (*mesh.Mesh, error) {
	r := m.Welded(s.merge())
	r.Closed = false
	if len(r.Triangles) == 0 || !solid {
		return r, nil
	}
	r, err := s.unflat(r)
	if err != nil {
		return nil, err
	}
	if !balanced(r) {
		if r, err = s.stitch(r); err != nil {
			return nil, err
		}
	}
	r.Closed = balanced(r)
	return r, nil
}
