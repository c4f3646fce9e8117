package vector

import (
	"slices"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// polygonClipper cuts a polygon with its holes off at a rectangle so that sound polygons
// stay sound: one that falls into parts gives a ring for each.
//
// Inside the rectangle the rings leave chains, from where they enter to where they leave.
// Along an exterior as along a hole the polygon lies to the right, so from the end of a
// chain its boundary goes on clockwise along the rectangle to the next beginning. Rings
// that stay inside are kept as they are. Results are valid until the next polygon.
type polygonClipper struct {
	rect   memory.Rect
	points []memory.World // of chains, whole rings and results
	chains []chain
	rings  []span // kept as they are
	out    []span // the result
	// The rectangle lies wholly in the exterior, wholly in a hole.
	exterior, hole bool
}

// span is a run of points.
type span struct {
	from, to int
	hole     bool
}

// chain is a run of points that begins and ends on the rectangle's edge.
type chain struct {
	span
	start, end uint64 // places along the edge
	// notch says that it ends where it began, around something that is not the polygon's, so
	// that the boundary goes on all around the rectangle.
	notch bool
	used  bool
}

// begin begins a polygon.
func (c *polygonClipper) begin(r memory.Rect) {
	c.rect = r
	c.points, c.chains, c.rings, c.out = c.points[:0], c.chains[:0], c.rings[:0], c.out[:0]
	c.exterior, c.hole = false, false
}

// add adds a ring, the exterior first.
func (c *polygonClipper) add(ring []memory.World, hole bool) {
	inside := true
	for _, p := range ring {
		if p.X < c.rect.MinX || p.X > c.rect.MaxX || p.Y < c.rect.MinY || p.Y > c.rect.MaxY {
			inside = false
			break
		}
	}
	if inside {
		from := len(c.points)
		c.points = append(c.points, ring...)
		c.rings = append(c.rings, span{from, len(c.points), hole})
		return
	}
	if c.cut(ring) {
		return
	}
	// No part of the ring runs through the rectangle: it is wholly within or without.
	if surrounds(ring, c.rect) {
		c.exterior, c.hole = c.exterior || !hole, c.hole || hole
	}
}

// cut adds the chains that a ring leaves in the rectangle and reports whether there are any.
func (c *polygonClipper) cut(ring []memory.World) bool {
	first := len(c.chains)
	from := len(c.points)
	open := false // the run at hand may go on
	p := ring[len(ring)-1]
	for _, q := range ring {
		a, b, ok := segment(p, q, c.rect)
		if ok {
			if !open || len(c.points) == from || c.points[len(c.points)-1] != a {
				c.finish(from)
				from = len(c.points)
				c.points = append(c.points, a)
			}
			c.points = appendNew(c.points, b)
			open = b == q
		}
		p = q
	}
	// The last run goes on in the first when the ring begins inside.
	if last := c.points[from:]; open && len(c.chains) > first && len(last) > 0 {
		if head := c.chains[first].span; c.points[head.from] == last[len(last)-1] {
			c.points = append(c.points, c.points[head.from+1:head.to]...)
			c.chains = slices.Delete(c.chains, first, first+1)
		}
	}
	c.finish(from)
	kept := c.chains[:first]
	for _, ch := range c.chains[first:] {
		if c.trim(&ch) {
			kept = append(kept, ch)
		}
	}
	c.chains = kept
	return len(c.chains) > first
}

// finish makes a chain of the points from a place on.
func (c *polygonClipper) finish(from int) {
	if len(c.points) > from {
		c.chains = append(c.chains, chain{span: span{from: from, to: len(c.points)}})
	}
}

// trim takes from both ends what runs along the rectangle's edge, which the way around
// brings back where it belongs, and reports whether anything is left.
func (c *polygonClipper) trim(ch *chain) bool {
	for ch.to-ch.from >= 2 && c.along(c.points[ch.from], c.points[ch.from+1]) {
		ch.from++
	}
	for ch.to-ch.from >= 2 && c.along(c.points[ch.to-1], c.points[ch.to-2]) {
		ch.to--
	}
	if ch.to-ch.from < 2 {
		return false
	}
	ch.start, ch.end = c.place(c.points[ch.from]), c.place(c.points[ch.to-1])
	if ch.start == ch.end {
		area := memory.Area(c.points[ch.from : ch.to-1])
		ch.notch = area < 0
		return area != 0
	}
	return true
}

// along reports whether a segment lies on a side of the rectangle.
func (c *polygonClipper) along(p, q memory.World) bool {
	return (p.X == q.X && (p.X == c.rect.MinX || p.X == c.rect.MaxX)) || (p.Y == q.Y && (p.Y == c.rect.MinY || p.Y == c.rect.MaxY))
}

// place is how far a point of the edge lies from the north-west corner, clockwise.
func (c *polygonClipper) place(p memory.World) uint64 {
	w, h := uint64(c.rect.MaxX-c.rect.MinX), uint64(c.rect.MaxY-c.rect.MinY)
	switch {
	case p.Y == c.rect.MinY:
		return uint64(p.X - c.rect.MinX)
	case p.X == c.rect.MaxX:
		return w + uint64(p.Y-c.rect.MinY)
	case p.Y == c.rect.MaxY:
		return w + h + uint64(c.rect.MaxX-p.X)
	}
	return 2*w + h + uint64(c.rect.MaxY-p.Y)
}

// end returns the rings that are left: exteriors, each followed by its holes. It reports
// false for a polygon whose rings cross, which is none.
func (c *polygonClipper) end() ([]span, bool) {
	switch {
	case len(c.chains) > 0:
		if !c.link() {
			return nil, false
		}
	case c.hole:
		return nil, true
	case c.exterior:
		from := len(c.points)
		c.points = append(c.points, corner(c.rect, 0), corner(c.rect, 1), corner(c.rect, 2), corner(c.rect, 3))
		c.out = append(c.out, span{from: from, to: len(c.points)})
	}
	for _, r := range c.rings {
		if !r.hole {
			c.out = append(c.out, r)
		} else if len(c.out) > 0 {
			c.out = slices.Insert(c.out, c.home(r), r)
		}
	}
	return c.out, true
}

// home returns the place behind the exterior that a hole lies in, the last where rounding
// hides it.
func (c *polygonClipper) home(hole span) int {
	at := len(c.out)
	for i := len(c.out) - 1; i >= 0; i-- {
		if c.out[i].hole {
			continue
		}
		if contains(c.points[c.out[i].from:c.out[i].to], c.points[hole.from]) {
			return at
		}
		at = i
	}
	return len(c.out)
}

// ring returns the points of a result.
func (c *polygonClipper) ring(r span) []memory.World { return c.points[r.from:r.to] }

// link joins chains to rings. It reports false when they are in a knot.
func (c *polygonClipper) link() bool {
	slices.SortFunc(c.chains, func(a, b chain) int {
		if a.start != b.start {
			if a.start < b.start {
				return -1
			}
			return 1
		}
		return 0
	})
	for i := range c.chains {
		if c.chains[i].used {
			continue
		}
		from := len(c.points)
		for at := i; ; {
			ch := &c.chains[at]
			if ch.used {
				return false
			}
			ch.used = true
			c.points = append(c.points, c.points[ch.from:ch.to]...)
			next := c.next(at)
			c.around(ch.end, c.chains[next].start, ch.notch && next == at)
			if next == i {
				break
			}
			at = next
		}
		c.out = append(c.out, span{from: from, to: len(c.points)})
	}
	return true
}

// next returns the chain that begins next, clockwise from the end of one.
func (c *polygonClipper) next(at int) int {
	ch := &c.chains[at]
	next, _ := slices.BinarySearchFunc(c.chains, ch.end, func(o chain, end uint64) int {
		if o.start < end {
			return -1
		}
		return 1
	})
	if next == at && ch.notch {
		next++
	}
	return next % len(c.chains)
}

// around adds the corners between two places of the edge, clockwise; between a place and
// itself none, or all.
func (c *polygonClipper) around(from, to uint64, all bool) {
	w, h := uint64(c.rect.MaxX-c.rect.MinX), uint64(c.rect.MaxY-c.rect.MinY)
	round := 2 * (w + h)
	if to < from || (all && to == from) {
		to += round
	}
	places := [4]uint64{0, w, w + h, 2*w + h}
	for turn := range uint64(2) {
		for k, p := range places {
			if p += turn * round; p > from && p < to {
				c.points = appendNew(c.points, corner(c.rect, k))
			}
		}
	}
}

// corner returns the k-th corner, clockwise from the north-west.
func corner(r memory.Rect, k int) memory.World {
	switch k {
	case 0:
		return memory.World{X: r.MinX, Y: r.MinY}
	case 1:
		return memory.World{X: r.MaxX, Y: r.MinY}
	case 2:
		return memory.World{X: r.MaxX, Y: r.MaxY}
	}
	return memory.World{X: r.MinX, Y: r.MaxY}
}

// surrounds reports whether the rectangle, through which no part of the ring runs, lies in
// the ring.
func surrounds(ring []memory.World, r memory.Rect) bool {
	return contains(ring, memory.World{X: r.MinX + (r.MaxX-r.MinX)/2, Y: r.MinY + (r.MaxY-r.MinY)/2})
}

// contains reports whether a point lies in an open ring, by the number of edges that a ray
// to the east crosses.
func contains(ring []memory.World, p memory.World) bool {
	in := false
	a := ring[len(ring)-1]
	for _, b := range ring {
		if (a.Y > p.Y) != (b.Y > p.Y) {
			x := float64(a.X) + (float64(b.X)-float64(a.X))*(float64(p.Y)-float64(a.Y))/(float64(b.Y)-float64(a.Y))
			if float64(p.X) < x {
				in = !in
			}
		}
		a = b
	}
	return in
}
