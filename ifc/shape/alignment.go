package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// directrix returns a curve as something that sections and placements are strung
// on. Alignments are exact; any other curve is its polyline.
func (b *Builder) directrix(e model.Entity) (kernel.Directrix, error) {
	if d, ok := b.directrices[e]; ok {
		return d, nil
	}
	if err := b.enter(e); err != nil {
		return nil, err
	}
	defer b.leave()
	d, err := b.newDirectrix(e)
	if err != nil {
		return nil, asFault(err, CodeInvalidItem, e)
	}
	b.directrices[e] = d
	return d, nil
}

func (b *Builder) newDirectrix(e model.Entity) (kernel.Directrix, error) {
	switch {
	case b.m.Is(e, schema.IfcGradientCurve), b.m.Is(e, schema.IfcSegmentedReferenceCurve), b.hasCurveSegments(e):
		return b.alignment(e)
	case b.m.Is(e, schema.IfcAlignmentCurve):
		return b.alignmentCurve(e)
	case b.m.Is(e, schema.IfcOffsetCurveByDistances):
		pts, err := b.offsetByDistances(e)
		if err != nil {
			return nil, err
		}
		return kernel.NewPath(pts)
	}
	pts, err := b.curve(e)
	if err != nil {
		return nil, err
	}
	return kernel.NewPath(pts)
}

// hasCurveSegments reports whether a composite curve is made of IfcCurveSegment.
func (b *Builder) hasCurveSegments(e model.Entity) bool {
	if !b.m.Is(e, schema.IfcCompositeCurve) {
		return false
	}
	for v := range b.m.Attr(e, "Segments").Items() {
		return b.m.Is(v.Entity(), schema.IfcCurveSegment)
	}
	return false
}

// alignment reads the plan, the grade and the cant of IFC4X3: a composite curve, a
// gradient curve over it, a segmented reference curve over that.
func (b *Builder) alignment(e model.Entity) (*kernel.Alignment, error) {
	var roll []kernel.RollStation
	var grade []kernel.Segment2
	var err error
	if b.m.Is(e, schema.IfcSegmentedReferenceCurve) {
		if roll, err = b.roll(e); err != nil {
			return nil, err
		}
		e = b.ref(e, "BaseCurve")
	}
	if b.m.Is(e, schema.IfcGradientCurve) {
		if grade, err = b.segments(e); err != nil {
			return nil, err
		}
		e = b.ref(e, "BaseCurve")
	}
	var plan []kernel.Segment2
	if b.hasCurveSegments(e) {
		plan, err = b.segments(e)
	} else {
		plan, err = b.pathPlan(e)
	}
	if err != nil {
		return nil, err
	}
	return kernel.NewAlignment(plan, grade, roll)
}

// pathPlan takes the plan of a curve that is known by its points.
func (b *Builder) pathPlan(e model.Entity) ([]kernel.Segment2, error) {
	pts, err := b.curve(e)
	if err != nil {
		return nil, err
	}
	flat := make([]kernel.Vec2, 0, len(pts))
	length := 0.0
	for _, p := range pts {
		q := kernel.Vec2{p[0], p[1]}
		if n := len(flat); n > 0 {
			l := q.Sub(flat[n-1]).Len()
			if l < 1e-9 {
				continue
			}
			length += l
		}
		flat = append(flat, q)
	}
	return []kernel.Segment2{{Line: kernel.PathLine(flat), Length: length}}, nil
}

func (b *Builder) segments(e model.Entity) ([]kernel.Segment2, error) {
	var out []kernel.Segment2
	for v := range b.m.Attr(e, "Segments").Items() {
		s, err := b.curveSegment(v.Entity())
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, b.missing(e, "Segments")
	}
	return out, nil
}

