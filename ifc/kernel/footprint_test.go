package kernel_test

import (
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func instance(m *mesh.Mesh) mesh.Instance {
	return mesh.Instance{Mesh: m, Transform: mesh.Identity()}
}

func TestFootprint(t *testing.T) {
	p := must[kernel.Profile](t)
	tube := solid(t, p(kernel.HollowRectangle{X: 4, Y: 4, Wall: 1}.Profile(fine)), 2)
	sheet := &mesh.Mesh{Positions: []float64{0, 0, 0, 2, 0, 1, 2, 2, 1, 0, 2, 0}, Triangles: []uint32{0, 2, 1, 0, 2, 3}}
	for _, c := range []struct {
		name      string
		instances []mesh.Instance
		area      float64
		polygons  int
		holes     int
		points    int
	}{
		{"a block", []mesh.Instance{instance(block(t, 2, 3, 4))}, 6, 1, 0, 4},
		{"a tube seen from its end", []mesh.Instance{instance(tube)}, 12, 1, 1, 8},
		{"a tube lying down", []mesh.Instance{instance(tube.Moved(mesh.Rotation(kernel.Vec3{1, 0, 0}, math.Pi/2)))}, 8, 1, 0, 4},
		{"two blocks that overlap", []mesh.Instance{instance(block(t, 2, 2, 1)), instance(at(block(t, 2, 2, 1), 1, 1, 5))}, 7, 1, 0, 8},
		{"two blocks apart", []mesh.Instance{instance(block(t, 1, 1, 1)), instance(at(block(t, 1, 1, 1), 5, 0, 0))}, 2, 2, 0, 8},
		{"a mirrored block", []mesh.Instance{{Mesh: block(t, 2, 3, 4), Transform: mesh.Scaling(kernel.Vec3{-1, 1, 1})}}, 6, 1, 0, 4},
		{"a sloping sheet whose triangles face both ways", []mesh.Instance{instance(sheet)}, 4, 1, 0, 4},
		{"nothing", nil, 0, 0, 0, 0},
		{"an upright sheet", []mesh.Instance{instance(&mesh.Mesh{Positions: []float64{0, 0, 0, 1, 1, 0, 1, 1, 1}, Triangles: []uint32{0, 1, 2}})}, 0, 0, 0, 0},
		{"a block far from the origin", []mesh.Instance{instance(at(block(t, 2, 3, 4), 5e5, 2.5e6, 0))}, 6, 1, 0, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := fine.Footprint(c.instances, 0)
			if err != nil {
				t.Fatal(err)
			}
			area, holes, points := 0.0, 0, 0
			for _, p := range o.Polygons {
				area += p.Area()
				holes += len(p.Holes)
				points += len(p.Outer)
				for _, h := range p.Holes {
					points += len(h)
				}
			}
			if o.Hull || math.Abs(area-c.area) > 1e-2 || len(o.Polygons) != c.polygons || holes != c.holes || points != c.points {
				t.Errorf("area %v, %d polygons, %d holes, %d points, hull %v, want %v, %d, %d, %d, false",
					area, len(o.Polygons), holes, points, o.Hull, c.area, c.polygons, c.holes, c.points)
			}
		})
	}
}
