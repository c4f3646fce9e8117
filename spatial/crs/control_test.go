package crs_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

const (
	mm        = 1e-3
	nm        = 1e-9
	tenthNano = 1e-10 // degrees: 0.01 mm on the ground
)

// sharedData returns a file of the sample data, or skips.
func sharedData(t testing.TB, elem ...string) string {
	t.Helper()
	dir := os.Getenv("SHIKONG_TEST_DATA")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			if filepath.Dir(root) == root {
				t.Fatal("no go.mod above the test")
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	path := filepath.Join(append([]string{dir}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: sample data %s is not there; set SHIKONG_TEST_DATA to its folder", path)
	}
	return path
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGaussKrugerAgreesWithTheControlPointsOfAllZones(t *testing.T) {
	f, err := os.Open(sharedData(t, "crs_control_cgcs2000_gk.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 257 {
		t.Fatalf("%d rows, want a header and 256", len(rows))
	}
	for _, r := range rows[1:] {
		code, _ := strconv.Atoi(r[0])
		lat, lon, n, e := number(t, r[1]), number(t, r[2]), number(t, r[3]), number(t, r[4])
		c, err := crs.ByCode(code)
		if err != nil {
			t.Fatal(err)
		}
		x, y, _, err := c.Forward(lon, lat, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := math.Hypot(x-e, y-n); !(d < mm) {
			t.Errorf("EPSG:%d forward %g,%g is %g m off", code, lon, lat, d)
		}
		// The file rounds to 0.01 mm, which is 1e-10 degrees: its own last digit.
		lon2, lat2, _, err := c.Inverse(e, n, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := math.Max(math.Abs(lon2-lon), math.Abs(lat2-lat)); !(d <= tenthNano) {
			t.Errorf("EPSG:%d inverse %g,%g is %g degrees off", code, lon, lat, d)
		}
	}
}
