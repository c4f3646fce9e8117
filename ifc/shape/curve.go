package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// curveFunc turns a curve into points within the chord tolerance, in metres;
// curves of the plane have z = 0. The points of a closed curve end where they
// begin.
type curveFunc func(*Builder, model.Entity) ([]mesh.Vec3, error)

// curveBuilders returns the builder of every class of bounded curve.
func curveBuilders() map[schema.Type]curveFunc {
	return map[schema.Type]curveFunc{
		schema.IfcPolyline:                (*Builder).polyline,
		schema.IfcIndexedPolyCurve:        (*Builder).indexedPolyCurve,
		schema.IfcTrimmedCurve:            (*Builder).trimmedCurve,
		schema.IfcCompositeCurve:          (*Builder).compositeCurve,
		schema.IfcCircle:                  (*Builder).fullConic,
		schema.IfcEllipse:                 (*Builder).fullConic,
		schema.IfcBSplineCurve:            (*Builder).bsplineCurve,
		schema.IfcLine:                    (*Builder).unitLine,
		schema.IfcSurfaceCurve:            (*Builder).surfaceCurve,
		schema.IfcOffsetCurve2D:           (*Builder).offsetCurve2D,
		schema.IfcOffsetCurve3D:           (*Builder).offsetCurve3D,
		schema.IfcGradientCurve:           (*Builder).alignmentLine,
		schema.IfcSegmentedReferenceCurve: (*Builder).alignmentLine,
		schema.IfcAlignmentCurve:          (*Builder).alignmentLine,
		schema.IfcOffsetCurveByDistances:  (*Builder).offsetByDistances,
		schema.IfcCurveSegment:            (*Builder).segmentLine,
		schema.IfcPcurve:                  (*Builder).pcurve,
	}
}

// curve returns the points of a curve, at least one.
func (b *Builder) curve(e model.Entity) ([]mesh.Vec3, error) {
	if err := b.enter(e); err != nil {
		return nil, err
	}
	defer b.leave()
	if err := b.kernel.Budget.Spend(8); err != nil {
		return nil, fault{CodeBudget, e, err}
	}
	t := b.m.Type(e)
	for s := t; s != 0; s = b.m.Tables().Super(s) {
		if build, ok := b.curves[s]; ok {
			pts, err := build(b, e)
			if err != nil {
				return nil, asFault(err, CodeInvalidItem, e)
			}
			if len(pts) == 0 {
				return nil, newFault(CodeInvalidItem, e, "nothing is left of %s", t)
			}
			return pts, nil
		}
	}
	if e == 0 {
		return nil, newFault(CodeMissing, e, "a curve refers to nothing")
	}
	return nil, newFault(CodeUnsupportedCurve+t.String(), e, "no points are known for %s", t)
}

// points returns a list of cartesian points.
func (b *Builder) points(e model.Entity, attribute string) ([]mesh.Vec3, error) {
	v := b.m.Attr(e, attribute)
	pts := make([]mesh.Vec3, 0, v.Len())
	for item := range v.Items() {
		p, ok := b.m.Point(item.Entity())
		if !ok {
			return nil, newFault(CodeMissing, e, "a point of %s is missing or not finite", attribute)
		}
		pts = append(pts, p)
	}
	return pts, nil
}

func (b *Builder) polyline(e model.Entity) ([]mesh.Vec3, error) {
	pts, err := b.points(e, "Points")
	if err != nil {
		return nil, err
	}
	if len(pts) < 2 {
		return nil, newFault(CodeInvalidItem, e, "a polyline of %d points", len(pts))
	}
	return pts, nil
}

