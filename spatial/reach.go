package spatial

import (
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// Distance returns how far in metres a feature with this geometry and these heights lies
// from the geometry asked about, +Inf when that is more than Within.Distance: on the
// ellipsoid, 0 where the two meet; in three dimensions, to the footprint extruded over the
// feature's heights, where both have heights. For edges of the usual kind it is true to a
// millimetre; edges are straight in degrees, as RFC 7946 §3.1.1 has it.
func (r *Reach) Distance(g geom.T, z ZRange) float64 {
	if g == nil {
		return math.Inf(1)
	}
	if r.point != nil {
		return r.known(r.point.Distance(g, z))
	}
	s := measure{r: r, z: z, best: math.Nextafter(max(r.distance, touching), math.Inf(1))}
	s.geometry(g)
	return r.known(s.best)
}

// known returns what is told of a distance.
func (r *Reach) known(d float64) float64 {
	switch {
	case d < touching:
		return 0
	case d > r.distance:
		return math.Inf(1)
	}
	return d
}

// touching is the distance in metres that counts as none: what meets a line between two of
// its positions is off it by the rounding of the numbers.
const touching = 1e-6

// measure finds how near one feature comes.
type measure struct {
	r    *Reach
	z    ZRange
	best float64
}

func (s *measure) geometry(g geom.T) {
	switch g := g.(type) {
	case *geom.Point, *geom.MultiPoint:
		flat, stride := g.FlatCoords(), g.Stride()
		for i := 0; i+stride <= len(flat) && stride > 0; i += stride {
			s.part(shape{flat: flat[i : i+stride], stride: stride, ends: []int{stride}})
		}
	case *geom.LineString, *geom.LinearRing:
		s.part(shape{flat: g.FlatCoords(), stride: g.Stride(), ends: []int{len(g.FlatCoords())}})
	case *geom.MultiLineString:
		start := 0
		for _, end := range g.Ends() {
			s.part(shape{flat: g.FlatCoords()[start:end], stride: g.Stride(), ends: []int{end - start}})
			start = end
		}
	case *geom.Polygon:
		s.part(shape{flat: g.FlatCoords(), stride: g.Stride(), ends: g.Ends(), area: true})
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			if len(ends) == 0 {
				continue
			}
			own := make([]int, len(ends))
			for i, end := range ends {
				own[i] = end - start
			}
			last := ends[len(ends)-1]
			s.part(shape{flat: g.FlatCoords()[start:last], stride: g.Stride(), ends: own, area: true})
			start = last
		}
	case *geom.GeometryCollection:
		for _, m := range g.Geoms() {
			s.geometry(m)
		}
	}
}

// shape is a point, a line or a polygon of a feature.
type shape struct {
	flat   []float64
	stride int
	ends   []int
	area   bool
}

func (f *shape) box() Box {
	b := EmptyBox()
	for i := 0; i+f.stride <= len(f.flat); i += f.stride {
		x, y := f.flat[i], f.flat[i+1]
		b.Min[0], b.Max[0] = min(b.Min[0], x), max(b.Max[0], x)
		b.Min[1], b.Max[1] = min(b.Min[1], y), max(b.Max[1], y)
	}
	return b
}

func (s *measure) part(f shape) {
	if len(f.flat) == 0 || len(f.ends) == 0 {
		return
	}
	box := f.box()
	for i := range s.r.areas {
		s.inside(&s.r.areas[i], &f)
	}
	for i, group := range s.r.groups {
		if !meets(group, box) {
			continue
		}
		first := i * groupSize
		for j, around := range s.r.around[first:min(first+groupSize, len(s.r.around))] {
			if s.best == 0 {
				return
			}
			if meets(around, box) {
				s.piece(&s.r.pieces[first+j], &f)
			}
		}
	}
}

// meets reports whether two boxes share a point; a may cross the antimeridian.
func meets(a, b Box) bool {
	if a.Min[1] > b.Max[1] || b.Min[1] > a.Max[1] {
		return false
	}
	if a.Min[0] > a.Max[0] {
		return b.Max[0] >= a.Min[0] || b.Min[0] <= a.Max[0]
	}
	return a.Min[0] <= b.Max[0] && b.Min[0] <= a.Max[0]
}

// inside looks whether the shape begins in the area: if it only reaches into it, a piece of
// the area's edge meets it.
func (s *measure) inside(a *area, f *shape) {
	x, y := f.flat[0], f.flat[1]
	if y < a.box.Min[1] || y > a.box.Max[1] || x < a.box.Min[0] || x > a.box.Max[0] || !inRings(x, y, a.flat, a.stride, a.ends) {
		return
	}
	s.take(0, gap(a.z, s.z))
}

func (s *measure) take(flat, up float64) {
	if up > 0 {
		flat = math.Hypot(flat, up)
	}
	s.best = min(s.best, flat)
}

// gap is the distance between two ranges of heights, 0 when one is not known.
func gap(a, b ZRange) float64 {
	if !a.Known || !b.Known {
		return 0
	}
	return max(a.Min-b.Max, b.Min-a.Max, 0)
}

// inRings is the even–odd rule.
func inRings(x, y float64, flat []float64, stride int, ends []int) bool {
	inside, start := false, 0
	for _, end := range ends {
		inside = inside != pointInRing(x, y, flat[start:end], stride)
		start = end
	}
	return inside
}

