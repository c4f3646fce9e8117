package kernel

import (
	"fmt"
	"math"
)

// BSplineSurface is a B-spline surface in space; with Weights it is rational.
// Its parameters are those of its knots. The zero value is no surface: Prepare
// checks it and makes it one.
type BSplineSurface struct {
	Degree [2]int
	// Points and Weights run fastest along the second parameter: point (i, j) is
	// at i·Count[1] + j.
	Count   [2]int
	Points  []Vec3
	Weights []float64
	// Knots holds, for both directions, every knot as often as its multiplicity.
	Knots [2][]float64

	domain  Domain
	samples []Vec3 // on a grid, to begin a search from
	grid    [2]int
}

// Prepare checks the numbers, and finds where the surface closes and has poles. It
// returns an error that wraps ErrInvalid when counts do not fit.
func (s *BSplineSurface) Prepare() error {
	if len(s.Points) != s.Count[0]*s.Count[1] {
		return fmt.Errorf("b-spline surface: %w: %d points, want %d × %d", ErrInvalid, len(s.Points), s.Count[0], s.Count[1])
	}
	for d := range 2 {
		// A row of points with the knots of a direction is checked as a curve is.
		row := BSpline{Degree: s.Degree[d], Points: make([]Vec3, s.Count[d]), Knots: s.Knots[d]}
		if err := row.Validate(); err != nil {
			return fmt.Errorf("b-spline surface, direction %d: %w", d+1, err)
		}
		s.domain.Lo[d], s.domain.Hi[d] = row.Range()
	}
	if s.Weights != nil && len(s.Weights) != len(s.Points) {
		return fmt.Errorf("b-spline surface: %w: %d weights for %d points", ErrInvalid, len(s.Weights), len(s.Points))
	}
	for i, p := range s.Points {
		if !p.IsFinite() || s.Weights != nil && !(s.Weights[i] > 0 && s.Weights[i] < inf) {
			return fmt.Errorf("b-spline surface: %w: point %d or its weight", ErrInvalid, i)
		}
	}
	s.sample()
	s.findSeams()
	return nil
}

// sample fills the grid that searches begin from.
func (s *BSplineSurface) sample() {
	for d := range 2 {
		s.grid[d] = min(max(2*s.Count[d], 8), 64)
	}
	s.samples = make([]Vec3, 0, (s.grid[0]+1)*(s.grid[1]+1))
	for i := range s.grid[0] + 1 {
		for j := range s.grid[1] + 1 {
			s.samples = append(s.samples, s.At(s.gridAt(i, j)))
		}
	}
}

func (s *BSplineSurface) gridAt(i, j int) Vec2 {
	lo, hi := s.domain.Lo, s.domain.Hi
	return Vec2{
		lo[0] + (hi[0]-lo[0])*float64(i)/float64(s.grid[0]),
		lo[1] + (hi[1]-lo[1])*float64(j)/float64(s.grid[1]),
	}
}

func (s *BSplineSurface) gridPoint(i, j int) Vec3 { return s.samples[i*(s.grid[1]+1)+j] }

// findSeams looks where opposite borders coincide and where a border is a point.
func (s *BSplineSurface) findSeams() {
	const same = 1e-6
	for d := range 2 {
		along := s.grid[1-d]
		border := func(at, k int) Vec3 {
			if d == 0 {
				return s.gridPoint(at, k)
			}
			return s.gridPoint(k, at)
		}
		closed, lo, hi := true, true, true
		for k := range along + 1 {
			closed = closed && border(0, k).Sub(border(s.grid[d], k)).Len() < same
			lo = lo && border(0, k).Sub(border(0, 0)).Len() < same
			hi = hi && border(s.grid[d], k).Sub(border(s.grid[d], 0)).Len() < same
		}
		s.domain.PoleLo[d], s.domain.PoleHi[d] = lo, hi
		s.domain.Closed[d] = closed && !lo
	}
}

// Domain is the range of the knots.
func (s *BSplineSurface) Domain() Domain { return s.domain }

// within wraps closed directions and keeps open ones within their range.
func (s *BSplineSurface) within(uv Vec2) Vec2 {
	for d := range uv {
		lo, hi := s.domain.Lo[d], s.domain.Hi[d]
		if p := s.domain.period(d); p > 0 && (uv[d] < lo || uv[d] > hi) {
			uv[d] -= p * math.Floor((uv[d]-lo)/p)
		}
		uv[d] = math.Max(lo, math.Min(hi, uv[d]))
	}
	return uv
}

// At returns the point at parameters.
func (s *BSplineSurface) At(uv Vec2) Vec3 {
	p, _, _ := s.eval(uv)
	return p
}

// Normal returns the unit normal at parameters.
func (s *BSplineSurface) Normal(uv Vec2) Vec3 {
	_, du, dv := s.eval(uv)
	n := du.Cross(dv)
	if !(n.Len() > 1e-12*(du.Dot(du)+dv.Dot(dv))) {
		return Vec3{}
	}
	return n.Unit()
}

