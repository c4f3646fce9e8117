package crs

import "math"

// obliqueStereographic is the double projection of EPSG method 9809 (the Netherlands'
// RD): conformally onto a sphere, ψ' = n·ψ + q, then stereographically onto the plane.
type obliqueStereographic struct {
	conformal
	lon0, n, q, diameter, fe, fn float64
	sin0, cos0                   float64 // of the origin's latitude on the sphere
}

func newObliqueStereographic(ell Ellipsoid, p Parameters) (projection, string) {
	if !(p.Scale > 0) {
		return nil, "the scale factor must be positive"
	}
	if math.Abs(p.Lat0) >= 89 {
		return nil, "the latitude of origin is too close to a pole"
	}
	c := newConformal(ell)
	e2 := ell.e2()
	s, cos := math.Sincos(rad(p.Lat0))
	w := 1 - e2*s*s
	radius := ell.A * math.Sqrt(1-e2) / w
	n := math.Sqrt(1 + e2*cos*cos*cos*cos/(1-e2))
	sin0 := s / n // the sphere's latitude of the origin, Gauss: sin φ0 = n·sin χ0
	return &obliqueStereographic{
		conformal: c, lon0: rad(p.Lon0), n: n, q: math.Atanh(sin0) - n*c.psi(rad(p.Lat0)),
		diameter: 2 * radius * p.Scale, fe: p.FalseEasting, fn: p.FalseNorthing,
		sin0: sin0, cos0: math.Sqrt(1 - sin0*sin0),
	}, ""
}

func (s *obliqueStereographic) forward(lam, phi float64) (x, y float64, ok bool) {
	if !(math.Abs(phi) < math.Pi/2) {
		return 0, 0, false
	}
	psi := s.n*s.psi(phi) + s.q
	sinChi, cosChi := math.Tanh(psi), 1/math.Cosh(psi)
	sinLam, cosLam := math.Sincos(s.n * wrap(lam-s.lon0))
	b := 1 + s.sin0*sinChi + s.cos0*cosChi*cosLam
	if b < 1e-2 { // more than 168 degrees away
		return 0, 0, false
	}
	k := s.diameter / b
	return s.fe + k*cosChi*sinLam, s.fn + k*(s.cos0*sinChi-s.sin0*cosChi*cosLam), true
}

func (s *obliqueStereographic) inverse(x, y float64) (lam, phi float64, ok bool) {
	dx, dy := (x-s.fe)/s.diameter, (y-s.fn)/s.diameter
	// With u the tangent of half the angle from the origin, its sine and cosine are
	// rational; sc is the sine divided by u, which has no pole at the origin.
	u2 := dx*dx + dy*dy
	if !(u2 < 100) {
		return 0, 0, false
	}
	cosC, sc := (1-u2)/(1+u2), 2/(1+u2)
	sinChi := cosC*s.sin0 + dy*sc*s.cos0
	lam = math.Atan2(dx*sc, s.cos0*cosC-dy*s.sin0*sc) / s.n
	if math.Abs(lam) > math.Pi || !(math.Abs(sinChi) < 1) {
		return 0, 0, false
	}
	psi := (math.Atanh(sinChi) - s.q) / s.n
	return wrap(lam + s.lon0), s.phi(math.Sinh(psi)), true
}
