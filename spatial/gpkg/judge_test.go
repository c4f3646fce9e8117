package gpkg_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

// gdal runs a program of GDAL and returns what it says; anything on standard error fails
// the test, since GDAL warns there of what it does not like.
func gdal(t *testing.T, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("SKIPPED: %s is not installed, so GDAL cannot judge the layers: apt-get install gdal-bin", program)
	}
	var out, errs strings.Builder
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("%s %v: %v\n%s", program, args, err, errs.String())
	}
	return out.String()
}

// geojson returns the features of a layer as GDAL reads them, by id.
func geojson(t *testing.T, args ...string) map[string]map[string]any {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.json")
	gdal(t, "ogr2ogr", append([]string{"-f", "GeoJSON", out}, args...)...)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Features []struct {
			Properties map[string]any
			Geometry   json.RawMessage
		}
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]any{}
	for _, f := range all.Features {
		f.Properties["geometry"] = string(f.Geometry)
		byID[f.Properties["id"].(string)] = f.Properties
	}
	return byID
}

func thing(id, name string, g geom.T, valid spatial.Interval, properties string) spatial.Feature {
	p, err := spatial.ParseProperties([]byte(properties))
	if err != nil {
		panic(err)
	}
	return spatial.Feature{ID: id, Name: name, Geometry: g, Valid: valid, Properties: p, Kind: "IfcWall", Z: spatial.ZRange{Min: -3, Max: 9.5, Known: true},
		Underground: spatial.Yes, Storey: "B1"}
}

func at(lon, lat float64) geom.T { return geom.NewPointFlat(geom.XY, []float64{lon, lat}) }

// date reads "from..to", either side of which may be empty.
func date(t *testing.T, s string) spatial.Interval {
	t.Helper()
	from, to, _ := strings.Cut(s, "..")
	read := func(text string) (at time.Time) {
		if text != "" {
			var err error
			if at, err = spatial.ParseTime(text + "T00:00:00Z"); err != nil {
				t.Fatal(err)
			}
		}
		return at
	}
	return spatial.Interval{Start: read(from), End: read(to)}
}

