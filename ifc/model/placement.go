package model

import (
	"slices"

	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// maxChain bounds how many placements may be relative to one another.
const maxChain = 200

// Resolve finds the position of a placement that needs geometry, such as an
// IfcLinearPlacement along an alignment, relative to what it is placed in, in metres.
type Resolve func(placement Entity) (mesh.Transform, bool)

// parents holds the maps of the placements that others are relative to, so that a
// product's own placement is one step.
type parents struct {
	keys []Entity
	maps []mesh.Transform
	ok   []bool
}

// loadParents computes the placements that others are relative to.
func (m *Model) loadParents() {
	var keys []Entity
	for e := range m.All(schema.IfcObjectPlacement) {
		if p, _ := m.above(e); p != 0 {
			keys = append(keys, p)
		}
	}
	slices.Sort(keys)
	keys = slices.Clip(slices.Compact(keys))
	m.parents = parents{keys: keys, maps: make([]mesh.Transform, len(keys)), ok: make([]bool, len(keys))}
	state := make([]uint8, len(keys))
	for i := range keys {
		m.loadParent(i, state, 0)
	}
}

const (
	untouched = iota
	open
	done
)

func (m *Model) loadParent(i int, state []uint8, depth int) (mesh.Transform, bool) {
	p := &m.parents
	e := p.keys[i]
	switch {
	case state[i] == done:
		return p.maps[i], p.ok[i]
	case state[i] == open || depth > maxChain:
		m.report(CodePlacementCycle, e, "the placement is relative to itself; it is taken as absolute")
		return mesh.Identity(), false
	}
	state[i] = open
	own, ok := m.ownPlacement(e, &faults{m.report}, nil)
	up, missing := m.above(e)
	if j, found := slices.BinarySearch(p.keys, up); found && up != 0 {
		t, upOK := m.loadParent(j, state, depth+1)
		own, ok = t.Mul(own), ok && upOK
	} else if missing {
		m.report(CodePlacementRef, e, "the placement is relative to one that the file does not have")
		ok = false
	}
	p.maps[i], p.ok[i] = own, ok
	state[i] = done
	return own, ok
}

// Placement returns the map from a product's own coordinates to those of the model, in
// metres: the whole chain of its ObjectPlacement. A product without placement, or with one
// that cannot be resolved, gets what can be: at worst the identity.
func (m *Model) Placement(product Entity) mesh.Transform {
	t, _ := m.PlacementOf(m.Attr(product, "ObjectPlacement").Entity())
	return t
}

// PlacementOf returns the map of an IfcObjectPlacement to the coordinates of the model, in
// metres, and whether the whole chain could be resolved.
func (m *Model) PlacementOf(placement Entity) (mesh.Transform, bool) {
	return m.chain(placement, nil, nil)
}

// PlacementBy is PlacementOf with the help of a function that knows geometry.
func (m *Model) PlacementBy(placement Entity, resolve Resolve) (mesh.Transform, bool) {
	return m.chain(placement, nil, resolve)
}

// PlacementIssues returns what is wrong with a product's placement: its own, not those
// that it is relative to, which Load reports.
func (m *Model) PlacementIssues(product Entity) []Issue {
	var found issues
	f := &faults{func(code string, e Entity, message string) {
		found.add(Issue{Code: code, Entity: e, Number: m.Number(e), Message: message})
	}}
	v := m.Attr(product, "ObjectPlacement")
	if v.IsNull() {
		return nil
	}
	if v.Entity() == 0 {
		f.report(CodePlacementRef, product, "the placement is not in the file")
		return found.list
	}
	m.ownPlacement(v.Entity(), f, nil)
	return found.list
}

// chain multiplies a placement's own map with those above it.
func (m *Model) chain(e Entity, f *faults, resolve Resolve) (mesh.Transform, bool) {
	if e == 0 {
		return mesh.Identity(), false
	}
	t, ok := mesh.Identity(), true
	for range maxChain {
		if i, found := slices.BinarySearch(m.parents.keys, e); found && (m.parents.ok[i] || resolve == nil) {
			return m.parents.maps[i].Mul(t), ok && m.parents.ok[i]
		}
		own, ownOK := m.ownPlacement(e, f, resolve)
		t, ok = own.Mul(t), ok && ownOK
		up, missing := m.above(e)
		if e = up; e == 0 {
			return t, ok && !missing
		}
	}
	return t, false
}

// above returns what a placement is relative to, none for an absolute one; missing says
// that it names one that the file does not have. IFC4X1 and its drafts put the curve of a
// linear placement where other placements have their parent: that is no placement.
func (m *Model) above(e Entity) (up Entity, missing bool) {
	v := m.Attr(e, "PlacementRelTo")
	if up = v.Entity(); up == 0 {
		return 0, !v.IsNull()
	}
	if !m.Is(up, schema.IfcObjectPlacement) {
		return 0, false
	}
	return up, false
}

// ownPlacement returns the map of one placement to what it is relative to.
func (m *Model) ownPlacement(e Entity, f *faults, resolve Resolve) (mesh.Transform, bool) {
	switch m.Type(e) {
	case schema.IfcLocalPlacement:
		return m.axis(m.Attr(e, "RelativePlacement").Entity(), f)
	case schema.IfcGridPlacement:
		if t, ok := m.gridPlacement(e); ok {
			return t, true
		}
	}
	if resolve != nil {
		if t, ok := resolve(e); ok {
			return t, true
		}
	}
	if c := m.Attr(e, "CartesianPosition").Entity(); c != 0 {
		return m.axis(c, f)
	}
	f.report(CodePlacementKind, e, "the "+m.Type(e).String()+" has no Cartesian position; the placement it is relative to is used")
	return mesh.Identity(), false
}
