package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// surface is a surface with the way from the parameters that files use for it (as the
// file has them) to those of the kernel.
type surface struct {
	kernel.Surface
	param func(kernel.Vec2) kernel.Vec2
	// lo and hi are the parameters of the kernel between which it is meant when it
	// stands alone; they are infinite where nothing says so.
	lo, hi kernel.Vec2
}

// surfaceFunc reads a surface in the coordinates of its representation.
type surfaceFunc func(*Builder, model.Entity) (surface, error)

// surfaceReaders returns the reader of every class of surface.
func surfaceReaders() map[schema.Type]surfaceFunc {
	return map[schema.Type]surfaceFunc{
		schema.IfcPlane:                     (*Builder).plane,
		schema.IfcCylindricalSurface:        (*Builder).cylindricalSurface,
		schema.IfcSphericalSurface:          (*Builder).sphericalSurface,
		schema.IfcToroidalSurface:           (*Builder).toroidalSurface,
		schema.IfcSurfaceOfLinearExtrusion:  (*Builder).surfaceOfLinearExtrusion,
		schema.IfcSurfaceOfRevolution:       (*Builder).surfaceOfRevolution,
		schema.IfcBSplineSurface:            (*Builder).bsplineSurface,
		schema.IfcRectangularTrimmedSurface: (*Builder).trimmedSurface,
		schema.IfcCurveBoundedPlane:         (*Builder).basisSurface,
		schema.IfcCurveBoundedSurface:       (*Builder).basisSurface,
	}
}

// surface reads a surface.
func (b *Builder) surface(e model.Entity) (surface, error) {
	if err := b.enter(e); err != nil {
		return surface{}, err
	}
	defer b.leave()
	if err := b.kernel.Budget.Spend(16); err != nil {
		return surface{}, fault{CodeBudget, e, err}
	}
	t := b.m.Type(e)
	for s := t; s != 0; s = b.m.Tables().Super(s) {
		if read, ok := b.surfaces[s]; ok {
			got, err := read(b, e)
			if err != nil {
				return got, asFault(err, CodeInvalidItem, e)
			}
			return got, nil
		}
	}
	if e == 0 {
		return surface{}, newFault(CodeMissing, e, "a face refers to no surface")
	}
	return surface{}, newFault(CodeUnsupportedItem+t.String(), e, "no points are known for %s", t)
}

// bounded returns a surface whose range is its domain, and whose parameters are
// those of the file in the given units.
func bounded(s kernel.Surface, unitU, unitV float64) surface {
	d := s.Domain()
	return surface{Surface: s, lo: d.Lo, hi: d.Hi, param: func(p kernel.Vec2) kernel.Vec2 {
		return kernel.Vec2{p[0] * unitU, p[1] * unitV}
	}}
}

func (b *Builder) plane(e model.Entity) (surface, error) {
	return bounded(kernel.PlaneSurface(b.m.Axis(b.ref(e, "Position"))), b.length, b.length), nil
}

// radius returns a length that has to be above zero.
func (b *Builder) radius(e model.Entity, attribute string) (float64, error) {
	r := b.len(e, attribute)
	if !(r > 0) || math.IsInf(r, 0) {
		return 0, newFault(CodeInvalidItem, e, "%s of %s is %v", attribute, b.m.Type(e), r)
	}
	return r, nil
}

func (b *Builder) cylindricalSurface(e model.Entity) (surface, error) {
	r, err := b.radius(e, "Radius")
	if err != nil {
		return surface{}, err
	}
	return bounded(kernel.CylinderSurface(b.m.Axis(b.ref(e, "Position")), r), b.angle, b.length), nil
}

func (b *Builder) sphericalSurface(e model.Entity) (surface, error) {
	r, err := b.radius(e, "Radius")
	if err != nil {
		return surface{}, err
	}
	return bounded(kernel.SphereSurface(b.m.Axis(b.ref(e, "Position")), r), b.angle, b.angle), nil
}

func (b *Builder) toroidalSurface(e model.Entity) (surface, error) {
	major, err := b.radius(e, "MajorRadius")
	if err != nil {
		return surface{}, err
	}
	minor, err := b.radius(e, "MinorRadius")
	if err != nil {
		return surface{}, err
	}
	return bounded(kernel.TorusSurface(b.m.Axis(b.ref(e, "Position")), major, minor), b.angle, b.angle), nil
}

