package ifc

import (
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
)

// levels are the classes of the spatial structure whose nearest member a product names, each
// by the property that holds it. The first class that fits counts: since IFC4X3 a building is
// a facility too.
var levels = [...]struct {
	class    schema.Type
	property string
}{
	{schema.IfcBuildingStorey, ""}, // has a place of its own in a feature
	{schema.IfcBuilding, "building"},
	{schema.IfcSite, "site"},
	{schema.IfcFacilityPart, "facility_part"},
	{schema.IfcFacility, "facility"},
	{schema.IfcSpace, "space"},
	{schema.IfcSpatialZone, "spatial_zone"},
}

// structure adds what a product stands in: the nearest building, site, facility, part of one
// and space by name, and as "parent" the id of the feature directly above it.
func (w *worker) structure(e model.Entity, text func(name, value string)) {
	m := w.d.model
	text("parent", w.d.ids.of(m.Parent(e)))
	var named [len(levels)]bool
	for _, up := range m.Ancestors(e) {
		for i, l := range levels {
			if !m.Is(up, l.class) {
				continue
			}
			if l.property != "" && !named[i] {
				text(l.property, nameOf(m, up))
			}
			named[i] = true
			break
		}
	}
}
