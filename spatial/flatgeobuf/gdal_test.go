package flatgeobuf_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
)

// gdal runs a program of GDAL, which verifies every buffer, and returns what it says; anything on
// standard error fails the test, since GDAL warns there of what it does not like.
func gdal(t *testing.T, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("SKIPPED: %s is not installed, so GDAL cannot judge the files: apt-get install gdal-bin", program)
	}
	var out, errs strings.Builder
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("%s %v: %v\n%s", program, args, err, errs.String())
	}
	return out.String()
}

// found returns the ids that GDAL reads in a rectangle, in order.
func found(t *testing.T, path string, box ...string) (ids []string) {
	t.Helper()
	args := []string{"-f", "GeoJSONSeq", "/vsistdout/", path, "-select", "id"}
	if box != nil {
		args = append(append(args, "-spat"), box...)
	}
	for line := range strings.Lines(gdal(t, "ogr2ogr", args...)) {
		var f struct{ Properties struct{ ID string } }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, f.Properties.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestGDALReadsAFile(t *testing.T) {
	c, list := shapes(t)
	_, path := written(t, c, list...)
	summary := gdal(t, "ogrinfo", "-so", path, c.Name)
	for _, want := range []string{"Geometry: 3D Unknown (any)\n", "Feature Count: 10\n", "Extent: (113.000000, 22.000000) - (118.100000, 23.000000)\n", `ID["EPSG",4326]]`,
		"id: String (0.0)\nclass: String (0.0)\nname: String (0.0)\nstorey: String (0.0)\nunderground: Integer(Boolean) (0.0)\nz_min: Real (0.0)\nz_max: Real (0.0)\n" +
			"valid_from: DateTime (0.0)\nvalid_to: DateTime (0.0)\nID_2: String (0.0)\nb: Integer(Boolean) (0.0)\ni: Integer64 (0.0)\nj: String (0.0)\nn: Real (0.0)\nnothing: String (0.0)\n名: String (0.0)\n"} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary\n%s\ndoes not contain\n%s", summary, want)
		}
	}
	all := strings.ReplaceAll(gdal(t, "ogrinfo", "-q", "-al", path), ".0 ", " ") // 22.0 in some versions
	for _, want := range []string{"id (String) = a\n  class (String) = IfcWall\n  name (String) = 墙\n  storey (String) = B1\n  underground (Integer(Boolean)) = 1\n  z_min (Real) = -3\n  z_max (Real) = 9.5\n" +
		"  valid_from (DateTime) = 1995/06/30 00:00:00+00\n  valid_to (DateTime) = 2020/01/01 12:00:00.500+00\n  ID_2 (String) = mine\n  b (Integer(Boolean)) = 1\n  i (Integer64) = 9007199254740993\n" +
		"  j (String) = {\"k\":[1]}\n  n (Real) = 2.5\n  名 (String) = 深圳\n  POINT Z (114 22 5.5)\n",
		"(113.1 22.05 0,113.2 22.05 0,113.2 22.1 0,113.1 22.05 0))\n", "MULTILINESTRING Z ((114 22 1,114.5 22.5 2),(115 22 1,115.5 22.5 2,116 23 3))\n",
		"GEOMETRYCOLLECTION Z (POINT Z (118 22 1),GEOMETRYCOLLECTION Z (POLYGON Z ((118 22 1,118.1 22 1,118.1 22.1 1,118 22 1))))\n",
		"  id (String) = j\n  i (Integer64) = 1\n\n"} {
		if !strings.Contains(all, want) {
			t.Errorf("\n%s\ndoes not contain\n%s", all, want)
		}
	}
	if got := found(t, path); len(got) != 10 {
		t.Errorf("all are %v", got)
	}
	if got := found(t, path, "113.95", "21", "114.2", "22.1"); !slices.Equal(got, []string{"a", "b", "f"}) {
		t.Errorf("in the rectangle are %v", got)
	}
}

// GDAL wants more of some geometries than the schema does.
func TestGDALReadsEveryTypeAlone(t *testing.T) {
	for _, text := range []string{"POINT (1 2)", "LINESTRING (1 2,3 4)", "POLYGON ((1 2,3 2,3 4,1 2))", "MULTIPOINT (1 2)", "MULTILINESTRING ((1 2,3 4))", "MULTIPOLYGON (((1 2,3 2,3 4,1 2)))",
		"GEOMETRYCOLLECTION (MULTILINESTRING ((1 2,3 4)))", "POINT Z (1 2 3)", "MULTILINESTRING Z ((1 2 3,3 4 5))"} {
		_, path := written(t, spatial.Collection{Name: "c"}, spatial.Feature{ID: "a", Geometry: shape(t, text)})
		if got := strings.Replace(gdal(t, "ogrinfo", "-q", "-al", path), "((1 2))", "(1 2)", 1); !strings.Contains(got, "\n  "+text+"\n") {
			t.Errorf("%s is read as\n%s", text, got)
		}
	}
}

func TestGDALReadsALayerWithoutFeatures(t *testing.T) {
	_, path := written(t, spatial.Collection{Name: "c"})
	if got := found(t, path); len(got) != 0 {
		t.Error(got)
	}
}
