package kernel

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// guide is the polyline that a swept surface moves; its parameter is the way along
// it. Beyond its ends it runs straight on, because files give lines of any length
// for curves that are meant to be endless.
type guide struct {
	pts  []Vec3
	ways []float64
	ring bool
}

func newGuide(path []Vec3) (*guide, error) {
	g := &guide{}
	for _, p := range path {
		if !p.IsFinite() {
			return nil, fmt.Errorf("%w: a point is not finite", ErrInvalid)
		}
		way := 0.0
		if n := len(g.pts); n > 0 {
			step := p.Sub(g.pts[n-1]).Len()
			if step < 1e-12 {
				continue
			}
			way = g.ways[n-1] + step
		}
		g.pts, g.ways = append(g.pts, p), append(g.ways, way)
	}
	n := len(g.pts)
	if n < 2 {
		return nil, fmt.Errorf("%w: a curve of %d distinct points", ErrInvalid, n)
	}
	g.ring = n > 3 && g.pts[0].Sub(g.pts[n-1]).Len() < 1e-6
	return g, nil
}

func (g *guide) length() float64 { return g.ways[len(g.ways)-1] }

// at returns the point after a way.
func (g *guide) at(way float64) Vec3 {
	if g.ring {
		l := g.length()
		way -= l * math.Floor(way/l)
	}
	lo := g.line(way)
	return g.pts[lo].Lerp(g.pts[lo+1], (way-g.ways[lo])/(g.ways[lo+1]-g.ways[lo]))
}

