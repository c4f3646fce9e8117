package ifc

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
)

// connections adds who a product is connected with: "connects_to" holds the ids of the
// features at the other ends of its ports, "flows_to" those that its flow goes on to.
// Networks without ports say it by IfcRelConnectsElements.
func (w *worker) connections(list []spatial.Property, e model.Entity) []spatial.Property {
	m := w.d.model
	var all, down []model.Entity
	if m.Is(e, schema.IfcPort) {
		all = m.PortLinks(e)
	} else {
		for _, port := range m.PortsOf(e) {
			for _, far := range m.PortLinks(port) {
				other := m.ElementOf(far)
				if other == 0 || other == e {
					continue
				}
				all = append(all, other)
				if flows(m, port, far) {
					down = append(down, other)
				}
			}
		}
		if m.Is(e, schema.IfcDistributionElement) {
			all = append(all, joined(m, e)...)
		}
	}
	list = w.idList(list, "connects_to", all)
	return w.idList(list, "flows_to", down)
}

// joined returns the elements of a network that IfcRelConnectsElements joins with one.
func joined(m *model.Model, e model.Entity) []model.Entity {
	var all []model.Entity
	for _, other := range append(slices.Clone(m.Related(model.Connects, e)), m.Relating(model.Connects, e)...) {
		if m.Is(other, schema.IfcDistributionElement) && other != e {
			all = append(all, other)
		}
	}
	return all
}

// flows reports whether something flows from a port to the one it is linked with: a source
// lets it out of its element, a sink into it.
func flows(m *model.Model, from, to model.Entity) bool {
	a, b := m.Attr(from, "FlowDirection").Enum(), m.Attr(to, "FlowDirection").Enum()
	return a == "SOURCE" && b != "SOURCE" || b == "SINK" && a != "SINK" || a == "SOURCEANDSINK" && b == a
}

// maxConnections bounds a list of ids; a real manifold has some dozen.
const maxConnections = 1000

// idList adds the ids of the features of some products as a JSON list, each once.
func (w *worker) idList(list []spatial.Property, name string, of []model.Entity) []spatial.Property {
	var ids []string
	seen := map[model.Entity]bool{}
	for _, e := range of {
		if id := w.d.ids.of(e); id != "" && !seen[e] && len(ids) < maxConnections {
			seen[e] = true
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return list
	}
	slices.Sort(ids)
	text, err := json.Marshal(ids)
	if err != nil {
		return list // text always marshals
	}
	return append(list, spatial.Property{Name: name, Value: spatial.JSONOf(string(text))})
}

// groups adds the names of the systems, zones and other groups that a product belongs to,
// through its ports as well.
func (w *worker) groups(e model.Entity, text func(name, value string)) {
	m := w.d.model
	of := slices.Clone(m.Relating(model.Groups, e))
	for _, port := range m.PortsOf(e) {
		of = append(of, m.Relating(model.Groups, port)...)
	}
	names := map[string][]string{}
	for _, g := range of {
		kind := "group"
		switch {
		case m.Is(g, schema.IfcZone):
			kind = "zone"
		case m.Is(g, schema.IfcSystem):
			kind = "system"
		case !m.Is(g, schema.IfcGroup) || m.Is(g, schema.IfcStructuralLoadGroup) || m.Is(g, schema.IfcStructuralResultGroup):
			continue
		}
		if name := nameOf(m, g); name != "" && !slices.Contains(names[kind], name) {
			names[kind] = append(names[kind], name)
		}
	}
	for _, kind := range []string{"system", "zone", "group"} {
		text(kind, strings.Join(names[kind], "; "))
	}
}
