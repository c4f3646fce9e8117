package crs_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func TestForwardAndInverseAreTheIdentityInEveryArea(t *testing.T) {
	codes := crs.Codes()
	rapid.Check(t, func(t *rapid.T) {
		c, err := crs.ByCode(codes[rapid.IntRange(0, len(codes)-1).Draw(t, "code")])
		if err != nil {
			t.Fatal(err)
		}
		a := c.Area()
		width := a.East - a.West
		if width < 0 {
			width += 360
		}
		lon := math.Remainder(a.West+width*rapid.Float64Range(0, 1).Draw(t, "u"), 360)
		lat := a.South + (a.North-a.South)*rapid.Float64Range(0, 1).Draw(t, "v")
		if math.Abs(lat) == 90 {
			return // where any longitude is right
		}
		h := rapid.Float64Range(-1000, 9000).Draw(t, "h")
		x, y, z, err := c.Forward(lon, lat, h)
		if err != nil {
			t.Fatal(err)
		}
		lon2, lat2, h2, err := c.Inverse(x, y, z)
		if err != nil {
			t.Fatal(err)
		}
		if d := math.Remainder(lon-lon2, 360) * math.Cos(lat*math.Pi/180); !near(d, 0, 1e-12*40) || !near(lat, lat2, 1e-12*40) || !near(h, h2, 1e-7) {
			t.Fatalf("%s: %.15g,%.15g,%g comes back as %.15g,%.15g,%g", c, lon, lat, h, lon2, lat2, h2)
		}
	})
}

func TestTransverseMercatorIsExactFarFromItsMeridian(t *testing.T) {
	// 40 degrees is 13 times as far as any zone reaches.
	c, err := crs.TransverseMercator("", crs.WGS84().Datum(), crs.Parameters{Lon0: 100, Scale: 1})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		lon := 100 + rapid.Float64Range(-40, 40).Draw(t, "lon")
		lat := rapid.Float64Range(-89.999, 89.999).Draw(t, "lat")
		x, y, _, err := c.Forward(lon, lat, 0)
		if err != nil {
			t.Fatal(err)
		}
		lon2, lat2, _, err := c.Inverse(x, y, 0)
		if err != nil {
			t.Fatal(err)
		}
		const metres = 111319.49
		if d := math.Hypot((lon2-lon)*math.Cos(lat*math.Pi/180), lat2-lat) * metres; d > 1e-6 {
			t.Fatalf("%g,%g is %g m off", lon, lat, d)
		}
	})
}

func TestOperationsComeBack(t *testing.T) {
	pairs := [][2]int{{28992, 4326}, {7415, 4490}, {2326, 4490}, {28356, 7844}, {2451, 4326}, {4547, 3857}, {4978, 4480}, {4547, 32650}, {4936, 4979}}
	rapid.Check(t, func(t *rapid.T) {
		pair := rapid.SampledFrom(pairs).Draw(t, "pair")
		from, err := crs.ByCode(pair[0])
		if err != nil {
			t.Fatal(err)
		}
		to, err := crs.ByCode(pair[1])
		if err != nil {
			t.Fatal(err)
		}
		op, err := crs.Transform(from, to)
		if err != nil {
			t.Fatal(err)
		}
		a := from.Area()
		x, y, z, err := from.Forward(a.West+(a.East-a.West)*rapid.Float64Range(0.1, 0.9).Draw(t, "u"),
			a.South+(a.North-a.South)*rapid.Float64Range(0.1, 0.9).Draw(t, "v"), rapid.Float64Range(-100, 1000).Draw(t, "h"))
		if err != nil {
			t.Fatal(err)
		}
		flat := []float64{x, y, z}
		if err := op.Apply(flat, 3); err != nil {
			t.Fatal(err)
		}
		if err := op.Inverse().Apply(flat, 3); err != nil {
			t.Fatal(err)
		}
		if !near(flat[0], x, 1e-6) || !near(flat[1], y, 1e-6) || !near(flat[2], z, 1e-6) {
			t.Fatalf("EPSG:%d to EPSG:%d: %v, want %g %g %g", pair[0], pair[1], flat, x, y, z)
		}
	})
}

func TestGeocentricComesBackFromDeepAndHigh(t *testing.T) {
	e := crs.WGS84().Datum().Ellipsoid()
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Float64Range(-179.9, 179.9).Draw(t, "lon")
		lat := rapid.Float64Range(-90, 90).Draw(t, "lat")
		h := rapid.Float64Range(-5e6, 4e8).Draw(t, "h")
		x, y, z := e.ToGeocentric(lon, lat, h)
		lon2, lat2, h2 := e.FromGeocentric(x, y, z)
		x2, y2, z2 := e.ToGeocentric(lon2, lat2, h2)
		if d := math.Hypot(math.Hypot(x-x2, y-y2), z-z2); d > 1e-15*max(1e8, math.Abs(h))*10 || !near(lat, lat2, 1e-11) {
			t.Fatalf("%g,%g,%g comes back as %g,%g,%g, %g m off", lon, lat, h, lon2, lat2, h2, d)
		}
	})
	if lon, lat, h := e.FromGeocentric(0, 0, 0); math.IsNaN(lon) || math.IsNaN(lat) || math.IsNaN(h) {
		t.Errorf("the centre of the Earth is at %g,%g,%g", lon, lat, h)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"EPSG:4547", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/EPSG/0/4490", "EPSG:4547+5737",
		"urn:ogc:def:crs,crs:EPSG::28992,crs:EPSG::5709", "GCJ-02", "CGCS2000_3_Degree_GK_CM_114E", esriShenzhen, esriWebMercator, gdalWebMercator, wkt2RD,
		`BOUNDCRS[SOURCECRS[GEOGCS["x",DATUM["y",SPHEROID["z",6378137,298.3],TOWGS84[1,2,3]]]]]`, `COMPD_CS["a",GEOGCS["x"],VERT_CS["y"]]`, "PROJCS[(", `PROJCS["""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := crs.Parse(s)
		if err != nil {
			if len(err.Error()) > 2000 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		// What was understood must be usable, and its identifier must mean the same.
		lon, lat := 114.0, 22.5
		if x, y, z, err := c.Forward(lon, lat, 0); err == nil {
			if math.IsNaN(x + y + z) {
				t.Fatalf("%s gives %g %g %g", c, x, y, z)
			}
			_, _, _, _ = c.Inverse(x, y, z)
			_ = c.Check(x, y)
		}
		if c.ID() != "" {
			if again, err := crs.Parse(c.ID()); err != nil || again.ID() != c.ID() {
				t.Fatalf("%q reads as %v, %v", c.ID(), again, err)
			}
		}
		if _, err := crs.Transform(c, crs.WGS84()); err != nil && len(err.Error()) > 4000 {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
	})
}
