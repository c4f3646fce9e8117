package crs_test

import (
	"fmt"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

// BenchmarkApply measures one point through an operation to the store's datum.
func BenchmarkApply(b *testing.B) {
	const points = 1000
	for _, pair := range [][2]int{{4326, 4490}, {4547, 4490}, {4490, 4547}, {3857, 4326}, {4326, 3857}, {28992, 4326}, {2154, 4258}, {4978, 4979}} {
		from, to := byCode(b, pair[0]), byCode(b, pair[1])
		op, err := crs.Transform(from, to)
		if err != nil {
			b.Fatal(err)
		}
		a := from.Area()
		if to.Kind() == crs.Projected {
			a = to.Area()
		}
		src := make([]float64, 0, 3*points)
		for i := range points {
			f := 0.1 + 0.8*float64(i)/points
			x, y, z, err := from.Forward(a.West+f*(a.East-a.West), a.South+f*(a.North-a.South), 10)
			if err != nil {
				b.Fatal(err)
			}
			src = append(src, x, y, z)
		}
		b.Run(fmt.Sprintf("from=%d/to=%d", pair[0], pair[1]), func(b *testing.B) {
			flat := make([]float64, len(src))
			b.ReportAllocs()
			for b.Loop() {
				copy(flat, src)
				if err := op.Apply(flat, 3); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/points, "ns/point")
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{"code": "EPSG:4547", "uri": "http://www.opengis.net/def/crs/EPSG/0/4547", "name": "CGCS2000_3_Degree_GK_CM_114E", "wkt": esriShenzhen} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := crs.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
