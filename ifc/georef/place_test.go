package georef_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// TestSite puts points where an east-north-up frame about the site's latitude and longitude
// has them.
func TestSite(t *testing.T) {
	for _, test := range []struct {
		name     string
		file     file
		lon, lat float64
		h        float64
		point    mesh.Vec3
		enu      mesh.Vec3 // of point, from lon, lat, h
		codes    string
	}{
		{name: "three parts", file: file{site: "(22,32,30),(114,3,0),12.5"}, lon: 114.05, lat: 22.541666666666668, h: 12.5, codes: "site-only"},
		{name: "four parts", file: file{site: "(22,32,30,500000),(114,3,0,1),12.5"}, lon: 114.05 + 1e-6/3600, lat: 22.541666666666668 + .5/3600, h: 12.5, codes: "site-only"},
		{name: "south and west, all parts negative", file: file{site: "(-22,-32,-30),(-114,-3,0),12.5"}, lon: -114.05, lat: -22.541666666666668, h: 12.5, codes: "site-only"},
		{name: "west of Greenwich by minutes only", file: file{site: "(50,30,0),(0,-7,-30),0."}, lon: -0.125, lat: 50.5, codes: "site-only"},
		{name: "the sign only in front", file: file{site: "(-22,32,30),(-114,3,0),12.5"}, lon: -114.05, lat: -22.541666666666668, h: 12.5, codes: "angle-invalid site-only"},
		{name: "sixty-one minutes", file: file{site: "(22,61,0),(114,3,0),12.5"}, lon: 114.05, lat: 22 + 61./60, h: 12.5, codes: "angle-invalid site-only"},
		{name: "where programs put what nobody placed", file: file{site: "(42,21,31,181945),(-71,-3,-24,-263305),0."}, lon: -(71 + 3./60 + 24.263305/3600), lat: 42 + 21./60 + 31.181945/3600, codes: "site-default-location site-only"},
		{name: "elevation in the project's unit", file: file{unit: millimetres, site: "(22,32,30),(114,3,0),12500."}, lon: 114.05, lat: 22.541666666666668, h: 12.5, codes: "site-only"},
		{name: "no elevation", file: file{site: "(22,32,30),(114,3,0),$"}, lon: 114.05, lat: 22.541666666666668, codes: "height-unknown site-only"},
		{name: "a point of the model", file: file{site: "(22,32,30),(114,3,0),12.5"}, lon: 114.05, lat: 22.541666666666668, h: 12.5, point: mesh.Vec3{30, 40, 5}, enu: mesh.Vec3{30, 40, 5}, codes: "site-only"},
		{name: "true north turns", file: file{north: "1.,1.", site: "(22,32,30),(114,3,0),0."}, lon: 114.05, lat: 22.541666666666668, point: mesh.Vec3{10, 10, 0}, enu: mesh.Vec3{0, 10 * math.Sqrt2, 0}, codes: "site-only"},
		{name: "the place is that of the site's placement", file: file{at: "100.,200.,3.", north: "1.,0.", site: "(22,32,30),(114,3,0),12.5"}, lon: 114.05, lat: 22.541666666666668, h: 12.5, point: mesh.Vec3{110, 200, 3}, enu: mesh.Vec3{0, 10, 0}, codes: "site-only"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := georef.Examine(test.file.load(t), georef.Options{})
			p, err := s.Place()
			if err != nil {
				t.Fatal(err)
			}
			if p.Source != "site" || p.CRS != "" || codes(s) != test.codes {
				t.Errorf("%s %s %q, want %q", p.Source, p.CRS, codes(s), test.codes)
			}
			at := test.point
			if at == (mesh.Vec3{}) {
				at = test.file.origin(t)
			}
			isAt(t, p, at, [3]float64{test.lon, test.lat, test.h}, test.enu)
		})
	}
}

func (f file) origin(t *testing.T) mesh.Vec3 {
	var v mesh.Vec3
	for i, text := range strings.Split(or(f.at, "0.,0.,0."), ",") {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		v[i] = x
	}
	return v
}

// isAt checks that a place puts a point where the frame about an origin has enu.
func isAt(t *testing.T, p *georef.Place, point mesh.Vec3, origin [3]float64, enu mesh.Vec3) {
	t.Helper()
	lon, lat, h, err := p.Forward(point)
	if err != nil {
		t.Fatal(err)
	}
	f, err := crs.NewENU(crs.WGS84().Datum(), origin[0], origin[1], origin[2])
	if err != nil {
		t.Fatal(err)
	}
	e, n, u := f.Forward(lon, lat, h)
	if d := (mesh.Vec3{e, n, u}).Sub(enu).Len(); d > mm {
		t.Errorf("%v is put at %.9f %.9f %.4f, which is %.4f %.4f %.4f from the origin, want %v", point, lon, lat, h, e, n, u, enu)
	}
}

