package relate

// The relations are those of OGC 06-103r4 §6.1.15.3.

// Equals reports whether two shapes are the same set of points; two empty ones are.
func Equals(a, b *Shape) bool {
	if a.IsEmpty() || b.IsEmpty() {
		return a.IsEmpty() && b.IsEmpty()
	}
	return a.box == b.box && Relate(a, b).is("T*F**FFF*")
}

// Disjoint reports whether two shapes share no point.
func Disjoint(a, b *Shape) bool { return !Intersects(a, b) }

// Touches reports whether two shapes share points, but no interior ones.
func Touches(a, b *Shape) bool {
	if a.dim == 0 && b.dim == 0 || !Intersects(a, b) {
		return false
	}
	m := Relate(a, b)
	return m.is("FT*******") || m.is("F**T*****") || m.is("F***T****")
}

// Within reports whether a lies in b: nothing of it outside, and some of it in the interior.
func Within(a, b *Shape) bool {
	return a.inBox(b) && Relate(a, b).is("T*F**F***")
}

// Contains reports whether b lies in a.
func Contains(a, b *Shape) bool { return Within(b, a) }

// Overlaps reports whether shapes of one dimension share some of their interiors, and that
// of the same dimension, but neither holds the other.
func Overlaps(a, b *Shape) bool {
	if a.dim != b.dim || a.apart(b) {
		return false
	}
	form := "T*T***T**"
	if a.dim == 1 {
		form = "1*T***T**"
	}
	return Relate(a, b).is(form)
}

// Crosses reports whether shapes share some of their interiors, in a dimension below that of
// the greater one, and not all of the smaller.
func Crosses(a, b *Shape) bool {
	if a.apart(b) {
		return false
	}
	switch {
	case a.dim == 1 && b.dim == 1:
		return Relate(a, b).is("0********")
	case a.dim < b.dim:
		return Relate(a, b).is("T*T******")
	case a.dim > b.dim:
		return Relate(a, b).is("T*****T**")
	}
	return false
}

// inBox reports whether the box around s lies in that around o.
func (s *Shape) inBox(o *Shape) bool {
	return s.box[0] >= o.box[0] && s.box[1] >= o.box[1] && s.box[2] <= o.box[2] && s.box[3] <= o.box[3]
}
