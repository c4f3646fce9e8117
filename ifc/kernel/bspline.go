package kernel

import (
	"fmt"
	"math"
	"sort"
)

// maxDegree bounds the degree of a B-spline.
const maxDegree = 32

// BSpline is a B-spline curve in space; with Weights it is rational.
type BSpline struct {
	Degree int
	Points []Vec3
	// Knots holds every knot as often as its multiplicity:
	// len(Points) + Degree + 1 of them, not decreasing.
	Knots   []float64
	Weights []float64
}

// Validate returns an error that wraps ErrInvalid when the numbers of points,
// knots and weights do not fit.
func (c *BSpline) Validate() error {
	n := len(c.Points)
	switch {
	case c.Degree < 1 || c.Degree > maxDegree:
		return fmt.Errorf("b-spline: %w: degree %d", ErrInvalid, c.Degree)
	case n < c.Degree+1:
		return fmt.Errorf("b-spline: %w: %d points for degree %d", ErrInvalid, n, c.Degree)
	case len(c.Knots) != n+c.Degree+1:
		return fmt.Errorf("b-spline: %w: %d knots for %d points of degree %d", ErrInvalid, len(c.Knots), n, c.Degree)
	case c.Weights != nil && len(c.Weights) != n:
		return fmt.Errorf("b-spline: %w: %d weights for %d points", ErrInvalid, len(c.Weights), n)
	}
	for i := 1; i < len(c.Knots); i++ {
		if !(c.Knots[i] >= c.Knots[i-1]) {
			return fmt.Errorf("b-spline: %w: knot %d decreases", ErrInvalid, i)
		}
	}
	for i, w := range c.Weights {
		if !(w > 0) {
			return fmt.Errorf("b-spline: %w: weight %d is %v", ErrInvalid, i, w)
		}
	}
	if lo, hi := c.Range(); !(hi > lo) || math.IsInf(hi-lo, 0) {
		return fmt.Errorf("b-spline: %w: knots from %v to %v", ErrInvalid, lo, hi)
	}
	return nil
}

// Range returns the parameters at which the curve begins and ends.
func (c *BSpline) Range() (lo, hi float64) {
	return c.Knots[c.Degree], c.Knots[len(c.Points)]
}

// At returns the point of the curve at parameter u, which is kept within its range.
func (c *BSpline) At(u float64) Vec3 {
	var buf [maxDegree + 1][4]float64
	k := span(c.Knots, c.Degree, len(c.Points), u)
	lo, hi := c.Range()
	u = math.Max(lo, math.Min(hi, u))
	for j := 0; j <= c.Degree; j++ {
		i := k - c.Degree + j
		w := 1.0
		if c.Weights != nil {
			w = c.Weights[i]
		}
		p := c.Points[i]
		buf[j] = [4]float64{p[0] * w, p[1] * w, p[2] * w, w}
	}
	deBoor(buf[:c.Degree+1], c.Knots, k, c.Degree, u)
	h := buf[c.Degree]
	return Vec3{h[0] / h[3], h[1] / h[3], h[2] / h[3]}
}

// span returns the index of the knot interval that holds u.
func span(knots []float64, degree, points int, u float64) int {
	k := sort.Search(points-degree, func(i int) bool { return knots[degree+1+i] > u }) + degree
	return min(k, lastSpan(knots, degree, points))
}

// lastSpan returns the last interval that is not empty.
func lastSpan(knots []float64, degree, points int) int {
	k := points - 1
	for k > degree && knots[k] == knots[k+1] {
		k--
	}
	return k
}

func deBoor(d [][4]float64, knots []float64, k, degree int, u float64) {
	for r := 1; r <= degree; r++ {
		for j := degree; j >= r; j-- {
			i := k - degree + j
			den := knots[i+degree-r+1] - knots[i]
			a := 0.0
			if den > 0 {
				a = (u - knots[i]) / den
			}
			for x := range d[j] {
				d[j][x] = (1-a)*d[j-1][x] + a*d[j][x]
			}
		}
	}
}

