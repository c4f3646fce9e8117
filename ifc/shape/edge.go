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
func (b *Builder) edgeLoop(e model.Entity) ([]mesh.Vec3, error) {
	var out []mesh.Vec3
	for v := range b.m.Attr(e, "EdgeList").Items() {
		pts, err := b.edge(v.Entity())
		if err != nil {
			return nil, err
		}
		if len(out) > 0 {
			pts = pts[1:]
		}
		out = append(out, pts...)
	}
	if len(out) > 1 {
		out = out[:len(out)-1]
	}
	return out, nil
}
