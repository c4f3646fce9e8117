package shape

import (
	"math"
	"slices"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// built is what a representation or an item gives, with the fault that cost a part of it.
type built struct {
	instances []mesh.Instance
	issue     fault
	err       error
	cost      int64 // steps that it took
	need      int64 // steps that must be left for it to come out the same
}

// builderFunc builds one representation item in the coordinates of its
// representation. Solids are closed; a fault that leaves a part is noted.
type builderFunc func(*Builder, model.Entity) (*mesh.Mesh, error)

// builders returns the builder of every class of solid and surface. A class that
// is not in the table is built as its nearest supertype that is.
func builders() map[schema.Type]builderFunc {
	return map[schema.Type]builderFunc{
		schema.IfcExtrudedAreaSolid:               (*Builder).extrudedAreaSolid,
		schema.IfcExtrudedAreaSolidTapered:        (*Builder).extrudedAreaSolidTapered,
		schema.IfcRevolvedAreaSolid:               (*Builder).revolvedAreaSolid,
		schema.IfcRevolvedAreaSolidTapered:        (*Builder).revolvedAreaSolidTapered,
		schema.IfcSectionedSolidHorizontal:        (*Builder).sectionedSolidHorizontal,
		schema.IfcSectionedSpine:                  (*Builder).sectionedSpine,
		schema.IfcFixedReferenceSweptAreaSolid:    (*Builder).fixedReferenceSweptAreaSolid,
		schema.IfcInclinedReferenceSweptAreaSolid: (*Builder).inclinedReferenceSweptAreaSolid,
		schema.IfcSectionedSurface:                (*Builder).sectionedSurface,
		schema.IfcSurfaceCurveSweptAreaSolid:      (*Builder).surfaceCurveSweptAreaSolid,
		schema.IfcFace:                            (*Builder).loneFace,
		schema.IfcAdvancedBrep:                    (*Builder).facetedBrep,
		schema.IfcSweptDiskSolid:                  (*Builder).sweptDiskSolid,
		schema.IfcFacetedBrep:                     (*Builder).facetedBrep,
		schema.IfcFacetedBrepWithVoids:            (*Builder).facetedBrep,
		schema.IfcShellBasedSurfaceModel:          (*Builder).surfaceModel,
		schema.IfcFaceBasedSurfaceModel:           (*Builder).surfaceModel,
		schema.IfcConnectedFaceSet:                (*Builder).connectedFaceSet,
		schema.IfcTriangulatedFaceSet:             (*Builder).triangulatedFaceSet,
		schema.IfcPolygonalFaceSet:                (*Builder).polygonalFaceSet,
		schema.IfcBooleanResult:                   (*Builder).booleanResult,
		schema.IfcCsgSolid:                        (*Builder).csgSolid,
		schema.IfcBlock:                           (*Builder).block,
		schema.IfcRectangularPyramid:              (*Builder).pyramid,
		schema.IfcRightCircularCylinder:           (*Builder).cylinder,
		schema.IfcRightCircularCone:               (*Builder).cone,
		schema.IfcSphere:                          (*Builder).sphere,
		schema.IfcBoundingBox:                     (*Builder).boundingBox,
		schema.IfcSurface:                         (*Builder).surfaceItem,
		schema.IfcCurveBoundedPlane:               (*Builder).curveBoundedPlane,
		schema.IfcCurveBoundedSurface:             (*Builder).curveBoundedSurface,
	}
}

func (b *Builder) isMapped(e model.Entity) bool { return b.m.Is(e, schema.IfcMappedItem) }

// isBodyItem reports whether an item is a solid or a surface.
func (b *Builder) isBodyItem(e model.Entity) bool {
	for _, t := range [...]schema.Type{
		schema.IfcSolidModel, schema.IfcBooleanResult, schema.IfcCsgPrimitive3D, schema.IfcTessellatedFaceSet,
		schema.IfcShellBasedSurfaceModel, schema.IfcFaceBasedSurfaceModel, schema.IfcSurface, schema.IfcSectionedSpine,
		schema.IfcConnectedFaceSet, schema.IfcFace,
	} {
		if b.m.Is(e, t) {
			return true
		}
	}
	return false
}

// representation builds all items of a representation. Items that fail are noted
// and left out; the error is that of a spent budget.
func (b *Builder) representation(e model.Entity) ([]mesh.Instance, error) {
	if err := b.enter(e); err != nil {
		return nil, err
	}
	defer b.leave()
	var out []mesh.Instance
	for v := range b.m.Attr(e, "Items").Items() {
		item := v.Entity()
		if item == 0 {
			b.note(fault{CodeMissing, e, errNoItem})
			continue
		}
		got, err := b.item(item)
		if err != nil {
			f := asFault(err, CodeInvalidItem, item)
			b.note(f)
			if f.Code == CodeBudget {
				return out, f
			}
			continue
		}
		out = append(out, got...)
	}
	return out, nil
}

// item builds one item: a mapped one as instances of what it maps, any other as
// one mesh.
func (b *Builder) item(e model.Entity) ([]mesh.Instance, error) {
	if b.isMapped(e) {
		return b.mappedItem(e)
	}
	if b.isIgnored(e) {
		return nil, nil
	}
	if b.isCurveItem(e) {
		return b.curveItem(e)
	}
	if b.isShared(e) {
		return b.noted(b.kept(e, b.apart(b.solidItem)))
	}
	return b.solidItem(e)
}

// solidItem builds an item that is a solid or a surface as one mesh.
func (b *Builder) solidItem(e model.Entity) ([]mesh.Instance, error) {
	m, err := b.solid(e)
	if err != nil {
		return nil, err
	}
	if m.IsEmpty() {
		b.note(fault{CodeEmpty, e, errEmpty})
		return nil, nil
	}
	return []mesh.Instance{b.settle(m, e)}, nil
}

// settle puts a finished mesh on the grid, near its own origin, and gives it the
// look of its item.
func (b *Builder) settle(m *mesh.Mesh, e model.Entity) mesh.Instance {
	place := mesh.Identity()
	// Coordinates of a national grid in the shape itself: keep the mesh small
	// and let the instance carry the way.
	if c := farCenter(m); c != (mesh.Vec3{}) {
		for i := range c {
			c[i] = float64(int64(c[i]))
		}
		m = m.Moved(mesh.Translation(c.Scale(-1)))
		place = mesh.Translation(c)
	}
	return mesh.Instance{Mesh: m.Snapped(), Transform: place, Material: b.itemLook(e)}
}

// farCenter returns the middle of a mesh that stands far from its origin, and zero for
// any other.
func farCenter(m *mesh.Mesh) mesh.Vec3 {
	const far = 10_000
	// Nearly all are near, as one look at each coordinate shows.
	if !slices.ContainsFunc(m.Positions, func(v float64) bool { return !(math.Abs(v) <= far/2) }) {
		return mesh.Vec3{}
	}
	if c := m.Bounds().Center(); c.IsFinite() && c.Len() > far {
		return c
	}
	return mesh.Vec3{}
}

// solid builds an item that is a solid or a surface.
func (b *Builder) solid(e model.Entity) (*mesh.Mesh, error) {
	if err := b.kernel.Budget.Spend(16); err != nil {
		return nil, fault{CodeBudget, e, err}
	}
	t := b.m.Type(e)
	for s := t; s != 0; s = b.m.Tables().Super(s) {
		if build, ok := b.table[s]; ok {
			m, err := build(b, e)
			if err != nil {
				return nil, asFault(err, CodeInvalidItem, e)
			}
			return m, nil
		}
	}
	if e == 0 {
		return nil, newFault(CodeMissing, e, "an item refers to nothing")
	}
	return nil, newFault(CodeUnsupportedItem+t.String(), e, "no shape is known for %s", t)
}

// mappedItem returns instances of the representation that an item maps.
func (b *Builder) mappedItem(e model.Entity) ([]mesh.Instance, error) {
	source := b.ref(e, "MappingSource")
	rep := b.ref(source, "MappedRepresentation")
	if rep == 0 {
		return nil, b.missing(e, "MappingSource")
	}
	place := mesh.Identity()
	if target := b.ref(e, "MappingTarget"); target != 0 {
		t, ok := b.m.Operator(target)
		if !ok {
			return nil, newFault(CodeInvalidItem, e, "the mapping target is no usable transformation")
		}
		place = t
	}
	if origin := b.ref(source, "MappingOrigin"); origin != 0 {
		place = place.Mul(b.m.Axis(origin))
	}
	instances, err := b.noted(b.kept(rep, b.apart(b.representation)))
	if err != nil {
		return nil, err
	}
	look := b.itemLook(e)
	out := make([]mesh.Instance, len(instances))
	for i, in := range instances {
		in.Transform = place.Mul(in.Transform)
		if in.Material == (mesh.Material{}) {
			in.Material = look
		}
		out[i] = in
	}
	return out, nil
}

// apart makes of a builder one whose faults are in what it gives, and noted nowhere else:
// so all who use it can note them.
func (b *Builder) apart(build func(model.Entity) ([]mesh.Instance, error)) func(model.Entity) built {
	return func(e model.Entity) built {
		before := b.issue
		b.issue = fault{}
		instances, err := build(e)
		got := built{instances: instances, issue: b.issue, err: err}
		b.issue = before
		return got
	}
}

// noted notes the fault of what was built apart.
func (b *Builder) noted(got built) ([]mesh.Instance, error) {
	if got.err == nil && got.issue.Code != "" {
		b.note(got.issue)
	}
	return got.instances, got.err
}

// moved maps a mesh by the Position of its item.
func (b *Builder) moved(m *mesh.Mesh, e model.Entity) *mesh.Mesh {
	if at := b.ref(e, "Position"); at != 0 {
		return m.Moved(b.m.Axis(at))
	}
	return m
}

// closed notes that a mesh that should bound a volume does not.
func (b *Builder) closed(m *mesh.Mesh, e model.Entity) *mesh.Mesh {
	if !m.Closed && !m.IsEmpty() {
		n, at := gaps(m)
		b.note(asFault(newFault(CodeNotClosed, e, "the faces of %s leave gaps: %d edges have a face on one side only, as at %.3f, %.3f, %.3f m of the shape",
			b.m.Type(e), n, at[0], at[1], at[2]), "", e))
	}
	return m
}

// gaps returns how many edges of a welded mesh have a face on one side only, and the
// middle of the first.
func gaps(m *mesh.Mesh) (n int, at mesh.Vec3) {
	for _, e := range m.Edges() {
		if e.Net == 0 {
			continue
		}
		if n == 0 {
			at = m.Point(e.A).Lerp(m.Point(e.B), 0.5)
		}
		n++
	}
	return n, at
}

// kernelErr gives an error of the kernel the code of what it was about.
func kernelErr(err error, code string, e model.Entity) error {
	if err == nil {
		return nil
	}
	return asFault(err, code, e)
}
