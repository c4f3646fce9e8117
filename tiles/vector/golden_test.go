package vector_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/fixtures/golden"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// quarter is a few streets of everything that a tile can hold: buildings of many shapes, with
// courts and in parts, over the edge, too small to be seen; lines and points; properties of
// every kind, of features that have others than their neighbours, and more features than get
// their properties at a time.
func quarter() (list []spatial.Feature) {
	add := func(g geom.T, props ...spatial.Property) {
		n := len(list) + 1
		list = append(list, spatial.Feature{ID: fmt.Sprintf("f%03d", n), Num: uint64(n), Geometry: g, Properties: spatial.NewProperties(props)})
	}
	prop := func(name string, v spatial.Value) spatial.Property { return spatial.Property{Name: name, Value: v} }
	uses := []string{"住宅", "办公", "学校"}
	for n := range 150 {
		x, y := float64(40+n%15*250), float64(60+n/15*380)
		size := float64(4 + n*7%90)
		ring := []float64{x, y, x + size, y, x + size, y + size, x, y + size}
		if n%3 == 1 {
			ring = []float64{x, y, x + size, y + 3, x + size - 1, y + size/2, x + size/2, y + size/2, x + size/2, y + size, x, y + size - 2}
		}
		props := []spatial.Property{prop("use", spatial.StringOf(uses[n%len(uses)])), prop("floors", spatial.IntOf(int64(n%9-2))), prop("height", spatial.FloatOf(float64(n)*0.3))}
		if n%4 == 0 {
			props = append(props, prop("listed", spatial.BoolOf(n%8 == 0)), prop("note", spatial.JSONOf(fmt.Sprintf(`{"n":%d}`, n/40))))
		}
		if n%5 == 0 {
			props = append(props, prop("year", spatial.Value{}))
		}
		add(polygon(ring), props...)
		list[n].Kind = "building"
		list[n].Name = fmt.Sprintf("楼%d", n/2)
	}
	add(polygon([]float64{3000, 3000, 3200, 3000, 3200, 3200, 3000, 3200}, []float64{3050, 3050, 3050, 3150, 3150, 3150, 3150, 3050}))
	add(multi(polygon([]float64{4000, 100, 4300, 100, 4300, 400, 4000, 400}), polygon([]float64{-500, 700, 500, 700, 0, 900})))
	add(polygon([]float64{2000, 2000, 2000.2, 2000, 2000.2, 2000.2, 2000, 2000.2}), prop("use", spatial.StringOf("kiosk")))
	add(lineString(-900, 5, 2000, 1000, 5000, 1010), prop("width", spatial.FloatOf(7.5)))
	add(geom.NewMultiPointFlat(geom.XY, flat(100, 200, 300, 400)), prop("use", spatial.StringOf("tree")))
	for n := range list {
		list[n].Z = spatial.ZRange{Min: float64(n%4) - 1, Max: float64(n%4) + 10.25, Known: n%6 != 0}
	}
	return list
}

// judged is a tile as a decoder of another house gives it, see api/web/src/map/tile.test.ts.
type judged struct {
	Layer    string          `json:"layer"`
	Features []judgedFeature `json:"features"`
}

type judgedFeature struct {
	ID         uint64         `json:"id,omitempty"`
	Type       mvt.GeomType   `json:"type"`
	Properties map[string]any `json:"properties"`
	Parts      [][][2]int32   `json:"parts"`
}

func judge(t *testing.T, tile []byte) []byte {
	t.Helper()
	got, err := mvt.Decode(tile)
	if err != nil {
		t.Fatal(err)
	}
	out := judged{Layer: got[0].Name}
	for _, f := range got[0].Features {
		j := judgedFeature{ID: f.ID, Type: f.Type, Properties: f.Properties}
		for name, v := range f.Properties {
			if short, ok := v.(float32); ok {
				f.Properties[name] = float64(short)
			}
		}
		for _, part := range f.Parts {
			var list [][2]int32
			for _, p := range part {
				list = append(list, [2]int32{p.X, p.Y})
			}
			j.Parts = append(j.Parts, list)
		}
		out.Features = append(out.Features, j)
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// TestGoldenTiles keeps whole tiles, for a decoder that knows nothing of this one to read.
func TestGoldenTiles(t *testing.T) {
	source := vector.NewSource(mirrorOf(t, "quarter", quarter()), vector.Options{})
	tight := vector.NewSource(mirrorOf(t, "quarter", quarter()), vector.Options{Budget: 1500})
	for _, c := range []struct {
		name   string
		source *vector.Source
		at     tiles.Coord
	}{
		{"whole", source, here},
		{"merged", tight, tiles.Coord{Z: here.Z - 1, X: here.X >> 1, Y: here.Y >> 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := c.source.Pin(t.Context(), tiles.Request{Coord: c.at, Collections: []string{"quarter"}})
			if err != nil {
				t.Fatal(err)
			}
			tile, err := p.Append(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, c.name+".mvt", tile)
			golden.Check(t, c.name+"_out.json", judge(t, tile))
		})
	}
}
