package wkb

import (
	"encoding/binary"
	"math"

	"github.com/twpayne/go-geom"
)

// reader reads either byte order and all four layouts. Counts are checked against the bytes
// that are left before memory is taken.
type reader struct {
	b      []byte
	at     int
	layout geom.Layout
	stride int
	swap   bool   // big endian
	srid   uint32 // of the extended form, 0 for none
}

// Parse reads one geometry that fills b. Curves are given as lines of straight segments, see
// arcStep.
func Parse(b []byte) (geom.T, error) {
	g, _, err := ParseExtended(b)
	return g, err
}

// ParseExtended reads one geometry that fills b and the SRID that PostGIS's extended form may
// name, 0 for none.
func ParseExtended(b []byte) (g geom.T, srid uint32, err error) {
	r := reader{b: b}
	g, err = r.geometry(0)
	if err == nil && r.at != len(b) {
		err = invalid("%d bytes are left behind a geometry", len(b)-r.at)
	}
	if err != nil {
		return nil, 0, err
	}
	return g, r.srid, nil
}

func (r *reader) left() int { return len(r.b) - r.at }

func (r *reader) short() error {
	return invalid("a geometry ends at byte %d in the middle", len(r.b))
}

func (r *reader) uint32() (uint32, error) {
	if r.left() < 4 {
		return 0, r.short()
	}
	v := binary.LittleEndian.Uint32(r.b[r.at:])
	if r.swap {
		v = binary.BigEndian.Uint32(r.b[r.at:])
	}
	r.at += 4
	return v, nil
}

// kinds is a set of types.
type kinds uint32

func only(list ...uint32) kinds {
	var k kinds
	for _, kind := range list {
		k |= 1 << kind
	}
	return k
}

func (k kinds) has(kind uint32) bool { return kind < 32 && k>>kind&1 != 0 }

var (
	anyKind  = only(Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon, Collection, circularString, compoundCurve, curvePolygon, multiCurve, multiSurface)
	segments = only(LineString, circularString)
	curves   = segments | only(compoundCurve)
	surfaces = only(Polygon, curvePolygon)
)

// header reads byte order and type, which has to be one of those wanted.
func (r *reader) header(want kinds, depth int) (uint32, error) {
	if r.left() < 5 {
		return 0, r.short()
	}
	order := r.b[r.at]
	if order > 1 {
		return 0, invalid("byte %d of a geometry is %d, no byte order", r.at, order)
	}
	r.swap = order == 0
	r.at++
	code, err := r.uint32()
	if err != nil {
		return 0, err
	}
	layout, kind := layoutOf(code &^ extendedSRID)
	if !want.has(kind) {
		return 0, invalid("byte %d of a geometry holds the type %d, which does not belong there", r.at-4, code)
	}
	if depth > 0 && layout != r.layout {
		return 0, invalid("byte %d of a geometry changes the layout", r.at-4)
	}
	r.layout, r.stride = layout, layout.Stride()
	if code&extendedSRID != 0 {
		if r.srid, err = r.uint32(); err != nil {
			return 0, err
		}
	}
	return kind, nil
}

// The bits by which the extended form says what follows the type or how long positions are.
const (
	extendedZ    = 1 << 31
	extendedM    = 1 << 30
	extendedSRID = 1 << 29
)

// layoutOf splits a type into layout and kind: ISO/IEC 13249-3 adds thousands, and the older
// extended form, which GeoPackages of other programs hold as well, sets the upper bits.
func layoutOf(kind uint32) (geom.Layout, uint32) {
	thousands := kind / zOffset
	if kind&(extendedZ|extendedM) != 0 {
		thousands = kind>>31 | kind>>30&1<<1
		kind &^= extendedZ | extendedM
	} else {
		kind %= zOffset
	}
	layouts := [...]geom.Layout{geom.XY, geom.XYZ, geom.XYM, geom.XYZM}
	if thousands >= uint32(len(layouts)) {
		return geom.XY, 0 // no type at all
	}
	return layouts[thousands], kind
}

// count reads how many members of at least size bytes follow.
func (r *reader) count(size int) (int, error) {
	n, err := r.uint32()
	if err != nil {
		return 0, err
	}
	if uint64(n)*uint64(size) > uint64(r.left()) {
		return 0, r.short()
	}
	return int(n), nil
}