// line returns the number of the line on which a way ends.
func (g *guide) line(way float64) int {
	lo, hi := 0, len(g.ways)-1
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; g.ways[mid] <= way {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// maxBend is the angle in radians between two lines from which they are a corner and not
// the pieces of a curve.
const maxBend = 0.2

// tangent returns the unit direction after a way: that of the curve which the lines stand
// for where they bend a little, that of the line beside a corner.
func (g *guide) tangent(way float64) Vec3 {
	n := len(g.pts) - 1
	if g.ring {
		way -= g.length() * math.Floor(way/g.length())
	}
	i := g.line(way)
	direction := func(k int) Vec3 { return g.pts[k+1].Sub(g.pts[k]).Unit() }
	d := direction(i)
	// Directions are those of the curve at the middle of each line, and change evenly
	// from one middle to the next; at the ends they go on changing as they did.
	half := (g.ways[i+1] - g.ways[i]) / 2
	past := (way - g.ways[i] - half) / half
	k, sense := i+1, 1.0
	if past < 0 {
		k = i - 1
	}
	if g.ring {
		k = (k + n) % n
	}
	if k < 0 || k >= n {
		k, sense = 2*i-k, -1
	}
	if k < 0 || k >= n {
		return d
	}
	e := direction(k)
	if d.Dot(e) < math.Cos(maxBend) {
		return d
	}
	share := math.Min(1, math.Abs(past)) * half / (half + (g.ways[k+1]-g.ways[k])/2)
	return d.Add(e.Sub(d).Scale(sense * share)).Unit()
}

// nearest returns the way to the place that is nearest to q by a flat view of the
// points.
func (g *guide) nearest(q Vec2, flat func(Vec3) Vec2) float64 {
	best, way := inf, 0.0
	last := len(g.pts) - 2
	a := flat(g.pts[0])
	for i := 0; i <= last; i++ {
		b := flat(g.pts[i+1])
		d := b.Sub(a)
		l := d.Dot(d)
		if l == 0 {
			a = b
			continue
		}
		t := q.Sub(a).Dot(d) / l
		if (i > 0 || g.ring) && t < 0 {
			t = 0
		}
		if (i < last || g.ring) && t > 1 {
			t = 1
		}
		if dist := q.Sub(a.Add(d.Scale(t))).Len(); dist < best {
			best, way = dist, g.ways[i]+t*(g.ways[i+1]-g.ways[i])
		}
		a = b
	}
	return way
}

// extrudedSurface moves a curve along a direction.
type extrudedSurface struct {
	*guide
	dir  Vec3
	u, v Vec3 // across the direction
}

// ExtrudedSurface returns the surface that a curve sweeps along a direction.
// Parameters are the way along the curve and the way along the direction, metres.
func ExtrudedSurface(curve []Vec3, direction Vec3) (Surface, error) {
	g, err := newGuide(curve)
	if err != nil {
		return nil, fmt.Errorf("extruded surface: %w", err)
	}
	dir := direction.Unit()
	if dir == (Vec3{}) {
		return nil, fmt.Errorf("extruded surface: %w: direction %v", ErrInvalid, direction)
	}
	s := &extrudedSurface{guide: g, dir: dir}
	s.u, s.v, _ = planeAxes(dir)
	return s, nil
}

func (s *extrudedSurface) At(uv Vec2) Vec3 {
	return s.at(uv[0]).Add(s.dir.Scale(uv[1]))
}

func (s *extrudedSurface) Near(p Vec3, _ *Vec2) Vec2 {
	flat := func(p Vec3) Vec2 { return Vec2{p.Dot(s.u), p.Dot(s.v)} }
	way := s.nearest(flat(p), flat)
	return Vec2{way, p.Sub(s.at(way)).Dot(s.dir)}
}

func (s *extrudedSurface) Normal(uv Vec2) Vec3 { return s.tangent(uv[0]).Cross(s.dir).Unit() }

func (s *extrudedSurface) Domain() Domain {
	d := Domain{Lo: Vec2{-inf, -inf}, Hi: Vec2{inf, inf}}
	if s.ring {
		d.Lo[0], d.Hi[0], d.Closed[0] = 0, s.length(), true
	}
	return d
}

// revolvedSurface turns a curve around the z axis of a frame.
type revolvedSurface struct {
	*guide   // in the frame
	at, back mesh.Transform
}

// RevolvedSurface returns the surface that a curve sweeps around an axis.
// Parameters are the angle in radians and the way along the curve in metres.
func RevolvedSurface(curve []Vec3, origin, axis Vec3) (Surface, error) {
	z := axis.Unit()
	if z == (Vec3{}) {
		return nil, fmt.Errorf("revolved surface: %w: axis %v", ErrInvalid, axis)
	}
	u, v, _ := planeAxes(z)
	s := &revolvedSurface{at: mesh.Frame(origin, u, v, z)}
	s.back, _ = s.at.Inverse()
	local := make([]Vec3, len(curve))
	for i, p := range curve {
		local[i] = s.back.Apply(p)
		// A curve that begins on the axis makes a pole there.
		if math.Hypot(local[i][0], local[i][1]) < 1e-7 {
			local[i][0], local[i][1] = 0, 0
		}
	}
	g, err := newGuide(local)
	if err != nil {
		return nil, fmt.Errorf("revolved surface: %w", err)
	}
	s.guide = g
	return s, nil
}

func (s *revolvedSurface) At(uv Vec2) Vec3 {
	p := s.guide.at(uv[1])
	sin, cos := math.Sincos(uv[0])
	return s.at.Apply(Vec3{p[0]*cos - p[1]*sin, p[0]*sin + p[1]*cos, p[2]})
}

func (s *revolvedSurface) Near(p Vec3, _ *Vec2) Vec2 {
	q := s.back.Apply(p)
	flat := func(p Vec3) Vec2 { return Vec2{math.Hypot(p[0], p[1]), p[2]} }
	way := s.nearest(flat(q), flat)
	c := s.guide.at(way)
	angle := angleOf(q) - angleOf(c)
	if angle < 0 {
		angle += 2 * math.Pi
	}
	return Vec2{angle, way}
}

func (s *revolvedSurface) Normal(uv Vec2) Vec3 {
	p := s.guide.at(uv[1])
	around := Vec3{-p[1], p[0], 0}.Unit()
	sin, cos := math.Sincos(uv[0])
	n := around.Cross(s.tangent(uv[1]))
	return s.at.ApplyDir(Vec3{n[0]*cos - n[1]*sin, n[0]*sin + n[1]*cos, n[2]}).Unit()
}

func (s *revolvedSurface) Domain() Domain {
	d := turning()
	if s.ring {
		d.Lo[1], d.Hi[1], d.Closed[1] = 0, s.length(), true
		return d
	}
	onAxis := func(p Vec3) bool { return p[0] == 0 && p[1] == 0 }
	if onAxis(s.pts[0]) {
		d.Lo[1], d.PoleLo[1] = 0, true
	}
	if onAxis(s.pts[len(s.pts)-1]) {
		d.Hi[1], d.PoleHi[1] = s.length(), true
	}
	return d
}
