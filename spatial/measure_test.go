package spatial_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func TestArea(t *testing.T) {
	rows := []struct {
		name, wkt string
		want      float64 // by PostGIS st_area(geography), whose edges differ by less than a millionth here
		part      float64
	}{
		{"a plot", "POLYGON ((114 22.5, 114.001 22.5, 114.001 22.501, 114 22.501, 114 22.5))", 11394.3, 1e-4},
		{"with a hole", "POLYGON ((114 22.5, 114.001 22.5, 114.001 22.501, 114 22.501, 114 22.5), (114.0002 22.5002, 114.0002 22.5004, 114.0004 22.5004, 114.0004 22.5002, 114.0002 22.5002))", 0.96 * 11394.3, 1e-4},
		{"two plots", "MULTIPOLYGON (((114 22.5, 114.001 22.5, 114.001 22.501, 114 22.501, 114 22.5)), ((115 22.5, 115.001 22.5, 115.001 22.501, 115 22.501, 115 22.5)))", 2 * 11394.3, 1e-4},
		{"the other way round", "POLYGON ((114 22.5, 114 22.501, 114.001 22.501, 114.001 22.5, 114 22.5))", 11394.3, 1e-4},
		{"the Earth", "POLYGON ((-180 -90, 180 -90, 180 90, -180 90, -180 -90))", 510065621724089, 1e-9},
		{"an octant, over the equator", "POLYGON ((0 -90, 90 -90, 90 90, 0 90, 0 -90))", 510065621724089 / 4.0, 1e-9},
		{"a line", "LINESTRING (0 0, 1 1)", 0, 0},
		{"nothing", "POLYGON EMPTY", 0, 0},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := spatial.Area(parseWKT(t, r.wkt)); math.Abs(got-r.want) > r.part*r.want {
				t.Fatalf("got %.3f m², want %.3f", got, r.want)
			}
		})
	}
}

func TestLength(t *testing.T) {
	for wkt, want := range map[string]float64{
		"LINESTRING (114 22.5, 114.0001 22.5, 114.0001 22.5001)":       10.289625 + 11.073708,
		"MULTILINESTRING ((114 22.5, 114.0001 22.5), (0 0, 0 1))":      10.289625 + 110574.3886,
		"POLYGON ((114 22.5, 114.001 22.5, 114.001 22.501, 114 22.5))": 0,
		"GEOMETRYCOLLECTION (LINESTRING (0 0, 0 1), POINT (1 1))":      110574.3886,
	} {
		if got := spatial.Length(parseWKT(t, wkt)); math.Abs(got-want) > 1e-3 {
			t.Errorf("%s is %.4f m long, want %.4f", wkt, got, want)
		}
	}
}

// answering is a Reader with one answer.
type answering struct {
	spatial.Reader
	list []spatial.Feature
}

