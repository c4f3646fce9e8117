package spatial

import (
	"math"

	"github.com/twpayne/go-geom"
)

const (
	degree = math.Pi / 180
	sqrt24 = 4.898979485566356
)

// squaredEccentricity of the ellipsoid.
const squaredEccentricity = flattening * (2 - flattening)

// plane is the azimuthal equidistant plane about a point of the ellipsoid: distances from
// the point are true, and so is what lies about it within a hundred metres to whatever is
// within 1,000 km (a first variation is exact, the second is off by less than a millimetre).
type plane struct {
	lon, lat float64 // degrees
	sin, cos float64 // of the latitude
	x, z     float64 // of the point, metres from the Earth's axis and from the equator's plane
	m, n     float64 // the curvatures of the meridian and across it, over √24
	// across is the radius of curvature across the meridian, w 1 - e²·sin² of the latitude.
	across, w float64
}

func newPlane(lon, lat float64) plane {
	p := plane{lon: lon, lat: lat}
	p.sin, p.cos = math.Sincos(lat * degree)
	w := 1 - squaredEccentricity*p.sin*p.sin
	n := semiMajor / math.Sqrt(w)
	m := n * (1 - squaredEccentricity) / w
	p.x, p.z = n*p.cos, n*(1-squaredEccentricity)*p.sin
	p.m, p.n = 1/(m*sqrt24), 1/(n*sqrt24)
	p.across, p.w = n, w
	return p
}

// vertex is a position in degrees and in the plane, x to the east and y to the north.
type vertex struct{ lon, lat, x, y float64 }

// closeBy is the difference in latitude and longitude, in radians, up to which a vertex is
// brought to the plane by its chord: 64 km to the north.
const closeBy = 0.01

// vertex brings a position to the plane. What is close goes by its chord in space, whose
// length and direction are those of the geodesic to 0.1 mm up to 20 km, and to 4 mm across
// the direction up to 64 km: ten times as fast as Geodesic.
func (p *plane) vertex(lon, lat float64) vertex {
	dLon, dLat := (lon-p.lon)*degree, (lat-p.lat)*degree
	if math.Abs(dLon) > closeBy || math.Abs(dLat) > closeBy {
		d, az := Geodesic(p.lon, p.lat, lon, lat)
		s, c := math.Sincos(az)
		return vertex{lon: lon, lat: lat, x: d * s, y: d * c}
	}
	// Of so small angles three terms are all that a float64 holds.
	a, b := dLat*dLat, dLon*dLon
	sa, ca := dLat*(1-a*(1./6)*(1-a*(1./20))), 1-a*0.5*(1-a*(1./12)*(1-a*(1./30)))
	sb, versed := dLon*(1-b*(1./6)*(1-b*(1./20))), b*0.5*(1-b*(1./12)*(1-b*(1./30)))
	sin, cos := p.sin*ca+p.cos*sa, p.cos*ca-p.sin*sa
	// So is it of the radius's series: u is up to 1.4e-4.
	u := squaredEccentricity / p.w * (sin - p.sin) * (sin + p.sin)
	n := p.across * (1 + u*(1./2+u*(3./8+u*(5./16))))
	r := n * cos
	x, z := r-p.x-r*versed, n*(1-squaredEccentricity)*sin-p.z
	east, north, down := r*sb, p.cos*z-p.sin*x, -p.cos*x-p.sin*z
	ee, nn := east*east, north*north
	flat := ee + nn
	if flat < 1e-20 {
		return vertex{lon: lon, lat: lat, x: east, y: north}
	}
	over := 1 / flat
	slope := down * down * over // up to 2.5e-5: again three terms
	chord := flat + down*down
	// An arc of radius R is longer than its chord c by c³/(24R²) + 3c⁵/(640R⁴); Euler's formula
	// gives the curvature of the direction.
	curvature := (p.m*nn + p.n*ee) * over
	k := chord * curvature * curvature
	scale := (1 + slope*(1./2-slope*(1./8-slope*(1./16)))) * (1 + k + 2.7*k*k)
	return vertex{lon: lon, lat: lat, x: east * scale, y: north * scale}
}

// distance returns the distance to a geometry, 0 from within an area.
func (p *plane) distance(g geom.T) float64 { return p.to(g, true) }

// toOutline returns the distance to the edges of a geometry, also from within an area.
func (p *plane) toOutline(g geom.T) float64 { return p.to(g, false) }

