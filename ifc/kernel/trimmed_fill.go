package kernel

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// fill triangulates the rings in the plane of the parameters, where a step that
// keeps the tolerances is the unit of either direction: so the triangles follow the
// curvature.
func (f *trimmedFace) fill() (*mesh.Mesh, error) {
	scaled := make([]Ring, len(f.rings))
	lo, hi, count := Vec2{inf, inf}, Vec2{-inf, -inf}, 0
	for i, r := range f.rings {
		scaled[i] = make(Ring, len(r))
		for k, n := range r {
			q := Vec2{n.uv[0] / f.step[0], n.uv[1] / f.step[1]}
			if !q.IsFinite() {
				return nil, fmt.Errorf("%w: parameters that are not finite", ErrInvalid)
			}
			scaled[i][k] = q
			lo, hi = Vec2{min(lo[0], q[0]), min(lo[1], q[1])}, Vec2{max(hi[0], q[0]), max(hi[1], q[1])}
		}
		count += len(r)
	}
	const tol = 1e-7 // of a step
	d := newPlane(lo, hi, tol, 2*count, f.Budget)
	defer d.free()
	w := &surfacePlane{trimmedFace: f, plane: d, ids: make([]int32, outer, count+outer)}
	numbers := make([][]int32, len(scaled))
	for i, r := range scaled {
		numbers[i] = make([]int32, len(r))
		for k, q := range r {
			v, err := d.add(q)
			if err != nil {
				return nil, err
			}
			w.name(v, f.rings[i][k].id)
			numbers[i][k] = v
		}
	}
	for i, r := range scaled {
		for k := range r {
			if err := d.constrain(numbers[i][k], numbers[i][(k+1)%len(r)], weight{1}); err != nil {
				return nil, err
			}
		}
	}
	if f.bent[0] && f.bent[1] {
		if err := w.seed(scaled, lo, hi); err != nil {
			return nil, err
		}
	}
	if err := w.refine(); err != nil {
		return nil, err
	}
	return w.mesh()
}

// surfacePlane is the plane of the parameters of a face while it is refined.
type surfacePlane struct {
	*trimmedFace
	plane *plane
	ids   []int32 // of the points of the plane: their places
}

// name says which place a point of the plane is; the first name stays.
func (w *surfacePlane) name(v, id int32) {
	w.grow()
	if w.ids[v] < 0 {
		w.ids[v] = id
	}
}

// grow gives new points of the plane no name yet.
func (w *surfacePlane) grow() {
	for len(w.ids) < len(w.plane.pts) {
		w.ids = append(w.ids, -1)
	}
}

func (w *surfacePlane) uv(q Vec2) Vec2 { return Vec2{q[0] * w.step[0], q[1] * w.step[1]} }

// place returns where a point of the plane lies in space.
func (w *surfacePlane) place(v int32) Vec3 {
	w.grow()
	if w.ids[v] < 0 {
		w.ids[v] = int32(len(w.places))
		w.places = append(w.places, w.surface.At(w.uv(w.plane.pts[v])))
	}
	return w.places[w.ids[v]]
}

// away is how far the points of the grid stay from the border, in steps.
const away = 0.4

// seed puts points on the grid of the steps inside the rings, away from them.
func (w *surfacePlane) seed(rings []Ring, lo, hi Vec2) error {
	nx, ny := int(math.Ceil(hi[0]-lo[0])), int(math.Ceil(hi[1]-lo[1]))
	border := 0
	for _, r := range rings {
		border += len(r)
	}
	for i := 1; i < nx; i++ {
		x := lo[0] + (hi[0]-lo[0])*float64(i)/float64(nx)
		if err := w.Budget.Spend(border + ny); err != nil {
			return err
		}
		cuts, beside := crossingsAt(rings, x), sidesNear(rings, x, away)
		for j := 1; j < ny; j++ {
			q := Vec2{x, lo[1] + (hi[1]-lo[1])*float64(j)/float64(ny)}
			if !within(cuts, q[1]) {
				continue
			}
			if err := w.Budget.Spend(1 + len(beside)/8); err != nil {
				return err
			}
			if tooNear(beside, q, away) {
				continue
			}
			if _, err := w.plane.add(q); err != nil {
				return err
			}
		}
	}
	return nil
}

