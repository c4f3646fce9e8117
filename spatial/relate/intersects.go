package relate

// apart reports whether the boxes around two shapes share nothing; that around an empty one
// never does.
func (s *Shape) apart(o *Shape) bool {
	return !(s.box[0] <= o.box[2] && o.box[0] <= s.box[2] && s.box[1] <= o.box[3] && o.box[1] <= s.box[3])
}

// Intersects reports whether two shapes share a point.
func Intersects(a, b *Shape) bool {
	if a.IsEmpty() || b.IsEmpty() || a.apart(b) {
		return false
	}
	for _, m := range a.members {
		if Intersects(m, b) {
			return true
		}
	}
	for _, m := range b.members {
		if a.members == nil && Intersects(a, m) {
			return true
		}
	}
	if a.members != nil || b.members != nil {
		return false
	}
	if a.dim > b.dim {
		a, b = b, a
	}
	if a.dim == 0 {
		for _, p := range a.points {
			if b.locate(p) != exterior {
				return true
			}
		}
		return false
	}
	return a.segmentsMeet(b) || a.reachesInto(b) || b.reachesInto(a)
}

// Covers reports whether a position lies in the shape or on its boundary. It is the cheap half
// of Intersects: a geometry of which it holds need not be made a Shape.
func (s *Shape) Covers(x, y float64) bool {
	for _, m := range s.members {
		if m.Covers(x, y) {
			return true
		}
	}
	return s.members == nil && s.locate(xy{x, y}) != exterior
}

// Beside reports whether a rectangle lies inside an area or outside of it; sure is false where
// the area's boundary comes near the rectangle, and for shapes that are no area. What lies in
// such a rectangle need not be made a Shape.
func (s *Shape) Beside(west, south, east, north float64) (inside, sure bool) {
	if s.dim != 2 || s.members != nil {
		return false, false
	}
	around := segment{xy{west, south}, xy{east, north}}
	if !s.strips.between(s, around, func(i int) bool { return s.segments[i].passes(around) }) {
		return false, false
	}
	return s.locate(xy{west, south}) == interior, true
}

// passes reports that all corners of the rectangle between two positions lie on one side of
// the segment.
func (s segment) passes(r segment) bool {
	side := orient(s.a, s.b, r.a)
	return side != 0 && side == orient(s.a, s.b, r.b) && side == orient(s.a, s.b, xy{r.a.x, r.b.y}) && side == orient(s.a, s.b, xy{r.b.x, r.a.y})
}

// reachesInto reports whether a part of a lies in the area of b.
func (s *Shape) reachesInto(b *Shape) bool {
	if b.dim < 2 {
		return false
	}
	for _, p := range s.parts {
		if b.locate(p) != exterior {
			return true
		}
	}
	return false
}

func (s *Shape) segmentsMeet(b *Shape) bool {
	if len(s.segments) > len(b.segments) {
		s, b = b, s
	}
	around := segment{xy{b.box[0], b.box[1]}, xy{b.box[2], b.box[3]}}
	for _, t := range s.segments {
		if t.apart(around) {
			continue
		}
		if !b.strips.between(b, t, func(i int) bool { return !meet(t, b.segments[i]) }) {
			return true
		}
	}
	return false
}

// meet reports whether two segments share a point; their boxes do.
func meet(s, t segment) bool {
	a, b := orient(s.a, s.b, t.a), orient(s.a, s.b, t.b)
	if a == b && a != 0 {
		return false
	}
	c, d := orient(t.a, t.b, s.a), orient(t.a, t.b, s.b)
	if c == d && c != 0 {
		return false
	}
	if a == 0 && b == 0 { // on one line: then their boxes say it
		return s.holds(t.a) || s.holds(t.b) || t.holds(s.a)
	}
	return true
}
