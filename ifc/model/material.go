package model

import (
	"slices"

	"github.com/shikong-cim/shikong/ifc/schema"
)

// Material is one material of an object: all of it, or a layer, constituent, profile or
// member of a list.
type Material struct {
	Entity    Entity  // the IfcMaterial, none for an air layer
	Name      string  // of the material
	Category  string  // of the material, as the author wrote it
	Part      string  // name of the layer, constituent or profile
	Set       string  // name of the set it belongs to
	Thickness float64 // of a layer, in metres; else 0
	Fraction  float64 // of a constituent; else 0
}

// Materials returns what an object is made of, the layers in order. An object without
// material of its own has that of its type. It is empty when there is none.
func (m *Model) Materials(object Entity) []Material {
	definitions := m.Relating(HasMaterial, object)
	if len(definitions) == 0 {
		definitions = m.Relating(HasMaterial, m.TypeOf(object))
	}
	var all []Material
	for _, d := range definitions {
		all = append(all, m.materialParts(d)...)
	}
	return all
}

// MaterialOf returns the material definition that an object or its type is associated
// with, such as an IfcMaterialLayerSetUsage, or none.
func (m *Model) MaterialOf(object Entity) Entity {
	if e := m.relations[HasMaterial].backward.one(object); e != 0 {
		return e
	}
	return m.relations[HasMaterial].backward.one(m.TypeOf(object))
}

// materialList says where a kind of material set keeps its members.
type materialList struct{ list, set string }

var materialLists = map[schema.Type]materialList{
	schema.IfcMaterialList:           {"Materials", ""},
	schema.IfcMaterialLayerSet:       {"MaterialLayers", "LayerSetName"},
	schema.IfcMaterialConstituentSet: {"MaterialConstituents", "Name"},
	schema.IfcMaterialProfileSet:     {"MaterialProfiles", "Name"},
}

// materialUsages say where a usage names what it uses.
var materialUsages = map[schema.Type]string{
	schema.IfcMaterialLayerSetUsage:           "ForLayerSet",
	schema.IfcMaterialProfileSetUsage:         "ForProfileSet",
	schema.IfcMaterialProfileSetUsageTapering: "ForProfileSet",
}

// materialParts returns the materials of a definition.
func (m *Model) materialParts(definition Entity) []Material {
	if set, ok := materialUsages[m.Type(definition)]; ok {
		definition = m.Attr(definition, set).Entity()
	}
	l, ok := materialLists[m.Type(definition)]
	if !ok {
		if p, ok := m.materialPart(definition); ok {
			return []Material{p}
		}
		return nil
	}
	set := m.Attr(definition, l.set).Text()
	var all []Material
	for item := range m.Attr(definition, l.list).Items() {
		if p, ok := m.materialPart(item.Entity()); ok {
			p.Set = set
			all = append(all, p)
		}
	}
	return slices.Clip(all)
}

// materialPart returns an IfcMaterial or one member of a set.
func (m *Model) materialPart(e Entity) (Material, bool) {
	var p Material
	material := e
	switch {
	case m.Is(e, schema.IfcMaterialLayer):
		p.Thickness = m.Attr(e, "LayerThickness").FloatOr(0) * m.units.Length
		fallthrough
	case m.Is(e, schema.IfcMaterialConstituent), m.Is(e, schema.IfcMaterialProfile):
		p.Part, p.Fraction = m.Attr(e, "Name").Text(), m.Attr(e, "Fraction").FloatOr(0)
		material = m.Attr(e, "Material").Entity()
	case m.Type(e) != schema.IfcMaterial:
		return p, false
	}
	p.Entity, p.Name, p.Category = material, m.Attr(material, "Name").Text(), m.Attr(material, "Category").Text()
	return p, true
}
