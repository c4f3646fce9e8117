package ogc

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// functionDoc describes a function of filters (19-079r2 §8.8).
type functionDoc struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Arguments   []argumentDoc `json:"arguments"`
	Returns     []string      `json:"returns"`
}

type argumentDoc struct {
	Description string   `json:"description,omitempty"`
	Type        []string `json:"type"`
}

// Functions answers the functions that filters can use beyond those of CQL2 itself.
func (s *Service) Functions(c echo.Context) error {
	doc := struct {
		Functions []functionDoc `json:"functions"`
		Links     []rest.Link   `json:"links"`
	}{Links: selfLinks(c)}
	for _, f := range filter.Functions() {
		one := functionDoc{Name: f.Name, Description: f.About, Returns: f.Returns}
		for i, types := range f.Arguments {
			arg := argumentDoc{Type: types}
			if f.More && i == len(f.Arguments)-1 {
				arg.Description = "any number of them"
			}
			one.Arguments = append(one.Arguments, arg)
		}
		doc.Functions = append(doc.Functions, one)
	}
	pg := page{What: "functions", Head: []string{"function", "arguments", "gives", "about"}}
	for _, f := range doc.Functions {
		var args []string
		for _, a := range f.Arguments {
			args = append(args, strings.TrimSpace(strings.Join(a.Type, " | ")+" "+map[bool]string{true: "…"}[a.Description != ""]))
		}
		pg.Rows = append(pg.Rows, []Cell{{Text: f.Name}, {Text: strings.Join(args, ", ")}, {Text: strings.Join(f.Returns, " | ")}, {Text: say(rest.Language(c), f.Description)}})
	}
	return s.document(c, doc, pg)
}
