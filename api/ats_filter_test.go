package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const relOGC = "http://www.opengis.net/def/rel/ogc/1.0/"

// schemaDoc is a JSON Schema of a collection, as far as it is looked at.
type schemaDoc struct {
	Schema     string `json:"$schema"`
	ID         string `json:"$id"`
	Type       string
	Properties map[string]map[string]any
	Additional *bool `json:"additionalProperties"`
}

// schemaAt reads the schema under an address, which must be one.
func (x *examined) schemaAt(t *testing.T, target string) (doc schemaDoc) {
	t.Helper()
	res := ask(t, x.s, "GET", target, "Accept: application/schema+json")
	if res.status != 200 || res.header.Get("Content-Type") != "application/schema+json" {
		t.Fatalf("%s: %d %s", target, res.status, res.header.Get("Content-Type"))
	}
	if err := json.Unmarshal([]byte(res.body), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != "https://json-schema.org/draft/2020-12/schema" || doc.ID != target || doc.Type != "object" || len(doc.Properties) == 0 {
		t.Errorf("%s: $schema %s, $id %s, type %s", target, doc.Schema, doc.ID, doc.Type)
	}
	validSchema(t, res.body)
	for name, p := range doc.Properties {
		format, _ := p["format"].(string)
		if spatial := strings.HasPrefix(format, "geometry-"); (p["type"] != nil) == spatial {
			t.Errorf("%s of %s is neither of a type nor a geometry: %v", name, target, p)
		}
		for keyword := range p {
			if !slices.Contains([]string{"title", "description", "type", "format", "minimum", "maximum", "enum", "readOnly"}, keyword) && !strings.HasPrefix(keyword, "x-") {
				t.Errorf("%s of %s has the keyword %s", name, target, keyword)
			}
		}
	}
	return doc
}

// validSchema returns a schema that is valid by the schema of schemas.
func validSchema(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("http://example.com/it", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("http://example.com/it")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// queryables reads those of a collection under the address that its items lead to.
func (x *examined) queryables(t *testing.T, c *collectionDoc) schemaDoc {
	t.Helper()
	return x.schemaAt(t, "http://example.com/collections/"+c.ID+"/queryables")
}

// refused holds that a request for items is answered by 400.
func (x *examined) refused(t *testing.T, c *collectionDoc, params ...string) {
	t.Helper()
	if res := x.try(t, c.ID, params...); res.status != 400 {
		t.Errorf("%v: %d", params, res.status)
	}
}

// sample returns a queryable with a type.
func sample(doc schemaDoc) string {
	for _, name := range []string{"use", "rank", "name"} {
		if doc.Properties[name]["type"] != nil {
			return name
		}
	}
	return "id"
}

// around is a condition that a rectangle meets the geometry.
func around(box string) string { return "S_INTERSECTS(geometry,BBOX(" + box + "))" }

func (x *examined) same(t *testing.T, c *collectionDoc, params ...string) {
	t.Helper()
	all, got := x.follow(t, x.items(t, c.ID, "datetime", "../..")), x.follow(t, x.items(t, c.ID, append(params, "datetime", "../..")...))
	placed := slices.DeleteFunc(slices.Clone(all), func(f geoFeature) bool { return f.Geometry == nil })
	if diff := cmp.Diff((&page{Features: placed}).ids(), (&page{Features: got}).ids()); diff != "" {
		t.Errorf("%v: %s", params, diff)
	}
}

// featuresFilter is OGC API Features Part 3.
var featuresFilter = []abstractTest{
	{"/conf/queryables/get-conformance", conforms("ogcapi-features-3", "queryables", "queryables-query-parameters", "filter", "features-filter")},
	{"/conf/queryables/get-queryables-uris", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, method := range []string{"HEAD", "GET"} {
				res := ask(t, x.s, method, "/collections/"+c.ID+"/items", "Accept: application/json")
				want := "<http://example.com/collections/" + c.ID + `/queryables>; rel="` + relOGC + `queryables"`
				if !strings.Contains(strings.Join(res.header.Values("Link"), ", "), want) {
					t.Errorf("%s: Link %v", method, res.header.Values("Link"))
				}
			}
		})
	}},
	{"/conf/queryables/get-queryables", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if doc := x.queryables(t, c); doc.Properties["geometry"]["format"] != "geometry-any" || doc.Additional == nil {
				t.Errorf("%v", doc.Properties["geometry"])
			}
		})
	}},
	{"/conf/queryables-query-parameters/query-param", func(t *testing.T, x *examined) {
		valid := map[string]string{"string": "office", "integer": "9", "number": "12", "boolean": "false"}
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for name, p := range x.queryables(t, c).Properties {
				kind, _ := p["type"].(string)
				switch {
				case kind == "" || kind == "null" || name == "geometry":
					continue
				case p["format"] == "date-time":
					x.items(t, c.ID, name, "1990-01-01T00:00:00Z")
				default:
					for _, f := range x.items(t, c.ID, name, valid[kind]).Features {
						if got := fmt.Sprint(f.Properties[name]); got != valid[kind] && name != "id" {
							t.Errorf("%s=%s gives %s of %s", name, valid[kind], f.ID, got)
						}
					}
				}
				if kind != "string" {
					x.refused(t, c, name, "no such value")
				}
			}
		})
	}},
	{"/conf/filter/filter-param", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			name := sample(x.queryables(t, c))
			for _, lang := range []string{"cql2-text", ""} {
				params := []string{"filter", name + " IS NULL"}
				if lang != "" {
					params = append(params, "filter-lang", lang)
				}
				for _, f := range x.items(t, c.ID, params...).Features {
					if f.Properties[name] != nil {
						t.Errorf("%s has %v", f.ID, f.Properties[name])
					}
				}
				params[1] = "THIS IS NOT A FILTER"
				x.refused(t, c, params...)
			}
			for _, f := range x.items(t, c.ID, "filter-lang", "cql2-json", "filter", `{"op":"isNull","args":[{"property":"`+name+`"}]}`).Features {
				if f.Properties[name] != nil {
					t.Errorf("%s has %v", f.ID, f.Properties[name])
				}
			}
			x.refused(t, c, "filter-lang", "cql2-json", "filter", `{"op":"isNull"`)
			x.refused(t, c, "filter-lang", "sql", "filter", name+" IS NULL")
		})
	}},
	{"/conf/filter/filter-lang-default", func(t *testing.T, x *examined) {
		p := x.parameter(t, itemsPath, "filter-lang").Schema.Value
		if len(p.Enum) != 2 {
			t.Errorf("%v", p.Enum)
		}
	}},
	{"/conf/filter/expression-construction", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if *x.queryables(t, c).Additional {
				t.Error("anything can be asked for")
			}
			x.refused(t, c, "filter-lang", "cql2-text", "filter", "this_is_not_a_queryable IS NULL")
		})
	}},
	{"/conf/filter/filter-crs-wgs84", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			b := c.box()
			x.same(t, c, "filter", around(fmt.Sprintf("%v,%v,%v,%v", b[0], b[1], b[2], b[3])))
			x.refused(t, c, "filter", around("1000000,1000000,2000000,2000000"))
		})
	}},
	{"/conf/filter/filter-crs-param", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, uri := range x.usable(t, c) {
				x.same(t, c, "filter-crs", uri, "filter", around(boxIn(t, uri, c.box())))
			}
			x.refused(t, c, "filter-crs", "http://www.opengis.net/def/crs/OGC/0/does_not_exist", "filter", around("114,22,115,23"))
		})
	}},
	{"/conf/filter/get-functions", func(t *testing.T, x *examined) {
		var doc struct {
			Functions []struct {
				Name      string
				Arguments []struct{ Type []string }
				Returns   []string
			}
		}
		x.read(t, "/functions", &doc)
		if len(doc.Functions) == 0 {
			t.Fatal("no functions")
		}
		known := []string{"string", "number", "integer", "datetime", "geometry", "boolean"}
		for _, f := range doc.Functions {
			for _, kinds := range append([][]string{f.Returns}, typesOf(f.Arguments)...) {
				for _, k := range kinds {
					if !slices.Contains(known, k) {
						t.Errorf("%s: %s is no type", f.Name, k)
					}
				}
				if len(kinds) == 0 || f.Name == "" {
					t.Errorf("half a function: %+v", f)
				}
			}
		}
	}},
	{"/conf/features-filter/get-collection", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if l := rels(c.Links, relOGC+"queryables"); len(l) != 1 || l[0].Href != "http://example.com/collections/"+c.ID+"/queryables" {
				t.Errorf("%v", l)
			}
		})
	}},
	{"/conf/features-filter/mixing-expression", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			b := c.box()
			whole := fmt.Sprintf("%v,%v,%v,%v", b[0], b[1], b[2], b[3])
			x.same(t, c, "filter", around(whole), "bbox", whole)
			if got := x.items(t, c.ID, "filter", around(whole), "bbox", "-1,-1,0,0"); len(got.Features) > 0 {
				t.Errorf("%v", got.ids())
			}
		})
	}},
}

func typesOf(arguments []struct{ Type []string }) (out [][]string) {
	for _, a := range arguments {
		out = append(out, a.Type)
	}
	return out
}