// TestRigidOperationByAngles puts the zero point at a latitude and longitude.
func TestRigidOperationByAngles(t *testing.T) {
	rigid := func(first, second, system string) file {
		return file{schema: "IFC4X3_ADD2", records: "#40=IFCRIGIDOPERATION(#10,#41,IFCPLANEANGLEMEASURE(" + first + "),IFCPLANEANGLEMEASURE(" + second + "),12500.);\n#41=IFCGEOGRAPHICCRS(" + system + ",$,$,$,#4,#6);"}
	}
	const lat, lon = "0.39339955", "1.99054802" // radians
	for _, test := range []struct {
		name  string
		file  file
		codes string
	}{
		{"latitude first, as EPSG has it", rigid(lat, lon, "'EPSG:4326'"), ""},
		{"longitude first, as OGC has it", rigid(lon, lat, "'OGC:CRS84'"), ""},
		{"exchanged", rigid(lon, lat, "'EPSG:4326'"), "axis-swap"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := georef.Examine(test.file.load(t), georef.Options{})
			p, err := s.Place()
			if err != nil {
				t.Fatal(err)
			}
			if p.Source != "rigid-operation" || codes(s) != test.codes {
				t.Errorf("%s %q, want %q", p.Source, codes(s), test.codes)
			}
			isAt(t, p, mesh.Vec3{3, 4, 5}, [3]float64{1.99054802 * 180 / math.Pi, 0.39339955 * 180 / math.Pi, 12.5}, mesh.Vec3{3, 4, 5})
		})
	}
	if _, err := georef.Examine(rigid("0.", "0.", "'EPSG:4326'").load(t), georef.Options{}).Place(); err == nil {
		t.Error("latitude and longitude 0 are taken for a place")
	}
}

func TestTypedOriginWins(t *testing.T) {
	origin := spatial.Placement{Lon: 114.05, Lat: 22.54, H: 20, Rotation: 30}
	for _, test := range []struct {
		name  string
		file  file
		codes string
	}{
		{"over nothing", file{}, ""},
		{"over a site elsewhere", file{site: "(31,10,0),(121,30,0),20."}, "option-overrides-file"},
		{"over a site within ten metres", file{site: "(22,32,24),(114,3,0),20."}, ""},
		{"over a system that is not supported", file{records: conversion("1.,2.,0.,$,$,$", "Mars 2000", "#5")}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := georef.Examine(test.file.load(t), georef.Options{Origin: &origin})
			p, err := s.Place()
			if err != nil {
				t.Fatal(err)
			}
			if p.Source != "option" || codes(s) != test.codes {
				t.Errorf("%s %q, want %q", p.Source, codes(s), test.codes)
			}
			isAt(t, p, mesh.Vec3{}, [3]float64{114.05, 22.54, 20}, mesh.Vec3{})
			sin, cos := math.Sincos(math.Pi / 6)
			isAt(t, p, mesh.Vec3{10, 20, 5}, [3]float64{114.05, 22.54, 20}, mesh.Vec3{10*cos - 20*sin, 10*sin + 20*cos, 5})
			g := s.Georeference()
			if g.Origin == nil || math.Abs(g.Origin[0]-114.05)+math.Abs(g.Origin[1]-22.54) > 1e-12 || g.Origin[2] != 20 {
				t.Errorf("the report says %v", g.Origin)
			}
		})
	}
}

