package intake_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// taken is what became of one feature: the feature, the codes reported, and the code of an error.
type taken struct {
	f     spatial.Feature
	keep  bool
	codes []string
	err   string
}

func take(t testing.TB, opts intake.Options, f spatial.Feature, properties string) (out taken) {
	t.Helper()
	in, err := intake.New(opts, func(i spatial.Issue) { out.codes = append(out.codes, strings.TrimPrefix(i.Outcome+" "+i.Code, " ")) })
	if err == nil {
		var list spatial.Properties
		if list, err = spatial.ParseProperties([]byte(properties)); err != nil {
			t.Fatal(err)
		}
		out.f, out.keep, err = in.TakeFeature(f, list)
	}
	var p *spatial.Problem
	switch {
	case errors.As(err, &p):
		out.err = p.Code
	case err != nil:
		t.Fatalf("an error without a code: %v", err)
	}
	return out
}

func at(text string) time.Time {
	t, err := spatial.ParseTime(text)
	if err != nil {
		panic(err)
	}
	return t
}

func shape(t testing.TB, text string) geom.T {
	t.Helper()
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func written(t testing.TB, g geom.T) string {
	t.Helper()
	if g == nil {
		return ""
	}
	text, err := wkt.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(text, ", ", ",")
}

// fields writes what was read out of the properties, and what is left of them.
func fields(f *spatial.Feature) string {
	z := "-"
	if f.Z.Known {
		z = fmt.Sprintf("%g…%g", f.Z.Min, f.Z.Max)
	}
	return fmt.Sprintf("%s|%s|%s|%s|%s|%d|%s..%s|%s", f.ID, f.Kind, f.Name, f.Storey, z, f.Underground, spatial.FormatTime(f.Valid.Start), spatial.FormatTime(f.Valid.End), f.Properties.AppendJSON(nil))
}

func TestPropertiesThatMeanSomethingBecomeFields(t *testing.T) {
	times := intake.Options{ID: "nr", ValidFrom: "built", ValidTo: "gone"}
	for name, c := range map[string]struct {
		opts       intake.Options
		f          spatial.Feature
		properties string
		want       string
		codes      []string
	}{
		"class, name and storey":      {intake.Options{}, spatial.Feature{ID: "a"}, `{"class":"House","name":"N","storey":"1F","use":"home"}`, `a|House|N|1F|-|0|..|{"use":"home"}`, nil},
		"heights and what lies below": {intake.Options{}, spatial.Feature{ID: "a"}, `{"z_min":-3,"z_max":2.5,"underground":true}`, `a||||-3…2.5|2|..|{}`, nil},
		"heights that run backwards":  {intake.Options{}, spatial.Feature{ID: "a"}, `{"z_min":3,"z_max":2}`, `a||||-|0|..|{"z_max":2,"z_min":3}`, nil},
		"texts that are none":         {intake.Options{}, spatial.Feature{ID: "a"}, `{"name":5,"class":null}`, `a||||-|0|..|{"class":null,"name":5}`, nil},
		"what the format knows wins":  {times, spatial.Feature{Kind: "IfcWall", Valid: spatial.At(at("2001-01-01"))}, `{"nr":7,"class":"House","built":1990}`, `7|IfcWall|||-|0|2000-12-31T16:00:00Z..2000-12-31T16:00:00.000001Z|{"built":1990,"class":"House","nr":7}`, nil},
		"times, in years and days":    {times, spatial.Feature{}, `{"nr":"x","built":1990,"gone":"2001-02-03"}`, `x||||-|0|1989-12-31T16:00:00Z..2001-02-02T16:00:00Z|{"built":1990,"gone":"2001-02-03","nr":"x"}`, nil},
		"a year as a float":           {times, spatial.Feature{}, `{"nr":"x","built":1990.0,"gone":null}`, `x||||-|0|1989-12-31T16:00:00Z..|{"built":1990.0,"gone":null,"nr":"x"}`, nil},
		"a time that is none":         {times, spatial.Feature{}, `{"nr":"x","built":"long ago"}`, `x||||-|0|..|{"built":"long ago","nr":"x"}`, []string{"invalid-time"}},
		"times under their own names": {intake.Options{ValidFrom: "valid_from"}, spatial.Feature{ID: "a"}, `{"valid_from":"2000-01-01"}`, `a||||-|0|1999-12-31T16:00:00Z..|{}`, nil},
		"no text":                     {intake.Options{}, spatial.Feature{ID: "a"}, "{\"use\":\"\uFFFD\"}", "a||||-|0|..|{\"use\":\"\uFFFD\"}", []string{"repaired invalid-utf8"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := take(t, c.opts, c.f, c.properties)
			if fields(&got.f) != c.want || !slices.Equal(got.codes, c.codes) || got.err != "" || !got.keep {
				t.Errorf("got  %s %v %s\nwant %s %v", fields(&got.f), got.codes, got.err, c.want, c.codes)
			}
		})
	}
}

func TestFeaturesThatAreRefused(t *testing.T) {
	deep := strings.Repeat("[", 70) + strings.Repeat("]", 70)
	for name, c := range map[string]struct {
		opts            intake.Options
		g               geom.T
		properties, err string
		codes           []string
	}{
		"it has no id":             {intake.Options{ID: "nr"}, nil, `{"nr":""}`, "missing-id", nil},
		"it nests too deep":        {intake.Options{}, nil, `{"a":` + deep + `}`, "too-deep", nil},
		"it ends before it begins": {intake.Options{ValidFrom: "a", ValidTo: "b"}, nil, `{"a":2001,"b":2000}`, "", []string{"refused empty-interval"}},
		"strictly, a wrong time":   {intake.Options{ValidFrom: "a", Strict: true}, nil, `{"a":"?"}`, "invalid-time", nil},
		"strictly, a bow tie":      {intake.Options{Strict: true}, shape(t, "POLYGON((0 0,2 2,2 0,0 2,0 0))"), `{}`, "self-intersection", nil},
		"it lies off the Earth":    {intake.Options{}, shape(t, "POINT(200 100)"), `{}`, "outside-earth", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := take(t, c.opts, spatial.Feature{ID: "x", Geometry: c.g}, c.properties)
			if got.keep || got.err != c.err || !slices.Equal(got.codes, c.codes) {
				t.Errorf("kept %v, error %q, %v", got.keep, got.err, got.codes)
			}
		})
	}
}

