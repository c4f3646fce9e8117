package shape

import (
	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func (b *Builder) triangulatedFaceSet(e model.Entity) (*mesh.Mesh, error) {
	pts, err := b.pointList(b.ref(e, "Coordinates"))
	if err != nil {
		return nil, err
	}
	idx := b.m.Attr(e, "CoordIndex").Ints(nil)
	if len(idx)%3 != 0 || len(idx) == 0 {
		return nil, newFault(CodeInvalidItem, e, "%d indices are no whole triangles", len(idx))
	}
	if err := b.kernel.Budget.Spend(len(idx)); err != nil {
		return nil, fault{CodeBudget, e, err}
	}
	index := b.pnIndex(e, len(pts))
	m := &mesh.Mesh{Positions: flatten(pts), Triangles: make([]uint32, len(idx))}
	for i, k := range idx {
		n, ok := index(k)
		if !ok {
			return nil, newFault(CodeInvalidItem, e, "index %d of %d points", k, len(pts))
		}
		m.Triangles[i] = n
	}
	m.Triangles = b.visible(e, m.Triangles)
	return b.faceSetShell(m, e)
}

// visible leaves out the triangles of an IfcTriangulatedIrregularNetwork that are voids
// and holes of the terrain: their flags are negative (ISO 16739-1).
func (b *Builder) visible(e model.Entity, triangles []uint32) []uint32 {
	if !b.m.Is(e, schema.IfcTriangulatedIrregularNetwork) {
		return triangles
	}
	flags := b.m.Attr(e, "Flags").Ints(nil)
	out := triangles[:0]
	for i := 0; i < len(triangles); i += 3 {
		if i/3 >= len(flags) || flags[i/3] >= 0 {
			out = append(out, triangles[i:i+3]...)
		}
	}
	return out
}

func flatten(pts []mesh.Vec3) []float64 {
	flat := make([]float64, 0, 3*len(pts))
	for _, p := range pts {
		flat = append(flat, p[:]...)
	}
	return flat
}

// pnIndex returns the function from an index of the file (from 1) to a point,
// through PnIndex when it is given.
func (b *Builder) pnIndex(e model.Entity, points int) func(int) (uint32, bool) {
	direct := func(k int) (uint32, bool) { return uint32(k - 1), k >= 1 && k <= points }
	v := b.m.Attr(e, "PnIndex")
	if v.IsNull() {
		return direct
	}
	for first := range v.Items() {
		if first.Len() > 0 {
			return direct // before its first addendum IFC4 had indices of normals here
		}
		break
	}
	list := v.Ints(nil)
	return func(k int) (uint32, bool) {
		if k < 1 || k > len(list) {
			return 0, false
		}
		return direct(list[k-1])
	}
}

func (b *Builder) polygonalFaceSet(e model.Entity) (*mesh.Mesh, error) {
	pts, err := b.pointList(b.ref(e, "Coordinates"))
	if err != nil {
		return nil, err
	}
	index := b.pnIndex(e, len(pts))
	var faces []kernel.Face
	read := func(v model.Value) ([]uint32, error) {
		idx := v.Ints(nil)
		list := make([]uint32, 0, len(idx))
		for _, k := range idx {
			n, ok := index(k)
			if !ok {
				return nil, newFault(CodeInvalidItem, e, "index %d of %d points", k, len(pts))
			}
			if len(list) == 0 || list[len(list)-1] != n {
				list = append(list, n)
			}
		}
		if len(list) > 1 && list[0] == list[len(list)-1] {
			list = list[:len(list)-1]
		}
		return list, nil
	}
	for v := range b.m.Attr(e, "Faces").Items() {
		f := v.Entity()
		outer, err := read(b.m.Attr(f, "CoordIndex"))
		if err != nil {
			return nil, err
		}
		face := kernel.Face{Outer: outer}
		if b.m.Is(f, schema.IfcIndexedPolygonalFaceWithVoids) {
			for h := range b.m.Attr(f, "InnerCoordIndices").Items() {
				hole, err := read(h)
				if err != nil {
					return nil, err
				}
				face.Holes = append(face.Holes, hole)
			}
		}
		faces = append(faces, face)
	}
	m, _, err := b.kernel.Faces(pts, faces)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	return b.faceSetShell(m, e)
}

// faceSetShell welds a face set; one that says it is closed has to be.
func (b *Builder) faceSetShell(m *mesh.Mesh, e model.Entity) (*mesh.Mesh, error) {
	if !b.m.Attr(e, "Closed").BoolOr(false) {
		m, err := b.kernel.Shell(m)
		return m, kernelErr(err, CodeInvalidItem, e)
	}
	m, err := b.kernel.Solid(m)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	return b.closed(m, e), nil
}
