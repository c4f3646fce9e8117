package georef_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func TestATypedGeoreferencePlacesTheModel(t *testing.T) {
	lon, lat := lonLat(t, "EPSG:4547", 506000, 2495000)
	shifted, _ := lonLat(t, "EPSG:4547", 506100, 2495000)
	_, up := lonLat(t, "EPSG:4547", 506000, 2495100)
	for _, test := range []struct {
		name  string
		file  file
		text  string
		point mesh.Vec3
		grid  [3]float64 // expected, in EPSG:4547
		codes string
		slack float64 // metres
	}{
		{name: "a map conversion", text: `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"orthogonal_height":12.5}`,
			point: mesh.Vec3{100, 20, 3}, grid: [3]float64{506100, 2495020, 15.5}},
		{name: "a map conversion for a model in millimetres counts metres all the same", file: file{unit: millimetres},
			text: `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"rotation":90,"vertical_crs":"EPSG:5737"}`, point: mesh.Vec3{100, 20, 3}, grid: [3]float64{505980, 2495100, 3}},
		{name: "a map conversion by the axis", text: `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"x_axis_abscissa":3,"x_axis_ordinate":4,"scale":0.9996}`,
			point: mesh.Vec3{100, 0, 3}, grid: [3]float64{506000 + 59.976, 2495000 + 79.968, 3}},
		{name: "an origin", text: fmt.Sprintf(`{"origin":[%.12f,%.12f,7],"rotation":0}`, lon, lat), point: mesh.Vec3{0, 0, 1}, grid: [3]float64{506000, 2495000, 8}},
		{name: "a system of zones in feet", text: `{"crs":"EPSG:4526","eastings":38506000,"northings":2495000}`, point: mesh.Vec3{1, 2, 3}, grid: [3]float64{506001, 2495002, 3}},
		{name: "two points", text: `{"crs":"EPSG:4547","points":[{"model":[0,0,1],"map":[506000,2495000,11]},{"model":[100,0,1],"map":[506000,2495100,11]}]}`,
			point: mesh.Vec3{50, 10, 0}, grid: [3]float64{505990, 2495050, 10}},
		{name: "two points of a model in millimetres", text: `{"crs":"EPSG:4547","model_unit":"mm","points":[{"model":[0,0,1000],"map":[506000,2495000,11]},{"model":[100000,0,1000],"map":[506000,2495100,11]}]}`,
			point: mesh.Vec3{50, 10, 0}, grid: [3]float64{505990, 2495050, 10}},
		{name: "one point and the rotation", text: `{"crs":"EPSG:4547","rotation":-90,"points":[{"model":[10,20,0],"map":[506000,2495000,5]}]}`,
			point: mesh.Vec3{11, 20, 1}, grid: [3]float64{506000, 2494999, 6}},
		{name: "points that are off by decimetres", text: `{"crs":"EPSG:4547","points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[100,0,0],"map":[506100.4,2495000,0]}]}`,
			point: mesh.Vec3{50, 0, 0}, grid: [3]float64{506050.2, 2495000, 0}, codes: "control-point-residual"},
		{name: "points whose scale is fitted", text: `{"crs":"EPSG:4547","scale":"fit","points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[100,0,0],"map":[506100.4,2495000,0]}]}`,
			point: mesh.Vec3{50, 0, 0}, grid: [3]float64{506050.2, 2495000, 0}},
		{name: "points in longitude and latitude", text: fmt.Sprintf(`{"points":[{"model":[0,0,0],"map":[%.12f,%.12f,4]},{"model":[100,0,0],"map":[%.12f,%.12f,4]},{"model":[0,100,0],"map":[%.12f,%.12f,4]}]}`, lon, lat, shifted, lat, lon, up),
			point: mesh.Vec3{100, 0, 0}, grid: [3]float64{506100, 2495000, 4}, slack: 0.05},
		{name: "it moves the model away from where the file has it", file: file{records: conversion("500000.,2495000.,12.5,$,$,$", "EPSG:4547", "#5")},
			text: `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"orthogonal_height":12.5}`, grid: [3]float64{506000, 2495000, 12.5}, codes: "option-overrides-file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := georef.Examine(test.file.load(t), georef.Options{Georef: test.text, Store: crs.CGCS2000()})
			p, err := s.Place()
			if err != nil {
				t.Fatal(err)
			}
			if got := codes(s); s.Used != georef.SourceOption || got != test.codes {
				t.Errorf("placed by %s with warnings %q, want %q: %v", s.Used, got, test.codes, s.Warnings)
			}
			lon, lat, h, err := p.Forward(test.point)
			if err != nil {
				t.Fatal(err)
			}
			wantLon, wantLat := lonLat(t, "EPSG:4547", test.grid[0], test.grid[1])
			if d, _ := spatial.Geodesic(lon, lat, wantLon, wantLat); d > max(tenthMM, test.slack) || math.Abs(h-test.grid[2]) > tenthMM {
				t.Errorf("put at %.9f %.9f %.4f, %.4f m away from %.9f %.9f %.4f", lon, lat, h, d, wantLon, wantLat, test.grid[2])
			}
		})
	}
}

