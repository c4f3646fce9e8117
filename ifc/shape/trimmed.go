package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// trim is one end of a trimmed curve: a point, a parameter, or both.
type trim struct {
	point    mesh.Vec3
	hasPoint bool
	param    float64 // as the file has it
	hasParam bool
}

func (b *Builder) trim(e model.Entity, attribute string) trim {
	var t trim
	for v := range b.m.Attr(e, attribute).Items() {
		if p, ok := b.m.Point(v.Entity()); ok {
			t.point, t.hasPoint = p, true
			continue
		}
		if _, inner := v.Typed(); !inner.IsNull() {
			if f, ok := inner.Float(); ok {
				t.param, t.hasParam = f, true
			}
		}
	}
	return t
}

func (b *Builder) trimmedCurve(e model.Entity) ([]mesh.Vec3, error) {
	basis := b.ref(e, "BasisCurve")
	from, to := b.trim(e, "Trim1"), b.trim(e, "Trim2")
	if !from.hasPoint && !from.hasParam || !to.hasPoint && !to.hasParam {
		return nil, b.missing(e, "trim")
	}
	same := b.m.Attr(e, "SenseAgreement").BoolOr(true)
	byPoint := b.m.Attr(e, "MasterRepresentation").EnumIs("CARTESIAN")
	switch {
	case b.m.Is(basis, schema.IfcConic):
		return b.trimmedConic(basis, from, to, same, byPoint)
	case b.m.Is(basis, schema.IfcLine):
		return b.trimmedLine(basis, from, to, byPoint)
	}
	return b.trimmedPath(basis, from, to, same, byPoint)
}

// usePoint decides which of the two ways of giving an end counts.
func (t trim) usePoint(preferred bool) bool {
	return t.hasPoint && (preferred || !t.hasParam)
}

func (b *Builder) trimmedLine(basis model.Entity, from, to trim, byPoint bool) ([]mesh.Vec3, error) {
	p, d, err := b.line(basis)
	if err != nil {
		return nil, err
	}
	end := func(t trim) mesh.Vec3 {
		if t.usePoint(byPoint) {
			return t.point
		}
		return p.Add(d.Scale(t.param))
	}
	return []mesh.Vec3{end(from), end(to)}, nil
}

func (b *Builder) trimmedConic(basis model.Entity, from, to trim, same, byPoint bool) ([]mesh.Vec3, error) {
	c, err := b.conic(basis)
	if err != nil {
		return nil, err
	}
	angle := func(t trim) float64 {
		if t.usePoint(byPoint) || t.hasPoint && c.contradicts(t.param*b.angle, t.point) {
			return c.parameter(t.point)
		}
		return t.param * b.angle
	}
	start, end := angle(from), angle(to)
	if !same {
		start, end = end, start
	}
	// ISO 16739-1, IfcTrimmedCurve: on a closed curve the trimmed part runs from
	// Trim1 to Trim2 in the sense, across the start of the curve if need be.
	sweep := math.Mod(end-start, 2*math.Pi)
	if sweep <= 1e-9 {
		sweep += 2 * math.Pi
	}
	if end-start >= 2*math.Pi && sweep < roundingOfTurn {
		sweep = 2 * math.Pi
	}
	if math.IsNaN(sweep) {
		return nil, newFault(CodeInvalidItem, basis, "a conic trimmed at an angle that is not finite")
	}
	pts := c.arc(b.kernel, start, sweep)
	if !same {
		pts = reversed(pts)
	}
	return pts, nil
}

// roundingOfTurn is by how many radians a whole turn may be written too large.
const roundingOfTurn = 1e-4

// trimmedPath cuts a part from a curve that is known by its points only.
func (b *Builder) trimmedPath(basis model.Entity, from, to trim, same, byPoint bool) ([]mesh.Vec3, error) {
	pts, err := b.curve(basis)
	if err != nil {
		return nil, err
	}
	lengths := pathLengths(pts)
	at := func(t trim) float64 {
		if t.usePoint(byPoint) {
			return nearestOnPath(pts, lengths, t.point)
		}
		return b.pathAt(basis, pts, lengths, t.param)
	}
	start, end := at(from), at(to)
	if !same {
		return reversed(subPath(pts, lengths, end, start)), nil
	}
	return subPath(pts, lengths, start, end), nil
}

