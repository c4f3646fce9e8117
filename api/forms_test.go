package api_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// block returns a box of metres; turned inside out it is a hollow.
func block(low, high float64, hollow bool) *mesh.Mesh {
	m := &mesh.Mesh{Closed: true, Triangles: []uint32{0, 2, 1, 0, 3, 2, 4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7}}
	for _, z := range []float64{low, high} {
		m.Positions = append(m.Positions, low, low, z, high, low, z, high, high, z, low, high, z)
	}
	if hollow {
		return m.Flipped()
	}
	return m
}

// solids is the city whose house a is a solid block, b a block with a hollow beside another
// block, and d an open shape.
func solids() *fake {
	f := city()
	frame := &spatial.Frame{Origin: [3]float64{114.051, 22.54, 5}, Axes: [9]float64{0, -1, 0, 1, 0, 0, 0, 0, 1}} // turned to the left
	body := func(list ...*mesh.Mesh) *spatial.Body {
		b := &spatial.Body{Frame: frame}
		for _, m := range list {
			b.Instances = append(b.Instances, mesh.Instance{Mesh: m, Transform: mesh.Translation(mesh.Vec3{100, 0, 0})})
		}
		return b
	}
	open := block(0, 10, false)
	f.versions[0].Body = body(block(0, 10, false))
	f.versions[2].Body = body(mesh.Merge(block(0, 10, false), block(2, 8, true)), block(20, 21, false))
	f.versions[4].Body = body(&mesh.Mesh{Positions: open.Positions, Triangles: open.Triangles[:6]})
	return f
}

type fgFeature struct {
	ID    string
	Time  *struct{ Interval [2]string }
	Place *struct {
		Type        string
		Coordinates json.RawMessage
	}
	Geometry    json.RawMessage
	CoordRefSys any
	ConformsTo  []string
	FeatureType string
}

func TestSolidsAreGivenAsJSONFG(t *testing.T) {
	s := newServer(t, api.Options{Reader: solids()})
	res := ask(t, s, "GET", "/collections/houses/items?f=jsonfg&crs=EPSG:4547")
	if res.status != 200 || res.header.Get("Content-Type") != "application/vnd.ogc.fg+json" {
		t.Fatalf("%d %s %s", res.status, res.header.Get("Content-Type"), res.body)
	}
	doc := decode[struct {
		fgFeature
		Features []fgFeature
	}](t, res)
	if got := strings.Join(stringsOf(doc.CoordRefSys), " "); got != epsg+"4547 "+epsg+"5737" || doc.FeatureType != "houses" {
		t.Errorf("system %s, type %s", got, doc.FeatureType)
	}
	kinds := ""
	for _, f := range doc.Features {
		kinds += f.ID + " " + f.Place.Type + ","
	}
	if kinds != "a Polyhedron,b MultiPolyhedron,d MultiPolygon," {
		t.Errorf("places are %s", kinds)
	}
	var shells [][][][][3]float64
	if err := json.Unmarshal(doc.Features[0].Place.Coordinates, &shells); err != nil || len(shells) != 1 || len(shells[0]) != 12 {
		t.Fatalf("%v: %s", err, doc.Features[0].Place.Coordinates)
	}
	// North comes first; the block's first corner is 100 m along the local x axis, which runs north.
	corner := shells[0][0][0][0]
	if near := func(a, b float64) bool { return a-b < 0.02 && b-a < 0.02 }; !near(corner[0], 2493597.702+100) || !near(corner[1], 505246.165) || !near(corner[2], 5) {
		t.Errorf("the first corner is %v", corner)
	}
	var many [][][][][][3]float64
	if err := json.Unmarshal(doc.Features[1].Place.Coordinates, &many); err != nil || len(many) != 2 || len(many[0]) != 2 || len(many[1]) != 1 {
		t.Errorf("%v: %d polyhedra", err, len(many))
	}
	if got := doc.Features[1].Time.Interval; got != [2]string{"2019-12-31T16:00:00Z", ".."} {
		t.Errorf("b stands in %v", got)
	}
	one := decode[fgFeature](t, ask(t, s, "GET", "/collections/metro/items/line%2F1%20tunnel?f=jsonfg"))
	if one.Place != nil || one.Time != nil || one.CoordRefSys != "http://www.opengis.net/def/crs/OGC/0/CRS84h" || len(one.ConformsTo) == 0 {
		t.Errorf("%+v", one)
	}
}

func stringsOf(v any) (out []string) {
	list, _ := v.([]any)
	for _, one := range list {
		text, _ := one.(string)
		out = append(out, text)
	}
	return out
}

