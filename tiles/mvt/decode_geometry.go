package mvt

import (
	"encoding/binary"
	"fmt"
	"math"
)

// numbers reads packed varints of 32 bits.
type numbers struct {
	data []byte
	err  error
}

func (r *numbers) more() bool { return r.err == nil && len(r.data) > 0 }

func (r *numbers) next() uint32 {
	u, n := binary.Uvarint(r.data)
	if n <= 0 || u > math.MaxUint32 {
		r.err = fmt.Errorf("a number is cut off or longer than 32 bits, %d bytes before the end", len(r.data))
		return 0
	}
	r.data = r.data[n:]
	return uint32(u)
}

// path reads the commands of a geometry.
type path struct {
	numbers
	last XY
}

// command reads a command that must be the wanted one, and its count of at least one.
func (p *path) command(want uint32) int {
	c := p.next()
	if p.err != nil {
		return 0
	}
	id, count := c&7, int(c>>3)
	switch {
	case id != want:
		p.err = fmt.Errorf("command %d stands where %d must (§4.3.4)", id, want)
	case count == 0:
		p.err = fmt.Errorf("command %d has the count 0 (§4.3.4)", id)
	case id != closePath && count > len(p.data)/2:
		p.err = fmt.Errorf("command %d announces %d positions where %d bytes are left", id, count, len(p.data))
	}
	return count
}

func (p *path) position() XY {
	dx, dy := p.next(), p.next()
	// §4.3.2: wraps like the 32-bit integers it is made of.
	p.last.X += int32(dx>>1) ^ -int32(dx&1)
	p.last.Y += int32(dy>>1) ^ -int32(dy&1)
	return p.last
}

func decodeGeometry(t GeomType, data []byte) ([][]XY, error) {
	p := &path{numbers: numbers{data: data}}
	var parts [][]XY
	switch t {
	case Point:
		for range p.command(moveTo) {
			parts = append(parts, []XY{p.position()})
			if p.err != nil {
				return nil, fmt.Errorf("geometry: %w", p.err)
			}
		}
		if p.more() {
			return nil, fmt.Errorf("geometry: bytes are left behind the points")
		}
	case LineString:
		for p.more() {
			parts = append(parts, p.line())
		}
	case Polygon:
		exterior := false
		for p.more() {
			ring := p.line()
			if n := p.command(closePath); p.err == nil && n != 1 {
				p.err = fmt.Errorf("ClosePath has the count %d (§4.3.3.3)", n)
			}
			area := Area(ring)
			switch {
			case p.err != nil:
			case area == 0:
				p.err = fmt.Errorf("ring %d has no area (§4.3.4.4)", len(parts))
			case area < 0 && !exterior:
				p.err = fmt.Errorf("the first ring is a hole (§4.3.4.4)")
			}
			exterior = true
			parts = append(parts, ring)
		}
	}
	if p.err != nil {
		return nil, fmt.Errorf("geometry: %w", p.err)
	}
	return parts, nil
}

// line reads MoveTo and LineTo.
func (p *path) line() []XY {
	if n := p.command(moveTo); p.err == nil && n != 1 {
		p.err = fmt.Errorf("a line begins with %d MoveTo (§4.3.4.3)", n)
	}
	if p.err != nil {
		return nil
	}
	list := []XY{p.position()}
	for range p.command(lineTo) {
		q := p.position()
		if p.err != nil {
			return nil
		}
		if q == list[len(list)-1] {
			p.err = fmt.Errorf("two positions of a line are one (§4.3.3.2)")
			return nil
		}
		list = append(list, q)
	}
	return list
}