// pathLengths returns the way from the first point to each.
func pathLengths(pts []mesh.Vec3) []float64 {
	l := make([]float64, len(pts))
	for i := 1; i < len(pts); i++ {
		l[i] = l[i-1] + pts[i].Sub(pts[i-1]).Len()
	}
	return l
}

func nearestOnPath(pts []mesh.Vec3, lengths []float64, p mesh.Vec3) float64 {
	best, at := math.Inf(1), 0.0
	for i := 1; i < len(pts); i++ {
		d := pts[i].Sub(pts[i-1])
		t := 0.0
		if l := d.Dot(d); l > 0 {
			t = math.Max(0, math.Min(1, p.Sub(pts[i-1]).Dot(d)/l))
		}
		if dist := p.Sub(pts[i-1].Lerp(pts[i], t)).Len(); dist < best {
			best, at = dist, lengths[i-1]+t*(lengths[i]-lengths[i-1])
		}
	}
	return at
}

// subPath returns the part of a path between two ways along it.
func subPath(pts []mesh.Vec3, lengths []float64, from, to float64) []mesh.Vec3 {
	if from > to {
		return reversed(subPath(pts, lengths, to, from))
	}
	out := []mesh.Vec3{alongPath(pts, lengths, from)}
	for i, l := range lengths {
		if l > from && l < to {
			out = append(out, pts[i])
		}
	}
	return append(out, alongPath(pts, lengths, to))
}

func alongPath(pts []mesh.Vec3, lengths []float64, at float64) mesh.Vec3 {
	for i := 1; i < len(pts); i++ {
		if at <= lengths[i] && lengths[i] > lengths[i-1] {
			return pts[i-1].Lerp(pts[i], math.Max(0, (at-lengths[i-1])/(lengths[i]-lengths[i-1])))
		}
	}
	return pts[len(pts)-1]
}

// pathAt returns the way along a path to a parameter of its curve. A polyline has
// parameter i at its i-th point, a composite curve counts its segments, a
// B-spline has its knots; anything else is taken from 0 to 1.
func (b *Builder) pathAt(curve model.Entity, pts []mesh.Vec3, lengths []float64, param float64) float64 {
	total := lengths[len(lengths)-1]
	switch {
	case b.m.Is(curve, schema.IfcPolyline) || b.m.Is(curve, schema.IfcIndexedPolyCurve) && !b.hasArc(curve):
		i := math.Floor(param)
		if i < 0 {
			return 0
		}
		if int(i) >= len(pts)-1 {
			return total
		}
		return lengths[int(i)] + (param-i)*(lengths[int(i)+1]-lengths[int(i)])
	case b.m.Is(curve, schema.IfcCompositeCurve):
		return b.compositeAt(curve, lengths, param)
	}
	lo, hi := b.span(curve)
	if !(hi > lo) {
		return 0
	}
	return total * math.Max(0, math.Min(1, (param-lo)/(hi-lo)))
}

// hasArc reports whether an IfcIndexedPolyCurve has arcs.
func (b *Builder) hasArc(curve model.Entity) bool {
	for v := range b.m.Attr(curve, "Segments").Items() {
		if t, _ := v.Typed(); t == schema.IfcArcIndex {
			return true
		}
	}
	return false
}

// compositeAt finds a parameter of a composite curve: each segment is as long in
// the parameter as its parent curve is.
func (b *Builder) compositeAt(curve model.Entity, lengths []float64, param float64) float64 {
	way, start := 0.0, 0.0
	for v := range b.m.Attr(curve, "Segments").Items() {
		seg := v.Entity()
		part, err := b.segment(seg)
		if err != nil || len(part) < 2 {
			continue
		}
		l := pathLengths(part)
		partWay := l[len(l)-1]
		lo, hi := b.span(b.ref(seg, "ParentCurve"))
		size := hi - lo
		if param <= start+size && size > 0 {
			return way + partWay*math.Max(0, (param-start)/size)
		}
		way += partWay
		start += size
	}
	return lengths[len(lengths)-1]
}

