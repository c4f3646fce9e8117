package gpkg

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Geometry types of well-known binary (ISO 19125-1, 8.2.3); with z they are 1000 higher
// (ISO 13249-3).
const (
	wkbPoint = 1 + iota
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection

	wkbZ = 1000
)

// maxDepth bounds how deep collections may nest in collections.
const maxDepth = 32

func badGeometry(format string, args ...any) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-geometry", Message: fmt.Sprintf(format, args...)}
}

// wkbType returns the type number of g without its dimension.
func wkbType(g geom.T) (uint32, error) {
	switch g.(type) {
	case *geom.Point:
		return wkbPoint, nil
	case *geom.LineString, *geom.LinearRing:
		return wkbLineString, nil
	case *geom.Polygon:
		return wkbPolygon, nil
	case *geom.MultiPoint:
		return wkbMultiPoint, nil
	case *geom.MultiLineString:
		return wkbMultiLineString, nil
	case *geom.MultiPolygon:
		return wkbMultiPolygon, nil
	case *geom.GeometryCollection:
		return wkbCollection, nil
	}
	return 0, badGeometry("a geometry of type %T cannot be stored", g)
}

// wkbWriter appends well-known binary, little endian, in one layout throughout.
type wkbWriter struct {
	b      []byte
	layout geom.Layout
	stride int
}

// appendWKB appends g. Every member of a collection must have the collection's layout.
func appendWKB(b []byte, g geom.T) ([]byte, error) {
	w := wkbWriter{b: b, layout: g.Layout()}
	if w.layout == geom.NoLayout { // a collection of nothing
		w.layout = geom.XY
	}
	if w.layout != geom.XY && w.layout != geom.XYZ {
		return b, badGeometry("a geometry has the layout %s, which is neither XY nor XYZ", g.Layout())
	}
	w.stride = w.layout.Stride()
	err := w.geometry(g, 0)
	return w.b, err
}

func (w *wkbWriter) header(kind uint32) {
	if w.layout == geom.XYZ {
		kind += wkbZ
	}
	w.b = append(w.b, 1)
	w.b = binary.LittleEndian.AppendUint32(w.b, kind)
}

func (w *wkbWriter) count(n int) { w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n)) }

func (w *wkbWriter) floats(flat []float64) {
	for _, v := range flat {
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v))
	}
}

func (w *wkbWriter) geometry(g geom.T, depth int) error {
	kind, err := wkbType(g)
	if err != nil {
		return err
	}
	if g.Layout() != w.layout && (g.Layout() != geom.NoLayout || kind != wkbCollection) {
		return badGeometry("a collection mixes the layouts %s and %s", w.layout, g.Layout())
	}
	w.header(kind)
	switch g := g.(type) {
	case *geom.Point:
		w.point(g.FlatCoords())
	case *geom.LineString, *geom.LinearRing:
		w.line(g.FlatCoords())
	case *geom.Polygon:
		w.polygon(g.FlatCoords(), 0, g.Ends())
	case *geom.MultiPoint:
		w.multi(g.FlatCoords(), g.Ends(), wkbPoint, w.point)
	case *geom.MultiLineString:
		w.multi(g.FlatCoords(), g.Ends(), wkbLineString, w.line)
	case *geom.MultiPolygon:
		w.count(len(g.Endss()))
		start := 0
		for _, ends := range g.Endss() {
			w.header(wkbPolygon)
			start = w.polygon(g.FlatCoords(), start, ends)
		}
	case *geom.GeometryCollection:
		return w.collection(g, depth)
	}
	return nil
}

// point writes an empty point as not-a-numbers, the quiet ones that everybody writes and
// not the one that math.NaN returns.
func (w *wkbWriter) point(flat []float64) {
	if len(flat) == 0 {
		nan := math.Float64frombits(0x7ff8 << 48)
		flat = []float64{nan, nan, nan}[:w.stride]
	}
	w.floats(flat)
}

func (w *wkbWriter) line(flat []float64) {
	w.count(len(flat) / w.stride)
	w.floats(flat)
}

func (w *wkbWriter) polygon(flat []float64, start int, ends []int) int {
	w.count(len(ends))
	for _, end := range ends {
		w.line(flat[start:end])
		start = end
	}
	return start
}

func (w *wkbWriter) multi(flat []float64, ends []int, kind uint32, part func([]float64)) {
	w.count(len(ends))
	start := 0
	for _, end := range ends {
		w.header(kind)
		part(flat[start:end])
		start = end
	}
}

func (w *wkbWriter) collection(g *geom.GeometryCollection, depth int) error {
	if depth == maxDepth {
		return badGeometry("collections nest deeper than %d", maxDepth)
	}
	w.count(g.NumGeoms())
	for _, m := range g.Geoms() {
		if err := w.geometry(m, depth+1); err != nil {
			return err
		}
	}
	return nil
}