// curveSegment reads an IfcCurveSegment: a part of its parent curve, moved so that
// it begins at Placement.
func (b *Builder) curveSegment(e model.Entity) (kernel.Segment2, error) {
	parent := b.ref(e, "ParentCurve")
	length, back, err := b.segmentLength(e, parent)
	if err != nil {
		return kernel.Segment2{}, err
	}
	start := b.wayTo(parent, b.m.Attr(e, "SegmentStart"))
	if math.IsNaN(start) {
		if !b.m.Is(parent, schema.IfcLine) && !b.m.Is(parent, schema.IfcCircle) && length > 0 {
			return kernel.Segment2{}, b.missing(e, "SegmentStart")
		}
		start = 0 // they are the same from wherever one starts
	}
	end := start + length
	if back {
		end = start - length
	}
	// A segment without length marks an end, whatever its parent curve is.
	line := kernel.Line2(kernel.Straight)
	if length > 0 {
		if line, err = b.parentLine(parent, min(start, end), max(start, end)); err != nil {
			return kernel.Segment2{}, err
		}
	}
	at := b.m.Axis(b.ref(e, "Placement"))
	o, x := at.Origin(), at.Axis(0)
	pose := kernel.Pose{At: kernel.Vec2{o[0], o[1]}, Heading: math.Atan2(x[1], x[0])}
	return kernel.Segment2{Line: line.Part(pose, start, back), Length: length}, nil
}

// segmentLength returns the length of a segment, and whether it runs against its
// parent curve.
func (b *Builder) segmentLength(e, parent model.Entity) (length float64, back bool, err error) {
	v := b.m.Attr(e, "SegmentLength")
	length = b.wayTo(parent, v)
	// A length in the parameter of the curve counts on from where it starts.
	if t, inner := v.Typed(); t == schema.IfcParameterValue && b.m.Is(parent, schema.IfcPolynomialCurve) {
		if s, from := b.m.Attr(e, "SegmentStart").Typed(); s == schema.IfcParameterValue {
			u := from.FloatOr(nan)
			xs, ys := b.coefficients(parent)
			length = kernel.PolynomialWay(xs, ys, (u+inner.FloatOr(nan))*b.length) - kernel.PolynomialWay(xs, ys, u*b.length)
		}
	}
	if math.IsNaN(length) || math.IsInf(length, 0) {
		return 0, false, newFault(CodeInvalidItem, e, "a segment of the length %v", length)
	}
	return math.Abs(length), length < 0, nil
}

// wayTo returns an IfcCurveMeasureSelect as a way along a curve in metres.
func (b *Builder) wayTo(curve model.Entity, v model.Value) float64 {
	t, inner := v.Typed()
	f, ok := inner.Float()
	if !ok {
		if f, ok = v.Float(); !ok {
			return nan
		}
	}
	if t != schema.IfcParameterValue {
		return f * b.length
	}
	switch {
	case b.m.Is(curve, schema.IfcLine):
		return f * b.lenOr(b.ref(curve, "Dir"), "Magnitude", b.length)
	case b.m.Is(curve, schema.IfcCircle):
		return f * b.angle * b.len(curve, "Radius")
	}
	// Spirals: files give the way itself as the parameter.
	if b.m.Is(curve, schema.IfcPolynomialCurve) {
		xs, ys := b.coefficients(curve)
		return kernel.PolynomialWay(xs, ys, f*b.length)
	}
	return f * b.length
}