// to returns the distance to a geometry; solid says that the inside of an area belongs to it.
func (p *plane) to(g geom.T, solid bool) float64 {
	switch g := g.(type) {
	case *geom.Point, *geom.MultiPoint:
		return p.toPoints(g.FlatCoords(), g.Stride())
	case *geom.LineString, *geom.LinearRing:
		return p.toLine(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		return p.toPolygon(g.FlatCoords(), g.Stride(), 0, g.Ends(), false)
	case *geom.Polygon:
		return p.toPolygon(g.FlatCoords(), g.Stride(), 0, g.Ends(), solid)
	case *geom.MultiPolygon:
		best, start := math.Inf(1), 0
		for _, ends := range g.Endss() {
			best = min(best, p.toPolygon(g.FlatCoords(), g.Stride(), start, ends, solid))
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return best
	case *geom.GeometryCollection:
		best := math.Inf(1)
		for _, m := range g.Geoms() {
			best = min(best, p.to(m, solid))
		}
		return best
	}
	return math.Inf(1)
}

func (p *plane) toPoints(flat []float64, stride int) float64 {
	best := math.Inf(1)
	for i := 0; i+stride <= len(flat) && stride > 0; i += stride {
		v := p.vertex(flat[i], flat[i+1])
		best = min(best, math.Hypot(v.x, v.y))
	}
	return best
}

// toPolygon returns the distance to the rings, 0 within an area by the even–odd rule.
func (p *plane) toPolygon(flat []float64, stride, start int, ends []int, area bool) float64 {
	best, inside := math.Inf(1), false
	for _, end := range ends {
		d, about := p.toRing(flat[start:end], stride)
		best, inside = min(best, d), inside != about
		start = end
	}
	if area && inside {
		return 0
	}
	return best
}

// toRing returns the distance to a ring, and whether it runs around the point.
func (p *plane) toRing(flat []float64, stride int) (best float64, around bool) {
	var s sketch
	if p.draw(&s, flat, stride) {
		return p.along(&s, flat, stride), s.meetsAxes && pointInRing(p.lon, p.lat, flat, stride)
	}
	return p.toAll(flat, stride), pointInRing(p.lon, p.lat, flat, stride)
}

// toLine returns the distance to a line.
func (p *plane) toLine(flat []float64, stride int) float64 {
	var s sketch
	if p.draw(&s, flat, stride) {
		return p.along(&s, flat, stride)
	}
	return p.toAll(flat, stride)
}

// toAll returns the distance to a line of any kind.
func (p *plane) toAll(flat []float64, stride int) float64 {
	if len(flat) < stride || len(flat) == 0 {
		return math.Inf(1)
	}
	a := p.vertex(flat[0], flat[1])
	best := a.x*a.x + a.y*a.y // squared
	for i := stride; i+stride <= len(flat); i += stride {
		b := p.vertex(flat[i], flat[i+1])
		if d := squaredToSegment(a.x, a.y, b.x, b.y); bend(a, b) <= flatEdge {
			best = min(best, d)
		} else {
			d = p.toEdge(a, b, math.Sqrt(best), maxHalvings)
			best = min(best, d*d)
		}
		a = b
	}
	return math.Sqrt(best) // of metres: nothing that Hypot would save from overflow
}

const (
	// flatEdge is how far in metres an edge that is straight in degrees may be from one that
	// is straight in the plane to be taken for it: edges of up to 100 m at 30° of latitude.
	flatEdge = 5e-4
	// maxHalvings takes the longest edge there is down to 20 m.
	maxHalvings = 20
)

// bend bounds how far an edge that is straight in degrees lies from one that is straight in
// the plane: the sagitta of a parallel of latitude, the most bent of such edges, with room
// to spare.
func bend(a, b vertex) float64 {
	squared := (b.x-a.x)*(b.x-a.x) + (b.y-a.y)*(b.y-a.y)
	lat := max(math.Abs(a.lat), math.Abs(b.lat))
	if squared < 400 && lat < 80 || squared < 6000 && lat < 45 {
		return 0 // less than flatEdge, as most edges are
	}
	return min(squared/(4*semiMinor)*(1+math.Tan(lat*degree)), math.Sqrt(squared))
}

// toEdge returns the smaller of best and the distance to an edge that is straight in
// degrees, as RFC 7946 §3.1.1 has it. A long edge bends in the plane, so one that might
// come nearer than best is halved.
func (p *plane) toEdge(a, b vertex, best float64, halvings int) float64 {
	d := originToSegment(a.x, a.y, b.x, b.y)
	off := bend(a, b)
	if off <= flatEdge || halvings == 0 {
		return min(best, d)
	}
	if d-off >= best {
		return best
	}
	m := p.vertex((a.lon+b.lon)/2, (a.lat+b.lat)/2)
	return p.toEdge(m, b, p.toEdge(a, m, best, halvings-1), halvings-1)
}

func originToSegment(x0, y0, x1, y1 float64) float64 {
	return math.Sqrt(squaredToSegment(x0, y0, x1, y1))
}

func squaredToSegment(x0, y0, x1, y1 float64) float64 {
	dx, dy := x1-x0, y1-y0
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(-(x0*dx+y0*dy)/l, 0), 1)
	}
	x, y := x0+t*dx, y0+t*dy
	return x*x + y*y
}
