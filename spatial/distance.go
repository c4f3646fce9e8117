package spatial

import (
	"math"

	"github.com/twpayne/go-geom"
)

// WGS 84 and CGCS2000 differ by 0.1 mm in the polar axis; one ellipsoid serves both.
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257223563
	semiMinor  = semiMajor * (1 - flattening)
)

// Geodesic returns the length in metres of the shortest line on the WGS 84 ellipsoid
// between two points in degrees, and the azimuth at the first point in radians clockwise
// from north. Vincenty's inverse formulae (Survey Review XXIII 176, 1975), within 0.5 mm;
// for nearly antipodal points, where they do not converge, the great circle on the mean
// sphere, within 0.6 %.
func Geodesic(lon1, lat1, lon2, lat2 float64) (distance, azimuth float64) {
	const rad = math.Pi / 180
	if lon1 == lon2 && lat1 == lat2 {
		return 0, 0
	}
	l := math.Remainder(lon2-lon1, 360) * rad
	su1, cu1 := reducedLatitude(lat1 * rad)
	su2, cu2 := reducedLatitude(lat2 * rad)
	lambda := l
	for range 100 {
		sl, cl := math.Sincos(lambda)
		sinSigma := math.Hypot(cu2*sl, cu1*su2-su1*cu2*cl)
		if sinSigma == 0 {
			return 0, 0
		}
		cosSigma := su1*su2 + cu1*cu2*cl
		sigma := math.Atan2(sinSigma, cosSigma)
		sinAlpha := cu1 * cu2 * sl / sinSigma
		cos2Alpha := 1 - sinAlpha*sinAlpha
		cos2m := 0.0
		if cos2Alpha > 0 {
			cos2m = cosSigma - 2*su1*su2/cos2Alpha
		}
		c := flattening / 16 * cos2Alpha * (4 + flattening*(4-3*cos2Alpha))
		next := l + (1-c)*flattening*sinAlpha*(sigma+c*sinSigma*(cos2m+c*cosSigma*(2*cos2m*cos2m-1)))
		if math.Abs(next-lambda) < 1e-13 {
			return vincentyLength(cos2Alpha, sigma, sinSigma, cosSigma, cos2m), math.Atan2(cu2*sl, cu1*su2-su1*cu2*cl)
		}
		lambda = next
	}
	return greatCircle(lat1*rad, lat2*rad, l)
}

func reducedLatitude(lat float64) (sin, cos float64) {
	sin, cos = math.Sincos(lat)
	sin *= 1 - flattening
	h := math.Hypot(sin, cos)
	return sin / h, cos / h
}

func vincentyLength(cos2Alpha, sigma, sinSigma, cosSigma, cos2m float64) float64 {
	u2 := cos2Alpha * (semiMajor*semiMajor - semiMinor*semiMinor) / (semiMinor * semiMinor)
	a := 1 + u2/16384*(4096+u2*(-768+u2*(320-175*u2)))
	b := u2 / 1024 * (256 + u2*(-128+u2*(74-47*u2)))
	delta := b * sinSigma * (cos2m + b/4*(cosSigma*(2*cos2m*cos2m-1)-
		b/6*cos2m*(4*sinSigma*sinSigma-3)*(4*cos2m*cos2m-3)))
	return semiMinor * a * (sigma - delta)
}

func greatCircle(lat1, lat2, dLon float64) (distance, azimuth float64) {
	s1, c1 := math.Sincos(lat1)
	s2, c2 := math.Sincos(lat2)
	sl, cl := math.Sincos(dLon)
	y, x := c2*sl, c1*s2-s1*c2*cl
	return (2*semiMajor + semiMinor) / 3 * math.Atan2(math.Hypot(y, x), s1*s2+c1*c2*cl), math.Atan2(y, x)
}

// Distance returns the distance in metres from the point to a geometry: 0 inside a polygon,
// +Inf for nothing. With HasH and a known range of heights it is the distance in three
// dimensions to the footprint extruded over those heights.
//
// Vertices are brought to an azimuthal equidistant plane about the point, where distances
// from the point are true.
func (n *Near) Distance(g geom.T, z ZRange) float64 {
	m := n.Ready()
	return m.Distance(g, z)
}

// Measure is a Near that is made ready to measure to many geometries. It never changes.
type Measure struct {
	near  Near
	plane plane
}

// Ready returns the measure of the point.
func (n *Near) Ready() Measure { return Measure{*n, newPlane(n.Lon, n.Lat)} }

// Distance is Near.Distance.
func (m *Measure) Distance(g geom.T, z ZRange) float64 {
	flat := m.plane.distance(g)
	if !m.near.HasH || !z.Known {
		return flat
	}
	return math.Hypot(flat, max(z.Min-m.near.H, m.near.H-z.Max, 0))
}
