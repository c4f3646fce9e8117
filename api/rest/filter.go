package rest

import (
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
// CQL2 JSON where it begins with a brace. Geometries are moved by position unless it is nil.
func ReadFilter(c echo.Context, fields []spatial.Field, position Position) (*filter.Filter, error) {
	text, lang := c.QueryParam("filter"), c.QueryParam("filter-lang")
	parse := map[string]func(string) (filter.Expr, error){"": filter.Parse, LangText: filter.ParseText,
		LangJSON: func(s string) (filter.Expr, error) { return filter.ParseJSON([]byte(s)) }}[lang]
	if parse == nil {
		return nil, BadParam("filter-lang", lang, "the language is not known", "it is "+LangText+" or "+LangJSON)
	}
	if text == "" {
		return nil, nil //nolint:nilnil // no filter is no error
	}
	root, err := parse(text)
	if err == nil && position != nil {
		root, err = filter.Transform(root, position)
	}
	if err != nil {
		return nil, wrapParam("filter", text, err)
	}
	f, err := filter.New(root, filter.Fields(fields))
	if err != nil {
		return nil, wrapParam("filter", text, err)
	}
	return f, nil
}
