package shape

import (
	"math"

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
	stations, err := b.stations(e)
	if err != nil {
		return nil, err
	}
	sections, err := b.sections(e, stations)
	if err != nil {
		return nil, err
	}
	place := upright(d, stations)
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

// stations reads the positions of cross sections along a curve.
func (b *Builder) stations(e model.Entity) ([]station, error) {
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
	return stations, nil
}

// upright places the plane of a profile along a curve: its x points to the left, its y
// up, so that it faces along the curve.
func upright(d kernel.Directrix, stations []station) func(way float64) mesh.Transform {
	return func(way float64) mesh.Transform {
		f := level(d.At(way), between(stations, way))
		return mesh.Frame(f.Origin(), f.Axis(1), f.Axis(2), f.Axis(0))
	}
}

// sectionedSurface strings open lines on a curve, upright.
func (b *Builder) sectionedSurface(e model.Entity) (*mesh.Mesh, error) {
	d, err := b.directrix(b.ref(e, "Directrix"))
	if err != nil {
		return nil, err
	}
	stations, err := b.stations(e)
	if err != nil {
		return nil, err
	}
	var sections []kernel.OpenSection
	for v := range b.m.Attr(e, "CrossSections").Items() {
		line, err := b.openLine(v.Entity())
		if err != nil {
			return nil, err
		}
		if len(sections) >= len(stations) {
			return nil, newFault(CodeInvalidItem, e, "cross section %d has no position", len(sections))
		}
		sections = append(sections, kernel.OpenSection{Way: stations[len(sections)].way, Line: line})
	}
	m, err := b.kernel.Ribbon(sections, upright(d, stations), d.Breaks())
	return m, kernelErr(err, CodeInvalidItem, e)
}

// openLine returns the line of an open profile.
func (b *Builder) openLine(e model.Entity) ([]kernel.Vec2, error) {
	if b.m.Is(e, schema.IfcOpenCrossProfileDef) {
		return b.crossProfile(e)
	}
	curve := b.ref(e, "Curve")
	if curve == 0 {
		return nil, newFault(CodeUnsupportedItem+b.m.Type(e).String(), e, "no open line is known for %s", b.m.Type(e))
	}
	pts, err := b.curve(curve)
	if err != nil {
		return nil, err
	}
	line := make([]kernel.Vec2, len(pts))
	for i, p := range pts {
		line[i] = kernel.Vec2{p[0], p[1]}
	}
	return line, nil
}

// crossProfile returns the line of an IfcOpenCrossProfileDef: straight pieces of given
// widths at given slopes, one after the other.
func (b *Builder) crossProfile(e model.Entity) ([]kernel.Vec2, error) {
	widths, slopes := b.m.Attr(e, "Widths").Floats(nil), b.m.Attr(e, "Slopes").Floats(nil)
	if len(widths) != len(slopes) || len(widths) == 0 {
		return nil, newFault(CodeInvalidProfile, e, "%d widths and %d slopes", len(widths), len(slopes))
	}
	at, _ := b.m.Point(b.ref(e, "OffsetPoint"))
	line := []kernel.Vec2{{at[0], at[1]}}
	horizontal := b.m.Attr(e, "HorizontalWidths").BoolOr(true)
	for i, w := range widths {
		sin, cos := math.Sincos(slopes[i] * b.angle)
		length := w * b.length
		if horizontal {
			if math.Abs(cos) < 1e-9 {
				return nil, newFault(CodeInvalidProfile, e, "a horizontal width on an upright slope")
			}
			length /= math.Abs(cos)
		}
		line = append(line, line[i].Add(kernel.Vec2{cos, sin}.Scale(length)))
	}
	return line, nil
}

// inclinedReferenceSweptAreaSolid sweeps one profile along a curve of IFC4X1 and its
// drafts, upright or turned with the cant of the curve.
func (b *Builder) inclinedReferenceSweptAreaSolid(e model.Entity) (*mesh.Mesh, error) {
	d, err := b.directrix(b.ref(e, "Directrix"))
	if err != nil {
		return nil, err
	}
	stations := []station{{}, {way: d.Length()}}
	for i, attribute := range [...]string{"StartDistance", "EndDistance"} {
		if at := b.ref(e, attribute); at != 0 {
			if stations[i], err = b.station(at); err != nil {
				return nil, err
			}
		}
	}
	place := upright(d, stations)
	if !b.m.Attr(e, "FixedAxisVertical").BoolOr(true) {
		place = func(way float64) mesh.Transform {
			f, s := d.At(way), between(stations, way)
			return mesh.Frame(f.Apply(mesh.Vec3{s.longitudinal, s.lateral, s.vertical}), f.Axis(1), f.Axis(2), f.Axis(0))
		}
	}
	profiles, err := b.profile(b.ref(e, "SweptArea"))
	if err != nil {
		return nil, err
	}
	var parts []*mesh.Mesh
	for _, p := range profiles {
		m, err := b.kernel.Strung([]kernel.Section{{Way: stations[0].way, Profile: p}, {Way: stations[1].way, Profile: p}}, place, d.Breaks())
		if err != nil {
			return nil, kernelErr(err, CodeInvalidItem, e)
		}
		parts = append(parts, m)
	}
	if len(parts) == 0 {
		return nil, newFault(CodeInvalidProfile, e, "a profile without area")
	}
	return b.moved(mesh.Merge(parts...), e), nil
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
	return b.sweptAlong(e, func(_, _ mesh.Vec3) mesh.Vec3 { return ref })
}

// surfaceCurveSweptAreaSolid sweeps a profile along a curve that lies on a surface;
// its x axis is the normal of the surface.
func (b *Builder) surfaceCurveSweptAreaSolid(e model.Entity) (*mesh.Mesh, error) {
	s, err := b.surface(b.ref(e, "ReferenceSurface"))
	if err != nil {
		return nil, err
	}
	return b.sweptAlong(e, func(at, _ mesh.Vec3) mesh.Vec3 { return kernel.NormalNear(s.Surface, at) })
}

func (b *Builder) sweptAlong(e model.Entity, ref kernel.Reference) (*mesh.Mesh, error) {
	path, err := b.trail(func() ([]mesh.Vec3, error) { return b.directrixPart(e) })
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
	if d, ok := b.alignedCurve(curve); ok {
		// Parameters of alignments, and lengths by their type, are ways along them.
		start, end := b.wayTo(curve, from), b.wayTo(curve, to)
		if math.IsNaN(start) {
			start = 0
		}
		if math.IsNaN(end) {
			end = d.Length()
		}
		pts, err := d.Polyline(b.kernel, math.Max(0, start), math.Min(end, d.Length()))
		return pts, kernelErr(err, CodeInvalidItem, e)
	}
	start, okStart := number(from)
	end, okEnd := number(to)
	if okStart && okEnd && !b.wholeCurve(curve, start, end) {
		return b.curvePart(curve, start, end)
	}
	return b.curve(curve)
}

// alignedCurve returns a curve as an alignment, if it is one.
func (b *Builder) alignedCurve(curve model.Entity) (*kernel.Alignment, bool) {
	if !b.m.Is(curve, schema.IfcGradientCurve) && !b.m.Is(curve, schema.IfcAlignmentCurve) && !b.hasCurveSegments(curve) {
		return nil, false
	}
	d, err := b.directrix(curve)
	if err != nil {
		return nil, false
	}
	a, ok := d.(*kernel.Alignment)
	return a, ok
}

// number returns a number that may be inside a typed parameter.
func number(v model.Value) (float64, bool) {
	if f, ok := v.Float(); ok {
		return f, true
	}
	_, inner := v.Typed()
	return inner.Float()
}
