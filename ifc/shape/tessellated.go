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
	m := &mesh.Mesh{Positions: flatten(pts)}
	m.Triangles, err = b.triangles(e, idx, len(pts))
	if err != nil {
		return nil, err
	}
	return b.faceSetShell(m, e)
}

// triangles reads the indices of triangles. Those that name no point are noted and left
// out, and so are those that are not to be seen.
func (b *Builder) triangles(e model.Entity, idx []int, points int) ([]uint32, error) {
	index := b.pnIndex(e, points)
	hidden := b.hidden(e)
	out := make([]uint32, 0, len(idx))
	var bad error
	for i := 0; i < len(idx); i += 3 {
		var t [3]uint32
		whole := true
		for k := range t {
			n, ok := index(idx[i+k])
			if !ok {
				whole = false
				bad = newFault(CodeInvalidItem, e, "index %d of %d points", idx[i+k], points)
			}
			t[k] = n
		}
		if whole && !hidden(i/3) {
			out = append(out, t[:]...)
		}
	}
	if bad != nil {
		if len(out) == 0 {
			return nil, bad
		}
		b.note(asFault(bad, CodeInvalidItem, e))
	}
	return out, nil
}

// hidden returns which triangles of an IfcTriangulatedIrregularNetwork are voids and holes of
// the terrain: their flags are negative (ISO 16739-1).
func (b *Builder) hidden(e model.Entity) func(triangle int) bool {
	if !b.m.Is(e, schema.IfcTriangulatedIrregularNetwork) {
		return func(int) bool { return false }
	}
	flags := b.m.Attr(e, "Flags").Ints(nil)
	return func(i int) bool { return i < len(flags) && flags[i] < 0 }
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
	read := func(v model.Value) []uint32 { // none when a point is missing
		idx := v.Ints(nil)
		list := make([]uint32, 0, len(idx))
		for _, k := range idx {
			n, ok := index(k)
			if !ok {
				b.note(asFault(newFault(CodeInvalidItem, e, "index %d of %d points", k, len(pts)), "", e))
				return nil
			}
			if len(list) == 0 || list[len(list)-1] != n {
				list = append(list, n)
			}
		}
		if len(list) > 1 && list[0] == list[len(list)-1] {
			list = list[:len(list)-1]
		}
		return list
	}
	for v := range b.m.Attr(e, "Faces").Items() {
		f := v.Entity()
		face := kernel.Face{Outer: read(b.m.Attr(f, "CoordIndex"))}
		if b.m.Is(f, schema.IfcIndexedPolygonalFaceWithVoids) {
			for h := range b.m.Attr(f, "InnerCoordIndices").Items() {
				face.Holes = append(face.Holes, read(h))
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
