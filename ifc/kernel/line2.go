package kernel

import (
	"math"
	"sort"
)

// Pose is a place in the plane and the direction there, in radians from x.
type Pose struct {
	At      Vec2
	Heading float64
}

// Apply maps a pose given in the frame of p to the frame p is given in.
func (p Pose) Apply(q Pose) Pose {
	sin, cos := math.Sincos(p.Heading)
	return Pose{
		At:      Vec2{p.At[0] + cos*q.At[0] - sin*q.At[1], p.At[1] + sin*q.At[0] + cos*q.At[1]},
		Heading: p.Heading + q.Heading,
	}
}

// Inverse returns the pose that undoes p.
func (p Pose) Inverse() Pose {
	sin, cos := math.Sincos(p.Heading)
	return Pose{
		At:      Vec2{-cos*p.At[0] - sin*p.At[1], sin*p.At[0] - cos*p.At[1]},
		Heading: -p.Heading,
	}
}

// Line2 is a curve of the plane by its own length: the pose after a way in metres.
// It answers for any way, also beyond its ends.
type Line2 func(way float64) Pose

// Straight is the line along x.
func Straight(way float64) Pose { return Pose{At: Vec2{way, 0}} }

// ArcLine is a circular arc that begins along x; a positive curvature (1/radius)
// turns to the left.
func ArcLine(curvature float64) Line2 {
	if math.Abs(curvature) < 1e-12 {
		return Straight
	}
	return func(way float64) Pose {
		sin, cos := math.Sincos(curvature * way)
		return Pose{At: Vec2{sin / curvature, (1 - cos) / curvature}, Heading: curvature * way}
	}
}

// Spiral is a curve that begins along x at way 0 and has turned by turn(way) after
// a way. The pose is integrated numerically, to well below a micrometre; between
// the ways from and to it comes from a table.
func Spiral(turn func(way float64) float64, from, to float64) Line2 {
	exact := func(way float64) Pose {
		return Pose{At: integrate(turn, 0, way), Heading: turn(way)}
	}
	if !(to > from) || math.IsInf(to-from, 0) {
		return exact
	}
	const probes, least, most, bend = 16, 32, 4096, 0.02
	swing := 0.0
	for i := range probes {
		swing += math.Abs(turn(from+(to-from)*float64(i+1)/probes) - turn(from+(to-from)*float64(i)/probes))
	}
	if math.IsNaN(swing) {
		return exact
	}
	pieces := int(math.Max(least, math.Min(most, math.Ceil(swing/bend))))
	step := (to - from) / float64(pieces)
	table := make([]Pose, pieces+1)
	table[0] = exact(from)
	for i := range pieces {
		a, b := from+step*float64(i), from+step*float64(i+1)
		table[i+1] = Pose{At: table[i].At.Add(integrate(turn, a, b)), Heading: turn(b)}
	}
	return func(way float64) Pose {
		if !(way >= from && way <= to) {
			return exact(way)
		}
		i := min(int((way-from)/step), pieces-1)
		return Pose{At: hermite(table[i], table[i+1], step, (way-from-step*float64(i))/step), Heading: turn(way)}
	}
}

// Nodes and weights of the Gauss-Legendre rule with 8 points on [−1, 1].
var (
	gaussNode   = [4]float64{0.18343464249564980, 0.52553240991632899, 0.79666647741362674, 0.96028985649753623}
	gaussWeight = [4]float64{0.36268378337836198, 0.31370664587788729, 0.22238103445337447, 0.10122853629037626}
)

// integrate returns ∫ (cos turn, sin turn) from one way to another.
func integrate(turn func(float64) float64, from, to float64) Vec2 {
	// Pieces in which the direction changes by less than about a radian.
	swing := 0.0
	const probes = 4
	for i := range probes {
		swing += math.Abs(turn(from+(to-from)*float64(i+1)/probes) - turn(from+(to-from)*float64(i)/probes))
	}
	if math.IsNaN(swing) {
		return Vec2{math.NaN(), math.NaN()}
	}
	pieces := int(math.Min(1+math.Ceil(2*swing), 1000))
	var sum Vec2
	half := (to - from) / float64(pieces) / 2
	for i := range pieces {
		mid := from + half*float64(2*i+1)
		for k, node := range gaussNode {
			for _, s := range [2]float64{mid - half*node, mid + half*node} {
				sin, cos := math.Sincos(turn(s))
				sum[0] += gaussWeight[k] * cos * half
				sum[1] += gaussWeight[k] * sin * half
			}
		}
	}
	return sum
}

// PolynomialWay returns the way along a Polynomial to a parameter.
func PolynomialWay(xs, ys []float64, u float64) float64 {
	dx, dy := derived(xs), derived(ys)
	const pieces = 64
	sum, half := 0.0, u/pieces/2
	for i := range pieces {
		mid := half * float64(2*i+1)
		for k, node := range gaussNode {
			for _, v := range [2]float64{mid - half*node, mid + half*node} {
				sum += gaussWeight[k] * math.Hypot(horner(dx, v), horner(dy, v)) * half
			}
		}
	}
	return sum
}

