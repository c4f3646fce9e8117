package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

func TestTilesOfOGCStandRowBeforeColumn(t *testing.T) {
	source := &drawn{}
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, source)})
	for name, c := range map[string]struct {
		target string
		want   tiles.Request
	}{
		"of one collection": {"/collections/houses/tiles/WebMercatorQuad/14/7138/13382?datetime=../..",
			tiles.Request{Coord: tiles.Coord{Z: 14, X: 13382, Y: 7138}, Collections: []string{"houses"}}},
		"of all, now": {"/tiles/WebMercatorQuad/14/7138/13382",
			tiles.Request{Coord: tiles.Coord{Z: 14, X: 13382, Y: 7138}, Collections: []string{"houses", "metro"}, Valid: spatial.At(now)}},
		"of some, of latitude": {"/tiles/CGCS2000Quad/14/6140/26765?collections=metro,houses&z=0,9&properties=use&datetime=../..&f=mvt",
			tiles.Request{Coord: tiles.Coord{Grid: tiles.CGCS2000Quad, Z: 14, X: 26765, Y: 6140}, Collections: []string{"metro", "houses"},
				Properties: []string{"use"}, Z: spatial.ZRange{Max: 9, Known: true}}},
		"as recorded": {"/tiles/WorldCRS84Quad/0/0/1?datetime=../..&recorded=2024-01-01T00:00:00Z",
			tiles.Request{Coord: tiles.Coord{Grid: tiles.WorldCRS84Quad, X: 1}, Collections: []string{"houses", "metro"}, Recorded: date("2024-01-01T00:00:00Z")}},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", c.target)
			if want := "tile " + c.want.Coord.String() + " of " + strings.Join(c.want.Collections, "+"); res.body != want {
				t.Errorf("status %d, body %q, want %q", res.status, res.body, want)
			}
			if diff := cmp.Diff(c.want, source.last); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if res.header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" || res.header.Get("ETag") == "" {
				t.Errorf("headers %v", res.header)
			}
		})
	}
}

func TestXYZAndWebMercatorQuadAreOneTile(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, &drawn{})})
	for _, c := range []tiles.Coord{{Z: 14, X: 13382, Y: 7138}, {Z: 2, X: 3, Y: 1}, {Z: 1, X: 0, Y: 1}} {
		xyz := ask(t, s, "GET", fmt.Sprintf("/tiles/houses/%d/%d/%d.mvt", c.Z, c.X, c.Y))
		ogc := ask(t, s, "GET", fmt.Sprintf("/tiles/WebMercatorQuad/%d/%d/%d?collections=houses", c.Z, c.Y, c.X))
		own := ask(t, s, "GET", fmt.Sprintf("/collections/houses/tiles/WebMercatorQuad/%d/%d/%d", c.Z, c.Y, c.X))
		for _, other := range []reply{ogc, own} {
			if xyz.status != other.status || xyz.body != other.body || xyz.header.Get("ETag") != other.header.Get("ETag") {
				t.Errorf("%s: %d %q and %d %q", c, xyz.status, xyz.body, other.status, other.body)
			}
		}
	}
}

func TestTilesThatAreNotThere(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, &drawn{})})
	for target, status := range map[string]int{
		"/tiles/WebMercatorQuad/0/0/1":                                      404, // beyond the grid
		"/tiles/WorldCRS84Quad/0/1/0":                                       404,
		"/tiles/WorldCRS84Quad/0/0/0":                                       204, // in it, and empty
		"/tiles/WorldCRS84Quad/24/0/0":                                      404,
		"/tiles/CGCS2000Quad/three/0/0":                                     404,
		"/tiles/CGCS2000Quad/300/0/0":                                       404,
		"/tiles/CGCS2000Quad/3/-1/0":                                        404,
		"/tiles/LINZAntarticaMapTilegrid/0/0/0":                             404,
		"/tiles/LINZAntarticaMapTilegrid":                                   404,
		"/tileMatrixSets/LINZAntarticaMapTilegrid":                          404,
		"/collections/none/tiles":                                           404,
		"/collections/none/tiles/WebMercatorQuad":                           404,
		"/collections/none/tiles/WebMercatorQuad/0/0/0":                     404,
		"/tiles/WebMercatorQuad?collections=none":                           400,
		"/tiles/WebMercatorQuad/1/0/1?collections=none":                     400,
		"/tiles/WebMercatorQuad/1/0/1?bbox=1,2,3,4":                         400,
		"/tiles/WebMercatorQuad/1/0/1?f=png":                                400,
		"/collections/houses/tiles/WebMercatorQuad/1/0/1?collections=metro": 400,
	} {
		t.Run(target, func(t *testing.T) {
			if res := ask(t, s, "GET", target); res.status != status {
				t.Errorf("status %d, want %d: %s", res.status, status, res.body)
			}
		})
	}
	none := newServer(t, api.Options{Reader: city()})
	for _, target := range []string{"/tiles", "/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad/0/0/0", "/collections/houses/tiles"} {
		if res := ask(t, none, "GET", target); res.status != 404 {
			t.Errorf("%s without tiles: status %d", target, res.status)
		}
	}
}

