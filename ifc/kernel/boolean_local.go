package kernel

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// planeNear works the plane of triangle t, as far as the faces reach that hang together with
// t in it: in meshes of many triangles most of a plane has nothing to do with them.
func (w *boolean) planeNear(t uint32) error {
	faces, has := w.facesWith(t)
	win := w.windowOf(faces)
	w.near = w.tree.reaching(w.near[:0], &w.cut, win.box, win.ray(&w.cut), w.merge())
	if err := w.Budget.Spend(len(w.near) + len(faces)); err != nil {
		return err
	}
	w.cut.measureAt(w.positions, w.triangles, w.near, w.merge())
	w.lines, w.solid = w.lines[:0], w.solid[:0]
	var before []uint32 // faces in the plane that have been worked
	var seen [2]bool
	for _, k := range w.near {
		v := w.triangles[3*k : 3*k+3]
		d0, d1, d2 := w.cut.dist[v[0]], w.cut.dist[v[1]], w.cut.dist[v[2]]
		switch {
		case d0 == 0 && d1 == 0 && d2 == 0:
			if !w.inFaces(k) {
				before = append(before, k)
			}
			continue
		case d0 > 0 && d1 > 0 && d2 > 0 || d0 < 0 && d1 < 0 && d2 < 0:
			continue
		}
		first := len(w.lines)
		side := which(k >= w.split)
		w.lines = w.cut.lines(w.lines, v[0], v[1], v[2])
		for range len(w.lines) - first {
			w.solid = append(w.solid, side)
			seen[side] = true
		}
	}
	if has[0] != has[1] && !seen[which(has[0])] && !w.all[which(has[1])] {
		for _, k := range faces { // the other mesh is neither here nor around
			w.keep(k)
		}
		return nil
	}
	return w.arrangeIn(win, before)
}

// facesWith marks as done the faces in the plane that hang together with triangle t, and
// says which meshes they belong to. Those of a plane that do not touch each other are
// worked one after the other.
func (w *boolean) facesWith(t uint32) (faces []uint32, has [2]bool) {
	w.done[t] = true
	w.group++
	w.grouped[t] = w.group
	faces = append(faces, t)
	for i := 0; i < len(faces); i++ {
		has[which(faces[i] >= w.split)] = true
		w.tree.visit(w.boxes[faces[i]].Expand(2*w.merge()).Intersects, func(k int32) bool {
			if !w.done[k] && w.inPlane(uint32(k)) {
				w.done[k] = true
				w.grouped[k] = w.group
				faces = append(faces, uint32(k))
			}
			return true
		})
	}
	return faces, has
}

// inFaces reports whether a triangle is one of those that facesWith found last.
func (w *boolean) inFaces(t uint32) bool { return w.grouped[t] == w.group }

func (w *boolean) inPlane(t uint32) bool {
	for _, i := range w.triangles[3*t : 3*t+3] {
		if math.Abs(w.corner(i).Sub(w.cut.origin).Dot(w.cut.n)) > w.merge() {
			return false
		}
	}
	return true
}

// window is a rectangle of a plane.
type window struct {
	lo, hi Vec2
	seed   Vec2     // a place in it, beside what it was made for
	box    mesh.Box // around it in space
}

// windowOf returns the window around faces.
func (w *boolean) windowOf(faces []uint32) window {
	lo, hi := Vec2{inf, inf}, Vec2{-inf, -inf}
	for _, t := range faces {
		for _, i := range w.triangles[3*t : 3*t+3] {
			q := w.cut.flat(w.corner(i))
			lo, hi = Vec2{min(lo[0], q[0]), min(lo[1], q[1])}, Vec2{max(hi[0], q[0]), max(hi[1], q[1])}
		}
	}
	margin := 0.0123*math.Max(hi[0]-lo[0], hi[1]-lo[1]) + 16*w.merge()
	win := window{lo: lo.Sub(Vec2{margin, margin}), hi: hi.Add(Vec2{margin, margin}), box: mesh.EmptyBox()}
	win.seed = win.lo.Add(Vec2{0.41 * margin, 0.37 * margin})
	for _, q := range [4]Vec2{win.lo, {win.hi[0], win.lo[1]}, win.hi, {win.lo[0], win.hi[1]}} {
		win.box = win.box.Extend(w.cut.lift(q))
	}
	win.box = win.box.Expand(2 * w.merge())
	return win
}

// ray returns where in space the ray begins by which winding numbers are counted; it runs
// along the first axis of the plane.
func (win *window) ray(c *cut) Vec3 { return c.lift(win.seed) }

// holds reports whether a piece of the plane with the middle q is in the window.
func (win *window) holds(q Vec2) bool {
	return q[0] > win.lo[0] && q[0] < win.hi[0] && q[1] > win.lo[1] && q[1] < win.hi[1]
}

// reaching appends the boxes that a plane passes and that reach into a box or to a ray in the
// plane along its first axis.
func (t *boxTree) reaching(dst []uint32, c *cut, around mesh.Box, from Vec3, tol float64) []uint32 {
	wanted := func(b *mesh.Box) bool {
		return (b.Intersects(around) || rayHits(b, from, c.u, 2*tol)) && cutsBox(c, b, tol)
	}
	stack := append(make([]int32, 0, 64), 0)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		node := &t.nodes[n]
		if !wanted(&node.box) {
			continue
		}
		if node.right != 0 {
			stack = append(stack, node.right, n+1)
			continue
		}
		for _, i := range t.order[node.first:node.last] {
			if wanted(&t.boxes[i]) {
				dst = append(dst, uint32(i))
			}
		}
	}
	return dst
}

// rayHits reports whether a ray passes a box within tol.
func rayHits(b *mesh.Box, from, along Vec3, tol float64) bool {
	near, far := 0.0, math.Inf(1)
	for d := range 3 {
		lo, hi := b.Min[d]-tol-from[d], b.Max[d]+tol-from[d]
		if along[d] == 0 {
			if lo > 0 || hi < 0 {
				return false
			}
			continue
		}
		lo, hi = lo/along[d], hi/along[d]
		near, far = math.Max(near, math.Min(lo, hi)), math.Min(far, math.Max(lo, hi))
	}
	return near <= far
}

// cutsBox reports whether a plane passes a box within tol.
func cutsBox(c *cut, b *mesh.Box, tol float64) bool {
	mid, reach := 0.0, 2*tol
	for d := range 3 {
		mid += (b.Min[d] + b.Max[d] - 2*c.origin[d]) * c.n[d]
		reach += (b.Max[d] - b.Min[d]) * math.Abs(c.n[d])
	}
	return math.Abs(mid) <= reach
}
