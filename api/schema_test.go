package api_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
)

// ranged is a city that knows what values its properties have.
type ranged struct{ *fake }

func (ranged) Ranges(context.Context, string) ([]spatial.FieldRange, error) {
	return []spatial.FieldRange{
		{Name: "storeys", Min: spatial.IntOf(3), Max: spatial.IntOf(30)},
		{Name: "use", Values: []spatial.Value{spatial.StringOf("home"), spatial.StringOf("shop")}},
	}, nil
}

func TestTheSchemaAndWhatCanBeAsked(t *testing.T) {
	s := newServer(t, api.Options{Reader: ranged{city()}})
	type schema struct {
		ID         string `json:"$id"`
		Type       string
		Properties map[string]json.RawMessage
	}
	for what, want := range map[string]map[string]string{
		"schema": {
			"id": `{"title":"id of the source","type":"string","x-ogc-role":"id"}`, "geometry": `{"title":"footprint, line or point","format":"geometry-any","x-ogc-role":"primary-geometry"}`,
			"valid_from": `{"title":"stands since","type":"string","format":"date-time","x-ogc-role":"primary-interval-start"}`,
			"valid_to":   `{"title":"stands until","type":"string","format":"date-time","x-ogc-role":"primary-interval-end"}`,
			"storeys":    `{"title":"storeys","type":"integer"}`, "use": `{"title":"use","type":"string"}`,
			"recorded_from": `{"title":"known since","type":"string","format":"date-time","readOnly":true}`,
		},
		"queryables": {
			"id": `{"title":"id of the source","type":"string","x-ogc-role":"id"}`, "storeys": `{"title":"storeys","type":"integer","minimum":3,"maximum":30}`,
			"use": `{"title":"use","type":"string","enum":["home","shop"]}`,
		},
		"sortables": {"use": `{"title":"use","type":"string"}`, "geometry": "", "z_max": `{"title":"greatest height","type":"number","x-ogc-unit":"m"}`},
	} {
		res := ask(t, s, "GET", "/collections/houses/"+what)
		doc := decode[schema](t, res)
		if doc.ID != "http://example.com/collections/houses/"+what || doc.Type != "object" || res.header.Get("Content-Type") != "application/schema+json" {
			t.Errorf("%s: %s %s %s", what, doc.ID, doc.Type, res.header.Get("Content-Type"))
		}
		for name, text := range want {
			if diff := cmp.Diff(text, string(doc.Properties[name])); diff != "" {
				t.Errorf("%s of %s: -want +got\n%s", name, what, diff)
			}
		}
		// Each queryable can be asked for, each sortable sorted by.
		for name := range doc.Properties {
			target := map[string]string{"queryables": "?filter=%22" + name + "%22%20IS%20NULL", "sortables": "?sortby=-" + name, "schema": "?limit=1"}[what]
			if res := ask(t, s, "GET", "/collections/houses/items"+target); res.status != 200 {
				t.Errorf("%s: status %d %s", target, res.status, res.body)
			}
		}
	}
}
