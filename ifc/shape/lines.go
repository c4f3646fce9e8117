package shape

import (
	"errors"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

var (
	errNoItem = errors.New("an item is missing")
	errEmpty  = errors.New("the item has no extent")
)

// ignored are classes of items that have no shape to show: text, hatching, lights,
// and points, which have no extent.
var ignored = []schema.Type{
	schema.IfcTextLiteral, schema.IfcFillAreaStyleHatching, schema.IfcFillAreaStyleTiles, schema.IfcLightSource,
	schema.IfcPoint, schema.IfcStyledItem, schema.IfcPlacement, schema.IfcPlanarExtent, schema.IfcDirection, schema.IfcVector,
	schema.IfcDefinedSymbol, schema.IfcVertex,
}

func (b *Builder) isIgnored(e model.Entity) bool {
	for _, t := range ignored {
		if b.m.Is(e, t) {
			return true
		}
	}
	return false
}

func (b *Builder) isCurveItem(e model.Entity) bool {
	for _, t := range [...]schema.Type{
		schema.IfcCurve, schema.IfcGeometricSet, schema.IfcAnnotationFillArea, schema.IfcEdge, schema.IfcSegment,
	} {
		if b.m.Is(e, t) {
			return true
		}
	}
	return false
}

// curveItem builds curves, and sets of curves and surfaces, as lines.
func (b *Builder) curveItem(e model.Entity) ([]mesh.Instance, error) {
	switch {
	case b.m.Is(e, schema.IfcGeometricSet):
		return b.geometricSet(e)
	case b.m.Is(e, schema.IfcAnnotationFillArea):
		lines := &mesh.Mesh{}
		for _, c := range b.m.Attr(e, "InnerBoundaries").Entities([]model.Entity{b.ref(e, "OuterBoundary")}) {
			pts, err := b.curve(c)
			if err != nil {
				return nil, err
			}
			addLine(lines, pts)
		}
		return []mesh.Instance{b.settle(lines, e)}, nil
	}
	line := b.curve
	if b.m.Is(e, schema.IfcEdge) {
		line = b.edge
	}
	pts, err := line(e)
	if err != nil {
		return nil, err
	}
	lines := &mesh.Mesh{}
	addLine(lines, pts)
	if lines.IsEmpty() {
		return nil, nil // the segment without length that ends an alignment
	}
	return []mesh.Instance{b.settle(lines, e)}, nil
}

// geometricSet builds the curves of a set as one mesh of lines, its surfaces as
// meshes of their own. Elements that fail are noted.
func (b *Builder) geometricSet(e model.Entity) ([]mesh.Instance, error) {
	if err := b.enter(e); err != nil {
		return nil, err
	}
	defer b.leave()
	lines := &mesh.Mesh{}
	var out []mesh.Instance
	for v := range b.m.Attr(e, "Elements").Items() {
		element := v.Entity()
		if b.isIgnored(element) {
			continue
		}
		if !b.m.Is(element, schema.IfcCurve) {
			got, err := b.item(element)
			if err != nil {
				b.note(asFault(err, CodeInvalidItem, element))
				continue
			}
			out = append(out, got...)
			continue
		}
		pts, err := b.curve(element)
		if err != nil {
			f := asFault(err, CodeInvalidItem, element)
			if f.Code == CodeBudget {
				return nil, f
			}
			b.note(f)
			continue
		}
		addLine(lines, pts)
	}
	if !lines.IsEmpty() {
		out = append(out, b.settle(lines, e))
	}
	return out, nil
}

// addLine appends a path to a mesh of lines.
func addLine(m *mesh.Mesh, pts []mesh.Vec3) {
	for i, p := range pts {
		if i > 0 {
			n := uint32(m.NumPoints())
			m.Lines = append(m.Lines, n-1, n)
		}
		m.Positions = append(m.Positions, p[:]...)
	}
}
