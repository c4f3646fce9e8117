package crs

import "math"

// Ellipsoid is the figure that a datum measures on: the semi-major axis in metres and the
// inverse flattening, where 0 stands for a sphere.
type Ellipsoid struct {
	Name string
	A    float64
	InvF float64
}

// The ellipsoids of the datums in this package.
var (
	ellWGS84    = Ellipsoid{"WGS 84", 6378137, 298.257223563}
	ellGRS80    = Ellipsoid{"GRS 1980", 6378137, 298.257222101}
	ellCGCS2000 = Ellipsoid{"CGCS2000", 6378137, 298.257222101}
	ellBessel   = Ellipsoid{"Bessel 1841", 6377397.155, 299.1528128}
	ellIntl     = Ellipsoid{"International 1924", 6378388, 297}
	ellKrass    = Ellipsoid{"Krassowsky 1940", 6378245, 298.3}
	ellIAG75    = Ellipsoid{"IAG 1975", 6378140, 298.257}
	ellAiry     = Ellipsoid{"Airy 1830", 6377563.396, 299.3249646}
)

// f returns the flattening.
func (e Ellipsoid) f() float64 {
	if e.InvF == 0 {
		return 0
	}
	return 1 / e.InvF
}

// e2 returns the first eccentricity squared.
func (e Ellipsoid) e2() float64 { f := e.f(); return f * (2 - f) }

// n returns the third flattening, in which Krüger's series are written.
func (e Ellipsoid) n() float64 { f := e.f(); return f / (2 - f) }

// valid reports whether the figure is one that the formulas here hold for.
func (e Ellipsoid) valid() bool {
	return e.A > 1e3 && e.A < 1e9 && (e.InvF == 0 || e.InvF > 100 && e.InvF < math.Inf(1))
}

// sameAs reports whether two figures agree to the digits that files carry: 1 mm in the
// axis and 1e-6 of the inverse flattening, which is 0.1 µm on a coordinate's scale.
func (e Ellipsoid) sameAs(o Ellipsoid) bool {
	return math.Abs(e.A-o.A) < 1e-3 && math.Abs(e.InvF-o.InvF) < 1e-6
}

// ToGeocentric returns the earth-centred X, Y, Z in metres of a longitude and latitude in
// degrees and a height in metres above the ellipsoid.
func (e Ellipsoid) ToGeocentric(lon, lat, h float64) (x, y, z float64) {
	e2 := e.e2()
	sinLat, cosLat := sincosDeg(lat)
	sinLon, cosLon := sincosDeg(lon)
	nu := e.A / math.Sqrt(1-e2*sinLat*sinLat)
	p := (nu + h) * cosLat
	return p * cosLon, p * sinLon, (nu*(1-e2) + h) * sinLat
}

// FromGeocentric is the inverse of ToGeocentric. It holds to 1e-11 degrees for points from
// 5000 km below the surface to beyond the Moon; at the centre it returns the equator.
func (e Ellipsoid) FromGeocentric(x, y, z float64) (lon, lat, h float64) {
	e2, f := e.e2(), e.f()
	b := e.A * (1 - f)
	p := math.Hypot(x, y)
	// Bowring 1985: iterate on the parametric latitude, whose error shrinks by about 1e5
	// each round near the surface.
	sinB, cosB := unit(z*e.A, p*b)
	var sinLat, cosLat float64
	for range 8 {
		sinLat, cosLat = unit(z+e2/(1-e2)*b*sinB*sinB*sinB, p-e2*e.A*cosB*cosB*cosB)
		s, c := unit((1-f)*sinLat, cosLat)
		done := math.Abs(s*cosB-c*sinB) < 1e-16
		sinB, cosB = s, c
		if done {
			break
		}
	}
	w := math.Sqrt(1 - e2*sinLat*sinLat)
	h = p*cosLat + z*sinLat - e.A*w
	return deg(math.Atan2(y, x)), deg(math.Atan2(sinLat, cosLat)), h
}

// unit returns the sine and cosine of the angle whose tangent is y/x.
func unit(y, x float64) (sin, cos float64) {
	r := math.Hypot(x, y)
	if r == 0 {
		return 0, 1
	}
	return y / r, x / r
}

func rad(d float64) float64 { return d * (math.Pi / 180) }
func deg(r float64) float64 { return r * (180 / math.Pi) }

// sincosDeg is exact at the multiples of 90 degrees, so that poles stay poles.
func sincosDeg(d float64) (sin, cos float64) {
	switch d {
	case 90:
		return 1, 0
	case -90:
		return -1, 0
	case 180:
		return 0, -1
	case -180:
		return 0, -1
	}
	return math.Sincos(rad(d))
}

// wrap brings a longitude difference in radians into -π…π.
func wrap(lam float64) float64 {
	if lam > math.Pi || lam < -math.Pi {
		return math.Remainder(lam, 2*math.Pi)
	}
	return lam
}
