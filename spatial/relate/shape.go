package relate

import (
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// segment is a piece of a line, or of a ring with the inside on its left.
type segment struct{ a, b xy }

func (s segment) low() float64  { return min(s.a.y, s.b.y) }
func (s segment) high() float64 { return max(s.a.y, s.b.y) }

// holds reports whether the box around the segment holds a position.
func (s segment) holds(p xy) bool {
	return p.x >= min(s.a.x, s.b.x) && p.x <= max(s.a.x, s.b.x) && p.y >= s.low() && p.y <= s.high()
}

// apart reports whether the boxes around two segments share nothing.
func (s segment) apart(o segment) bool {
	return max(s.a.x, s.b.x) < min(o.a.x, o.b.x) || max(o.a.x, o.b.x) < min(s.a.x, s.b.x) || s.high() < o.low() || o.high() < s.low()
}

// Shape is a geometry made ready to be related with others. It does not change and may be
// shared by goroutines.
type Shape struct {
	dim      int // of points, lines, areas; -1 when empty
	points   []xy
	segments []segment
	parts    []xy       // a position of each line or ring
	ends     map[xy]int // of lines: at how many lines' ends a position is
	members  []*Shape   // of a collection
	source   geom.T
	box      [4]float64
	strips   strips
}

// Of makes a geometry ready; nil is an empty one. The geometry must not change while the
// shape is in use.
func Of(g geom.T) *Shape {
	s := &Shape{dim: -1, source: g, box: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	switch g := g.(type) {
	case *geom.Point, *geom.MultiPoint:
		s.addPoints(g.FlatCoords(), g.Stride())
	case *geom.LineString, *geom.LinearRing:
		s.addLine(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		start := 0
		for _, end := range g.Ends() {
			s.addLine(g.FlatCoords()[start:end], g.Stride())
			start = end
		}
	case *geom.Polygon:
		s.addPolygon(g.FlatCoords(), g.Stride(), 0, g.Ends())
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			if s.addPolygon(g.FlatCoords(), g.Stride(), start, ends); len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
	case *geom.GeometryCollection:
		s.addMembers(g)
	}
	s.finish()
	return s
}

// IsEmpty reports whether the shape has no position.
func (s *Shape) IsEmpty() bool { return s.dim < 0 }

func (s *Shape) addMembers(g *geom.GeometryCollection) {
	for _, m := range g.Geoms() {
		member := Of(m)
		if member.IsEmpty() {
			continue
		}
		s.members = append(s.members, member)
		s.dim = max(s.dim, member.dim)
		s.extend(xy{member.box[0], member.box[1]})
		s.extend(xy{member.box[2], member.box[3]})
	}
}

func (s *Shape) extend(p xy) {
	s.box = [4]float64{min(s.box[0], p.x), min(s.box[1], p.y), max(s.box[2], p.x), max(s.box[3], p.y)}
}

func (s *Shape) addPoints(flat []float64, stride int) {
	for i := 0; i+stride <= len(flat); i += stride {
		s.points = append(s.points, xy{flat[i], flat[i+1]})
		s.extend(xy{flat[i], flat[i+1]})
		s.dim = max(s.dim, 0)
	}
}

// addLine adds the pieces of a line; one without length is a point.
func (s *Shape) addLine(flat []float64, stride int) {
	if len(flat) < stride {
		return
	}
	first := len(s.segments)
	s.addSegments(flat, stride, false)
	if len(s.segments) == first {
		s.addPoints(flat[:stride], stride)
		return
	}
	s.dim = max(s.dim, 1)
	s.parts = append(s.parts, s.segments[first].a)
	if s.ends == nil {
		s.ends = map[xy]int{}
	}
	s.ends[s.segments[first].a]++
	s.ends[s.segments[len(s.segments)-1].b]++
}

func (s *Shape) addSegments(flat []float64, stride int, backwards bool) {
	s.segments = slices.Grow(s.segments, len(flat)/stride)
	for i := 0; i+stride <= len(flat); i += stride {
		s.extend(xy{flat[i], flat[i+1]})
		if i == 0 {
			continue
		}
		a, b := xy{flat[i-stride], flat[i-stride+1]}, xy{flat[i], flat[i+1]}
		if a == b {
			continue
		}
		if backwards {
			a, b = b, a
		}
		s.segments = append(s.segments, segment{a, b})
	}
}

func (s *Shape) addPolygon(flat []float64, stride, start int, ends []int) {
	for i, end := range ends {
		ring := flat[start:end]
		start = end
		if len(ring) < 4*stride {
			continue
		}
		s.dim = 2
		s.parts = append(s.parts, xy{ring[0], ring[1]})
		s.addSegments(ring, stride, counterclockwise(ring, stride) != (i == 0))
	}
}

// counterclockwise looks at the turn at the lowest of the leftmost positions, which is sure
// where a sum of areas is not.
func counterclockwise(ring []float64, stride int) bool {
	n := len(ring)/stride - 1 // the last position is the first again
	at := func(i int) xy { i = (i%n + n) % n * stride; return xy{ring[i], ring[i+1]} }
	corner := 0
	for i := 1; i < n; i++ {
		if p, c := at(i), at(corner); p.x < c.x || (p.x == c.x && p.y < c.y) {
			corner = i
		}
	}
	before, behind := corner-1, corner+1
	for before > corner-n && at(before) == at(corner) {
		before--
	}
	for behind < corner+n && at(behind) == at(corner) {
		behind++
	}
	return orient(at(before), at(corner), at(behind)) > 0
}

// finish makes points of what is mixed with lines fall away and the strips ready.
func (s *Shape) finish() {
	if s.dim > 0 && s.members == nil && len(s.points) > 0 {
		// A line without length among others is a point of the collection that they make.
		line := &Shape{dim: s.dim, segments: s.segments, parts: s.parts, ends: s.ends, box: s.box}
		line.strips.make(line)
		point := &Shape{dim: 0, points: s.points, box: s.box}
		*s = Shape{dim: s.dim, members: []*Shape{line, point}, box: s.box, source: s.source}
		return
	}
	s.strips.make(s)
}

// place is where a position lies.
type place int

const (
	interior place = iota
	boundary
	exterior
)

// locate says where a position lies.
func (s *Shape) locate(p xy) place {
	if p.x < s.box[0] || p.x > s.box[2] || p.y < s.box[1] || p.y > s.box[3] {
		return exterior
	}
	switch s.dim {
	case 0:
		for _, q := range s.points {
			if p == q {
				return interior
			}
		}
	case 1:
		return s.onLine(p)
	case 2:
		return s.inArea(p)
	}
	return exterior
}

func (s *Shape) onLine(p xy) place {
	if s.ends[p]%2 == 1 {
		return boundary // the rule of two, OGC 06-103r4 §6.1.4
	}
	on := exterior
	s.strips.at(s, p.y, func(i int) bool {
		if t := s.segments[i]; t.holds(p) && orient(t.a, t.b, p) == 0 {
			on = interior
		}
		return on == exterior
	})
	return on
}

// inArea counts the segments that a ray to the east crosses.
func (s *Shape) inArea(p xy) place {
	inside, on := false, false
	s.strips.at(s, p.y, func(i int) bool {
		t := s.segments[i]
		if p.y < t.low() || p.y > t.high() || p.x > max(t.a.x, t.b.x) {
			return true
		}
		side := orient(t.a, t.b, p)
		if side == 0 && t.holds(p) {
			on = true
			return false
		}
		if (t.a.y > p.y) != (t.b.y > p.y) && (side > 0) == (t.b.y > t.a.y) {
			inside = !inside
		}
		return true
	})
	switch {
	case on:
		return boundary
	case inside:
		return interior
	}
	return exterior
}

// inAreaExactly is inArea for a position that no float holds and that lies on no segment.
func (s *Shape) inAreaExactly(p rational) place {
	inside := false
	y, _ := p.y.Float64()
	s.strips.around(s, y, 2*ulp(y), func(i int) {
		t := s.segments[i]
		if (rat(t.a.y).Cmp(p.y) > 0) == (rat(t.b.y).Cmp(p.y) > 0) {
			return
		}
		if (cross(t.a, t.b, p).Sign() > 0) == (t.b.y > t.a.y) {
			inside = !inside
		}
	})
	if inside {
		return interior
	}
	return exterior
}
