package kernel

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Surface is a surface in space over a plane of two parameters. Its normal is that
// of the right-handed system: along the first parameter × along the second.
type Surface interface {
	// At returns the point at parameters, which may lie outside Domain: periodic
	// directions wrap.
	At(uv Vec2) Vec3
	// Near returns the parameters of the point of the surface nearest to p. near,
	// when it is not nil, is where to look first: what a point just beside p had.
	Near(p Vec3, near *Vec2) Vec2
	// Normal returns the unit normal at parameters; zero where there is none, as at
	// a pole.
	Normal(uv Vec2) Vec3
	// Domain says where the parameters end, meet again, and shrink to points.
	Domain() Domain
}

// NormalNear returns the unit normal of a surface at its point nearest to p. At a pole it
// is that of a place just beside.
func NormalNear(s Surface, p Vec3) Vec3 {
	uv := s.Near(p, nil)
	n := s.Normal(uv)
	if n != (Vec3{}) {
		return n
	}
	d := s.Domain()
	for i := range uv {
		const beside = 1e-4
		if size := d.Hi[i] - d.Lo[i]; size < inf {
			uv[i] += math.Copysign(beside*size, (d.Lo[i]+d.Hi[i])/2-uv[i])
		}
	}
	return s.Normal(uv)
}

// Domain is the range of the parameters of a surface.
type Domain struct {
	// Lo and Hi are infinite where the surface has no end.
	Lo, Hi Vec2
	// Closed says that the surface meets itself where the parameter runs from Lo
	// to Hi.
	Closed [2]bool
	// PoleLo and PoleHi say that the line at which the parameter is Lo or Hi is a
	// single point, whatever the other parameter: the poles of a sphere.
	PoleLo, PoleHi [2]bool
}

// period returns the period of a direction, 0 when it has none.
func (d *Domain) period(dir int) float64 {
	if d.Closed[dir] {
		return d.Hi[dir] - d.Lo[dir]
	}
	return 0
}

var inf = math.Inf(1)

// turning is the domain of a surface around an axis, open along the second
// parameter.
func turning() Domain {
	return Domain{Lo: Vec2{0, -inf}, Hi: Vec2{2 * math.Pi, inf}, Closed: [2]bool{true, false}}
}

// angleOf returns the angle of a point around the z axis, 0 to 2π.
func angleOf(p Vec3) float64 {
	a := math.Atan2(p[1], p[0])
	if a < 0 {
		a += 2 * math.Pi
	}
	return a
}

// flatSurface is a plane; its parameters are metres.
type flatSurface struct{ at, back mesh.Transform }

// PlaneSurface returns the plane z = 0 of a rigid frame.
func PlaneSurface(at mesh.Transform) Surface {
	back, _ := at.Inverse()
	return &flatSurface{at, back}
}

func (s *flatSurface) At(uv Vec2) Vec3 { return s.at.Apply(Vec3{uv[0], uv[1], 0}) }

func (s *flatSurface) Near(p Vec3, _ *Vec2) Vec2 {
	q := s.back.Apply(p)
	return Vec2{q[0], q[1]}
}

func (s *flatSurface) Normal(Vec2) Vec3 { return s.at.Axis(2).Unit() }

func (s *flatSurface) Domain() Domain {
	return Domain{Lo: Vec2{-inf, -inf}, Hi: Vec2{inf, inf}}
}

// cylinderSurface turns around the z axis of its frame.
type cylinderSurface struct {
	at, back mesh.Transform
	radius   float64
}

// CylinderSurface returns a cylinder around the z axis of a rigid frame: parameters
// are the angle in radians and the height in metres.
func CylinderSurface(at mesh.Transform, radius float64) Surface {
	back, _ := at.Inverse()
	return &cylinderSurface{at, back, radius}
}

func (s *cylinderSurface) At(uv Vec2) Vec3 {
	sin, cos := math.Sincos(uv[0])
	return s.at.Apply(Vec3{s.radius * cos, s.radius * sin, uv[1]})
}

func (s *cylinderSurface) Near(p Vec3, _ *Vec2) Vec2 {
	q := s.back.Apply(p)
	return Vec2{angleOf(q), q[2]}
}

func (s *cylinderSurface) Normal(uv Vec2) Vec3 {
	sin, cos := math.Sincos(uv[0])
	return s.at.ApplyDir(Vec3{cos, sin, 0}).Unit()
}

func (s *cylinderSurface) Domain() Domain { return turning() }

// sphereSurface is centred at the origin of its frame.
type sphereSurface struct {
	at, back mesh.Transform
	radius   float64
}

// SphereSurface returns a sphere: parameters are longitude and latitude in radians.
func SphereSurface(at mesh.Transform, radius float64) Surface {
	back, _ := at.Inverse()
	return &sphereSurface{at, back, radius}
}

func (s *sphereSurface) At(uv Vec2) Vec3 {
	sinU, cosU := math.Sincos(uv[0])
	sinV, cosV := math.Sincos(uv[1])
	return s.at.Apply(Vec3{s.radius * cosV * cosU, s.radius * cosV * sinU, s.radius * sinV})
}

func (s *sphereSurface) Near(p Vec3, _ *Vec2) Vec2 {
	q := s.back.Apply(p)
	return Vec2{angleOf(q), math.Atan2(q[2], math.Hypot(q[0], q[1]))}
}

func (s *sphereSurface) Normal(uv Vec2) Vec3 { return s.At(uv).Sub(s.at.Origin()).Unit() }

func (s *sphereSurface) Domain() Domain {
	d := turning()
	d.Lo[1], d.Hi[1] = -math.Pi/2, math.Pi/2
	d.PoleLo[1], d.PoleHi[1] = true, true
	return d
}

// torusSurface turns a circle around the z axis of its frame.
type torusSurface struct {
	at, back     mesh.Transform
	major, minor float64
}

// TorusSurface returns a torus: parameters are the angle around the axis and that
// around the tube, in radians.
func TorusSurface(at mesh.Transform, major, minor float64) Surface {
	back, _ := at.Inverse()
	return &torusSurface{at, back, major, minor}
}

func (s *torusSurface) At(uv Vec2) Vec3 {
	sinU, cosU := math.Sincos(uv[0])
	sinV, cosV := math.Sincos(uv[1])
	r := s.major + s.minor*cosV
	return s.at.Apply(Vec3{r * cosU, r * sinU, s.minor * sinV})
}

func (s *torusSurface) Near(p Vec3, _ *Vec2) Vec2 {
	q := s.back.Apply(p)
	v := math.Atan2(q[2], math.Hypot(q[0], q[1])-s.major)
	if v < 0 {
		v += 2 * math.Pi
	}
	return Vec2{angleOf(q), v}
}

func (s *torusSurface) Normal(uv Vec2) Vec3 {
	sinU, cosU := math.Sincos(uv[0])
	sinV, cosV := math.Sincos(uv[1])
	return s.at.ApplyDir(Vec3{cosV * cosU, cosV * sinU, sinV}).Unit()
}

func (s *torusSurface) Domain() Domain {
	return Domain{Hi: Vec2{2 * math.Pi, 2 * math.Pi}, Closed: [2]bool{true, true}}
}
