package geojson_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/geojson"
)

// read returns every feature as one line of text, the issues, and the error's code.
func read(t *testing.T, text string, opts geojson.Options) (features, issues []string, code string) {
	t.Helper()
	r, err := geojson.NewReader(strings.NewReader(text), opts, func(i spatial.Issue) {
		issues = append(issues, fmt.Sprintf("%d %s %s %s", i.Entity, i.GlobalID, i.Outcome, i.Code))
	})
	if err == nil {
		for f, e := range r.Features() {
			if e != nil {
				err = e
				break
			}
			features = append(features, line(t, &f))
		}
	}
	if err != nil {
		var p *spatial.Problem
		if !errors.As(err, &p) {
			t.Fatalf("error without a code: %v", err)
		}
		code = p.Code
	}
	return features, issues, code
}

func line(t *testing.T, f *spatial.Feature) string {
	t.Helper()
	g := "-"
	if f.Geometry != nil {
		s, err := wkt.Marshal(f.Geometry, wkt.EncodeOptionWithMaxDecimalDigits(6))
		if err != nil {
			t.Fatal(err)
		}
		g = s
	}
	s := f.ID + " " + g + " " + string(f.Properties.AppendJSON(nil))
	if f.Z.Known {
		s += fmt.Sprintf(" z %g..%g", f.Z.Min, f.Z.Max)
	}
	if f.Name+f.Kind+f.Storey != "" || f.Underground != 0 {
		s += fmt.Sprintf(" %s|%s|%s|%d", f.Kind, f.Name, f.Storey, f.Underground)
	}
	if !f.Valid.IsAll() {
		s += " " + spatial.FormatTime(f.Valid.Start) + "/" + spatial.FormatTime(f.Valid.End)
	}
	return s
}

func feature(geometry string) string {
	return `{"type":"Feature","id":"a","properties":null,"geometry":` + geometry + `}`
}

func polygonText(rings string) string {
	return feature(`{"type":"Polygon","coordinates":` + rings + `}`)
}

