package ogc_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/spatial"
)

func TestGeometriesAreWrittenAsRFC7946Asks(t *testing.T) {
	for name, c := range map[string]struct {
		g    geom.T
		want string
	}{
		"nothing":         {nil, `null`},
		"a point":         {geom.NewPointFlat(geom.XY, []float64{114.057865, 22.543096}), `{"type":"Point","coordinates":[114.057865,22.543096]}`},
		"a deep point":    {geom.NewPointFlat(geom.XYZ, []float64{-0.1, 0, -12.34567}), `{"type":"Point","coordinates":[-0.1,0,-12.3457]}`},
		"an empty point":  {geom.NewPointEmpty(geom.XY), `{"type":"Point","coordinates":[]}`},
		"a line":          {geom.NewLineStringFlat(geom.XY, []float64{1, 2, 3, 4}), `{"type":"LineString","coordinates":[[1,2],[3,4]]}`},
		"points":          {geom.NewMultiPointFlat(geom.XYZ, []float64{1, 2, 3, 4, 5, 6}), `{"type":"MultiPoint","coordinates":[[1,2,3],[4,5,6]]}`},
		"lines":           {geom.NewMultiLineStringFlat(geom.XY, []float64{1, 2, 3, 4, 5, 6, 7, 8}, []int{4, 8}), `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}`},
		"a wrong ring":    {geom.NewPolygonFlat(geom.XY, []float64{0, 0, 0, 1, 1, 1, 0, 0}, []int{8}), `{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,1],[0,0]]]}`},
		"a right ring":    {geom.NewPolygonFlat(geom.XY, []float64{0, 0, 1, 1, 0, 1, 0, 0}, []int{8}), `{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,1],[0,0]]]}`},
		"a ring and hole": {geom.NewPolygonFlat(geom.XY, []float64{0, 0, 9, 0, 9, 9, 0, 0, 2, 1, 3, 1, 3, 2, 2, 1}, []int{8, 16}), `{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[2,1],[3,2],[3,1],[2,1]]]}`},
		"two polygons": {geom.NewMultiPolygonFlat(geom.XY, []float64{0, 0, 1, 0, 1, 1, 0, 0, 5, 5, 5, 6, 6, 6, 5, 5}, [][]int{{8}, {16}}),
			`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,6],[5,6],[5,5]]]]}`},
		"an empty polygon": {geom.NewPolygon(geom.XY), `{"type":"Polygon","coordinates":[]}`},
		"a mixture": {geom.NewGeometryCollection().MustPush(geom.NewPointFlat(geom.XY, []float64{1, 2}), geom.NewLineStringFlat(geom.XY, []float64{1, 2, 3, 4})),
			`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(ogc.AppendGeometry(nil, c.g)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWhatTheStoreKnowsWinsOverAPropertyOfTheSameName(t *testing.T) {
	props := spatial.NewProperties([]spatial.Property{{Name: "name", Value: spatial.StringOf("of the file")}, {Name: "storey", Value: spatial.IntOf(3)},
		{Name: "distance", Value: spatial.FloatOf(7)}, {Name: "\"odd\"\n", Value: spatial.JSONOf(`[1,{"a":null}]`)}})
	f := spatial.Feature{ID: `a"b`, Name: "of the store", Properties: props}
	for name, c := range map[string]struct {
		shape ogc.Shape
		want  string
	}{
		"all":     {ogc.Shape{}, `{"name":"of the store","\"odd\"\n":[1,{"a":null}],"distance":7.0,"storey":3}`},
		"nearest": {ogc.Shape{Distance: true}, `{"name":"of the store","distance":0,"\"odd\"\n":[1,{"a":null}],"storey":3}`},
		"a column of text": {ogc.Shape{Fields: []spatial.Field{{Name: "storey", Type: spatial.FieldString}, {Name: "distance", Type: spatial.FieldNumber}}},
			`{"name":"of the store","\"odd\"\n":[1,{"a":null}],"distance":7.0,"storey":"3"}`},
		"some": {ogc.Shape{Properties: []string{"storey", "name"}}, `{"name":"of the store","storey":3}`},
		"none": {ogc.Shape{Properties: []string{}}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			text := ogc.NewEncoder(c.shape).Append(nil, &f)
			var got struct {
				ID         string
				Properties json.RawMessage
			}
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			if got.ID != `a"b` || string(got.Properties) != c.want {
				t.Errorf("id %s, properties\n%s, want\n%s", got.ID, got.Properties, c.want)
			}
		})
	}
}

// tenthMillimetre is the precision promised, in degrees along a meridian.
const tenthMillimetre = 1e-9

func TestAnyFeatureIsJSONAndItsCoordinatesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "n")
		flat := make([]float64, 0, 3*n)
		for range n {
			flat = append(flat, rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-1e5, 1e5).Draw(t, "h"))
		}
		f := spatial.Feature{ID: rapid.String().Draw(t, "id"), Kind: rapid.String().Draw(t, "kind"), Geometry: geom.NewMultiPointFlat(geom.XYZ, flat),
			Properties: spatial.NewProperties([]spatial.Property{{Name: rapid.String().Draw(t, "name"), Value: spatial.StringOf(rapid.String().Draw(t, "value"))}})}
		var got struct {
			ID       string
			Geometry struct{ Coordinates [][]float64 }
		}
		text := ogc.NewEncoder(ogc.Shape{}).Append(nil, &f)
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if diff := cmp.Diff(f.ID, got.ID); diff != "" {
			t.Fatalf("id -want +got:\n%s", diff)
		}
		for i, p := range got.Geometry.Coordinates {
			for d, tolerance := range []float64{tenthMillimetre, tenthMillimetre, 1e-4} {
				if math.Abs(p[d]-flat[3*i+d]) > tolerance*0.51 {
					t.Fatalf("position %d: %v, want %v", i, p, flat[3*i:3*i+3])
				}
			}
		}
	})
}