func TestResidualsSayByHowMuchPointsAreMissed(t *testing.T) {
	s := georef.Examine(file{}.load(t), georef.Options{Georef: `{"crs":"EPSG:4547","points":[
		{"name":"A","model":[0,0,0],"map":[506000,2495000,1]},{"model":[100,0,0],"map":[506100,2495000.3,1.2]}]}`})
	r := s.Georeference().Residuals
	if len(r) != 2 || r[0].Point != "A" || r[1].Point != "2" || math.Abs(r[0].Height+0.1) > 1e-9 || math.Abs(r[1].Height-0.1) > 1e-9 || math.Abs(r[0].North) > 1e-6 {
		t.Errorf("%+v", r)
	}
}

func TestATypedGeoreferenceThatSaysTooLittleIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":                   `EPSG:4547`,
		"nothing":                   `{}`,
		"a misspelt name":           `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"rotaton":3}`,
		"an easting alone":          `{"crs":"EPSG:4547","eastings":506000}`,
		"no system":                 `{"eastings":506000,"northings":2495000}`,
		"two ways at once":          `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"origin":[114,22,0]}`,
		"one point alone":           `{"crs":"EPSG:4547","points":[{"model":[0,0,0],"map":[506000,2495000,0]}]}`,
		"points and a rotation":     `{"crs":"EPSG:4547","rotation":3,"points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[1,0,0],"map":[506001,2495000,0]}]}`,
		"points on one another":     `{"crs":"EPSG:4547","points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[0,0,5],"map":[506000,2495000,5]}]}`,
		"points in another unit":    `{"crs":"EPSG:4547","points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[100000,0,0],"map":[506100,2495000,0]}]}`,
		"a unit of weight":          `{"crs":"EPSG:4547","model_unit":"kg","points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[1,0,0],"map":[506001,2495000,0]}]}`,
		"a scale of another unit":   `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"scale":0.001}`,
		"a scale fitted to nothing": `{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"scale":"fit"}`,
		"map coordinates as angles": `{"points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[1,0,0],"map":[506001,2495000,0]}]}`,
		"a geographic system":       `{"crs":"EPSG:4490","eastings":114,"northings":22}`,
		"something behind it":       `{"origin":[114,22,0]} x`,
	} {
		_, err := georef.Examine(file{}.load(t), georef.Options{Georef: text}).Place()
		var p *spatial.Problem
		if !errors.As(err, &p) || p.Code != georef.CodeTyped || !strings.Contains(p.Hint, "eastings") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"crs-unsupported": `{"crs":"EPSG:999999","eastings":506000,"northings":2495000}`,
		"outside-extent":  `{"crs":"EPSG:4547","eastings":506000,"northings":7}`,
		"axis-swap":       `{"crs":"EPSG:4547","eastings":2495000,"northings":506000}`,
		"outside-earth":   `{"origin":[22,114,0]}`,
	} {
		_, err := georef.Examine(file{}.load(t), georef.Options{Georef: text}).Place()
		var p *spatial.Problem
		if !errors.As(err, &p) || p.Code != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestControlPointsGiveTheSimilarityTheyWereMadeWith fits points that were put on the map by
// a similarity of our own.
func TestControlPointsGiveTheSimilarityTheyWereMadeWith(t *testing.T) {
	m := file{}.load(t)
	rapid.Check(t, func(t *rapid.T) {
		angle := rapid.Float64Range(-math.Pi, math.Pi).Draw(t, "angle")
		scale := rapid.Float64Range(0.9991, 1.0009).Draw(t, "scale")
		east, north := rapid.Float64Range(400000, 600000).Draw(t, "east"), rapid.Float64Range(2.4e6, 2.6e6).Draw(t, "north")
		sin, cos := math.Sincos(angle)
		onMap := func(p mesh.Vec3) [3]float64 {
			return [3]float64{east + scale*(cos*p[0]-sin*p[1]), north + scale*(sin*p[0]+cos*p[1]), p[2] + 7}
		}
		text := `{"crs":"EPSG:4547","scale":"fit","points":[`
		for i := range rapid.IntRange(2, 6).Draw(t, "points") {
			p := mesh.Vec3{float64(40 * i), rapid.Float64Range(-500, 500).Draw(t, "y"), rapid.Float64Range(-9, 9).Draw(t, "z")}
			q := onMap(p)
			if i > 0 {
				text += ","
			}
			text += fmt.Sprintf(`{"model":[%.9f,%.9f,%.9f],"map":[%.9f,%.9f,%.9f]}`, p[0], p[1], p[2], q[0], q[1], q[2])
		}
		place, err := georef.Examine(m, georef.Options{Georef: text + "]}", Store: crs.CGCS2000()}).Place()
		if err != nil {
			t.Fatal(err)
		}
		at := mesh.Vec3{33, -44, 5}
		lon, lat, h, err := place.Forward(at)
		if err != nil {
			t.Fatal(err)
		}
		q := onMap(at)
		grid, _ := crs.ByCode(4547)
		wantLon, wantLat, _, _ := grid.Inverse(q[0], q[1], 0)
		if d, _ := spatial.Geodesic(lon, lat, wantLon, wantLat); d > tenthMM || math.Abs(h-q[2]) > tenthMM {
			t.Fatalf("%.6f m away, height %.6f for %.6f", d, h, q[2])
		}
	})
}

func FuzzTyped(f *testing.F) {
	f.Add(`{"crs":"EPSG:4547","eastings":506000,"northings":2495000,"orthogonal_height":12.5,"rotation":3}`)
	f.Add(`{"origin":[114,22,7],"rotation":0}`)
	f.Add(`{"crs":"EPSG:4547","scale":"fit","model_unit":"mm","points":[{"model":[0,0,0],"map":[506000,2495000,0]},{"model":[100,0,0],"map":[506100.4,2495000,0]}]}`)
	f.Add(`{"points":[{"model":[0,0,0],"map":[114,22,4]},{"model":[1e308,-1e308,0],"map":[114.1,22,4]}]}`)
	m := file{}.load(f)
	f.Fuzz(func(t *testing.T, text string) {
		s := georef.Examine(m, georef.Options{Georef: text})
		p, err := s.Place()
		if err != nil || text == "" {
			return
		}
		if lon, lat, h, err := p.Forward(mesh.Vec3{1, 2, 3}); err == nil && math.IsNaN(lon+lat+h) {
			t.Errorf("put at %g %g %g", lon, lat, h)
		}
	})
}
