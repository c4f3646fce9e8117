package crs

import "math"

// mercator is the ellipsoidal Mercator projection, EPSG methods 9804 and 9805, and with
// a spherical conformal latitude the pseudo Mercator of web maps, method 1024.
type mercator struct {
	conformal
	lon0, radius, fe, fn float64
}

// maxPsi bounds the isometric latitude, which is infinite at the poles: beyond it a float
// cannot tell a latitude from 90 degrees.
const maxPsi = 38

func newMercatorA(ell Ellipsoid, p Parameters) (projection, string) {
	if !(p.Scale > 0) {
		return nil, "the scale factor must be positive"
	}
	if p.Lat0 != 0 {
		return nil, "the latitude of origin must be 0"
	}
	return &mercator{newConformal(ell), rad(p.Lon0), ell.A * p.Scale, p.FalseEasting, p.FalseNorthing}, ""
}

func newMercatorB(ell Ellipsoid, p Parameters) (projection, string) {
	if math.Abs(p.Parallel1) >= 90 {
		return nil, "the standard parallel must not be a pole"
	}
	k := parallelRadius(ell, rad(p.Parallel1))
	return &mercator{newConformal(ell), rad(p.Lon0), ell.A * k, p.FalseEasting, p.FalseNorthing}, ""
}

func newWebMercator(ell Ellipsoid, p Parameters) (projection, string) {
	sphere := conformal{e: 0, e2m: 1}
	return &mercator{sphere, rad(p.Lon0), ell.A, p.FalseEasting, p.FalseNorthing}, ""
}

func (m *mercator) forward(lam, phi float64) (x, y float64, ok bool) {
	if !(math.Abs(phi) < math.Pi/2) {
		return 0, 0, false
	}
	return m.fe + m.radius*wrap(lam-m.lon0), m.fn + m.radius*m.psi(phi), true
}

func (m *mercator) inverse(x, y float64) (lam, phi float64, ok bool) {
	lam, psi := (x-m.fe)/m.radius, (y-m.fn)/m.radius
	if !(math.Abs(psi) < maxPsi) || !(math.Abs(lam) <= math.Pi+1e-9) {
		return 0, 0, false
	}
	return wrap(lam + m.lon0), m.phi(math.Sinh(psi)), true
}

// parallelRadius returns the radius of the parallel at phi in units of the semi-major axis.
func parallelRadius(ell Ellipsoid, phi float64) float64 {
	s, c := math.Sincos(phi)
	return c / math.Sqrt(1-ell.e2()*s*s)
}
