package kernel

import (
	"fmt"
	"math"
)

// constrain draws a line from point a to point b: afterwards edges run along it,
// through every point that lies within tol of it, and w is added to the winding
// numbers on its left against its right.
func (d *plane) constrain(a, b int32, w weight) error {
	d.pending = append(d.pending[:0], planeSegment{a: a, b: b, w: w})
	for len(d.pending) > 0 {
		s := d.pending[len(d.pending)-1]
		d.pending = d.pending[:len(d.pending)-1]
		if s.a == s.b {
			continue
		}
		if err := d.budget.Spend(4); err != nil {
			return err
		}
		if s.snaps > maxSnaps {
			return fmt.Errorf("%w: lines cross without end near %v", ErrInvalid, d.pts[s.a])
		}
		if err := d.draw(s); err != nil {
			return err
		}
	}
	return nil
}

// via replaces a segment by two that run through the point v.
func (d *plane) via(s planeSegment, v int32) {
	d.pending = append(d.pending, planeSegment{v, s.b, s.w, s.snaps}, planeSegment{s.a, v, s.w, s.snaps})
}

// maxSnaps ends the drawing of a line that never settles.
const maxSnaps = 200

// reach is the distance within which the segment snaps to points. It shrinks
// with every snap that moved the segment, or lines could push each other to and
// fro between points of a cluster without end.
func (d *plane) reach(s planeSegment) float64 {
	return math.Ldexp(d.tol, -int(s.snaps))
}

// near reports whether v lies on the segment: within half its reach (its distance
// is side ÷ length) and between its ends, so that the way from v to the end is
// shorter than the segment.
func (d *plane) near(s planeSegment, v int32, side, length float64) bool {
	side = math.Abs(side)
	if v < outer || side > d.reach(s)/2*length {
		return false
	}
	a := d.pts[s.a]
	along := d.pts[v].Sub(a).Dot(d.pts[s.b].Sub(a))
	return along > side && along < length*length
}

// draw draws one segment, or replaces it in pending by shorter ones.
func (d *plane) draw(s planeSegment) error {
	a, b := d.pts[s.a], d.pts[s.b]
	length := b.Sub(a).Len()
	// Turn around a until the edge opposite to it is the one that the segment
	// leaves through.
	start := d.at[s.a]
	t := start
	var i int
	for {
		tri := &d.tris[t]
		i = tri.indexOf(s.a)
		p, q := tri.v[next(i)], tri.v[prev(i)]
		if p == s.b {
			d.addLine(t, prev(i), s)
			return nil
		}
		sp := orient(a, b, d.pts[p])
		if d.near(s, p, sp, length) {
			d.via(s, p)
			return nil
		}
		if q != s.b && sp < 0 {
			sq := orient(a, b, d.pts[q])
			if d.near(s, q, sq, length) {
				d.via(s, q)
				return nil
			}
			if sq > 0 {
				break
			}
		}
		if sp == 0 && p >= outer && d.pts[p].Sub(a).Dot(b.Sub(a)) > 0 {
			// p lies exactly ahead but beyond the end, which is a hair
			// beside the edge from a to p.
			s.snaps++
			d.via(s, p)
			return nil
		}
		t = tri.n[next(i)]
		if t < 0 || t == start {
			return fmt.Errorf("%w: no way from %v to %v", ErrInvalid, a, b)
		}
	}
	return d.cross(s, t, i, length)
}

// cross follows the segment from its start in triangle t out through edge i.
func (d *plane) cross(s planeSegment, t int32, i int, length float64) error {
	a, b := d.pts[s.a], d.pts[s.b]
	d.crossed = d.crossed[:0]
	for {
		tri := &d.tris[t]
		if tri.c[i] != 0 {
			d.meet(s, t, i)
			return nil
		}
		d.crossed = append(d.crossed, [2]int32{tri.v[next(i)], tri.v[prev(i)]})
		if err := d.budget.Spend(1); err != nil {
			return err
		}
		n := tri.n[i]
		if n < 0 {
			return fmt.Errorf("%w: line from %v to %v leaves the plane", ErrInvalid, a, b)
		}
		far := &d.tris[n]
		j := far.sideOf(t)
		o := far.v[j]
		if o == s.b {
			return d.clear(s)
		}
		so := orient(a, b, d.pts[o])
		if d.near(s, o, so, length) || so == 0 {
			d.via(s, o)
			return nil
		}
		t = n
		if so > 0 {
			i = next(j)
		} else {
			i = prev(j)
		}
	}
}