// span returns the range of the parameter of a bounded curve.
func (b *Builder) span(curve model.Entity) (lo, hi float64) {
	switch {
	case b.m.Is(curve, schema.IfcPolyline):
		return 0, float64(b.m.Attr(curve, "Points").Len() - 1)
	case b.m.Is(curve, schema.IfcIndexedPolyCurve):
		edges := 0
		for v := range b.m.Attr(curve, "Segments").Items() {
			if t, inner := v.Typed(); t == schema.IfcArcIndex {
				edges++
			} else {
				edges += inner.Len() - 1
			}
		}
		if edges == 0 {
			edges = b.m.Attr(b.ref(curve, "Points"), "CoordList").Len() - 1
		}
		return 0, float64(edges)
	case b.m.Is(curve, schema.IfcConic):
		return 0, 2 * math.Pi / b.angle
	case b.m.Is(curve, schema.IfcCompositeCurve):
		for v := range b.m.Attr(curve, "Segments").Items() {
			l, h := b.span(b.m.Attr(v.Entity(), "ParentCurve").Entity())
			hi += h - l
		}
		return 0, hi
	case b.m.Is(curve, schema.IfcTrimmedCurve):
		from, to := b.trim(curve, "Trim1"), b.trim(curve, "Trim2")
		if from.hasParam && to.hasParam {
			size := to.param - from.param
			if b.m.Is(b.ref(curve, "BasisCurve"), schema.IfcConic) && size < 0 {
				size += 2 * math.Pi / b.angle
			}
			return 0, math.Abs(size)
		}
	case b.m.Is(curve, schema.IfcBSplineCurveWithKnots):
		knots := b.m.Attr(curve, "Knots").Floats(nil)
		if len(knots) > 1 {
			return knots[0], knots[len(knots)-1]
		}
	}
	return 0, 1
}

// wholeCurve reports whether two parameters are the ends of a curve. Authoring tools
// write 0 and 1 for the ends of any curve that has no natural parameter.
func (b *Builder) wholeCurve(curve model.Entity, from, to float64) bool {
	if from == 0 && to == 1 && !b.m.Is(curve, schema.IfcConic) && !b.m.Is(curve, schema.IfcLine) {
		return true
	}
	lo, hi := b.span(curve)
	from, to = b.ownParameters(curve, from, to)
	eps := 1e-6 * math.Max(1, math.Abs(hi-lo))
	if math.Abs(from-lo) < eps && math.Abs(to-hi) < eps {
		return true
	}
	loose, ok := b.looseSpan(curve)
	return ok && from == 0 && math.Abs(to-loose) < eps
}

// looseSpan returns the parameter of the end of a composite curve as authoring tools give it that
// count every polyline for 1, however many lines it has.
func (b *Builder) looseSpan(curve model.Entity) (size float64, ok bool) {
	if !b.m.Is(curve, schema.IfcCompositeCurve) {
		return 0, false
	}
	for v := range b.m.Attr(curve, "Segments").Items() {
		parent := b.m.Attr(v.Entity(), "ParentCurve").Entity()
		if b.m.Is(parent, schema.IfcPolyline) {
			size++
			continue
		}
		lo, hi := b.span(parent)
		size += hi - lo
	}
	return size, true
}

// ownParameters turns parameters of the basis of a trimmed curve, which authoring tools
// give as well, into those of the curve itself, which begin with 0: where only the
// former lie on it.
func (b *Builder) ownParameters(curve model.Entity, from, to float64) (float64, float64) {
	if !b.m.Is(curve, schema.IfcTrimmedCurve) {
		return from, to
	}
	start := b.trim(curve, "Trim1")
	_, size := b.span(curve)
	eps := 1e-6 * math.Max(1, size)
	if !start.hasParam || to <= size+eps || from < start.param-eps || to > start.param+size+eps {
		return from, to
	}
	return from - start.param, to - start.param
}

// curvePart returns the part of a curve between two of its parameters.
func (b *Builder) curvePart(curve model.Entity, from, to float64) ([]mesh.Vec3, error) {
	from, to = b.ownParameters(curve, from, to)
	start, end := trim{param: from, hasParam: true}, trim{param: to, hasParam: true}
	switch {
	case b.m.Is(curve, schema.IfcConic):
		return b.trimmedConic(curve, start, end, true, false)
	case b.m.Is(curve, schema.IfcLine):
		return b.trimmedLine(curve, start, end, false)
	}
	return b.trimmedPath(curve, start, end, true, false)
}
