package georef

import (
	"fmt"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

const (
	// anchorSamples is how many products are looked at to find where a model stands.
	anchorSamples = 201
	// anchorSteps bounds the way from a product to a point of its shape.
	anchorSteps = 200
)

// anchorOf returns a point that is typical of where the model's products stand in its own
// coordinates: the median of one point of each of a sample of them. Few strays do not move
// it, and no shape is built for it.
func anchorOf(m *model.Model) mesh.Vec3 {
	var shaped []model.Entity
	for _, p := range m.Products() {
		if !m.Attr(p, "Representation").IsNull() {
			shaped = append(shaped, p)
		}
	}
	step := max(1, len(shaped)/anchorSamples)
	var axes [3][]float64
	for i := 0; i < len(shaped); i += step {
		p, ok := PointOf(m, shaped[i])
		if !ok {
			continue
		}
		for a := range axes {
			axes[a] = append(axes[a], p[a])
		}
	}
	var anchor mesh.Vec3
	for a, list := range axes {
		if len(list) > 0 {
			slices.Sort(list)
			anchor[a] = list[len(list)/2]
		}
	}
	return anchor
}

// PointOf returns a point of a product's shape in model metres without building the shape,
// and false for a product that has none. It may lie outside the shape by about its size.
func PointOf(m *model.Model, product model.Entity) (mesh.Vec3, bool) {
	representation := m.Attr(product, "Representation").Entity()
	if representation == 0 {
		return mesh.Vec3{}, false
	}
	p := m.Placement(product).Apply(firstPoint(m, representation))
	return p, p.IsFinite()
}

// firstPoint returns a point of a representation: the position of the first solid, or the
// first of its points. Positions within positions are not followed; a shape is small
// against what this is for.
func firstPoint(m *model.Model, representation model.Entity) mesh.Vec3 {
	stack := []model.Entity{representation}
	for steps := 0; len(stack) > 0 && steps < anchorSteps; steps++ {
		e := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch m.Type(e) {
		case schema.IfcCartesianPoint:
			if p, ok := m.Point(e); ok {
				return p
			}
			continue
		case schema.IfcCartesianPointList3D, schema.IfcCartesianPointList2D:
			if p, ok := firstOfList(m, e); ok {
				return p
			}
			continue
		case schema.IfcGeometricRepresentationContext, schema.IfcGeometricRepresentationSubContext, schema.IfcDirection:
			continue
		}
		var next []model.Entity
		for _, v := range m.Args(nil, e) {
			if next = v.Entities(next); len(next) > 8 {
				next = next[:8]
			}
		}
		slices.Reverse(next)
		stack = append(stack, next...)
	}
	return mesh.Vec3{}
}

// firstOfList returns the first point of a point list in metres.
func firstOfList(m *model.Model, e model.Entity) (mesh.Vec3, bool) {
	for v := range m.Attr(e, "CoordList").Items() {
		f := v.Floats(nil)
		if len(f) < 2 {
			return mesh.Vec3{}, false
		}
		p := mesh.Vec3{f[0], f[1]}
		if len(f) > 2 {
			p[2] = f[2]
		}
		p = p.Scale(m.Units().Length)
		return p, p.IsFinite()
	}
	return mesh.Vec3{}, false
}

// placements adds the rung of coordinates that are map coordinates themselves. Only a system
// that was typed makes them one.
func (s *Survey) placements(typed *crs.CRS) {
	if typed == nil || len(s.Rungs) > 0 {
		return
	}
	r := Rung{Source: SourcePlacement, CRS: nameOf(typed)}
	if math.Hypot(s.anchor[0], s.anchor[1]) <= zeroReach && !s.world.isFar() {
		r.err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: CodeMissing,
			Message: "the file has no map conversion, and its coordinates are too small to be those of " + typed.String(), Hint: originHint}
	} else {
		r.place, r.err = s.asMap(typed)
	}
	if r.place != nil {
		label, _ := target{}.verticalOf(typed)
		r.place.VerticalCRS = label
		r.facts.hasHeight, r.facts.elevation = true, r.place.h0
	}
	s.Rungs = append(s.Rungs, r)
}

// asMap returns the place of a model whose coordinates are those of a system.
func (s *Survey) asMap(grid *crs.CRS) (*Place, error) {
	if grid.Horizontal().Kind() != crs.Projected {
		return nil, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: crs.CodeUnsupported,
			Message: fmt.Sprintf("metres of a model are no coordinates of %s", grid), Hint: crsHint}
	}
	sim := similarity{scale: [3]float64{1, 1, 1}}
	if err := s.check(sim, grid); err != nil {
		moved, ok := s.throughWorld(sim, grid)
		if !ok {
			moved, err = s.repair(sim, grid, err)
			if err != nil {
				return nil, err
			}
		}
		sim = moved
	} else {
		s.besideWorld(sim, grid)
	}
	return onGrid(grid, s.opt.Store, s.opt.Transforms, sim)
}
