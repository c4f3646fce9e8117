package kernel

import "math"

// orient returns a positive number when c lies to the left of the line from a to
// b, a negative number when it lies to the right, and zero exactly when the
// three points are collinear. The sign is exact for all finite input that does
// not under- or overflow.
func orient(a, b, c Vec2) float64 {
	// The conversions keep the compiler from fusing the products: the error
	// bound holds for separately rounded operations.
	l := float64((a[0] - c[0]) * (b[1] - c[1]))
	r := float64((a[1] - c[1]) * (b[0] - c[0]))
	det := l - r
	// Shewchuk, Adaptive precision floating-point arithmetic, 1997: (3 + 16ε)ε.
	const bound = 3.3306690738754716e-16
	if e := bound * (math.Abs(l) + math.Abs(r)); det > e || -det > e {
		return det
	}
	return orientExact(a, b, c)
}

// orientExact sums the six products of the determinant without rounding and
// returns the leading term.
func orientExact(a, b, c Vec2) float64 {
	var e expansion
	e.addProduct(a[0], b[1])
	e.addProduct(-a[0], c[1])
	e.addProduct(b[0], c[1])
	e.addProduct(-b[0], a[1])
	e.addProduct(c[0], a[1])
	e.addProduct(-c[0], b[1])
	return e.leading()
}

// expansion is an unrounded sum: terms that do not overlap, smallest first.
type expansion struct {
	term [12]float64
	n    int
}

func (e *expansion) addProduct(a, b float64) {
	p := float64(a * b)
	e.add(math.FMA(a, b, -p))
	e.add(p)
}

// add adds one number and drops the terms that become zero.
func (e *expansion) add(x float64) {
	n := 0
	for i := range e.n {
		t := e.term[i]
		sum := float64(x + t)
		virtual := float64(sum - x)
		rest := float64(x-float64(sum-virtual)) + float64(t-virtual)
		if rest != 0 {
			e.term[n] = rest
			n++
		}
		x = sum
	}
	if x != 0 && n < len(e.term) {
		e.term[n] = x
		n++
	}
	e.n = n
}

func (e *expansion) leading() float64 {
	if e.n == 0 {
		return 0
	}
	return e.term[e.n-1]
}

// surelyInCircle reports whether d lies inside the circle through a, b, c
// (counter-clockwise), and says no when rounding leaves it open: edges are only
// flipped when that is an improvement beyond doubt, so flipping ends.
func surelyInCircle(a, b, c, d Vec2) bool {
	ax, ay := a[0]-d[0], a[1]-d[1]
	bx, by := b[0]-d[0], b[1]-d[1]
	cx, cy := c[0]-d[0], c[1]-d[1]
	aq, bq, cq := ax*ax+ay*ay, bx*bx+by*by, cx*cx+cy*cy
	bc1, bc2 := bx*cy, cx*by
	ca1, ca2 := cx*ay, ax*cy
	ab1, ab2 := ax*by, bx*ay
	det := aq*(bc1-bc2) + bq*(ca1-ca2) + cq*(ab1-ab2)
	size := aq*(math.Abs(bc1)+math.Abs(bc2)) + bq*(math.Abs(ca1)+math.Abs(ca2)) + cq*(math.Abs(ab1)+math.Abs(ab2))
	// Shewchuk's bound is (10 + 96ε)ε ≈ 1.1102e-15.
	return det > 1.2e-15*size
}