// Curve returns points of any curve given by a function of a parameter, within
// the tolerances. breaks are parameters that have to be met, in order; the first
// and last are the ends.
func (s Settings) Curve(at func(float64) Vec3, breaks []float64) ([]Vec3, error) {
	if len(breaks) < 2 {
		return nil, fmt.Errorf("curve: %w: no range", ErrInvalid)
	}
	out := []Vec3{at(breaks[0])}
	for i := 1; i < len(breaks); i++ {
		if breaks[i] <= breaks[i-1] {
			continue
		}
		// Four pieces at least, so that an S is not taken for a line.
		const pieces = 4
		from := out[len(out)-1]
		for k := range pieces {
			a := breaks[i-1] + (breaks[i]-breaks[i-1])*float64(k)/pieces
			b := breaks[i-1] + (breaks[i]-breaks[i-1])*float64(k+1)/pieces
			to := at(b)
			var err error
			if out, err = s.refine(out, at, a, b, from, to, 0); err != nil {
				return nil, fmt.Errorf("curve: %w", err)
			}
			from = to
		}
	}
	for _, p := range out {
		if !p.IsFinite() {
			return nil, fmt.Errorf("curve: %w: a point is not finite", ErrInvalid)
		}
	}
	return s.thinned(out), nil
}

// refine appends the points from a (already there) to b.
func (s Settings) refine(out []Vec3, at func(float64) Vec3, a, b float64, from, to Vec3, depth int) ([]Vec3, error) {
	if err := s.Budget.Spend(2); err != nil {
		return nil, err
	}
	mid := (a + b) / 2
	p := at(mid)
	const deepest = 12
	chord, turn := to.Sub(from), 0.0
	in, leave := p.Sub(from), to.Sub(p)
	if in.Len() > 0 && leave.Len() > 0 {
		turn = math.Atan2(in.Cross(leave).Len(), in.Dot(leave))
	}
	off := in.Len()
	if l := chord.Len(); l > 0 {
		off = math.Min(off, in.Cross(chord).Len()/l)
	}
	flat := off <= s.chord() && turn <= s.maxTurn()
	tiny := chord.Len() < s.merge() && off < s.merge()
	if flat || tiny || depth >= deepest || !p.IsFinite() {
		return append(out, to), nil
	}
	out, err := s.refine(out, at, a, mid, from, p, depth+1)
	if err != nil {
		return nil, err
	}
	return s.refine(out, at, mid, b, p, to, depth+1)
}

// thinned drops points that lie on the line of their neighbours.
func (s Settings) thinned(pts []Vec3) []Vec3 {
	if len(pts) < 3 {
		return pts
	}
	out := pts[:1:1]
	for i := 1; i+1 < len(pts); i++ {
		a, p, b := out[len(out)-1], pts[i], pts[i+1]
		d := b.Sub(a)
		if p.Sub(a).Cross(d).Len() > 1e-7*d.Len() || p.Sub(a).Dot(d) < 0 || b.Sub(p).Dot(d) < 0 {
			out = append(out, p)
		}
	}
	return append(out, pts[len(pts)-1])
}

// Polyline returns the points of the curve within the tolerances.
func (c *BSpline) Polyline(s Settings) ([]Vec3, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Degree == 1 && c.Weights == nil {
		return c.Points, nil
	}
	lo, hi := c.Range()
	breaks := []float64{lo}
	for _, k := range c.Knots {
		if k > breaks[len(breaks)-1] && k <= hi {
			breaks = append(breaks, k)
		}
	}
	return s.Curve(c.At, breaks)
}

// Knots spells out knots by their multiplicities; nil when they do not fit.
func Knots(values []float64, multiplicities []int) []float64 {
	if len(values) != len(multiplicities) {
		return nil
	}
	var out []float64
	for i, v := range values {
		if m := multiplicities[i]; m < 1 || m > maxDegree+1 {
			return nil
		}
		for range multiplicities[i] {
			out = append(out, v)
		}
	}
	return out
}
