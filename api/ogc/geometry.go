package ogc

import (
	"math/bits"
	"slices"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// AppendGeometry appends a geometry in longitude and latitude as GeoJSON, null for nil. A
// LinearRing is written as the LineString that it is.
func AppendGeometry(dst []byte, g geom.T) []byte { return plainSystem.appendGeometry(dst, g) }

// plainSystem gives the store's coordinates as they are.
var plainSystem = system{uri: CRS84, digits: degreeDigits, zDigits: metreDigits}

// appendGeometry appends a geometry whose coordinates are the system's, east first.
func (s *system) appendGeometry(dst []byte, g geom.T) []byte {
	if c, ok := g.(*geom.GeometryCollection); ok {
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, m := range c.Geoms() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendGeometry(dst, m)
		}
		return append(dst, ']', '}')
	}
	var d spatial.Decimals
	if !d.Set(g, s.digits, s.zDigits) {
		return append(dst, "null"...)
	}
	return s.appendDecimals(dst, &d, new([2]head))
}

// figures are what GeoJSON calls them.
var figures = [...]string{spatial.PointFigure: "Point", spatial.LineFigure: "LineString", spatial.PolygonFigure: "Polygon",
	spatial.PointsFigure: "MultiPoint", spatial.LinesFigure: "MultiLineString", spatial.PolygonsFigure: "MultiPolygon"}

// appendDecimals appends a geometry whose coordinates are the system's, east first. The heads
// are those of the geometry before, or new ones.
func (s *system) appendDecimals(dst []byte, d *spatial.Decimals, heads *[2]head) []byte {
	dst = append(append(append(dst, `{"type":"`...), figures[d.Figure]...), `","coordinates":`...)
	w := s.positions(d, heads)
	switch d.Figure {
	case spatial.PointFigure:
		if len(d.Flat) == 0 {
			dst = append(dst, '[', ']')
		} else {
			dst = w.position(dst, 0)
		}
	case spatial.LineFigure, spatial.PointsFigure:
		dst = w.line(dst, 0, len(d.Flat))
	case spatial.LinesFigure:
		dst = w.lines(dst, 0, 0, len(d.Ends), false)
	case spatial.PolygonFigure:
		dst = w.lines(dst, 0, 0, len(d.Ends), true)
	case spatial.PolygonsFigure:
		dst = w.polygons(dst)
	}
	return append(dst, '}')
}

// positions writes the coordinates of one geometry.
type positions struct {
	*spatial.Decimals
	swap bool  // north before east
	x, y *head // of the first and the second number
}

func (s *system) positions(d *spatial.Decimals, heads *[2]head) positions {
	heads[0].of(d.Digits)
	heads[1].of(d.Digits)
	return positions{Decimals: d, swap: s.swap, x: &heads[0], y: &heads[1]}
}

func (p *positions) polygons(dst []byte) []byte {
	dst = append(dst, '[')
	start, first := 0, 0
	for i, last := range p.Parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.lines(dst, start, first, last, true)
		if last > first {
			start = p.Ends[last-1]
		}
		first = last
	}
	return append(dst, ']')
}

// lines appends lines or, for area, the rings of a polygon in the orientation that RFC 7946
// §3.1.6 asks for: those whose ends are first … last-1, from start on.
func (p *positions) lines(dst []byte, start, first, last int, area bool) []byte {
	dst = append(dst, '[')
	for i, end := range p.Ends[first:last] {
		if i > 0 {
			dst = append(dst, ',')
		}
		if area && counterclockwise(p.Flat[start:end], p.Stride) != (i == 0) {
			dst = p.reversed(dst, start, end)
		} else {
			dst = p.line(dst, start, end)
		}
		start = end
	}
	return append(dst, ']')
}

