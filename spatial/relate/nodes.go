package relate

import (
	"math"
	"math/big"
	"slices"
)

// noded is a shape whose segments are cut where they meet those of another.
type noded struct {
	*Shape
	cuts  [][]*big.Rat // by segment: the parts at which it is cut between its ends
	lines [][]overlap  // by segment: where it runs on a segment of the other
	ends  [][2]bool    // by segment: which of its ends lie on the other
}

// overlap is a part of a segment that a segment of the other shape covers.
type overlap struct {
	from, to *big.Rat
	against  bool
}

type pair struct{ a, b noded }

// nodes finds where the segments of two shapes meet and calls touch for each such position.
func nodes(a, b *Shape, touch func(p xy, proper bool)) pair {
	p := pair{nodedOf(a), nodedOf(b)}
	around := segment{xy{b.box[0], b.box[1]}, xy{b.box[2], b.box[3]}}
	for i, s := range a.segments {
		if s.apart(around) {
			continue
		}
		b.strips.between(b, s, func(j int) bool {
			p.meet(i, j, touch)
			return true
		})
	}
	return p
}

func nodedOf(s *Shape) noded {
	n := len(s.segments)
	return noded{Shape: s, cuts: make([][]*big.Rat, n), lines: make([][]overlap, n), ends: make([][2]bool, n)}
}

func (p *pair) meet(i, j int, touch func(xy, bool)) {
	s, t := p.a.segments[i], p.b.segments[j]
	a, b := orient(s.a, s.b, t.a), orient(s.a, s.b, t.b)
	if a == b && a != 0 {
		return
	}
	c, d := orient(t.a, t.b, s.a), orient(t.a, t.b, s.b)
	if c == d && c != 0 {
		return
	}
	if a != 0 && b != 0 && c != 0 && d != 0 {
		p.a.cuts[i] = append(p.a.cuts[i], crossing(s, t))
		p.b.cuts[j] = append(p.b.cuts[j], crossing(t, s))
		touch(xy{}, true)
		return
	}
	var shared []xy
	for _, q := range [2]xy{t.a, t.b} {
		if (q == t.a && a == 0 || q == t.b && b == 0) && s.holds(q) {
			shared = append(shared, q)
			p.a.cut(i, q)
			p.b.cut(j, q)
			touch(q, false)
		}
	}
	for _, q := range [2]xy{s.a, s.b} {
		if (q == s.a && c == 0 || q == s.b && d == 0) && t.holds(q) && !slices.Contains(shared, q) {
			shared = append(shared, q)
			p.a.cut(i, q)
			p.b.cut(j, q)
			touch(q, false)
		}
	}
	if a == 0 && b == 0 && len(shared) == 2 {
		against := (s.b.x-s.a.x)*(t.b.x-t.a.x)+(s.b.y-s.a.y)*(t.b.y-t.a.y) < 0
		p.a.cover(i, shared, against)
		p.b.cover(j, shared, against)
	}
}

// cut cuts a segment at a position on it.
func (n *noded) cut(i int, q xy) {
	switch s := n.segments[i]; q {
	case s.a:
		n.ends[i][0] = true
	case s.b:
		n.ends[i][1] = true
	default:
		n.cuts[i] = append(n.cuts[i], fraction(s.a, s.b, q))
	}
}

func (n *noded) cover(i int, ends []xy, against bool) {
	s := n.segments[i]
	o := overlap{from: fraction(s.a, s.b, ends[0]), to: fraction(s.a, s.b, ends[1]), against: against}
	if o.from.Cmp(o.to) > 0 {
		o.from, o.to = o.to, o.from
	}
	n.lines[i] = append(n.lines[i], o)
}

var (
	ratZero = new(big.Rat)
	ratOne  = big.NewRat(1, 1)
	ratHalf = big.NewRat(1, 2)
)

// pieces tells for each piece between cuts how it lies to the other shape.
func (n *noded) pieces(other *Shape, tell func(where)) {
	for i, s := range n.segments {
		if len(n.cuts[i]) == 0 && len(n.lines[i]) == 0 {
			tell(n.whole(i, s, other))
			continue
		}
		cuts := append([]*big.Rat{ratZero, ratOne}, n.cuts[i]...)
		slices.SortFunc(cuts, (*big.Rat).Cmp)
		for k := 1; k < len(cuts); k++ {
			if cuts[k-1].Cmp(cuts[k]) < 0 {
				tell(n.between(i, cuts[k-1], cuts[k], other))
			}
		}
	}
}

// whole judges a segment that meets the other's lines at its ends at most.
func (n *noded) whole(i int, s segment, other *Shape) where {
	switch {
	case other.dim < 2:
		return outside
	case !n.ends[i][0]:
		return at(other.locate(s.a))
	case !n.ends[i][1]:
		return at(other.locate(s.b))
	}
	return other.middle(s, ratZero, ratOne)
}

func at(p place) where {
	if p == exterior {
		return outside
	}
	return within
}

// between judges the piece of a segment between two cuts.
func (n *noded) between(i int, from, to *big.Rat, other *Shape) where {
	for _, o := range n.lines[i] {
		if o.from.Cmp(from) > 0 || o.to.Cmp(to) < 0 {
			continue
		}
		if o.against {
			return against
		}
		return alongside
	}
	if other.dim < 2 {
		return outside
	}
	return other.middle(n.segments[i], from, to)
}

// middle judges a piece that meets no line of the area between its ends by its middle.
func (s *Shape) middle(t segment, from, to *big.Rat) where {
	half := new(big.Rat).Add(from, to)
	half.Mul(half, ratHalf)
	f, _ := half.Float64()
	near := xy{t.a.x + f*(t.b.x-t.a.x), t.a.y + f*(t.b.y-t.a.y)}
	if p, sure := s.locateNear(near); sure {
		return at(p)
	}
	return at(s.inAreaExactly(t.along(half)))
}

// locateNear says where a position lies that is known to a few roundings; sure is false when
// a segment is so near that they matter.
func (s *Shape) locateNear(p xy) (of place, sure bool) {
	slack := 16 * ulp(max(math.Abs(p.x), math.Abs(p.y)))
	inside, sure := false, true
	s.strips.around(s, p.y, slack, func(i int) {
		t := s.segments[i]
		if p.y < t.low()-slack || p.y > t.high()+slack || p.x > max(t.a.x, t.b.x)+slack {
			return
		}
		if math.Abs(t.a.y-p.y) <= slack || math.Abs(t.b.y-p.y) <= slack {
			sure = false
			return
		}
		dx, dy := t.b.x-t.a.x, t.b.y-t.a.y
		side := dx*(p.y-t.a.y) - dy*(p.x-t.a.x)
		if math.Abs(side) <= 4*slack*(math.Abs(dx)+math.Abs(dy)) {
			sure = false
			return
		}
		if (t.a.y > p.y) != (t.b.y > p.y) && (side > 0) == (dy > 0) {
			inside = !inside
		}
	})
	if inside {
		return interior, sure
	}
	return exterior, sure
}
