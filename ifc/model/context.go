package model

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Context is an IfcGeometricRepresentationContext that is no subcontext.
type Context struct {
	Entity     Entity
	Type       string // "Model", "Plan" or what the author wrote
	Identifier string
	Dimensions int
	Precision  float64 // metres; 0 when not given
	// World is the map of its WorldCoordinateSystem, in metres.
	World mesh.Transform
	// North is the direction of true north in the x-y plane of the model, unit length:
	// (0, 1) when not given.
	North    [2]float64
	HasNorth bool // TrueNorth is given
}

func (m *Model) loadContexts() {
	projects := 0
	for range m.All(schema.IfcProject) {
		projects++
	}
	switch {
	case projects == 0:
		m.report(CodeNoProject, 0, "the file has no IfcProject")
	case projects > 1:
		m.report(CodeManyProjects, m.project, "the file has more than one IfcProject; the first gives the units")
	}
	for e := range m.All(schema.IfcGeometricRepresentationContext) {
		if m.Type(e) == schema.IfcGeometricRepresentationSubContext {
			continue
		}
		m.contexts = append(m.contexts, m.context(e))
	}
}

func (m *Model) context(e Entity) Context {
	c := Context{
		Entity: e, Type: m.Attr(e, "ContextType").Text(), Identifier: m.Attr(e, "ContextIdentifier").Text(),
		Dimensions: m.Attr(e, "CoordinateSpaceDimension").IntOr(0),
		World:      mesh.Identity(), North: [2]float64{0, 1},
	}
	if p, ok := m.Attr(e, "Precision").Float(); ok && p > 0 && finite(p) {
		c.Precision = p * m.units.Length
	}
	if w := m.Attr(e, "WorldCoordinateSystem").Entity(); w != 0 {
		c.World, _ = m.axis(w, &faults{m.report})
	}
	if n := m.Attr(e, "TrueNorth"); !n.IsNull() {
		d, ok := m.Direction(n.Entity())
		if l := math.Hypot(d[0], d[1]); ok && l > parallel {
			c.North, c.HasNorth = [2]float64{d[0] / l, d[1] / l}, true
		} else {
			m.report(CodeAxes, e, "TrueNorth has no direction in the plane; north is taken as the y axis")
		}
	}
	return c
}

// Contexts returns the representation contexts in file order. The caller must not change
// the slice.
func (m *Model) Contexts() []Context { return m.contexts }

// ContextOf returns the context of a representation, that of the parent for a subcontext;
// false when the file does not have it.
func (m *Model) ContextOf(representation Entity) (Context, bool) {
	e := m.Attr(representation, "ContextOfItems").Entity()
	for range maxChain {
		if m.Type(e) != schema.IfcGeometricRepresentationSubContext {
			break
		}
		e = m.Attr(e, "ParentContext").Entity()
	}
	for _, c := range m.contexts {
		if c.Entity == e {
			return c, true
		}
	}
	return Context{}, false
}
