package mvt

import "slices"

// XY is a position in tile coordinates: x to the east, y to the south.
type XY struct{ X, Y int32 }

// The commands of a geometry (§4.3.1).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// Geometry encodes the geometry of one feature (§4.3): commands, and the differences of
// positions from their predecessors.
type Geometry struct {
	buf  []byte
	from int // where the geometry that is being drawn begins
	last XY
}

// Reset begins a geometry and forgets those before it.
func (g *Geometry) Reset() { g.buf, g.from, g.last = g.buf[:0], 0, XY{} }

// Next begins the geometry of another feature behind the one at hand and returns the place
// between the two, for Bytes.
func (g *Geometry) Next() int {
	g.from, g.last = len(g.buf), XY{}
	return g.from
}

// Bytes returns what is drawn between two places that Next returned, 0 for the first, as
// Layer.Add takes it: good until the next Reset.
func (g *Geometry) Bytes(from, to int) []byte { return g.buf[from:to] }

// Empty reports whether nothing was added.
func (g *Geometry) Empty() bool { return len(g.buf) == g.from }

// Points adds all points of a feature, of which there must be at least one; it is called
// once for a feature.
func (g *Geometry) Points(list []XY) {
	g.command(moveTo, len(list))
	g.positions(list)
}

// Line adds a line of at least two positions.
func (g *Geometry) Line(list []XY) {
	g.command(moveTo, 1)
	g.positions(list[:1])
	g.command(lineTo, len(list)-1)
	g.positions(list[1:])
}

// Ring adds a ring of at least three positions, the first not repeated at the end. An
// exterior has positive area, a hole negative, and follows its exterior (§4.3.4.4).
func (g *Geometry) Ring(list []XY) {
	// Rings of a few corners are nearly all that most tiles hold: room is made once.
	b := slices.Grow(g.buf, 7+maxVarint32*2*len(list))
	n := len(b)
	b = b[:cap(b)]
	b[n] = moveTo | 1<<3
	n = putPosition(b, n+1, list[0], g.last)
	n = putUvarint32(b, n, lineTo|uint32(len(list)-1)<<3)
	last := list[0]
	for _, p := range list[1:] {
		dx, dy := p.X-last.X, p.Y-last.Y
		if x, y := uint32(dx<<1)^uint32(dx>>31), uint32(dy<<1)^uint32(dy>>31); x|y < 0x80 {
			b[n], b[n+1] = byte(x), byte(y)
			n += 2
		} else {
			n = putPosition(b, n, p, last)
		}
		last = p
	}
	b[n] = closePath | 1<<3
	g.buf, g.last = b[:n+1], last
}

func putPosition(b []byte, n int, p, last XY) int {
	dx, dy := p.X-last.X, p.Y-last.Y
	n = putUvarint32(b, n, uint32(dx<<1)^uint32(dx>>31))
	return putUvarint32(b, n, uint32(dy<<1)^uint32(dy>>31))
}

func (g *Geometry) command(id uint32, count int) {
	g.buf = appendUvarint32(g.buf, id|uint32(count)<<3)
}

func (g *Geometry) positions(list []XY) {
	b, last := g.buf, g.last
	for _, p := range list {
		dx, dy := p.X-last.X, p.Y-last.Y
		b = appendUvarint32(b, uint32(dx<<1)^uint32(dx>>31))
		b = appendUvarint32(b, uint32(dy<<1)^uint32(dy>>31))
		last = p
	}
	g.buf, g.last = b, last
}

// Area returns twice the area of a ring by the surveyor's formula, positive for an exterior.
func Area(ring []XY) int64 {
	if len(ring) < 3 {
		return 0
	}
	sum := int64(0)
	p := ring[len(ring)-1]
	for _, q := range ring {
		sum += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
		p = q
	}
	return sum
}
