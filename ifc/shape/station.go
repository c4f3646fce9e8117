package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// station is a place beside a curve: a way along it and offsets in its frame,
// metres. basis is the curve, where the place names it itself.
type station struct {
	way, lateral, vertical, longitudinal float64
	basis                                model.Entity
}

// station reads an IfcPointByDistanceExpression, or the IfcDistanceExpression of
// IFC4X1 and its drafts.
func (b *Builder) station(e model.Entity) (station, error) {
	s := station{
		lateral: b.lenOr(e, "OffsetLateral", 0), vertical: b.lenOr(e, "OffsetVertical", 0),
		longitudinal: b.lenOr(e, "OffsetLongitudinal", 0), basis: b.ref(e, "BasisCurve"),
	}
	s.way = b.wayTo(s.basis, b.m.Attr(e, "DistanceAlong"))
	if math.IsNaN(s.way + s.lateral + s.vertical + s.longitudinal) {
		return s, b.missing(e, "DistanceAlong")
	}
	return s, nil
}

// between returns the offsets at a way, straight between stations in rising order.
func between(stations []station, way float64) station {
	for i := 1; i < len(stations); i++ {
		p, q := stations[i-1], stations[i]
		if way > q.way && i+1 < len(stations) {
			continue
		}
		t := 0.0
		if q.way > p.way {
			t = math.Max(0, math.Min(1, (way-p.way)/(q.way-p.way)))
		}
		return station{
			way: way, lateral: p.lateral + (q.lateral-p.lateral)*t,
			vertical:     p.vertical + (q.vertical-p.vertical)*t,
			longitudinal: p.longitudinal + (q.longitudinal-p.longitudinal)*t,
		}
	}
	return stations[0]
}

// placement returns where a product stands. Placements along a curve are resolved
// here, where curves are known; one that cannot be is a fault of the product, for
// its shape would stand in a wrong place.
func (b *Builder) placement(product model.Entity) mesh.Transform {
	e := b.ref(product, "ObjectPlacement")
	if e == 0 {
		return mesh.Identity()
	}
	t, ok := b.m.PlacementBy(e, b.linearPlacement)
	if !ok && !b.m.Is(product, schema.IfcProject) {
		b.note(asFault(newFault(CodePlacement, e, "the placement cannot be resolved; what it is relative to is used"), "", e))
	}
	return t
}

// linearPlacement resolves an IfcLinearPlacement relative to what it is placed in.
func (b *Builder) linearPlacement(e model.Entity) (mesh.Transform, bool) {
	if !b.m.Is(e, schema.IfcLinearPlacement) {
		return mesh.Transform{}, false
	}
	if t, ok := b.places[e]; ok {
		return t, t != mesh.Transform{}
	}
	t, err := b.resolveLinear(e)
	if err != nil {
		t = mesh.Transform{}
	}
	b.places[e] = t
	return t, err == nil
}

func (b *Builder) resolveLinear(e model.Entity) (mesh.Transform, error) {
	if at := b.ref(e, "RelativePlacement"); at != 0 {
		return b.axisLinear(at)
	}
	// IFC4X1 and its drafts: a curve, a distance and an orientation.
	d, err := b.directrix(b.ref(e, "PlacementRelTo"))
	if err != nil {
		return mesh.Transform{}, err
	}
	s, err := b.station(b.ref(e, "Distance"))
	if err != nil {
		return mesh.Transform{}, err
	}
	frame := level(d.At(s.way), s)
	o := b.ref(e, "Orientation")
	return b.oriented(frame, b.ref(o, "VerticalAxisDirection"), b.ref(o, "LateralAxisDirection"), true), nil
}

// axisLinear returns the frame of an IfcAxis2PlacementLinear.
func (b *Builder) axisLinear(e model.Entity) (mesh.Transform, error) {
	s, err := b.station(b.ref(e, "Location"))
	if err != nil {
		return mesh.Transform{}, err
	}
	d, err := b.directrix(s.basis)
	if err != nil {
		return mesh.Transform{}, err
	}
	f := d.At(s.way)
	at := f.Apply(mesh.Vec3{s.longitudinal, s.lateral, s.vertical})
	frame := mesh.Frame(at, f.Axis(0), f.Axis(1), f.Axis(2))
	return b.oriented(frame, b.ref(e, "Axis"), b.ref(e, "RefDirection"), false), nil
}

// level returns the frame of a station with z upright: what IFC4X1 means.
func level(f mesh.Transform, s station) mesh.Transform {
	x := f.Axis(0)
	x[2] = 0
	if x = x.Unit(); x == (mesh.Vec3{}) {
		x = mesh.Vec3{1, 0, 0}
	}
	z := mesh.Vec3{0, 0, 1}
	y := z.Cross(x)
	at := f.Origin().Add(x.Scale(s.longitudinal)).Add(y.Scale(s.lateral)).Add(z.Scale(s.vertical))
	return mesh.Frame(at, x, y, z)
}

