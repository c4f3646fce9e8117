package geojson_test

import (
	"strings"
	"testing"

	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial/geojson"
)

// FuzzRead checks that whatever the bytes are, reading ends without a panic and every
// geometry that comes out is valid to a judge from outside.
func FuzzRead(f *testing.F) {
	f.Add(polygonText(`[[[0,0],[4,4],[4,0],[0,4],[0,0]]]`))
	f.Add(polygonText(`[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[5,1],[5,2],[1,1]]]`))
	f.Add(feature(`{"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,0]]],[[[1,0],[3,0],[3,2],[1,0]]]]}`))
	f.Add(feature(`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`))
	f.Add(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4547"}},"features":[]}`)
	f.Add("\x1e" + feature("null") + "\n{")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := geojson.NewReader(strings.NewReader(text), geojson.Options{ValidFrom: "a", ValidTo: "b"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for feature, err := range r.Features() {
			if err != nil {
				break
			}
			if feature.Geometry == nil || feature.ID == "" {
				continue
			}
			s, err := wkt.Marshal(feature.Geometry)
			if err != nil {
				t.Fatal(err)
			}
			g, err := sf.UnmarshalWKT(s, sf.NoValidate{})
			if err != nil {
				t.Fatal(err)
			}
			// A line whose positions are all the same is no shape of ours to judge.
			if g.Dimension() == 2 && g.Validate() != nil {
				t.Fatalf("%s: %v", s, g.Validate())
			}
		}
	})
}
