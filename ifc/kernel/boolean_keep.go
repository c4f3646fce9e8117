package kernel

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// keepRest keeps the triangles that no plane has worked. Each lies wholly inside or
// outside the other mesh, and so do those that it shares edges with: one of them is
// asked for all.
func (w *boolean) keepRest() error {
	boxes := [2]mesh.Box{w.boundsOf(w.split, uint32(len(w.triangles)/3)), w.boundsOf(0, w.split)}
	var unsure []uint32
	for t, done := range w.done {
		switch t := uint32(t); {
		case done:
		case w.tree != nil && w.bounds(t).Intersects(boxes[which(t >= w.split)]):
			unsure = append(unsure, t)
		default:
			w.keep(t)
		}
	}
	for _, part := range w.connected(unsure) {
		first := part[0] < w.split
		from, to := w.split, uint32(len(w.triangles)/3)
		if !first {
			from, to = 0, w.split
		}
		if err := w.Budget.Spend(int(to - from)); err != nil {
			return err
		}
		other := w.winding(w.middle(part), from, to) > 0.5
		in, out := w.op.inside(first || other, !first || other), w.op.inside(!first && other, first && other)
		for _, t := range part {
			v := w.triangles[3*t : 3*t+3]
			switch {
			case in && !out:
				w.kept = append(w.kept, v...)
			case out && !in:
				w.kept = append(w.kept, v[0], v[2], v[1])
			}
		}
	}
	return nil
}

// boundsOf returns the box around triangles.
func (w *boolean) boundsOf(from, to uint32) mesh.Box {
	box := mesh.EmptyBox()
	for t := from; t < to; t++ {
		box = box.Union(w.bounds(t))
	}
	return box.Expand(2 * w.merge())
}

// connected sorts triangles into those that hang together over edges.
func (w *boolean) connected(list []uint32) [][]uint32 {
	type edge [2]uint32
	at := make(map[edge][]int32, len(list)*3/2)
	edges := func(t uint32) [3]edge {
		v := w.triangles[3*t : 3*t+3]
		var e [3]edge
		for k := range 3 {
			e[k] = edge{min(v[k], v[next(k)]), max(v[k], v[next(k)])}
		}
		return e
	}
	for i, t := range list {
		for _, e := range edges(t) {
			at[e] = append(at[e], int32(i))
		}
	}
	seen := make([]bool, len(list))
	var parts [][]uint32
	for start := range list {
		if seen[start] {
			continue
		}
		seen[start] = true
		queue := []int32{int32(start)}
		var part []uint32
		for head := 0; head < len(queue); head++ {
			t := list[queue[head]]
			part = append(part, t)
			for _, e := range edges(t) {
				for _, i := range at[e] {
					if !seen[i] {
						seen[i] = true
						queue = append(queue, i)
					}
				}
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// middle returns a point of the largest triangle.
func (w *boolean) middle(part []uint32) Vec3 {
	best, most := part[0], -1.0
	for _, t := range part {
		if n := w.normal(t); n.Dot(n) > most {
			best, most = t, n.Dot(n)
		}
	}
	v := w.triangles[3*best : 3*best+3]
	return w.corner(v[0]).Add(w.corner(v[1])).Add(w.corner(v[2])).Scale(1.0 / 3)
}

// winding returns how often triangles surround a point: the sum of the solid angles in
// which it sees them, over that of a sphere (van Oosterom and Strackee 1983).
func (w *boolean) winding(p Vec3, from, to uint32) float64 {
	sum := 0.0
	for t := from; t < to; t++ {
		v := w.triangles[3*t : 3*t+3]
		a, b, c := w.corner(v[0]).Sub(p), w.corner(v[1]).Sub(p), w.corner(v[2]).Sub(p)
		la, lb, lc := a.Len(), b.Len(), c.Len()
		sum += 2 * math.Atan2(a.Dot(b.Cross(c)), la*lb*lc+a.Dot(b)*lc+b.Dot(c)*la+c.Dot(a)*lb)
	}
	return sum / (4 * math.Pi)
}
