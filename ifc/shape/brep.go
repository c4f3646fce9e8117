package shape

import (
	"slices"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// faceReader gathers polygons of faces with shared points.
type faceReader struct {
	b      *Builder
	number map[model.Entity]uint32
	points []mesh.Vec3
	faces  []kernel.Face
	bent   []*mesh.Mesh // faces on curved surfaces
	edges  map[model.Entity][]mesh.Vec3
	room   []uint32 // of which faces take what they need
}

// newFaceReader returns an empty reader: one that was given back, or a new one.
func (b *Builder) newFaceReader() *faceReader {
	if r := b.spare; r != nil {
		b.spare = nil
		return r
	}
	return &faceReader{b: b, number: make(map[model.Entity]uint32), edges: make(map[model.Entity][]mesh.Vec3), room: make([]uint32, 0, 64)}
}

// giveBack lets the next shell use the memory of a reader, unless that is much more than
// most shells need.
func (r *faceReader) giveBack() {
	const plenty = 1 << 11
	if max(cap(r.faces), cap(r.points), cap(r.room)/8, len(r.edges)) > plenty {
		return
	}
	clear(r.number)
	clear(r.edges)
	clear(r.faces)
	*r = faceReader{b: r.b, number: r.number, points: r.points[:0], faces: r.faces[:0], edges: r.edges, room: r.room[:0]}
	r.b.spare = r
}

// shell reads the faces of an IfcConnectedFaceSet. A face that fails is noted and left
// out, but for a spent budget.
func (r *faceReader) shell(e model.Entity) error {
	var first error
	read := 0
	for v := range r.b.m.Attr(e, "CfsFaces").Items() {
		err := r.face(v.Entity())
		if err == nil {
			read++
			continue
		}
		f := asFault(err, CodeInvalidItem, v.Entity())
		if f.Code == CodeBudget {
			return f
		}
		r.b.note(f)
		if first == nil {
			first = f
		}
	}
	if read == 0 {
		return first
	}
	return nil
}

// face reads one IfcFace. Bounds may be polygons or loops of edges.
func (r *faceReader) face(e model.Entity) error {
	if err := r.b.kernel.Budget.Spend(4); err != nil {
		return fault{CodeBudget, e, err}
	}
	if surface := r.b.ref(e, "FaceSurface"); surface != 0 && !r.b.m.Is(surface, schema.IfcPlane) {
		return r.bentFace(e, surface)
	}
	var f kernel.Face
	for v := range r.b.m.Attr(e, "Bounds").Items() {
		bound := v.Entity()
		list, err := r.bound(r.b.ref(bound, "Bound"))
		if err != nil {
			return err
		}
		if same, ok := r.b.m.Attr(bound, "Orientation").Bool(); ok && !same {
			slices.Reverse(list)
		}
		// Files with several plain bounds and no outer one exist, and outer ones of
		// two points, which bound nothing: the first that can be then is the outer one.
		if len(list) < 3 {
			continue
		}
		if f.Outer == nil || r.b.m.Is(bound, schema.IfcFaceOuterBound) {
			if f.Outer != nil {
				f.Holes = append(f.Holes, f.Outer)
			}
			f.Outer = list
			continue
		}
		f.Holes = append(f.Holes, list)
	}
	if f.Outer != nil {
		r.faces = append(r.faces, f)
	}
	return nil
}

// bound reads a loop as point numbers.
func (r *faceReader) bound(loop model.Entity) ([]uint32, error) {
	switch {
	case r.b.m.Is(loop, schema.IfcPolyLoop):
		return r.loop(loop)
	case r.b.m.Is(loop, schema.IfcEdgeLoop):
		pts, err := r.edgeLoop(loop)
		if err != nil {
			return nil, err
		}
		list := make([]uint32, len(pts))
		for i, p := range pts {
			list[i] = uint32(len(r.points))
			r.points = append(r.points, p)
		}
		return list, nil
	}
	t := r.b.m.Type(loop)
	return nil, newFault(CodeUnsupportedItem+t.String(), loop, "a face bounded by %s", t)
}

func (r *faceReader) loop(e model.Entity) ([]uint32, error) {
	list := r.room[len(r.room):]
	for item := range r.b.m.Attr(e, "Polygon").Items() {
		p := item.Entity()
		n, ok := r.number[p]
		if !ok {
			at, found := r.b.m.Point(p)
			if !found {
				return nil, newFault(CodeMissing, e, "a point of a loop is missing or not finite")
			}
			n = uint32(len(r.points))
			r.points = append(r.points, at)
			r.number[p] = n
		}
		if len(list) == 0 || list[len(list)-1] != n {
			list = append(list, n)
		}
	}
	if len(list) > 1 && list[0] == list[len(list)-1] {
		list = list[:len(list)-1]
	}
	return r.take(list), nil
}

// take keeps what was appended to the end of room.
func (r *faceReader) take(list []uint32) []uint32 {
	if cap(list) > cap(r.room)-len(r.room) {
		r.room = make([]uint32, 0, max(64, 2*cap(r.room), 4*len(list))) // list has left it
		return slices.Clip(list)
	}
	r.room = r.room[:len(r.room)+len(list)]
	return slices.Clip(list)
}

// mesh triangulates what was read and closes it if it can be closed.
func (r *faceReader) mesh(e model.Entity) (*mesh.Mesh, error) {
	m, _, err := r.b.kernel.Faces(r.points, r.faces)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	if len(r.bent) > 0 {
		m = mesh.Merge(append(r.bent, m)...)
	}
	if r.b.m.Is(e, schema.IfcClosedShell) {
		m, err = r.b.kernel.Solid(m)
	} else {
		m, err = r.b.kernel.Shell(m)
	}
	return m, kernelErr(err, CodeInvalidItem, e)
}

func (b *Builder) facetedBrep(e model.Entity) (*mesh.Mesh, error) {
	outer := b.ref(e, "Outer")
	if outer == 0 {
		return nil, b.missing(e, "Outer")
	}
	m, err := b.shellMesh(outer)
	if err != nil {
		return nil, err
	}
	b.closed(m, outer)
	parts := []*mesh.Mesh{m}
	for v := range b.m.Attr(e, "Voids").Items() {
		void, err := b.shellMesh(v.Entity())
		if err != nil {
			return nil, err
		}
		b.closed(void, v.Entity())
		if void.Volume() > 0 {
			void = void.Flipped()
		}
		parts = append(parts, void)
	}
	return mesh.Merge(parts...), nil
}

func (b *Builder) shellMesh(e model.Entity) (*mesh.Mesh, error) {
	r := b.newFaceReader()
	defer r.giveBack()
	if err := r.shell(e); err != nil {
		return nil, err
	}
	return r.mesh(e)
}

// surfaceModel builds face based and shell based surface models. Each shell is on
// its own; open ones are surfaces and no fault.
func (b *Builder) surfaceModel(e model.Entity) (*mesh.Mesh, error) {
	attribute := "SbsmBoundary"
	if b.m.Is(e, schema.IfcFaceBasedSurfaceModel) {
		attribute = "FbsmFaces"
	}
	var parts []*mesh.Mesh
	for v := range b.m.Attr(e, attribute).Items() {
		m, err := b.connectedFaceSet(v.Entity())
		if err != nil {
			return nil, err
		}
		parts = append(parts, m)
	}
	if len(parts) == 0 {
		return nil, b.missing(e, attribute)
	}
	// The sets of a face based model may be the pieces of one skin.
	m := mesh.Merge(parts...)
	if !m.Closed {
		whole, err := b.kernel.Shell(m)
		if err != nil {
			return nil, kernelErr(err, CodeInvalidItem, e)
		}
		if whole.Closed {
			return whole, nil
		}
	}
	return m, nil
}

func (b *Builder) connectedFaceSet(e model.Entity) (*mesh.Mesh, error) {
	m, err := b.shellMesh(e)
	if err != nil {
		return nil, err
	}
	if b.m.Is(e, schema.IfcClosedShell) {
		b.closed(m, e)
	}
	return m, nil
}

// loneFace builds a face that stands on its own.
func (b *Builder) loneFace(e model.Entity) (*mesh.Mesh, error) {
	r := b.newFaceReader()
	defer r.giveBack()
	if err := r.face(e); err != nil {
		return nil, err
	}
	return r.mesh(e)
}
