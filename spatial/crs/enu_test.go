package crs_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func TestENUAgreesWithTheExampleOfIOGP(t *testing.T) {
	// IOGP 373-7-2, methods 9836 and 9837.
	f, err := crs.NewENU(crs.WGS84().Datum(), 5, 55, 200)
	if err != nil {
		t.Fatal(err)
	}
	x0, y0, z0 := f.ToGeocentric(0, 0, 0)
	if !near(x0, 3652755.3058, mm) || !near(y0, 319574.6799, mm) || !near(z0, 5201547.3536, mm) {
		t.Errorf("the origin is at %.4f %.4f %.4f", x0, y0, z0)
	}
	e, n, u := f.FromGeocentric(3771793.968, 140253.342, 5124304.349)
	if !near(e, -189013.869, mm) || !near(n, -128642.040, mm) || !near(u, -4220.171, mm) {
		t.Errorf("got %.3f %.3f %.3f", e, n, u)
	}
	e, n, u = f.Forward(2.12955, 53.80939444444444, 73)
	if !near(e, -189013.869, mm) || !near(n, -128642.040, mm) || !near(u, -4220.171, mm) {
		t.Errorf("from longitude and latitude %.3f %.3f %.3f", e, n, u)
	}
}

func TestENUMatrixIsTheFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := crs.NewENU(crs.CGCS2000().Datum(), rapid.Float64Range(-180, 180).Draw(t, "lon"),
			rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-500, 9000).Draw(t, "h"))
		if err != nil {
			t.Fatal(err)
		}
		var p [3]float64
		for i := range p {
			p[i] = rapid.Float64Range(-5e4, 5e4).Draw(t, "p")
		}
		x, y, z := f.ToGeocentric(p[0], p[1], p[2])
		m := f.Matrix()
		for i, want := range []float64{x, y, z, 1} {
			if got := m[i]*p[0] + m[4+i]*p[1] + m[8+i]*p[2] + m[12+i]; !near(got, want, 1e-8) {
				t.Fatalf("row %d: %g, want %g", i, got, want)
			}
		}
		lon, lat, h := f.Inverse(p[0], p[1], p[2])
		e, n, u := f.Forward(lon, lat, h)
		if d := math.Hypot(math.Hypot(e-p[0], n-p[1]), u-p[2]); d > 1e-7 {
			t.Fatalf("there and back is %g m off", d)
		}
	})
}

func TestENUIsASystemToTransformTo(t *testing.T) {
	f, err := crs.NewENU(crs.CGCS2000().Datum(), 114.05, 22.54, 20)
	if err != nil {
		t.Fatal(err)
	}
	op, err := crs.Transform(byCode(t, 4480), f.CRS())
	if err != nil {
		t.Fatal(err)
	}
	e, n, u, err := op.Point(114.05, 22.54, 25)
	if err != nil || !near(e, 0, 1e-6) || !near(n, 0, 1e-6) || !near(u, 5, 1e-6) {
		t.Errorf("got %g %g %g, %v", e, n, u, err)
	}
	for _, bad := range [][3]float64{{0, 91, 0}, {math.NaN(), 0, 0}, {0, 0, math.Inf(1)}} {
		if _, err := crs.NewENU(crs.WGS84().Datum(), bad[0], bad[1], bad[2]); !errors.Is(err, crs.ErrOutsideExtent) {
			t.Errorf("origin %v: %v", bad, err)
		}
	}
}