// eval returns the point and the derivatives along both parameters.
func (s *BSplineSurface) eval(uv Vec2) (p, du, dv Vec3) {
	uv = s.within(uv)
	var basis, slope [2][maxDegree + 1]float64
	var first [2]int
	for d := range 2 {
		k := span(s.Knots[d], s.Degree[d], s.Count[d], uv[d])
		first[d] = k - s.Degree[d]
		basisAt(basis[d][:s.Degree[d]+1], slope[d][:s.Degree[d]+1], s.Knots[d], k, uv[d])
	}
	var h, hu, hv [4]float64
	for i := range s.Degree[0] + 1 {
		row := (first[0]+i)*s.Count[1] + first[1]
		for j := range s.Degree[1] + 1 {
			w := 1.0
			if s.Weights != nil {
				w = s.Weights[row+j]
			}
			q := s.Points[row+j]
			c := [4]float64{q[0] * w, q[1] * w, q[2] * w, w}
			n, nu, nv := basis[0][i]*basis[1][j], slope[0][i]*basis[1][j], basis[0][i]*slope[1][j]
			for x := range c {
				h[x] += n * c[x]
				hu[x] += nu * c[x]
				hv[x] += nv * c[x]
			}
		}
	}
	for x := range 3 {
		p[x] = h[x] / h[3]
		du[x] = (hu[x] - p[x]*hu[3]) / h[3]
		dv[x] = (hv[x] - p[x]*hv[3]) / h[3]
	}
	return p, du, dv
}

// basisAt fills the basis functions that are not zero in the knot interval k, and
// their derivatives (Piegl and Tiller, The NURBS Book, A2.2 and A2.3).
func basisAt(n, slope []float64, knots []float64, k int, u float64) {
	degree := len(n) - 1
	var left, right [maxDegree + 1]float64
	n[0] = 1
	for j := 1; j <= degree; j++ {
		if j == degree {
			lowerSlopes(n, slope, knots, k)
		}
		left[j], right[j] = u-knots[k+1-j], knots[k+j]-u
		saved := 0.0
		for r := range j {
			t := 0.0
			if den := right[r+1] + left[j-r]; den > 0 {
				t = n[r] / den
			}
			n[r] = saved + right[r+1]*t
			saved = left[j-r] * t
		}
		n[j] = saved
	}
}

// lowerSlopes makes the derivatives from the basis functions of one degree less.
func lowerSlopes(n, slope []float64, knots []float64, k int) {
	degree := len(n) - 1
	for r := range slope {
		slope[r] = 0
	}
	for r := range degree {
		if den := knots[k+1+r] - knots[k+1+r-degree]; den > 0 {
			t := float64(degree) * n[r] / den
			slope[r] -= t
			slope[r+1] += t
		}
	}
}

// Near returns the parameters of the nearest point.
func (s *BSplineSurface) Near(p Vec3, near *Vec2) Vec2 {
	const good = 1e-6
	if near != nil {
		if uv, dist := s.descend(p, *near); dist < good {
			return uv
		}
	}
	best, least := Vec2{}, inf
	for _, at := range s.starts(p) {
		if uv, dist := s.descend(p, at); dist < least {
			best, least = uv, dist
		}
		if least < good {
			break
		}
	}
	return best
}

// starts returns the places of the grid nearest to p.
func (s *BSplineSurface) starts(p Vec3) [3]Vec2 {
	var at [3]Vec2
	dist := [3]float64{inf, inf, inf}
	for i := range s.grid[0] + 1 {
		for j := range s.grid[1] + 1 {
			d := s.gridPoint(i, j).Sub(p)
			l := d.Dot(d)
			for k := range dist {
				if l < dist[k] {
					copy(dist[k+1:], dist[k:])
					copy(at[k+1:], at[k:])
					dist[k], at[k] = l, s.gridAt(i, j)
					break
				}
			}
		}
	}
	return at
}

// descend walks from uv to the nearest point (Gauss–Newton with shrinking steps),
// and returns it with its distance.
func (s *BSplineSurface) descend(p Vec3, uv Vec2) (Vec2, float64) {
	uv = s.within(uv)
	at, du, dv := s.eval(uv)
	dist := at.Sub(p).Len()
	for range 30 {
		r := p.Sub(at)
		a, b, c := du.Dot(du), du.Dot(dv), dv.Dot(dv)
		// A little damping: at a pole one of the derivatives has no length.
		damp := 1e-12 * (a + c)
		a, c = a+damp, c+damp
		det := a*c - b*b
		if !(det > 0) {
			break
		}
		e, f := r.Dot(du), r.Dot(dv)
		step := Vec2{(e*c - f*b) / det, (f*a - e*b) / det}
		moved := false
		for range 8 {
			to := s.within(uv.Add(step))
			q, qu, qv := s.eval(to)
			if l := q.Sub(p).Len(); l < dist {
				moved = dist-l > 1e-13
				uv, at, du, dv, dist = to, q, qu, qv, l
				break
			}
			step = step.Scale(0.5)
		}
		if !moved {
			break
		}
	}
	return uv, dist
}