// meet handles the crossing of the segment with the line along edge i of t: a
// new point on both, or, where a point already lies within tol, that point.
func (d *plane) meet(s planeSegment, t int32, i int) {
	tri := d.tris[t]
	far := d.tris[tri.n[i]]
	p, q, near, opp := tri.v[next(i)], tri.v[prev(i)], tri.v[i], far.v[far.sideOf(t)]
	a, b, pp, pq := d.pts[s.a], d.pts[s.b], d.pts[p], d.pts[q]
	sp, sq := orient(a, b, pp), orient(a, b, pq)
	x := pp.Add(pq.Sub(pp).Scale(sp / (sp - sq)))
	best, dist := p, math.Inf(1)
	for _, v := range [...]int32{p, q, s.a, s.b, near, opp} {
		if l := x.Sub(d.pts[v]).Len(); v >= outer && l < dist {
			best, dist = v, l
		}
	}
	if dist <= d.reach(s) {
		s.snaps++
		if best == p || best == q {
			d.via(s, best)
			return
		}
		if best == s.a || best == s.b {
			d.pending = append(d.pending, s)
		} else {
			d.via(s, best)
		}
		d.bend(s, t, i, best)
		return
	}
	// A crossing outside one of the two triangles is rounding in a flat one.
	switch fits([4]Vec2{d.pts[near], pp, d.pts[opp], pq}, x) {
	case -1:
		d.unflatten(s, tri.n[i])
	case 1:
		d.unflatten(s, t)
	default:
		v := int32(len(d.pts))
		d.pts = append(d.pts, x)
		d.at = append(d.at, t)
		d.splitEdge(t, i, v)
		d.legalize(v)
		d.via(s, v)
	}
}

// fits returns 0 when the diagonal from q[1] to q[3] of the quad can be split at x,
// 1 when x lies outside the triangle with the tip q[0], −1 for the tip q[2].
func fits(q [4]Vec2, x Vec2) int {
	if orient(q[0], q[1], x) <= 0 || orient(q[0], x, q[3]) <= 0 {
		return 1
	}
	if orient(q[2], q[3], x) <= 0 || orient(q[2], x, q[1]) <= 0 {
		return -1
	}
	return 0
}

// unflatten removes the flat triangle t, which is in the way of s: its tip lies
// on its longest edge, so a line there bends through the tip, and an edge without
// a line flips. Where flat triangles lie side by side the one with the longest
// edge goes first, or they would flip to and fro.
func (d *plane) unflatten(s planeSegment, t int32) {
	k := d.longest(t)
	for d.tris[t].c[k] == 0 {
		n := d.tris[t].n[k]
		if n < 0 {
			break
		}
		j := d.longest(n)
		if d.tris[n].n[j] == t {
			break // the longest edge of both
		}
		far := &d.tris[n]
		from, to := d.pts[far.v[next(j)]], d.pts[far.v[prev(j)]]
		if orient(from, to, d.pts[far.v[j]]) > d.tol*to.Sub(from).Len() {
			break // not flat
		}
		t, k = n, j
	}
	s.snaps++
	d.pending = append(d.pending, s)
	tri := &d.tris[t]
	if tri.c[k] != 0 {
		d.bend(s, t, k, tri.v[k])
		return
	}
	if n := tri.n[k]; n >= 0 {
		far := &d.tris[n]
		tip, q := d.pts[tri.v[k]], d.pts[far.v[far.sideOf(t)]]
		if orient(tip, d.pts[tri.v[next(k)]], q) > 0 && orient(tip, q, d.pts[tri.v[prev(k)]]) > 0 {
			d.flip(t, k)
			return
		}
	}
	// Two flat triangles back to back: the segment gives way.
	d.pending = d.pending[:len(d.pending)-1]
	d.via(s, tri.v[k])
}