// counterclockwise decides without rounding.
func counterclockwise(ring []int64, stride int) bool {
	if len(ring) < stride {
		return true
	}
	// Where all is within 2²⁶ of the first position, a sum of this many products of such
	// numbers stays below 2⁶³: 6° of what has seven digits.
	const most, reach = 1 << 9, 1 << 26
	if len(ring) > most*stride {
		return counterclockwiseExactly(ring, stride)
	}
	x0, y0 := ring[0], ring[1]
	var sum, x, y int64 // x and y of the position before
	var far uint64
	for i := stride; i+1 < len(ring); i += stride {
		x1, y1 := ring[i]-x0, ring[i+1]-y0
		sum += x*y1 - x1*y
		x, y = x1, y1
		far |= uint64(x1+reach) | uint64(y1+reach)
	}
	if far >= 2*reach {
		return counterclockwiseExactly(ring, stride)
	}
	return sum >= 0
}

// counterclockwiseExactly is for any ring: coordinates have up to 53 bits, the differences 54,
// and what is added up is kept in 128.
func counterclockwiseExactly(ring []int64, stride int) bool {
	x0, y0 := ring[0], ring[1]
	var high, low uint64
	for i := stride; i+stride+1 < len(ring); i += stride {
		h, l := product(ring[i]-x0, ring[i+stride+1]-y0)
		var carry uint64
		low, carry = bits.Add64(low, l, 0)
		high, _ = bits.Add64(high, h, carry)
		h, l = product(ring[i+stride]-x0, ring[i+1]-y0)
		low, carry = bits.Sub64(low, l, 0)
		high, _ = bits.Sub64(high, h, carry)
	}
	return int64(high) >= 0
}

// product returns the product of two signed numbers in 128 bits.
func product(a, b int64) (high, low uint64) {
	high, low = bits.Mul64(uint64(a), uint64(b))
	return high - uint64(a>>63)&uint64(b) - uint64(b>>63)&uint64(a), low
}

func (p *positions) line(dst []byte, start, end int) []byte {
	return p.run(dst, start, (end-start)/p.Stride, p.Stride)
}

func (p *positions) reversed(dst []byte, start, end int) []byte {
	return p.run(dst, end-p.Stride, (end-start)/p.Stride, -p.Stride)
}

// run appends n positions in brackets: the one at place i, that at i+step, ….
func (p *positions) run(dst []byte, i, n, step int) []byte {
	dst = append(dst, '[')
	if n > 0 && p.Stride == 2 && p.Digits >= lowDigits {
		for ; n > 0; n -= pairsAtOnce {
			dst = p.pairs(dst, i, min(n, pairsAtOnce), step)
			i += pairsAtOnce * step
		}
		dst[len(dst)-1] = ']' // for the comma
		return dst
	}
	for ; n > 0; n-- {
		dst = p.position(dst, i)
		if i += step; n > 1 {
			dst = append(dst, ',')
		}
	}
	return append(dst, ']')
}

// pairsAtOnce bounds the room that is made for positions to come.
const pairsAtOnce = 32

// pairs appends a few positions of two numbers, each with a comma behind it.
func (p *positions) pairs(dst []byte, i, n, step int) []byte {
	dst = slices.Grow(dst, n*(2*numberRoom+2))
	at, to := len(dst), dst[:cap(dst)]
	for ; n > 0; n-- {
		x, y := p.Flat[i], p.Flat[i+1]
		if p.swap {
			x, y = y, x
		}
		at += p.x.put((*[numberRoom]byte)(to[at:]), '[', x)
		at += p.y.put((*[numberRoom]byte)(to[at:]), ',', y)
		to[at], to[at+1] = ']', ','
		at += 2
		i += step
	}
	return to[:at]
}

func (p *positions) position(dst []byte, i int) []byte {
	x, y := p.Flat[i], p.Flat[i+1]
	if p.swap {
		x, y = y, x
	}
	dst = p.x.append(dst, '[', x)
	dst = p.y.append(dst, ',', y)
	if p.Stride == 3 {
		dst = appendDecimal(append(dst, ','), p.Flat[i+2], p.ZDigits)
	}
	return append(dst, ']')
}
