package rest

import (
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// The languages that filter-lang names (OGC 19-079r2 §7.4.2).
const (
	LangText = "cql2-text"
	LangJSON = "cql2-json"
)

// Position changes coordinates of one reference system, easting or longitude first, into
// longitude and latitude.
type Position = func(x, y float64) (lon, lat float64, err error)

// ReadFilter reads filter and filter-lang and checks the condition against the properties
// that there are; nil when there is none. Without filter-lang the language is CQL2 text, or
// CQL2 JSON where it begins with a brace. Geometries are moved by position, which
// is nil where they are in longitude and latitude.
// What the query asks by the names of properties, see Others, is part of the condition.
func ReadFilter(c echo.Context, fields []spatial.Field, position Position) (*filter.Filter, error) {
	text, lang := c.QueryParam("filter"), c.QueryParam("filter-lang")
	parse := map[string]func(string) (filter.Expr, error){"": filter.Parse, LangText: filter.ParseText,
		LangJSON: func(s string) (filter.Expr, error) { return filter.ParseJSON([]byte(s)) }}[lang]
	if parse == nil {
		return nil, BadParam("filter-lang", lang, "the language is not known", "it is "+LangText+" or "+LangJSON)
	}
	parts, err := byName(c, fields)
	if err != nil {
		return nil, err
	}
	if text != "" {
		root, err := parse(text)
		switch {
		case err == nil && position != nil:
			root, err = filter.Transform(root, position)
		case err == nil:
			err = filter.OnEarth(root)
		}
		if err != nil {
			return nil, wrapParam("filter", text, err)
		}
		parts = append(parts, root)
	}
	var root filter.Expr
	switch len(parts) {
	case 0:
		return nil, nil //nolint:nilnil // no filter is no error
	case 1:
		root = parts[0]
	default:
		root = &filter.Call{Op: "and", Args: parts}
	}
	f, err := filter.New(root, filter.Fields(fields))
	if err != nil {
		return nil, wrapParam("filter", text, err)
	}
	return f, nil
}

// keyOthers is where CheckParams leaves the names that a route does not know itself.
const keyOthers = "shikong.others"

// SetOthers leaves the names of query parameters that are to be properties.
func SetOthers(c echo.Context, names []string) { c.Set(keyOthers, names) }

// Others returns the query parameters that the route does not know and that therefore ask
// for features by a property (OGC 19-079r2 §6.3): name=value.
func Others(c echo.Context) []string {
	names, _ := c.Get(keyOthers).([]string)
	return names
}

// byName returns a condition for each of Others: that the property has that value.
func byName(c echo.Context, fields []spatial.Field) ([]filter.Expr, error) {
	others := Others(c)
	if len(others) == 0 {
		return nil, nil
	}
	var parts []filter.Expr
	known := filter.Names(fields)
	for _, name := range others {
		value := c.QueryParam(name)
		if !slices.Contains(known, name) || slices.Contains(unequal, name) {
			return nil, UnknownParam(name, value, "it has those of its description, and every queryable")
		}
		i := slices.IndexFunc(fields, func(f spatial.Field) bool { return f.Name == name })
		kind := memberTypes[name]
		if i >= 0 {
			kind = fields[i].Type
		}
		literal, err := literalOf(value, kind)
		if err != nil {
			return nil, wrapParam(name, value, err)
		}
		parts = append(parts, &filter.Call{Op: "=", Args: []filter.Expr{&filter.Property{Name: name}, &filter.Literal{Value: literal}}})
	}
	return parts, nil
}

// unequal are the members that no text in a query is equal to.
var unequal = []string{"geometry", "valid", "recorded"}

// memberTypes are the types of members that are no texts.
var memberTypes = map[string]spatial.FieldType{"z_min": spatial.FieldNumber, "z_max": spatial.FieldNumber, "underground": spatial.FieldBoolean}

// literalOf reads a value of a type.
func literalOf(text string, t spatial.FieldType) (spatial.Value, error) {
	switch t {
	case spatial.FieldInteger, spatial.FieldNumber:
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return spatial.IntOf(i), nil
		}
		v, err := ParseNumber(text)
		return spatial.FloatOf(v), err
	case spatial.FieldBoolean:
		v, err := ParseBool(text)
		return spatial.BoolOf(v), err
	case spatial.FieldJSON:
		return spatial.Value{}, invalid("the property holds lists or objects", "ask for it with filter")
	}
	return spatial.StringOf(text), nil
}
