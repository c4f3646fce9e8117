package relate

import (
	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"
)

// Planar returns a geometry as the library simplefeatures has it, without its heights.
func Planar(g geom.T) sf.Geometry {
	switch g := g.(type) {
	case *geom.Point:
		if g.Empty() {
			return sf.NewEmptyPoint(sf.DimXY).AsGeometry()
		}
		return pointOf(g.FlatCoords()).AsGeometry()
	case *geom.MultiPoint:
		var list []sf.Point
		flat, stride := g.FlatCoords(), g.Stride()
		for i := 0; i+stride <= len(flat); i += stride {
			list = append(list, pointOf(flat[i:]))
		}
		return sf.NewMultiPoint(list).AsGeometry()
	case *geom.LineString, *geom.LinearRing:
		return lineOf(g.FlatCoords(), g.Stride()).AsGeometry()
	case *geom.MultiLineString:
		return sf.NewMultiLineString(linesOf(g.FlatCoords(), g.Stride(), 0, g.Ends())).AsGeometry()
	case *geom.Polygon:
		return sf.NewPolygon(linesOf(g.FlatCoords(), g.Stride(), 0, g.Ends())).AsGeometry()
	case *geom.MultiPolygon:
		var list []sf.Polygon
		start := 0
		for _, ends := range g.Endss() {
			list = append(list, sf.NewPolygon(linesOf(g.FlatCoords(), g.Stride(), start, ends)))
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return sf.NewMultiPolygon(list).AsGeometry()
	case *geom.GeometryCollection:
		var list []sf.Geometry
		for _, m := range g.Geoms() {
			list = append(list, Planar(m))
		}
		return sf.NewGeometryCollection(list).AsGeometry()
	}
	return sf.Geometry{}
}

func pointOf(flat []float64) sf.Point {
	return sf.NewPoint(sf.Coordinates{XY: sf.XY{X: flat[0], Y: flat[1]}})
}

func linesOf(flat []float64, stride, start int, ends []int) []sf.LineString {
	list := make([]sf.LineString, 0, len(ends))
	for _, end := range ends {
		list = append(list, lineOf(flat[start:end], stride))
		start = end
	}
	return list
}

func lineOf(flat []float64, stride int) sf.LineString {
	if stride == 2 {
		return sf.NewLineString(sf.NewSequence(flat, sf.DimXY))
	}
	xy := make([]float64, 0, 2*len(flat)/stride)
	for i := 0; i+stride <= len(flat); i += stride {
		xy = append(xy, flat[i], flat[i+1])
	}
	return sf.NewLineString(sf.NewSequence(xy, sf.DimXY))
}
