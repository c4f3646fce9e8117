package memory_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// Rows of an answer about a distance are given with the numbers that were measured to, which
// are kept of short geometries only.
func TestMeasuredRecordsHaveTheirOwnGeometry(t *testing.T) {
	var list []spatial.Feature
	for i := range 100 {
		corners := 3 + i%5
		if i%7 == 3 {
			corners = 200
		}
		flat := make([]float64, 0, 2*corners+2)
		for k := range corners + 1 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k%corners) / float64(corners))
			flat = append(flat, math.Round(1e7*(114+float64(i)*1e-5+cos*1e-4))/1e7, math.Round(1e7*(22+sin*1e-4))/1e7)
		}
		list = append(list, spatial.Feature{Collection: "city", ID: fmt.Sprintf("%03d", i), Geometry: geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})})
	}
	s, err := memory.NewSnapshot(spatial.Collection{Name: "city", Revision: 1, Extent: spatial.EmptyBox()}, func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	q := spatial.Query{Collection: "city", Within: &spatial.Within{Geometry: geom.NewPointFlat(geom.XY, []float64{114, 22}), Distance: 500}}
	for range 2 { // the second time in memory that was used
		n := 0
		for r, err := range s.Records(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			var got, want spatial.Decimals
			if !r.Decimals(&got, 9, 4) || !want.Set(list[n].Geometry, got.Digits, 4) || !slices.Equal(got.Flat, want.Flat) || r.ID() != list[n].ID {
				t.Fatalf("%s is %v, want %s with %v", r.ID(), got.Flat, list[n].ID, want.Flat)
			}
			n++
		}
		if n < 40 {
			t.Fatalf("%d are within the distance", n)
		}
	}
}