func (r *reader) geometry(depth int) (geom.T, error) {
	kind, err := r.header(anyKind, depth)
	if err != nil {
		return nil, err
	}
	switch kind {
	case Point:
		flat, err := r.point(nil)
		return geom.NewPointFlat(r.layout, flat), err
	case LineString, circularString, compoundCurve:
		flat, err := r.curve(nil, kind)
		return geom.NewLineStringFlat(r.layout, flat), err
	case Polygon, curvePolygon:
		flat, ends, err := r.surface(nil, kind)
		return geom.NewPolygonFlat(r.layout, flat, ends), err
	case MultiPoint:
		flat, ends, err := r.multi(nil, only(Point), 5+8*r.stride, func(flat []float64, _ uint32) ([]float64, error) { return r.point(flat) })
		return geom.NewMultiPointFlat(r.layout, flat, geom.NewMultiPointFlatOptionWithEnds(ends)), err
	case MultiLineString, multiCurve:
		want := only(LineString)
		if kind == multiCurve {
			want = curves
		}
		flat, ends, err := r.multi(nil, want, 9, r.curve)
		return geom.NewMultiLineStringFlat(r.layout, flat, ends), err
	case MultiPolygon:
		return r.multiSurface(only(Polygon))
	case multiSurface:
		return r.multiSurface(surfaces)
	}
	return r.collection(depth)
}

// floats appends n numbers to flat.
func (r *reader) floats(flat []float64, n int) []float64 {
	if flat == nil {
		flat = make([]float64, 0, n)
	}
	b := r.b[r.at : r.at+8*n]
	r.at += 8 * n
	for ; len(b) >= 8; b = b[8:] {
		v := binary.LittleEndian.Uint64(b)
		if r.swap {
			v = binary.BigEndian.Uint64(b)
		}
		flat = append(flat, math.Float64frombits(v))
	}
	return flat
}

// point appends a point; one of not-a-numbers is empty.
func (r *reader) point(flat []float64) ([]float64, error) {
	if r.left() < 8*r.stride {
		return nil, r.short()
	}
	before := len(flat)
	flat = r.floats(flat, r.stride)
	if math.IsNaN(flat[before]) && math.IsNaN(flat[before+1]) {
		return flat[:before], nil
	}
	return flat, nil
}

func (r *reader) line(flat []float64) ([]float64, error) {
	n, err := r.count(8 * r.stride)
	if err != nil {
		return nil, err
	}
	return r.floats(flat, n*r.stride), nil
}

// surface appends the rings of a polygon, which in one of curves have headers of their own.
func (r *reader) surface(flat []float64, kind uint32) ([]float64, []int, error) {
	if kind == curvePolygon {
		return r.multi(flat, curves, 9, r.curve)
	}
	n, err := r.count(4)
	if err != nil {
		return nil, nil, err
	}
	ends := make([]int, 0, n)
	for range n {
		if flat, err = r.line(flat); err != nil {
			return nil, nil, err
		}
		ends = append(ends, len(flat))
	}
	return flat, ends, nil
}

// multi appends members of the types wanted, each at least size bytes long.
func (r *reader) multi(flat []float64, want kinds, size int, part func([]float64, uint32) ([]float64, error)) ([]float64, []int, error) {
	n, err := r.count(size)
	if err != nil {
		return nil, nil, err
	}
	ends := make([]int, 0, n)
	for range n {
		kind, err := r.header(want, 1)
		if err != nil {
			return nil, nil, err
		}
		if flat, err = part(flat, kind); err != nil {
			return nil, nil, err
		}
		ends = append(ends, len(flat))
	}
	return flat, ends, nil
}

func (r *reader) multiSurface(want kinds) (geom.T, error) {
	n, err := r.count(9)
	if err != nil {
		return nil, err
	}
	var flat []float64
	endss := make([][]int, 0, n)
	for range n {
		kind, err := r.header(want, 1)
		if err != nil {
			return nil, err
		}
		var ends []int
		if flat, ends, err = r.surface(flat, kind); err != nil {
			return nil, err
		}
		endss = append(endss, ends)
	}
	return geom.NewMultiPolygonFlat(r.layout, flat, endss), nil
}

func (r *reader) collection(depth int) (geom.T, error) {
	if depth == maxDepth {
		return nil, invalid("collections nest deeper than %d", maxDepth)
	}
	n, err := r.count(9)
	if err != nil {
		return nil, err
	}
	c := geom.NewGeometryCollection()
	for range n {
		m, err := r.geometry(depth + 1)
		if err != nil {
			return nil, err
		}
		if err := c.Push(m); err != nil {
			return nil, invalid("a collection cannot hold a member: %v", err)
		}
	}
	return c, nil
}