// piece measures from one piece to one shape.
func (s *measure) piece(p *piece, f *shape) {
	q := pair{measure: s, p: p}
	switch {
	case !p.hasZ || !s.z.Known:
	case p.thick.Known:
		q.up = gap(p.thick, s.z)
	case p.za == p.zb:
		q.up = gap(ZRange{Min: p.za, Max: p.za, Known: true}, s.z)
	default:
		q.slopes = true
	}
	if q.up > s.best {
		return
	}
	if f.area {
		q.within(f)
	}
	start := 0
	for _, end := range f.ends {
		q.line(f.flat[start:end], f.stride)
		start = end
	}
}

// pair is a piece and a shape that is measured to.
type pair struct {
	*measure
	p      *piece
	up     float64 // between their heights, when that is the same all along the piece
	slopes bool    // it is not
}

func (q *pair) line(flat []float64, stride int) {
	if len(flat) < stride {
		return
	}
	a := q.p.vertex(flat[0], flat[1])
	if len(flat) == stride {
		q.edge(a, a, 0)
		return
	}
	for i := stride; i+stride <= len(flat); i += stride {
		b := q.p.vertex(flat[i], flat[i+1])
		q.edge(a, b, maxHalvings)
		a = b
	}
}

// edge measures to an edge, halved where it bends and might come nearer than what was found.
func (q *pair) edge(a, b vertex, halvings int) {
	flat := segments(&q.p.a, &q.p.b, &a, &b)
	off := bend(a, b)
	if flat-off > q.best {
		return
	}
	if off > flatEdge && halvings > 0 {
		m := q.p.vertex((a.lon+b.lon)/2, (a.lat+b.lat)/2)
		q.edge(a, m, halvings-1)
		q.edge(m, b, halvings-1)
		return
	}
	if !q.slopes {
		q.take(flat, q.up)
		return
	}
	q.take(q.sloping(a, b), 0)
}

// segments returns the distance between two segments of the plane, 0 where they cross.
func segments(a, b, c, d *vertex) float64 {
	if a.x == b.x && a.y == b.y {
		return originToSegment(c.x-a.x, c.y-a.y, d.x-a.x, d.y-a.y)
	}
	side := func(a, b, p *vertex) float64 { return (b.x-a.x)*(p.y-a.y) - (b.y-a.y)*(p.x-a.x) }
	if side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0 {
		return 0
	}
	return min(
		originToSegment(a.x-c.x, a.y-c.y, b.x-c.x, b.y-c.y), originToSegment(a.x-d.x, a.y-d.y, b.x-d.x, b.y-d.y),
		originToSegment(c.x-a.x, c.y-a.y, d.x-a.x, d.y-a.y), originToSegment(c.x-b.x, c.y-b.y, d.x-b.x, d.y-b.y))
}

// sloping returns the distance in space between the piece, whose heights change along it,
// and a wall over the edge. At a fraction t of the piece it is the root of the sum of the
// squares of two convex functions, and so convex itself: the golden section finds its least.
func (q *pair) sloping(a, b vertex) float64 {
	p := q.p
	at := func(t float64) float64 {
		x, y, z := p.a.x+t*(p.b.x-p.a.x), p.a.y+t*(p.b.y-p.a.y), p.za+t*(p.zb-p.za)
		return math.Hypot(originToSegment(a.x-x, a.y-y, b.x-x, b.y-y), max(q.z.Min-z, z-q.z.Max, 0))
	}
	const ratio = 0.6180339887498949
	low, high := 0.0, 1.0
	s, t := high-ratio*(high-low), low+ratio*(high-low)
	fs, ft := at(s), at(t)
	for range 50 {
		if fs < ft {
			high, t, ft = t, s, fs
			s = high - ratio*(high-low)
			fs = at(s)
		} else {
			low, s, fs = s, t, ft
			t = low + ratio*(high-low)
			ft = at(t)
		}
	}
	return min(fs, ft, at(0), at(1))
}

// within measures where the piece lies over, in or under the shape's area.
func (q *pair) within(f *shape) {
	p := q.p
	if !q.slopes {
		// Where it only reaches in, an edge meets it.
		if inRings(p.a.lon, p.a.lat, f.flat, f.stride, f.ends) {
			q.take(0, q.up)
		}
		return
	}
	cuts := q.cuts(f)
	for i := 1; i < len(cuts); i++ {
		from, to := cuts[i-1], cuts[i]
		middle := (from + to) / 2
		if !inRings(p.a.lon+middle*(p.b.lon-p.a.lon), p.a.lat+middle*(p.b.lat-p.a.lat), f.flat, f.stride, f.ends) {
			continue
		}
		a, b := p.za+from*(p.zb-p.za), p.za+to*(p.zb-p.za)
		q.take(0, gap(ZRange{Min: min(a, b), Max: max(a, b), Known: true}, q.z))
	}
}

// cuts returns the fractions of the piece at which it crosses the shape's edges, with 0 and
// 1, ascending; all in degrees, where edges are straight.
func (q *pair) cuts(f *shape) []float64 {
	a, b := &q.p.a, &q.p.b
	dx, dy := b.lon-a.lon, b.lat-a.lat
	out, start := []float64{0, 1}, 0
	for _, end := range f.ends {
		ring := f.flat[start:end]
		for i := f.stride; i+f.stride <= len(ring); i += f.stride {
			cx, cy := ring[i-f.stride], ring[i-f.stride+1]
			ex, ey := ring[i]-cx, ring[i+1]-cy
			if d := dx*ey - dy*ex; d != 0 {
				t := ((cx-a.lon)*ey - (cy-a.lat)*ex) / d
				u := ((cx-a.lon)*dy - (cy-a.lat)*dx) / d
				if t > 0 && t < 1 && u >= 0 && u <= 1 {
					out = append(out, t)
				}
			}
		}
		start = end
	}
	slices.Sort(out)
	return out
}
