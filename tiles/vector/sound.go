package vector

import (
	"cmp"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/tiles/mvt"
)

// Rounding can make a thin part of a polygon touch or cross itself, which no client is
// bound to draw. A checker finds such places, which are few, and mend takes the polygon
// apart there.

// checker looks for places where rings meet, and mends them. It keeps its memory.
type checker struct {
	pairs             int // of edges compared for the polygon at hand
	order             []int32
	points            []mvt.XY // of rings that mending made
	seams             []mvt.XY // where it joined rings
	work              []piece
	given, done, list [][]mvt.XY
}

// piece is a ring at work, and whether it is one with the exterior.
type piece struct {
	ring     []mvt.XY
	exterior bool
}

// maxPairs bounds how many pairs of edges are compared for one polygon, about 20 ms; what
// is not looked at is taken to be sound. A polygon of 10⁵ corners stays far below it,
// unless it was made to be slow.
const maxPairs = 4_000_000

// few is the number of edges up to which all pairs are compared; with more they are first
// sorted.
const few = 40

// simple reports whether a ring of at least three positions, cleaned of spikes and straight
// corners, nowhere touches or crosses itself.
func (c *checker) simple(ring []mvt.XY) bool {
	if convex(ring) {
		return true
	}
	if len(ring) <= few {
		return simple(ring)
	}
	_, _, meet := c.meeting(ring, nil)
	return !meet
}

// simple is the short way to the answer for the few edges that most buildings have.
func simple(ring []mvt.XY) bool {
	n := len(ring)
	a := ring[n-1]
	for i, b := range ring[:n-2] {
		// The edge a–b is the one before corner i; its neighbours are left out.
		left, right, top, bottom := min(a.X, b.X), max(a.X, b.X), min(a.Y, b.Y), max(a.Y, b.Y)
		last := n - 1
		if i == 0 {
			last = n - 2
		}
		c := ring[i+1]
		for _, d := range ring[i+2 : last+1] {
			if !(c.X < left && d.X < left || c.X > right && d.X > right || c.Y < top && d.Y < top || c.Y > bottom && d.Y > bottom) && edgesMeet(a, b, c, d) {
				return false
			}
			c = d
		}
		a = b
	}
	return true
}

// convex reports whether a ring turns one way only, and once around.
func convex(ring []mvt.XY) bool {
	n := len(ring)
	turns, climbs := 0, 0
	a, b := ring[n-2], ring[n-1]
	for _, p := range ring {
		if turn(a, b, p) > 0 {
			turns++
		}
		// Once around, the way changes between going down and going up twice.
		if (b.Y > a.Y || (b.Y == a.Y && b.X > a.X)) != (p.Y > b.Y || (p.Y == b.Y && p.X > b.X)) {
			climbs++
		}
		a, b = b, p
	}
	return (turns == 0 || turns == n) && climbs == 2
}

// meeting returns two edges of a ring that have no corner between them in common and meet,
// by the index of where they begin, the smaller first. Edges that meet elsewhere than in
// the positions to avoid come before others.
func (c *checker) meeting(ring, avoid []mvt.XY) (i, j int, meet bool) {
	n := len(ring)
	better := func(a, b int) (enough bool) {
		if a > b {
			a, b = b, a
		}
		if !apart(a, b, n) || !edgesMeet(ring[a], ring[a+1], ring[b], ring[(b+1)%n]) {
			return false
		}
		i, j, meet = a, b, true
		return len(avoid) == 0 || !slices.Contains(avoid, meetingPoint(ring[a], ring[a+1], ring[b], ring[(b+1)%n], avoid))
	}
	if n <= few {
		for a := range n {
			for b := a + 1; b < n; b++ {
				if better(a, b) {
					return i, j, true
				}
			}
		}
		return i, j, meet
	}
	c.order = c.order[:0]
	for i := range ring {
		c.order = append(c.order, int32(i))
	}
	left := func(i int32) int32 { return min(ring[i].X, ring[(int(i)+1)%n].X) }
	slices.SortFunc(c.order, func(a, b int32) int { return int(left(a)) - int(left(b)) })
	for k, a := range c.order {
		right := max(ring[a].X, ring[(int(a)+1)%n].X)
		for _, b := range c.order[k+1:] {
			if left(b) > right || c.pairs > maxPairs {
				break
			}
			c.pairs++
			if better(int(a), int(b)) {
				return i, j, true
			}
		}
	}
	return i, j, meet
}

// apart reports whether edges i < j of a ring of n are no neighbours.
func apart(i, j, n int) bool { return j > i+1 && (i != 0 || j != n-1) }

