package shapefile

import (
	"encoding/binary"
	"math"

	"github.com/twpayne/go-geom"
)

// The types of shape; +10 has heights and measures, +20 measures.
const (
	nullShape  = 0
	point      = 1
	polyLine   = 3
	polygon    = 5
	multiPoint = 8
	multiPatch = 31
)

// noData is how a Shapefile writes that a value is not known: anything below.
const noData = -1e38

// content reads the body of a record.
type content struct {
	b  []byte
	at int
}

func (c *content) left() int { return len(c.b) - c.at }

func (c *content) uint32() uint32 {
	if c.left() < 4 {
		c.at = len(c.b) + 1
		return 0
	}
	v := binary.LittleEndian.Uint32(c.b[c.at:])
	c.at += 4
	return v
}

func (c *content) float() float64 {
	if c.left() < 8 {
		c.at = len(c.b) + 1
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(c.b[c.at:]))
	c.at += 8
	return v
}

// failed reports whether more was read than there is.
func (c *content) failed() bool { return c.at > len(c.b) }

var errShort = broken("invalid-shape", "the shape is longer than its record")

// shape is what all types of shape come to: positions, and where their parts begin.
type shape struct {
	kind  int
	flat  []float64 // x, y or x, y, z
	hasZ  bool
	parts []int // first position of each part
	types []uint32
}

// geometryOf reads the content of a record; nil for a null shape.
func geometryOf(b []byte) (geom.T, error) {
	c := &content{b: b}
	code := c.uint32()
	if c.failed() {
		return nil, errShort
	}
	s := shape{kind: int(code % 10), hasZ: code > 10 && code < 20}
	switch {
	case code == nullShape:
		return nil, nil
	case code == multiPatch:
		s.kind, s.hasZ = multiPatch, true
	case code > 28 || code%10 != point && code%10 != polyLine && code%10 != polygon && code%10 != multiPoint:
		return nil, broken("unsupported-shape", "a shape of the type %d is not known", code)
	}
	if err := s.read(c); err != nil {
		return nil, err
	}
	return s.geometry(), nil
}

func (s *shape) read(c *content) error {
	points, parts := 1, 0
	if s.kind != point {
		c.at += 32 // its box
		if s.kind != multiPoint {
			parts = int(c.uint32())
		}
		points = int(c.uint32())
	}
	// Counts are checked against the bytes that are left before memory is taken.
	if c.failed() || parts > c.left()/4 || points > c.left()/16 {
		return errShort
	}
	for range parts {
		s.parts = append(s.parts, int(c.uint32()))
	}
	if s.kind == multiPatch {
		for range parts {
			s.types = append(s.types, c.uint32())
		}
	}
	xy := make([]float64, 0, 2*points)
	for range 2 * points {
		xy = append(xy, c.float())
	}
	if c.failed() {
		return errShort
	}
	s.flat = xy
	if s.hasZ {
		if err := s.readHeights(c, points); err != nil {
			return err
		}
	}
	return s.checkParts(points)
}

// readHeights reads z; a shape whose heights are not all known is one without.
func (s *shape) readHeights(c *content, points int) error {
	if s.kind != point {
		c.at += 16 // their range
	}
	xyz := make([]float64, 0, 3*points)
	known := true
	for i := range points {
		z := c.float()
		known = known && z > noData
		xyz = append(xyz, s.flat[2*i], s.flat[2*i+1], z)
	}
	if c.failed() {
		return errShort
	}
	if s.hasZ = known; known {
		s.flat = xyz
	}
	return nil
}

func (s *shape) checkParts(points int) error {
	for i, p := range s.parts {
		if p < 0 || p > points || i > 0 && p < s.parts[i-1] || i == 0 && p != 0 {
			return broken("invalid-shape", "part %d begins at position %d of %d", i, p, points)
		}
	}
	return nil
}

func (s *shape) stride() int {
	if s.hasZ {
		return 3
	}
	return 2
}

func (s *shape) layout() geom.Layout {
	if s.hasZ {
		return geom.XYZ
	}
	return geom.XY
}

// ends returns where each part ends in flat coordinates; parts without positions have none.
func (s *shape) ends() []int {
	var ends []int
	for i, start := range s.parts {
		end := len(s.flat) / s.stride()
		if i+1 < len(s.parts) {
			end = s.parts[i+1]
		}
		if end > start {
			ends = append(ends, end*s.stride())
		}
	}
	return ends
}

func (s *shape) geometry() geom.T {
	if len(s.flat) == 0 {
		return nil
	}
	switch s.kind {
	case point:
		if s.flat[0] <= noData || s.flat[1] <= noData {
			return nil
		}
		return geom.NewPointFlat(s.layout(), s.flat)
	case multiPoint:
		return geom.NewMultiPointFlat(s.layout(), s.flat)
	case polyLine:
		if ends := s.ends(); len(ends) > 1 {
			return geom.NewMultiLineStringFlat(s.layout(), s.flat, ends)
		}
		return geom.NewLineStringFlat(s.layout(), s.flat)
	case multiPatch:
		return s.patches()
	}
	return s.polygons(s.rings())
}

func (s *shape) rings() [][]float64 {
	var rings [][]float64
	start := 0
	for _, end := range s.ends() {
		rings = append(rings, s.flat[start:end])
		start = end
	}
	return rings
}