// sweptCurve returns the curve of a swept surface, placed, and the way along it at a
// parameter of the file. It is finer than other curves are: what lies on the surface
// keeps the tolerance, not the surface itself.
func (b *Builder) sweptCurve(e model.Entity) (pts []mesh.Vec3, way func(float64) float64, err error) {
	profile := b.ref(e, "SweptCurve")
	curve := b.ref(profile, "Curve")
	if curve == 0 {
		curve = b.ref(profile, "OuterCurve")
	}
	if b.m.Is(profile, schema.IfcCurve) {
		curve = profile
	}
	const finer = 10
	before := b.kernel
	b.kernel.Chord, b.kernel.MaxTurn = before.ChordOr()/finer, before.MaxTurnOr()/3
	if curve != 0 {
		pts, err = b.curve(curve)
	} else {
		pts, err = b.profileOutline(profile)
	}
	b.kernel.Chord, b.kernel.MaxTurn = before.Chord, before.MaxTurn
	if err != nil {
		return nil, nil, err
	}
	lengths := pathLengths(pts)
	way = func(param float64) float64 { return b.pathAt(curve, pts, lengths, param) }
	if b.ref(e, "Position") != 0 && !b.bare {
		t := b.sweptPosition(e)
		moved := make([]mesh.Vec3, len(pts))
		for i, p := range pts {
			moved[i] = t.Apply(p)
		}
		return moved, way, nil
	}
	return pts, way, nil
}

// sweptPosition returns the Position of a swept surface, or none where it is read without.
func (b *Builder) sweptPosition(e model.Entity) mesh.Transform {
	if b.bare {
		return mesh.Identity()
	}
	return b.m.Axis(b.ref(e, "Position"))
}

// unplaced returns a swept surface without its Position where only then the borders of a
// face lie on it: there are programs that give the swept curve where it is in space, and the
// Position besides.
func (b *Builder) unplaced(e model.Entity, placed surface, loops [][]mesh.Vec3) (surface, bool) {
	if !b.m.Is(e, schema.IfcSweptSurface) || b.ref(e, "Position") == 0 {
		return placed, false
	}
	slack := 2 * b.kernel.ChordOr()
	away := awayFrom(placed, loops)
	if away <= slack {
		return placed, false
	}
	b.bare = true
	bare, err := b.surface(e)
	b.bare = false
	if err != nil || awayFrom(bare, loops) > math.Min(slack, away/2) {
		return placed, false
	}
	return bare, true
}

// awayFrom returns how far the farthest of some points of loops lies from a surface.
func awayFrom(s surface, loops [][]mesh.Vec3) float64 {
	const looks = 16
	far := 0.0
	for _, loop := range loops {
		for i := 0; i < len(loop); i += len(loop)/looks + 1 {
			far = math.Max(far, s.At(s.Near(loop[i], nil)).Sub(loop[i]).Len())
		}
	}
	return far
}

// profileOutline returns the outline of a profile that is given by sizes.
func (b *Builder) profileOutline(profile model.Entity) ([]mesh.Vec3, error) {
	list, err := b.profile(profile)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || len(list[0].Outer) < 3 {
		return nil, newFault(CodeInvalidProfile, profile, "a surface swept by %d outlines", len(list))
	}
	var pts []mesh.Vec3
	for _, p := range append(list[0].Outer[:len(list[0].Outer):len(list[0].Outer)], list[0].Outer[0]) {
		pts = append(pts, mesh.Vec3{p[0], p[1], 0})
	}
	return pts, nil
}

func (b *Builder) surfaceOfLinearExtrusion(e model.Entity) (surface, error) {
	pts, way, err := b.sweptCurve(e)
	if err != nil {
		return surface{}, err
	}
	dir, ok := b.m.Direction(b.ref(e, "ExtrudedDirection"))
	if !ok {
		return surface{}, b.missing(e, "ExtrudedDirection")
	}
	s, err := kernel.ExtrudedSurface(pts, b.sweptPosition(e).ApplyDir(dir))
	if err != nil {
		return surface{}, kernelErr(err, CodeInvalidItem, e)
	}
	lengths, depth := pathLengths(pts), b.lenOr(e, "Depth", 0)
	return surface{
		Surface: s, hi: kernel.Vec2{lengths[len(lengths)-1], depth},
		// ISO 16739-1: the second parameter counts the depth, 0 to 1.
		param: func(p kernel.Vec2) kernel.Vec2 { return kernel.Vec2{way(p[0]), p[1] * depth} },
	}, nil
}

