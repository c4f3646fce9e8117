package kernel

import (
	"fmt"
	"math"
)

// Arc returns the points of a circular arc around center, both ends included,
// from the angle start through sweep (radians, positive counter-clockwise).
func (s Settings) Arc(center Vec2, radius, start, sweep float64) []Vec2 {
	return s.EllipseArc(center, Vec2{radius, radius}, start, sweep)
}

// EllipseArc returns the points of an arc of an ellipse whose semi-axes lie along
// x and y, both ends included; start and sweep are its parameter in radians.
func (s Settings) EllipseArc(center, semi Vec2, start, sweep float64) []Vec2 {
	n := s.ArcSegments(math.Max(semi[0], semi[1]), sweep)
	pts := make([]Vec2, n+1)
	for i := range pts {
		sin, cos := math.Sincos(start + sweep*float64(i)/float64(n))
		pts[i] = Vec2{center[0] + semi[0]*cos, center[1] + semi[1]*sin}
	}
	return pts
}

// ellipseRing returns a full turn of an ellipse around the origin.
func (s Settings) ellipseRing(semi Vec2) Ring {
	pts := s.EllipseArc(Vec2{}, semi, 0, 2*math.Pi)
	return Ring(pts[:len(pts)-1])
}

// ArcThrough returns the points of the circular arc from a through m to b in
// space, a and b included; a straight line when the three are collinear.
func (s Settings) ArcThrough(a, m, b Vec3) []Vec3 {
	ab, am := b.Sub(a), m.Sub(a)
	normal := am.Cross(ab)
	n2 := normal.Dot(normal)
	// The height of the triangle tells an arc from a line: a rise far below any
	// chord tolerance only gives huge radii and noise.
	if !(math.Sqrt(n2) > 1e-9*ab.Len()*math.Max(ab.Len(), am.Len())) || math.Sqrt(n2) < 1e-7*ab.Len() {
		return []Vec3{a, m, b}
	}
	center := circumcenter(a, m, b)
	x := a.Sub(center)
	radius := x.Len()
	z := normal.Unit()
	y := z.Cross(x.Unit())
	x = x.Unit()
	angle := func(p Vec3) float64 {
		d := p.Sub(center)
		t := math.Atan2(d.Dot(y), d.Dot(x))
		if t < 0 {
			t += 2 * math.Pi
		}
		return t
	}
	sweep := angle(b)
	n := s.ArcSegments(radius, sweep)
	pts := make([]Vec3, 0, n+1)
	pts = append(pts, a)
	for i := 1; i < n; i++ {
		sin, cos := math.Sincos(sweep * float64(i) / float64(n))
		pts = append(pts, center.Add(x.Scale(radius*cos)).Add(y.Scale(radius*sin)))
	}
	return append(pts, b)
}

// circumcenter returns the centre of the circle through three points that are
// not collinear.
func circumcenter(a, b, c Vec3) Vec3 {
	ab, ac := b.Sub(a), c.Sub(a)
	n := ab.Cross(ac)
	t := n.Cross(ab).Scale(ac.Dot(ac)).Add(ac.Cross(n).Scale(ab.Dot(ab)))
	return a.Add(t.Scale(1 / (2 * n.Dot(n))))
}

// Corner is a point of an outline that may be rounded.
type Corner struct {
	At Vec2
	// Radius of the fillet in metres; 0 leaves the corner sharp.
	Radius float64
}

// Rounded returns the outline with its corners rounded. A radius too large for
// the sides beside it is cut down to what fits.
func (s Settings) Rounded(corners []Corner) Ring {
	n := len(corners)
	reach := make([]float64, n) // how far each fillet takes from its two sides
	for i, c := range corners {
		if c.Radius > 0 {
			in, out := s.sides(corners, i)
			turn := math.Abs(math.Atan2(in.Cross(out), in.Dot(out)))
			if turn < math.Pi-1e-6 {
				reach[i] = c.Radius * math.Tan(turn/2)
			}
		}
	}
	fit := make([]float64, n)
	for i := range fit {
		fit[i] = 1
	}
	for i := range corners {
		k := (i + 1) % n
		length := corners[k].At.Sub(corners[i].At).Len()
		if sum := reach[i] + reach[k]; sum > length {
			fit[i] = math.Min(fit[i], length/sum)
			fit[k] = math.Min(fit[k], length/sum)
		}
	}
	ring := make(Ring, 0, n+8)
	for i, c := range corners {
		if reach[i]*fit[i] < 1e-9 {
			ring = append(ring, c.At)
			continue
		}
		in, out := s.sides(corners, i)
		ring = append(ring, s.fillet(c.At, in, out, c.Radius*fit[i])...)
	}
	return ring
}

// sides returns the unit directions into and out of corner i.
func (s Settings) sides(corners []Corner, i int) (in, out Vec2) {
	n := len(corners)
	at := corners[i].At
	return at.Sub(corners[(i+n-1)%n].At).Unit(), corners[(i+1)%n].At.Sub(at).Unit()
}

func (s Settings) fillet(at, in, out Vec2, radius float64) []Vec2 {
	turn := math.Atan2(in.Cross(out), in.Dot(out))
	side := 1.0
	if turn < 0 {
		side = -1
	}
	begin := at.Sub(in.Scale(radius * math.Tan(math.Abs(turn)/2)))
	center := begin.Add(in.Left().Scale(side * radius))
	from := begin.Sub(center)
	return s.Arc(center, radius, math.Atan2(from[1], from[0]), turn)
}

// positive returns an error that wraps ErrInvalid when one of the sizes is not a
// finite number above zero.
func positive(what string, sizes ...float64) error {
	for _, v := range sizes {
		if !(v > 0) || math.IsInf(v, 0) {
			return fmt.Errorf("%s: %w: size %v", what, ErrInvalid, v)
		}
	}
	return nil
}