func TestPlacesComeIntoTheStore(t *testing.T) {
	for name, c := range map[string]struct{ crs, g, want string }{
		"degrees as they are": {"", "POINT Z (114.05 22.54 3)", "114.050000 22.540000 3.000"},
		"Gauss-Krüger":        {"EPSG:4547", "POINT (505349.0658 2493597.7358)", "114.052000 22.540000"},
		"web maps":            {"EPSG:3857", "POINT (12696210.564 2576483.3985)", "114.052000 22.540000"},
	} {
		t.Run(name, func(t *testing.T) {
			got := take(t, intake.Options{CRS: c.crs}, spatial.Feature{ID: "x", Geometry: shape(t, c.g)}, "{}")
			var parts []string
			for i, v := range got.f.Geometry.FlatCoords() {
				parts = append(parts, fmt.Sprintf([]string{"%.6f", "%.6f", "%.3f"}[i], v))
			}
			if text := strings.Join(parts, " "); text != c.want || got.err != "" {
				t.Errorf("%s, want %s %s", text, c.want, got.err)
			}
		})
	}
	if _, err := intake.New(intake.Options{CRS: "EPSG:1"}, nil); err == nil {
		t.Error("a system that nobody knows is taken")
	}
	in, err := intake.New(intake.Options{CRS: "EPSG:4547"}, nil)
	if err != nil || !in.Fixed() {
		t.Fatal(err)
	}
	if err := in.Use("nonsense"); err != nil {
		t.Errorf("what the file says counts although the user said something: %v", err)
	}
}

