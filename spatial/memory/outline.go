package memory

import (
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// RingKind says what a run of world coordinates is.
type RingKind uint8

// The kinds. The rings of a polygon follow each other, its exterior first.
const (
	Points   RingKind = iota // each position is a point
	Line                     // a line of at least two positions
	Exterior                 // an open ring (the first position is not repeated), its area positive with y to the south
	Hole                     // an open ring of negative area
)

// outliner adds the geometry of one row to a table in world coordinates: positions that
// fall on their predecessor are left out, rings are opened and oriented, rings without area
// are left out, what lies beyond MaxLatitude is cut off.
type outliner struct {
	t     *Table
	polar bool // something lies beyond MaxLatitude
	flags uint8
	area  float64 // square world units, of lines a square a quarter of their length wide
	cut   []float64
	out   []float64
}

func (o *outliner) add(g geom.T, box spatial.Box) {
	o.flags, o.area = 0, 0
	o.polar = !box.IsEmpty() && (box.Min[1] < -MaxLatitude || box.Max[1] > MaxLatitude)
	o.geometry(g)
}

func (o *outliner) geometry(g geom.T) {
	switch g := g.(type) {
	case *geom.Point, *geom.MultiPoint:
		o.points(g.FlatCoords(), g.Stride())
	case *geom.LineString, *geom.LinearRing:
		o.line(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		start := 0
		for _, end := range g.Ends() {
			o.line(g.FlatCoords()[start:end], g.Stride())
			start = end
		}
	case *geom.Polygon:
		o.polygon(g.FlatCoords(), g.Stride(), 0, g.Ends())
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			o.polygon(g.FlatCoords(), g.Stride(), start, ends)
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
	case *geom.GeometryCollection:
		for _, m := range g.Geoms() {
			o.geometry(m)
		}
	}
}

func (o *outliner) points(flat []float64, stride int) {
	t, start := o.t, len(o.t.xy)
	for i := 0; i+stride <= len(flat); i += stride {
		if math.Abs(flat[i+1]) <= MaxLatitude {
			t.xy = append(t.xy, Project(flat[i], flat[i+1]))
		}
	}
	if len(t.xy) > start {
		o.flags |= flagPoints
		t.pushRing(Points)
	}
}

func (o *outliner) line(flat []float64, stride int) {
	start := len(o.t.xy)
	if !o.polar {
		o.project(flat, stride)
		o.endLine(start)
		return
	}
	// Cut into the runs that lie on the map.
	units := o.units(flat, stride)
	for i := 2; i+2 <= len(units); i += 2 {
		x0, y0, dx, dy := units[i-2], units[i-1], units[i]-units[i-2], units[i+1]-units[i-1]
		t0, t1, ok := onMap(y0, dy)
		if !ok || t0 > 0 {
			o.endLine(start)
			start = len(o.t.xy)
		}
		if ok {
			o.push(start, x0+t0*dx, y0+t0*dy)
			o.push(start, x0+t1*dx, y0+t1*dy)
		}
	}
	o.endLine(start)
}

// onMap returns the part of a segment, as fractions of it, whose y lies between 0 and 1.
func onMap(y, dy float64) (from, to float64, ok bool) {
	if dy == 0 {
		return 0, 1, y >= 0 && y <= 1
	}
	from, to = -y/dy, (1-y)/dy
	if from > to {
		from, to = to, from
	}
	from, to = max(from, 0), min(to, 1)
	return from, to, from <= to
}

func (o *outliner) endLine(start int) {
	t := o.t
	if len(t.xy) == start {
		return
	}
	if len(t.xy) == start+1 {
		// A line shorter than a world unit is still there: MVT wants two positions.
		t.xy = append(t.xy, t.xy[start])
	}
	length := 0.0
	for i := start + 1; i < len(t.xy); i++ {
		length += math.Hypot(float64(t.xy[i].X)-float64(t.xy[i-1].X), float64(t.xy[i].Y)-float64(t.xy[i-1].Y))
	}
	o.area += length * length / 16
	o.flags |= flagLines
	t.pushRing(Line)
}

// polygon adds an exterior with its holes, or nothing when the exterior has no area.
func (o *outliner) polygon(flat []float64, stride, start int, ends []int) {
	for i, end := range ends {
		from := len(o.t.xy)
		if o.polar {
			o.cutRing(o.units(flat[start:end], stride))
		} else {
			o.project(flat[start:end], stride)
		}
		if len(o.t.xy) > from {
			o.flags |= flagPolygons // also when it turns out to be too small for a ring
		}
		kind := Exterior
		if i > 0 {
			kind = Hole
		}
		if !o.endRing(from, kind) && i == 0 {
			return
		}
		start = end
	}
}

// endRing opens and orients the ring from position start on; a ring without area is taken
// back.
func (o *outliner) endRing(start int, kind RingKind) bool {
	t := o.t
	ring := t.xy[start:]
	for len(ring) > 1 && ring[len(ring)-1] == ring[0] {
		ring = ring[:len(ring)-1]
	}
	area := Area(ring)
	if len(ring) < 3 || area == 0 {
		t.xy = t.xy[:start]
		return false
	}
	if (area < 0) == (kind == Exterior) {
		// Keep the first position the first.
		for i, j := 1, len(ring)-1; i < j; i, j = i+1, j-1 {
			ring[i], ring[j] = ring[j], ring[i]
		}
		area = -area
	}
	o.area += area
	t.xy = t.xy[:start+len(ring)]
	if kind == Exterior {
		kind |= RingKind(steadiness(ring) << kindBits)
	}
	t.pushRing(kind)
	return true
}

// Area returns the area of an open ring in square world units, positive when it runs
// clockwise on a map with north up, as MVT wants an exterior.
func Area(ring []World) float64 {
	if len(ring) < 3 {
		return 0
	}
	x0, y0 := int64(ring[0].X), int64(ring[0].Y)
	sum := 0.0
	px, py := int64(ring[1].X)-x0, int64(ring[1].Y)-y0
	for _, p := range ring[2:] {
		x, y := int64(p.X)-x0, int64(p.Y)-y0
		// Differences have 33 bits; the products are taken as floats, which hold those of
		// anything smaller than a continent exactly.
		sum += float64(px)*float64(y) - float64(x)*float64(py)
		px, py = x, y
	}
	return sum / 2
}

// project adds positions that differ from their predecessor.
func (o *outliner) project(flat []float64, stride int) {
	t := o.t
	start := len(t.xy)
	for i := 0; i+stride <= len(flat); i += stride {
		w := Project(flat[i], flat[i+1])
		if n := len(t.xy); n > start && t.xy[n-1] == w {
			continue
		}
		t.xy = append(t.xy, w)
	}
}

// push adds a position unless it repeats the one before in the run that began at start.
func (o *outliner) push(start int, x, y float64) {
	t, w := o.t, World{X: toWorld(x), Y: toWorld(y)}
	if n := len(t.xy); n > start && t.xy[n-1] == w {
		return
	}
	t.xy = append(t.xy, w)
}

// units projects positions to a world of size 1 without cutting; the poles themselves,
// which are infinitely far, come to lie a little before.
func (o *outliner) units(flat []float64, stride int) []float64 {
	const pole = 89.999999
	o.cut = o.cut[:0]
	for i := 0; i+stride <= len(flat); i += stride {
		o.cut = append(o.cut, unitX(flat[i]), unitY(min(max(flat[i+1], -pole), pole)))
	}
	return o.cut
}

// cutRing adds a ring cut off at both edges of the map (Sutherland and Hodgman).
func (o *outliner) cutRing(units []float64) {
	for _, edge := range [2]float64{0, 1} {
		inside := func(y float64) bool { return (edge == 0 && y >= 0) || (edge == 1 && y <= 1) }
		o.out = o.out[:0]
		for i, n := 0, len(units); i < n; i += 2 {
			x0, y0 := units[(i+n-2)%n], units[(i+n-1)%n]
			x1, y1 := units[i], units[i+1]
			if inside(y0) != inside(y1) {
				o.out = append(o.out, x0+(x1-x0)*(edge-y0)/(y1-y0), edge)
			}
			if inside(y1) {
				o.out = append(o.out, x1, y1)
			}
		}
		o.cut, o.out = o.out, o.cut
		units = o.cut
	}
	start := len(o.t.xy)
	for i := 0; i+2 <= len(units); i += 2 {
		o.push(start, units[i], units[i+1])
	}
}

func (t *Table) pushRing(kind RingKind) {
	t.ringEnds.push(len(t.xy))
	t.ringKind = append(t.ringKind, kind)
}
