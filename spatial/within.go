package spatial

import (
	"fmt"
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// Within asks for what lies within a distance of a geometry: on, under or around a point,
// along a line, in and about a polygon.
type Within struct {
	// Geometry is a point, line, polygon or several, in longitude, latitude and, for distances
	// in three dimensions, height in metres. A line with heights is the line in space, as a
	// tunnel's axis; a polygon with heights is its area extruded over their range.
	Geometry geom.T
	// Distance is the largest distance in metres; 0 asks for what touches.
	Distance float64
}

// maxWithinPositions bounds the geometry of one question.
const maxWithinPositions = 100_000

func (w *Within) validate() error {
	n := positions(w.Geometry)
	switch {
	case n == 0:
		return &Problem{Kind: ErrInvalid, Code: "invalid-geometry", Message: "the geometry to be within reach of is empty"}
	case n > maxWithinPositions:
		return &Problem{Kind: ErrInvalid, Code: "geometry-too-large",
			Message: fmt.Sprintf("the geometry to be within reach of has %d positions, more than %d", n, maxWithinPositions),
			Hint:    "simplify it, or ask about its parts"}
	case !(w.Distance >= 0 && w.Distance <= math.MaxFloat64): // written so that NaN fails
		return &Problem{Kind: ErrInvalid, Code: "invalid-distance", Message: fmt.Sprintf("%g is no distance in metres of at least 0", w.Distance)}
	}
	return CheckCoordinates(w.Geometry)
}

// Reach is a Within made ready to decide about many features. It may be used by one
// goroutine at a time.
type Reach struct {
	distance float64
	point    *Measure // of a question about one point, which is as far as it is from Near
	pieces   []piece
	areas    []area
	// around are boxes in degrees around everything within reach of a piece; groups are around
	// the boxes of groupSize pieces each.
	around, groups []Box
}

const groupSize = 16

// piece is a point, or a part of a line or ring so short that it is straight in the plane
// about its middle.
type piece struct {
	plane
	a, b   vertex  // its ends; the same for a point
	za, zb float64 // heights at its ends, of a line
	thick  ZRange  // heights that it is extruded over, of a polygon
	hasZ   bool
}

// area is one polygon.
type area struct {
	flat   []float64
	stride int
	ends   []int
	box    Box
	z      ZRange
}

// NewReach prepares the question, which must be valid.
func NewReach(w *Within) *Reach {
	r := &Reach{distance: w.Distance}
	if p, ok := w.Geometry.(*geom.Point); ok && !p.Empty() {
		near := Near{Lon: p.X(), Lat: p.Y()}
		near.H, near.HasH = heightAt(p, 0)
		m := near.Ready()
		r.point = &m
	}
	r.add(w.Geometry)
	r.around = make([]Box, len(r.pieces))
	for i := range r.pieces {
		p := &r.pieces[i]
		r.around[i] = Box2D(min(p.a.lon, p.b.lon), min(p.a.lat, p.b.lat), max(p.a.lon, p.b.lon), max(p.a.lat, p.b.lat)).reach(w.Distance)
	}
	for i := 0; i < len(r.around); i += groupSize {
		r.groups = append(r.groups, union(r.around[i:min(i+groupSize, len(r.around))]))
	}
	return r
}

func (r *Reach) add(g geom.T) {
	switch g := g.(type) {
	case *geom.Point, *geom.MultiPoint:
		r.points(g)
	case *geom.LineString, *geom.LinearRing:
		r.line(g, 0, len(g.FlatCoords()), ZRange{})
	case *geom.MultiLineString:
		start := 0
		for _, end := range g.Ends() {
			r.line(g, start, end, ZRange{})
			start = end
		}
	case *geom.Polygon:
		r.polygon(g, 0, g.Ends())
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			r.polygon(g, start, ends)
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
	case *geom.GeometryCollection:
		for _, m := range g.Geoms() {
			r.add(m)
		}
	}
}

func heightAt(g geom.T, i int) (z float64, ok bool) {
	if g.Layout().ZIndex() != 2 {
		return 0, false
	}
	return g.FlatCoords()[i+2], true
}

func (r *Reach) points(g geom.T) {
	flat, stride := g.FlatCoords(), g.Stride()
	for i := 0; i+stride <= len(flat) && stride > 0; i += stride {
		p := piece{plane: newPlane(flat[i], flat[i+1])}
		p.a = vertex{lon: flat[i], lat: flat[i+1]}
		p.b = p.a
		p.za, p.hasZ = heightAt(g, i)
		p.zb = p.za
		r.pieces = append(r.pieces, p)
	}
}

func (r *Reach) line(g geom.T, start, end int, thick ZRange) {
	flat, stride := g.FlatCoords(), g.Stride()
	for i := start + stride; i+stride <= end; i += stride {
		e := edge{flat[i-stride], flat[i-stride+1], 0, flat[i], flat[i+1], 0}
		hasZ := thick.Known
		if !hasZ {
			e.za, hasZ = heightAt(g, i-stride)
			e.zb, _ = heightAt(g, i)
		}
		r.edge(e, hasZ, thick, maxHalvings)
	}
	if end-start == stride { // a line of one position
		r.edge(edge{flat[start], flat[start+1], 0, flat[start], flat[start+1], 0}, false, thick, 0)
	}
}

// edge is what lies between two positions.
type edge struct{ ax, ay, za, bx, by, zb float64 }

// maxPieces bounds what long edges are cut into: beyond it pieces are taken as they are.
const maxPieces = 1 << 17

// edge adds an edge, halved until its pieces are straight.
func (r *Reach) edge(e edge, hasZ bool, thick ZRange, halvings int) {
	mx, my := (e.ax+e.bx)/2, (e.ay+e.by)/2
	p := piece{plane: newPlane(mx, my), za: e.za, zb: e.zb, hasZ: hasZ, thick: thick}
	p.a, p.b = p.vertex(e.ax, e.ay), p.vertex(e.bx, e.by)
	if bend(p.a, p.b) <= flatEdge || halvings == 0 || len(r.pieces) >= maxPieces {
		r.pieces = append(r.pieces, p)
		return
	}
	mz := (e.za + e.zb) / 2
	r.edge(edge{e.ax, e.ay, e.za, mx, my, mz}, hasZ, thick, halvings-1)
	r.edge(edge{mx, my, mz, e.bx, e.by, e.zb}, hasZ, thick, halvings-1)
}

func (r *Reach) polygon(g geom.T, start int, ends []int) {
	if len(ends) == 0 {
		return
	}
	a := area{stride: g.Stride(), box: EmptyBox()}
	a.flat = g.FlatCoords()[start:ends[len(ends)-1]]
	for _, end := range ends {
		a.ends = append(a.ends, end-start)
	}
	for i := 0; i+a.stride <= len(a.flat); i += a.stride {
		a.box = a.box.Extend(Box2D(a.flat[i], a.flat[i+1], a.flat[i], a.flat[i+1]))
		if z, ok := heightAt(g, start+i); ok {
			a.z = a.z.Extend(ZRange{Min: z, Max: z, Known: true})
		}
	}
	r.areas = append(r.areas, a)
	from := start
	for _, end := range ends {
		r.line(g, from, end, a.z)
		from = end
	}
}

// Boxes returns boxes that together hold everything within reach, at most 32 for one
// question; they may overlap and cross the antimeridian.
func (r *Reach) Boxes() []Box {
	const most = 32
	list := r.groups
	if len(r.areas) > 0 {
		list = append([]Box{}, list...)
		for _, a := range r.areas {
			list = append(list, a.box.reach(r.distance))
		}
	}
	if len(list) <= most {
		return list
	}
	var out []Box
	for i := range most {
		if part := list[i*len(list)/most : (i+1)*len(list)/most]; len(part) > 0 {
			out = append(out, union(part))
		}
	}
	return out
}

// Parts returns boxes that together hold everything within reach, as small as can be: a
// geometry within reach meets one of them. They may cross the antimeridian.
func (r *Reach) Parts() []Box {
	list := slices.Clone(r.around)
	for _, a := range r.areas {
		list = append(list, a.box.reach(r.distance))
	}
	return list
}

// union returns a box around all of them, one that crosses the antimeridian if one of them
// does.
func union(list []Box) Box {
	crossing := false
	for _, b := range list {
		crossing = crossing || b.CrossesAntimeridian()
	}
	out := EmptyBox()
	for _, b := range list {
		if crossing && b.Min[0] > b.Max[0] {
			b.Max[0] += 360
		} else if crossing && b.Max[0] < 0 {
			b.Min[0], b.Max[0] = b.Min[0]+360, b.Max[0]+360
		}
		out = out.Extend(b)
	}
	switch {
	case !crossing:
	case out.Max[0]-out.Min[0] >= 360 || out.Max[0] < 180:
		out.Min[0], out.Max[0] = -180, 180
	default:
		out.Max[0] -= 360
	}
	return out
}

// reach returns a box around everything within a distance of the box, of all heights.
func (b Box) reach(distance float64) Box {
	angle := (distance*slack + slackMetres) / leastRadius
	dLat := angle / degree
	all := Box2D(-180, max(b.Min[1]-dLat, -90), 180, min(b.Max[1]+dLat, 90))
	// The farthest longitude on a spherical circle; nearer the pole than its centre.
	lat := max(math.Abs(b.Min[1]), math.Abs(b.Max[1])) * degree
	sin := math.Sin(min(angle, math.Pi/2)) / math.Cos(lat)
	if angle >= math.Pi/2 || lat+angle >= math.Pi/2 || !(sin < 1) {
		return all
	}
	dLon := slack * math.Asin(sin) / degree
	if b.Max[0]-b.Min[0]+2*dLon >= 360 {
		return all
	}
	out := all
	out.Min[0], out.Max[0] = b.Min[0]-dLon, b.Max[0]+dLon
	if out.Min[0] < -180 {
		out.Min[0] += 360
	}
	if out.Max[0] > 180 {
		out.Max[0] -= 360
	}
	return out
}