// houses are features as a city has them: a footprint of so many corners and eight attributes.
func houses(n, corners int) []spatial.Feature {
	out := make([]spatial.Feature, n)
	for i := range out {
		lon, lat := 114+float64(i%1000)*1.234567e-4, 22.5+float64(i/1000)*1.345678e-4
		flat := make([]float64, 0, 2*(corners+1))
		for k := range corners {
			s, c := math.Sincos(2 * math.Pi * float64(k) / float64(corners))
			flat = append(flat, lon+c*1e-4, lat+s*1e-4)
		}
		flat = append(flat, flat[0], flat[1])
		text := func(name, v string) spatial.Property { return spatial.Property{Name: name, Value: spatial.StringOf(v)} }
		out[i] = spatial.Feature{ID: "bldg-" + strconv.Itoa(i), Model: "plan", Kind: "Building", Name: "南山大厦 " + strconv.Itoa(i),
			Geometry: geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}), Z: spatial.ZRange{Min: 0, Max: 3.1 * float64(i%40), Known: true},
			Properties: spatial.NewProperties([]spatial.Property{text("use", "residential"), text("district", "南山区"), text("address", "深南大道 "+strconv.Itoa(i)),
				{Name: "storeys", Value: spatial.IntOf(int64(i % 40))}, {Name: "height", Value: spatial.FloatOf(3.1 * float64(i%40))}})}
	}
	return out
}

func BenchmarkEncoder(b *testing.B) {
	for _, corners := range []int{4, 12, 64} {
		b.Run(fmt.Sprintf("corners=%d", corners), func(b *testing.B) {
			list, enc, buf, i := houses(1000, corners), ogc.NewEncoder(ogc.Shape{}), []byte(nil), 0
			b.ReportAllocs()
			for b.Loop() {
				buf = enc.Append(buf[:0], &list[i%len(list)])
				i++
			}
			b.SetBytes(int64(len(buf)))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "features/s")
		})
	}
}
