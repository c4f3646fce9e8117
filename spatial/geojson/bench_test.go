package geojson_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial/geojson"
)

// BenchmarkRead reads footprints of eight corners with five properties, one a line.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			var s strings.Builder
			for i := range n {
				x, y := 113.8+float64(i%1000)*1e-4, 22.5+float64(i/1000)*1e-4
				fmt.Fprintf(&s, `{"type":"Feature","id":"b%d","properties":{"height":%d.5,"use":"residential","floors":%d,"district":"福田","year":%d},"geometry":{"type":"Polygon","coordinates":[[`, i, i%90, i%30, 1980+i%45)
				for k, c := range [][2]float64{{0, 0}, {6, 0}, {6, 2}, {4, 2}, {4, 4}, {2, 4}, {2, 2}, {0, 2}, {0, 0}} {
					if k > 0 {
						s.WriteByte(',')
					}
					fmt.Fprintf(&s, "[%.7f,%.7f]", x+c[0]*1e-5, y+c[1]*1e-5)
				}
				s.WriteString("]]}}\n")
			}
			text := s.String()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := geojson.NewReader(strings.NewReader(text), geojson.Options{}, nil)
				if err != nil {
					b.Fatal(err)
				}
				for _, err := range r.Features() {
					if err != nil {
						b.Fatal(err)
					}
				}
				if r.Count() != int64(n) {
					b.Fatalf("%d features read", r.Count())
				}
			}
		})
	}
}
