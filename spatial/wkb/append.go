package wkb

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Geometry types (ISO 19125-1, 8.2.3); with z they are zOffset higher (ISO 13249-3).
const (
	Point = 1 + iota
	LineString
	Polygon
	MultiPoint
	MultiLineString
	MultiPolygon
	Collection
)

const zOffset = 1000

// maxDepth bounds how deep collections may nest in collections.
const maxDepth = 32

func invalid(format string, args ...any) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-geometry", Message: fmt.Sprintf(format, args...)}
}

// Type returns the type number of g without its dimension.
func Type(g geom.T) (uint32, error) {
	switch g.(type) {
	case *geom.Point:
		return Point, nil
	case *geom.LineString, *geom.LinearRing:
		return LineString, nil
	case *geom.Polygon:
		return Polygon, nil
	case *geom.MultiPoint:
		return MultiPoint, nil
	case *geom.MultiLineString:
		return MultiLineString, nil
	case *geom.MultiPolygon:
		return MultiPolygon, nil
	case *geom.GeometryCollection:
		return Collection, nil
	}
	return 0, invalid("a geometry of type %T cannot be stored", g)
}

// writer appends well-known binary, little endian, in one layout throughout.
type writer struct {
	b      []byte
	layout geom.Layout
	stride int
}

// Append appends g, little endian. Every member of a collection must have the collection's
// layout; an empty point is written as not-a-numbers. ErrInvalid for what has no such form.
func Append(b []byte, g geom.T) ([]byte, error) {
	w := writer{b: b, layout: g.Layout()}
	if w.layout == geom.NoLayout { // a collection of nothing
		w.layout = geom.XY
	}
	if w.layout != geom.XY && w.layout != geom.XYZ {
		return b, invalid("a geometry has the layout %s, which is neither XY nor XYZ", g.Layout())
	}
	w.stride = w.layout.Stride()
	err := w.geometry(g, 0)
	return w.b, err
}

func (w *writer) header(kind uint32) {
	if w.layout == geom.XYZ {
		kind += zOffset
	}
	w.b = append(w.b, 1)
	w.b = binary.LittleEndian.AppendUint32(w.b, kind)
}

func (w *writer) count(n int) { w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n)) }

func (w *writer) floats(flat []float64) {
	for _, v := range flat {
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v))
	}
}

func (w *writer) geometry(g geom.T, depth int) error {
	kind, err := Type(g)
	if err != nil {
		return err
	}
	if g.Layout() != w.layout && (g.Layout() != geom.NoLayout || kind != Collection) {
		return invalid("a collection mixes the layouts %s and %s", w.layout, g.Layout())
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
		w.multi(g.FlatCoords(), g.Ends(), Point, w.point)
	case *geom.MultiLineString:
		w.multi(g.FlatCoords(), g.Ends(), LineString, w.line)
	case *geom.MultiPolygon:
		w.count(len(g.Endss()))
		start := 0
		for _, ends := range g.Endss() {
			w.header(Polygon)
			start = w.polygon(g.FlatCoords(), start, ends)
		}
	case *geom.GeometryCollection:
		return w.collection(g, depth)
	}
	return nil
}

// point writes an empty point as not-a-numbers, the quiet ones that everybody writes and
// not the one that math.NaN returns.
func (w *writer) point(flat []float64) {
	if len(flat) == 0 {
		nan := math.Float64frombits(0x7ff8 << 48)
		flat = []float64{nan, nan, nan}[:w.stride]
	}
	w.floats(flat)
}

func (w *writer) line(flat []float64) {
	w.count(len(flat) / w.stride)
	w.floats(flat)
}

func (w *writer) polygon(flat []float64, start int, ends []int) int {
	w.count(len(ends))
	for _, end := range ends {
		w.line(flat[start:end])
		start = end
	}
	return start
}

func (w *writer) multi(flat []float64, ends []int, kind uint32, part func([]float64)) {
	w.count(len(ends))
	start := 0
	for _, end := range ends {
		w.header(kind)
		part(flat[start:end])
		start = end
	}
}

func (w *writer) collection(g *geom.GeometryCollection, depth int) error {
	if depth == maxDepth {
		return invalid("collections nest deeper than %d", maxDepth)
	}
	w.count(g.NumGeoms())
	for _, m := range g.Geoms() {
		if err := w.geometry(m, depth+1); err != nil {
			return err
		}
	}
	return nil
}