func TestRead(t *testing.T) {
	rows := []struct {
		name, in string
		opts     geojson.Options
		features []string
		issues   []string
		code     string
	}{
		{name: "a collection with members in any order",
			in:       `{"features":[{"geometry":{"coordinates":[114,22.5],"type":"Point"},"properties":{"b":1,"a":"x"},"id":7,"type":"Feature"}],"bbox":[0,0,1,1],"type":"FeatureCollection"}`,
			features: []string{`7 POINT (114 22.5) {"a":"x","b":1}`}},
		{name: "a sequence, one a line, with an empty line",
			in:       feature(`{"type":"Point","coordinates":[1,2]}`) + "\n\n" + feature("null") + "\n",
			features: []string{`a POINT (1 2) {}`, `a - {}`}},
		{name: "record separators and a byte order mark",
			in:       "\xef\xbb\xbf\x1e" + feature(`{"type":"Point","coordinates":[1,2]}`) + "\n\x1e" + feature("null"),
			features: []string{`a POINT (1 2) {}`, `a - {}`}},
		{name: "a bare geometry gets the hash of its content as id",
			in:       `{"type":"Point","coordinates":[1,2,3]}`,
			features: []string{`eae1711de04bc816d085bc16c8e6f4e2 POINT Z (1 2 3) {} z 3..3`}},
		{name: "heights are kept",
			in:       feature(`{"type":"LineString","coordinates":[[1,2,-5],[1,3,-6.5]]}`),
			features: []string{`a LINESTRING Z (1 2 -5, 1 3 -6.5) {} z -6.5..-5`}},
		{name: "further ordinates are left out",
			in:       feature(`{"type":"Point","coordinates":[1,2,3,4,5]}`),
			features: []string{`a POINT Z (1 2 3) {} z 3..3`}},
		{name: "mixed heights are left out and reported",
			in:       feature(`{"type":"LineString","coordinates":[[1,2,-5],[1,3]]}`),
			features: []string{`a LINESTRING (1 2, 1 3) {}`}, issues: []string{"1 a repaired mixed-dimensions"}},
		{name: "a collection of geometries",
			in:       feature(`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}`),
			features: []string{`a GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4)) {}`}},
		{name: "an empty geometry is none",
			in:       feature(`{"type":"MultiPolygon","coordinates":[]}`) + feature(`{"type":"GeometryCollection","geometries":[]}`),
			features: []string{`a - {}`, `a - {}`}},
		{name: "rings are turned",
			in:       polygonText(`[[[0,0],[0,4],[4,4],[4,0],[0,0]],[[1,1],[2,1],[2,2],[1,2],[1,1]]]`),
			features: []string{`a POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1)) {}`}},
		{name: "an open ring is closed",
			in:       polygonText(`[[[0,0],[4,0],[4,4],[0,4]]]`),
			features: []string{`a POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0)) {}`}, issues: []string{"1 a repaired ring-not-closed"}},
		{name: "positions twice in a row fall away",
			in:       polygonText(`[[[0,0],[4,0],[4,0],[4,4],[0,4],[0,0]]]`),
			features: []string{`a POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0)) {}`}},
		{name: "a bow tie becomes two triangles",
			in:       polygonText(`[[[0,0],[4,4],[4,0],[0,4],[0,0]]]`),
			features: []string{`a MULTIPOLYGON (((0 0, 2 2, 0 4, 0 0)), ((2 2, 4 0, 4 4, 2 2))) {}`}, issues: []string{"1 a repaired self-intersection"}},
		{name: "a spike is cut off",
			in:       polygonText(`[[[0,0],[4,0],[4,4],[4,9],[4,4],[0,4],[0,0]]]`),
			features: []string{`a POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0)) {}`}, issues: []string{"1 a repaired self-intersection"}},
		{name: "parts that overlap are united",
			in:       feature(`{"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,2],[0,0]]],[[[1,0],[3,0],[3,2],[1,2],[1,0]]]]}`),
			features: []string{`a POLYGON ((0 0, 1 0, 2 0, 3 0, 3 2, 2 2, 1 2, 0 2, 0 0)) {}`}, issues: []string{"1 a repaired overlapping-parts"}},
		{name: "a vertical wall is kept as a line",
			in:       polygonText(`[[[0,0,0],[4,0,0],[4,0,3],[0,0,3],[0,0,0]]]`),
			features: []string{`a LINESTRING Z (0 0 0, 4 0 0, 4 0 3, 0 0 3, 0 0 0) {} z 0..3`}, issues: []string{"1 a repaired polygon-without-area"}},
		{name: "a ring of two positions is no shape",
			in:       polygonText(`[[[0,0],[0,0]]]`),
			features: []string{`a - {}`}, issues: []string{"1 a refused ring-too-short"}},
		{name: "the id from a property",
			in:   `{"type":"Feature","properties":{"no":12},"geometry":null}`,
			opts: geojson.Options{ID: "no"}, features: []string{`12 - {"no":12}`}},
		{name: "a feature without the named id",
			in:   `{"type":"Feature","properties":{"no":null},"geometry":null}`,
			opts: geojson.Options{ID: "no"}, code: "missing-id"},
		{name: "properties that mean something become fields",
			in:       `{"type":"Feature","id":"a","properties":{"name":"塔","class":"tower","storey":"F1","underground":true,"z_min":-3,"z_max":2.5,"h":5.5},"geometry":null}`,
			features: []string{`a - {"h":5.5} z -3..2.5 tower|塔|F1|2`}},
		{name: "times as date, year and nothing",
			in: `{"type":"Feature","id":"a","properties":{"from":"1998-07-01","to":2004},"geometry":null}` +
				`{"type":"Feature","id":"b","properties":{"from":1998.0,"to":null},"geometry":null}`,
			opts:     geojson.Options{ValidFrom: "from", ValidTo: "to"},
			features: []string{`a - {"from":"1998-07-01","to":2004} 1998-06-30T16:00:00Z/2003-12-31T16:00:00Z`, `b - {"from":1998.0,"to":null} 1997-12-31T16:00:00Z/`}},
		{name: "a date that is none, and an end before the start",
			in: `{"type":"Feature","id":"a","properties":{"from":"soon"},"geometry":null}` +
				`{"type":"Feature","id":"b","properties":{"from":"2004","to":"1998"},"geometry":null}`,
			opts:     geojson.Options{ValidFrom: "from", ValidTo: "to"},
			features: []string{`a - {"from":"soon"}`}, issues: []string{"1 a  invalid-time", "2 b refused empty-interval"}},
		{name: "the crs member",
			in: `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}},"features":[` +
				`{"type":"Feature","id":"a","properties":{},"geometry":{"type":"Point","coordinates":[505952.246,2493940.801]}}]}`,
			features: []string{`a POINT (114.057865 22.543096) {}`}},
		{name: "the crs member of longitude and latitude",
			in: `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[` +
				feature(`{"type":"Point","coordinates":[114,22.5]}`) + `]}`,
			features: []string{`a POINT (114 22.5) {}`}},
		{name: "the user's system wins",
			in: `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"features":[` +
				feature(`{"type":"Point","coordinates":[505952.246,2493940.801]}`) + `]}`,
			opts: geojson.Options{CRS: "EPSG:4547"}, features: []string{`a POINT (114.057865 22.543096) {}`}},
		{name: "a system that is not known",
			in:   `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:99999"}},"features":[]}`,
			code: "crs-unsupported"},
		{name: "a datum that needs a transform",
			in:   `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:2435"}},"features":[]}`,
			code: "datum-transform-required"},
		{name: "the crs member behind the features it belongs to",
			in:   `{"type":"FeatureCollection","features":[` + feature(`{"type":"Point","coordinates":[50,24]}`) + `],"crs":{"type":"name","properties":{"name":"EPSG:3857"}}}`,
			code: "crs-after-features", features: []string{`a POINT (50 24) {}`}},
		{name: "projected coordinates without a word about it",
			in: feature(`{"type":"Point","coordinates":[505952.246,2493940.801]}`), code: "outside-earth"},
		{name: "not a number", in: feature(`{"type":"Point","coordinates":[NaN,1]}`), code: "invalid-json"},
		{name: "too large a number", in: feature(`{"type":"Point","coordinates":[1e999,1]}`), code: "outside-earth"},
		{name: "strict makes an issue an error", in: polygonText(`[[[0,0],[4,4],[4,0],[0,4],[0,0]]]`), opts: geojson.Options{Strict: true}, code: "self-intersection"},
		{name: "an empty file", in: " \n", code: "empty-file"},
		{name: "no JSON", in: "ISO-10303-21;", code: "invalid-json"},
		{name: "other JSON", in: `{"type":"Topology","objects":{}}`, code: "not-geojson"},
		{name: "a list", in: `[1,2]`, code: "not-geojson"},
		{name: "cut off in the middle", in: `{"type":"FeatureCollection","features":[` + feature("null") + `,{"type":"Fea`, code: "truncated", features: []string{`a - {}`}},
		{name: "coordinates that do not fit the type", in: feature(`{"type":"Point","coordinates":[[1,2]]}`), code: "not-geojson"},
		{name: "coordinates of uneven depth", in: feature(`{"type":"LineString","coordinates":[[1,2],[[3,4]]]}`), code: "not-geojson"},
		{name: "coordinates nested deeply", in: feature(`{"type":"Polygon","coordinates":` + strings.Repeat("[", 9000)), code: "not-geojson"},
		{name: "a property nested deeply", in: `{"type":"Feature","id":"a","geometry":null,"properties":{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}}`, code: "too-deep"},
		{name: "a property nested without end", in: `{"type":"Feature","properties":{"a":` + strings.Repeat("[", 1_000_000), code: "too-deep"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			features, issues, code := read(t, r.in, r.opts)
			if code != r.code {
				t.Errorf("code %q, want %q", code, r.code)
			}
			if d := cmp.Diff(r.features, features); d != "" {
				t.Errorf("features (-want +got):\n%s", d)
			}
			if d := cmp.Diff(r.issues, issues); d != "" {
				t.Errorf("issues (-want +got):\n%s", d)
			}
		})
	}
}

func TestTooManyVerticesAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"type":"Feature","id":"a","properties":null,"geometry":{"type":"LineString","coordinates":[[0,0]`)
	for range 1_000_000 {
		b.WriteString(`,[1,2]`)
	}
	b.WriteString(`]}}`)
	if _, _, code := read(t, b.String(), geojson.Options{}); code != "too-many-vertices" {
		t.Fatalf("code %q", code)
	}
}

func TestReadErrorsOfTheSourceArePassedOn(t *testing.T) {
	broken := errors.New("disk on fire")
	text := `{"type":"FeatureCollection","features":[` + feature("null")
	r, err := geojson.NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), geojson.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range r.Features() {
	}
	if err == nil || !strings.Contains(err.Error(), "disk on fire") || !strings.Contains(err.Error(), "feature 2") {
		t.Fatalf("got %v", err)
	}
}

func TestErrorsNameTheFeature(t *testing.T) {
	text := feature("null") + "\n" + feature(`{"type":"Point","coordinates":[1000,0]}`)
	r, err := geojson.NewReader(strings.NewReader(text), geojson.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range r.Features() {
	}
	const want = `in feature 2: position 0 (1000, 0) is no longitude and latitude; if the file is in a projected system name it with --crs EPSG:…`
	if err == nil || err.Error() != want {
		t.Fatalf("got  %v\nwant %s", err, want)
	}
}

func TestReadingStopsWhenTheConsumerDoes(t *testing.T) {
	r, err := geojson.NewReader(strings.NewReader(feature("null")+feature("null")+"garbage"), geojson.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range r.Features() {
		break
	}
	if r.Count() != 1 {
		t.Fatalf("%d features counted", r.Count())
	}
}

func TestAStreamThatIsCutOffIsTruncated(t *testing.T) {
	text := `{"type":"FeatureCollection","features":[` + feature("null") + `,{"type":`
	r, err := geojson.NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF)), geojson.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range r.Features() {
	}
	var p *spatial.Problem
	if !errors.As(err, &p) || p.Code != "truncated" {
		t.Fatalf("got %v", err)
	}
}

func TestDeepNestingIsToldInOneLine(t *testing.T) {
	r, err := geojson.NewReader(strings.NewReader(`{"type":"Feature","properties":{"a":`+strings.Repeat("[", 1_000_000)), geojson.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range r.Features() {
	}
	if err == nil || len(err.Error()) > 200 {
		t.Fatalf("got %.300v", err)
	}
}
