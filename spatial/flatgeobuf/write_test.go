package flatgeobuf_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/fixtures/golden"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/flatgeobuf"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

func shape(t testing.TB, text string) geom.T {
	t.Helper()
	if text == "" {
		return nil
	}
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func properties(t testing.TB, text string) spatial.Properties {
	t.Helper()
	p, err := spatial.ParseProperties([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// layerOf makes a layer; after the last feature comes the error, when there is one.
func layerOf(c spatial.Collection, err error, list ...spatial.Feature) flatgeobuf.Layer {
	return flatgeobuf.Layer{Collection: c, CRS: crs.WGS84(), Features: func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
		if err != nil {
			yield(spatial.Feature{}, err)
		}
	}}
}

// write writes a layer and returns its path, beside which nothing may be left.
func write(t testing.TB, dir string, l flatgeobuf.Layer) (string, int64, error) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "out.fgb"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, err := flatgeobuf.Write(context.Background(), f, l)
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Fatalf("beside the file there are %v", list)
	}
	return f.Name(), n, err
}

func written(t testing.TB, c spatial.Collection, list ...spatial.Feature) (*file, string) {
	t.Helper()
	path, n, err := write(t, t.TempDir(), layerOf(c, nil, list...))
	if err != nil || n != int64(len(list)) {
		t.Fatal(n, err)
	}
	return read(t, path), path
}

// shapes are features of every type and kind of value.
func shapes(t testing.TB) (spatial.Collection, []spatial.Feature) {
	c := spatial.Collection{Name: "城市", Title: "Shapes", Description: "one of each", Fields: []spatial.Field{{Name: "ID", Type: spatial.FieldString}, {Name: "b", Type: spatial.FieldBoolean},
		{Name: "i", Type: spatial.FieldInteger}, {Name: "j", Type: spatial.FieldJSON}, {Name: "n", Type: spatial.FieldNumber}, {Name: "nothing", Type: spatial.FieldNull}, {Name: "名", Type: spatial.FieldString}}}
	var list []spatial.Feature
	for i, row := range [][2]string{
		{"POINT Z (114 22 5.5)", `{"ID":"mine","b":true,"i":9007199254740993,"j":{"k":[1]},"n":2.5,"名":"深圳"}`},
		{"LINESTRING Z (114 22 1, 114.5 22.5 2)", `{"b":false,"i":-1,"n":7}`},
		{"POLYGON Z ((113 22 0, 113.4 22 0, 113.4 22.4 0, 113 22 0), (113.1 22.05 0, 113.2 22.05 0, 113.2 22.1 0, 113.1 22.05 0))", `{"名":""}`},
		{"POLYGON Z ((113.5 22 0, 113.9 22 0, 113.9 22.4 0, 113.5 22 0))", `{"名":"quo\"te"}`},
		{"MULTIPOINT Z (114 23 1, 115 23 2)", `{}`},
		{"MULTILINESTRING Z ((114 22 1, 114.5 22.5 2), (115 22 1, 115.5 22.5 2, 116 23 3))", `{}`},
		{"MULTIPOLYGON Z (((116 22 1, 116.1 22 1, 116.1 22.1 1, 116 22 1)), ((117 22 1, 117.9 22 1, 117.9 22.9 1, 117 22 1), (117.5 22.1 1, 117.6 22.1 1, 117.6 22.2 1, 117.5 22.1 1)))", `{"nothing":null}`},
		{"GEOMETRYCOLLECTION Z (POINT Z (118 22 1), GEOMETRYCOLLECTION Z (POLYGON Z ((118 22 1, 118.1 22 1, 118.1 22.1 1, 118 22 1))))", `{}`},
		{"POINT Z EMPTY", `{}`},
		{"", `{"i":1}`},
	} {
		list = append(list, spatial.Feature{ID: string(rune('a' + i)), Geometry: shape(t, row[0]), Properties: properties(t, row[1])})
	}
	list[0].Kind, list[0].Name, list[0].Storey, list[0].Underground, list[0].Z = "IfcWall", "墙", "B1", spatial.Yes, spatial.ZRange{Min: -3, Max: 9.5, Known: true}
	list[0].Valid = spatial.Interval{Start: time.Date(1995, 6, 30, 0, 0, 0, 0, time.UTC), End: time.Date(2020, 1, 1, 12, 0, 0, 5e8, time.UTC)}
	list[1].Underground = spatial.No
	return c, list
}

func TestAFileHasAllThereIs(t *testing.T) {
	c, list := shapes(t)
	f, path := written(t, c, list...)
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "shapes.fgb", got)
	golden.Check(t, "shapes_out.txt", []byte(f.String()))
}

