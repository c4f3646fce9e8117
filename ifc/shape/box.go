package shape

import (
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// fallback shows a product that could not be built: its bounding box where the
// file gives one, else the box around the points that its representation reaches,
// else nothing.
func (b *Builder) fallback(product model.Entity, why fault, body bool) (r Result) {
	r = Result{Code: why.Code, Entity: why.Entity, Body: body}
	if why.Err != nil {
		r.Message = why.Err.Error()
	}
	b.refill()
	b.depth = 0
	defer func() {
		if recover() != nil {
			r.Outcome, r.Instances = None, nil
		}
	}()
	box, ok := b.givenBox(product)
	if !ok {
		box, ok = b.reachedBox(product)
	}
	if !ok {
		return r
	}
	// A flat box still shows where the product is.
	const thin = 1e-3
	for i := range box.Min {
		if box.Max[i]-box.Min[i] < thin {
			box.Max[i] = box.Min[i] + thin
		}
	}
	size := box.Size()
	m, err := b.kernel.Block(size[0], size[1], size[2])
	if err != nil {
		return r
	}
	r.Outcome = Box
	r.Instances = []mesh.Instance{{
		Mesh: m.Snapped(), Transform: b.placement(product).Mul(mesh.Translation(box.Min)), Material: b.productLook(product),
	}}
	return r
}

// givenBox returns the IfcBoundingBox of a product in its own coordinates.
func (b *Builder) givenBox(product model.Entity) (mesh.Box, bool) {
	for _, c := range b.candidates(product) {
		for v := range b.m.Attr(c.entity, "Items").Items() {
			if !b.m.Is(v.Entity(), schema.IfcBoundingBox) {
				continue
			}
			if m, err := b.boundingBox(v.Entity()); err == nil {
				return m.Bounds(), true
			}
		}
	}
	return mesh.Box{}, false
}

// maxReached bounds the entities that reachedBox looks at.
const maxReached = 200_000

// reachedBox returns the box around all points that the representations of a
// product refer to, in its own coordinates. Placements inside the items are not
// applied: it says about where and how large, no more.
func (b *Builder) reachedBox(product model.Entity) (mesh.Box, bool) {
	box := mesh.EmptyBox()
	seen := make(map[model.Entity]bool)
	var queue []model.Entity
	for _, c := range b.candidates(product) {
		if !c.box {
			queue = b.m.Attr(c.entity, "Items").Entities(queue)
		}
	}
	var args []model.Value
	for head := 0; head < len(queue) && head < maxReached; head++ {
		e := queue[head]
		if seen[e] {
			continue
		}
		seen[e] = true
		switch {
		case b.m.Is(e, schema.IfcRepresentationContext):
			continue
		case b.m.Is(e, schema.IfcCartesianPoint):
			if p, ok := b.m.Point(e); ok {
				box = box.Extend(p)
			}
			continue
		case b.m.Is(e, schema.IfcCartesianPointList):
			if pts, err := b.pointList(e); err == nil {
				for _, p := range pts {
					box = box.Extend(p)
				}
			}
			continue
		}
		args = b.m.Args(args[:0], e)
		for _, v := range args {
			queue = v.Entities(queue)
		}
	}
	return box, !box.IsEmpty()
}
