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
	flat := plane{lon: n.Lon, lat: n.Lat}.distance(g)
	if !n.HasH || !z.Known {
		return flat
	}
	return math.Hypot(flat, max(z.Min-n.H, n.H-z.Max, 0))
}

// plane is the azimuthal equidistant plane about a point.
type plane struct{ lon, lat float64 }

func (p plane) distance(g geom.T) float64 {
	switch g := g.(type) {
	case *geom.Point, *geom.MultiPoint:
		return p.toPoints(g.FlatCoords(), g.Stride())
	case *geom.LineString, *geom.LinearRing:
		return p.toLine(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		return p.toPolygon(g.FlatCoords(), g.Stride(), 0, g.Ends(), false)
	case *geom.Polygon:
		return p.toPolygon(g.FlatCoords(), g.Stride(), 0, g.Ends(), true)
	case *geom.MultiPolygon:
		best, start := math.Inf(1), 0
		for _, ends := range g.Endss() {
			best = min(best, p.toPolygon(g.FlatCoords(), g.Stride(), start, ends, true))
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return best
	case *geom.GeometryCollection:
		best := math.Inf(1)
		for _, m := range g.Geoms() {
			best = min(best, p.distance(m))
		}
		return best
	}
	return math.Inf(1)
}

func (p plane) toPoints(flat []float64, stride int) float64 {
	best := math.Inf(1)
	for i := 0; i+stride <= len(flat); i += stride {
		d, _ := Geodesic(p.lon, p.lat, flat[i], flat[i+1])
		best = min(best, d)
	}
	return best
}

// toPolygon returns the distance to the rings, 0 within an area by the even–odd rule.
func (p plane) toPolygon(flat []float64, stride, start int, ends []int, area bool) float64 {
	best, inside := math.Inf(1), false
	for _, end := range ends {
		ring := flat[start:end]
		best = min(best, p.toLine(ring, stride))
		inside = inside != pointInRing(p.lon, p.lat, ring, stride)
		start = end
	}
	if area && inside {
		return 0
	}
	return best
}

// toLine returns the distance to a line.
func (p plane) toLine(flat []float64, stride int) float64 {
	if len(flat) < stride {
		return math.Inf(1)
	}
	a := p.vertex(flat[0], flat[1])
	best := math.Hypot(a.x, a.y)
	for i := stride; i+stride <= len(flat); i += stride {
		b := p.vertex(flat[i], flat[i+1])
		best = p.toEdge(a, b, best, maxHalvings)
		a = b
	}
	return best
}

// vertex is a position in degrees and in the plane.
type vertex struct{ lon, lat, x, y float64 }

func (p plane) vertex(lon, lat float64) vertex {
	d, az := Geodesic(p.lon, p.lat, lon, lat)
	s, c := math.Sincos(az)
	return vertex{lon: lon, lat: lat, x: d * s, y: d * c}
}

const (
	// flatEdge is the length in metres under which an edge that is straight in degrees is
	// taken as straight in the plane: the two are 0.1 mm apart at 30° of latitude.
	flatEdge = 100
	// maxHalvings takes the longest edge there is down to 20 m.
	maxHalvings = 20
)

// toEdge returns the smaller of best and the distance to an edge that is straight in
// degrees, as RFC 7946 §3.1.1 has it. A long edge bends in the plane, so one that might
// come nearer than best is halved.
func (p plane) toEdge(a, b vertex, best float64, halvings int) float64 {
	d := originToSegment(a.x, a.y, b.x, b.y)
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length <= flatEdge || halvings == 0 {
		return min(best, d)
	}
	// The sagitta of a parallel of latitude, the most bent of such edges, with room to spare.
	lat := max(math.Abs(a.lat), math.Abs(b.lat)) * math.Pi / 180
	bend := min(length*length/(4*semiMinor)*(1+math.Tan(lat)), length)
	if d-bend >= best {
		return best
	}
	m := p.vertex((a.lon+b.lon)/2, (a.lat+b.lat)/2)
	return p.toEdge(m, b, p.toEdge(a, m, best, halvings-1), halvings-1)
}

func originToSegment(x0, y0, x1, y1 float64) float64 {
	dx, dy := x1-x0, y1-y0
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(-(x0*dx+y0*dy)/l, 0), 1)
	}
	return math.Hypot(x0+t*dx, y0+t*dy)
}
