// Package render draws meshes into images: z-buffered, flat shaded, in parallel
// projection. It is for looking at a model on the command line and in tests, not for
// maps: it draws every triangle once, in one goroutine, without textures and shadows.
//
//	img := render.Draw(instances, render.View{Width: 800, Height: 600, Azimuth: 0.6, Elevation: 0.5})
package render

import (
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// View says from where and how large to draw. The picture shows all that is drawn.
type View struct {
	// Width and Height are in pixels; 0 means 800 and 600.
	Width, Height int
	// Azimuth is the direction in which the camera looks, in radians: 0 looks
	// along +y (north), π/2 along +x (east).
	Azimuth float64
	// Elevation is how steeply it looks down, in radians: π/2 is a plan.
	Elevation float64
	// Box is what to show; the zero Box shows everything.
	Box mesh.Box
	// Edges draws the borders and sharp edges of surfaces as thin dark lines.
	Edges bool
	// Background is the colour behind; nil is white.
	Background color.Color
}

// canvas is a picture with the depth of every sample. Each pixel has over² samples.
type canvas struct {
	w, h  int
	pix   [][3]float32
	depth []float64
	x, y  mesh.Vec3 // axes of the picture
	z     mesh.Vec3 // towards the camera
	scale float64
	mid   mesh.Vec3
}

// over is the number of samples along each side of a pixel.
const over = 2

// Draw returns a picture of the instances. Opaque ones come first, those that one can
// look through are blended over them.
func Draw(instances []mesh.Instance, v View) *image.RGBA {
	if v.Width <= 0 {
		v.Width = 800
	}
	if v.Height <= 0 {
		v.Height = 600
	}
	c := newCanvas(instances, v)
	order := slices.Clone(instances)
	slices.SortStableFunc(order, func(a, b mesh.Instance) int {
		return int(1000 * (b.Material.RGBA[3] - a.Material.RGBA[3]))
	})
	for _, in := range order {
		c.instance(in, v.Edges)
	}
	return c.image(v)
}

func newCanvas(instances []mesh.Instance, v View) *canvas {
	sinA, cosA := math.Sincos(v.Azimuth)
	sinE, cosE := math.Sincos(v.Elevation)
	c := &canvas{w: v.Width * over, h: v.Height * over}
	c.x = mesh.Vec3{cosA, -sinA, 0}
	c.z = mesh.Vec3{-sinA * cosE, -cosA * cosE, sinE}
	c.y = c.z.Cross(c.x)
	c.pix = make([][3]float32, c.w*c.h)
	c.depth = make([]float64, c.w*c.h)
	background := [3]float32{1, 1, 1}
	if v.Background != nil {
		r, g, b, _ := v.Background.RGBA()
		background = [3]float32{float32(r) / 0xffff, float32(g) / 0xffff, float32(b) / 0xffff}
	}
	for i := range c.pix {
		c.pix[i], c.depth[i] = background, math.Inf(-1)
	}
	c.frame(instances, v)
	return c
}

// frame finds the scale at which everything fits, with a margin.
func (c *canvas) frame(instances []mesh.Instance, v View) {
	back := mesh.Frame(mesh.Vec3{}, mesh.Vec3{c.x[0], c.y[0], c.z[0]}, mesh.Vec3{c.x[1], c.y[1], c.z[1]}, mesh.Vec3{c.x[2], c.y[2], c.z[2]})
	seen := mesh.EmptyBox()
	if v.Box != (mesh.Box{}) {
		for _, p := range v.Box.Corners() {
			seen = seen.Extend(back.Apply(p))
		}
	} else {
		for _, in := range instances {
			seen = seen.Union(in.Mesh.BoundsUnder(back.Mul(in.Transform)))
		}
	}
	c.scale = 1
	if seen.IsEmpty() {
		return
	}
	size := seen.Size()
	const margin = 0.94
	c.scale = margin * math.Min(float64(c.w)/math.Max(size[0], 1e-6), float64(c.h)/math.Max(size[1], 1e-6))
	m := seen.Center()
	c.mid = c.x.Scale(m[0]).Add(c.y.Scale(m[1])).Add(c.z.Scale(m[2]))
}

// project returns the place of a point in the picture, in samples, and its depth.
func (c *canvas) project(p mesh.Vec3) mesh.Vec3 {
	d := p.Sub(c.mid)
	return mesh.Vec3{float64(c.w)/2 + d.Dot(c.x)*c.scale, float64(c.h)/2 - d.Dot(c.y)*c.scale, d.Dot(c.z)}
}

func (c *canvas) instance(in mesh.Instance, edges bool) {
	m := in.Mesh
	seen := make([]mesh.Vec3, m.NumPoints())
	for i := range seen {
		seen[i] = c.project(in.Transform.Apply(m.Point(uint32(i))))
	}
	for i := 0; i+2 < len(m.Triangles); i += 3 {
		t := m.Triangles[i : i+3]
		c.triangle(seen[t[0]], seen[t[1]], seen[t[2]], in.Material.RGBA)
	}
	if edges {
		for _, e := range c.sharp(in) {
			c.edge(seen[e[0]], seen[e[1]], in.Material.RGBA)
		}
	}
	for i := 0; i+1 < len(m.Lines); i += 2 {
		c.line(seen[m.Lines[i]], seen[m.Lines[i+1]], in.Material.RGBA)
	}
}

// shade returns the colour of a triangle given in picture coordinates: lit from the
// left above behind the camera, both sides alike.
func (c *canvas) shade(a, b, d mesh.Vec3, rgba [4]float32) [3]float32 {
	n := b.Sub(a).Cross(d.Sub(a))
	n[0], n[1] = n[0]/c.scale, n[1]/c.scale // depth is in metres, the rest in samples
	n[2] /= c.scale * c.scale
	n = n.Unit()
	if n[2] < 0 {
		n = n.Scale(-1)
	}
	light := float32(0.45 + 0.55*math.Max(0, n.Dot(mesh.Vec3{-0.35, -0.55, 0.757})))
	return [3]float32{rgba[0] * light, rgba[1] * light, rgba[2] * light}
}

func (c *canvas) triangle(a, b, d mesh.Vec3, rgba [4]float32) {
	area := (b[0]-a[0])*(d[1]-a[1]) - (b[1]-a[1])*(d[0]-a[0])
	if area == 0 || area*0 != 0 {
		return
	}
	colour := c.shade(a, b, d, rgba)
	x0, x1 := clampSpan(min(a[0], b[0], d[0]), max(a[0], b[0], d[0]), c.w)
	y0, y1 := clampSpan(min(a[1], b[1], d[1]), max(a[1], b[1], d[1]), c.h)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			px, py := float64(x)+0.5, float64(y)+0.5
			u := ((b[0]-px)*(d[1]-py) - (b[1]-py)*(d[0]-px)) / area
			v := ((d[0]-px)*(a[1]-py) - (d[1]-py)*(a[0]-px)) / area
			if w := 1 - u - v; u >= 0 && v >= 0 && w >= 0 {
				c.put(x, y, u*a[2]+v*b[2]+w*d[2], colour, rgba[3])
			}
		}
	}
}

