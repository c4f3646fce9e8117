package ogc_test

import (
	"math"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/spatial"
)

func TestGeometriesInTextHaveLimits(t *testing.T) {
	for name, text := range map[string]string{
		"too many positions": "LINESTRING(" + strings.Repeat("1 2,", 20_000) + "1 2)",
		"nested too deep":    strings.Repeat("GEOMETRYCOLLECTION(", 100) + "POINT(1 2)" + strings.Repeat(")", 100),
		"open":               "POLYGON((0 0,1 0,1 1,0 1))",
		"measured":           "POINT M(1 2 3)",
		"followed":           "POINT(1 2) AND",
		"not there":          "",
	} {
		if g, err := ogc.ParseWKT(text); err == nil {
			t.Errorf("%s: %v", name, g)
		}
	}
	if g, err := ogc.ParseWKT("multipolygon z (((0 0 1, 1 0 1, 1 1 1, 0 0 1)), EMPTY)"); err != nil || g.Layout() != geom.XYZ {
		t.Errorf("%v %v", g, err)
	}
}

// What is read can be asked about, and distances from it are numbers.
func FuzzParseWKT(f *testing.F) {
	for _, seed := range []string{"POINT(114 22)", "LINESTRING Z(114 22 1,115 22 -5e2)", "POLYGON((0 0,1 0,1 1,0 0),EMPTY)", "MULTIPOINT((1 1),2 2)",
		"GEOMETRYCOLLECTION(POINT EMPTY,MULTILINESTRING((0 0,1 1)))", "MULTIPOLYGON(EMPTY,((0 0,1 0,1 1,0 0)))"} {
		f.Add(seed)
	}
	house := geom.NewPointFlat(geom.XY, []float64{114, 22})
	f.Fuzz(func(t *testing.T, text string) {
		g, err := ogc.ParseWKT(text)
		if err != nil {
			return
		}
		ogc.AppendGeometry(nil, g)
		w := spatial.Within{Geometry: g, Distance: 5}
		q := spatial.Query{Collection: "c", Within: &w}
		if q.Validate() != nil {
			return
		}
		if d := spatial.NewReach(&w).Distance(house, spatial.ZRange{}); math.IsNaN(d) || d < 0 {
			t.Errorf("%q lies %v metres away", text, d)
		}
	})
}