func TestPolygonsAreMended(t *testing.T) {
	for name, c := range map[string]struct {
		g, want string
		codes   []string
	}{
		"one that is well":                {"POLYGON((0 0,1 0,1 1,0 0))", "POLYGON ((0 0,1 0,1 1,0 0))", nil},
		"one that runs the other way":     {"POLYGON((0 0,1 1,1 0,0 0))", "POLYGON ((0 0,1 0,1 1,0 0))", nil},
		"one that stays at a place":       {"POLYGON((0 0,1 0,1 0,1 1,0 0))", "POLYGON ((0 0,1 0,1 1,0 0))", nil},
		"a wall":                          {"POLYGON((0 0,1 1,0 0,0 0))", "LINESTRING (0 0,1 1,0 0)", []string{"repaired polygon-without-area"}},
		"a hole that runs the wrong way":  {"POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1))", "POLYGON ((0 0,9 0,9 9,0 9,0 0),(1 1,2 2,2 1,1 1))", nil},
		"parts that lie beside another":   {"MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", "MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", nil},
		"heights stay with their corners": {"POLYGON Z((0 0 1,1 1 2,1 0 3,0 0 1))", "POLYGON Z ((0 0 1,1 0 3,1 1 2,0 0 1))", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := take(t, intake.Options{}, spatial.Feature{ID: "x", Geometry: shape(t, c.g)}, "{}")
			if text := written(t, got.f.Geometry); text != c.want || !slices.Equal(got.codes, c.codes) {
				t.Errorf("%s %v, want %s %v", text, got.codes, c.want, c.codes)
			}
		})
	}
}

// Shapes that text cannot say, and files can.
func TestRunsThatAreTooShort(t *testing.T) {
	for name, c := range map[string]struct {
		g          geom.T
		want, code string
	}{
		"a ring that is open":     {geom.NewPolygonFlat(geom.XY, []float64{0, 0, 1, 0, 1, 1}, []int{6}), "POLYGON ((0 0,1 0,1 1,0 0))", "repaired ring-not-closed"},
		"a line of one position":  {geom.NewLineStringFlat(geom.XY, []float64{1, 2}), "POINT (1 2)", "repaired line-too-short"},
		"lines, one of one":       {geom.NewMultiLineStringFlat(geom.XY, []float64{1, 2, 1, 2, 3, 4}, []int{2, 6}), "MULTILINESTRING ((1 2,3 4))", "repaired line-too-short"},
		"lines, all of one":       {geom.NewMultiLineStringFlat(geom.XY, []float64{1, 2, 3, 4}, []int{2, 4}), "", "repaired line-too-short"},
		"a ring of one position":  {geom.NewPolygonFlat(geom.XY, []float64{0, 0, 0, 0, 0, 0, 0, 0}, []int{8}), "", "refused ring-too-short"},
		"a ring of two positions": {geom.NewPolygonFlat(geom.XY, []float64{0, 0, 1, 1}, []int{4}), "LINESTRING (0 0,1 1)", "repaired polygon-without-area"},
	} {
		t.Run(name, func(t *testing.T) {
			got := take(t, intake.Options{}, spatial.Feature{ID: "x", Geometry: c.g}, "{}")
			if text := written(t, got.f.Geometry); text != c.want || !slices.Contains(got.codes, c.code) {
				t.Errorf("%q %v, want %q %s", text, got.codes, c.want, c.code)
			}
		})
	}
}

// areaOf is the area of a mended geometry, which another library finds valid.
func areaOf(t testing.TB, g geom.T) float64 {
	t.Helper()
	if g == nil {
		return 0
	}
	judged, err := sf.UnmarshalWKT(written(t, g))
	if err != nil {
		t.Fatalf("%s: %v", written(t, g), err)
	}
	return judged.Area()
}