func clampSpan(lo, hi float64, size int) (int, int) {
	return int(max(0, math.Floor(lo))), int(min(float64(size), math.Ceil(hi)+1))
}

func (c *canvas) line(a, b mesh.Vec3, rgba [4]float32) {
	d := b.Sub(a)
	steps := math.Max(math.Abs(d[0]), math.Abs(d[1]))
	if !(steps < 1e6) {
		return
	}
	colour := [3]float32{rgba[0] * 0.6, rgba[1] * 0.6, rgba[2] * 0.6}
	for i := 0.0; i <= steps; i++ {
		p := a.Lerp(b, i/math.Max(steps, 1))
		for k := range over * over {
			c.put(int(p[0])+k%over, int(p[1])+k/over, p[2]+0.01, colour, 1)
		}
	}
}

func (c *canvas) put(x, y int, depth float64, colour [3]float32, alpha float32) {
	if x < 0 || y < 0 || x >= c.w || y >= c.h {
		return
	}
	i := y*c.w + x
	if depth <= c.depth[i] {
		return
	}
	if alpha < 1 {
		for k := range colour {
			c.pix[i][k] += (colour[k] - c.pix[i][k]) * alpha
		}
		return
	}
	c.depth[i], c.pix[i] = depth, colour
}

func (c *canvas) image(v View) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, v.Width, v.Height))
	for y := range v.Height {
		for x := range v.Width {
			var sum [3]float32
			for k := range over * over {
				p := c.pix[(y*over+k/over)*c.w+x*over+k%over]
				for i := range sum {
					sum[i] += p[i]
				}
			}
			for i := range sum {
				sum[i] = min(255, max(0, sum[i]*255/(over*over)+0.5))
			}
			img.SetRGBA(x, y, color.RGBA{uint8(sum[0]), uint8(sum[1]), uint8(sum[2]), 255})
		}
	}
	return img
}
