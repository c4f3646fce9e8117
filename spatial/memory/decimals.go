package memory

import (
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// decimals unpacks a geometry as decimals of at most so many digits, most of which never were
// floats; false says that it is nothing, a collection, or has measures.
func (r *exactReader) decimals(d *spatial.Decimals, digits, zDigits int) bool {
	kind := r.byte()
	if kind == typeNil || kind == typeCollection {
		return false
	}
	layout := geom.Layout(r.byte())
	if layout != geom.XY && layout != geom.XYZ {
		return false
	}
	d.Figure, d.Stride = figures[kind], layout.Stride()
	d.Ends, d.Parts = d.Ends[:0], d.Parts[:0]
	switch kind {
	case typePolygon, typeMultiLineString:
		d.Ends = r.appendEnds(d.Ends, 0, d.Stride)
	case typeMultiPoint: // its points need no ends
		r.skipEnds()
	case typeMultiPolygon:
		start := 0
		for range r.uvarint() {
			d.Ends = r.appendEnds(d.Ends, start, d.Stride)
			if n := len(d.Ends); n > 0 {
				start = d.Ends[n-1]
			}
			d.Parts = append(d.Parts, len(d.Ends))
		}
	}
	xy, z := r.byte(), byte(0)
	if d.Stride == 3 {
		z = r.byte()
	}
	d.Digits, d.ZDigits = int(xy), int(z)
	if int(xy) > digits || int(z) > zDigits {
		d.Digits, d.ZDigits = digits, zDigits
		r.rounded(d, xy, z)
	} else {
		d.Flat = r.numbersInto(d.Flat, d.Stride)
	}
	return true
}

// numbersInto returns the numbers in the memory of dst.
func (r *exactReader) numbersInto(dst []int64, stride int) []int64 {
	if r.known != nil {
		return append(dst[:0], r.known...)
	}
	r.whole, dst = dst, r.whole
	r.numbers(stride)
	r.whole, dst = dst, r.whole
	return dst
}

// rounded takes numbers of more digits, or floats.
func (r *exactReader) rounded(d *spatial.Decimals, xy, z byte) {
	r.flat = r.floats(r.flat[:0], d.Stride, xy, z)
	d.Flat = d.Flat[:0]
	for i := 0; i < len(r.flat); i += d.Stride {
		d.Add(r.flat[i : i+d.Stride])
	}
}

var figures = [...]spatial.Figure{typePoint: spatial.PointFigure, typeLineString: spatial.LineFigure, typePolygon: spatial.PolygonFigure,
	typeMultiPoint: spatial.PointsFigure, typeMultiLineString: spatial.LinesFigure, typeMultiPolygon: spatial.PolygonsFigure}
