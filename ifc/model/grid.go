package model

import (
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// gridPlacement returns the map of an IfcGridPlacement whose axes are straight lines or arcs:
// the intersection of two of them, moved by the offsets, x along the first axis or towards the
// reference. The grid's own placement is applied.
func (m *Model) gridPlacement(e Entity) (mesh.Transform, bool) {
	at := m.Attr(e, "PlacementLocation").Entity()
	p, dir, grid, ok := m.intersection(at)
	if !ok {
		return mesh.Identity(), false
	}
	switch ref := m.Attr(e, "PlacementRefDirection").Entity(); m.Type(ref) {
	case schema.IfcVirtualGridIntersection:
		if q, _, _, ok := m.intersection(ref); ok {
			if d := unit(q.Sub(p)); d != (mesh.Vec3{}) {
				dir = d
			}
		}
	case schema.IfcDirection:
		if d, ok := m.Direction(ref); ok {
			dir = d
		}
	}
	z := mesh.Vec3{0, 0, 1}
	x := firstAxis(z, dir)
	t := mesh.Frame(p, x, z.Cross(x), z)
	// PlacementRelTo, where given, already stands for the grid's frame.
	if grid != 0 && m.Attr(e, "PlacementRelTo").IsNull() {
		above, _ := m.chain(m.Attr(grid, "ObjectPlacement").Entity(), nil, nil)
		t = above.Mul(t)
	}
	return t, true
}

// intersection returns the point of an IfcVirtualGridIntersection, the direction of its
// first axis, and the grid.
func (m *Model) intersection(e Entity) (p, dir mesh.Vec3, grid Entity, ok bool) {
	var few [4]Entity
	axes := m.Attr(e, "IntersectingAxes").Entities(few[:0])
	if m.Type(e) != schema.IfcVirtualGridIntersection || len(axes) != 2 {
		return p, dir, 0, false
	}
	a, okA := m.gridCurve(axes[0])
	b, okB := m.gridCurve(axes[1])
	var buf [4]float64
	var offsets mesh.Vec3
	copy(offsets[:], m.Attr(e, "OffsetDistances").Floats(buf[:0]))
	offsets = offsets.Scale(m.units.Length)
	// An offset moves an axis to the left of its direction.
	a, b = a.left(offsets[0]), b.left(offsets[1])
	p, ok = a.meet(b)
	if !okA || !okB || !ok {
		return p, dir, 0, false
	}
	dir = a.at(p)
	p[2] += offsets[2]
	return p, dir, m.gridOf(axes[0]), p.IsFinite()
}

// gridLine returns a point and the direction of a curve that is a straight line.
func (m *Model) gridLine(curve Entity) (p, dir mesh.Vec3, ok bool) {
	switch m.Type(curve) {
	case schema.IfcPolyline:
		var few [8]Entity
		points := m.Attr(curve, "Points").Entities(few[:0])
		if len(points) != 2 {
			return p, dir, false
		}
		a, okA := m.Point(points[0])
		b, okB := m.Point(points[1])
		return a, unit(b.Sub(a)), okA && okB
	case schema.IfcIndexedPolyCurve:
		list := m.Attr(curve, "Points").Attr("CoordList")
		var few [8]float64
		c := list.Floats(few[:0])
		if d := len(c) / 2; list.Len() == 2 && (d == 2 || d == 3) && len(c) == 2*d {
			p = mesh.Vec3{c[0], c[1]}.Scale(m.units.Length)
			return p, unit(mesh.Vec3{c[d], c[d+1]}.Scale(m.units.Length).Sub(p)), true
		}
	case schema.IfcTrimmedCurve, schema.IfcLine:
		if m.Type(curve) == schema.IfcTrimmedCurve {
			curve = m.Attr(curve, "BasisCurve").Entity()
		}
		p, ok = m.Point(m.Attr(curve, "Pnt").Entity())
		if ok {
			dir, ok = m.Direction(m.Attr(curve, "Dir").Attr("Orientation").Entity())
		}
	}
	return p, dir, ok
}

// gridOf returns the grid that has an axis.
func (m *Model) gridOf(axis Entity) Entity {
	var few [16]Entity
	for grid := range m.All(schema.IfcGrid) {
		for _, list := range [...]string{"UAxes", "VAxes", "WAxes"} {
			for _, a := range m.Attr(grid, list).Entities(few[:0]) {
				if a == axis {
					return grid
				}
			}
		}
	}
	return 0
}