// longest returns the longest edge of t.
func (d *plane) longest(t int32) int {
	tri := &d.tris[t]
	k, most := 0, 0.0
	for i := range 3 {
		e := d.pts[tri.v[next(i)]].Sub(d.pts[tri.v[prev(i)]])
		if l := e.Dot(e); l > most {
			k, most = i, l
		}
	}
	return k
}

// bend makes the line along edge i of t, which s meets, run through the point v.
func (d *plane) bend(s planeSegment, t int32, i int, v int32) {
	p, q := d.tris[t].v[next(i)], d.tris[t].v[prev(i)]
	old := d.takeLine(t, i)
	d.pending = append(d.pending, planeSegment{p, v, old, s.snaps}, planeSegment{v, q, old, s.snaps})
}

// clear flips the edges that the segment crosses out of its way, then draws it
// (Sloan 1993).
func (d *plane) clear(s planeSegment) error {
	a, b := d.pts[s.a], d.pts[s.b]
	queue := d.crossed
	idle := 0
	for head := 0; head < len(queue); head++ {
		if err := d.budget.Spend(1); err != nil {
			return err
		}
		e := queue[head]
		t, i := d.findEdge(e[0], e[1])
		if t < 0 {
			return fmt.Errorf("%w: edge lost while drawing a line", ErrInvalid)
		}
		tri := &d.tris[t]
		far := &d.tris[tri.n[i]]
		x, y := tri.v[i], far.v[far.sideOf(t)]
		px, py, pu, pv := d.pts[x], d.pts[y], d.pts[tri.v[next(i)]], d.pts[tri.v[prev(i)]]
		if !(orient(px, pu, py) > 0 && orient(px, py, pv) > 0) {
			queue = append(queue, e)
			if idle++; idle > 2*(len(queue)-head)+8 {
				return fmt.Errorf("%w: edges in the way of a line do not flip", ErrInvalid)
			}
			continue
		}
		idle = 0
		d.flip(t, i)
		if x != s.a && x != s.b && y != s.a && y != s.b && (orient(a, b, px) > 0) != (orient(a, b, py) > 0) {
			queue = append(queue, [2]int32{x, y})
		}
	}
	d.crossed = queue
	t, i := d.findEdge(s.a, s.b)
	if t < 0 {
		return fmt.Errorf("%w: line from %v to %v not drawn", ErrInvalid, a, b)
	}
	d.addLine(t, i, s)
	return nil
}

// findEdge returns the triangle that has the edge from u to v in this direction,
// and the edge's number in it.
func (d *plane) findEdge(u, v int32) (t int32, i int) {
	start := d.at[u]
	// The second round turns the other way: around an enclosing point the
	// triangles are no full circle.
	for _, way := range [2]func(int) int{next, prev} {
		for t = start; t >= 0; {
			k := d.tris[t].indexOf(u)
			if d.tris[t].v[next(k)] == v {
				return t, prev(k)
			}
			if t = d.tris[t].n[way(k)]; t == start {
				return -1, 0
			}
		}
	}
	return -1, 0
}

// addLine adds the weight of s to the edge i of t, whose ends are those of s.
func (d *plane) addLine(t int32, i int, s planeSegment) {
	w := s.w
	if s.a > s.b {
		w = w.negated()
	}
	tri := &d.tris[t]
	if line := tri.c[i]; line != 0 {
		d.lines[line] = d.lines[line].add(w)
		return
	}
	d.lines = append(d.lines, w)
	d.setLine(t, i, int32(len(d.lines)-1))
}

// takeLine removes the line along the edge i of t and returns its weight from
// the edge's next to its previous corner.
func (d *plane) takeLine(t int32, i int) weight {
	tri := &d.tris[t]
	w := d.lines[tri.c[i]]
	if tri.v[next(i)] > tri.v[prev(i)] {
		w = w.negated()
	}
	d.setLine(t, i, 0)
	return w
}

func (d *plane) setLine(t int32, i int, line int32) {
	tri := &d.tris[t]
	tri.c[i] = line
	if n := tri.n[i]; n >= 0 {
		far := &d.tris[n]
		far.c[far.sideOf(t)] = line
	}
}
