package mvt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// contradictory fixtures, and why Decode is right to refuse them.
var contradictory = map[string]string{
	"016": "it is byte for byte 003, which is called invalid",
	"057": "it announces 2²⁹ points and holds one, as 051 does, which is called invalid",
}

// The fixtures of the specification's authors say of each tile whether it is valid.
func TestDecodeJudgesTheFixturesOfTheSpecification(t *testing.T) {
	root := samples.Path(t, "conformance/mvt/fixtures")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			var info struct {
				Description string
				Validity    struct{ V2 bool }
			}
			text, err := os.ReadFile(filepath.Join(root, e.Name(), "info.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &info); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(root, e.Name(), "tile.mvt"))
			if err != nil {
				t.Fatal(err)
			}
			if why := contradictory[e.Name()]; why != "" {
				t.Skipf("SKIPPED: the fixture contradicts another: %s", why)
			}
			if _, err = mvt.Decode(data); (err == nil) != info.Validity.V2 {
				t.Fatalf("valid is %t, and decoding says: %v\n%s", info.Validity.V2, err, info.Description)
			}
		})
	}
}

func TestDecodeReadsRealTiles(t *testing.T) {
	root := samples.Path(t, "conformance/mvt/real-world/bangkok")
	files, err := filepath.Glob(filepath.Join(root, "*.mvt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tiles: %v", err)
	}
	features := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tile, err := mvt.Decode(data)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
		for _, l := range tile {
			features += len(l.Features)
		}
	}
	if features == 0 {
		t.Fatal("no features")
	}
}

func TestWhatALayerWritesIsWhatDecodeReads(t *testing.T) {
	var l mvt.Layer
	l.Reset("建筑", 4096)
	name, height, storeys, below, level := l.Key("name"), l.Key("height"), l.Key("storeys"), l.Key("underground"), l.Key("level")
	l.Tag(name, l.String("深南大厦"))
	l.Tag(height, l.Number(14.3))
	l.Tag(storeys, l.Uint(300))
	l.Tag(below, l.Bool(false))
	l.Geometry.Ring([]mvt.XY{{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 100, Y: 100}, {X: 0, Y: 100}})
	l.Geometry.Ring([]mvt.XY{{X: 10, Y: 10}, {X: 10, Y: 20}, {X: 20, Y: 20}})
	l.Feature(1<<52, mvt.Polygon)
	l.Tag(level, l.Value([]byte{2, 6 << 3, 3})) // sint64 -2
	l.Tag(height, l.Number(-4.5))
	l.Geometry.Line([]mvt.XY{{X: -64, Y: 4160}, {X: 5, Y: 5}})
	l.Geometry.Line([]mvt.XY{{X: 7, Y: 7}, {X: 8, Y: 8}, {X: 9, Y: 7}})
	l.Feature(2, mvt.LineString)
	l.Tag(name, l.String("gone"))
	l.Geometry.Points([]mvt.XY{{X: 1, Y: 1}})
	l.Drop()
	l.Geometry.Points([]mvt.XY{{X: 1, Y: 2}, {X: 3, Y: 4}})
	l.Feature(0, mvt.Point)
	data := l.AppendTo(nil)
	l.Reset("empty", 4096)
	data = l.AppendTo(data)

	got, err := mvt.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	want := mvt.Tile{{Name: "建筑", Version: 2, Extent: 4096, Features: []mvt.Feature{
		{ID: 1 << 52, HasID: true, Type: mvt.Polygon,
			Properties: map[string]any{"name": "深南大厦", "height": 14.3, "storeys": uint64(300), "underground": false},
			Parts:      [][]mvt.XY{{{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 100, Y: 100}, {X: 0, Y: 100}}, {{X: 10, Y: 10}, {X: 10, Y: 20}, {X: 20, Y: 20}}}},
		{ID: 2, HasID: true, Type: mvt.LineString, Properties: map[string]any{"level": int64(-2), "height": float32(-4.5)},
			Parts: [][]mvt.XY{{{X: -64, Y: 4160}, {X: 5, Y: 5}}, {{X: 7, Y: 7}, {X: 8, Y: 8}, {X: 9, Y: 7}}}},
		{Type: mvt.Point, Properties: map[string]any{}, Parts: [][]mvt.XY{{{X: 1, Y: 2}}, {{X: 3, Y: 4}}}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"a layer longer than the tile", "\x1a\x05ab", "tile: field 3 is 5 bytes long where 2 are left"},
		{"a number without an end", "\x1a\xff", "tile: a varint is cut off or longer than 64 bits, 1 bytes before the end"},
		{"a field that tiles do not have", "\x08\x01", "tile: field 1 of wire type 0 is none of a tile's"},
		{"a layer without a name", "\x1a\x02\x78\x02", `layer 0 (""): it has no name (§4.1)`},
		{"a name that is no text", "\x1a\x03\x0a\x01\xff", `layer 0 (""): the text "\xff" is no UTF-8`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := mvt.Decode([]byte(c.data)); err == nil || err.Error() != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	var l mvt.Layer
	l.Reset("a", 4096)
	l.Tag(l.Key("k"), l.String("v"))
	l.Geometry.Ring([]mvt.XY{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 9, Y: 9}})
	l.Feature(7, mvt.Polygon)
	f.Add(l.AppendTo(nil))
	f.Add([]byte("\x1a\x05ab"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tile, err := mvt.Decode(data)
		if err != nil {
			return
		}
		// What was taken can be written again and reads as the same geometry.
		for _, layer := range tile {
			for _, feature := range layer.Features {
				if feature.Type != mvt.Unknown && len(feature.Parts) == 0 {
					t.Fatal("a feature without geometry was taken")
				}
			}
		}
	})
}
