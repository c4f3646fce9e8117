package filter

import (
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/relate"
)

// shape is a geometry while a condition is evaluated.
type shape struct {
	geom  geom.T
	bbox  *spatial.Box // when it is a BBOX of the condition
	box   spatial.Box  // around it
	boxed bool
	plane *relate.Shape
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
	return geom.NewPolygonFlat(geom.XY, []float64{w, s, e, s, e, n, w, n, w, s}, []int{10})
}

// around returns the box around the geometry, an empty one for an empty geometry.
func (s *shape) around() spatial.Box {
	if !s.boxed {
		s.box, s.boxed = spatial.BoxOf(s.geom), true
	}
	return s.box
}

// flat returns the geometry in the plane.
func (s *shape) flat() *relate.Shape {
	if s.plane == nil {
		s.plane = relate.Of(s.geom)
	}
	return s.plane
}

// relation is a spatial function.
type relation struct {
	// apart is what it comes to for geometries that share no point, but for two empty ones.
	apart bool
	// inside is what it comes to when the first lies in the interior of the second, and when the
	// second lies in that of the first.
	inside [2]bool
	meets  bool // it asks only whether they share a point; then heights of a BBOX count, too
	test   func(a, b *relate.Shape) bool
}

// spatialPredicates are the relations of geometries (21-065r2 §7.5).
var spatialPredicates = map[string]relation{
	"s_contains":   {inside: [2]bool{false, true}, test: relate.Contains},
	"s_crosses":    {test: relate.Crosses},
	"s_disjoint":   {apart: true, meets: true, test: relate.Disjoint},
	"s_equals":     {test: relate.Equals},
	"s_intersects": {inside: [2]bool{true, true}, meets: true, test: relate.Intersects},
	"s_overlaps":   {test: relate.Overlaps},
	"s_touches":    {test: relate.Touches},
	"s_within":     {inside: [2]bool{true, false}, test: relate.Within},
}

func buildSpatial(r relation) func(*compiler, []node) node {
	return func(c *compiler, args []node) node {
		var n node = relateNode{args[0], args[1], r}
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
			if b := literal.shape.bbox; b != nil && b.HasZ() && r.meets {
				n = heightNode{of: n, box: *b, apart: boolOf(r.apart)}
			}
			c.filter.boxes = append(c.filter.boxes, box)
			return spatialNode{of: n, box: len(c.filter.boxes) - 1, apart: boolOf(r.apart)}
		}
		return n
	}
}

// heightNode relates with a BBOX that has heights.
type heightNode struct {
	of    node
	box   spatial.Box
	apart value
}

func (n heightNode) eval(e *Evaluator) value {
	v := n.of.eval(e)
	if v.kind == isNull || n.box.OverlapsZ(e.row.Heights()) {
		return v
	}
	return n.apart
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
	return n.relate(a.shape, b.shape)
}

func (n relateNode) relate(a, b *shape) value {
	if n.meets && (a.startsIn(b) || b.startsIn(a)) {
		return boolOf(!n.apart)
	}
	boxA, boxB := a.around(), b.around()
	if !(boxA.IsEmpty() && boxB.IsEmpty()) && !boxA.Overlaps2D(boxB) {
		return boolOf(n.apart)
	}
	if inside, sure := a.beside(b); sure {
		return boolOf(inside && n.inside[0] || !inside && n.apart)
	}
	if inside, sure := b.beside(a); sure {
		return boolOf(inside && n.inside[1] || !inside && n.apart)
	}
	return boolOf(n.test(a.flat(), b.flat()))
}

// beside reports whether s lies in the interior of o, if o is ready to be asked, or apart from
// it; sure is false where their boundaries come near each other.
func (s *shape) beside(o *shape) (inside, sure bool) {
	box := s.around()
	if o.plane == nil || s.plane != nil || box.IsEmpty() {
		return false, false
	}
	return o.plane.Beside(box.Min[0], box.Min[1], box.Max[0], box.Max[1])
}

// startsIn reports that the first position of s lies in o, if o is ready to be asked.
func (s *shape) startsIn(o *shape) bool {
	if o.plane == nil || s.plane != nil {
		return false
	}
	if _, ok := s.geom.(*geom.GeometryCollection); ok {
		return false
	}
	flat := s.geom.FlatCoords()
	return len(flat) > 1 && o.plane.Covers(flat[0], flat[1])
}

// checkShape reports a geometry of a condition that is none.
func checkShape(g *Geometry) error {
	if err := relate.Planar(g.Shape).Validate(); err != nil {
		return wrong(place{}, "rings must not cross themselves or each other, holes lie inside", "a geometry of the filter is invalid: %v", err)
	}
	return nil
}