// Polynomial is the curve x = Σ xs[i]·uⁱ, y = Σ ys[i]·uⁱ by its own length from
// u = 0. reach is how far in metres it will be asked for.
func Polynomial(xs, ys []float64, reach float64) Line2 {
	dx, dy := derived(xs), derived(ys)
	speed := func(u float64) float64 {
		return math.Hypot(horner(dx, u), horner(dy, u))
	}
	// The way to u is tabulated once; between the entries one Newton step on
	// the exact speed follows.
	const entries = 512
	rate := math.Max(speed(0), 1e-9)
	span := reach / rate
	step := span / entries
	way := make([]float64, entries+1)
	for i := range entries {
		a := float64(i) * step
		way[i+1] = way[i] + step/6*(speed(a)+4*speed(a+step/2)+speed(a+step))
	}
	parameter := func(s float64) float64 {
		if s <= 0 {
			return s / rate
		}
		i := min(sort.SearchFloat64s(way, s), entries)
		if i == 0 {
			i = 1
		}
		a := float64(i-1) * step
		u := a + (s-way[i-1])/math.Max(speed(a), 1e-9)
		for range 4 {
			m := (a + u) / 2
			at := way[i-1] + (u-a)/6*(speed(a)+4*speed(m)+speed(u))
			u -= (at - s) / math.Max(speed(u), 1e-9)
		}
		return u
	}
	return func(s float64) Pose {
		u := parameter(s)
		return Pose{
			At:      Vec2{horner(xs, u), horner(ys, u)},
			Heading: math.Atan2(horner(dy, u), horner(dx, u)),
		}
	}
}

func horner(c []float64, u float64) float64 {
	v := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		v = v*u + c[i]
	}
	return v
}

func derived(c []float64) []float64 {
	if len(c) < 2 {
		return nil
	}
	d := make([]float64, len(c)-1)
	for i := range d {
		d[i] = c[i+1] * float64(i+1)
	}
	return d
}

// PathLine is a polyline of the plane by its own length.
func PathLine(pts []Vec2) Line2 {
	ways := make([]float64, len(pts))
	for i := 1; i < len(pts); i++ {
		ways[i] = ways[i-1] + pts[i].Sub(pts[i-1]).Len()
	}
	return func(way float64) Pose {
		if len(pts) < 2 {
			return Pose{}
		}
		i := min(max(sort.SearchFloat64s(ways, way), 1), len(pts)-1)
		d := pts[i].Sub(pts[i-1]).Unit()
		return Pose{At: pts[i-1].Add(d.Scale(way - ways[i-1])), Heading: math.Atan2(d[1], d[0])}
	}
}

// hermite returns the point at share t of the cubic between two poses that are a way
// apart.
func hermite(p, q Pose, way, t float64) Vec2 {
	sp, cp := math.Sincos(p.Heading)
	sq, cq := math.Sincos(q.Heading)
	dp, dq := Vec2{cp, sp}.Scale(way), Vec2{cq, sq}.Scale(way)
	d := q.At.Sub(p.At)
	// The cubic p + t(dp + t(b + t·c)).
	b := d.Scale(3).Sub(dp.Scale(2)).Sub(dq)
	c := dp.Add(dq).Sub(d.Scale(2))
	return p.At.Add(dp.Add(b.Add(c.Scale(t)).Scale(t)).Scale(t))
}

// In returns the line moved from the frame of a pose to that which the pose is given
// in.
func (l Line2) In(frame Pose) Line2 {
	return func(way float64) Pose { return frame.Apply(l(way)) }
}

// Part returns the part of a line that begins after the way start, run through
// backwards when back is true, and put so that it begins at a pose.
func (l Line2) Part(at Pose, start float64, back bool) Line2 {
	sign, turn := 1.0, 0.0
	if back {
		sign, turn = -1, math.Pi
	}
	first := l(start)
	first.Heading += turn
	move := at.Apply(first.Inverse())
	return func(way float64) Pose {
		q := l(start + sign*way)
		q.Heading += turn
		return move.Apply(q)
	}
}

// Turn functions of transition curves: how a curve that changes its curvature from
// k0 to k1 over a length has turned after a way. shape is the integral from 0 of
// the share of the change that has happened, a function on [0, 1].
func transition(k0, k1, length float64, shape func(float64) float64) func(float64) float64 {
	return func(way float64) float64 {
		return k0*way + (k1-k0)*length*shape(way/length)
	}
}

// Transition returns the spiral whose curvature changes from k0 to k1 over a
// length by the named law of ISO 16739-1 (IfcTransitionCurveType); an unknown name
// is a clothoid.
func Transition(k0, k1, length float64, law string) Line2 {
	shape, ok := transitionShapes[law]
	if !ok {
		shape = func(t float64) float64 { return t * t / 2 }
	}
	return Spiral(transition(k0, k1, length, shape), 0, length)
}

var transitionShapes = map[string]func(float64) float64{
	"BLOSSCURVE":  func(t float64) float64 { return t*t*t - t*t*t*t/2 },
	"COSINECURVE": func(t float64) float64 { return t/2 - math.Sin(math.Pi*t)/(2*math.Pi) },
	"SINECURVE":   func(t float64) float64 { return t*t/2 + (math.Cos(2*math.Pi*t)-1)/(4*math.Pi*math.Pi) },
	"BIQUADRATICPARABOLA": func(t float64) float64 {
		if t < 0.5 {
			return 2 * t * t * t / 3
		}
		return t - 0.5 + 2*(1-t)*(1-t)*(1-t)/3
	},
}
