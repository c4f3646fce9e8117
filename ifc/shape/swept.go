package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// regions returns the filled areas of a swept solid's profile.
func (b *Builder) regions(e model.Entity, attribute string) ([]*kernel.Region, error) {
	def := b.ref(e, attribute)
	if def == 0 {
		return nil, b.missing(e, attribute)
	}
	profiles, err := b.profile(def)
	if err != nil {
		return nil, err
	}
	var out []*kernel.Region
	for _, p := range profiles {
		r, err := b.kernel.Fill(p)
		if err != nil {
			return nil, kernelErr(err, CodeInvalidProfile, def)
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, newFault(CodeInvalidProfile, def, "a profile without area")
	}
	return out, nil
}

// sweepAll sweeps every area of the profile of a swept area solid and puts the
// result at its Position.
func (b *Builder) sweepAll(e model.Entity, sweep func(*kernel.Region) (*mesh.Mesh, error)) (*mesh.Mesh, error) {
	regions, err := b.regions(e, "SweptArea")
	if err != nil {
		return nil, err
	}
	var parts []*mesh.Mesh
	for _, r := range regions {
		m, err := sweep(r)
		if err != nil {
			return nil, kernelErr(err, CodeInvalidItem, e)
		}
		parts = append(parts, m)
	}
	return b.moved(mesh.Merge(parts...), e), nil
}

func (b *Builder) extrudedAreaSolid(e model.Entity) (*mesh.Mesh, error) {
	direction, ok := b.m.Direction(b.ref(e, "ExtrudedDirection"))
	if !ok {
		return nil, b.missing(e, "ExtrudedDirection")
	}
	depth := b.len(e, "Depth")
	return b.sweepAll(e, func(r *kernel.Region) (*mesh.Mesh, error) {
		return b.kernel.Extrude(r, direction, depth)
	})
}

// extrudedAreaSolidTapered joins two profiles. They correspond point by point
// when both are of one class or the second is derived from the first.
func (b *Builder) extrudedAreaSolidTapered(e model.Entity) (*mesh.Mesh, error) {
	direction, ok := b.m.Direction(b.ref(e, "ExtrudedDirection"))
	if !ok {
		return nil, b.missing(e, "ExtrudedDirection")
	}
	move := mesh.Translation(direction.Scale(b.len(e, "Depth")))
	return b.taper(e, []mesh.Transform{mesh.Identity(), move})
}

func (b *Builder) revolvedAreaSolidTapered(e model.Entity) (*mesh.Mesh, error) {
	axis := b.m.Axis(b.ref(e, "Axis"))
	angle := b.m.Attr(e, "Angle").FloatOr(nan) * b.angle
	n := max(b.kernel.ArcSegments(axis.Origin().Len()+1, angle), 2)
	frames := make([]mesh.Transform, n+1)
	to, back := mesh.Translation(axis.Origin()), mesh.Translation(axis.Origin().Scale(-1))
	for i := range frames {
		frames[i] = to.Mul(mesh.Rotation(axis.Axis(2), angle*float64(i)/float64(n))).Mul(back)
	}
	return b.taper(e, frames)
}

// taper sweeps a profile that changes into another through frames.
func (b *Builder) taper(e model.Entity, frames []mesh.Transform) (*mesh.Mesh, error) {
	first, second := b.ref(e, "SweptArea"), b.ref(e, "EndSweptArea")
	p, err := b.profile(first)
	if err != nil {
		return nil, err
	}
	q, err := b.profile(second)
	if err != nil {
		return nil, err
	}
	if len(p) != 1 || len(q) != 1 {
		return nil, newFault(CodeInvalidProfile, second, "a taper between %d and %d areas", len(p), len(q))
	}
	m, err := b.kernel.Taper(p[0], q[0], frames)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	return b.moved(m, e), nil
}

func (b *Builder) revolvedAreaSolid(e model.Entity) (*mesh.Mesh, error) {
	at := b.ref(e, "Axis")
	if at == 0 {
		return nil, b.missing(e, "Axis")
	}
	axis := b.m.Axis(at)
	angle := b.m.Attr(e, "Angle").FloatOr(nan) * b.angle
	return b.sweepAll(e, func(r *kernel.Region) (*mesh.Mesh, error) {
		return b.kernel.Revolve(r, axis.Origin(), axis.Axis(2), angle)
	})
}

func (b *Builder) sweptDiskSolid(e model.Entity) (*mesh.Mesh, error) {
	path, err := b.trail(func() ([]mesh.Vec3, error) { return b.diskPath(e) })
	if err != nil {
		return nil, err
	}
	m, err := b.kernel.SweepDisk(path, b.len(e, "Radius"), b.lenOr(e, "InnerRadius", 0))
	return m, kernelErr(err, CodeInvalidItem, e)
}

// diskPath returns the points of the directrix of a swept disk between its parameters.
func (b *Builder) diskPath(e model.Entity) ([]mesh.Vec3, error) {
	directrix := b.ref(e, "Directrix")
	start, okStart := b.m.Attr(e, "StartParam").Float()
	end, okEnd := b.m.Attr(e, "EndParam").Float()
	path, err := b.curve(directrix)
	if okStart && okEnd && !b.wholeCurve(directrix, start, end) {
		path, err = b.curvePart(directrix, start, end)
	}
	if fillet := b.lenOr(e, "FilletRadius", 0); err == nil && b.m.Is(e, schema.IfcSweptDiskSolidPolygonal) && fillet > 0 {
		path = b.kernel.RoundedPath(path, fillet)
	}
	return path, err
}

// profileFunc builds the areas of a profile definition.
type profileFunc func(*Builder, model.Entity) ([]kernel.Profile, error)

// profileBuilders returns the builder of every class of profile.
func profileBuilders() map[schema.Type]profileFunc {
	return map[schema.Type]profileFunc{
		schema.IfcArbitraryClosedProfileDef:    (*Builder).closedProfile,
		schema.IfcArbitraryProfileDefWithVoids: (*Builder).closedProfile,
		schema.IfcCenterLineProfileDef:         (*Builder).centerLineProfile,
		schema.IfcDerivedProfileDef:            (*Builder).derivedProfile,
		schema.IfcMirroredProfileDef:           (*Builder).mirroredProfile,
		schema.IfcCompositeProfileDef:          (*Builder).compositeProfile,
		schema.IfcParameterizedProfileDef:      (*Builder).parameterizedProfile,
	}
}

// profile returns the areas of a profile definition, in its own plane.
func (b *Builder) profile(e model.Entity) ([]kernel.Profile, error) {
	if err := b.enter(e); err != nil {
		return nil, err
	}
	defer b.leave()
	t := b.m.Type(e)
	for s := t; s != 0; s = b.m.Tables().Super(s) {
		if build, ok := b.profiles[s]; ok {
			return build(b, e)
		}
	}
	if e == 0 {
		return nil, newFault(CodeMissing, e, "a profile refers to nothing")
	}
	return nil, newFault(CodeUnsupportedItem+t.String(), e, "no area is known for %s", t)
}

// ring returns a closed curve of the plane without its repeated last point.
func (b *Builder) ring(curve model.Entity) (kernel.Ring, error) {
	pts, err := b.curve(curve)
	if err != nil {
		return nil, err
	}
	r := make(kernel.Ring, 0, len(pts))
	for _, p := range pts {
		q := kernel.Vec2{p[0], p[1]}
		if len(r) == 0 || r[len(r)-1] != q {
			r = append(r, q)
		}
	}
	const tiny = 1e-7
	for len(r) > 1 && r[0].Sub(r[len(r)-1]).Len() < tiny {
		r = r[:len(r)-1]
	}
	return r, nil
}

func (b *Builder) closedProfile(e model.Entity) ([]kernel.Profile, error) {
	straight := b.isPolyline(b.ref(e, "OuterCurve"))
	for v := range b.m.Attr(e, "InnerCurves").Items() {
		straight = straight && b.isPolyline(v.Entity())
	}
	build := func() (kernel.Profile, error) { return b.outlines(e) }
	if !straight {
		plain := build
		build = func() (kernel.Profile, error) { return b.thin(plain) }
	}
	p, err := build()
	if err != nil {
		return nil, err
	}
	return []kernel.Profile{p}, nil
}

// outlines returns the outline and the holes of a closed profile.
func (b *Builder) outlines(e model.Entity) (kernel.Profile, error) {
	outer, err := b.ring(b.ref(e, "OuterCurve"))
	if err != nil {
		return kernel.Profile{}, err
	}
	p := kernel.Profile{Outer: outer}
	for v := range b.m.Attr(e, "InnerCurves").Items() {
		hole, err := b.ring(v.Entity())
		if err != nil {
			return kernel.Profile{}, err
		}
		p.Holes = append(p.Holes, hole)
	}
	return p, nil
}

func (b *Builder) centerLineProfile(e model.Entity) ([]kernel.Profile, error) {
	curve := b.ref(e, "Curve")
	trail, err := b.trail(func() ([]mesh.Vec3, error) { return b.curve(curve) })
	if err != nil {
		return nil, err
	}
	flat := func(p mesh.Vec3) kernel.Vec2 { return kernel.Vec2{p[0], p[1]} }
	line := make([]kernel.Vec2, len(trail.Points))
	for i, p := range trail.Points {
		line[i] = flat(p)
	}
	p, err := kernel.Thickened(line, b.len(e, "Thickness"), flat(trail.Start), flat(trail.End))
	if err != nil {
		return nil, kernelErr(err, CodeInvalidProfile, e)
	}
	return []kernel.Profile{p}, nil
}

func (b *Builder) derivedProfile(e model.Entity) ([]kernel.Profile, error) {
	profiles, err := b.profile(b.ref(e, "ParentProfile"))
	if err != nil {
		return nil, err
	}
	t, ok := b.m.Operator(b.ref(e, "Operator"))
	if !ok {
		return nil, b.missing(e, "Operator")
	}
	return movedProfiles(profiles, t), nil
}

func (b *Builder) mirroredProfile(e model.Entity) ([]kernel.Profile, error) {
	profiles, err := b.profile(b.ref(e, "ParentProfile"))
	if err != nil {
		return nil, err
	}
	return movedProfiles(profiles, mesh.Scaling(mesh.Vec3{-1, 1, 1})), nil
}

func (b *Builder) compositeProfile(e model.Entity) ([]kernel.Profile, error) {
	var all []kernel.Profile
	for v := range b.m.Attr(e, "Profiles").Items() {
		p, err := b.profile(v.Entity())
		if err != nil {
			return nil, err
		}
		all = append(all, p...)
	}
	return all, nil
}

// movedProfiles maps areas by a transform of the plane.
func movedProfiles(profiles []kernel.Profile, t mesh.Transform) []kernel.Profile {
	ring := func(r kernel.Ring) kernel.Ring {
		moved := make(kernel.Ring, len(r))
		for i, p := range r {
			q := t.Apply(mesh.Vec3{p[0], p[1], 0})
			moved[i] = kernel.Vec2{q[0], q[1]}
		}
		return moved
	}
	out := make([]kernel.Profile, len(profiles))
	for i, p := range profiles {
		out[i].Outer = ring(p.Outer)
		for _, h := range p.Holes {
			out[i].Holes = append(out[i].Holes, ring(h))
		}
	}
	return out
}

var nan = math.NaN()
