package memory

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// fill adds rows whose ids, properties, rings and heights are of different length.
func fill(t *testing.T, b *builder, rows int) {
	t.Helper()
	for i := range rows {
		x, y := 114+float64(i%100)/1000, 22+float64(i)/100_000
		f := spatial.Feature{ID: strconv.Itoa(i), Num: uint64(i + 1), Name: "楼" + strconv.Itoa(i%7), Z: spatial.ZRange{Max: float64(i), Known: i%3 == 0}}
		if i%2 == 0 {
			f.Properties = spatial.NewProperties([]spatial.Property{{Name: "floors", Value: spatial.IntOf(int64(i % 50))}})
		}
		if i%5 > 0 {
			flat := []float64{x, y, x + 1e-4, y, x + 1e-4, y + 1e-4, x, y}
			f.Geometry = geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})
		}
		if err := b.add(spatial.Version{Number: int64(i + 1), Feature: f}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRowsThatAreExpectedAreTheSameRows(t *testing.T) {
	const rows = 3 * sampled
	plain := newBuilder()
	fill(t, plain, rows)
	for name, expect := range map[string]int{"as many": rows, "fewer": sampled + 10, "none": sampled / 2} {
		t.Run(name, func(t *testing.T) {
			b := newBuilder()
			b.expect = expect
			fill(t, b, rows)
			if !reflect.DeepEqual(b.Table, plain.Table) {
				t.Error("other rows than without")
			}
			if expect == rows && cap(b.xy) > len(b.xy)*11/10 {
				t.Errorf("room for %d positions, of which %d came", cap(b.xy), len(b.xy))
			}
		})
	}
}
