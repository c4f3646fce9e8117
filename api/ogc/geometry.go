package ogc

import (
	"github.com/twpayne/go-geom"
)

// AppendGeometry appends a geometry in longitude and latitude as GeoJSON, null for nil. A
// LinearRing is written as the LineString that it is.
func AppendGeometry(dst []byte, g geom.T) []byte { return plainSystem.appendGeometry(dst, g) }

// plainSystem gives the store's coordinates as they are.
var plainSystem = system{uri: CRS84, digits: degreeDigits, zDigits: metreDigits}

// appendGeometry appends a geometry whose coordinates are the system's, east first.
func (s *system) appendGeometry(dst []byte, g geom.T) []byte {
	switch g := g.(type) {
	case *geom.Point:
		dst = append(dst, `{"type":"Point","coordinates":`...)
		if g.Empty() {
			return append(dst, '[', ']', '}')
		}
		return append(s.appendPosition(dst, g.FlatCoords(), hasZ(g)), '}')
	case *geom.LineString, *geom.LinearRing:
		dst = append(dst, `{"type":"LineString","coordinates":`...)
		return append(s.appendPositions(dst, g.FlatCoords(), g.Stride(), hasZ(g)), '}')
	case *geom.MultiPoint:
		dst = append(dst, `{"type":"MultiPoint","coordinates":`...)
		return append(s.appendPositions(dst, g.FlatCoords(), g.Stride(), hasZ(g)), '}')
	case *geom.MultiLineString:
		dst = append(dst, `{"type":"MultiLineString","coordinates":`...)
		return append(s.appendRings(dst, g, 0, g.Ends(), false), '}')
	case *geom.Polygon:
		dst = append(dst, `{"type":"Polygon","coordinates":`...)
		return append(s.appendRings(dst, g, 0, g.Ends(), true), '}')
	case *geom.MultiPolygon:
		dst = append(dst, `{"type":"MultiPolygon","coordinates":`...)
		return append(s.appendPolygons(dst, g), '}')
	case *geom.GeometryCollection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, m := range g.Geoms() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendGeometry(dst, m)
		}
		return append(dst, ']', '}')
	}
	return append(dst, "null"...)
}

func hasZ(g geom.T) bool { return g.Layout().ZIndex() == 2 }

func (s *system) appendPolygons(dst []byte, g *geom.MultiPolygon) []byte {
	dst = append(dst, '[')
	start := 0
	for i, ends := range g.Endss() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = s.appendRings(dst, g, start, ends, true)
		if len(ends) > 0 {
			start = ends[len(ends)-1]
		}
	}
	return append(dst, ']')
}

// appendRings appends lines or, for area, the rings of a polygon in the orientation that
// RFC 7946 §3.1.6 asks for.
func (s *system) appendRings(dst []byte, g geom.T, start int, ends []int, area bool) []byte {
	flat, stride, z := g.FlatCoords(), g.Stride(), hasZ(g)
	dst = append(dst, '[')
	for i, end := range ends {
		if i > 0 {
			dst = append(dst, ',')
		}
		ring := flat[start:end]
		if area && counterclockwise(ring, stride) != (i == 0) {
			dst = s.appendReversed(dst, ring, stride, z)
		} else {
			dst = s.appendPositions(dst, ring, stride, z)
		}
		start = end
	}
	return append(dst, ']')
}

func counterclockwise(ring []float64, stride int) bool {
	if len(ring) < stride {
		return true
	}
	x0, y0, area := ring[0], ring[1], 0.0
	for i := stride; i+stride+1 < len(ring); i += stride {
		area += (ring[i]-x0)*(ring[i+stride+1]-y0) - (ring[i+stride]-x0)*(ring[i+1]-y0)
	}
	return area >= 0
}

func (s *system) appendPositions(dst []byte, flat []float64, stride int, z bool) []byte {
	dst = append(dst, '[')
	for i := 0; i+stride <= len(flat); i += stride {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = s.appendPosition(dst, flat[i:i+stride], z)
	}
	return append(dst, ']')
}

func (s *system) appendReversed(dst []byte, flat []float64, stride int, z bool) []byte {
	dst = append(dst, '[')
	for i := len(flat) - stride; i >= 0; i -= stride {
		if i < len(flat)-stride {
			dst = append(dst, ',')
		}
		dst = s.appendPosition(dst, flat[i:i+stride], z)
	}
	return append(dst, ']')
}

func (s *system) appendPosition(dst []byte, at []float64, z bool) []byte {
	x, y := at[0], at[1]
	if s.swap {
		x, y = y, x
	}
	dst = append(dst, '[')
	dst = appendFixed(dst, x, s.digits)
	dst = append(dst, ',')
	dst = appendFixed(dst, y, s.digits)
	if z {
		dst = append(dst, ',')
		dst = appendFixed(dst, at[2], s.zDigits)
	}
	return append(dst, ']')
}
