package cityjson_test

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/cityjson"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/intaketest"
)

func opener(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// summary is what a test compares of a feature: class, kind of geometry, heights, volume of
// the closed solids in m³ and area of the footprint in m², rounded.
func summary(f *spatial.Feature) string {
	shape, area := "-", 0.0
	if f.Geometry != nil {
		shape = strings.TrimPrefix(fmt.Sprintf("%T", f.Geometry), "*geom.")
		if p, ok := f.Geometry.(*geom.Polygon); ok {
			lat := p.FlatCoords()[1]
			area = math.Abs(p.Area()) * 111194.93 * 111194.93 * math.Cos(lat*math.Pi/180)
		}
	}
	volume := 0.0
	if f.Body != nil {
		for _, i := range f.Body.Instances {
			if i.Mesh.Closed {
				volume += i.Mesh.Volume()
			}
		}
	}
	heights := "-"
	if f.Z.Known {
		heights = fmt.Sprintf("%.0f…%.0f", f.Z.Min, f.Z.Max)
	}
	return fmt.Sprintf("%s %s %s z %s, %.0f m³, %.0f m²", f.ID, f.Kind, shape, heights, volume, area)
}

func read(t *testing.T, text string, opts intake.Options) intaketest.Result {
	t.Helper()
	return intaketest.Read(t, func(report func(spatial.Issue)) (intaketest.Reader, error) {
		return cityjson.NewReader(opener(text), cityjson.Options{Options: opts}, report)
	}, summary).Without("datum-shift")
}

// rd is the frame of a document in Dutch coordinates, a millimetre the unit.
func rd(members string) string {
	return `{"type":"CityJSON","version":"2.0","transform":{"scale":[0.001,0.001,0.001],"translate":[85000,447000,10]},
		"metadata":{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/7415"},` + members + `}`
}

const (
	// A cube of ten metres, its shell closed and outward.
	cubeVertices = `[[0,0,0],[10000,0,0],[10000,10000,0],[0,10000,0],[0,0,10000],[10000,0,10000],[10000,10000,10000],[0,10000,10000]]`
	cubeShell    = `[[[0,3,2,1]],[[4,5,6,7]],[[0,1,5,4]],[[1,2,6,5]],[[2,3,7,6]],[[3,0,4,7]]]`
)

func TestCityObjectsAreRead(t *testing.T) {
	cube := func(geometry string) string {
		return rd(`"CityObjects":{"a":{"type":"Building","attributes":{"class":"1000"},"geometry":[` + geometry + `]}},"vertices":` + cubeVertices)
	}
	rows := []struct {
		name     string
		in       string
		opts     intake.Options
		features []string
		codes    []string
		code     string
	}{
		{name: "a solid, its vertices behind it", in: cube(`{"type":"Solid","lod":"2.2","boundaries":[` + cubeShell + `]}`),
			features: []string{"a Building Polygon z 10…20, 1000 m³, 100 m²"}},
		{name: "the level of detail as a number", in: cube(`{"type":"Solid","lod":2,"boundaries":[` + cubeShell + `]}`),
			features: []string{"a Building Polygon z 10…20, 1000 m³, 100 m²"}},
		{name: "many solids", in: cube(`{"type":"MultiSolid","lod":"2","boundaries":[[` + cubeShell + `]]}`),
			features: []string{"a Building Polygon z 10…20, 1000 m³, 100 m²"}},
		{name: "a solid whose shell has a hole is said to be open", in: cube(`{"type":"Solid","lod":"2","boundaries":[[[[0,3,2,1]],[[4,5,6,7]]]]}`),
			features: []string{"a Building Polygon z 10…20, 0 m³, 100 m²"}, codes: []string{"open-shell"}},
		{name: "the finest level is the solid, level 0 the footprint", in: cube(`{"type":"MultiSurface","lod":"0","boundaries":[[[0,1,2]]]},{"type":"Solid","lod":"1","boundaries":[` + cubeShell + `]}`),
			features: []string{"a Building Polygon z 10…20, 1000 m³, 50 m²"}},
		{name: "the ground surface is the footprint", in: cube(`{"type":"MultiSurface","lod":"2","boundaries":[[[0,2,1]],[[4,5,6,7]]],"semantics":{"surfaces":[{"type":"GroundSurface"},{"type":"RoofSurface"}],"values":[0,1]}}`),
			features: []string{"a Building Polygon z 10…20, 0 m³, 50 m²"}},
		{name: "semantics that do not fit are left aside", in: cube(`{"type":"MultiSurface","lod":"2","boundaries":[[[0,3,2,1]]],"semantics":{"surfaces":[{"type":"GroundSurface"}],"values":[0,null,7]}}`),
			features: []string{"a Building Polygon z 10…10, 0 m³, 100 m²"}},
		{name: "a wall shows its edges", in: cube(`{"type":"MultiSurface","lod":"2","boundaries":[[[0,1,5,4]]]}`), features: []string{"a Building MultiLineString z 10…20, 0 m³, 0 m²"}},
		{name: "points and lines", in: rd(`"CityObjects":{"p":{"type":"+Sign","geometry":[{"type":"MultiPoint","lod":"1","boundaries":[0,4]}]},"l":{"type":"Road","geometry":[{"type":"MultiLineString","lod":"0","boundaries":[[0,1,2]]}]}},"vertices":` + cubeVertices),
			features: []string{"p +Sign MultiPoint z 10…20, 0 m³, 0 m²", "l Road MultiLineString z 10…10, 0 m³, 0 m²"}},
		{name: "an object without geometry", in: rd(`"CityObjects":{"a":{"type":"Building","children":["b"]}},"vertices":[]`), features: []string{"a Building - z -, 0 m³, 0 m²"}},
		{name: "a template is moved and scaled", in: rd(`"geometry-templates":{"templates":[{"type":"Solid","lod":"2","boundaries":[` + cubeShell + `]}],"vertices-templates":[[0,0,0],[1,0,0],[1,1,0],[0,1,0],[0,0,1],[1,0,1],[1,1,1],[0,1,1]]},
			"CityObjects":{"t":{"type":"SolitaryVegetationObject","geometry":[{"type":"GeometryInstance","template":0,"boundaries":[4],"transformationMatrix":[3,0,0,0,0,3,0,0,0,0,5,1,0,0,0,1]}]}},"vertices":` + cubeVertices),
			features: []string{"t SolitaryVegetationObject Polygon z 21…26, 45 m³, 9 m²"}},
		{name: "version 1.0 has positions as they are", in: `{"type":"CityJSON","version":"1.0","metadata":{"referenceSystem":"urn:ogc:def:crs:EPSG::7415"},"vertices":[[85000,447000,10],[85010,447000,10],[85010,447010,10]],"CityObjects":{"a":{"type":"LandUse","geometry":[{"type":"MultiSurface","lod":1,"boundaries":[[[0,1,2]]]}]}}}`,
			features: []string{"a LandUse Polygon z 10…10, 0 m³, 50 m²"}},
		{name: "a sequence", in: rd(`"CityObjects":{},"vertices":[]`) + "\n" + `{"type":"CityJSONFeature","id":"a","CityObjects":{"a":{"type":"Building","geometry":[{"type":"Solid","lod":"1","boundaries":[` + cubeShell + `]}]}},"vertices":` + cubeVertices + "}\n" +
			`{"type":"CityJSONFeature","id":"b","vertices":[[0,0,0],[1000,0,0],[1000,1000,0]],"CityObjects":{"b":{"type":"LandUse","geometry":[{"type":"MultiSurface","lod":"1","boundaries":[[[0,1,2]]]}]}}}` + "\n",
			features: []string{"a Building Polygon z 10…20, 1000 m³, 100 m²", "b LandUse Polygon z 10…10, 0 m³, 1 m²"}},
		{name: "a reference system that nobody names", in: `{"type":"CityJSON","version":"2.0","CityObjects":{},"vertices":[]}`, code: "crs-missing"},
		{name: "the user names it", in: `{"type":"CityJSON","version":"2.0","CityObjects":{},"vertices":[]}`, opts: intake.Options{CRS: "EPSG:7415"}},
		{name: "a vertex that is not there", in: cube(`{"type":"MultiSurface","lod":"2","boundaries":[[[0,1,8]]]}`), features: []string{"a Building - z -, 0 m³, 0 m²"}, codes: []string{"invalid-boundaries"}},
		{name: "boundaries that nest too deep", in: cube(`{"type":"MultiSurface","lod":"2","boundaries":[` + cubeShell + `]}`), features: []string{"a Building - z -, 0 m³, 0 m²"}, codes: []string{"invalid-boundaries"}},
		{name: "a geometry of a type that is none", in: cube(`{"type":"Blob","lod":"2","boundaries":[]}`), features: []string{"a Building - z -, 0 m³, 0 m²"}, codes: []string{"unsupported-geometry"}},
		{name: "an object without a type", in: rd(`"CityObjects":{"a":{}},"vertices":[]`), code: "missing-type"},
		{name: "GeoJSON", in: `{"type":"FeatureCollection","features":[]}`, code: "not-cityjson"},
		{name: "no JSON", in: `solid`, code: "not-cityjson"},
		{name: "cut off", in: rd(`"CityObjects":{}`)[:100], code: "truncated"},
		{name: "half a world away from where its system holds", in: strings.Replace(cube(""), "85000,447000", "8500000,44700000", 1), code: "outside-extent"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			read(t, r.in, r.opts).Check(t, intaketest.Result{Features: r.features, Codes: r.codes, Code: r.code})
		})
	}
}

