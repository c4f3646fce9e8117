package model

import (
	"slices"

	"github.com/shikong-cim/shikong/ifc/schema"
)

// Relation names a kind of relation between entities. Each is answered in both directions
// by Related and Relating.
type Relation uint8

// The relations: what relates to what.
const (
	Aggregates      Relation = iota // a whole to its parts
	Nests                           // a host to what is nested in it, in order
	Contains                        // a spatial element to the products in it
	References                      // a spatial element to the products that reach into it
	Voids                           // an element to the openings cut from it
	Fills                           // an opening to what fills it
	Projects                        // an element to what is added to it
	Covers                          // an element or space to its coverings
	Defines                         // a property set to the objects that have it
	Types                           // a type to its occurrences
	HasMaterial                     // a material definition to the objects made of it
	Classifies                      // a classification reference to what it classifies
	Documents                       // a document to what it is about
	Groups                          // a group, zone or system to its members
	Processes                       // a task to the objects it works on
	ProductAssigns                  // a product to the processes or products assigned to it
	Controls                        // a control, such as a work schedule, to what it controls
	Ports                           // an element to its ports
	PortLinks                       // a port to the port it is connected with
	Connects                        // an element to the elements it is connected with
	Serves                          // a system to the buildings it serves
	TaskTimes                       // an IfcScheduleTimeControl of IFC2X3 to its tasks
	Sequences                       // a task to its successors
	Positions                       // a positioning element, such as an alignment, to its products
	Declares                        // a project or library to what it declares
	Styles                          // a representation item to its IfcStyledItem
	MaterialLooks                   // a material to its IfcMaterialDefinitionRepresentation
	MaterialFacts                   // a material to its properties
	ColorMaps                       // a tessellated face set to its IfcIndexedColourMap
	Layers                          // a representation or item to its layer assignment
	Conversions                     // a representation context to its IfcCoordinateOperation
	SpaceBoundaries                 // a space to its IfcRelSpaceBoundary entities
	relationCount
)

// relationSpec says where in a class the two ends of a relation stand. An empty end is the
// entity itself.
type relationSpec struct {
	relation Relation
	class    schema.Type
	from, to string
}

var relationSpecs = []relationSpec{
	{Aggregates, schema.IfcRelAggregates, "RelatingObject", "RelatedObjects"},
	{Nests, schema.IfcRelNests, "RelatingObject", "RelatedObjects"},
	{Contains, schema.IfcRelContainedInSpatialStructure, "RelatingStructure", "RelatedElements"},
	{References, schema.IfcRelReferencedInSpatialStructure, "RelatingStructure", "RelatedElements"},
	{Voids, schema.IfcRelVoidsElement, "RelatingBuildingElement", "RelatedOpeningElement"},
	{Fills, schema.IfcRelFillsElement, "RelatingOpeningElement", "RelatedBuildingElement"},
	{Projects, schema.IfcRelProjectsElement, "RelatingElement", "RelatedFeatureElement"},
	{Covers, schema.IfcRelCoversBldgElements, "RelatingBuildingElement", "RelatedCoverings"},
	{Covers, schema.IfcRelCoversSpaces, "RelatingSpace", "RelatedCoverings"},
	{Covers, schema.IfcRelCoversSpaces, "RelatedSpace", "RelatedCoverings"}, // IFC2X3
	{Aggregates, schema.IfcRelAdheresToElement, "RelatingElement", "RelatedSurfaceFeatures"},
	{Defines, schema.IfcRelDefinesByProperties, "RelatingPropertyDefinition", "RelatedObjects"},
	{Types, schema.IfcRelDefinesByType, "RelatingType", "RelatedObjects"},
	{HasMaterial, schema.IfcRelAssociatesMaterial, "RelatingMaterial", "RelatedObjects"},
	{Classifies, schema.IfcRelAssociatesClassification, "RelatingClassification", "RelatedObjects"},
	{Documents, schema.IfcRelAssociatesDocument, "RelatingDocument", "RelatedObjects"},
	{Groups, schema.IfcRelAssignsToGroup, "RelatingGroup", "RelatedObjects"},
	{Processes, schema.IfcRelAssignsToProcess, "RelatingProcess", "RelatedObjects"},
	{ProductAssigns, schema.IfcRelAssignsToProduct, "RelatingProduct", "RelatedObjects"},
	{Controls, schema.IfcRelAssignsToControl, "RelatingControl", "RelatedObjects"},
	{Ports, schema.IfcRelConnectsPortToElement, "RelatedElement", "RelatingPort"},
	{PortLinks, schema.IfcRelConnectsPorts, "RelatingPort", "RelatedPort"},
	{Connects, schema.IfcRelConnectsElements, "RelatingElement", "RelatedElement"},
	{Serves, schema.IfcRelServicesBuildings, "RelatingSystem", "RelatedBuildings"},
	{TaskTimes, schema.IfcRelAssignsTasks, "TimeForTask", "RelatedObjects"},
	{Sequences, schema.IfcRelSequence, "RelatingProcess", "RelatedProcess"},
	{Positions, schema.IfcRelPositions, "RelatingPositioningElement", "RelatedProducts"},
	{Declares, schema.IfcRelDeclares, "RelatingContext", "RelatedDefinitions"},
	{Styles, schema.IfcStyledItem, "Item", ""},
	{MaterialLooks, schema.IfcMaterialDefinitionRepresentation, "RepresentedMaterial", ""},
	{MaterialFacts, schema.IfcMaterialProperties, "Material", ""},
	{ColorMaps, schema.IfcIndexedColourMap, "MappedTo", ""},
	{Layers, schema.IfcPresentationLayerAssignment, "AssignedItems", ""},
	{Conversions, schema.IfcCoordinateOperation, "SourceCRS", ""},
	{SpaceBoundaries, schema.IfcRelSpaceBoundary, "RelatingSpace", ""},
}

