package kernel

import (
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// layers cuts prisms off a prism with the same axis. All outlines are drawn into one plane;
// each triangle of it says at which heights there is something left above it.
type layers struct {
	cut    *cut
	base   prism
	tol    float64
	groups []cutGroup
	count  int // of prisms
}

// cutGroup is the prisms that reach from one height to another.
type cutGroup struct {
	lo, hi float64
	edges  []Vec2
	span   heights // of the layers between the two
}

// heights is a set of layers, or of the levels below each of them.
type heights uint16

// film is the thickness, in tolerances, of what an opening may leave at its end by the rounding
// of its placement: it is cut as well, or a door of 20 cm would end 12 µm before the wall does.
const film = 5

// maxGroups is the number of groups that the winding numbers of a plane tell apart,
// beside the base.
const maxGroups = len(weight{}) - 1

// add takes in a prism to be cut off; false when it reaches to other heights than as many
// others as there can be.
func (l *layers) add(p prism) bool {
	lo, hi := math.Max(p.lo, l.base.lo), math.Min(p.hi, l.base.hi)
	if lo-l.base.lo <= film*l.tol {
		lo = l.base.lo
	}
	if l.base.hi-hi <= film*l.tol {
		hi = l.base.hi
	}
	if hi-lo <= l.tol {
		l.count++ // it only touches
		return true
	}
	for i := range l.groups {
		if g := &l.groups[i]; math.Abs(g.lo-lo) <= l.tol && math.Abs(g.hi-hi) <= l.tol {
			g.edges = append(g.edges, p.edges...)
			l.count++
			return true
		}
	}
	if len(l.groups) == maxGroups {
		return false
	}
	l.groups = append(l.groups, cutGroup{lo: lo, hi: hi, edges: slices.Clone(p.edges)})
	l.count++
	return true
}

// levels returns the heights at which something begins or ends, and gives groups their span.
func (l *layers) levels() []float64 {
	z := []float64{l.base.lo, l.base.hi}
	for _, g := range l.groups {
		for _, h := range [2]float64{g.lo, g.hi} {
			if !slices.ContainsFunc(z, func(o float64) bool { return math.Abs(o-h) <= l.tol }) {
				z = append(z, h)
			}
		}
	}
	slices.Sort(z)
	at := func(h float64) int {
		return slices.IndexFunc(z, func(o float64) bool { return math.Abs(o-h) <= l.tol })
	}
	for i := range l.groups {
		g := &l.groups[i]
		g.span = 1<<at(g.hi) - 1<<at(g.lo)
	}
	return z
}

func (l *layers) build(s Settings) (*mesh.Mesh, error) {
	z := l.levels()
	d, err := l.draw(s)
	if err != nil {
		return nil, err
	}
	defer d.free()
	w := &layerWriter{plane: d, cut: l.cut, z: z, solid: make([]heights, len(d.tris)), number: make([]uint32, len(d.pts)*len(z))}
	all := heights(1)<<(len(z)-1) - 1
	for t, wind := range d.windings() {
		if wind[0] <= 0 {
			continue
		}
		w.solid[t] = all
		for i := range l.groups {
			if wind[i+1] > 0 {
				w.solid[t] &^= l.groups[i].span
			}
		}
	}
	w.write()
	return &w.out, nil
}

// draw draws the outlines: the base in the first winding number, the groups in the others.
func (l *layers) draw(s Settings) (*plane, error) {
	rings := [][]Vec2{l.base.edges}
	for i := range l.groups {
		rings = append(rings, l.groups[i].edges)
	}
	lo, hi := Vec2{inf, inf}, Vec2{-inf, -inf}
	n := 0
	for _, r := range rings {
		for _, q := range r {
			lo, hi = Vec2{min(lo[0], q[0]), min(lo[1], q[1])}, Vec2{max(hi[0], q[0]), max(hi[1], q[1])}
		}
		n += len(r) / 2
	}
	d := newPlane(lo, hi, l.tol, n, s.Budget)
	number := make([]int32, 0, 2*n)
	for _, r := range rings {
		for _, q := range r {
			v, err := d.add(q)
			if err != nil {
				return nil, err
			}
			number = append(number, v)
		}
	}
	for i, r := range rings {
		var wt weight
		wt[i] = 1
		for k := 0; k < len(r); k += 2 {
			if err := d.constrain(number[k], number[k+1], wt); err != nil {
				return nil, err
			}
		}
		number = number[len(r):]
	}
	return d, nil
}

// layerWriter writes the surface of what is solid in the layers above a plane.
type layerWriter struct {
	plane  *plane
	cut    *cut
	z      []float64
	solid  []heights // of every triangle: the layers that it fills
	breaks []heights // of every point: the levels at which something begins or ends around it
	number []uint32  // of the points of out, by point and level, plus one
	out    mesh.Mesh
}

func (w *layerWriter) write() {
	w.breaks = make([]heights, len(w.plane.pts))
	for t, solid := range w.solid {
		for _, v := range w.plane.tris[t].v {
			w.breaks[v] |= solid ^ solid<<1
		}
	}
	for t, solid := range w.solid {
		if solid == 0 {
			continue
		}
		tri := &w.plane.tris[t]
		for level := range w.z {
			below, above := level > 0 && solid>>(level-1)&1 != 0, solid>>level&1 != 0
			switch {
			case below && !above:
				w.triangle(w.at(tri.v[0], level), w.at(tri.v[1], level), w.at(tri.v[2], level))
			case above && !below:
				w.triangle(w.at(tri.v[0], level), w.at(tri.v[2], level), w.at(tri.v[1], level))
			}
		}
		for i, n := range tri.n {
			bare := solid
			if n >= 0 {
				bare &^= w.solid[n]
			}
			w.walls(tri.v[next(i)], tri.v[prev(i)], bare)
		}
	}
}

// walls writes the walls on the edge from p to q, which has the solid on its left, in some layers.
func (w *layerWriter) walls(p, q int32, bare heights) {
	for level := 0; bare>>level != 0; level++ {
		if bare>>level&1 == 0 {
			continue
		}
		from := level
		for bare>>(level+1)&1 != 0 {
			level++
		}
		w.wall(p, q, from, level+1)
	}
}

// wall writes a wall between two levels as a strip that meets every break on its
// sides.
func (w *layerWriter) wall(p, q int32, from, to int) {
	lp, lq := from, from
	for lp < to || lq < to {
		np, nq := w.onward(p, lp, to), w.onward(q, lq, to)
		if lq < to && (nq <= np || lp == to) {
			w.triangle(w.at(p, lp), w.at(q, lq), w.at(q, nq))
			lq = nq
			continue
		}
		w.triangle(w.at(p, lp), w.at(q, lq), w.at(p, np))
		lp = np
	}
}

// onward returns the next break above a level, at most to.
func (w *layerWriter) onward(p int32, level, to int) int {
	for level++; level < to; level++ {
		if w.breaks[p]>>level&1 != 0 {
			break
		}
	}
	return level
}

// at returns the number of a point at a level.
func (w *layerWriter) at(v int32, level int) uint32 {
	slot := &w.number[int(v)*len(w.z)+level]
	if *slot == 0 {
		p := w.cut.lift(w.plane.pts[v]).Add(w.cut.n.Scale(w.z[level]))
		w.out.Positions = append(w.out.Positions, p[:]...)
		*slot = uint32(w.out.NumPoints())
	}
	return *slot - 1
}

func (w *layerWriter) triangle(a, b, c uint32) {
	w.out.Triangles = append(w.out.Triangles, a, b, c)
}