// parentLine returns the parent curve of a segment by its own length, ready to be
// asked between two ways.
func (b *Builder) parentLine(e model.Entity, from, to float64) (kernel.Line2, error) {
	at := b.m.Axis(b.ref(e, "Position"))
	o, x := at.Origin(), at.Axis(0)
	pose := kernel.Pose{At: kernel.Vec2{o[0], o[1]}, Heading: math.Atan2(x[1], x[0])}
	switch {
	case b.m.Is(e, schema.IfcLine):
		p, d, err := b.line(e)
		if err != nil {
			return nil, err
		}
		return kernel.Line2(kernel.Straight).Part(kernel.Pose{At: kernel.Vec2{p[0], p[1]}, Heading: math.Atan2(d[1], d[0])}, 0, false), nil
	case b.m.Is(e, schema.IfcCircle):
		r := b.len(e, "Radius")
		if !(r > 0) {
			return nil, newFault(CodeInvalidItem, e, "a circle of the radius %v", r)
		}
		return kernel.ArcLine(1/r).Part(pose.Apply(kernel.Pose{At: kernel.Vec2{r, 0}, Heading: math.Pi / 2}), 0, false), nil
	case b.m.Is(e, schema.IfcSpiral):
		turn, err := b.spiral(e, to-from)
		if err != nil {
			return nil, err
		}
		return kernel.Spiral(turn, from, to).In(pose), nil
	case b.m.Is(e, schema.IfcPolynomialCurve):
		xs, ys := b.coefficients(e)
		return kernel.Polynomial(xs, ys, math.Max(math.Abs(from), math.Abs(to))).In(pose), nil
	}
	pts, err := b.curve(e)
	if err != nil {
		return nil, err
	}
	flat := make([]kernel.Vec2, len(pts))
	for i, p := range pts {
		flat[i] = kernel.Vec2{p[0], p[1]}
	}
	return kernel.PathLine(flat), nil
}

// coefficients reads an IfcPolynomialCurve. They give lengths of the file for a
// parameter without unit, which is scaled so that it counts metres.
func (b *Builder) coefficients(e model.Entity) (xs, ys []float64) {
	scaled := func(attribute string) []float64 {
		c := b.m.Attr(e, attribute).Floats(nil)
		for i := range c {
			c[i] *= math.Pow(b.length, 1-float64(i))
		}
		return c
	}
	return scaled("CoefficientsX"), scaled("CoefficientsY")
}

// spiralTerms are the attributes of the polynomial spirals by the power of the way
// that they belong to in the curvature.
var spiralTerms = []string{"ConstantTerm", "LinearTerm", "QuadraticTerm", "CubicTerm", "QuarticTerm", "QuinticTerm", "SexticTerm", "SepticTerm"}

// spiral returns how a spiral has turned after a way. length is that of the segment,
// which the trigonometric ones are stretched over.
func (b *Builder) spiral(e model.Entity, length float64) (func(float64) float64, error) {
	if b.m.Is(e, schema.IfcClothoid) {
		a := b.len(e, "ClothoidConstant")
		if a == 0 || math.IsNaN(a) {
			return nil, newFault(CodeInvalidItem, e, "a clothoid of the constant %v", a)
		}
		return func(s float64) float64 { return math.Copysign(s*s/(2*a*a), a) }, nil
	}
	// ISO 16739-1: a term A of power n adds sⁿ/|A|ⁿ⁺¹ to the curvature, with the
	// sign of A.
	var rate [8]float64
	for n, name := range spiralTerms {
		if a := b.lenOr(e, name, 0); a != 0 {
			rate[n] = math.Copysign(math.Pow(math.Abs(a), -float64(n+1)), a)
		}
	}
	polynomial := func(s float64) float64 {
		sum := 0.0
		for n := 7; n >= 0; n-- {
			sum = (sum + rate[n]/float64(n+1)) * s
		}
		return sum
	}
	switch {
	case b.m.Is(e, schema.IfcCosineSpiral):
		k := 1 / b.len(e, "CosineTerm")
		return func(s float64) float64 {
			return polynomial(s) + k*length/math.Pi*math.Sin(math.Pi*s/length)
		}, nil
	case b.m.Is(e, schema.IfcSineSpiral):
		k := 1 / b.len(e, "SineTerm")
		return func(s float64) float64 {
			return polynomial(s) + k*length/(2*math.Pi)*(1-math.Cos(2*math.Pi*s/length))
		}, nil
	}
	return polynomial, nil
}

