package ifc

import (
	"encoding/json"
	"strings"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
)

// properties returns what is known of a product, sorted by name: its own attributes, its
// type, material, classification and place in the structure, and its property and quantity
// sets as Set.Name in SI units.
func (w *worker) properties(e model.Entity) spatial.Properties {
	m := w.d.model
	var list []spatial.Property
	text := func(name, value string) {
		if value = clean(strings.TrimSpace(value)); value != "" {
			list = append(list, spatial.Property{Name: name, Value: spatial.StringOf(value)})
		}
	}
	typ := m.TypeOf(e)
	text("global_id", m.GlobalID(e))
	text("tag", m.Attr(e, "Tag").Text())
	text("description", m.Attr(e, "Description").Text())
	text("object_type", m.Attr(e, "ObjectType").Text())
	text("long_name", m.Attr(e, "LongName").Text())
	text("type_name", m.Name(typ))
	text("predefined_type", predefinedType(m, e, typ))
	w.structure(e, text)
	w.groups(e, text)
	list = w.connections(list, e)
	if m.Is(e, schema.IfcBuildingStorey) {
		if v, ok := m.Attr(e, "Elevation").Float(); ok {
			list = append(list, spatial.Property{Name: "elevation", Value: spatial.FloatOf(v * m.Units().Length)})
		}
	}
	materials := m.Materials(e)
	text("material", materialNames(materials))
	if layers := layersOf(materials); layers != "" {
		list = append(list, spatial.Property{Name: "layers", Value: spatial.JSONOf(layers)})
	}
	text("classification", classificationsOf(m.Classifications(e)))
	return spatial.NewProperties(w.sets(list, e))
}

// sets appends the property and quantity sets.
func (w *worker) sets(list []spatial.Property, e model.Entity) []spatial.Property {
	for _, p := range w.reader.Properties(nil, e) {
		if p.Value.Kind() == spatial.Null {
			continue
		}
		name := strings.TrimSpace(p.Name)
		if p.Set != "" {
			name = strings.TrimSpace(p.Set) + "." + name
		}
		if name = clean(strings.TrimSpace(name)); name == "" {
			continue
		}
		list = append(list, spatial.Property{Name: name, Value: cleanValue(p.Value)})
	}
	return list
}

func cleanValue(v spatial.Value) spatial.Value {
	switch v.Kind() {
	case spatial.String:
		return spatial.StringOf(clean(v.Text()))
	case spatial.JSON:
		if strings.Contains(v.Text(), `\u0000`) {
			return spatial.JSONOf(strings.ReplaceAll(v.Text(), `\u0000`, ""))
		}
	}
	return v
}

// predefinedType returns the product's own, or else its type's; what the user defined is
// called as the user calls it.
func predefinedType(m *model.Model, e, typ model.Entity) string {
	for _, of := range [2]model.Entity{e, typ} {
		switch p := m.Attr(of, "PredefinedType").Enum(); p {
		case "", "NOTDEFINED":
		case "USERDEFINED":
			for _, name := range []string{"ObjectType", "ElementType"} {
				if own := m.Attr(of, name).Text(); own != "" {
					return own
				}
			}
			return p
		default:
			return p
		}
	}
	return ""
}

func materialNames(list []model.Material) string {
	var names []string
	seen := map[string]bool{}
	for _, mat := range list {
		if mat.Name != "" && !seen[mat.Name] {
			seen[mat.Name] = true
			names = append(names, mat.Name)
		}
	}
	return strings.Join(names, "; ")
}

// layersOf returns the layers of a construction as JSON, "" when it has none.
func layersOf(list []model.Material) string {
	type layer struct {
		Material  string  `json:"material"`
		Thickness float64 `json:"thickness"`
	}
	var layers []layer
	for _, mat := range list {
		if mat.Thickness > 0 && mat.Thickness < 1e6 {
			layers = append(layers, layer{clean(mat.Name), mat.Thickness})
		}
	}
	if len(layers) == 0 {
		return ""
	}
	text, err := json.Marshal(layers)
	if err != nil {
		return "" // only a number that is none could bring this about
	}
	return string(text)
}

func classificationsOf(list []model.Classification) string {
	var out []string
	for _, c := range list {
		text := strings.TrimSpace(c.Code + " " + c.Name)
		if c.System != "" {
			text = strings.TrimSpace(c.System + ": " + text)
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "; ")
}
