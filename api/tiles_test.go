package api_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// drawn is a source whose tiles say what was asked for; those of column 0 are empty.
type drawn struct {
	version atomic.Int64
	made    atomic.Int64
	last    tiles.Request
}

type drawing struct {
	d *drawn
	r tiles.Request
	v int64
}

func (d *drawn) Pin(_ context.Context, r tiles.Request) (tiles.Content, error) {
	for _, name := range r.Collections {
		if name == "none" {
			return nil, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "collection-not-found", Message: "there is no collection none"}
		}
	}
	d.last = r
	return drawing{d, r, d.version.Load()}, nil
}

func (t drawing) Key() string { return fmt.Sprintf("%v %d", t.r, t.v) }

func (t drawing) Append(_ context.Context, dst []byte) ([]byte, error) {
	t.d.made.Add(1)
	if t.r.Coord.X == 0 {
		return dst, nil
	}
	return append(dst, "tile "+t.r.Coord.String()+" of "+strings.Join(t.r.Collections, "+")...), nil
}

func newTiles(t *testing.T, source tiles.Source) *tiles.Cache {
	t.Helper()
	c, err := newCache(source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newCache(source tiles.Source) (*tiles.Cache, error) {
	return tiles.NewCache(source, tiles.CacheOptions{})
}

func TestATileIsAskedForAsItsAddressSays(t *testing.T) {
	source := &drawn{}
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, source)})
	coord := tiles.Coord{Z: 14, X: 13382, Y: 7138}
	for name, c := range map[string]struct {
		target string
		want   tiles.Request
	}{
		"now when nobody says":          {"/tiles/houses/14/13382/7138.mvt", tiles.Request{Coord: coord, Collections: []string{"houses"}, Valid: spatial.At(now)}},
		"the ending that GDAL asks for": {"/tiles/houses/14/13382/7138.pbf", tiles.Request{Coord: coord, Collections: []string{"houses"}, Valid: spatial.At(now)}},
		"several collections": {"/tiles/houses,metro/14/13382/7138.mvt?datetime=../..",
			tiles.Request{Coord: coord, Collections: []string{"houses", "metro"}}},
		"a name with a dot, escaped commas": {"/tiles/a.b%2Cc/14/13382/7138.mvt?datetime=../..",
			tiles.Request{Coord: coord, Collections: []string{"a.b", "c"}}},
		"times, properties and heights": {"/tiles/houses/14/13382/7138.mvt?datetime=2020-01-01T00:00:00Z&recorded=2024-01-01T00:00:00Z&properties=use,name&z=-30,0",
			tiles.Request{Coord: coord, Collections: []string{"houses"}, Valid: spatial.At(date("2020-01-01T00:00:00Z")), Recorded: date("2024-01-01T00:00:00Z"),
				Properties: []string{"use", "name"}, Z: spatial.ZRange{Min: -30, Max: 0, Known: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", c.target)
			if body := res.body; body != "tile 14/13382/7138 of "+strings.Join(c.want.Collections, "+") {
				t.Errorf("status %d, body %q", res.status, body)
			}
			if diff := cmp.Diff(c.want, source.last); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if media := res.header.Get("Content-Type"); media != "application/vnd.mapbox-vector-tile" {
				t.Errorf("Content-Type %s", media)
			}
		})
	}
}

func TestATileThatIsNotThereIs404AndWhatIsWrongIs400(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, &drawn{})})
	for target, status := range map[string]int{
		"/tiles/houses/14/13382/7138.png":              404,
		"/tiles/houses/14/13382/7138":                  404,
		"/tiles/houses/14/13382/.mvt":                  404,
		"/tiles/houses/99/0/0.mvt":                     404,
		"/tiles/houses/300/0/0.mvt":                    404,
		"/tiles/houses/2/4/0.mvt":                      404,
		"/tiles/houses/2/-1/0.mvt":                     404,
		"/tiles/houses/2/a/0.mvt":                      404,
		"/tiles/none/2/1/1.mvt":                        404,
		"/tiles/none.json":                             404,
		"/tiles/houses/2/1/1.mvt?filter=colour=1":      400,
		"/tiles/houses/2/1/1.mvt?filter=use>":          400,
		"/tiles/houses,metro/2/1/1.mvt?filter=use='x'": 200,
		"/tiles/houses/2/1/1.mvt?z=high":               400,
		"/tiles/houses/2/1/1.mvt?z=2,1":                400,
		"/tiles/houses/2/1/1.mvt?bbox=1,2,3,4":         400,
		"/tiles/a,b,c,d,e,f,g,h,i,j,k/2/1/1.mvt":       400,
		"/tiles/houses,houses/2/1/1.mvt":               400,
		"/tiles/houses/2/1/1.mvt?datetime=morning":     400,
	} {
		t.Run(target, func(t *testing.T) {
			if res := ask(t, s, "GET", target); res.status != status {
				t.Errorf("status %d, want %d: %s", res.status, status, res.body)
			}
		})
	}
}

func TestATileIsMadeOnceAndNotAtAllForThoseWhoHaveIt(t *testing.T) {
	source := &drawn{}
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, source)})
	const target = "/tiles/houses/14/13382/7138.mvt"
	plain, packed := ask(t, s, "GET", target), ask(t, s, "GET", target, "Accept-Encoding: gzip")
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || string(body) != plain.body {
		t.Errorf("unpacked %q, %v", body, err)
	}
	tag := plain.header.Get("ETag")
	if strings.HasPrefix(tag, "W/") || tag == packed.header.Get("ETag") {
		t.Errorf("tags %s and %s are not strong, or the same", tag, packed.header.Get("ETag"))
	}
	made := source.made.Load()
	if res := ask(t, s, "GET", target, "If-None-Match: "+tag); res.status != 304 || source.made.Load() != made {
		t.Errorf("status %d, %d tiles made", res.status, source.made.Load()-made)
	}
	source.version.Add(1)
	if res := ask(t, s, "GET", target, "If-None-Match: "+tag); res.status != 200 {
		t.Errorf("after a change: status %d", res.status)
	}
	if res := ask(t, s, "GET", "/tiles/houses/14/0/7138.mvt"); res.status != 204 || res.header.Get("ETag") == "" {
		t.Errorf("an empty tile: status %d", res.status)
	}
}

func TestTileJSONLeadsToTheTilesOfTheSameTime(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Tiles: newTiles(t, &drawn{})})
	got := decode[tiles.TileJSON](t, ask(t, s, "GET", "/tiles/houses,metro.json?datetime=2020-01-01&z=..,0"))
	want := tiles.TileJSON{TileJSON: "3.0.0", Name: "houses, metro", Scheme: "xyz", MaxZoom: 16,
		Tiles:  []string{"http://example.com/tiles/houses,metro/{z}/{x}/{y}.mvt?datetime=2020-01-01&z=..%2C0"},
		Bounds: [4]float64{114.05, 22.54, 114.06, 22.55},
		VectorLayers: []tiles.VectorLayer{
			{ID: "houses", MaxZoom: 16, Fields: map[string]string{"id": "String", "storeys": "integer", "use": "string"}},
			{ID: "metro", MaxZoom: 16, Fields: map[string]string{"id": "String"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	address := strings.NewReplacer("http://example.com", "", "{z}", "14", "{x}", "13382", "{y}", "7138").Replace(got.Tiles[0])
	if res := ask(t, s, "GET", address); res.status != 200 {
		t.Errorf("%s: status %d", address, res.status)
	}
}