func TestWhatCrossesItselfIsWhatTheEvenOddRuleSays(t *testing.T) {
	for name, c := range map[string]struct {
		g    string
		area float64
		code string
	}{
		"a bow tie":                        {"POLYGON((0 0,2 2,2 0,0 2,0 0))", 2, "repaired self-intersection"},
		"a hole that reaches out":          {"POLYGON((0 0,4 0,4 4,0 4,0 0),(2 2,6 2,6 3,2 3,2 2))", 16, "repaired self-intersection"},
		"parts that overlap":               {"MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", 7, "repaired overlapping-parts"},
		"a part twice":                     {"MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((0 0,2 0,2 2,0 2,0 0)))", 4, "repaired overlapping-parts"},
		"a ring that goes round twice":     {"POLYGON((0 0,4 0,4 4,0 4,0 0,1 1,3 1,3 3,1 3,1 1,0 0))", 12, "repaired self-intersection"},
		"a spike that comes back the same": {"POLYGON((0 0,4 0,4 4,8 8,4 4,0 4,0 0))", 16, "repaired self-intersection"},
	} {
		t.Run(name, func(t *testing.T) {
			got := take(t, intake.Options{}, spatial.Feature{ID: "x", Geometry: shape(t, c.g)}, "{}")
			if area := areaOf(t, got.f.Geometry); math.Abs(area-c.area) > 1e-9 || !slices.Equal(got.codes, []string{c.code}) {
				t.Errorf("%s: area %v, want %v; %v", written(t, got.f.Geometry), area, c.area, got.codes)
			}
		})
	}
}

// Whatever a ring does, what is kept is valid, is not larger than what it was made from, and is
// kept as it is when it comes again.
func TestWhatIsMendedIsValidAndStays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(3, 9).Draw(rt, "positions")
		var flat []float64
		box := spatial.EmptyBox()
		for range n {
			x, y := float64(rapid.IntRange(-6, 6).Draw(rt, "x")), float64(rapid.IntRange(-6, 6).Draw(rt, "y"))
			flat, box = append(flat, x, y), box.Extend(spatial.Box2D(x, y, x, y))
		}
		flat = append(flat, flat[0], flat[1])
		got := take(t, intake.Options{}, spatial.Feature{ID: "x", Geometry: geom.NewPolygonFlat(geom.XY, slices.Clone(flat), []int{len(flat)})}, "{}")
		if got.err != "" || !got.keep {
			rt.Fatalf("%v: %+v", flat, got)
		}
		if most := (box.Max[0] - box.Min[0]) * (box.Max[1] - box.Min[1]); areaOf(t, got.f.Geometry) > most+1e-9 {
			rt.Fatalf("%v became larger than its box: %s", flat, written(t, got.f.Geometry))
		}
		if got.f.Geometry == nil {
			return
		}
		before := written(t, got.f.Geometry)
		again := take(t, intake.Options{}, spatial.Feature{ID: "x", Geometry: got.f.Geometry}, "{}")
		if len(again.codes) > 0 || written(t, again.f.Geometry) != before {
			rt.Fatalf("%v became %s, and then %s with %v", flat, before, written(t, again.f.Geometry), again.codes)
		}
	})
}

func TestWithoutAnIDTheContentIsTheID(t *testing.T) {
	one := take(t, intake.Options{}, spatial.Feature{Geometry: shape(t, "POINT(1 2)")}, `{"a":1}`).f
	same := take(t, intake.Options{}, spatial.Feature{Geometry: shape(t, "POINT(1 2)")}, `{"a":1}`).f
	other := take(t, intake.Options{}, spatial.Feature{Geometry: shape(t, "POINT(1 2)")}, `{"a":2}`).f
	if one.ID == "" || one.ID != same.ID || one.ID == other.ID {
		t.Errorf("ids %q, %q and %q", one.ID, same.ID, other.ID)
	}
}