// specsOf returns the relations that a class expresses and whose ends it has.
func (m *Model) specsOf(t schema.Type) []relationSpec {
	var out []relationSpec
	for _, s := range relationSpecs {
		if m.schema.IsA(t, s.class) && m.schema.Position(t, s.from) >= 0 && (s.to == "" || m.schema.Position(t, s.to) >= 0) {
			out = append(out, s)
		}
	}
	return out
}

// relate adds the pairs that one entity expresses.
func (m *Model) relate(p *pairs, s relationSpec, e Entity) {
	var few [8]Entity
	from := m.Attr(e, s.from).Entities(few[:0])
	if len(from) == 0 {
		return
	}
	if s.to == "" {
		for _, f := range from {
			p.add(f, e)
		}
		return
	}
	m.Attr(e, s.to).refs(func(to Entity) {
		if to == 0 {
			return
		}
		for _, f := range from {
			p.add(f, to)
		}
	})
}

// pairs collects the pairs of a relation in file order.
type pairs struct{ from, to []Entity }

func (p *pairs) add(from, to Entity) {
	p.from = append(p.from, from)
	p.to = append(p.to, to)
}

func (p *pairs) relation() relation {
	return relation{forward: group(p.from, p.to), backward: group(p.to, p.from)}
}

// relation answers a relation in both directions.
type relation struct{ forward, backward groups }

// groups maps each key to its values: the values of keys[i] are
// values[starts[i]:starts[i+1]]. Keys ascend, values stand in file order.
type groups struct {
	keys   []Entity
	starts []uint32
	values []Entity
}

func group(keys, values []Entity) groups {
	if len(keys) == 0 {
		return groups{}
	}
	order := make([]uint64, len(keys))
	for i, k := range keys {
		order[i] = uint64(k)<<32 | uint64(i)
	}
	slices.Sort(order)
	g := groups{values: make([]Entity, len(keys))}
	for i, o := range order {
		if k := Entity(o >> 32); i == 0 || k != g.keys[len(g.keys)-1] {
			g.keys = append(g.keys, k)
			g.starts = append(g.starts, uint32(i))
		}
		g.values[i] = values[uint32(o)]
	}
	g.starts = append(g.starts, uint32(len(keys)))
	g.keys, g.starts = slices.Clip(g.keys), slices.Clip(g.starts)
	return g
}

func (g *groups) of(e Entity) []Entity {
	i, ok := slices.BinarySearch(g.keys, e)
	if !ok {
		return nil
	}
	return g.values[g.starts[i]:g.starts[i+1]:g.starts[i+1]]
}

func (g *groups) one(e Entity) Entity {
	if all := g.of(e); len(all) > 0 {
		return all[0]
	}
	return 0
}

// Related returns what an entity relates to, in file order. The caller must not change
// the slice.
func (m *Model) Related(r Relation, e Entity) []Entity {
	if r >= relationCount {
		return nil
	}
	return m.relations[r].forward.of(e)
}

// Relating returns what relates to an entity, in file order. The caller must not change
// the slice.
func (m *Model) Relating(r Relation, e Entity) []Entity {
	if r >= relationCount {
		return nil
	}
	return m.relations[r].backward.of(e)
}

// Voids returns the openings to cut from an element.
func (m *Model) Voids(element Entity) []Entity { return m.Related(Voids, element) }

// Projections returns what is to be added to an element.
func (m *Model) Projections(element Entity) []Entity { return m.Related(Projects, element) }

// Fills returns what stands in an opening, such as a door.
func (m *Model) Fills(opening Entity) []Entity { return m.Related(Fills, opening) }

// Parts returns what a whole is made of.
func (m *Model) Parts(whole Entity) []Entity { return m.Related(Aggregates, whole) }

// Whole returns what a part belongs to, or none.
func (m *Model) Whole(part Entity) Entity { return m.relations[Aggregates].backward.one(part) }

// Nested returns what is nested in a host, in order.
func (m *Model) Nested(host Entity) []Entity { return m.Related(Nests, host) }

// Host returns what an entity is nested in, or none.
func (m *Model) Host(nested Entity) Entity { return m.relations[Nests].backward.one(nested) }

// Contained returns the products that a spatial element contains directly.
func (m *Model) Contained(space Entity) []Entity { return m.Related(Contains, space) }

// Container returns the spatial element that contains a product directly, or none.
func (m *Model) Container(product Entity) Entity { return m.relations[Contains].backward.one(product) }

// TypeOf returns the type object of an occurrence, or none.
func (m *Model) TypeOf(object Entity) Entity { return m.relations[Types].backward.one(object) }

// Occurrences returns the objects of a type object.
func (m *Model) Occurrences(typ Entity) []Entity { return m.Related(Types, typ) }
