package kernel

// manyLines is the number of lines of a section above which only those around the faces
// in the plane are drawn.
const manyLines = 256

// arrangeIn is arrange for a window of the plane: only lines that reach into it are drawn. What
// the others add to the winding numbers is counted at one place of the window, by a ray, and
// carried on from there. Pieces that lie in one of the triangles before are left out.
func (w *boolean) arrangeIn(win window, before []uint32) error {
	lo, hi := win.lo, win.hi
	var base weight
	var drawn []int
	var lines []sectionLine
	if err := w.Budget.Spend(len(w.lines)); err != nil {
		return err
	}
	for i, l := range w.lines {
		a, b := w.cut.flat(w.cut.at(w.positions, l.from)), w.cut.flat(w.cut.at(w.positions, l.to))
		base = base.add(rayWeight(win.seed, a, b, w.weight(i)))
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
	defer sh.plane.free()
	if err := sh.plane.frame(lo, hi); err != nil {
		return err
	}
	for k, l := range lines {
		if err := sh.draw(l, w.weight(drawn[k])); err != nil {
			return err
		}
	}
	start, _, err := sh.plane.locate(win.seed)
	if err != nil {
		return err
	}
	middle := func(t int32) Vec2 {
		v := sh.plane.tris[t].v
		return sh.plane.pts[v[0]].Add(sh.plane.pts[v[1]]).Add(sh.plane.pts[v[2]]).Scale(1.0 / 3)
	}
	wind, seen := sh.plane.windingsFrom(start, base, func(t int32) bool { return win.holds(middle(t)) })
	if len(before) > 0 {
		for t := range seen {
			seen[t] = seen[t] && !w.covers(before, middle(int32(t)))
		}
	}
	sh.collectSeen(&w.out, wind, seen, w.facing)
	return nil
}

// covers reports whether one of some triangles in the plane holds a place.
func (w *boolean) covers(list []uint32, q Vec2) bool {
	for _, t := range list {
		v := w.triangles[3*t : 3*t+3]
		a, b, c := w.cut.flat(w.corner(v[0])), w.cut.flat(w.corner(v[1])), w.cut.flat(w.corner(v[2]))
		s1, s2, s3 := orient(a, b, q), orient(b, c, q), orient(c, a, q)
		if s1 >= 0 && s2 >= 0 && s3 >= 0 || s1 <= 0 && s2 <= 0 && s3 <= 0 {
			return true
		}
	}
	return false
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
