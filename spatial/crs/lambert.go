package crs

import "math"

// lambert is the Lambert conic conformal projection, EPSG methods 9801 and 9802, written
// with the isometric latitude ψ: t = exp(-ψ).
type lambert struct {
	conformal
	lon0, n, rf, r0, fe, fn float64 // rf = a·F·k
}

func newLambert1SP(ell Ellipsoid, p Parameters) (projection, string) {
	if !(p.Scale > 0) {
		return nil, "the scale factor must be positive"
	}
	if p.Lat0 == 0 || math.Abs(p.Lat0) >= 90 {
		return nil, "the latitude of origin must lie between the equator and a pole"
	}
	c := newConformal(ell)
	phi := rad(p.Lat0)
	n := math.Sin(phi)
	rf := ell.A * p.Scale * parallelRadius(ell, phi) / n * math.Exp(n*c.psi(phi))
	return newLambert(c, n, rf, p), ""
}

func newLambert2SP(ell Ellipsoid, p Parameters) (projection, string) {
	if math.Abs(p.Parallel1) >= 90 || math.Abs(p.Parallel2) >= 90 {
		return nil, "the standard parallels must not be a pole"
	}
	if math.Abs(p.Parallel1+p.Parallel2) < 1e-9 {
		return nil, "the standard parallels must not lie opposite each other"
	}
	c := newConformal(ell)
	phi1, phi2 := rad(p.Parallel1), rad(p.Parallel2)
	m1, m2 := parallelRadius(ell, phi1), parallelRadius(ell, phi2)
	n := math.Sin(phi1)
	if math.Abs(p.Parallel1-p.Parallel2) > 1e-9 {
		n = math.Log(m1/m2) / (c.psi(phi2) - c.psi(phi1))
	}
	rf := ell.A * m1 / n * math.Exp(n*c.psi(phi1))
	if n*p.Lat0 <= -90*math.Abs(n) {
		return nil, "the false origin lies at infinity"
	}
	return newLambert(c, n, rf, p), ""
}

func newLambert(c conformal, n, rf float64, p Parameters) *lambert {
	l := &lambert{conformal: c, lon0: rad(p.Lon0), n: n, rf: rf, fe: p.FalseEasting, fn: p.FalseNorthing}
	if math.Abs(p.Lat0) < 90 { // else the origin is the cone's tip
		l.r0 = rf * math.Exp(-n*c.psi(rad(p.Lat0)))
	}
	return l
}

func (l *lambert) forward(lam, phi float64) (x, y float64, ok bool) {
	if !(math.Abs(phi) <= maxLat) {
		return 0, 0, false
	}
	r := 0.0 // the pole at the cone's tip; the other one lies at infinity
	if math.Abs(phi) < math.Pi/2 || phi*l.n < 0 {
		r = l.rf * math.Exp(-l.n*l.psi(phi))
	}
	sin, cos := math.Sincos(l.n * wrap(lam-l.lon0))
	x, y = l.fe+r*sin, l.fn+l.r0-r*cos
	return x, y, math.Abs(r) < 1e9
}

func (l *lambert) inverse(x, y float64) (lam, phi float64, ok bool) {
	dx, dy := x-l.fe, l.r0-(y-l.fn)
	r := math.Hypot(dx, dy)
	if l.n < 0 {
		dx, dy = -dx, -dy
	}
	theta := math.Atan2(dx, dy) / l.n
	if !(r < 1e9) || math.Abs(theta) > math.Pi+1e-9 {
		return 0, 0, false
	}
	if r == 0 {
		return l.lon0, math.Copysign(math.Pi/2, l.n), true
	}
	psi := -math.Log(r/math.Abs(l.rf)) / l.n
	if math.Abs(psi) > maxPsi {
		return wrap(theta + l.lon0), math.Copysign(math.Pi/2, psi), true
	}
	return wrap(theta + l.lon0), l.phi(math.Sinh(psi)), true
}
