package kernel

import (
	"fmt"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Op combines two solids.
type Op uint8

// The operations of Boolean.
const (
	Difference Op = iota
	Union
	Intersection
)

func (o Op) String() string {
	return [...]string{"difference", "union", "intersection"}[o]
}

// inside says whether a place lies in the result, given whether it lies in a and b.
func (o Op) inside(a, b bool) bool {
	switch o {
	case Union:
		return a || b
	case Intersection:
		return a && b
	}
	return a && !b
}

// tries are the factors on the tolerance with which a boolean that leaves gaps is
// done again.
var tries = [...]float64{1, 0.25, 4, 0.1, 10, 0.01, 0.001}

// Boolean combines two closed meshes. Each may consist of several bodies that
// touch or overlap: a place counts as inside when any of them holds it, so all
// openings of a wall are cut at once as one merged mesh.
//
// Prisms are cut off a prism with the same axis in the plane across it. All other
// work is done plane by plane. Both meshes are cut along each plane in which
// one of them has a face, just below and just above it; the four sections are
// closed rings, so their winding numbers say for every piece of the plane whether
// the result lies below and above. Where it lies on one side only, there is its
// surface. No piece is ever classified by a ray, and faces that coincide need no
// special case. When rounding leaves a gap the work is done again with another
// tolerance.
//
// The result may be empty. Its Closed is false when rounding left a gap; the
// caller decides what that is worth. Open input gives an error that wraps ErrOpen.
func (s Settings) Boolean(op Op, a, b *mesh.Mesh) (*mesh.Mesh, error) {
	if r, done := trivial(op, a, b); done {
		return r, nil
	}
	if op == Difference {
		r, rest, done, err := s.cutPrisms(a, b)
		switch {
		case err != nil && isBudget(err):
			return nil, fmt.Errorf("%v: %w", op, err)
		case done && (rest == nil || r.IsEmpty()):
			return r, nil
		case done:
			a, b = r, rest
		}
	}
	return s.combineSafely(op, a, b)
}

// combineSafely is combine with another tolerance where the first leaves gaps.
func (s Settings) combineSafely(op Op, a, b *mesh.Mesh) (*mesh.Mesh, error) {
	var best *mesh.Mesh
	for _, f := range tries {
		t := s
		t.Merge = f * s.merge()
		r, err := t.combine(op, a, b)
		switch {
		case err == nil && (r.Closed || r.IsEmpty()):
			return r, nil
		case err != nil && (isBudget(err) || best == nil && f == tries[len(tries)-1]):
			return nil, fmt.Errorf("%v: %w", op, err)
		case err == nil && best == nil:
			best = r
		}
	}
	return best, nil
}

// combine is Boolean with one tolerance.
func (s Settings) combine(op Op, a, b *mesh.Mesh) (*mesh.Mesh, error) {
	tol := s.merge()
	a, b = a.Welded(tol), b.Welded(tol)
	if r, done := trivial(op, a, b); done {
		return r, nil
	}
	if !balanced(a) || !balanced(b) {
		return nil, ErrOpen
	}
	w := &boolean{Settings: s, op: op, split: uint32(len(a.Triangles) / 3)}
	w.positions = append(append([]float64(nil), a.Positions...), b.Positions...)
	w.triangles = append([]uint32(nil), a.Triangles...)
	base := uint32(a.NumPoints())
	for _, i := range b.Triangles {
		w.triangles = append(w.triangles, base+i)
	}
	w.touch(a, b)
	if err := w.run(); err != nil {
		return nil, err
	}
	shift := uint32(w.out.NumPoints())
	w.out.Positions = append(w.out.Positions, w.positions...)
	for _, i := range w.kept {
		w.out.Triangles = append(w.out.Triangles, shift+i)
	}
	return w.finish(&w.out, true)
}

// trivial answers when one side is empty or the boxes are apart.
func trivial(op Op, a, b *mesh.Mesh) (*mesh.Mesh, bool) {
	if len(a.Triangles) > 0 && len(b.Triangles) > 0 && a.Bounds().Intersects(b.Bounds()) {
		return nil, false
	}
	switch {
	case op == Intersection:
		return &mesh.Mesh{}, true
	case op == Difference || len(b.Triangles) == 0:
		return a, true
	case len(a.Triangles) == 0:
		return b, true
	}
	return mesh.Merge(a, b), true
}

// boolean is the work of one Boolean: both meshes in one array, the triangles of
// the second after split.
type boolean struct {
	Settings
	op        Op
	positions []float64
	triangles []uint32
	split     uint32
	touched   []bool // near the other mesh: its plane has to be worked
	done      []bool
	all       [2]bool  // of either mesh: its own bodies may overlap
	tree      *boxTree // of all triangles; nil when they are few
	boxes     []mesh.Box
	grouped   []int32  // of triangles: with which others they were worked
	group     int32    // of the faces at hand
	near      []uint32 // triangles that the plane at hand may pass
	cut       cut
	lines     []sectionLine
	solid     []int8 // of lines: 0 first mesh, 1 second
	out       mesh.Mesh
	kept      []uint32 // triangles that stay as they are
}

// fewTriangles is the number up to which looking at every triangle costs less than
// looking for those that matter.
const fewTriangles = 256

// touch marks the triangles whose planes have to be worked: those near the other
// mesh, and all of a mesh whose own bodies overlap. What is not marked lies wholly
// inside or outside the other mesh.
func (w *boolean) touch(a, b *mesh.Mesh) {
	count := uint32(len(w.triangles) / 3)
	w.touched = make([]bool, count)
	w.done = make([]bool, count)
	boxA, boxB := a.Bounds().Expand(2*w.merge()), b.Bounds().Expand(2*w.merge())
	w.all = [2]bool{overlapping(a), overlapping(b)}
	for t := range count {
		box, all := boxB, w.all[0]
		if t >= w.split {
			box, all = boxA, w.all[1]
		}
		w.touched[t] = all || w.bounds(t).Intersects(box)
	}
	if count <= fewTriangles {
		w.near = make([]uint32, count)
		for t := range w.near {
			w.near[t] = uint32(t)
		}
		return
	}
	boxes := make([]mesh.Box, count)
	for t := range boxes {
		boxes[t] = w.bounds(uint32(t))
	}
	w.boxes, w.tree, w.grouped = boxes, newBoxTree(boxes), make([]int32, count)
	other := [2]*boxTree{newBoxTree(boxes[w.split:]), newBoxTree(boxes[:w.split])}
	for t := range count {
		if side := which(t >= w.split); w.touched[t] && !w.all[side] {
			w.touched[t] = other[side].touches(boxes[t].Expand(2 * w.merge()))
		}
	}
}

// overlapping reports whether parts of m may share space.
func overlapping(m *mesh.Mesh) bool {
	label, count := parts(m)
	if count == 1 {
		return false
	}
	box := make([]mesh.Box, count)
	for i := range box {
		box[i] = mesh.EmptyBox()
	}
	for i, t := range m.All() {
		box[label[i]] = box[label[i]].Extend(t[0]).Extend(t[1]).Extend(t[2])
	}
	slices.SortFunc(box, func(a, b mesh.Box) int {
		switch {
		case a.Min[0] < b.Min[0]:
			return -1
		case a.Min[0] > b.Min[0]:
			return 1
		}
		return 0
	})
	for i := range box {
		for k := i + 1; k < len(box) && box[k].Min[0] <= box[i].Max[0]; k++ {
			if box[i].Intersects(box[k]) {
				return true
			}
		}
	}
	return false
}

func (w *boolean) corner(i uint32) Vec3 { return Vec3(w.positions[3*i : 3*i+3]) }

func (w *boolean) bounds(t uint32) mesh.Box {
	v := w.triangles[3*t : 3*t+3]
	return mesh.EmptyBox().Extend(w.corner(v[0])).Extend(w.corner(v[1])).Extend(w.corner(v[2]))
}

func (w *boolean) normal(t uint32) Vec3 {
	v := w.triangles[3*t : 3*t+3]
	a := w.corner(v[0])
	return w.corner(v[1]).Sub(a).Cross(w.corner(v[2]).Sub(a))
}

// run works all planes, those of large triangles first: their normals are the
// surest, and small ones beside them join their plane.
func (w *boolean) run() error {
	count := len(w.triangles) / 3
	order := make([]uint32, count)
	area := make([]float64, count)
	for t := range order {
		order[t] = uint32(t)
		n := w.normal(uint32(t))
		area[t] = n.Dot(n)
	}
	slices.SortStableFunc(order, func(a, b uint32) int {
		switch {
		case area[a] > area[b]:
			return -1
		case area[a] < area[b]:
			return 1
		}
		return 0
	})
	for _, t := range order {
		if w.done[t] || !w.touched[t] {
			continue
		}
		if err := w.plane(t); err != nil {
			return err
		}
	}
	return w.keepRest()
}

// keep keeps a triangle that lies outside the other mesh as the operation says.
func (w *boolean) keep(t uint32) {
	first := t < w.split
	if w.op.inside(first, !first) {
		w.kept = append(w.kept, w.triangles[3*t:3*t+3]...)
	}
}

// plane works the plane of triangle t.
func (w *boolean) plane(t uint32) error {
	n := w.normal(t).Unit()
	if n == (Vec3{}) {
		w.done[t] = true // no extent: its edges cancel each other
		w.kept = append(w.kept, w.triangles[3*t:3*t+3]...)
		return nil
	}
	w.cut.origin = w.corner(w.triangles[3*t])
	w.cut.u, w.cut.v, w.cut.n = planeAxes(n)
	if w.tree != nil {
		return w.planeNear(t)
	}
	w.cut.measure(w.positions, w.merge())
	if err := w.Budget.Spend(len(w.near)); err != nil {
		return err
	}
	w.lines, w.solid = w.lines[:0], w.solid[:0]
	var faces []uint32
	var seen, has [2]bool // sections, faces of either mesh
	for _, k := range w.near {
		v := w.triangles[3*k : 3*k+3]
		d0, d1, d2 := w.cut.dist[v[0]], w.cut.dist[v[1]], w.cut.dist[v[2]]
		which := which(k >= w.split)
		if d0 == 0 && d1 == 0 && d2 == 0 {
			if !w.done[k] {
				w.done[k] = true
				has[which] = true
				faces = append(faces, k)
			}
			continue
		}
		if d0 > 0 && d1 > 0 && d2 > 0 || d0 < 0 && d1 < 0 && d2 < 0 {
			continue
		}
		before := len(w.lines)
		w.lines = w.cut.lines(w.lines, v[0], v[1], v[2])
		for range len(w.lines) - before {
			w.solid = append(w.solid, which)
			seen[which] = true
		}
	}
	w.done[t] = true
	if alone := has[0] != has[1]; alone && (has[0] && !seen[1] || has[1] && !seen[0]) && !w.all[which(has[1])] {
		// The other mesh does not reach this plane.
		for _, k := range faces {
			w.keep(k)
		}
		return nil
	}
	if len(w.lines) > manyLines {
		return w.arrangeIn(w.windowOf(faces), nil)
	}
	return w.arrange()
}

func which(second bool) int8 {
	if second {
		return 1
	}
	return 0
}

// arrange draws the four sections into one plane and keeps the pieces that have
// the result on one side only.
func (w *boolean) arrange() error {
	if len(w.lines) == 0 {
		return nil
	}
	sh, err := newSheet(&w.cut, w.positions, w.lines, w.merge(), w.Budget)
	if err != nil {
		return err
	}
	defer sh.plane.free()
	for i, l := range w.lines {
		if err := sh.draw(l, w.weight(i)); err != nil {
			return err
		}
	}
	sh.collect(&w.out, w.facing)
	return nil
}

// weight returns what line i adds to the four winding numbers: of the first mesh below
// and above the plane, and of the second.
func (w *boolean) weight(i int) weight {
	var wt weight
	if w.lines[i].below {
		wt[2*w.solid[i]] = 1
	}
	if w.lines[i].above {
		wt[2*w.solid[i]+1] = 1
	}
	return wt
}

// facing says which way the surface of the result faces in a piece of the plane.
func (w *boolean) facing(c weight) int {
	below, above := w.op.inside(c[0] > 0, c[2] > 0), w.op.inside(c[1] > 0, c[3] > 0)
	switch {
	case below && !above:
		return 1
	case above && !below:
		return -1
	}
	return 0
}