func (b *Builder) surfaceOfRevolution(e model.Entity) (surface, error) {
	pts, way, err := b.sweptCurve(e)
	if err != nil {
		return surface{}, err
	}
	at := b.sweptPosition(e).Mul(b.m.Axis(b.ref(e, "AxisPosition")))
	s, err := kernel.RevolvedSurface(pts, at.Origin(), at.Axis(2))
	if err != nil {
		return surface{}, kernelErr(err, CodeInvalidItem, e)
	}
	lengths := pathLengths(pts)
	return surface{
		Surface: s, hi: kernel.Vec2{2 * math.Pi, lengths[len(lengths)-1]},
		param: func(p kernel.Vec2) kernel.Vec2 { return kernel.Vec2{p[0] * b.angle, way(p[1])} },
	}, nil
}

func (b *Builder) bsplineSurface(e model.Entity) (surface, error) {
	s := &kernel.BSplineSurface{Degree: [2]int{b.m.Attr(e, "UDegree").IntOr(0), b.m.Attr(e, "VDegree").IntOr(0)}}
	for row := range b.m.Attr(e, "ControlPointsList").Items() {
		n := 0
		for v := range row.Items() {
			p, ok := b.m.Point(v.Entity())
			if !ok {
				return surface{}, b.missing(e, "ControlPointsList")
			}
			s.Points = append(s.Points, p)
			n++
		}
		if s.Count[0] > 0 && n != s.Count[1] {
			return surface{}, newFault(CodeInvalidItem, e, "rows of %d and %d points", s.Count[1], n)
		}
		s.Count = [2]int{s.Count[0] + 1, n}
	}
	if w := b.m.Attr(e, "WeightsData"); !w.IsNull() {
		for row := range w.Items() {
			s.Weights = row.Floats(s.Weights)
		}
	}
	if b.m.Is(e, schema.IfcBSplineSurfaceWithKnots) {
		s.Knots[0] = kernel.Knots(b.m.Attr(e, "UKnots").Floats(nil), b.m.Attr(e, "UMultiplicities").Ints(nil))
		s.Knots[1] = kernel.Knots(b.m.Attr(e, "VKnots").Floats(nil), b.m.Attr(e, "VMultiplicities").Ints(nil))
	} else {
		s.Knots[0], s.Knots[1] = bezierKnots(s.Degree[0], s.Count[0]), bezierKnots(s.Degree[1], s.Count[1])
	}
	if err := b.kernel.Budget.Spend(len(s.Points)); err != nil {
		return surface{}, fault{CodeBudget, e, err}
	}
	if err := s.Prepare(); err != nil {
		return surface{}, kernelErr(err, CodeInvalidItem, e)
	}
	return bounded(s, 1, 1), nil
}

func (b *Builder) basisSurface(e model.Entity) (surface, error) {
	return b.surface(b.ref(e, "BasisSurface"))
}

// trimmedSurface reads an IfcRectangularTrimmedSurface.
func (b *Builder) trimmedSurface(e model.Entity) (surface, error) {
	s, err := b.basisSurface(e)
	if err != nil {
		return s, err
	}
	first := s.param(kernel.Vec2{b.m.Attr(e, "U1").FloatOr(nan), b.m.Attr(e, "V1").FloatOr(nan)})
	last := s.param(kernel.Vec2{b.m.Attr(e, "U2").FloatOr(nan), b.m.Attr(e, "V2").FloatOr(nan)})
	d := s.Domain()
	for i, sense := range [...]string{"Usense", "Vsense"} {
		if math.IsNaN(first[i] + last[i]) {
			return s, b.missing(e, "parameter")
		}
		if !b.m.Attr(e, sense).BoolOr(true) {
			first[i], last[i] = last[i], first[i]
		}
		if last[i] <= first[i] {
			if !d.Closed[i] {
				first[i], last[i] = last[i], first[i]
			} else {
				last[i] += d.Hi[i] - d.Lo[i]
			}
		}
	}
	s.lo, s.hi = first, last
	return s, nil
}

