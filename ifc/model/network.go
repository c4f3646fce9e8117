package model

import "github.com/shikong-cim/shikong/ifc/schema"

// PortsOf returns the ports of an element: those that IfcRelConnectsPortToElement gives it,
// and those nested in it, as IFC4 has them.
func (m *Model) PortsOf(element Entity) []Entity {
	ports := m.Related(Ports, element)
	nested := m.Related(Nests, element)
	if len(nested) == 0 {
		return ports
	}
	var all []Entity
	for _, list := range [2][]Entity{ports, nested} {
		for _, e := range list {
			if m.Is(e, schema.IfcPort) {
				all = append(all, e)
			}
		}
	}
	return all
}

// ElementOf returns the element that a port belongs to, or none.
func (m *Model) ElementOf(port Entity) Entity {
	if e := m.relations[Ports].backward.one(port); e != 0 {
		return e
	}
	return m.Host(port)
}

// PortLinks returns the ports that a port is connected with, whichever way round the file
// says so.
func (m *Model) PortLinks(port Entity) []Entity {
	forth, back := m.Related(PortLinks, port), m.Relating(PortLinks, port)
	if len(back) == 0 {
		return forth
	}
	return append(append([]Entity(nil), forth...), back...)
}
