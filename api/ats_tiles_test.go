package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// tilesCore is OGC API Tiles Part 1.
var tilesCore = []abstractTest{
	{"/conf/core/conformance-success", conforms("ogcapi-tiles-1", "core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection", "datetime", "mvt", "oas30")},
	{"/conf/dataset-tilesets/landingpage", func(t *testing.T, x *examined) {
		var doc struct{ Links []typedLink }
		x.read(t, "/", &doc)
		if l := rels(doc.Links, relOGC+"tilesets-vector"); len(l) != 1 {
			t.Errorf("%v", l)
		}
	}},
	{"/conf/geodata-tilesets/desc-links", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if l := rels(c.Links, relOGC+"tilesets-vector"); len(l) != 1 || l[0].Href != "http://example.com/collections/"+c.ID+"/tiles" {
				t.Errorf("%v", l)
			}
		})
	}},
	{"/conf/tilesets-list/tileset-links", func(t *testing.T, x *examined) {
		x.eachTileset(t, func(t *testing.T, self string, list tilesetHead) {
			if list.DataType != "vector" || list.CRS == "" || list.GridURI == "" {
				t.Errorf("%+v", list)
			}
		})
	}},
	{"/conf/tileset/tileset-description", func(t *testing.T, x *examined) {
		x.eachTileset(t, func(t *testing.T, self string, list tilesetHead) {
			var one tilesetHead
			x.read(t, self, &one)
			if one.CRS != list.CRS || one.GridURI != list.GridURI || len(rels(one.Links, relOGC+"tiling-scheme")) != 1 {
				t.Errorf("%+v", one)
			}
			var grid struct {
				TileMatrices []struct{ ID string } `json:"tileMatrices"`
			}
			x.read(t, rels(one.Links, relOGC+"tiling-scheme")[0].Href, &grid)
			if len(grid.TileMatrices) == 0 || len(one.Limits) == 0 || len(one.Layers) == 0 {
				t.Errorf("%d matrices, %d limits, %d layers", len(grid.TileMatrices), len(one.Limits), len(one.Layers))
			}
		})
	}},
	{"/conf/core/tc-op", func(t *testing.T, x *examined) {
		x.eachTileset(t, func(t *testing.T, self string, list tilesetHead) {
			var one tilesetHead
			x.read(t, self, &one)
			l := one.Limits[len(one.Limits)/2]
			if res := ask(t, x.s, "GET", one.tile(t, l.Matrix, l.MinRow, l.MinCol)); res.status != 200 && res.status != 204 {
				t.Errorf("%d %s", res.status, res.body)
			}
		})
	}},
	{"/conf/core/tc-error", func(t *testing.T, x *examined) {
		x.eachTileset(t, func(t *testing.T, self string, list tilesetHead) {
			var one tilesetHead
			x.read(t, self, &one)
			for _, target := range []string{one.tile(t, "1", 99, 0), one.tile(t, "1", 0, 99), one.tile(t, "99", 0, 0), one.tile(t, "none", 0, 0)} {
				if res := ask(t, x.s, "GET", target); res.status != 404 && res.status != 400 {
					t.Errorf("%s: %d", target, res.status)
				}
			}
			last := one.Limits[len(one.Limits)-1]
			if res := ask(t, x.s, "GET", one.tile(t, last.Matrix, 0, 0)); res.status != 204 && res.status != 200 && res.status != 404 {
				t.Errorf("an empty one: %d", res.status)
			}
		})
	}},
	{"/conf/mvt/content", func(t *testing.T, x *examined) {
		res := ask(t, x.s, "GET", "/tiles/WebMercatorQuad/14/7138/13382", "Accept: application/vnd.mapbox-vector-tile")
		if res.status != 200 || res.header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
			t.Errorf("%d %s", res.status, res.header.Get("Content-Type"))
		}
	}},
	{"/conf/collections-selection/collections-response", func(t *testing.T, x *examined) {
		var one tilesetHead
		x.read(t, "/tiles/WebMercatorQuad?collections=metro,houses", &one)
		if len(one.Layers) != 2 || one.Layers[0].ID != "metro" || one.Layers[1].ID != "houses" {
			t.Errorf("%+v", one.Layers)
		}
	}},
	{"/conf/datetime/rc-datetime-response", func(t *testing.T, x *examined) {
		then := ask(t, x.s, "GET", "/collections/houses/tiles/WebMercatorQuad/14/7138/13382?datetime=1985-01-01").body
		now := ask(t, x.s, "GET", "/collections/houses/tiles/WebMercatorQuad/14/7138/13382").body
		if then == now || then == "" {
			t.Error("1985 looks like today")
		}
	}},
}

type tilesetHead struct {
	DataType string
	CRS      string `json:"crs"`
	GridURI  string `json:"tileMatrixSetURI"`
	Links    []typedLink
	Layers   []struct{ ID string }
	Limits   []struct {
		Matrix string `json:"tileMatrix"`
		MinRow uint32 `json:"minTileRow"`
		MinCol uint32 `json:"minTileCol"`
	} `json:"tileMatrixSetLimits"`
}

// tile fills the template of a set of tiles.
func (h *tilesetHead) tile(t *testing.T, matrix string, row, col uint32) string {
	t.Helper()
	item := rels(h.Links, "item")
	if len(item) != 1 {
		t.Fatalf("%v", h.Links)
	}
	return strings.NewReplacer("{tileMatrix}", url.PathEscape(matrix), "{tileRow}", fmt.Sprint(row), "{tileCol}", fmt.Sprint(col)).Replace(item[0].Href)
}

// eachTileset runs a test for all sets of tiles: those of all collections and of each.
func (x *examined) eachTileset(t *testing.T, hold func(t *testing.T, self string, list tilesetHead)) {
	t.Helper()
	targets := []string{"/tiles"}
	for i := range x.collections {
		targets = append(targets, "/collections/"+x.collections[i].ID+"/tiles")
	}
	for _, target := range targets {
		var doc struct{ Tilesets []tilesetHead }
		x.read(t, target, &doc)
		if len(doc.Tilesets) != 3 {
			t.Fatalf("%s lists %d sets", target, len(doc.Tilesets))
		}
		for _, one := range doc.Tilesets {
			self := rels(one.Links, "self")
			t.Run(self[0].Href, func(t *testing.T) { hold(t, self[0].Href, one) })
		}
	}
}
