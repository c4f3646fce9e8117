package kernel_test

import (
	"fmt"
	"testing"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func BenchmarkWallWithOpenings(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			wall := block(b, float64(2*n), 0.3, 3)
			var parts []*mesh.Mesh
			for i := range n {
				parts = append(parts, at(block(b, 1, 0.5, 1.2), float64(2*i)+0.5, -0.1, 0.9))
			}
			cut := mesh.Merge(parts...)
			b.ReportAllocs()
			for b.Loop() {
				if m, err := (kernel.Settings{}).Boolean(kernel.Difference, wall, cut); err != nil || !m.Closed {
					b.Fatal(err, m)
				}
			}
		})
	}
}

func BenchmarkFill(b *testing.B) {
	for _, n := range []int{4, 30, 1000} {
		b.Run(fmt.Sprintf("points=%d", n), func(b *testing.B) {
			// A comb: as concave as a ring can be.
			var r kernel.Ring
			for i := range n / 2 {
				r = append(r, kernel.Vec2{float64(i), float64(i % 2 * 3)})
			}
			for i := range n - n/2 {
				r = append(r, kernel.Vec2{float64(n/2 - i), -1})
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (kernel.Settings{}).Fill(kernel.Profile{Outer: r}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFootprint(b *testing.B) {
	s := kernel.Settings{}
	m, err := s.Sphere(1)
	if err != nil {
		b.Fatal(err)
	}
	var instances []mesh.Instance
	for i := range 20 {
		instances = append(instances, mesh.Instance{Mesh: m, Transform: mesh.Translation(kernel.Vec3{float64(i) * 0.7, float64(i%3) * 0.9, 0})})
	}
	b.ReportAllocs()
	for b.Loop() {
		if o, err := s.Footprint(instances, 0); err != nil || o.Hull {
			b.Fatal(err, o.Hull)
		}
	}
}
