package shape

import (
	"errors"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// openings returns what is to be cut from a product: its own openings, and those
// of the elements it is a part of.
func (b *Builder) openings(product model.Entity) []model.Entity {
	list := b.m.Voids(product)
	whole := product
	for range 8 {
		if whole = b.m.Whole(whole); whole == 0 {
			break
		}
		list = append(list[:len(list):len(list)], b.m.Voids(whole)...)
	}
	return list
}

// cutOpenings subtracts the openings of a product from its instances, and adds its
// projections. Both are in the product's own coordinates. Instances that no
// opening touches stay shared.
func (b *Builder) cutOpenings(product model.Entity, instances []mesh.Instance) []mesh.Instance {
	openings, projections := b.openings(product), b.m.Projections(product)
	if len(openings) == 0 && len(projections) == 0 {
		return instances
	}
	back, ok := b.placement(product).Inverse()
	if !ok {
		return instances
	}
	if added := b.features(back, projections); added != nil {
		instances = append(instances, mesh.Instance{Mesh: added, Transform: mesh.Identity(), Material: instances[0].Material})
	}
	cut := b.features(back, openings)
	if cut == nil {
		return instances
	}
	box := cut.Bounds()
	var out []mesh.Instance
	for _, in := range instances {
		if len(in.Mesh.Triangles) == 0 || !in.Mesh.BoundsUnder(in.Transform).Intersects(box) {
			out = append(out, in)
			continue
		}
		m, err := b.without(product, in.Mesh.Moved(in.Transform), cut)
		if err != nil {
			b.note(b.openingFault(err, product))
			out = append(out, in)
			continue
		}
		if !m.IsEmpty() {
			in.Mesh, in.Transform = m.Snapped(), mesh.Identity()
			out = append(out, in)
		}
	}
	return out
}

// without cuts openings off a solid or, from terrain and other open surfaces, out of it.
func (b *Builder) without(product model.Entity, m, cut *mesh.Mesh) (*mesh.Mesh, error) {
	if m.Closed {
		return b.boolean(product, kernel.Difference, m, cut)
	}
	r, err := b.kernel.Without(m, cut)
	return r, kernelErr(err, CodeOpening, product)
}

func (b *Builder) openingFault(err error, e model.Entity) fault {
	f := asFault(err, CodeOpening, e)
	if f.Code != CodeBudget {
		f.Code = CodeOpening
	}
	return f
}

// features builds the solids of openings or projections as one mesh in the
// coordinates of their element; nil when there are none.
func (b *Builder) features(back mesh.Transform, list []model.Entity) *mesh.Mesh {
	var parts []*mesh.Mesh
	for _, e := range list {
		instances, why := b.featureBody(e)
		if why.Code != "" {
			b.note(b.openingFault(why, e))
		}
		place := back.Mul(b.placement(e))
		for _, in := range instances {
			if len(in.Mesh.Triangles) == 0 {
				continue
			}
			if !in.Mesh.Closed {
				b.note(fault{CodeOpening, e, errors.New("the opening is no closed solid")})
				continue
			}
			parts = append(parts, in.Mesh.Moved(place.Mul(in.Transform)))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return mesh.Merge(parts...)
}

// featureBody returns the body of an opening, and the fault that cost a part of
// it. One without a body cuts nothing and is no fault of its element.
func (b *Builder) featureBody(e model.Entity) ([]mesh.Instance, fault) {
	for _, c := range b.candidates(e) {
		if !c.body || c.box {
			continue
		}
		got := b.apart(b.representation)(c.entity)
		if got.err != nil {
			return nil, asFault(got.err, CodeOpening, e)
		}
		return got.instances, got.issue
	}
	return nil, fault{}
}
