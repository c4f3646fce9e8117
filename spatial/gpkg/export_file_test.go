package gpkg_test

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/intaketest"
)

// towers are features with every kind of value, one of them without a place.
func towers() iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		since := time.Date(1995, 6, 30, 0, 0, 0, 0, time.UTC)
		a := spatial.Feature{ID: "a", Kind: "tower", Name: "地王大厦", Underground: spatial.No, Z: spatial.ZRange{Min: 0, Max: 384, Known: true},
			Geometry: geom.NewPointFlat(geom.XYZ, []float64{114.1, 22.54, 0}), Valid: spatial.Interval{Start: since},
			Properties: spatial.Properties{{Name: "floors", Value: spatial.IntOf(69)}, {Name: "height", Value: spatial.FloatOf(383.95)}, {Name: "id", Value: spatial.StringOf("mine")}, {Name: "open", Value: spatial.BoolOf(true)}}}
		b := spatial.Feature{ID: "b", Properties: spatial.Properties{{Name: "floors", Value: spatial.Value{}}}}
		_ = yield(a, nil) && yield(b, nil)
	}
}

func towerLayer() gpkg.Layer {
	return gpkg.Layer{Features: towers(), Collection: spatial.Collection{Name: "towers of 深圳", Fields: []spatial.Field{{Name: "floors", Type: spatial.FieldInteger},
		{Name: "height", Type: spatial.FieldNumber}, {Name: "id", Type: spatial.FieldString}, {Name: "open", Type: spatial.FieldBoolean}}}}
}

func TestAWrittenFileIsAnOrdinaryGeoPackage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.gpkg")
	if n, err := gpkg.WriteFile(t.Context(), path, "cgcs2000", []gpkg.Layer{towerLayer()}); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	layerOf(t, path, gpkg.LayerOptions{}).Check(t, intaketest.Result{Features: []string{
		`1 POINT Z (114.1 22.54 0) 地王大厦 {"floors":69,"height":383.95,"id":"a","id_2":"mine","open":true,"storey":null,"valid_from":"1995-06-30T00:00:00.000Z","valid_to":null}`,
		`2 -  {"class":null,"floors":null,"height":null,"id":"b","id_2":null,"name":null,"open":null,"storey":null,"underground":null,"valid_from":null,"valid_to":null,"z_max":null,"z_min":null}`,
	}, Codes: []string{"datum-shift", "datum-shift"}})
}

func TestGDALReadsAndEditsAWrittenFile(t *testing.T) {
	ogr2ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("SKIPPED: ogr2ogr is not installed")
	}
	path := filepath.Join(t.TempDir(), "out.gpkg")
	if _, err := gpkg.WriteFile(t.Context(), path, "wgs84", []gpkg.Layer{towerLayer()}); err != nil {
		t.Fatal(err)
	}
	// The edit goes through the triggers; the box through the index they keep.
	edit := `UPDATE "towers of 深圳" SET geom = (SELECT geom FROM "towers of 深圳" WHERE fid = 1) WHERE fid = 2`
	run := func(name string, args ...string) string {
		out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	run("ogrinfo", path, "-sql", edit)
	text := run(ogr2ogr, "-f", "GeoJSON", "/vsistdout/", path, "-spat", "114", "22", "115", "23")
	if n := strings.Count(text, `"type": "Feature",`); n != 2 || !strings.Contains(text, `"floors": 69`) || !strings.Contains(text, "1995") {
		t.Errorf("%d features:\n%s", n, text)
	}
	if text := run("ogrinfo", "-so", path, "towers of 深圳"); !strings.Contains(text, "floors: Integer64") || !strings.Contains(text, "3D Point") || !strings.Contains(text, "4326") {
		t.Error(text)
	}
}

func TestAStoreIsNotReplacedByAnExport(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(3, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := gpkg.WriteFile(t.Context(), path, "wgs84", []gpkg.Layer{towerLayer()})
	var p *spatial.Problem
	if !errors.As(err, &p) || p.Code != "store-exists" {
		t.Fatal(err)
	}
}

func TestAnExportThatBreaksLeavesTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.gpkg")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the store has gone")
	l := towerLayer()
	l.Features = func(yield func(spatial.Feature, error) bool) { yield(spatial.Feature{}, broken) }
	if _, err := gpkg.WriteFile(t.Context(), path, "wgs84", []gpkg.Layer{l}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	list, err := os.ReadDir(filepath.Dir(path))
	if b, _ := os.ReadFile(path); err != nil || string(b) != "old" || len(list) != 1 {
		t.Error(fmt.Sprint(list), err)
	}
}
