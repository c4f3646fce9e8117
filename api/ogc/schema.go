package ogc

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// schemaTypes says how a column's type is written in JSON Schema.
var schemaTypes = map[spatial.FieldType]any{spatial.FieldBoolean: "boolean", spatial.FieldInteger: "integer",
	spatial.FieldNumber: "number", spatial.FieldString: "string", spatial.FieldNull: "null",
	spatial.FieldJSON: []string{"array", "object", "string", "number", "boolean", "null"}}

// property is one property of a JSON Schema.
type property struct {
	Title    string `json:"title,omitempty"`
	Type     any    `json:"type,omitempty"` // a name or several
	Format   string `json:"format,omitempty"`
	Role     string `json:"x-ogc-role,omitempty"`
	Unit     string `json:"x-ogc-unit,omitempty"`
	ReadOnly bool   `json:"readOnly,omitempty"`
	// What the values are now, in queryables only: in a schema it would bind what is to come.
	Minimum any   `json:"minimum,omitempty"`
	Maximum any   `json:"maximum,omitempty"`
	Enum    []any `json:"enum,omitempty"`
}

// ownProperties are the members that the server gives, as JSON Schema.
func ownProperties() map[string]property {
	return map[string]property{
		"id":            {Title: "id of the source", Type: "string", Role: "id"},
		"geometry":      {Title: "footprint, line or point", Format: "geometry-any", Role: "primary-geometry"},
		"class":         {Title: "class, such as IfcWall", Type: "string", Role: "type"},
		"name":          {Title: "name", Type: "string"},
		"model":         {Title: "the model that delivered it", Type: "string", ReadOnly: true},
		"storey":        {Title: "storey", Type: "string"},
		"z_min":         {Title: "lowest height", Type: "number", Unit: "m"},
		"z_max":         {Title: "greatest height", Type: "number", Unit: "m"},
		"underground":   {Title: "lies below the ground", Type: "boolean"},
		"valid_from":    {Title: "stands since", Type: "string", Format: "date-time", Role: "primary-interval-start"},
		"valid_to":      {Title: "stands until", Type: "string", Format: "date-time", Role: "primary-interval-end"},
		"recorded_from": {Title: "known since", Type: "string", Format: "date-time", ReadOnly: true},
		"recorded_to":   {Title: "known until", Type: "string", Format: "date-time", ReadOnly: true},
	}
}

// Queryables answers what can be asked for, as a JSON Schema.
func (s *Service) Queryables(c echo.Context) error { return s.schema(c, "queryables") }

// Sortables answers what can be sorted by, as a JSON Schema.
func (s *Service) Sortables(c echo.Context) error { return s.schema(c, "sortables") }

// Schema answers the schema of the collection's features, as a JSON Schema.
func (s *Service) Schema(c echo.Context) error { return s.schema(c, "schema") }

func (s *Service) schema(c echo.Context, what string) error {
	coll, err := s.collection(c)
	if err != nil {
		return err
	}
	props := ownProperties()
	switch what {
	case "sortables":
		maps.DeleteFunc(props, func(name string, _ property) bool { return !slices.Contains(sortableMembers, name) })
	case "queryables":
		known := filter.Names(nil)
		maps.DeleteFunc(props, func(name string, _ property) bool { return !slices.Contains(known, name) })
	}
	for _, f := range coll.Fields {
		if _, own := props[f.Name]; !own {
			props[f.Name] = property{Title: f.Name, Type: schemaTypes[f.Type]}
		}
	}
	if what == "queryables" {
		if err := s.addRanges(c, &coll, props); err != nil {
			return err
		}
	}
	doc := struct {
		Schema     string              `json:"$schema"`
		ID         string              `json:"$id"`
		Title      string              `json:"title"`
		Type       string              `json:"type"`
		Properties map[string]property `json:"properties"`
		Additional bool                `json:"additionalProperties"`
	}{"https://json-schema.org/draft/2020-12/schema", collectionURL(c, coll.Name) + "/" + what, coll.Name, "object", props,
		what == "schema" && s.edits.Store != nil} // a new feature can bring properties that no other has
	return s.documentAs(c, doc, rest.Schema(), schemaPage(coll.Name, what, props), strconv.FormatInt(coll.Revision, 10))
}

// schemaPage is the table of properties for people.
func schemaPage(name, what string, props map[string]property) page {
	pg := page{Title: name, What: what, Head: []string{"property", "type", "values", "about"}}
	for _, key := range slices.Sorted(maps.Keys(props)) {
		p := props[key]
		kind, values := p.Format, ""
		if kind == "" {
			kind = strings.Trim(fmt.Sprint(p.Type), "[]")
		}
		switch {
		case p.Enum != nil:
			values = strings.Trim(fmt.Sprint(p.Enum), "[]")
		case p.Minimum != nil:
			values = fmt.Sprintf("%v – %v", p.Minimum, p.Maximum)
		}
		about := p.Title
		if about == key {
			about = ""
		}
		pg.Rows = append(pg.Rows, []Cell{{Text: key}, {Text: kind}, {Text: clipped(values)}, {Text: about}})
	}
	return pg
}

// Ranges is what a reader may offer beside Reader: what values the properties have.
type Ranges interface {
	Ranges(ctx context.Context, collection string) ([]spatial.FieldRange, error)
}

// addRanges adds the values that there are where they are few, and the least and greatest
// numbers.
func (s *Service) addRanges(c echo.Context, coll *spatial.Collection, props map[string]property) error {
	r, ok := s.reader.(Ranges)
	if !ok {
		return nil
	}
	list, err := r.Ranges(c.Request().Context(), coll.Name)
	if err != nil {
		return fmt.Errorf("ranges of %s: %w", coll.Name, err)
	}
	own := ownProperties()
	for _, one := range list {
		p, known := props[one.Name]
		if _, mine := own[one.Name]; !known || mine {
			continue
		}
		if p.Type == "integer" || p.Type == "number" {
			p.Minimum, p.Maximum = one.Min.Any(), one.Max.Any()
		}
		for _, v := range one.Values {
			if p.Type == "string" && v.Kind() == spatial.String || p.Type == "integer" && v.Kind() == spatial.Int {
				p.Enum = append(p.Enum, v.Any())
			}
		}
		if len(p.Enum) < len(one.Values) {
			p.Enum = nil // an enumeration with gaps is none
		}
		props[one.Name] = p
	}
	return nil
}
