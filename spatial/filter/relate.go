package filter

import (
	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// shape is a geometry while a condition is evaluated.
type shape struct {
	geom  geom.T
	bbox  *spatial.Box // when it is a BBOX of the condition
	box   spatial.Box  // around it
	boxed bool
	plane sf.Geometry // without heights
	ready bool        // plane is
}

// fixed makes a geometry of a condition ready, so that it can be shared.
func fixed(g geom.T) *shape {
	s := &shape{geom: g}
	s.around()
	s.flat()
	return s
}

// fixedBox makes a rectangle of a condition ready: two polygons when it crosses the
// antimeridian, a line or a point when it has no width.
func fixedBox(b spatial.Box) *shape {
	parts := b.Split()
	g := rectangle(parts[0])
	if len(parts) == 2 {
		both := geom.NewGeometryCollection()
		both.MustPush(g, rectangle(parts[1]))
		if p, ok := parts2(both); ok {
			g = p
		} else {
			g = both
		}
	}
	s := fixed(g)
	s.bbox = &b
	return s
}

func parts2(c *geom.GeometryCollection) (geom.T, bool) {
	out := geom.NewMultiPolygon(geom.XY)
	for _, g := range c.Geoms() {
		p, ok := g.(*geom.Polygon)
		if !ok {
			return nil, false
		}
		if err := out.Push(p); err != nil {
			return nil, false
		}
	}
	return out, true
}

func rectangle(b spatial.Box) geom.T {
	w, s, e, n := b.Min[0], b.Min[1], b.Max[0], b.Max[1]
	switch {
	case w == e && s == n:
		return geom.NewPointFlat(geom.XY, []float64{w, s})
	case w == e || s == n:
		return geom.NewLineStringFlat(geom.XY, []float64{w, s, e, n})
	}
	return corners(b)
}

// around returns the box around the geometry, an empty one for an empty geometry.
func (s *shape) around() spatial.Box {
	if !s.boxed {
		s.box, s.boxed = spatial.BoxOf(s.geom), true
	}
	return s.box
}

// flat returns the geometry in the plane.
func (s *shape) flat() sf.Geometry {
	if !s.ready {
		s.plane, s.ready = inPlane(s.geom), true
	}
	return s.plane
}

// inPlane converts a geometry and drops its heights.
func inPlane(g geom.T) sf.Geometry {
	switch g := g.(type) {
	case *geom.Point:
		if g.Empty() {
			return sf.NewEmptyPoint(sf.DimXY).AsGeometry()
		}
		return pointOf(g.FlatCoords()).AsGeometry()
	case *geom.MultiPoint:
		var list []sf.Point
		flat, stride := g.FlatCoords(), g.Stride()
		for i := 0; i+stride <= len(flat); i += stride {
			list = append(list, pointOf(flat[i:]))
		}
		return sf.NewMultiPoint(list).AsGeometry()
	case *geom.LineString, *geom.LinearRing:
		return lineOf(g.FlatCoords(), g.Stride()).AsGeometry()
	case *geom.MultiLineString:
		return sf.NewMultiLineString(linesOf(g.FlatCoords(), g.Stride(), 0, g.Ends())).AsGeometry()
	case *geom.Polygon:
		return sf.NewPolygon(linesOf(g.FlatCoords(), g.Stride(), 0, g.Ends())).AsGeometry()
	case *geom.MultiPolygon:
		var list []sf.Polygon
		start := 0
		for _, ends := range g.Endss() {
			list = append(list, sf.NewPolygon(linesOf(g.FlatCoords(), g.Stride(), start, ends)))
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return sf.NewMultiPolygon(list).AsGeometry()
	case *geom.GeometryCollection:
		var list []sf.Geometry
		for _, m := range g.Geoms() {
			list = append(list, inPlane(m))
		}
		return sf.NewGeometryCollection(list).AsGeometry()
	}
	return sf.Geometry{}
}

func pointOf(flat []float64) sf.Point {
	return sf.NewPoint(sf.Coordinates{XY: sf.XY{X: flat[0], Y: flat[1]}})
}

func linesOf(flat []float64, stride, start int, ends []int) []sf.LineString {
	list := make([]sf.LineString, 0, len(ends))
	for _, end := range ends {
		list = append(list, lineOf(flat[start:end], stride))
		start = end
	}
	return list
}

func lineOf(flat []float64, stride int) sf.LineString {
	if stride == 2 {
		return sf.NewLineString(sf.NewSequence(flat, sf.DimXY))
	}
	xy := make([]float64, 0, 2*len(flat)/stride)
	for i := 0; i+stride <= len(flat); i += stride {
		xy = append(xy, flat[i], flat[i+1])
	}
	return sf.NewLineString(sf.NewSequence(xy, sf.DimXY))
}

// relation is a spatial function.
type relation struct {
	// apart is what it comes to for geometries that share no point, but for two empty ones.
	apart bool
	test  func(a, b sf.Geometry) (bool, error)
}

// spatialPredicates are the relations of geometries (21-065r2 §7.5).
var spatialPredicates = map[string]relation{
	"s_contains":   {test: sf.Contains},
	"s_crosses":    {test: sf.Crosses},
	"s_disjoint":   {apart: true, test: func(a, b sf.Geometry) (bool, error) { return !sf.Intersects(a, b), nil }},
	"s_equals":     {test: sf.Equals},
	"s_intersects": {test: func(a, b sf.Geometry) (bool, error) { return sf.Intersects(a, b), nil }},
	"s_overlaps":   {test: sf.Overlaps},
	"s_touches":    {test: sf.Touches},
	"s_within":     {test: sf.Within},
}

func buildSpatial(r relation) func(*compiler, []node) node {
	return func(c *compiler, args []node) node {
		n := relateNode{args[0], args[1], r}
		for i := range args {
			_, isFeature := args[i].(shapeNode)
			literal, isConstant := args[1-i].(constant)
			if !isFeature || !isConstant || literal.shape == nil || literal.shape.around().IsEmpty() {
				continue
			}
			box := literal.shape.around()
			if b := literal.shape.bbox; b != nil {
				box = spatial.Box2D(b.Min[0], b.Min[1], b.Max[0], b.Max[1])
			}
			if box.CrossesAntimeridian() {
				box.Min[0], box.Max[0] = -180, 180
			}
			c.filter.boxes = append(c.filter.boxes, box)
			return spatialNode{of: n, box: len(c.filter.boxes) - 1, apart: boolOf(r.apart)}
		}
		return n
	}
}

// relateNode relates two geometries.
type relateNode struct {
	a, b node
	relation
}

func (n relateNode) eval(e *Evaluator) value {
	a := n.a.eval(e)
	b := n.b.eval(e)
	if a.kind != isGeometry || b.kind != isGeometry {
		return null
	}
	return n.relate(e, a.shape, b.shape)
}

func (n relateNode) relate(e *Evaluator, a, b *shape) value {
	boxA, boxB := a.around(), b.around()
	if !(boxA.IsEmpty() && boxB.IsEmpty()) && !boxA.Overlaps2D(boxB) {
		return boolOf(n.apart)
	}
	ok, err := n.test(a.flat(), b.flat())
	if err != nil {
		return null
	}
	return boolOf(ok)
}

// checkShape reports a geometry of a condition that is none.
func checkShape(g *Geometry) error {
	if err := inPlane(g.Shape).Validate(); err != nil {
		return wrong(place{}, "rings must not cross themselves or each other, holes lie inside", "a geometry of the filter is invalid: %v", err)
	}
	return nil
}
