package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/api/rest"
)

type object = map[string]any

// openAPI answers the OpenAPI 3.0 document that the table of routes makes.
func (s *Server) openAPI(c echo.Context) error {
	table := ogc.Table{Head: []string{"method", "address", "about"}}
	for _, r := range s.routes {
		table.Add(r.method, r.path, r.about)
	}
	return s.ogc.DocumentAs(c, s.document(rest.Base(c)), rest.OpenAPI(), "the interface", table)
}

// document makes the OpenAPI document.
func (s *Server) document(base string) object {
	paths := object{}
	for _, r := range s.routes {
		at, _ := paths[r.path].(object)
		if at == nil {
			at = object{}
			paths[r.path] = at
		}
		at[strings.ToLower(r.method)] = s.operation(r)
	}
	landing := s.ogc.Info()
	return object{
		"openapi": "3.0.3",
		"info": object{"title": landing.Title, "description": landing.Description, "version": nonEmpty(s.o.Version, "dev"),
			"license": object{"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}},
		"servers": []object{{"url": base}},
		"paths":   paths,
		"components": object{
			"schemas":         schemas(),
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}},
		},
	}
}

func nonEmpty(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (s *Server) operation(r route) object {
	op := object{"operationId": operationID(r), "summary": r.about, "tags": []string{group(r.path)}}
	var params []object
	for part := range strings.SplitSeq(r.path, "/") {
		name, ok := strings.CutPrefix(part, "{")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, "}")
		params = append(params, object{"name": name, "in": "path", "required": true, "schema": pathParameters[name]})
	}
	for _, name := range r.params {
		params = append(params, s.parameter(name, r))
	}
	if r.open {
		// OGC 19-079r2 has one parameter for each queryable, which differ between collections.
		params = append(params, object{"name": "queryables", "in": "query", "style": "form", "explode": true,
			"description": "name=value for any queryable of the collection: features whose property has that value",
			"schema":      object{"type": "object", "additionalProperties": text()}})
	}
	if params != nil {
		op["parameters"] = params
	}
	if body, ok := bodies[r.method+" "+r.path]; ok {
		op["requestBody"] = body
	}
	responses := object{"default": object{"description": "a problem", "content": object{rest.MediaProblem: object{"schema": ref("problem")}}}}
	for status, a := range answers[r.answer] {
		responses[status] = a
	}
	if r.method == http.MethodGet && r.kind == plain {
		responses["304"] = object{"description": "the client holds this version already"}
	}
	op["responses"] = responses
	if r.write {
		op["security"] = []object{{"token": []string{}}}
	}
	return op
}

// mediaNames are the values of f by what they stand for.
var mediaNames = []struct{ media, name string }{{"text/html", "html"}, {rest.MediaJSONFG, "jsonfg"}, {"text/csv", "csv"}, {rest.MediaGeoJSONSeq, "geojsonseq"}}

// formats are the values of f: not every form is offered everywhere.
func formats(r route) []string {
	content, _ := answers[r.answer]["200"]["content"].(object)
	if content[rest.MediaMVT] != nil {
		return []string{"mvt"}
	}
	list := []string{"json"}
	for _, m := range mediaNames {
		if content[m.media] != nil {
			list = append(list, m.name)
		}
	}
	return list
}

// operationID is the method and the path as one word: getCollectionsItems.
func operationID(r route) string {
	id := strings.ToLower(r.method)
	for part := range strings.SplitSeq(strings.NewReplacer("{", "/by/", "}", "/", ".", "/").Replace(r.path), "/") {
		if part != "" {
			id += strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return id
}

func group(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if first, _, _ = strings.Cut(first, "."); first == "" {
		return "landing"
	}
	return first
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// parameter describes a query parameter, with the limits in force.
func (s *Server) parameter(name string, r route) object {
	p := object{"name": name, "in": "query"}
	for k, v := range parameters[name] {
		p[k] = v
	}
	limits := s.ogc.Limits()
	switch {
	case name == "f":
		p["schema"] = object{"type": "string", "enum": formats(r)}
	case name == "limit" && r.path == "/search":
		p["schema"] = object{"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
	case name == "limit" && r.answer == "features":
		p["schema"] = object{"type": "integer", "minimum": 1, "maximum": limits.ItemsMax, "default": limits.ItemsDefault}
	case name == "k":
		p["schema"] = object{"type": "integer", "minimum": 1, "maximum": limits.NearestMax, "default": 10}
	case name == "point" || name == "geometry" || (name == "distance" && strings.HasSuffix(r.path, "/within")):
		p["required"] = true
	}
	return p
}
