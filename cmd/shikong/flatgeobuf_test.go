package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
)

// GDAL, which nobody here wrote, finds in a FlatGeobuf file of real footprints what the store
// finds, attributes included, and through the index what a query of the box finds.
func TestGDALFindsInFlatGeobufWhatTheStoreFinds(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("SKIPPED: there is no ogr2ogr (gdal-bin), so no judge for FlatGeobuf")
	}
	dir := t.TempDir()
	source := firstLines(t, samples.Path(t, "footprints/tokyo_buildings_dev.geojsonl.gz"), 20_000, dir)
	store, path := filepath.Join(dir, "city.gpkg"), filepath.Join(dir, "b.fgb")
	must(t, "import", "--store", store, source, "--collection", "b")
	must(t, "export", "b", "-o", path, "--store", store)
	all := byID(t, must(t, "query", "b", "--store", store, "--format", "ndjson"))
	compare(t, all, byID(t, judged(t, path)))
	box := [4]float64{139.70, 35.65, 139.75, 35.70}
	inside := byID(t, must(t, "query", "b", "--store", store, "--format", "ndjson", "--bbox", strings.Trim(strings.Join(strings.Fields(fmt.Sprint(box)), ","), "[]")))
	if len(inside) == 0 || len(inside) == len(all) {
		t.Fatalf("%d of %d features are in the box", len(inside), len(all))
	}
	compare(t, inside, byID(t, judged(t, path, append([]string{"-spat"}, strings.Fields(strings.Trim(fmt.Sprint(box), "[]"))...)...)))
}

// firstLines writes the first lines of a compressed file and returns where.
func firstLines(t *testing.T, source string, lines int, dir string) string {
	t.Helper()
	f, err := os.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for s := bufio.NewScanner(z); lines > 0 && s.Scan(); lines-- {
		b.WriteString(s.Text() + "\n")
	}
	path := filepath.Join(dir, "head.geojsonl")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// judged returns what GDAL reads, a feature a line.
func judged(t *testing.T, path string, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	c := exec.CommandContext(t.Context(), "ogr2ogr", append([]string{"-f", "GeoJSONSeq", "-mapFieldType", "DateTime=String", "/vsistdout/", path}, args...)...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("ogr2ogr: %v\n%s", err, errs.String())
	}
	return out.String()
}

type judgedFeature struct {
	ID         any
	Properties map[string]any
	Geometry   struct{ Type string }
}

func byID(t *testing.T, text string) map[string]judgedFeature {
	t.Helper()
	all := map[string]judgedFeature{}
	for line := range strings.Lines(text) {
		var f judgedFeature
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		id := fmt.Sprint(f.ID)
		if own, ok := f.Properties["id"].(string); ok {
			id = own
		}
		all[id] = f
	}
	return all
}

func compare(t *testing.T, want, got map[string]judgedFeature) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("GDAL finds %d features, the store %d", len(got), len(want))
	}
	for id, w := range want {
		g, ok := got[id]
		if !ok || g.Geometry.Type != w.Geometry.Type {
			t.Fatalf("%s: GDAL finds %v, the store %v", id, g, w)
		}
		for _, name := range []string{"bldg_id", "height_m", "roof_area_m2", "chome_code", "district_plan", "parts"} {
			if other, v := g.Properties[name], w.Properties[name]; fmt.Sprint(other) != fmt.Sprint(v) {
				t.Fatalf("%s: %s is %v for GDAL, %v in the store", id, name, other, v)
			}
		}
	}
}
