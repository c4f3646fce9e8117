package spatial

import (
	"math"

	"github.com/twpayne/go-geom"
)

var eccentricity = math.Sqrt(squaredEccentricity)

// Area returns the area in square metres that the polygons of a geometry cover on the WGS 84
// ellipsoid, 0 for points and lines. Edges are straight in degrees; holes are taken off,
// overlapping polygons are counted each.
//
// Between two meridians the ellipsoid has, from the equator to a latitude φ, an area
// proportional to the authalic function (Snyder, Map Projections, USGS PP 1395, 3-12); its
// integral along the edges is the area (Green's theorem).
func Area(g geom.T) float64 {
	switch g := g.(type) {
	case *geom.Polygon:
		return areaOfRings(g.FlatCoords(), g.Stride(), 0, g.Ends())
	case *geom.MultiPolygon:
		sum, start := 0.0, 0
		for _, ends := range g.Endss() {
			sum += areaOfRings(g.FlatCoords(), g.Stride(), start, ends)
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return sum
	case *geom.GeometryCollection:
		sum := 0.0
		for _, m := range g.Geoms() {
			sum += Area(m)
		}
		return sum
	}
	return 0
}

func areaOfRings(flat []float64, stride, start int, ends []int) float64 {
	sum := 0.0
	for i, end := range ends {
		a := math.Abs(ringArea(flat[start:end], stride))
		if i > 0 {
			a = -a
		}
		sum += a
		start = end
	}
	return max(sum, 0)
}

func ringArea(ring []float64, stride int) float64 {
	if len(ring) < 3*stride {
		return 0
	}
	// Reckoned from the latitude of the first position, the sums stay small.
	from := authalic(ring[1])
	low, sum := 0.0, 0.0
	for i := stride; i+stride <= len(ring); i += stride {
		x0, y0, x1, y1 := ring[i-stride], ring[i-stride+1], ring[i], ring[i+1]
		high := authalic(y1) - from
		sum += (x1 - x0) * degree * meanAuthalic(y0, y1, low, high, from)
		low = high
	}
	return sum
}

// meanAuthalic returns the mean of the function along an edge, by Simpson's rule on pieces so
// short that it is exact to a square millimetre.
func meanAuthalic(y0, y1, low, high, from float64) float64 {
	n := 1 + int(math.Abs(y1-y0)/0.1)
	sum, a := 0.0, low
	for i := range n {
		b := high
		if i+1 < n {
			b = authalic(y0+(y1-y0)*float64(i+1)/float64(n)) - from
		}
		middle := authalic(y0+(y1-y0)*(float64(i)+0.5)/float64(n)) - from
		sum += (a + 4*middle + b) / 6
		a = b
	}
	return sum / float64(n)
}

// authalic returns the area in square metres between the equator and a latitude in degrees,
// for one radian of longitude.
func authalic(lat float64) float64 {
	s := math.Sin(lat * degree)
	es := eccentricity * s
	return semiMinor * semiMinor / 2 * (s/(1-es*es) + math.Atanh(es)/eccentricity)
}

// Length returns the length in metres of the lines of a geometry on the ellipsoid, 0 for
// points and polygons.
func Length(g geom.T) float64 {
	switch g := g.(type) {
	case *geom.LineString, *geom.LinearRing:
		return lengthOf(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		sum, start := 0.0, 0
		for _, end := range g.Ends() {
			sum += lengthOf(g.FlatCoords()[start:end], g.Stride())
			start = end
		}
		return sum
	case *geom.GeometryCollection:
		sum := 0.0
		for _, m := range g.Geoms() {
			sum += Length(m)
		}
		return sum
	}
	return 0
}

func lengthOf(flat []float64, stride int) float64 {
	sum := 0.0
	for i := stride; i+stride <= len(flat); i += stride {
		p := newPlane(flat[i-stride], flat[i-stride+1])
		v := p.vertex(flat[i], flat[i+1])
		sum += math.Hypot(v.x, v.y)
	}
	return sum
}
