package api_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/spatial"
)

const itemsPath = "/collections/{collectionId}/items"

// featuresCore is OGC API Features Part 1.
var featuresCore = []abstractTest{
	{"/conf/core/http", func(t *testing.T, x *examined) {
		live := httptest.NewServer(x.s)
		defer live.Close()
		if res := fetch(t, "GET", live.URL+"/"); res.status != 200 {
			t.Error(res.status)
		}
	}},
	{"/conf/core/crs84", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if got := x.items(t, c.ID).header.Get("Content-Crs"); !slices.Contains(defaultSystems, strings.Trim(got, "<>")) {
				t.Error(got)
			}
		})
	}},
	{"/conf/core/root-op", func(t *testing.T, x *examined) {
		var doc struct{ Links []typedLink }
		x.read(t, "/", &doc)
		wellLinked(t, doc.Links, "text/html")
	}},
	{"/conf/core/root-success", func(t *testing.T, x *examined) {
		var doc struct{ Links []typedLink }
		x.read(t, "/", &doc)
		for _, rel := range []string{"service-desc", "service-doc", "conformance", "data"} {
			if len(rels(doc.Links, rel)) == 0 {
				t.Errorf("no link to %s", rel)
			}
		}
	}},
	{"/conf/core/api-definition-op", func(t *testing.T, x *examined) {
		var doc struct{ Links []typedLink }
		x.read(t, "/", &doc)
		for _, l := range append(rels(doc.Links, "service-desc"), rels(doc.Links, "service-doc")...) {
			if res := ask(t, x.s, "GET", l.Href, "Accept: "+l.Type); res.status != 200 || !strings.HasPrefix(res.header.Get("Content-Type"), l.Type) {
				t.Errorf("%s: %d %s", l.Href, res.status, res.header.Get("Content-Type"))
			}
		}
	}},
	{"/conf/core/api-definition-success", func(t *testing.T, x *examined) {
		if err := x.doc.Validate(t.Context()); err != nil {
			t.Error(err)
		}
	}},
	{"/conf/core/conformance-op", func(t *testing.T, x *examined) {
		var doc struct{ Links []typedLink }
		x.read(t, "/", &doc)
		for _, l := range rels(doc.Links, "conformance") {
			x.read(t, l.Href, &struct{}{})
		}
	}},
	{"/conf/core/conformance-success", conforms("ogcapi-features-1", "core", "geojson", "html", "oas30")},
	{"/conf/core/fc-md-op", func(t *testing.T, x *examined) {
		if len(x.collections) != 3 {
			t.Errorf("%d collections", len(x.collections))
		}
	}},
	{"/conf/core/fc-md-success", func(t *testing.T, x *examined) {
		var doc struct{ Links []typedLink }
		x.read(t, "/collections", &doc)
		wellLinked(t, doc.Links, "text/html")
		x.each(t, func(t *testing.T, c *collectionDoc) {
			types := []string{}
			for _, l := range rels(c.Links, "items") {
				types = append(types, l.Type)
			}
			for _, want := range []string{geo, "text/html"} {
				if !slices.Contains(types, want) {
					t.Errorf("no items of type %s: %v", want, types)
				}
			}
			if c.box() == nil || c.Extent.Temporal == nil {
				t.Error("no extent")
			}
		})
	}},
	{"/conf/core/sfc-md-op", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			var one collectionDoc
			x.read(t, "/collections/"+c.ID, &one)
			wellLinked(t, one.Links, "text/html")
		})
	}},
	{"/conf/core/sfc-md-success", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			var one collectionDoc
			x.read(t, "/collections/"+c.ID, &one)
			want, got := *c, one
			want.Links, got.Links = nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}},
	{"/conf/core/fc-op", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) { x.wellFormed(t, x.items(t, c.ID)) })
	}},
	{"/conf/core/fc-bbox-definition", func(t *testing.T, x *examined) {
		p := x.parameter(t, itemsPath, "bbox")
		if s := p.Schema.Value; p.Required || p.Style != "form" || p.Explode == nil || *p.Explode || !s.Type.Is("array") ||
			s.MinItems != 4 || s.MaxItems == nil || *s.MaxItems != 6 || !s.Items.Value.Type.Is("number") {
			t.Errorf("%+v", p)
		}
	}},
	{"/conf/core/fc-bbox-response", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, box := range []string{"-1.5,50,1.5,53", "-80,-5,-70,5", "177,65,-177,70", "-180,85,180,90", "-180,-90,180,-85", "114,22,115,23"} {
				var b [4]float64
				if _, err := fmt.Sscanf(box, "%f,%f,%f,%f", &b[0], &b[1], &b[2], &b[3]); err != nil {
					t.Fatal(err)
				}
				p := x.items(t, c.ID, "bbox", box, "datetime", "../..")
				x.wellFormed(t, p)
				for _, f := range p.Features {
					if f.Geometry != nil && !meets(spatial.Box2D(b[0], b[1], b[2], b[3]), f.Geometry) {
						t.Errorf("%s lies outside %s", f.ID, box)
					}
				}
			}
		})
		if got := x.items(t, "world", "bbox", "177,65,-177,70").ids(); !slices.Contains(got, "east of the line") || !slices.Contains(got, "west of the line") {
			t.Errorf("across the antimeridian: %v", got)
		}
		// The standard would have what stands nowhere in every box; here it is in none.
		if got := x.items(t, "world", "bbox", "-1.5,50,1.5,53").ids(); !slices.Equal(got, []string{"greenwich"}) {
			t.Errorf("in London: %v", got)
		}
	}},
	{"/conf/core/fc-limit-definition", func(t *testing.T, x *examined) {
		p := x.parameter(t, itemsPath, "limit")
		if s := p.Schema.Value; p.Required || p.Style != "form" || p.Explode == nil || *p.Explode || !s.Type.Is("integer") || s.Min == nil || *s.Min < 1 || s.Default == nil {
			t.Errorf("%+v", p)
		}
	}},
	{"/conf/core/fc-limit-response", func(t *testing.T, x *examined) {
		most := int(*x.parameter(t, itemsPath, "limit").Schema.Value.Max)
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, limit := range []int{1, 2, 5, most} {
				p := x.items(t, c.ID, "limit", fmt.Sprint(limit), "datetime", "../..")
				x.wellFormed(t, p)
				if len(p.Features) > limit {
					t.Errorf("%d features with limit %d", len(p.Features), limit)
				}
			}
		})
	}},
	{"/conf/core/fc-time-definition", func(t *testing.T, x *examined) {
		p := x.parameter(t, itemsPath, "datetime")
		if p.Required || p.Style != "form" || p.Explode == nil || *p.Explode || !p.Schema.Value.Type.Is("string") {
			t.Errorf("%+v", p)
		}
	}},
	{"/conf/core/fc-time-response", func(t *testing.T, x *examined) {
		for value, want := range map[string]string{
			"1995-06-01": "a,b,d,e", "1995-06-01T00:00:00Z": "a,b,d,e", "1985-01-01/1989-01-01": "a,d,e", "1985-01-01T00:00:00Z/1992-01-01T00:00:00Z": "a,b,d,e",
			"2012-01-01/..": "a,b,b,c,d", "../1980-01-01": "a,d,e", "../..": "a,b,b,c,d,e", "2012-01-01/": "a,b,b,c,d", "/1980-01-01": "a,d,e",
		} {
			p := x.items(t, "houses", "datetime", value)
			x.wellFormed(t, p)
			if got := strings.Join(p.ids(), ","); got != want {
				t.Errorf("%s: %s, want %s", value, got, want)
			}
		}
		x.each(t, func(t *testing.T, c *collectionDoc) { // an instant and an interval of its own extent
			i := c.Extent.Temporal.Interval[0]
			from, to := "..", ".."
			if i[0] != nil {
				from = *i[0]
			}
			if i[1] != nil {
				to = *i[1]
			}
			p := x.items(t, c.ID, "datetime", from+"/"+to)
			x.wellFormed(t, p)
			if len(p.Features) == 0 {
				t.Error("nothing in its own extent")
			}
		})
	}},
	{"/conf/core/query-param-invalid", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for name, value := range map[string]string{"limit": "unlimited", "bbox": "1,2,3", "datetime": "yesterday", "crs": "x", "bbox-crs": "x"} {
				if res := x.try(t, c.ID, name, value); res.status != 400 {
					t.Errorf("%s=%s: %d", name, value, res.status)
				}
			}
		})
	}},
	{"/conf/core/query-param-unknown", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if res := x.try(t, c.ID, "unknownQueryParameter12345", "1"); res.status != 400 {
				t.Error(res.status)
			}
		})
	}},
	{"/conf/core/f-op", func(t *testing.T, x *examined) {
		x.eachFeature(t, func(t *testing.T, target, id string) {
			var f geoFeature
			if res := x.read(t, target, &f); res.header.Get("Content-Type") != geo || f.Type != "Feature" || f.ID != id {
				t.Errorf("%s: %s of type %s", target, f.ID, f.Type)
			}
		})
	}},
	{"/conf/core/f-success", func(t *testing.T, x *examined) {
		x.eachFeature(t, func(t *testing.T, target, id string) {
			var f geoFeature
			x.read(t, target, &f)
			wellLinked(t, f.Links, "text/html")
			if c := rels(f.Links, "collection"); len(c) != 1 || c[0].Type == "" {
				t.Errorf("collection: %v", c)
			}
		})
	}},
	{"/conf/geojson/content", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, f := range x.items(t, c.ID, "datetime", "../..").Features {
				if f.Type != "Feature" || f.ID == "" || f.Properties == nil {
					t.Errorf("%+v", f)
				}
			}
		})
	}},
	{"/conf/html/content", func(t *testing.T, x *examined) {
		x.eachDocument(t, func(t *testing.T, target string) {
			res := ask(t, x.s, "GET", target, "Accept: text/html")
			if res.status != 200 || !strings.HasPrefix(res.header.Get("Content-Type"), "text/html") || !strings.HasPrefix(strings.ToLower(res.body), "<!doctype html>") {
				t.Errorf("%s: %d %s %.60s", target, res.status, res.header.Get("Content-Type"), res.body)
			}
		})
	}},
	{"/conf/oas30/oas-definition-1", func(t *testing.T, x *examined) {
		if res := ask(t, x.s, "GET", "/api", "Accept: application/vnd.oai.openapi+json;version=3.0"); res.status != 200 || res.header.Get("Content-Type") != "application/vnd.oai.openapi+json;version=3.0" {
			t.Errorf("%d %s", res.status, res.header.Get("Content-Type"))
		}
	}},
	{"/conf/oas30/security", func(t *testing.T, x *examined) {
		for path, item := range x.doc.Paths.Map() {
			for method, op := range item.Operations() {
				if writes := method != "GET" && method != "HEAD" && !strings.HasSuffix(path, "/within"); writes != (op.Security != nil) {
					t.Errorf("%s %s: security %v", method, path, op.Security)
				}
			}
		}
	}},
}