func (a answering) Features(context.Context, spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for _, f := range a.list {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func TestStats(t *testing.T) {
	plot := geom.NewPolygonFlat(geom.XY, []float64{0, 0, 0.001, 0, 0.001, 0.001, 0, 0.001, 0, 0}, []int{10})
	area := spatial.Area(plot)
	use := func(v spatial.Value) spatial.Properties {
		return spatial.NewProperties([]spatial.Property{{Name: "use", Value: v}})
	}
	cube := &mesh.Mesh{Positions: []float64{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, Triangles: []uint32{0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3}, Closed: true}
	r := answering{list: []spatial.Feature{
		{ID: "a", Kind: "Building", Geometry: plot, Z: spatial.ZRange{Min: 0, Max: 10, Known: true}, Properties: use(spatial.StringOf("home"))},
		{ID: "b", Kind: "Building", Geometry: plot, Properties: use(spatial.StringOf("shop"))},
		{ID: "c", Kind: "Building", Geometry: plot, Properties: use(spatial.IntOf(3)), Z: spatial.ZRange{Min: -5, Max: 1, Known: true}},
		{ID: "d", Kind: "Wall", Body: &spatial.Body{Instances: []mesh.Instance{{Mesh: cube, Transform: mesh.Scaling(mesh.Vec3{2, 2, 2})}}}},
		{ID: "e", Geometry: geom.NewLineStringFlat(geom.XY, []float64{0, 0, 0, 1}), Underground: spatial.Yes},
	}}
	show := func(by ...string) (out []string) {
		groups, err := spatial.Stats(t.Context(), r, spatial.Query{Collection: "c"}, by, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			s := fmt.Sprint(g.Count)
			for _, v := range g.Key {
				s += " " + string(v.AppendJSON(nil))
			}
			out = append(out, fmt.Sprintf("%s %.2f plots %.0fm %.2f z=%v", s, g.Area/area, g.Length, g.Volume/area+0, g.Z.Known))
		}
		return out
	}
	rows := []struct {
		by   []string
		want []string
	}{
		{nil, []string{"5 3.00 plots 110574m 16.00 z=true"}},
		{[]string{"class"}, []string{`3 "Building" 3.00 plots 0m 16.00 z=true`, `1 null 0.00 plots 110574m 0.00 z=false`, `1 "Wall" 0.00 plots 0m 0.00 z=false`}},
		{[]string{"use"}, []string{`2 null 0.00 plots 110574m 0.00 z=false`, `1 3 1.00 plots 0m 6.00 z=true`, `1 "home" 1.00 plots 0m 10.00 z=true`, `1 "shop" 1.00 plots 0m 0.00 z=false`}},
		{[]string{"class", "underground"}, []string{`3 "Building" null 3.00 plots 0m 16.00 z=true`, `1 null true 0.00 plots 110574m 0.00 z=false`, `1 "Wall" null 0.00 plots 0m 0.00 z=false`}},
	}
	for _, row := range rows {
		if diff := cmp.Diff(row.want, show(row.by...)); diff != "" {
			t.Errorf("by %v: %s", row.by, diff)
		}
	}
	groups, err := spatial.Stats(t.Context(), r, spatial.Query{}, []string{"class"}, 10)
	if err != nil || math.Abs(groups[2].Volume-8.0/6) > 1e-9 {
		t.Errorf("the wall's solid has %g m³, %v", groups[2].Volume, err)
	}
	if _, err := spatial.Stats(t.Context(), r, spatial.Query{}, []string{"use"}, 2); err == nil {
		t.Error("more groups than asked for are no error")
	}
}

func TestStoreys(t *testing.T) {
	r := answering{list: []spatial.Feature{
		{ID: "1", Kind: "IfcBuildingStorey", Storey: "F1", Model: "m", Properties: spatial.NewProperties([]spatial.Property{{Name: "elevation", Value: spatial.FloatOf(0)}})},
		{ID: "2", Kind: "IfcBuildingStorey", Storey: "B1", Model: "m", Properties: spatial.NewProperties([]spatial.Property{{Name: "elevation", Value: spatial.FloatOf(-4)}})},
		{ID: "3", Kind: "IfcWall", Storey: "F1", Model: "m", Z: spatial.ZRange{Min: 10, Max: 13, Known: true}},
		{ID: "4", Kind: "IfcSlab", Storey: "F1", Model: "m", Z: spatial.ZRange{Min: 9.8, Max: 10, Known: true}},
		{ID: "5", Kind: "IfcWall", Storey: "attic", Model: "m"}, {ID: "6", Kind: "IfcSite", Model: "m"},
		{ID: "7", Kind: "flat", Storey: "F1", Model: "n", Z: spatial.ZRange{Min: 3, Max: 6, Known: true}},
	}}
	got, err := spatial.Storeys(t.Context(), r, spatial.Query{Collection: "c"})
	if err != nil {
		t.Fatal(err)
	}
	want := []spatial.Storey{
		{Name: "B1", Model: "m", ID: "2", Elevation: -4, HasElevation: true},
		{Name: "F1", Model: "m", ID: "1", HasElevation: true, Count: 2, Z: spatial.ZRange{Min: 9.8, Max: 13, Known: true}},
		{Name: "attic", Model: "m", Count: 1},
		{Name: "F1", Model: "n", Count: 1, Z: spatial.ZRange{Min: 3, Max: 6, Known: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