// roll reads the cant of an IfcSegmentedReferenceCurve: at the beginning of each
// segment its placement gives the way, the rise, and by its axis the inclination.
// Between, both change as the curvature of the segment's parent curve does.
func (b *Builder) roll(e model.Entity) ([]kernel.RollStation, error) {
	segments, err := b.segments(e)
	if err != nil {
		return nil, err
	}
	var begins []kernel.RollStation
	for v := range b.m.Attr(e, "Segments").Items() {
		at := b.m.Axis(b.m.Attr(v.Entity(), "Placement").Entity())
		o, up := at.Origin(), at.Axis(2)
		begins = append(begins, kernel.RollStation{Way: o[0], Rise: o[1], Angle: math.Atan2(-up[1], up[2])})
	}
	var out []kernel.RollStation
	for i, s := range segments {
		from, to := begins[i], begins[i]
		// ISO 16739-1: a segment without length marks the end.
		if i+1 < len(begins) && (segments[i+1].Length > 0 || begins[i+1].Way > from.Way) {
			to = begins[i+1]
		}
		const pieces = 16
		for k := range pieces {
			way, share := from.Way+s.Length*float64(k)/pieces, bendShare(s, float64(k)/pieces)
			if n := len(out); n > 0 && way <= out[n-1].Way {
				continue
			}
			out = append(out, kernel.RollStation{
				Way: way, Rise: from.Rise + (to.Rise-from.Rise)*share, Angle: from.Angle + (to.Angle-from.Angle)*share,
			})
		}
	}
	return out, nil
}

// bendShare returns how much of the change of a segment's curvature has happened at
// a share of its length; the share itself where it does not change.
func bendShare(s kernel.Segment2, at float64) float64 {
	h := s.Length * 1e-3
	curvature := func(way float64) float64 { return (s.Line(way+h).Heading - s.Line(way-h).Heading) / (2 * h) }
	first, last := curvature(0), curvature(s.Length)
	if !(math.Abs(last-first) > 1e-9) {
		return at
	}
	return math.Max(0, math.Min(1, (curvature(s.Length*at)-first)/(last-first)))
}

// alignmentLine is the curve of an alignment as points.
func (b *Builder) alignmentLine(e model.Entity) ([]mesh.Vec3, error) {
	d, err := b.directrix(e)
	if err != nil {
		return nil, err
	}
	a, ok := d.(*kernel.Alignment)
	if !ok {
		return nil, b.missing(e, "Segments")
	}
	pts, err := a.Polyline(b.kernel, 0, a.Length())
	return pts, kernelErr(err, CodeInvalidItem, e)
}

// offsetByDistances returns an IfcOffsetCurveByDistances: offsets at ways along its
// basis, straight between.
func (b *Builder) offsetByDistances(e model.Entity) ([]mesh.Vec3, error) {
	d, err := b.directrix(b.ref(e, "BasisCurve"))
	if err != nil {
		return nil, err
	}
	var stations []station
	for v := range b.m.Attr(e, "OffsetValues").Items() {
		s, err := b.station(v.Entity())
		if err != nil {
			return nil, err
		}
		stations = append(stations, s)
	}
	if len(stations) == 0 {
		return nil, b.missing(e, "OffsetValues")
	}
	// A single offset holds for the whole curve.
	if len(stations) == 1 {
		first, last := stations[0], stations[0]
		first.way, last.way = 0, d.Length()
		stations = []station{first, last}
	}
	at := func(way float64) mesh.Vec3 {
		s := between(stations, way)
		return d.At(way).Apply(mesh.Vec3{s.longitudinal, s.lateral, s.vertical})
	}
	breaks := []float64{stations[0].way}
	for _, v := range append(d.Breaks(), stations[len(stations)-1].way) {
		if v > breaks[len(breaks)-1] && v <= stations[len(stations)-1].way {
			breaks = append(breaks, v)
		}
	}
	pts, err := b.kernel.Curve(at, breaks)
	return pts, kernelErr(err, CodeInvalidItem, e)
}