// oriented turns a frame to given directions for z and for x (or, when lateral, for
// y), which are those of the space that the frame stands in.
func (b *Builder) oriented(frame mesh.Transform, up, ref model.Entity, lateral bool) mesh.Transform {
	z, okZ := b.m.Direction(up)
	x, okX := b.m.Direction(ref)
	if !okZ && !okX {
		return frame
	}
	if !okZ {
		z = frame.Axis(2)
	}
	if lateral && okX {
		x = x.Cross(z)
	}
	if !okX {
		x = frame.Axis(0)
	}
	x = x.Sub(z.Scale(x.Dot(z))).Unit()
	if x == (mesh.Vec3{}) {
		return frame
	}
	return mesh.Frame(frame.Origin(), x, z.Cross(x), z)
}

// alignmentCurve reads the IfcAlignmentCurve of IFC4X1: horizontal and vertical
// segments with sizes of their own.
func (b *Builder) alignmentCurve(e model.Entity) (*kernel.Alignment, error) {
	var plan, grade []kernel.Segment2
	for v := range b.m.Attr(b.ref(e, "Horizontal"), "Segments").Items() {
		s, err := b.horizontal2D(b.ref(v.Entity(), "CurveGeometry"))
		if err != nil {
			return nil, err
		}
		plan = append(plan, s)
	}
	for v := range b.m.Attr(b.ref(e, "Vertical"), "Segments").Items() {
		grade = append(grade, b.vertical2D(v.Entity()))
	}
	return kernel.NewAlignment(plan, grade, nil)
}

func (b *Builder) horizontal2D(e model.Entity) (kernel.Segment2, error) {
	p, ok := b.m.Point(b.ref(e, "StartPoint"))
	if !ok {
		return kernel.Segment2{}, b.missing(e, "StartPoint")
	}
	pose := kernel.Pose{At: kernel.Vec2{p[0], p[1]}, Heading: b.m.Attr(e, "StartDirection").FloatOr(nan) * b.angle}
	length := b.len(e, "SegmentLength")
	curvature := func(radius, ccw string) float64 {
		r, ok := b.m.Attr(e, radius).Float()
		if !ok || r == 0 {
			return 0
		}
		k := 1 / (r * b.length)
		if left, _ := b.m.Attr(e, ccw).Bool(); !left {
			k = -k
		}
		return k
	}
	line := kernel.Line2(kernel.Straight)
	switch {
	case b.m.Is(e, schema.IfcCircularArcSegment2D):
		line = kernel.ArcLine(curvature("Radius", "IsCCW"))
	case b.m.Is(e, schema.IfcTransitionCurveSegment2D):
		line = kernel.Transition(curvature("StartRadius", "IsStartRadiusCCW"), curvature("EndRadius", "IsEndRadiusCCW"),
			length, b.m.Attr(e, "TransitionCurveType").Enum())
	}
	return kernel.Segment2{Line: line.Part(pose, 0, false), Length: length}, nil
}

// vertical2D reads a segment of the vertical alignment of IFC4X1. Its lengths are
// measured along the plan.
func (b *Builder) vertical2D(e model.Entity) kernel.Segment2 {
	start, length := b.len(e, "StartDistAlong"), b.len(e, "HorizontalLength")
	height, gradient := b.len(e, "StartHeight"), b.m.Attr(e, "StartGradient").FloatOr(0)
	convex := b.m.Attr(e, "IsConvex").BoolOr(false)
	rise := func(x float64) (y, slope float64) { return gradient * x, gradient }
	switch {
	case b.m.Is(e, schema.IfcAlignment2DVerSegParabolicArc):
		c := 1 / (2 * b.len(e, "ParabolaConstant"))
		if convex {
			c = -c
		}
		rise = func(x float64) (y, slope float64) { return gradient*x + c*x*x, gradient + 2*c*x }
	case b.m.Is(e, schema.IfcAlignment2DVerSegCircularArc):
		r := b.len(e, "Radius")
		if convex {
			r = -r
		}
		// The centre lies across the start gradient.
		sin, cos := math.Sincos(math.Atan(gradient))
		rise = func(x float64) (y, slope float64) {
			s := (x + r*sin) / r
			c := math.Sqrt(math.Max(0, 1-s*s))
			return r*cos - r*c, s / math.Max(c, 1e-9)
		}
	}
	// Known by x rather than by its own length: that is what is asked for.
	return kernel.Segment2{Length: length, Line: func(x float64) kernel.Pose {
		y, slope := rise(x)
		return kernel.Pose{At: kernel.Vec2{start + x, height + y}, Heading: math.Atan(slope)}
	}}
}