func TestTextsOfManyEncodings(t *testing.T) {
	for name, c := range map[string]struct{ charset, bytes, want string }{
		"UTF-8":                         {"utf8", "深圳", "深圳"},
		"GBK by its name":               {"GBK", "\xc9\xee\xdb\xda", "深圳"},
		"GBK by its code page":          {"936", "\xc9\xee\xdb\xda", "深圳"},
		"GBK that nobody declared":      {"", "\xc9\xee\xdb\xda", "深圳"},
		"Latin":                         {"ISO 88591", "\xc5re", "Åre"},
		"Windows":                       {"CP1252", "\x80", "€"},
		"UTF-8 that is none":            {"UTF-8", "a\xff", "a\uFFFD"},
		"a name that is no encoding":    {"Klingon", "abc", "abc"},
		"a byte order mark in the name": {"\ufeffUTF-8", "ü", "ü"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := intake.Decode([]byte(c.bytes), intake.Charset(c.charset)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestMeasuresAreLeftOut(t *testing.T) {
	for in, want := range map[string]string{
		"POINT M (1 2 3)": "POINT (1 2)", "LINESTRING ZM (1 2 3 4,5 6 7 8)": "LINESTRING Z (1 2 3,5 6 7)", "POLYGON M ((0 0 9,1 0 9,1 1 9,0 0 9))": "POLYGON ((0 0,1 0,1 1,0 0))",
		"MULTIPOLYGON ZM (((0 0 1 9,1 0 1 9,1 1 1 9,0 0 1 9)))": "MULTIPOLYGON Z (((0 0 1,1 0 1,1 1 1,0 0 1)))", "POINT (1 2)": "POINT (1 2)",
	} {
		g, err := intake.WithoutMeasures(shape(t, in))
		if err != nil || written(t, g) != want {
			t.Errorf("%s: %s %v", in, written(t, g), err)
		}
	}
}

// TestAPropertyOfValidityThatNoFeatureHas is an error behind the last feature; one that some
// have, even empty, is none.
func TestAPropertyOfValidityThatNoFeatureHas(t *testing.T) {
	take := func(in *intake.Intake, names ...string) {
		t.Helper()
		var p []spatial.Property
		for _, n := range names {
			p = append(p, spatial.Property{Name: n})
		}
		if _, _, err := in.Take("", nil, p); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		from, to string
		features [][]string
		want     string
	}{
		"nothing was named":                  {"", "", [][]string{{"a"}}, ""},
		"there are no features":              {"built", "", nil, ""},
		"the second has it, empty":           {"built", "", [][]string{{"a"}, {"built"}}, ""},
		"none has it":                        {"built", "", [][]string{{"a", "b"}, {"c"}}, `no feature has the property "built"`},
		"the start is there, the end isn't":  {"built", "gone", [][]string{{"built"}}, "reported"},
		"neither is there":                   {"built", "gone", [][]string{{"a"}}, `no feature has the property "built"`},
		"the end is there, the start isn't":  {"built", "end", [][]string{{"end"}}, "reported"},
		"only an end was named":              {"", "gone", [][]string{{"a"}}, "reported"},
		"the end is mistyped":                {"", "gnoe", [][]string{{"a"}, {"gone"}}, `is it "gone"?`},
		"the end is mistyped beside a start": {"built", "demolishd", [][]string{{"built", "demolished"}}, `is it "demolished"?`},
		"the other side is called alike":     {"year1", "year2", [][]string{{"year1"}}, "reported"},
	} {
		t.Run(name, func(t *testing.T) {
			var codes []string
			in, err := intake.New(intake.Options{ValidFrom: c.from, ValidTo: c.to}, func(i spatial.Issue) { codes = append(codes, i.Code) })
			if err != nil {
				t.Fatal(err)
			}
			for _, names := range c.features {
				take(in, names...)
			}
			err = in.Finish()
			if told := c.want == "reported"; told != slices.Contains(codes, "no-such-property") {
				t.Errorf("reported %v", codes)
			}
			switch {
			case c.want == "" || c.want == "reported":
				if err != nil {
					t.Error(err)
				}
			case err == nil || !strings.Contains(err.Error(), c.want):
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
