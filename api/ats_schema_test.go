package api_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// featuresSchema is OGC API Features Part 5.
var featuresSchema = []abstractTest{
	{"/conf/returnables-and-receivables/get-conformance", conforms("ogcapi-features-5", "schemas", "returnables-and-receivables")},
	{"/conf/returnables-and-receivables/link", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if l := rels(c.Links, relOGC+"schema"); len(l) != 1 || l[0].Href != "http://example.com/collections/"+c.ID+"/schema" {
				t.Errorf("%v", l)
			}
		})
	}},
	{"/conf/schemas/basic-schema-inspection", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, what := range []string{"schema", "queryables", "sortables"} {
				x.schemaAt(t, "http://example.com/collections/"+c.ID+"/"+what)
			}
		})
	}},
	{"/conf/schemas/role", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			roles := map[any]string{}
			for name, p := range x.schemaAt(t, "http://example.com/collections/"+c.ID+"/schema").Properties {
				if role, ok := p["x-ogc-role"]; ok {
					if roles[role] != "" {
						t.Errorf("%s and %s are both %s", roles[role], name, role)
					}
					roles[role] = name
				}
				if unit, ok := p["x-ogc-unit"]; ok && (unit != "m" || p["type"] != "number") {
					t.Errorf("%s: %v", name, p)
				}
			}
			want := map[any]string{"id": "id", "primary-geometry": "geometry", "type": "class", "primary-interval-start": "valid_from", "primary-interval-end": "valid_to"}
			if diff := cmp.Diff(want, roles); diff != "" {
				t.Error(diff)
			}
		})
	}},
	{"/conf/returnables-and-receivables/response-1", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			res := ask(t, x.s, "GET", "/collections/"+c.ID+"/schema")
			schema := validSchema(t, res.body)
			for _, f := range x.items(t, c.ID, "datetime", "../..").Features {
				f.Properties["id"] = f.ID                                                     // which stands beside them
				maps.DeleteFunc(f.Properties, func(_ string, v any) bool { return v == nil }) // there is no value to be of a type
				if err := schema.Validate(f.Properties); err != nil {
					t.Errorf("%s: %v", f.ID, err)
				}
			}
		})
	}},
	{"/conf/returnables-and-receivables/response-2", func(t *testing.T, x *examined) {
		for body, want := range map[string]int{
			`{"type":"Feature","id":"r2","geometry":null,"properties":{"use":"home","storeys":3}}`:     201,
			`{"type":"Feature","id":"r3","geometry":null,"properties":{"use":"home","storeys":"3"}}`:   400,
			`{"type":"Feature","id":"r4","geometry":null,"properties":{"unheard_of":"home"}}`:          201, // additionalProperties is true
			`{"type":"Feature","id":"r5","geometry":null,"properties":{"recorded_from":"2020-01-01"}}`: 201, // and not taken
		} {
			if got := x.send("POST", "/collections/houses/items", geo, body); got.status != want {
				t.Errorf("%s: %d, want %d: %s", body, got.status, want, got.body)
			}
		}
	}},
}

// featuresEdit is OGC API Features Part 4.
var featuresEdit = []abstractTest{
	{"/conf/create-replace-delete", conforms("ogcapi-features-4", "create-replace-delete", "update", "features", "optimistic-locking-etags")},
	{"/conf/create-replace-delete/insert/response", func(t *testing.T, x *examined) {
		made := x.send("POST", "/collections/houses/items", geo, `{"type":"Feature","geometry":{"type":"Point","coordinates":[114.05,22.54]},"properties":{"use":"kiosk"}}`)
		if made.status != 201 {
			t.Fatalf("%d %s", made.status, made.body)
		}
		var f geoFeature
		x.read(t, made.header.Get("Location"), &f)
		if f.ID == "" || f.Properties["use"] != "kiosk" || f.Geometry.Type != "Point" {
			t.Errorf("%+v", f)
		}
	}},
	{"/conf/create-replace-delete/insert/content-type", func(t *testing.T, x *examined) {
		if got := x.send("POST", "/collections/houses/items", "application/gml+xml", `<x/>`); got.status != 415 {
			t.Error(got.status)
		}
	}},
	{"/conf/create-replace-delete/update/put-op", func(t *testing.T, x *examined) {
		if got := x.send("PUT", "/collections/houses/items/a", geo, `{"type":"Feature","id":"a","geometry":null,"properties":{"use":"put"}}`); got.status != 204 && got.status != 200 {
			t.Error(got.status, got.body)
		}
		var f geoFeature
		x.read(t, "/collections/houses/items/a", &f)
		if f.Properties["use"] != "put" || f.Properties["storeys"] != nil {
			t.Errorf("%v", f.Properties)
		}
	}},
	{"/conf/update/patch-op", func(t *testing.T, x *examined) {
		if got := x.send("PATCH", "/collections/houses/items/a", "application/merge-patch+json", `{"properties":{"use":"patched"}}`); got.status != 204 && got.status != 200 {
			t.Error(got.status, got.body)
		}
	}},
	{"/conf/create-replace-delete/delete-op", func(t *testing.T, x *examined) {
		if got := x.send("DELETE", "/collections/houses/items/d", "", ""); got.status != 204 && got.status != 200 {
			t.Error(got.status, got.body)
		}
		if slices.Contains(x.items(t, "houses").ids(), "d") {
			t.Error("it is still there")
		}
	}},
	{"/conf/features/options", func(t *testing.T, x *examined) {
		for target, want := range map[string]string{"/collections/houses/items": "GET, HEAD, OPTIONS, POST", "/collections/houses/items/a": "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"} {
			res := ask(t, x.s, "OPTIONS", target)
			allowed := strings.Split(res.header.Get("Allow"), ", ")
			slices.Sort(allowed)
			if got := strings.Join(allowed, ", "); res.status >= 300 || got != want {
				t.Errorf("%s: %d %s, want %s", target, res.status, got, want)
			}
		}
	}},
	{"/conf/optimistic-locking-etags", func(t *testing.T, x *examined) {
		tag := ask(t, x.s, "GET", "/collections/houses/items/b").header.Get("ETag")
		patch := func(match string) int {
			return x.send("PATCH", "/collections/houses/items/b", "application/merge-patch+json", `{"properties":{"use":"x"}}`, "If-Match: "+match).status
		}
		if first, again := patch(tag), patch(tag); first != 204 || again != 412 {
			t.Errorf("%d, then %d", first, again)
		}
	}},
}
