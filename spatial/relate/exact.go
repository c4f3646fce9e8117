package relate

import (
	"math"
	"math/big"
)

// xy is a position.
type xy struct{ x, y float64 }

// orient returns 1 when c lies to the left of the line from a to b, -1 to the right, 0 on it.
//
// The error bound is that of Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast
// Robust Geometric Predicates (1997), for the simple evaluation.
func orient(a, b, c xy) int {
	left, right := (a.x-c.x)*(b.y-c.y), (a.y-c.y)*(b.x-c.x)
	det := left - right
	const bound = 3.3306690738754716e-16
	if limit := bound * (math.Abs(left) + math.Abs(right)); det > limit {
		return 1
	} else if det < -limit {
		return -1
	}
	if left == 0 && right == 0 && exactZero(a, b, c) {
		return 0
	}
	return cross(a, b, rational{new(big.Rat).SetFloat64(c.x), new(big.Rat).SetFloat64(c.y)}).Sign()
}

// exactZero reports cases in which both products are zero because a difference is, which a
// float says exactly.
func exactZero(a, b, c xy) bool {
	return (a.x == c.x || b.y == c.y) && (a.y == c.y || b.x == c.x)
}

// rational is a position on a segment that no float may hold.
type rational struct{ x, y *big.Rat }

func rat(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }

// cross returns (b-a)×(c-a): positive when c lies to the left of the line from a to b.
func cross(a, b xy, c rational) *big.Rat {
	ax, ay := rat(a.x), rat(a.y)
	dx, dy := rat(b.x), rat(b.y)
	dx.Sub(dx, ax)
	dy.Sub(dy, ay)
	ex, ey := new(big.Rat).Sub(c.x, ax), new(big.Rat).Sub(c.y, ay)
	return dx.Sub(dx.Mul(dx, ey), dy.Mul(dy, ex))
}

// fraction returns which part of the segment from a to b lies before the position c on it.
func fraction(a, b, c xy) *big.Rat {
	from, to, at := a.x, b.x, c.x
	if math.Abs(b.y-a.y) > math.Abs(b.x-a.x) {
		from, to, at = a.y, b.y, c.y
	}
	whole, part := rat(to), rat(at)
	whole.Sub(whole, rat(from))
	part.Sub(part, rat(from))
	return part.Quo(part, whole)
}

// crossing returns which part of the segment s lies before its crossing with t.
func crossing(s, t segment) *big.Rat {
	before := cross(t.a, t.b, rational{rat(s.a.x), rat(s.a.y)})
	behind := cross(t.a, t.b, rational{rat(s.b.x), rat(s.b.y)})
	return before.Quo(before, new(big.Rat).Sub(before, behind))
}

// along returns the position at a part of the segment.
func (s segment) along(part *big.Rat) rational {
	at := func(from, to float64) *big.Rat {
		d := rat(to)
		d.Sub(d, rat(from))
		return d.Add(d.Mul(d, part), rat(from))
	}
	return rational{at(s.a.x, s.b.x), at(s.a.y, s.b.y)}
}
