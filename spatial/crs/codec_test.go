package crs_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func TestGCJ02AndBD09AgreeWithKnownPoints(t *testing.T) {
	const eps = 1e-9
	for _, p := range []struct{ wLat, wLon, gLat, gLon, bLat, bLon float64 }{
		{22.543847, 113.912316, 22.540796132, 113.917176481, 22.546667438, 113.923684729},
		{31.1774276, 121.5272106, 31.175303984, 121.531541859, 31.181328607, 121.538015686},
		{39.911954, 116.377817, 39.913345455, 116.384047225, 39.919575551, 116.390454713},
	} {
		lon, lat := crs.GCJ02(p.wLon, p.wLat)
		if !near(lon, p.gLon, eps) || !near(lat, p.gLat, eps) {
			t.Errorf("GCJ-02 of %g,%g is %.9f,%.9f, want %.9f,%.9f", p.wLon, p.wLat, lon, lat, p.gLon, p.gLat)
		}
		bLon, bLat := crs.BD09(lon, lat)
		if !near(bLon, p.bLon, eps) || !near(bLat, p.bLat, eps) {
			t.Errorf("BD-09 is %.9f,%.9f, want %.9f,%.9f", bLon, bLat, p.bLon, p.bLat)
		}
	}
}

func TestGCJ02AndBD09ComeBack(t *testing.T) {
	const eps = 1e-9 // degrees, 0.1 mm
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Float64Range(73, 136).Draw(t, "lon")
		lat := rapid.Float64Range(2, 54).Draw(t, "lat")
		gLon, gLat := crs.GCJ02(lon, lat)
		if d := math.Hypot(gLon-lon, gLat-lat); d > 0.02 {
			t.Fatalf("GCJ-02 moved %g,%g by %g degrees", lon, lat, d)
		}
		if wLon, wLat := crs.FromGCJ02(gLon, gLat); !near(wLon, lon, eps) || !near(wLat, lat, eps) {
			t.Fatalf("back from GCJ-02 at %.12f,%.12f, want %.12f,%.12f", wLon, wLat, lon, lat)
		}
		if cLon, cLat := crs.FromBD09(crs.BD09(gLon, gLat)); !near(cLon, gLon, eps) || !near(cLat, gLat, eps) {
			t.Fatalf("back from BD-09 at %.12f,%.12f, want %.12f,%.12f", cLon, cLat, gLon, gLat)
		}
	})
}

func TestObfuscatedSystemsAreDoorsToWGS84(t *testing.T) {
	for _, id := range []string{"GCJ-02", "BD-09"} {
		c, err := crs.Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		if c.Geographic() || c.Kind() != crs.Obfuscated {
			t.Errorf("%s passes for longitude and latitude", id)
		}
		op, err := crs.Transform(c, crs.CGCS2000())
		if err != nil {
			t.Fatal(err)
		}
		x, y, _, err := c.Forward(113.912316, 22.543847, 0)
		if err != nil {
			t.Fatal(err)
		}
		lon, lat, h, err := op.Point(x, y, 3)
		if err != nil || !near(lon, 113.912316, 1e-9) || !near(lat, 22.543847, 1e-9) || h != 3 {
			t.Errorf("%s: %g,%g,%g, %v", id, lon, lat, h, err)
		}
	}
	if lon, lat := crs.GCJ02(-0.1, 51.5); lon != -0.1 || lat != 51.5 {
		t.Errorf("London was moved to %g,%g", lon, lat)
	}
}
