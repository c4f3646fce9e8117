package shape

import (
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// segmentLine returns a single segment of an alignment as points. Segments of the
// grade and the cant are drawn where they are in space: over the plan that their
// curve has.
func (b *Builder) segmentLine(e model.Entity) ([]mesh.Vec3, error) {
	owner := b.segmentOwner(e)
	if owner == 0 || !b.m.Is(owner, schema.IfcGradientCurve) && !b.m.Is(owner, schema.IfcSegmentedReferenceCurve) {
		s, err := b.curveSegment(e)
		if err != nil {
			return nil, err
		}
		pts, err := b.kernel.Curve(func(way float64) mesh.Vec3 {
			p := s.Line(way).At
			return mesh.Vec3{p[0], p[1], 0}
		}, []float64{0, s.Length})
		return pts, kernelErr(err, CodeInvalidItem, e)
	}
	d, err := b.directrix(owner)
	if err != nil {
		return nil, err
	}
	s, err := b.curveSegment(e)
	if err != nil {
		return nil, err
	}
	from, to := s.Line(0).At[0], s.Line(s.Length).At[0]
	pts, err := b.kernel.Curve(func(way float64) mesh.Vec3 { return d.At(way).Origin() }, []float64{from, to})
	return pts, kernelErr(err, CodeInvalidItem, e)
}

// segmentOwner returns the curve that a segment belongs to, none when it stands
// alone.
func (b *Builder) segmentOwner(segment model.Entity) model.Entity {
	if b.owners == nil {
		b.owners = make(map[model.Entity]model.Entity)
		for curve := range b.m.All(schema.IfcCompositeCurve) {
			for v := range b.m.Attr(curve, "Segments").Items() {
				b.owners[v.Entity()] = curve
			}
		}
	}
	return b.owners[segment]
}