// The judge is the schemas of the standard.
func TestJSONFGFollowsItsSchemas(t *testing.T) {
	dir := samples.Path(t, "conformance/jsonfg/schemas")
	s := newServer(t, api.Options{Reader: solids()})
	for target, name := range map[string]string{
		"/collections/houses/items?f=jsonfg":                                "featurecollection.json",
		"/collections/houses/items?f=jsonfg&crs=EPSG:3857&datetime=../..":   "featurecollection.json",
		"/collections/houses/items?f=jsonfg&bbox=1,2,3,4":                   "featurecollection.json",
		"/collections/houses/items/a?f=jsonfg":                              "feature.json",
		"/collections/houses/items/b?f=jsonfg&crs=EPSG:4326":                "feature.json",
		"/collections/metro/items?f=jsonfg":                                 "featurecollection.json",
		"/collections/metro/items/line%2F1%20tunnel?f=jsonfg&crs=EPSG:4979": "feature.json",
		"/collections/houses/nearest?point=114,22&f=jsonfg":                 "featurecollection.json",
		"/collections/houses/items?f=jsonfg&properties=use&sortby=-storeys": "featurecollection.json",
	} {
		schema := compiled(t, dir, name)
		res := ask(t, s, "GET", target)
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(res.body))
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		if err := schema.Validate(v); err != nil || res.status != 200 {
			t.Errorf("%s: status %d, %v", target, res.status, err)
		}
	}
}

func compiled(t *testing.T, dir, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas in %s: %v", dir, err)
	}
	for _, file := range files {
		if strings.Contains(file, ".min.") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("https://schemas.opengis.net/json-fg/"+filepath.Base(file), doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("https://schemas.opengis.net/json-fg/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestFeaturesAreGivenAsATable(t *testing.T) {
	f := city()
	f.versions[0].Properties = spatial.NewProperties([]spatial.Property{{Name: "use", Value: spatial.StringOf("a,\"b\"\n楼")}, {Name: "storeys", Value: spatial.IntOf(3)}})
	s := newServer(t, api.Options{Reader: f})
	res := ask(t, s, "GET", "/collections/houses/items?limit=2&f=csv&properties=use,storeys,z_max,valid_from")
	rows, err := csv.NewReader(strings.NewReader(res.body)).ReadAll()
	if err != nil || res.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("%v: %s", err, res.body)
	}
	got := ""
	for _, row := range rows {
		got += strings.Join(row, "|") + "\n"
	}
	if want := "id|z_max|valid_from|storeys|use|geometry\n" +
		"a|11||3|a,\"b\"\n楼|POLYGON ((114.051 22.54, 114.051 22.5405, 114.0515 22.5405, 114.0515 22.54, 114.051 22.54))\n" +
		"b|12|2019-12-31T16:00:00Z|30|office|POLYGON ((114.052 22.54, 114.052 22.5405, 114.0525 22.5405, 114.0525 22.54, 114.052 22.54))\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	next := ""
	for _, l := range res.header.Values("Link") {
		if strings.Contains(l, `rel="next"`) {
			next, _, _ = strings.Cut(strings.TrimPrefix(l, "<http://example.com"), ">")
		}
	}
	if matched := res.header.Get("OGC-NumberMatched"); matched != "3" || next == "" {
		t.Fatalf("matched %s, links %v", matched, res.header.Values("Link"))
	}
	rest := ask(t, s, "GET", next)
	if !strings.Contains(rest.body, "\r\nd,14,") || strings.Count(rest.body, "\n") != 2 {
		t.Errorf("the second page: %s", rest.body)
	}
	if res := ask(t, s, "GET", "/collections/houses/items?f=csv&crs=EPSG:4326&limit=1"); !strings.Contains(res.body, "POLYGON ((22.54 114.051,") {
		t.Error(res.body)
	}
	if f.versions[0].Geometry.FlatCoords()[0] != 114.051 {
		t.Error("the store's geometry was changed")
	}
}

func TestFeaturesAreGivenAsATextSequence(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for _, accept := range []string{"f=geojsonseq", ""} {
		res := ask(t, s, "GET", "/collections/houses/items?"+accept, "Accept: application/geo+json-seq")
		parts := strings.Split(res.body, "\x1e")
		if len(parts) != 4 || parts[0] != "" || res.header.Get("Content-Type") != "application/geo+json-seq" {
			t.Fatalf("%s: %q", res.header.Get("Content-Type"), res.body)
		}
		for i, id := range []string{"a", "b", "d"} {
			var f feature
			if err := json.Unmarshal([]byte(parts[i+1]), &f); err != nil || f.ID != id || !strings.HasSuffix(parts[i+1], "}\n") {
				t.Errorf("%v: %s", err, parts[i+1])
			}
		}
	}
}
