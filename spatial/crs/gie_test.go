package crs_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// gieMethods are the operations of PROJ's test language that this package computes.
var gieMethods = map[string]crs.Method{
	"tmerc": crs.MethodTransverseMercator, "etmerc": crs.MethodTransverseMercator, "utm": crs.MethodTransverseMercator,
	"sterea": crs.MethodObliqueStereographic, "merc": crs.MethodMercatorB, "webmerc": crs.MethodWebMercator,
	"lcc": crs.MethodLambert2SP,
}

// gieSystem builds the system of a gie operation; ok is false for what is not of it:
// other projections, approximations, ellipsoids that are none of the Earth.
func gieSystem(t *testing.T, operation string) (c *crs.CRS, ok bool) {
	t.Helper()
	p := crs.Parameters{Scale: 1}
	e := crs.Ellipsoid{Name: "GRS80", A: 6378137, InvF: 298.257222101}
	method := crs.Method("")
	for _, word := range strings.Fields(operation) {
		key, value, _ := strings.Cut(strings.TrimPrefix(word, "+"), "=")
		v, err := strconv.ParseFloat(value, 64)
		switch key {
		case "proj":
			method = gieMethods[value]
			if value == "utm" {
				p.Scale, p.FalseEasting = 0.9996, 500000
			}
		case "ellps":
			switch value {
			case "GRS80":
			case "WGS84":
				e.InvF = 298.257223563
			default:
				return nil, false
			}
			continue
		case "R":
			e = crs.Ellipsoid{Name: "sphere", A: v}
		case "zone":
			p.Lon0 = v*6 - 183
		case "lat_0":
			p.Lat0 = v
		case "lat_1":
			p.Parallel1 = v
		case "lat_2":
			p.Parallel2 = v
		case "k", "k_0":
			p.Scale = v
		case "algo":
			if value == "evenden_snyder" {
				return nil, false
			}
			continue
		default:
			return nil, false
		}
		if err != nil && key != "proj" {
			return nil, false
		}
	}
	if method == crs.MethodLambert2SP && p.Scale != 1 {
		return nil, false
	}
	datum, err := crs.NewDatum("gie", e)
	if method == "" || err != nil {
		return nil, false
	}
	c, err = crs.ByProjection(operation, datum, method, p, crs.Metre)
	return c, err == nil
}

func TestProjectionsAgreeWithTheCasesOfPROJ(t *testing.T) {
	data, err := os.ReadFile(samples.Path(t, "conformance/gie/test/gie/builtins.gie"))
	if err != nil {
		t.Fatal(err)
	}
	var c *crs.CRS
	var operation string
	var point []float64
	inverse, ok := false, false
	cases := map[crs.Method]int{}
	tolerance := mm
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		switch f[0] {
		case "operation":
			operation = strings.Join(f[1:], " ")
			c, ok = gieSystem(t, operation)
			inverse, tolerance = false, mm/2
		case "direction":
			inverse = f[1] == "inverse"
		case "tolerance":
			tolerance = gieLength(t, strings.Join(f[1:], ""))
		case "accept":
			point = nil
			for _, s := range f[1:min(len(f), 3)] {
				v, err := strconv.ParseFloat(s, 64)
				ok = ok && err == nil
				point = append(point, v)
			}
		case "expect":
			if !ok || len(point) != 2 {
				continue
			}
			method, _ := c.Projection()
			cases[method]++
			gieCheck(t, c, operation, inverse, point, f[1:], tolerance)
		}
	}
	want := map[crs.Method]int{crs.MethodTransverseMercator: 50, crs.MethodObliqueStereographic: 10, crs.MethodMercatorB: 10, crs.MethodLambert2SP: 10}
	for m, n := range want {
		if cases[m] < n {
			t.Errorf("only %d cases of %s were run, want at least %d: the reader lost its way", cases[m], m, n)
		}
	}
	t.Logf("cases: %v", cases)
}

func gieCheck(t *testing.T, c *crs.CRS, operation string, inverse bool, p []float64, want []string, tolerance float64) {
	t.Helper()
	// PROJ stretches its domains further than is of use: past the poles of Mercator, and on
	// a sphere past the horizon of the transverse one. Here both are errors.
	if math.Abs(p[1]) > 1e9 || strings.Contains(operation, "R=6400000") && !inverse && math.Abs(p[0]) > 85 {
		if _, _, _, err := c.Inverse(p[0], p[1], 0); inverse && err == nil {
			t.Errorf("%s: %v has an inverse", operation, p)
		}
		return
	}
	convert, metres := c.Forward, 1.0
	if inverse {
		convert, metres = c.Inverse, 111319.49
	}
	x, y, _, err := convert(p[0], p[1], 0)
	if want[0] == "failure" {
		if err == nil {
			t.Errorf("%s: %v gives %g %g, PROJ fails", operation, p, x, y)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v: %v", operation, p, err)
		return
	}
	wx, wy := number(t, want[0]), number(t, want[1])
	dx := x - wx
	if inverse {
		dx = math.Remainder(dx, 360) * math.Cos(y*math.Pi/180)
	}
	if d := math.Hypot(dx, y-wy) * metres; !(d <= max(tolerance, 2e-9)) {
		t.Errorf("%s: %v gives %.9f %.9f, PROJ %v, %g m apart", operation, p, x, y, want, d)
	}
}

// gieLength reads "0.1mm".
func gieLength(t *testing.T, s string) float64 {
	t.Helper()
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz*")
	unit, ok := map[string]float64{"m": 1, "cm": 1e-2, "mm": mm, "um": 1e-6, "nm": nm, "": 1, "km": 1e3, "*dm": 0.1}[s[len(digits):]]
	if !ok {
		return 0
	}
	return number(t, digits) * unit
}
