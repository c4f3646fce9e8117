package kernel

import "math"

// manyLines is the number of lines of a section above which only those around the faces
// in the plane are drawn.
const manyLines = 256

// arrangeAround is arrange for a section of many lines. Faces lie in a window of the plane;
// only lines that reach into it are drawn. What the others add to the winding numbers is
// counted at one place of the window, by a ray, and carried on from there.
func (w *boolean) arrangeAround(faces []uint32) error {
	lo, hi := Vec2{inf, inf}, Vec2{-inf, -inf}
	for _, t := range faces {
		for _, i := range w.triangles[3*t : 3*t+3] {
			q := w.cut.flat(w.corner(i))
			lo, hi = Vec2{min(lo[0], q[0]), min(lo[1], q[1])}, Vec2{max(hi[0], q[0]), max(hi[1], q[1])}
		}
	}
	margin := 0.0123*math.Max(hi[0]-lo[0], hi[1]-lo[1]) + 16*w.merge()
	lo, hi = lo.Sub(Vec2{margin, margin}), hi.Add(Vec2{margin, margin})
	seed := lo.Add(Vec2{0.41 * margin, 0.37 * margin})
	var base weight
	var drawn []int
	var lines []sectionLine
	if err := w.Budget.Spend(len(w.lines)); err != nil {
		return err
	}
	for i, l := range w.lines {
		a, b := w.cut.flat(w.cut.at(w.positions, l.from)), w.cut.flat(w.cut.at(w.positions, l.to))
		base = base.add(rayWeight(seed, a, b, w.weight(i)))
		if max(a[0], b[0]) >= lo[0] && min(a[0], b[0]) <= hi[0] && max(a[1], b[1]) >= lo[1] && min(a[1], b[1]) <= hi[1] {
			drawn, lines = append(drawn, i), append(lines, l)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	sh, err := newSheet(&w.cut, w.positions, lines, w.merge(), w.Budget, lo, hi)
	if err != nil {
		return err
	}
	if err := sh.plane.frame(lo, hi); err != nil {
		return err
	}
	for k, l := range lines {
		if err := sh.draw(l, w.weight(drawn[k])); err != nil {
			return err
		}
	}
	start, _, err := sh.plane.locate(seed)
	if err != nil {
		return err
	}
	wind, seen := sh.plane.windingsFrom(start, base, func(t int32) bool {
		v := sh.plane.tris[t].v
		c := sh.plane.pts[v[0]].Add(sh.plane.pts[v[1]]).Add(sh.plane.pts[v[2]]).Scale(1.0 / 3)
		return c[0] > lo[0] && c[0] < hi[0] && c[1] > lo[1] && c[1] < hi[1]
	})
	sh.collectSeen(&w.out, wind, seen, w.facing)
	return nil
}

// rayWeight returns what a line from a to b adds to the winding numbers of p: its weight
// when it passes to the right of p upwards, the negative when it does so downwards.
func rayWeight(p, a, b Vec2, wt weight) weight {
	up := a[1] <= p[1] && p[1] < b[1]
	if !up && !(b[1] <= p[1] && p[1] < a[1]) {
		return weight{}
	}
	side := orient(a, b, p)
	switch {
	case up && side > 0:
		return wt
	case !up && side < 0:
		return wt.negated()
	}
	return weight{}
}

// frame draws a rectangle that adds nothing to winding numbers, so that every triangle
// lies inside it or outside.
func (d *plane) frame(lo, hi Vec2) error {
	var corner [4]int32
	for i, q := range [4]Vec2{lo, {hi[0], lo[1]}, hi, {lo[0], hi[1]}} {
		v, err := d.add(q)
		if err != nil {
			return err
		}
		corner[i] = v
	}
	for i, v := range corner {
		if err := d.constrain(v, corner[(i+1)%4], weight{}); err != nil {
			return err
		}
	}
	return nil
}
