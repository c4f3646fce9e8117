package model

import (
	"slices"

	"github.com/shikong-cim/shikong/ifc/schema"
)

// Storey is an IfcBuildingStorey.
type Storey struct {
	Entity   Entity
	GlobalID string
	Name     string
	Building Entity // what it is part of, or none
	// Elevation is the height of its floor above the building's zero, in metres: what the
	// file states, or else the height of its placement.
	Elevation float64
	Stated    bool // the file states the elevation
}

// Storeys returns the storeys in ascending order of their elevations, those of equal
// elevation in file order.
func (m *Model) Storeys() []Storey {
	var all []Storey
	for e := range m.All(schema.IfcBuildingStorey) {
		s := Storey{Entity: e, GlobalID: m.GlobalID(e), Name: m.Name(e), Building: m.Whole(e)}
		if s.Name == "" {
			s.Name = m.Attr(e, "LongName").Text()
		}
		if f, ok := m.Attr(e, "Elevation").Float(); ok && finite(f) {
			s.Elevation, s.Stated = f*m.units.Length, true
		} else {
			s.Elevation = m.Placement(e)[11]
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b Storey) int {
		switch {
		case a.Elevation < b.Elevation:
			return -1
		case a.Elevation > b.Elevation:
			return 1
		}
		return 0
	})
	return all
}

// maxAncestors bounds the way from a product up to the project.
const maxAncestors = 100

// Parent returns what an entity stands in: what contains it, or else what it is part of,
// nested in, cut from, added to, fills, covers, or is a port of; none at the top.
func (m *Model) Parent(e Entity) Entity {
	for _, r := range [...]Relation{Contains, Aggregates, Nests, Voids, Projects, Fills, Ports, Covers} {
		if up := m.relations[r].backward.one(e); up != 0 {
			return up
		}
	}
	// Products that only reach into a spatial element are better placed there than nowhere.
	return m.relations[References].backward.one(e)
}

// Ancestors returns what an entity stands in, from the nearest upwards. A cycle ends it.
func (m *Model) Ancestors(e Entity) []Entity {
	var all []Entity
	for up := m.Parent(e); up != 0 && len(all) < maxAncestors && !slices.Contains(all, up); up = m.Parent(up) {
		all = append(all, up)
	}
	return all
}

// Storey returns the IfcBuildingStorey that an entity stands in, through containment,
// aggregation, nesting, voids and fills; none when there is no such. A storey stands in
// itself.
func (m *Model) Storey(e Entity) Entity { return m.ancestor(e, schema.IfcBuildingStorey) }

// Spatial returns the nearest spatial element that an entity stands in: a space, storey,
// building, facility or part of one, or site. A spatial element stands in itself.
func (m *Model) Spatial(e Entity) Entity {
	if s := m.ancestor(e, schema.IfcSpatialElement); s != 0 {
		return s
	}
	return m.ancestor(e, schema.IfcSpatialStructureElement)
}

// ancestor returns the nearest entity of a class, beginning with e itself.
func (m *Model) ancestor(e Entity, class schema.Type) Entity {
	for range maxAncestors {
		if e == 0 || m.Is(e, class) {
			return e
		}
		e = m.Parent(e)
	}
	return 0
}

// Classification is an entry of a classification system that an object is filed under.
type Classification struct {
	System string // name of the system, such as Uniclass
	Code   string
	Name   string
	Entity Entity
}

// Classifications returns the classifications of an object and of its type.
func (m *Model) Classifications(object Entity) []Classification {
	var all []Classification
	for _, of := range [...]Entity{object, m.TypeOf(object)} {
		for _, e := range m.Relating(Classifies, of) {
			c := Classification{Entity: e, Name: m.Attr(e, "Name").Text(), Code: m.first(e, "Identification", "ItemReference").Text()}
			if m.Type(e) == schema.IfcClassification {
				c.System, c.Name = c.Name, ""
			} else {
				c.System = m.Attr(m.systemOf(e), "Name").Text()
			}
			all = append(all, c)
		}
	}
	return all
}

// systemOf follows a classification reference up to its IfcClassification.
func (m *Model) systemOf(e Entity) Entity {
	for range maxAncestors {
		if e == 0 || m.Type(e) == schema.IfcClassification {
			return e
		}
		e = m.Attr(e, "ReferencedSource").Entity()
	}
	return 0
}