// meets reports whether a geometry, given as GeoJSON, may meet a box: one of its sides or
// positions lies in it or crosses it. The houses and lines of these tests are small.
func meets(b spatial.Box, g *shape) bool {
	for _, part := range b.Split() {
		around := spatial.EmptyBox()
		for _, p := range g.positions() {
			around = around.Extend(spatial.Box2D(p[0], p[1], p[0], p[1]))
		}
		if part.Overlaps2D(around) {
			return true
		}
	}
	return false
}

// eachFeature runs a test for the features of every collection whose id stands in an address
// as it is.
func (x *examined) eachFeature(t *testing.T, hold func(t *testing.T, target, id string)) {
	t.Helper()
	x.each(t, func(t *testing.T, c *collectionDoc) {
		for _, f := range x.items(t, c.ID).Features {
			hold(t, strings.ReplaceAll("/collections/"+c.ID+"/items/"+strings.ReplaceAll(f.ID, "/", "%2F"), " ", "%20"), f.ID)
		}
	})
}

// eachDocument runs a test for the resources that have a form for people.
func (x *examined) eachDocument(t *testing.T, hold func(t *testing.T, target string)) {
	t.Helper()
	for path, item := range x.doc.Paths.Map() {
		if item.Get == nil || item.Get.Responses.Value("200") == nil || item.Get.Responses.Value("200").Value.Content.Get("text/html") == nil {
			continue
		}
		for _, target := range examples[path] {
			if ask(t, x.s, "GET", target, "Accept: application/json").status == 200 && !strings.Contains(target, "f=") {
				t.Run(target, func(t *testing.T) { hold(t, target) })
			}
		}
	}
}
