package render

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// sharpest is the cosine of the angle between two faces below which their edge is drawn:
// that of 35°.
const sharpest = 0.82

// sharp returns the edges of a surface at which it ends or bends sharply.
func (c *canvas) sharp(in mesh.Instance) [][2]uint32 {
	m := in.Mesh
	type sides struct {
		normal mesh.Vec3 // of the first triangle
		sharp  bool
		count  int
	}
	edges := make(map[[2]uint32]*sides, len(m.Triangles)/2)
	var order [][2]uint32
	for i, t := range m.All() {
		a, b, d := in.Transform.Apply(t[0]), in.Transform.Apply(t[1]), in.Transform.Apply(t[2])
		n := b.Sub(a).Cross(d.Sub(a)).Unit()
		if n == (mesh.Vec3{}) {
			continue
		}
		corners := m.Triangles[3*i : 3*i+3]
		for k := range 3 {
			e := [2]uint32{corners[k], corners[(k+1)%3]}
			if e[0] > e[1] {
				e[0], e[1] = e[1], e[0]
			}
			s := edges[e]
			if s == nil {
				s = &sides{normal: n}
				edges[e] = s
				order = append(order, e)
			}
			s.count++
			s.sharp = s.sharp || math.Abs(s.normal.Dot(n)) < sharpest
		}
	}
	out := order[:0]
	for _, e := range order {
		if s := edges[e]; s.sharp || s.count == 1 {
			out = append(out, e)
		}
	}
	return out
}

// edge draws a line of one sample over what lies at the same depth, as a darker shade of
// what is there. What is hidden stays hidden.
func (c *canvas) edge(a, b mesh.Vec3, rgba [4]float32) {
	d := b.Sub(a)
	steps := math.Ceil(math.Max(math.Abs(d[0]), math.Abs(d[1])))
	if !(steps < 1e6) {
		return
	}
	near := 1.5 / c.scale // samples: an edge lies on its faces
	colour := [3]float32{rgba[0] * 0.3, rgba[1] * 0.3, rgba[2] * 0.3}
	alpha := 0.6 * rgba[3]
	for i := 0.0; i <= steps; i++ {
		p := a.Lerp(b, i/math.Max(steps, 1))
		x, y := int(p[0]), int(p[1])
		if x < 0 || y < 0 || x >= c.w || y >= c.h {
			continue
		}
		at := y*c.w + x
		if p[2]+near < c.depth[at] {
			continue
		}
		for k := range colour {
			c.pix[at][k] += (colour[k] - c.pix[at][k]) * alpha
		}
	}
}