// pointList returns an IfcCartesianPointList2D or 3D in metres.
func (b *Builder) pointList(e model.Entity) ([]mesh.Vec3, error) {
	dim := 3
	if b.m.Is(e, schema.IfcCartesianPointList2D) {
		dim = 2
	}
	v := b.m.Attr(e, "CoordList")
	flat := v.Floats(make([]float64, 0, dim*v.Len()))
	if len(flat) != dim*v.Len() || len(flat) == 0 {
		return nil, newFault(CodeInvalidItem, e, "%d coordinates for %d points", len(flat), v.Len())
	}
	pts := make([]mesh.Vec3, len(flat)/dim)
	for i := range pts {
		copy(pts[i][:], flat[i*dim:i*dim+dim])
		pts[i] = pts[i].Scale(b.length)
		if !pts[i].IsFinite() {
			return nil, newFault(CodeInvalidItem, e, "point %d is not finite", i+1)
		}
	}
	return pts, nil
}

func (b *Builder) indexedPolyCurve(e model.Entity) ([]mesh.Vec3, error) {
	list, err := b.pointList(b.ref(e, "Points"))
	if err != nil {
		return nil, err
	}
	segments := b.m.Attr(e, "Segments")
	if segments.IsNull() {
		return list, nil
	}
	var out []mesh.Vec3
	var idx []int
	for v := range segments.Items() {
		t, inner := v.Typed()
		idx = inner.Ints(idx[:0])
		for _, i := range idx {
			if i < 1 || i > len(list) {
				return nil, newFault(CodeInvalidItem, e, "index %d of %d points", i, len(list))
			}
		}
		var part []mesh.Vec3
		if t == schema.IfcArcIndex && len(idx) == 3 {
			part = b.kernel.ArcThrough(list[idx[0]-1], list[idx[1]-1], list[idx[2]-1])
		} else {
			for _, i := range idx {
				part = append(part, list[i-1])
			}
		}
		out = appendPath(out, part)
	}
	return out, nil
}

// appendPath continues a path, without repeating the point where both meet.
func appendPath(path, part []mesh.Vec3) []mesh.Vec3 {
	const same = 1e-9
	if len(path) > 0 && len(part) > 0 && path[len(path)-1].Sub(part[0]).Len() <= same {
		part = part[1:]
	}
	return append(path, part...)
}

func (b *Builder) compositeCurve(e model.Entity) ([]mesh.Vec3, error) {
	if b.hasCurveSegments(e) {
		return b.alignmentLine(e)
	}
	var out []mesh.Vec3
	for v := range b.m.Attr(e, "Segments").Items() {
		part, err := b.segment(v.Entity())
		if err != nil {
			return nil, err
		}
		out = appendPath(out, part)
	}
	if len(out) < 2 {
		return nil, newFault(CodeInvalidItem, e, "a composite curve of %d points", len(out))
	}
	return out, nil
}

// segment returns a segment of a composite curve in the direction of the whole.
func (b *Builder) segment(e model.Entity) ([]mesh.Vec3, error) {
	parent := b.ref(e, "ParentCurve")
	if parent == 0 {
		return nil, b.missing(e, "ParentCurve")
	}
	pts, err := b.curve(parent)
	if err != nil {
		return nil, err
	}
	if same, ok := b.m.Attr(e, "SameSense").Bool(); ok && !same {
		pts = reversed(pts)
	}
	return pts, nil
}

func reversed(pts []mesh.Vec3) []mesh.Vec3 {
	out := make([]mesh.Vec3, len(pts))
	for i, p := range pts {
		out[len(pts)-1-i] = p
	}
	return out
}

// conic is a circle or an ellipse in space.
type conic struct {
	at   mesh.Transform // its plane z = 0, axes along the semi-axes
	semi kernel.Vec2
}

func (b *Builder) conic(e model.Entity) (conic, error) {
	c := conic{at: b.m.Axis(b.ref(e, "Position"))}
	if b.m.Is(e, schema.IfcCircle) {
		r := b.len(e, "Radius")
		c.semi = kernel.Vec2{r, r}
	} else {
		c.semi = kernel.Vec2{b.len(e, "SemiAxis1"), b.len(e, "SemiAxis2")}
	}
	if !(c.semi[0] > 0 && c.semi[1] > 0) || math.IsInf(c.semi[0]+c.semi[1], 0) {
		return c, newFault(CodeInvalidItem, e, "a conic with semi-axes %v and %v", c.semi[0], c.semi[1])
	}
	return c, nil
}