func TestRealCityModels(t *testing.T) {
	rows := []struct {
		name             string
		opts             intake.Options
		features, bodies int
	}{
		{"cityjson/cjio/delft.json", intake.Options{}, 570, 570},
		{"cityjson/cjio/rotterdam/rotterdam_subset_cjio_test.json", intake.Options{CRS: "EPSG:7415"}, 16, 16},
		{"cityjson/cjseq/data/3dbag_b2.city.jsonl", intake.Options{}, 4, 2},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			path := samples.Path(t, row.name)
			r, err := cityjson.NewReader(func() (io.ReadCloser, error) { return os.Open(path) }, cityjson.Options{Options: row.opts}, func(i spatial.Issue) {
				if i.Outcome != "" {
					t.Log(i)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			features, bodies := 0, 0
			for f, err := range r.Features() {
				if err != nil {
					t.Fatal(err)
				}
				features++
				if f.Body != nil {
					bodies++
				}
				if f.Body != nil && f.Geometry == nil {
					t.Errorf("%s has a solid and no footprint", f.ID)
				}
			}
			if features != row.features || bodies != row.bodies {
				t.Errorf("%d features, %d with a solid; want %d, %d", features, bodies, row.features, row.bodies)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(rd(`"CityObjects":{"a":{"type":"Building","geometry":[{"type":"Solid","lod":"2.2","boundaries":[` + cubeShell + `]}]}},"vertices":` + cubeVertices))
	f.Add(rd(`"geometry-templates":{"templates":[{"type":"MultiPoint","boundaries":[0]}],"vertices-templates":[[0,0,0]]},"CityObjects":{"t":{"type":"x","geometry":[{"type":"GeometryInstance","template":0,"boundaries":[0],"transformationMatrix":[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]}]}},"vertices":[[0,0,0]]`))
	f.Add(versioned)
	f.Add(rd(`"vertices":[]`) + `{"type":"CityJSONFeature","vertices":[[0,0,0]],"CityObjects":{"b":{"type":"y"}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := cityjson.NewReader(opener(text), cityjson.Options{}, nil)
		if err != nil {
			return
		}
		for f, err := range r.Features() {
			if err != nil {
				return
			}
			if err := f.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
