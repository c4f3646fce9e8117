package memory

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// Exact geometry is kept as bytes, a quarter of its size as floats, and comes back to the
// last bit:
//
//	+--------------+------------+-------------------------------+
//	| type byte    | layout byte| structure, varints            |
//	+--------------+------------+-------------------------------+
//	| form of x, y | form of z, m (only with XYZ, XYM, XYZM)    |
//	+--------------+--------------------------------------------+
//	| number of positions, varint | differences, zigzag varints |
//	+-----------------------------+-----------------------------+
//
// The form says what a difference is of: 0…15 of decimals with so many digits (most sources
// write seven to nine), formBits of the floats' bits, which any float has.
const (
	formMax  = 15
	formBits = 255
)

// The types, with the numbers of the OGC; typeNil is no geometry at all.
const (
	typeNil byte = iota
	typePoint
	typeLineString
	typePolygon
	typeMultiPoint
	typeMultiLineString
	typeMultiPolygon
	typeCollection
)

var powers = [formMax + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// exactWriter packs geometry. It remembers the last form, which the next feature of a
// source most likely shares.
type exactWriter struct{ xy, z byte }

func (w *exactWriter) append(dst []byte, g geom.T) []byte {
	switch g := g.(type) {
	case nil:
		return append(dst, typeNil)
	case *geom.GeometryCollection:
		dst = append(dst, typeCollection, byte(g.Layout()))
		dst = binary.AppendUvarint(dst, uint64(g.NumGeoms()))
		for _, m := range g.Geoms() {
			dst = w.append(dst, m)
		}
		return dst
	case *geom.Point:
		dst = append(dst, typePoint, byte(g.Layout()))
	case *geom.LineString, *geom.LinearRing:
		dst = append(dst, typeLineString, byte(g.Layout()))
	case *geom.Polygon:
		dst = appendEnds(append(dst, typePolygon, byte(g.Layout())), g.Ends(), 0, g.Stride())
	case *geom.MultiPoint:
		dst = appendEnds(append(dst, typeMultiPoint, byte(g.Layout())), g.Ends(), 0, g.Stride())
	case *geom.MultiLineString:
		dst = appendEnds(append(dst, typeMultiLineString, byte(g.Layout())), g.Ends(), 0, g.Stride())
	case *geom.MultiPolygon:
		dst = binary.AppendUvarint(append(dst, typeMultiPolygon, byte(g.Layout())), uint64(len(g.Endss())))
		start := 0
		for _, ends := range g.Endss() {
			dst = appendEnds(dst, ends, start, g.Stride())
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
	}
	return w.coords(dst, g.FlatCoords(), g.Stride())
}

// appendEnds appends the number of parts and the number of positions in each.
func appendEnds(dst []byte, ends []int, start, stride int) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(ends)))
	for _, end := range ends {
		dst = binary.AppendUvarint(dst, uint64((end-start)/stride))
		start = end
	}
	return dst
}

func (w *exactWriter) coords(dst []byte, flat []float64, stride int) []byte {
	if stride == 0 {
		return append(dst, formBits, 0)
	}
	w.xy = formOf(flat, stride, 0, 2, w.xy)
	dst = append(dst, w.xy)
	if stride > 2 {
		w.z = formOf(flat, stride, 2, stride, w.z)
		dst = append(dst, w.z)
	}
	dst = binary.AppendUvarint(dst, uint64(len(flat)/stride))
	var last [4]int64
	for i, v := range flat {
		d := i % stride
		form := w.xy
		if d >= 2 {
			form = w.z
		}
		n := toForm(v, form)
		delta := n - last[d]
		last[d] = n
		dst = binary.AppendUvarint(dst, uint64(delta)<<1^uint64(delta>>63))
	}
	return dst
}

// formOf returns a form that holds the dimensions from ≤ d < to of every position.
func formOf(flat []float64, stride, from, to int, hint byte) byte {
	if hint <= formMax && fits(flat, stride, from, to, hint) {
		return hint
	}
	form := byte(0)
	for i := 0; i+stride <= len(flat); i += stride {
		for d := from; d < to; d++ {
			for form <= formMax && !fitsForm(flat[i+d], form) {
				form++
			}
			if form > formMax {
				return formBits
			}
		}
	}
	if fits(flat, stride, from, to, form) {
		return form
	}
	return formBits
}

func fits(flat []float64, stride, from, to int, form byte) bool {
	for i := 0; i+stride <= len(flat); i += stride {
		for d := from; d < to; d++ {
			if !fitsForm(flat[i+d], form) {
				return false
			}
		}
	}
	return true
}

// fitsForm reports whether the float is the one nearest to a decimal of so many digits. The
// quotient of two integers below 2⁵³ is rounded once, so it is the float that parsing the
// decimal gives.
func fitsForm(v float64, form byte) bool {
	n := math.Round(v * powers[form])
	return math.Abs(n) < 1<<53 && math.Float64bits(float64(int64(n))/powers[form]) == math.Float64bits(v)
}

func toForm(v float64, form byte) int64 {
	if form == formBits {
		return int64(math.Float64bits(v))
	}
	return int64(math.Round(v * powers[form]))
}

// exactReader unpacks what exactWriter packed.
type exactReader struct {
	buf []byte
	// With keep, the memory of a geometry is used again and again; a geometry is then valid
	// until the next read.
	keep    bool
	flat    []float64
	whole   []int64 // the numbers that were read last
	known   []int64 // what decimals is about to read, nil when it is to be read
	kept    []int   // ends
	polygon geom.Polygon
}