// surfaceItem builds a surface that stands alone as an item.
func (b *Builder) surfaceItem(e model.Entity) (*mesh.Mesh, error) {
	s, err := b.surface(e)
	if err != nil {
		return nil, err
	}
	for d := range s.lo {
		if math.IsInf(s.hi[d]-s.lo[d], 0) {
			return nil, newFault(CodeInvalidItem, e, "a %s without an end", b.m.Type(e))
		}
	}
	m, err := b.kernel.Patch(s.Surface, s.lo, s.hi)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	m, err = b.kernel.Shell(m)
	return m, kernelErr(err, CodeInvalidItem, e)
}

// curveBoundedPlane builds a plane within curves that are given in its own axes.
func (b *Builder) curveBoundedPlane(e model.Entity) (*mesh.Mesh, error) {
	basis := b.ref(e, "BasisSurface")
	at := b.m.Axis(b.ref(basis, "Position"))
	outer, err := b.ring(b.ref(e, "OuterBoundary"))
	if err != nil {
		return nil, err
	}
	p := kernel.Profile{Outer: outer}
	for v := range b.m.Attr(e, "InnerBoundaries").Items() {
		hole, err := b.ring(v.Entity())
		if err != nil {
			return nil, err
		}
		p.Holes = append(p.Holes, hole)
	}
	r, err := b.kernel.Fill(p)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidProfile, e)
	}
	m := &mesh.Mesh{Triangles: r.Triangles}
	for _, q := range r.Points {
		p := at.Apply(mesh.Vec3{q[0], q[1], 0})
		m.Positions = append(m.Positions, p[:]...)
	}
	return m, nil
}

// curveBoundedSurface builds a surface within curves on it.
func (b *Builder) curveBoundedSurface(e model.Entity) (*mesh.Mesh, error) {
	s, err := b.basisSurface(e)
	if err != nil {
		return nil, err
	}
	var loops [][]mesh.Vec3
	if b.m.Attr(e, "ImplicitOuter").BoolOr(false) {
		loops = append(loops, b.border(s))
	}
	for v := range b.m.Attr(e, "Boundaries").Items() {
		pts, err := b.curve(v.Entity())
		if err != nil {
			return nil, err
		}
		loops = append(loops, pts)
	}
	m, err := b.kernel.SurfaceFace(s.Surface, loops, false)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	m, err = b.kernel.Shell(m)
	return m, kernelErr(err, CodeInvalidItem, e)
}

// border returns the loop around the range of a surface; none when it is endless.
func (b *Builder) border(s surface) []mesh.Vec3 {
	corners := [...]kernel.Vec2{s.lo, {s.hi[0], s.lo[1]}, s.hi, {s.lo[0], s.hi[1]}, s.lo}
	var loop []mesh.Vec3
	for i := 1; i < len(corners); i++ {
		from, to := corners[i-1], corners[i]
		pts, err := b.kernel.Curve(func(t float64) mesh.Vec3 {
			return s.At(from.Add(to.Sub(from).Scale(t)))
		}, []float64{0, 1})
		if err != nil {
			return nil
		}
		loop = appendPath(loop, pts)
	}
	return loop
}

// pcurve returns a curve that is given in the parameters of a surface.
func (b *Builder) pcurve(e model.Entity) ([]mesh.Vec3, error) {
	s, err := b.basisSurface(e)
	if err != nil {
		return nil, err
	}
	flat, err := b.curve(b.ref(e, "ReferenceCurve"))
	if err != nil {
		return nil, err
	}
	var out []mesh.Vec3
	for i := 1; i < len(flat); i++ {
		// Coordinates were read as lengths; here they are parameters.
		from := kernel.Vec2{flat[i-1][0] / b.length, flat[i-1][1] / b.length}
		to := kernel.Vec2{flat[i][0] / b.length, flat[i][1] / b.length}
		pts, err := b.kernel.Curve(func(t float64) mesh.Vec3 {
			return s.At(s.param(from.Add(to.Sub(from).Scale(t))))
		}, []float64{0, 1})
		if err != nil {
			return nil, kernelErr(err, CodeInvalidItem, e)
		}
		out = appendPath(out, pts)
	}
	return out, nil
}
