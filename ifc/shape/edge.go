package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// vertex returns the place of an IfcVertexPoint.
func (b *Builder) vertex(e model.Entity) (mesh.Vec3, bool) {
	return b.m.Point(b.ref(e, "VertexGeometry"))
}

// edge returns the points of an edge from its start to its end.
func (b *Builder) edge(e model.Entity) ([]mesh.Vec3, error) {
	if b.m.Is(e, schema.IfcOrientedEdge) {
		pts, err := b.edge(b.ref(e, "EdgeElement"))
		if same, ok := b.m.Attr(e, "Orientation").Bool(); ok && !same {
			pts = reversed(pts)
		}
		return pts, err
	}
	start, ok1 := b.vertex(b.ref(e, "EdgeStart"))
	end, ok2 := b.vertex(b.ref(e, "EdgeEnd"))
	curve := b.ref(e, "EdgeGeometry")
	switch {
	case !ok1 || !ok2:
		return nil, b.missing(e, "vertex")
	case curve == 0 || b.m.Is(curve, schema.IfcLine):
		return []mesh.Vec3{start, end}, nil
	}
	return b.edgeCurve(e, curve, start, end)
}

// edgeCurve returns the part of a curve between two points on it.
func (b *Builder) edgeCurve(e, curve model.Entity, start, end mesh.Vec3) ([]mesh.Vec3, error) {
	for b.m.Is(curve, schema.IfcSurfaceCurve) {
		curve = b.ref(curve, "Curve3D")
	}
	same := b.m.Attr(e, "SameSense").BoolOr(true)
	from, to := trim{point: start, hasPoint: true}, trim{point: end, hasPoint: true}
	var pts []mesh.Vec3
	var err error
	switch {
	case b.m.Is(curve, schema.IfcLine):
		return []mesh.Vec3{start, end}, nil
	case b.m.Is(curve, schema.IfcConic):
		pts, err = b.trimmedConic(curve, from, to, same, true)
	default:
		pts, err = b.pathBetween(curve, start, end, same)
	}
	if err != nil {
		return nil, err
	}
	// The ends are those of the neighbouring edges, to the last bit.
	pts[0], pts[len(pts)-1] = start, end
	return pts, nil
}

// pathBetween returns the part of a curve that is known by its points between two
// points on it; a closed curve is followed across its beginning if need be.
func (b *Builder) pathBetween(curve model.Entity, start, end mesh.Vec3, same bool) ([]mesh.Vec3, error) {
	pts, err := b.curve(curve)
	if err != nil {
		return nil, err
	}
	if !same {
		pts = reversed(pts)
	}
	lengths := pathLengths(pts)
	total := lengths[len(lengths)-1]
	from, to := nearestOnPath(pts, lengths, start), nearestOnPath(pts, lengths, end)
	const same3 = 1e-6
	closed := pts[0].Sub(pts[len(pts)-1]).Len() < same3
	switch {
	case closed && start.Sub(end).Len() < same3:
		return append(subPath(pts, lengths, from, total), subPath(pts, lengths, 0, from)[1:]...), nil
	case closed && to <= from:
		return append(subPath(pts, lengths, from, total), subPath(pts, lengths, 0, to)[1:]...), nil
	case math.Abs(to-from) < same3:
		return []mesh.Vec3{start, end}, nil
	}
	return subPath(pts, lengths, from, to), nil
}

// edgeLoop returns the points of a loop of edges; the last is not repeated.
func (r *faceReader) edgeLoop(e model.Entity) ([]mesh.Vec3, error) {
	var list [][]mesh.Vec3
	for v := range r.b.m.Attr(e, "EdgeList").Items() {
		pts, err := r.edge(v.Entity())
		if err != nil {
			return nil, err
		}
		list = append(list, pts)
	}
	var out []mesh.Vec3
	for i, pts := range list {
		// Some files run through an edge the wrong way round.
		if turned := i > 0 && apart(out, pts[len(pts)-1]) < apart(out, pts[0]); turned {
			pts = reversed(pts)
		} else if i == 0 && len(list) > 1 && misfit(pts, list[1]) > misfit(reversed(pts), list[1]) {
			pts = reversed(pts)
		}
		if i > 0 {
			pts = pts[1:]
		}
		out = append(out, pts...)
	}
	if len(out) > 1 {
		out = out[:len(out)-1]
	}
	return out, nil
}

// apart returns how far a point is from the end of a path.
func apart(path []mesh.Vec3, p mesh.Vec3) float64 { return path[len(path)-1].Sub(p).Len() }

// misfit returns how far the end of a path is from the nearer end of the next.
func misfit(path, next []mesh.Vec3) float64 {
	return math.Min(apart(path, next[0]), apart(path, next[len(next)-1]))
}

// edge returns the points of an edge, the same for every face that shares it.
func (r *faceReader) edge(e model.Entity) ([]mesh.Vec3, error) {
	element, same := e, true
	if r.b.m.Is(e, schema.IfcOrientedEdge) {
		element = r.b.ref(e, "EdgeElement")
		same = r.b.m.Attr(e, "Orientation").BoolOr(true)
	}
	pts, ok := r.edges[element]
	if !ok {
		var err error
		if pts, err = r.b.edge(element); err != nil {
			return nil, err
		}
		r.edges[element] = pts
	}
	if !same {
		pts = reversed(pts)
	}
	return pts, nil
}

// bentFace triangulates a face on a curved surface.
func (r *faceReader) bentFace(e, on model.Entity) error {
	s, err := r.b.surface(on)
	if err != nil {
		return err
	}
	var loops [][]mesh.Vec3
	for v := range r.b.m.Attr(e, "Bounds").Items() {
		bound := v.Entity()
		loop := r.b.ref(bound, "Bound")
		if r.b.m.Is(loop, schema.IfcVertexLoop) {
			continue // a pole of the surface
		}
		list, err := r.bound(loop)
		if err != nil {
			return err
		}
		pts := make([]mesh.Vec3, len(list))
		for i, n := range list {
			pts[i] = r.points[n]
		}
		if same, ok := r.b.m.Attr(bound, "Orientation").Bool(); ok && !same {
			pts = reversed(pts)
		}
		loops = append(loops, pts)
	}
	if other, ok := r.b.unplaced(on, s, loops); ok {
		s = other
	}
	against := !r.b.m.Attr(e, "SameSense").BoolOr(true)
	m, err := r.b.kernel.SurfaceFace(s.Surface, loops, against)
	if err != nil {
		return kernelErr(err, CodeInvalidItem, e)
	}
	r.bent = append(r.bent, m)
	return nil
}
