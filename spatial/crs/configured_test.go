package crs_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func TestTransformsAreNamedByTheirCodes(t *testing.T) {
	for text, want := range map[string][]int{
		"EPSG:1777": {1777}, "1777": {1777}, " epsg:15935 ,EPSG:15921": {15935, 15921},
		"urn:ogc:def:coordinateOperation:EPSG::1777": {1777},
	} {
		list, err := crs.ParseTransforms(text)
		if err != nil || len(list) != len(want) {
			t.Errorf("%q: %v, %v", text, list, err)
			continue
		}
		for i, h := range list {
			if h.Code != want[i] || h.Validate() != nil {
				t.Errorf("%q: %+v", text, h)
			}
		}
	}
	for _, text := range []string{"", "EPSG:", "EPSG:4326", "ESRI:1777", "EPSG:1777,", "DHDN", "1.5"} {
		var e *crs.Error
		if _, err := crs.ParseTransforms(text); !errors.As(err, &e) || e.Code != crs.CodeDatumTransform || e.Hint == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEveryPublishedTransformIsWhole(t *testing.T) {
	n := 0
	for _, code := range crs.Codes() {
		d := byCode(t, code).Datum()
		for _, h := range crs.PublishedTransforms(d) {
			n++
			if err := h.Validate(); err != nil || h.From != d || h.Area == "" {
				t.Fatalf("EPSG:%d: %v, %+v", h.Code, err, h)
			}
		}
	}
	if n < 700 {
		t.Errorf("only %d", n)
	}
}

func TestADefinitionMeansWhatTheEPSGOperationOfItsParametersDoes(t *testing.T) {
	want, err := crs.PublishedTransform(1777)
	if err != nil {
		t.Fatal(err)
	}
	from := byCode(t, 31467)
	x, y := 3513000.0, 5403000.0
	op, err := crs.Transform(from, crs.WGS84(), want)
	if err != nil {
		t.Fatal(err)
	}
	lon, lat, _, _ := op.Point(x, y, 0)
	for name, text := range map[string]string{
		"position vector": `{"from":"DHDN","dx":598.1,"dy":73.7,"dz":418.2,"rx":0.202,"ry":0.045,"rz":-2.455,"scale_ppm":6.7,"convention":"position-vector","accuracy":3}`,
		"the other signs in the coordinate frame": `[{"from":"EPSG:4314","to":"WGS 84","dx":598.1,"dy":73.7,"dz":418.2,"rx":-0.202,"ry":-0.045,"rz":2.455,"scale_ppm":6.7,
			"convention":"Coordinate-Frame","accuracy":3}]`,
		"TOWGS84": "\ufeff" + `{"from":"Deutsches Hauptdreiecksnetz","towgs84":[598.1,73.7,418.2,0.202,0.045,-2.455,6.7],"accuracy":3}`,
	} {
		list, err := crs.ParseTransformDefinition([]byte(text))
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		op, err := crs.Transform(from, crs.WGS84(), list...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		lon2, lat2, _, _ := op.Point(x, y, 0)
		if math.Abs(lon-lon2) > 1e-12 || math.Abs(lat-lat2) > 1e-12 || op.Accuracy() != 3 {
			t.Errorf("%s: %.12f %.12f (%g m), want %.12f %.12f", name, lon2, lat2, op.Accuracy(), lon, lat)
		}
	}
}

func TestADatumThatOnlyAFileNamesCanBeTransformed(t *testing.T) {
	from, err := crs.Parse(`GEOGCS["local",DATUM["HARN/WO",SPHEROID["GRS1980",6378137.000,298.25722210]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]]`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := crs.ParseTransformDefinition([]byte(`{"from":"HARN/WO","ellipsoid":[6378137,298.257222101],"dx":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := crs.Transform(from, crs.WGS84(), list...); err != nil {
		t.Error(err)
	}
}

func TestADefinitionThatMayMeanSomethingElseIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":                       `from Beijing 1954`,
		"empty":                         ``,
		"an empty list":                 `[]`,
		"a misspelt rotation":           `{"from":"Beijing 1954","dx":12.5,"rotx":1}`,
		"no convention for a rotation":  `{"from":"Beijing 1954","dx":12.5,"rx":1}`,
		"an unknown convention":         `{"from":"Beijing 1954","dx":12.5,"rx":1,"convention":"left-handed"}`,
		"no datum":                      `{"dx":12.5}`,
		"a datum nobody knows":          `{"from":"Atlantis","dx":12.5}`,
		"from a datum to itself":        `{"from":"WGS 84","dx":12.5}`,
		"five parameters":               `{"from":"Beijing 1954","towgs84":[1,2,3,4,5]}`,
		"parameters said twice":         `{"from":"Beijing 1954","towgs84":[1,2,3],"dx":12.5}`,
		"a shift of more than any real": `{"from":"Beijing 1954","dx":125000}`,
		"something behind it":           `{"from":"Beijing 1954","dx":12.5} {}`,
	} {
		_, err := crs.ParseTransformDefinition([]byte(text))
		var e *crs.Error
		if !errors.As(err, &e) || e.Code != crs.CodeDatumTransform || e.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "12.5") {
			t.Errorf("%s: the error shows a parameter: %v", name, err)
		}
	}
}

func FuzzTransformDefinition(f *testing.F) {
	f.Add(`{"from":"Beijing 1954","dx":12.5,"rx":1,"convention":"position-vector","accuracy":0.5}`)
	f.Add(`[{"from":"EPSG:4314","towgs84":[598.1,73.7,418.2,0.202,0.045,-2.455,6.7]},{"from":"DHDN","to":"ETRS89","dx":1}]`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := crs.ParseTransformDefinition([]byte(text))
		if err == nil && len(list) == 0 {
			t.Error("neither a transform nor an error")
		}
		for _, h := range list {
			if err := h.Validate(); err != nil {
				t.Errorf("%+v: %v", h, err)
			}
		}
	})
}