func features(list ...spatial.Feature) func(yield func(spatial.Feature, error) bool) {
	return func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// TestGDALReadsTheLayers takes ogrinfo and ogr2ogr as the judge of what others see.
func TestGDALReadsTheLayers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "城市.gpkg")
	s := open(t, path, gpkg.Options{Create: true, Datum: "cgcs2000"})
	always := spatial.Interval{}
	put(t, s, spatial.Import{Collection: spatial.Collection{Name: "建筑", Description: "楼"}, Model: "模型", Features: features(
		thing("a", "旧", at(114, 22.5), date(t, "1005-03-01..2020-01-01"), `{"n":1}`),
		thing("b", "今", at(114.5, 22.6), date(t, "2020-01-01.."), `{"n":2.5,"s":"x'\"","b":true,"i":9007199254740993,"j":{"k":[1]},"quo\"te":7,"NAME":"other","名":"深"}`),
		thing("c", "将", at(115, 22.7), date(t, "9000-01-01.."), `{}`),
		thing("d", "无", nil, always, `{"n":null,"i":-1}`))})
	put(t, s, spatial.Import{Collection: spatial.Collection{Name: "local", Local: true}, Model: "m", Features: features(thing("x", "", nil, always, `{}`))})

	layers := gdal(t, "ogrinfo", "-q", path)
	if want := "1: 建筑 (Point)\n2: 建筑_history (Point)\n3: local (None)\n4: local_history (None)\n"; layers != want {
		t.Errorf("layers:\n%s\nwant:\n%s", layers, want)
	}
	summary := gdal(t, "ogrinfo", "-so", path, "建筑")
	for _, want := range []string{
		"Feature Count: 2\n", "Extent: (114.000000, 22.500000) - (115.000000, 22.700000)\n", `ID["EPSG",4490]]`, "FID Column = fid\n", "Geometry Column = geom\n",
		"id: String (0.0)\nmodel: String (0.0)\nkind: String (0.0)\nname: String (0.0)\nstorey: String (0.0)\nunderground: Integer(Boolean) (0.0)\n" +
			"z_min: Real (0.0)\nz_max: Real (0.0)\nvalid_from: DateTime (0.0)\nvalid_to: DateTime (0.0)\nNAME_2: String (0.0)\nb: Integer(Boolean) (0.0)\n" +
			"i: Integer64 (0.0)\nj: String (0.0)\nn: Real (0.0)\nquo\"te: Integer64 (0.0)\ns: String (0.0)\n名: String (0.0)\nproperties: String (0.0)\n",
	} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary\n%s\ndoes not contain\n%s", summary, want)
		}
	}
	now := geojson(t, path, "建筑", "-lco", "RFC7946=NO", "-lco", "WRITE_NAME=NO")
	if len(now) != 2 || now["b"] == nil || now["d"] == nil {
		t.Fatalf("what stands now: %v", now)
	}
	got := fmt.Sprint(now["b"]["model"], now["b"]["kind"], now["b"]["name"], now["b"]["storey"], now["b"]["underground"], now["b"]["z_min"], now["b"]["z_max"], now["b"]["valid_from"], now["b"]["valid_to"],
		now["b"]["n"], now["b"]["s"], now["b"]["b"], now["b"]["i"], now["b"]["j"], now["b"]["quo\"te"], now["b"]["NAME_2"], now["b"]["名"], now["b"]["geometry"])
	want := `模型IfcWall今B1true-39.5` + fmt.Sprint(now["b"]["valid_from"]) + `<nil>2.5x'"true` + fmt.Sprint(now["b"]["i"]) + `map[k:[1]]7other深{ "type": "Point", "coordinates": [ 114.5, 22.6 ] }`
	if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if from := fmt.Sprint(now["b"]["valid_from"]); !strings.HasPrefix(from, "2020/01/01") && !strings.HasPrefix(from, "2020-01-01") {
		t.Errorf("valid_from is %s", from)
	}
	if all := geojson(t, path, "建筑_history"); len(all) != 4 || !strings.HasPrefix(fmt.Sprint(all["a"]["valid_from"]), "1005") {
		t.Errorf("history: %v", all)
	}
	if got := geojson(t, path, "建筑_history", "-spat", "113.9", "22", "114.6", "23"); len(got) != 2 || got["a"] == nil || got["b"] == nil {
		t.Errorf("in the rectangle: %v", got)
	}
}

// TestGDALFollowsImports looks at the layers between imports, while the store is open.
func TestGDALFollowsImports(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(3000, 1))
	seen := func() int {
		t.Helper()
		return len(geojson(t, path, "buildings", "-select", "id"))
	}
	if n := seen(); n != 3000 {
		t.Errorf("%d features, want 3000", n)
	}
	put(t, s, replaceAll(1000, 2))
	if n := seen(); n != 1000 {
		t.Errorf("%d features after a replacing import, want 1000", n)
	}
	if _, err := s.Purge(t.Context(), "buildings", ""); err != nil {
		t.Fatal(err)
	}
	if layers := gdal(t, "ogrinfo", "-q", path); layers != "" {
		t.Errorf("layers after the purge: %s", layers)
	}
}

// TestGDALCannotWriteToTheLayers: views without triggers are read only.
func TestGDALCannotWriteToTheLayers(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(10, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Skip("SKIPPED: ogrinfo is not installed, so GDAL cannot try: apt-get install gdal-bin")
	}
	for _, text := range []string{"UPDATE buildings SET name = 'x'", "DELETE FROM buildings", "INSERT INTO buildings (id) VALUES ('x')"} {
		out, _ := exec.Command("ogrinfo", "-q", path, "-sql", text).CombinedOutput()
		if !strings.Contains(string(out), "cannot modify buildings because it is a view") {
			t.Errorf("%s: %s", text, out)
		}
	}
	again := open(t, path, gpkg.Options{})
	sound(t, again)
	names := map[string]int{}
	for f, err := range again.Features(t.Context(), spatial.Query{Collection: "buildings"}) {
		if err != nil {
			t.Fatal(err)
		}
		names[f.Name]++
	}
	if len(names) != 1 || names["福田大厦"] != 10 {
		t.Errorf("names: %v", names)
	}
}