// between reports whether two rings meet, and at which edges.
func (c *checker) between(a, b []mvt.XY) (i, j int, meet bool) {
	for i := range a {
		if c.pairs += len(b); c.pairs > maxPairs {
			return 0, 0, false
		}
		p, q := a[i], a[(i+1)%len(a)]
		for j := range b {
			if edgesMeet(p, q, b[j], b[(j+1)%len(b)]) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// edgesMeet reports whether two edges share a point.
func edgesMeet(a, b, c, d mvt.XY) bool {
	if max(a.X, b.X) < min(c.X, d.X) || max(c.X, d.X) < min(a.X, b.X) || max(a.Y, b.Y) < min(c.Y, d.Y) || max(c.Y, d.Y) < min(a.Y, b.Y) {
		return false
	}
	ab, cd := sign(turn(a, b, c))*sign(turn(a, b, d)), sign(turn(c, d, a))*sign(turn(c, d, b))
	return ab <= 0 && cd <= 0
}

// edgesCross reports whether two edges share a point that is no end of either.
func edgesCross(a, b, c, d mvt.XY) bool {
	return sign(turn(a, b, c))*sign(turn(a, b, d)) < 0 && sign(turn(c, d, a))*sign(turn(c, d, b)) < 0
}

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// maxMends bounds how often one polygon is taken apart; what is still in a knot then is
// drawn as it is.
const maxMends = 500

// mend takes a polygon apart where it meets itself, and returns exteriors, each followed by
// its holes, valid until the next call. Rings are not changed.
func (c *checker) mend(rings [][]mvt.XY) [][]mvt.XY {
	c.points, c.work, c.done, c.seams = c.points[:0], c.work[:0], c.done[:0], c.seams[:0]
	// Holes that meet the exterior or each other become one ring with it: they run the other
	// way round, so that the polygon stays on the same side.
	for _, ring := range rings {
		c.join(ring)
	}
	for mends := 0; len(c.work) > 0; {
		last := c.work[len(c.work)-1]
		c.work = c.work[:len(c.work)-1]
		ring := clean(last.ring)
		if len(ring) < 3 || mvt.Area(ring) == 0 {
			continue
		}
		// Where rings were joined they are taken apart last: a hole that touches its exterior
		// in two places makes two polygons of it.
		i, j, meet := c.meeting(ring, c.seams)
		if !meet || mends == maxMends {
			if last.exterior || mvt.Area(ring) < 0 { // else a fold of a hole
				c.done = append(c.done, ring)
			}
			continue
		}
		mends++
		c.split(ring, i, j, last.exterior)
	}
	c.arrange()
	return c.list
}

// join adds a ring to the work, as part of one that it meets if there is such.
func (c *checker) join(ring []mvt.XY) {
	for k, other := range c.work {
		if i, j, meet := c.between(other.ring, ring); meet {
			c.work[k].ring = c.splice(other.ring, ring, i, j)
			return
		}
	}
	c.work = append(c.work, piece{ring: c.keep(ring, nil, nil, nil), exterior: len(c.work) == 0})
}

// keep returns a new ring of several runs of positions.
func (c *checker) keep(a, b, d, e []mvt.XY) []mvt.XY {
	from := len(c.points)
	c.points = append(append(append(append(c.points, a...), b...), d...), e...)
	return c.points[from:len(c.points):len(c.points)]
}

// clean returns a ring without repeated positions, straight corners and spikes.
func clean(ring []mvt.XY) []mvt.XY {
	out := ring[:0]
	for _, p := range ring {
		out = appendCorner(out, p)
	}
	return closeCorners(out)
}

// meetingPoint is where two edges that meet do so: at an end of one that lies on the other,
// if there is a choice not at a position to avoid, else at their crossing, rounded.
func meetingPoint(a, b, c, d mvt.XY, avoid []mvt.XY) mvt.XY {
	on := func(p, q, r mvt.XY) bool {
		return turn(p, q, r) == 0 && min(p.X, q.X) <= r.X && r.X <= max(p.X, q.X) && min(p.Y, q.Y) <= r.Y && r.Y <= max(p.Y, q.Y)
	}
	var first mvt.XY
	touches := false
	for k, p := range [4]mvt.XY{c, d, a, b} {
		if (k < 2 && !on(a, b, p)) || (k >= 2 && !on(c, d, p)) {
			continue
		}
		if !slices.Contains(avoid, p) {
			return p
		}
		if !touches {
			first, touches = p, true
		}
	}
	if touches {
		return first
	}
	rx, ry, sx, sy := float64(b.X-a.X), float64(b.Y-a.Y), float64(d.X-c.X), float64(d.Y-c.Y)
	u := (float64(c.X-a.X)*sy - float64(c.Y-a.Y)*sx) / (rx*sy - ry*sx)
	return mvt.XY{X: int32(math.Round(float64(a.X) + u*rx)), Y: int32(math.Round(float64(a.Y) + u*ry))}
}

// split takes a ring apart where its edges i < j meet: what comes between the two, and the
// rest.
func (c *checker) split(ring []mvt.XY, i, j int, exterior bool) {
	p := [1]mvt.XY{meetingPoint(ring[i], ring[i+1], ring[j], ring[(j+1)%len(ring)], c.seams)}
	c.work = append(c.work, piece{c.keep(p[:], ring[i+1:j+1], nil, nil), exterior}, piece{c.keep(p[:], ring[j+1:], ring[:i+1], nil), exterior})
}

// splice joins two rings where edge i of one meets edge j of the other.
func (c *checker) splice(a, b []mvt.XY, i, j int) []mvt.XY {
	p := [1]mvt.XY{meetingPoint(a[i], a[(i+1)%len(a)], b[j], b[(j+1)%len(b)], nil)}
	c.seams = append(c.seams, p[0])
	head := c.keep(a[:i+1], p[:], b[j+1:], b[:j+1])
	return c.keep(head, p[:], a[i+1:], nil)
}

// arrange puts each hole of what is done behind the exterior that it lies in, and leaves out
// what rounding folded: holes that lie in none, and the smaller of two rings that cross.
func (c *checker) arrange() {
	c.list = c.list[:0]
	slices.SortStableFunc(c.done, func(a, b []mvt.XY) int { return cmp.Compare(size(b), size(a)) })
	for k, ring := range c.done {
		if mvt.Area(ring) > 0 && !c.folded(k) && !c.crosses(ring) {
			c.list = append(c.list, ring)
		}
	}
	for _, ring := range c.done {
		if mvt.Area(ring) >= 0 {
			continue
		}
		for k := range c.list {
			if mvt.Area(c.list[k]) > 0 && within(c.list[k], ring) {
				if !c.knotted(ring) {
					c.list = slices.Insert(c.list, k+1, ring)
				}
				break
			}
		}
	}
}

// folded reports whether an exterior lies in another without a hole between them.
func (c *checker) folded(k int) bool {
	depth := 0
	for i, ring := range c.done {
		if i == k || !within(ring, c.done[k]) {
			continue
		}
		if mvt.Area(ring) > 0 {
			depth++
		} else {
			depth--
		}
	}
	return depth > 0
}

func size(ring []mvt.XY) int64 {
	a := mvt.Area(ring)
	return max(a, -a)
}

// crosses reports whether a ring crosses one of the list.
func (c *checker) crosses(ring []mvt.XY) bool {
	for _, other := range c.list {
		for i := range other {
			if c.pairs += len(ring); c.pairs > maxPairs {
				return false
			}
			for j := range ring {
				if edgesCross(other[i], other[(i+1)%len(other)], ring[j], ring[(j+1)%len(ring)]) {
					return true
				}
			}
		}
	}
	return false
}

// knotted reports whether a hole still crosses a ring of the list or touches it in more than
// one place. It happens to holes of a few units, which are better left out.
func (c *checker) knotted(hole []mvt.XY) bool {
	for _, ring := range c.list {
		var place mvt.XY
		touches := false
		for i := range ring {
			if c.pairs += len(hole); c.pairs > maxPairs {
				return false
			}
			p, q := ring[i], ring[(i+1)%len(ring)]
			for j := range hole {
				r, s := hole[j], hole[(j+1)%len(hole)]
				if !edgesMeet(p, q, r, s) {
					continue
				}
				at := meetingPoint(p, q, r, s, nil)
				if (touches && at != place) || edgesCross(p, q, r, s) {
					return true
				}
				// Edges along each other meet in two places.
				if other := meetingPoint(p, q, r, s, []mvt.XY{at}); other != at {
					return true
				}
				place, touches = at, true
			}
		}
	}
	return false
}

// within reports whether a ring, which may touch another but not cross it, lies in it:
// the middle of some edge of it does.
func within(outer, ring []mvt.XY) bool {
	a := ring[len(ring)-1]
	for _, b := range ring {
		switch side(outer, float64(a.X+b.X)/2, float64(a.Y+b.Y)/2) {
		case 1:
			return true
		case -1:
			return false
		}
		a = b
	}
	return false
}

// side is 1 for a point in a ring, 0 on its edge, -1 outside.
func side(ring []mvt.XY, x, y float64) int {
	in := -1
	a := ring[len(ring)-1]
	for _, b := range ring {
		ax, ay, bx, by := float64(a.X), float64(a.Y), float64(b.X), float64(b.Y)
		cross := (bx-ax)*(y-ay) - (by-ay)*(x-ax)
		if cross == 0 && min(ax, bx) <= x && x <= max(ax, bx) && min(ay, by) <= y && y <= max(ay, by) {
			return 0
		}
		if (ay > y) != (by > y) && (cross > 0) == (by > ay) {
			in = -in
		}
		a = b
	}
	return in
}