// crossingsAt returns where the rings cross a vertical line.
func crossingsAt(rings []Ring, x float64) []float64 {
	var ys []float64
	for _, r := range rings {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (a[0] > x) != (b[0] > x) {
				ys = append(ys, a[1]+(b[1]-a[1])*(x-a[0])/(b[0]-a[0]))
			}
		}
	}
	return ys
}

// within reports whether an odd number of crossings lies below y.
func within(ys []float64, y float64) bool {
	in := false
	for _, v := range ys {
		in = in != (v < y)
	}
	return in
}

// sidesNear returns the sides of rings that come within dist of a vertical line.
func sidesNear(rings []Ring, x, dist float64) [][2]Vec2 {
	var sides [][2]Vec2
	for _, r := range rings {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if math.Min(a[0], b[0])-dist <= x && math.Max(a[0], b[0])+dist >= x {
				sides = append(sides, [2]Vec2{a, b})
			}
		}
	}
	return sides
}

func tooNear(sides [][2]Vec2, q Vec2, dist float64) bool {
	for _, s := range sides {
		if math.Min(s[0][1], s[1][1])-dist <= q[1] && math.Max(s[0][1], s[1][1])+dist >= q[1] && segmentDistance(s[0], s[1], q) < dist {
			return true
		}
	}
	return false
}

func segmentDistance(a, b, q Vec2) float64 {
	d := b.Sub(a)
	t := 0.0
	if l := d.Dot(d); l > 0 {
		t = math.Max(0, math.Min(1, q.Sub(a).Dot(d)/l))
	}
	return q.Sub(a.Add(d.Scale(t))).Len()
}

// refineRounds bounds the passes of refine; each halves the edges that are too far
// from the surface.
const refineRounds = 8

// refine adds points in the middle of edges that leave the surface, and in the middle
// of triangles that do. The border keeps its points.
func (w *surfacePlane) refine() error {
	for range refineRounds {
		if err := w.Budget.Spend(4 * len(w.plane.tris)); err != nil {
			return err
		}
		add := w.wanting()
		for _, q := range add {
			if _, err := w.plane.add(q); err != nil {
				return err
			}
		}
		if len(add) == 0 {
			break
		}
	}
	return nil
}

// wanting returns the places at which points are missing.
func (w *surfacePlane) wanting() []Vec2 {
	d := w.plane
	wind := d.windings()
	var add []Vec2
	for t := range d.tris {
		tri := &d.tris[t]
		if wind[t][0]&1 == 0 || tri.v[0] < outer || tri.v[1] < outer || tri.v[2] < outer {
			continue
		}
		split := false
		for i := range 3 {
			if tri.c[i] != 0 {
				continue
			}
			a, b := tri.v[next(i)], tri.v[prev(i)]
			if w.leaves(a, b) {
				split = true
				if a < b { // the other side of the edge comes to the same
					add = append(add, d.pts[a].Add(d.pts[b]).Scale(0.5))
				}
			}
		}
		if !split && w.bulges(tri.v) {
			add = append(add, d.pts[tri.v[0]].Add(d.pts[tri.v[1]]).Add(d.pts[tri.v[2]]).Scale(1.0/3))
		}
	}
	return add
}

// leaves reports whether an edge inside the face is too far from the surface.
func (w *surfacePlane) leaves(a, b int32) bool {
	p, q := w.plane.pts[a], w.plane.pts[b]
	d := q.Sub(p)
	const shortest, longest = 0.5, 1.6 // steps
	if d.Len() < shortest {
		return false
	}
	for i := range d {
		if w.bent[i] && math.Abs(d[i]) > longest {
			return true
		}
	}
	mid := w.surface.At(w.uv(p.Add(q).Scale(0.5)))
	return mid.Sub(w.place(a).Lerp(w.place(b), 0.5)).Len() > 2.5*w.chord() && w.apart(a, b)
}

