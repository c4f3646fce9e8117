package shape

import (
	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// sectionedSolidHorizontal strings profiles on a curve, upright.
func (b *Builder) sectionedSolidHorizontal(e model.Entity) (*mesh.Mesh, error) {
	d, err := b.directrix(b.ref(e, "Directrix"))
	if err != nil {
		return nil, err
	}
	var stations []station
	for v := range b.m.Attr(e, "CrossSectionPositions").Items() {
		at := v.Entity()
		if b.m.Is(at, schema.IfcAxis2PlacementLinear) {
			at = b.ref(at, "Location")
		}
		s, err := b.station(at)
		if err != nil {
			return nil, err
		}
		stations = append(stations, s)
	}
	sections, err := b.sections(e, stations)
	if err != nil {
		return nil, err
	}
	place := func(way float64) mesh.Transform {
		f := level(d.At(way), between(stations, way))
		// The profile's x points to the left, its y up, so that its plane
		// faces along the curve.
		return mesh.Frame(f.Origin(), f.Axis(1), f.Axis(2), f.Axis(0))
	}
	var parts []*mesh.Mesh
	for _, list := range sections {
		m, err := b.kernel.Strung(list, place, d.Breaks())
		if err != nil {
			return nil, kernelErr(err, CodeInvalidItem, e)
		}
		parts = append(parts, m)
	}
	return mesh.Merge(parts...), nil
}

// sections reads the cross sections at stations: for each area of the profiles (a
// composite has several) the list of its sections.
func (b *Builder) sections(e model.Entity, stations []station) ([][]kernel.Section, error) {
	var out [][]kernel.Section
	i := 0
	for v := range b.m.Attr(e, "CrossSections").Items() {
		profiles, err := b.profile(v.Entity())
		if err != nil {
			return nil, err
		}
		if i >= len(stations) || i > 0 && len(profiles) != len(out) {
			return nil, newFault(CodeInvalidItem, e, "cross section %d has no position or another number of areas", i)
		}
		for k, p := range profiles {
			if i == 0 {
				out = append(out, nil)
			}
			out[k] = append(out[k], kernel.Section{Way: stations[i].way, Profile: p})
		}
		i++
	}
	if len(out) == 0 || i < 2 {
		return nil, b.missing(e, "CrossSections")
	}
	return out, nil
}

// sectionedSpine joins cross sections at placements in space, straight from one to
// the next.
func (b *Builder) sectionedSpine(e model.Entity) (*mesh.Mesh, error) {
	var frames []mesh.Transform
	var stations []station
	for v := range b.m.Attr(e, "CrossSectionPositions").Items() {
		stations = append(stations, station{way: float64(len(frames))})
		frames = append(frames, b.m.Axis(v.Entity()))
	}
	sections, err := b.sections(e, stations)
	if err != nil {
		return nil, err
	}
	var parts []*mesh.Mesh
	for _, list := range sections {
		m, err := b.kernel.Joined(list, frames)
		if err != nil {
			return nil, kernelErr(err, CodeInvalidItem, e)
		}
		parts = append(parts, m)
	}
	return mesh.Merge(parts...), nil
}

// fixedReferenceSweptAreaSolid sweeps a profile along a curve, its x axis always as
// near to a fixed direction as the curve allows.
func (b *Builder) fixedReferenceSweptAreaSolid(e model.Entity) (*mesh.Mesh, error) {
	ref, ok := b.m.Direction(b.ref(e, "FixedReference"))
	if !ok {
		return nil, b.missing(e, "FixedReference")
	}
	return b.sweptAlong(e, func(mesh.Vec3) mesh.Vec3 { return ref })
}

// surfaceCurveSweptAreaSolid sweeps a profile along a curve that lies on a surface;
// its x axis is the normal of the surface.
func (b *Builder) surfaceCurveSweptAreaSolid(e model.Entity) (*mesh.Mesh, error) {
	surface := b.ref(e, "ReferenceSurface")
	if !b.m.Is(surface, schema.IfcPlane) {
		return b.sweptAlong(e, b.extrusionNormal(surface))
	}
	normal := b.m.Axis(b.ref(surface, "Position")).Axis(2)
	return b.sweptAlong(e, func(mesh.Vec3) mesh.Vec3 { return normal })
}

// extrusionNormal returns the normals of a surface of linear extrusion along a curve
// on it: across the direction of the extrusion.
func (b *Builder) extrusionNormal(surface model.Entity) func(tangent mesh.Vec3) mesh.Vec3 {
	up, ok := b.m.Direction(b.ref(surface, "ExtrudedDirection"))
	if !ok {
		up = mesh.Vec3{0, 0, 1}
	}
	up = b.m.Axis(b.ref(surface, "Position")).ApplyDir(up)
	return func(tangent mesh.Vec3) mesh.Vec3 { return tangent.Cross(up) }
}

func (b *Builder) sweptAlong(e model.Entity, ref func(tangent mesh.Vec3) mesh.Vec3) (*mesh.Mesh, error) {
	path, err := b.directrixPart(e)
	if err != nil {
		return nil, err
	}
	return b.sweepAll(e, func(r *kernel.Region) (*mesh.Mesh, error) {
		return b.kernel.SweepAlong(r, path, ref)
	})
}

// directrixPart returns the points of the directrix of a swept solid between its
// start and end parameters.
func (b *Builder) directrixPart(e model.Entity) ([]mesh.Vec3, error) {
	curve := b.ref(e, "Directrix")
	from, to := b.m.Attr(e, "StartParam"), b.m.Attr(e, "EndParam")
	start, okStart := number(from)
	end, okEnd := number(to)
	if okStart && okEnd && !b.wholeCurve(curve, start, end) {
		return b.curvePart(curve, start, end)
	}
	return b.curve(curve)
}

// number returns a number that may be inside a typed parameter.
func number(v model.Value) (float64, bool) {
	if f, ok := v.Float(); ok {
		return f, true
	}
	_, inner := v.Typed()
	return inner.Float()
}