// TestFrame holds a frame against the exact way: convergence and scale of the grid are in
// its axes, and what is left grows as the package comment says.
func TestFrame(t *testing.T) {
	for _, test := range []struct {
		name string
		file file
		opt  georef.Options
	}{
		{"far from the central meridian", file{records: conversion("640000.,2495000.,500.,0.6,0.8,$", "EPSG:4547", "#5")}, georef.Options{Store: crs.CGCS2000()}},
		{"UTM with its scale", file{records: conversion("729013.3,9063992.7,3.,0.5,0.866,0.9996", "EPSG:32760", "#5")}, georef.Options{}},
		{"a site", file{site: "(59,54,0),(10,44,0),120.", north: "0.3,0.9"}, georef.Options{}},
		{"map coordinates", file{at: "506000.,2495000.,0."}, georef.Options{CRS: "EPSG:4547", Store: crs.CGCS2000()}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := georef.Examine(test.file.load(t), test.opt)
			p, err := s.Place()
			if err != nil {
				t.Fatal(err)
			}
			f, err := p.Frame(s.Zero())
			if err != nil {
				t.Fatal(err)
			}
			datum := crs.WGS84().Datum()
			if test.opt.Store != nil {
				datum = test.opt.Store.Datum()
			}
			enu, err := crs.NewENU(datum, f.Origin[0], f.Origin[1], f.Origin[2])
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range []struct{ reach, flat, up float64 }{{10, 1e-5, 2e-5}, {100, 1e-4, 1e-3}, {1000, 6e-3, 0.08}} {
				for _, dir := range []mesh.Vec3{{1, 0, 0}, {0, 1, 0}, {-.6, .8, 0}, {0, 0, .02}} {
					local := dir.Scale(d.reach)
					lon, lat, h, err := p.Forward(s.Zero().Add(local))
					if err != nil {
						t.Fatal(err)
					}
					e, n, u := enu.Forward(lon, lat, h)
					var by mesh.Vec3
					for row := range 3 {
						by[row] = f.Axes[3*row]*local[0] + f.Axes[3*row+1]*local[1] + f.Axes[3*row+2]*local[2]
					}
					if flat := math.Hypot(by[0]-e, by[1]-n); flat > d.flat || math.Abs(by[2]-u) > d.up {
						t.Errorf("%v: the frame has %.5f, the exact way %.5f %.5f %.5f", local, by, e, n, u)
					}
				}
			}
		})
	}
}

func TestForwardAndInverseAreOne(t *testing.T) {
	m := file{}.load(t)
	systems := []string{"EPSG:4547", "EPSG:4526", "EPSG:32650", "EPSG:28992", "EPSG:7856", "EPSG:25832", "EPSG:3857", "EPSG:6677"}
	rapid.Check(t, func(t *rapid.T) {
		var p *georef.Place
		var zero mesh.Vec3
		if rapid.Bool().Draw(t, "by origin") {
			o := spatial.Placement{Lon: rapid.Float64Range(-180, 180).Draw(t, "lon"), Lat: rapid.Float64Range(-85, 85).Draw(t, "lat"),
				H: rapid.Float64Range(-500, 9000).Draw(t, "h"), Rotation: rapid.Float64Range(-360, 360).Draw(t, "rotation")}
			s := georef.Examine(m, georef.Options{Origin: &o})
			var err error
			if p, err = s.Place(); err != nil {
				t.Fatal(err)
			}
		} else {
			system, err := crs.Parse(rapid.SampledFrom(systems).Draw(t, "system"))
			if err != nil {
				t.Fatal(err)
			}
			a := system.Area()
			e, n, _, err := system.Forward(rapid.Float64Range(a.West, a.East).Draw(t, "lon"), rapid.Float64Range(a.South, a.North).Draw(t, "lat"), 0)
			if err != nil {
				t.Fatal(err)
			}
			angle := rapid.Float64Range(0, 7).Draw(t, "angle")
			sin, cos := math.Sincos(angle)
			number := func(f float64) string {
				text := strconv.FormatFloat(f, 'f', -1, 64)
				if !strings.Contains(text, ".") {
					text += "."
				}
				return text
			}
			text := strings.Join([]string{number(e), number(n), "7.", number(cos), number(sin), number(rapid.Float64Range(0.99, 1.01).Draw(t, "scale"))}, ",")
			placed := file{records: conversion(text, system.ID(), "#5")}.load(t)
			s := georef.Examine(placed, georef.Options{})
			if p, err = s.Place(); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		local := rapid.Float64Range(-5000, 5000)
		point := zero.Add(mesh.Vec3{local.Draw(t, "x"), local.Draw(t, "y"), local.Draw(t, "z")})
		lon, lat, h, err := p.Forward(point)
		if err != nil {
			t.Fatal(err)
		}
		back, err := p.Inverse(lon, lat, h)
		if err != nil {
			t.Fatal(err)
		}
		if d := back.Sub(point).Len(); d > tenthMM {
			t.Errorf("%v comes back as %v, %g m away", point, back, d)
		}
		flat := []float64{point[0], point[1], point[2], point[0], point[1], point[2]}
		if err := p.Apply(flat, 3); err != nil {
			t.Fatal(err)
		}
		if flat[3] != lon || flat[4] != lat || flat[5] != h {
			t.Errorf("Apply gives %v, Forward %v %v %v", flat[3:], lon, lat, h)
		}
	})
}
