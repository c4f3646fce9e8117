package ifc

import (
	"context"
	"errors"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Shapes returns what one expects to see of a model, in its own metres: all solids and
// surfaces; where it has none the rooms, and where it has none of those its lines.
// Openings, ports and virtual elements are never shown. Its errors are those of Open, but
// for a place, which it does not need, and the context's.
func Shapes(ctx context.Context, path string, opt Options) (_ []mesh.Instance, err error) {
	d, err := load(path, opt)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	const solids, rooms, lines, boxes = 0, 1, 2, 3
	var seen [4][]mesh.Instance
	b := shape.New(d.model, opt.Shape)
	for _, p := range d.model.Products() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if d.isUnmapped(p) {
			continue
		}
		r := b.Product(p)
		group := lines
		switch {
		case r.Body && d.model.Is(p, schema.IfcSpatialElement) && !d.model.Is(p, schema.IfcSite):
			group = rooms
		case r.Body:
			group = solids
		case r.Outcome == shape.Box:
			group = boxes
		}
		seen[group] = append(seen[group], r.Instances...)
	}
	for _, list := range seen {
		if len(list) > 0 {
			return list, nil
		}
	}
	return nil, nil
}

// isUnmapped reports whether a product is nothing to look at.
func (d *Delivery) isUnmapped(p model.Entity) bool {
	for _, t := range unmapped {
		if d.model.Is(p, t) {
			return true
		}
	}
	return false
}