func (r *exactReader) uvarint() int {
	u, n := binary.Uvarint(r.buf)
	r.buf = r.buf[n:]
	return int(u)
}

func (r *exactReader) byte() byte {
	b := r.buf[0]
	r.buf = r.buf[1:]
	return b
}

func (r *exactReader) geometry() geom.T {
	kind := r.byte()
	if kind == typeNil {
		return nil
	}
	layout := geom.Layout(r.byte())
	switch kind {
	case typePoint:
		flat := r.coords(layout)
		if len(flat) == 0 {
			return geom.NewPointEmpty(layout)
		}
		return geom.NewPointFlat(layout, flat)
	case typeLineString:
		return geom.NewLineStringFlat(layout, r.coords(layout))
	case typePolygon:
		if r.keep {
			r.kept = r.appendEnds(r.kept[:0], 0, layout.Stride())
			r.polygon = *geom.NewPolygonFlat(layout, r.coords(layout), r.kept)
			return &r.polygon
		}
		ends := r.ends(0, layout.Stride())
		return geom.NewPolygonFlat(layout, r.coords(layout), ends)
	case typeMultiPoint:
		ends := r.ends(0, layout.Stride())
		return geom.NewMultiPointFlat(layout, r.coords(layout), geom.NewMultiPointFlatOptionWithEnds(ends))
	case typeMultiLineString:
		ends := r.ends(0, layout.Stride())
		return geom.NewMultiLineStringFlat(layout, r.coords(layout), ends)
	case typeMultiPolygon:
		endss := make([][]int, r.uvarint())
		start := 0
		for i := range endss {
			endss[i] = r.ends(start, layout.Stride())
			if n := len(endss[i]); n > 0 {
				start = endss[i][n-1]
			}
		}
		return geom.NewMultiPolygonFlat(layout, r.coords(layout), endss)
	}
	return r.collection(layout)
}

func (r *exactReader) collection(layout geom.Layout) geom.T {
	c := geom.NewGeometryCollection()
	flat, keep := r.flat, r.keep
	r.flat, r.keep = nil, false // members must not share one buffer
	n := r.uvarint()
	for range n {
		c.MustPush(r.geometry()) // fails only against a fixed layout, which is not set
	}
	if n == 0 {
		c.MustSetLayout(layout)
	}
	r.flat, r.keep = flat, keep
	return c
}

func (r *exactReader) ends(start, stride int) []int { return r.appendEnds(nil, start, stride) }

func (r *exactReader) appendEnds(dst []int, start, stride int) []int {
	n := r.uvarint()
	dst = slices.Grow(dst, n)
	for range n {
		start += r.uvarint() * stride
		dst = append(dst, start)
	}
	return dst
}

func (r *exactReader) skipEnds() {
	for range r.uvarint() {
		r.uvarint()
	}
}

func (r *exactReader) coords(layout geom.Layout) []float64 {
	stride := layout.Stride()
	xy, z := r.byte(), byte(0)
	if stride > 2 {
		z = r.byte()
	} else if stride == 0 {
		r.byte()
		return nil
	}
	var flat []float64
	if r.keep {
		flat = r.flat[:0]
	}
	flat = r.floats(flat, stride, xy, z)
	if r.keep {
		r.flat = flat
	}
	return flat
}

// floats appends the numbers of positions in these forms.
func (r *exactReader) floats(flat []float64, stride int, xy, z byte) []float64 {
	r.numbers(stride)
	flat = slices.Grow(flat, len(r.whole))
	for i := 0; i < len(r.whole); i += stride {
		flat = appendForm(flat, r.whole[i:i+2], xy)
		flat = appendForm(flat, r.whole[i+2:i+stride], z)
	}
	return flat
}

func appendForm(flat []float64, whole []int64, form byte) []float64 {
	for _, n := range whole {
		if form == formBits {
			flat = append(flat, math.Float64frombits(uint64(n)))
		} else {
			flat = append(flat, float64(n)/powers[form])
		}
	}
	return flat
}

// numbers undoes the differences between positions: into whole.
func (r *exactReader) numbers(stride int) {
	n := r.uvarint() * stride
	r.whole = slices.Grow(r.whole[:0], n)[:n]
	if stride == 2 {
		r.pairs(r.whole)
		return
	}
	whole, buf := r.whole, r.buf
	var last [4]int64
	for i := 0; i < n; {
		for k := range stride {
			u, size := binary.Uvarint(buf)
			buf = buf[size:]
			last[k] += int64(u>>1) ^ -int64(u&1)
			whole[i] = last[k]
			i++
		}
	}
	r.buf = buf
}

// pairs is numbers for positions of two.
func (r *exactReader) pairs(whole []int64) {
	buf := r.buf
	var x, y int64
	for ; len(whole) >= 2; whole = whole[2:] {
		if len(buf) >= 4 && buf[0] >= 0x80 && buf[1] < 0x80 && buf[2] >= 0x80 && buf[3] < 0x80 { // as of most corners
			u, v := uint64(buf[0]&0x7f)|uint64(buf[1])<<7, uint64(buf[2]&0x7f)|uint64(buf[3])<<7
			x += int64(u>>1) ^ -int64(u&1)
			y += int64(v>>1) ^ -int64(v&1)
			buf = buf[4:]
		} else {
			u, n := binary.Uvarint(buf)
			v, m := binary.Uvarint(buf[n:])
			x += int64(u>>1) ^ -int64(u&1)
			y += int64(v>>1) ^ -int64(v&1)
			buf = buf[n+m:]
		}
		whole[0], whole[1] = x, y
	}
	r.buf = buf
}