// A client that knows the standard and nothing of this server finds the tiles.
func TestAnAddressWithoutAnEndingLeadsToTheTile(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, &drawn{})})
	for target, want := range map[string]string{
		"/tiles/houses/14/13382/7138":       "/tiles/houses/{z}/{x}/{y}.mvt",
		"/tiles/houses,metro/14/13382/7138": "/tiles/houses,metro/{z}/{x}/{y}.mvt",
		"/tiles/houses":                     "/tiles/houses/{z}/{x}/{y}.mvt",
		"/tiles/nothing/14/13382/7138":      "WorldCRS84Quad",
	} {
		if res := ask(t, s, "GET", target); res.status != 404 || !strings.Contains(res.body, want) {
			t.Errorf("%s: %d %s, want a hint with %s", target, res.status, res.body, want)
		}
	}
}

func TestTheWayFromTheLandingPageToATile(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, &drawn{})})
	follow := func(from, rel, media string) string {
		t.Helper()
		doc := decode[struct{ Links []link }](t, ask(t, s, "GET", from))
		for _, l := range doc.Links {
			if l.Rel == rel && l.Type == media {
				return strings.TrimPrefix(l.Href, "http://example.com")
			}
		}
		t.Fatalf("%s has no link of relation %s", from, rel)
		return ""
	}
	classes := decode[struct{ ConformsTo []string }](t, ask(t, s, "GET", "/conformance"))
	if !slices.Contains(classes.ConformsTo, "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt") {
		t.Error("the class mvt is not declared")
	}
	const json, relTiles = "application/json", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	for _, from := range []string{"/?f=json", "/collections/houses"} {
		list := follow(from, relTiles, json)
		sets := decode[struct {
			Tilesets []struct {
				DataType, CRS, TileMatrixSetURI string
				Links                           []link
			}
		}](t, ask(t, s, "GET", list)).Tilesets
		if len(sets) != 3 {
			t.Fatalf("%s lists %d sets of tiles", list, len(sets))
		}
		for _, set := range sets {
			var self string
			for _, l := range set.Links {
				if l.Rel == "self" {
					self = strings.TrimPrefix(l.Href, "http://example.com")
				}
			}
			item := follow(self, "item", "application/vnd.mapbox-vector-tile")
			scheme := follow(self, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", json)
			grid := decode[tiles.MatrixSet](t, ask(t, s, "GET", scheme))
			if grid.URI != set.TileMatrixSetURI || grid.CRS != set.CRS || set.DataType != "vector" {
				t.Errorf("%s leads to the grid %s in %s", self, grid.URI, grid.CRS)
			}
			doc := decode[struct {
				TileMatrixSetLimits []struct {
					TileMatrix             string
					MinTileRow, MinTileCol int
				}
				Layers []struct {
					ID               string
					PropertiesSchema struct{ Properties map[string]any }
				}
			}](t, ask(t, s, "GET", self))
			if len(doc.Layers) == 0 || doc.Layers[0].ID != "houses" || doc.Layers[0].PropertiesSchema.Properties["use"] == nil {
				t.Errorf("%s describes the layers %v", self, doc.Layers)
			}
			limit := doc.TileMatrixSetLimits[12]
			tile := strings.NewReplacer("{tileMatrix}", limit.TileMatrix, "{tileRow}", fmt.Sprint(limit.MinTileRow), "{tileCol}", fmt.Sprint(limit.MinTileCol)).Replace(item)
			if res := ask(t, s, "GET", tile); res.status != 200 || !strings.Contains(res.body, fmt.Sprintf("12/%d/%d", limit.MinTileCol, limit.MinTileRow)) {
				t.Errorf("%s: status %d, %q", tile, res.status, res.body)
			}
		}
	}
}

func TestWhatNarrowsASetOfTilesNarrowsItsTiles(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, &drawn{})})
	res := ask(t, s, "GET", "/tiles/CGCS2000Quad?collections=houses&datetime=1995-01-01&z=..,0")
	if want := "/tiles/CGCS2000Quad/{tileMatrix}/{tileRow}/{tileCol}?collections=houses&datetime=1995-01-01&z=..%2C0"; !strings.Contains(res.body, want) {
		t.Errorf("no template %s in\n%s", want, res.body)
	}
}
