package crs_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial/crs"
)

const (
	mm        = 1e-3
	nm        = 1e-9
	tenthNano = 1e-10 // degrees: 0.01 mm on the ground
)

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGaussKrugerAgreesWithTheControlPointsOfAllZones(t *testing.T) {
	f, err := os.Open(samples.Path(t, "crs_control_cgcs2000_gk.csv"))
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

// tableRows reads a tab separated file of testdata.
func tableRows(t testing.TB, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		if line[0] != '#' {
			rows = append(rows, strings.Split(strings.TrimSpace(line), "\t"))
		}
	}
	return rows
}

func numbers(t testing.TB, fields []string) []float64 {
	t.Helper()
	var v []float64
	for _, f := range fields {
		v = append(v, number(t, f))
	}
	return v
}

func TestSystemsAgreeWithPROJ(t *testing.T) {
	const rounding = 1.6e-6 // of the file and of the numbers, in the unit of the system
	for _, r := range tableRows(t, "proj.tsv") {
		code, _ := strconv.Atoi(r[0])
		v := numbers(t, r[1:])
		c, err := crs.ByCode(code)
		if err != nil {
			t.Fatal(err)
		}
		x, y, z, err := c.Forward(v[0], v[1], v[2])
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(x-v[3]) > rounding || math.Abs(y-v[4]) > rounding || math.Abs(z-v[5]) > rounding {
			t.Errorf("%s: %v gives %.6f %.6f %.6f, PROJ %v", c, v[:3], x, y, z, v[3:])
		}
		lon, lat, h, err := c.Inverse(v[3], v[4], v[5])
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(lon-v[0]) > tenthNano || math.Abs(lat-v[1]) > tenthNano || math.Abs(h-v[2]) > 1e-5 {
			t.Errorf("%s: back from %v gives %.12f %.12f %.6f, want %v", c, v[3:], lon, lat, h, v[:3])
		}
	}
}

func TestDatumTransformsAgreeWithPROJ(t *testing.T) {
	known := geographics(t)
	for _, r := range tableRows(t, "shifts.tsv") {
		v := numbers(t, r)
		h, err := crs.PublishedTransform(int(v[0]))
		if err != nil {
			t.Fatal(err)
		}
		check := func(from, to *crs.CRS, want []float64) {
			t.Helper()
			op, err := crs.Transform(from, to, h)
			if err != nil {
				t.Fatal(err)
			}
			lon, lat, z, err := op.Point(v[3], v[4], v[5])
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(lon-want[0]) > 2e-12 || math.Abs(lat-want[1]) > 2e-12 || math.Abs(z-want[2]) > 1e-6 {
				t.Errorf("%s: %v gives %.12f %.12f %.6f, PROJ %v", h.Name, v[3:6], lon, lat, z, want)
			}
			lon, lat, z, err = op.Inverse().Point(lon, lat, z)
			if err != nil {
				t.Fatal(err)
			}
			// Heights carried along unchanged are not those that the way there used.
			if math.Abs(lon-v[3]) > tenthNano || math.Abs(lat-v[4]) > tenthNano || math.Abs(z-v[5]) > 1e-6 {
				t.Errorf("%s: back gives %.12f %.12f %.6f, want %v", h.Name, lon, lat, z, v[3:6])
			}
		}
		from, to := known[geographicKey{h.From.Code(), 2}], known[geographicKey{h.To.Code(), 2}]
		check(from, to, []float64{v[9], v[10], v[5]})
		if from, to := known[geographicKey{h.From.Code(), 3}], known[geographicKey{h.To.Code(), 3}]; from != nil && to != nil {
			check(from, to, v[6:9])
		}
	}
}

type geographicKey struct{ datum, dimension int }

// geographics finds the first geographic system of each datum.
func geographics(t testing.TB) map[geographicKey]*crs.CRS {
	t.Helper()
	found := map[geographicKey]*crs.CRS{}
	for _, code := range crs.Codes() {
		c := byCode(t, code)
		key := geographicKey{c.Datum().Code(), c.Dimension()}
		if c.Geographic() && c.Horizontal() == c && found[key] == nil {
			found[key] = c
		}
	}
	return found
}