func (c conic) arc(s kernel.Settings, from, sweep float64) []mesh.Vec3 {
	flat := s.EllipseArc(kernel.Vec2{}, c.semi, from, sweep)
	pts := make([]mesh.Vec3, len(flat))
	for i, p := range flat {
		pts[i] = c.at.Apply(mesh.Vec3{p[0], p[1], 0})
	}
	return pts
}

// parameter returns the angle of the point of the conic nearest in direction to p.
func (c conic) parameter(p mesh.Vec3) float64 {
	back, ok := c.at.Inverse()
	if !ok {
		return 0
	}
	q := back.Apply(p)
	return math.Atan2(q[1]/c.semi[1], q[0]/c.semi[0])
}

// contradicts reports whether a point of the conic lies elsewhere on it than at an angle. Then the
// angle is not in the unit that the file declares, or it declares none.
func (c conic) contradicts(angle float64, p mesh.Vec3) bool {
	is := c.parameter(p)
	sin, cos := math.Sincos(is)
	on := c.at.Apply(mesh.Vec3{c.semi[0] * cos, c.semi[1] * sin, 0})
	const close = 1e-3
	off := math.Remainder(angle-is, 2*math.Pi)
	return on.Sub(p).Len() < close*math.Min(c.semi[0], c.semi[1]) && math.Abs(off) > 10*close
}

func (b *Builder) fullConic(e model.Entity) ([]mesh.Vec3, error) {
	c, err := b.conic(e)
	if err != nil {
		return nil, err
	}
	pts := c.arc(b.kernel, 0, 2*math.Pi)
	pts[len(pts)-1] = pts[0]
	return pts, nil
}

// unitLine returns a line from its point along its vector: what an unbounded line
// means where a bounded curve is wanted.
func (b *Builder) unitLine(e model.Entity) ([]mesh.Vec3, error) {
	p, d, err := b.line(e)
	if err != nil {
		return nil, err
	}
	return []mesh.Vec3{p, p.Add(d)}, nil
}

// line returns the point and the vector, in metres, of an IfcLine.
func (b *Builder) line(e model.Entity) (p, d mesh.Vec3, err error) {
	p, ok := b.m.Point(b.ref(e, "Pnt"))
	if !ok {
		return p, d, b.missing(e, "Pnt")
	}
	vector := b.ref(e, "Dir")
	d, ok = b.m.Direction(b.ref(vector, "Orientation"))
	if !ok {
		return p, d, b.missing(e, "Dir")
	}
	return p, d.Scale(b.lenOr(vector, "Magnitude", 1)), nil
}

func (b *Builder) surfaceCurve(e model.Entity) ([]mesh.Vec3, error) {
	return b.curve(b.ref(e, "Curve3D"))
}

// offsetCurve2D moves a curve of the plane to its left (ISO 16739-1).
func (b *Builder) offsetCurve2D(e model.Entity) ([]mesh.Vec3, error) {
	return b.offsetCurve(e, mesh.Vec3{0, 0, 1})
}

// offsetCurve3D moves a curve square to itself and to a direction: where one that runs along
// x and a direction along z give y (ISO 10303-42, offset_curve_3d).
func (b *Builder) offsetCurve3D(e model.Entity) ([]mesh.Vec3, error) {
	up, ok := b.m.Direction(b.ref(e, "RefDirection"))
	if !ok {
		return nil, b.missing(e, "RefDirection")
	}
	return b.offsetCurve(e, up)
}

func (b *Builder) offsetCurve(e model.Entity, up mesh.Vec3) ([]mesh.Vec3, error) {
	basis := b.ref(e, "BasisCurve")
	trail, err := b.trail(func() ([]mesh.Vec3, error) { return b.curve(basis) })
	if err != nil {
		return nil, err
	}
	pts, err := kernel.OffsetPath(trail, up, b.len(e, "Distance"))
	return pts, kernelErr(err, CodeInvalidItem, e)
}