func TestAUniformLayerSaysItsType(t *testing.T) {
	f, _ := written(t, spatial.Collection{Name: "c"}, spatial.Feature{ID: "a", Geometry: shape(t, "MULTIPOLYGON (((1 2, 3 2, 3 4, 1 2)))")}, spatial.Feature{ID: "b"})
	if f.kind != 6 || f.z || !slices.Equal(f.envelope, []float64{1, 2, 3, 4}) || f.crs != "EPSG:4326 WGS 84" || f.features[1].geometry != nil {
		t.Error(f)
	}
}

func TestALayerWithoutPlacesHasNoIndex(t *testing.T) {
	for _, list := range [][]spatial.Feature{{}, {{ID: "a"}, {ID: "b", Geometry: geom.NewGeometryCollection()}}} {
		f, _ := written(t, spatial.Collection{Name: "c"}, list...)
		if f.nodes != 0 || f.kind != 0 || len(f.envelope) != 0 || len(f.features) != len(list) {
			t.Error(f)
		}
	}
}

func TestEmptyMembersAreLeftOut(t *testing.T) {
	for text, want := range map[string]string{
		"MULTIPOLYGON (EMPTY, ((1 2, 3 2, 3 4, 1 2)))":             "MULTIPOLYGON (((1 2, 3 2, 3 4, 1 2)))",
		"MULTILINESTRING (EMPTY, (1 2, 3 2), EMPTY, (5 6, 7 8))":   "MULTILINESTRING ((1 2, 3 2), (5 6, 7 8))",
		"MULTIPOINT (EMPTY, 1 2)":                                  "MULTIPOINT (1 2)",
		"GEOMETRYCOLLECTION (POINT EMPTY, POINT (1 2))":            "GEOMETRYCOLLECTION (POINT (1 2))",
		"GEOMETRYCOLLECTION (MULTIPOLYGON (EMPTY), POINT (1 2))":   "GEOMETRYCOLLECTION (POINT (1 2))",
		"GEOMETRYCOLLECTION (MULTIPOLYGON (EMPTY), POLYGON EMPTY)": "",
	} {
		f, _ := written(t, spatial.Collection{Name: "c"}, spatial.Feature{ID: "a", Geometry: shape(t, text)})
		got := ""
		if g := f.features[0].geometry; g != nil {
			got, _ = wkt.Marshal(g)
		}
		if got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

func TestAnEmptyRingIsLeftOut(t *testing.T) {
	flat := []float64{1, 2, 3, 2, 3, 4, 1, 2}
	f, _ := written(t, spatial.Collection{Name: "c"}, spatial.Feature{ID: "a", Geometry: geom.NewPolygonFlat(geom.XY, flat, []int{8, 8})})
	if p := f.features[0].geometry.(*geom.Polygon); p.NumLinearRings() != 1 {
		t.Error(f)
	}
}

// A height that nobody gave is not invented.
func TestHeightsAreKeptAmongOthersWithout(t *testing.T) {
	f, _ := written(t, spatial.Collection{Name: "c"}, spatial.Feature{ID: "a", Geometry: shape(t, "POINT (1 2)")}, spatial.Feature{ID: "b", Geometry: shape(t, "POINT Z (1 2 3)")})
	for _, got := range f.features {
		if z := got.geometry.FlatCoords()[2]; !f.z || math.IsNaN(z) != (got.id() == "a") || got.id() == "b" && z != 3 {
			t.Error(f)
		}
	}
}

func TestValuesOfOtherKindsWidenTheirColumn(t *testing.T) {
	c := spatial.Collection{Name: "c", Fields: []spatial.Field{{Name: "b", Type: spatial.FieldBoolean}, {Name: "i", Type: spatial.FieldInteger}, {Name: "j", Type: spatial.FieldJSON}, {Name: "n", Type: spatial.FieldInteger}}}
	f, _ := written(t, c, spatial.Feature{ID: "x", Properties: properties(t, `{"b":true,"i":1,"j":[1],"n":1}`)}, spatial.Feature{ID: "y", Properties: properties(t, `{"b":2,"i":1.5,"j":"text","n":[2]}`)})
	if got, want := fmt.Sprint(f.columns[9:]), "[b string i double j string n string]"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
	if !strings.Contains(f.String(), `id="x" b="true" i=1.0 j="[1]" n="1"`) || !strings.Contains(f.String(), `id="y" b="2" i=1.5 j="text" n="[2]"`) {
		t.Error(f)
	}
	if c.Fields[0].Type != spatial.FieldBoolean {
		t.Error("the caller's fields have changed")
	}
}

func TestTooManyPropertiesAreRefused(t *testing.T) {
	_, _, err := write(t, t.TempDir(), layerOf(spatial.Collection{Fields: make([]spatial.Field, 1<<16)}, nil))
	var p *spatial.Problem
	if !errors.As(err, &p) || p.Code != "too-many-properties" {
		t.Error(err)
	}
}

func TestABrokenStreamIsTold(t *testing.T) {
	broken := errors.New("the store has gone")
	if _, _, err := write(t, t.TempDir(), layerOf(spatial.Collection{}, broken, spatial.Feature{ID: "a"})); !errors.Is(err, broken) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, err := os.Create(filepath.Join(t.TempDir(), "out.fgb"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := flatgeobuf.Write(ctx, f, layerOf(spatial.Collection{}, nil, spatial.Feature{ID: "a"})); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Around every number of features at which the tree gets another node or level.
func TestTheTreeFindsAll(t *testing.T) {
	for _, n := range []int{1, 2, 15, 16, 17, 255, 256, 257, 4096, 4097, 70_000} {
		list := make([]spatial.Feature, n)
		for i := range list {
			x := math.Mod(float64(i)*0.618034, 1)
			list[i] = spatial.Feature{ID: fmt.Sprint(i), Geometry: geom.NewPointFlat(geom.XY, []float64{360*x - 180, 180*float64(i)/float64(n) - 90})}
		}
		f, _ := written(t, spatial.Collection{Name: "c"}, list...)
		for _, box := range [][4]float64{{-180, -90, 180, 90}, {0, 0, 90, 45}, {-10, -10, 10, 10}, {400, 0, 500, 1}} {
			compareSearch(t, f, list, box)
		}
	}
}

// compareSearch compares what the tree finds with what meets the box one by one.
func compareSearch(t rapid.TB, f *file, list []spatial.Feature, box [4]float64) {
	t.Helper()
	var got, want []string
	for _, i := range f.search(box) {
		got = append(got, f.features[i].id())
	}
	for _, f := range list {
		if b := spatial.BoxOf(f.Geometry); b.Min[0] <= box[2] && b.Max[0] >= box[0] && b.Min[1] <= box[3] && b.Max[1] >= box[1] {
			want = append(want, f.ID)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%d of %d features are found in %v, want %d", len(got), len(list), box, len(want))
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(drawFeature), 0, 40).Draw(rt, "features")
		types := []spatial.FieldType{spatial.FieldNull, spatial.FieldBoolean, spatial.FieldInteger, spatial.FieldNumber, spatial.FieldString, spatial.FieldJSON}
		var c spatial.Collection
		z, promised := false, map[string]spatial.FieldType{}
		for i, name := range []string{"p", "q", "r"} {
			c.Fields = append(c.Fields, spatial.Field{Name: name, Type: rapid.SampledFrom(types).Draw(rt, name)})
			promised[name] = c.Fields[i].Type
		}
		for i := range list {
			list[i].ID = fmt.Sprint(i)
			z = z || list[i].Geometry != nil && list[i].Geometry.Layout() == geom.XYZ
			for _, p := range list[i].Properties {
				promised[p.Name] = promised[p.Name].Widen(spatial.TypeOf(p.Value))
			}
		}
		path, _, err := write(t, dir, layerOf(c, nil, list...))
		if err != nil {
			rt.Fatal(err)
		}
		f := read(t, path)
		byID := map[string]feature{}
		for _, got := range f.features {
			byID[got.id()] = got
		}
		for _, want := range list {
			got := byID[want.ID]
			if g, w := binaryOf(rt, got.geometry), binaryOf(rt, lifted(want.Geometry, z)); !bytes.Equal(g, w) {
				rt.Fatalf("%v came back as %v", want.Geometry, got.geometry)
			}
			for _, p := range want.Properties {
				// A column of nulls is one of texts, and has none.
				if w := p.Value.As(promised[p.Name]); got.values[p.Name] != w {
					rt.Fatalf("%s: %v came back as %v", p.Name, w, got.values[p.Name])
				}
			}
		}
		if f.nodes > 0 {
			x, y := rapid.Float64Range(-200, 200).Draw(rt, "x"), rapid.Float64Range(-100, 100).Draw(rt, "y")
			compareSearch(rt, f, list, [4]float64{x, y, x + 50, y + 30})
		}
	})
}

func drawFeature(t *rapid.T) (f spatial.Feature) {
	layout := rapid.SampledFrom([]geom.Layout{geom.XY, geom.XY, geom.XYZ}).Draw(t, "layout")
	if rapid.IntRange(0, 5).Draw(t, "place") > 0 {
		f.Geometry = drawGeometry(t, layout, 2)
	}
	value := rapid.OneOf(rapid.Just(spatial.Value{}), rapid.Map(rapid.Bool(), spatial.BoolOf), rapid.Map(rapid.Int64(), spatial.IntOf), rapid.Map(rapid.Float64(), spatial.FloatOf),
		rapid.Map(rapid.String(), spatial.StringOf), rapid.Just(spatial.JSONOf(`{"a":[1,"深"]}`)))
	for _, name := range []string{"p", "q", "r"} {
		f.Properties = append(f.Properties, spatial.Property{Name: name, Value: value.Draw(t, name)})
	}
	return f
}

// drawGeometry draws a geometry without empty members; whether rings are valid is no matter.
func drawGeometry(t *rapid.T, layout geom.Layout, depth int) geom.T {
	run := func(least int) []float64 {
		n := layout.Stride() * rapid.IntRange(least, least+3).Draw(t, "positions")
		list := rapid.SliceOfN(rapid.Float64Range(-90, 90), n, n).Draw(t, "coordinates")
		return list
	}
	runs := func(least int) (flat []float64, ends []int) {
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			flat = append(flat, run(least)...)
			ends = append(ends, len(flat))
		}
		return flat, ends
	}
	switch rapid.IntRange(1, 5+depth).Draw(t, "type") {
	case 1:
		return geom.NewPointFlat(layout, run(1)[:layout.Stride()])
	case 2:
		return geom.NewLineStringFlat(layout, run(2))
	case 3:
		flat, ends := runs(4)
		return geom.NewPolygonFlat(layout, flat, ends)
	case 4:
		return geom.NewMultiPointFlat(layout, run(1))
	case 5:
		flat, ends := runs(2)
		return geom.NewMultiLineStringFlat(layout, flat, ends)
	case 6:
		m := geom.NewMultiPolygon(layout)
		for range rapid.IntRange(1, 3).Draw(t, "polygons") {
			flat, ends := runs(4)
			if err := m.Push(geom.NewPolygonFlat(layout, flat, ends)); err != nil {
				t.Fatal(err)
			}
		}
		return m
	}
	c := geom.NewGeometryCollection()
	for range rapid.IntRange(1, 3).Draw(t, "members") {
		c.MustPush(drawGeometry(t, layout, depth-1))
	}
	return c
}

// lifted is the geometry as a file with heights has it.
func lifted(g geom.T, z bool) geom.T {
	if g == nil || !z || g.Layout() == geom.XYZ {
		return g
	}
	if c, ok := g.(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection()
		for _, m := range c.Geoms() {
			out.MustPush(lifted(m, z))
		}
		return out
	}
	var flat []float64
	for i := 0; i < len(g.FlatCoords()); i += 2 {
		flat = append(flat, g.FlatCoords()[i], g.FlatCoords()[i+1], math.NaN())
	}
	scaled := func(ends []int) (out []int) {
		for _, e := range ends {
			out = append(out, e/2*3)
		}
		return out
	}
	switch g := g.(type) {
	case *geom.Point:
		return geom.NewPointFlat(geom.XYZ, flat)
	case *geom.LineString:
		return geom.NewLineStringFlat(geom.XYZ, flat)
	case *geom.Polygon:
		return geom.NewPolygonFlat(geom.XYZ, flat, scaled(g.Ends()))
	case *geom.MultiPoint:
		return geom.NewMultiPointFlat(geom.XYZ, flat)
	case *geom.MultiLineString:
		return geom.NewMultiLineStringFlat(geom.XYZ, flat, scaled(g.Ends()))
	}
	var endss [][]int
	for _, ends := range g.Endss() {
		endss = append(endss, scaled(ends))
	}
	return geom.NewMultiPolygonFlat(geom.XYZ, flat, endss)
}

func binaryOf(t rapid.TB, g geom.T) []byte {
	if g == nil {
		return nil
	}
	b, err := wkb.Append(nil, g)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