// apart reports whether two points are far enough from each other in space for a
// point between them to mean something.
func (w *surfacePlane) apart(a, b int32) bool {
	return w.place(a).Sub(w.place(b)).Len() > 8*w.chord()
}

// bulges reports whether the middle of a triangle is too far from the surface.
func (w *surfacePlane) bulges(v [3]int32) bool {
	d := w.plane
	a, b, c := d.pts[v[0]], d.pts[v[1]], d.pts[v[2]]
	if b.Sub(a).Cross(c.Sub(a)) < 0.1 || !w.apart(v[0], v[1]) || !w.apart(v[1], v[2]) || !w.apart(v[2], v[0]) {
		return false
	}
	mid := w.surface.At(w.uv(a.Add(b).Add(c).Scale(1.0 / 3)))
	flat := w.place(v[0]).Add(w.place(v[1])).Add(w.place(v[2])).Scale(1.0 / 3)
	return mid.Sub(flat).Len() > 2.5*w.chord()
}

// mesh gathers the triangles inside.
func (w *surfacePlane) mesh() (*mesh.Mesh, error) {
	d := w.plane
	wind := d.windings()
	m := &mesh.Mesh{}
	number := make(map[int32]uint32)
	name := func(v int32) uint32 {
		at := w.place(v)
		id := w.ids[v]
		n, ok := number[id]
		if !ok {
			n = uint32(m.NumPoints())
			m.Positions = append(m.Positions, at[:]...)
			number[id] = n
		}
		return n
	}
	for t := range d.tris {
		v := d.tris[t].v
		if wind[t][0]&1 == 0 || v[0] < outer || v[1] < outer || v[2] < outer {
			continue
		}
		a, b, c := name(v[0]), name(v[1]), name(v[2])
		switch {
		case a == b || b == c || c == a: // along a pole
		case w.sense > 0:
			m.Triangles = append(m.Triangles, a, b, c)
		default:
			m.Triangles = append(m.Triangles, a, c, b)
		}
	}
	if len(m.Triangles) == 0 {
		return nil, fmt.Errorf("%w: a face without area", ErrInvalid)
	}
	return m, nil
}

// Patch triangulates the part of a surface between parameters. A closed surface
// meets itself when the range is a whole period.
func (s Settings) Patch(surface Surface, lo, hi Vec2) (*mesh.Mesh, error) {
	if !(hi[0] > lo[0] && hi[1] > lo[1]) || math.IsInf(hi[0]-lo[0], 0) || math.IsInf(hi[1]-lo[1], 0) {
		return nil, fmt.Errorf("patch: %w: parameters %v to %v", ErrInvalid, lo, hi)
	}
	f := &trimmedFace{Settings: s, surface: surface, domain: surface.Domain(), sense: 1}
	m, err := f.patch(lo, hi)
	if err != nil {
		return nil, fmt.Errorf("patch: %w", err)
	}
	return m, nil
}

// patch lays a grid over a range of the parameters.
func (f *trimmedFace) patch(lo, hi Vec2) (*mesh.Mesh, error) {
	f.setSteps(lo, hi)
	var n [2]int
	for d := range 2 {
		n[d] = max(1, int(math.Round((hi[d]-lo[d])/f.step[d])))
	}
	if err := f.Budget.Spend(2 * n[0] * n[1]); err != nil {
		return nil, err
	}
	m := &mesh.Mesh{}
	for i := range n[0] + 1 {
		for j := range n[1] + 1 {
			p := f.surface.At(Vec2{
				lo[0] + (hi[0]-lo[0])*float64(i)/float64(n[0]), lo[1] + (hi[1]-lo[1])*float64(j)/float64(n[1]),
			})
			m.Positions = append(m.Positions, p[:]...)
		}
	}
	for i := range n[0] {
		for j := range n[1] {
			a := uint32(i*(n[1]+1) + j)
			b := a + uint32(n[1]) + 1
			if f.sense > 0 {
				m.Triangles = append(m.Triangles, a, b, b+1, a, b+1, a+1)
			} else {
				m.Triangles = append(m.Triangles, a, b+1, b, a, a+1, b+1)
			}
		}
	}
	return m, nil
}
