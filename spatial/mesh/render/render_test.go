package render_test

import (
	"image/color"
	"math"
	"testing"

	"github.com/shikong-cim/shikong/spatial/mesh"
	"github.com/shikong-cim/shikong/spatial/mesh/render"
)

// sheet returns a square of two metres around a point, facing up.
func sheet(x, y, z float64, rgba [4]float32) mesh.Instance {
	return mesh.Instance{
		Mesh: &mesh.Mesh{
			Positions: []float64{-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0},
			Triangles: []uint32{0, 1, 2, 0, 2, 3},
		},
		Transform: mesh.Translation(mesh.Vec3{x, y, z}),
		Material:  mesh.Material{RGBA: rgba},
	}
}

var (
	red   = [4]float32{1, 0, 0, 1}
	green = [4]float32{0, 1, 0, 1}
	glass = [4]float32{0, 0, 1, 0.3}
)

// main returns the strongest of red, green and blue of a pixel, or 'w' for white.
func main(c color.RGBA) rune {
	switch {
	case c.R > 200 && c.G > 200 && c.B > 200:
		return 'w'
	case c.R > c.G && c.R > c.B:
		return 'r'
	case c.G > c.B:
		return 'g'
	}
	return 'b'
}

func TestDraw(t *testing.T) {
	plan := render.View{Width: 60, Height: 60, Elevation: math.Pi / 2}
	side := render.View{Width: 60, Height: 60}
	for _, c := range []struct {
		name      string
		instances []mesh.Instance
		view      render.View
		x, y      int
		want      rune
	}{
		{"nothing is white", nil, plan, 30, 30, 'w'},
		{"a sheet fills the plan", []mesh.Instance{sheet(0, 0, 0, red)}, plan, 30, 30, 'r'},
		{"a margin stays", []mesh.Instance{sheet(0, 0, 0, red)}, plan, 0, 30, 'w'},
		{"the higher sheet covers the lower", []mesh.Instance{sheet(0, 0, 5, green), sheet(0, 0, 0, red)}, plan, 30, 30, 'g'},
		{"the order does not matter", []mesh.Instance{sheet(0, 0, 0, red), sheet(0, 0, 5, green)}, plan, 30, 30, 'g'},
		{"east is right in a plan", []mesh.Instance{sheet(0, 0, 0, red), sheet(4, 0, 0, green)}, plan, 50, 30, 'g'},
		{"north is up in a plan", []mesh.Instance{sheet(0, 0, 0, red), sheet(0, 4, 0, green)}, plan, 30, 10, 'g'},
		{"a sheet is thin from the side", []mesh.Instance{sheet(0, 0, 0, red), sheet(0, 0, 2, green)}, side, 30, 20, 'w'},
		{"one sees through glass", []mesh.Instance{sheet(0, 0, 1, glass), sheet(0, 0, 0, red)}, plan, 30, 30, 'r'},
		{"a box says what to show", []mesh.Instance{sheet(0, 0, 0, red), sheet(50, 0, 0, green)}, render.View{Width: 60, Height: 60, Elevation: math.Pi / 2, Box: mesh.Box{Min: mesh.Vec3{49, -1, 0}, Max: mesh.Vec3{51, 1, 0}}}, 30, 30, 'g'},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := render.Draw(c.instances, c.view)
			if b := img.Bounds(); b.Dx() != 60 || b.Dy() != 60 {
				t.Fatalf("picture of %v, want 60 × 60", b)
			}
			if got := main(img.RGBAAt(c.x, c.y)); got != c.want {
				t.Errorf("pixel (%d, %d) is %c (%v), want %c", c.x, c.y, got, img.RGBAAt(c.x, c.y), c.want)
			}
		})
	}
}

func TestDrawSurvivesAnyMesh(t *testing.T) {
	odd := mesh.Instance{
		Mesh:      &mesh.Mesh{Positions: []float64{0, 0, 0, 1e300, 0, 0, 0, -1e300, 1e300}, Triangles: []uint32{0, 1, 2, 0, 0, 0}, Lines: []uint32{0, 1, 1, 2}},
		Transform: mesh.Identity(), Material: mesh.Material{RGBA: red},
	}
	render.Draw([]mesh.Instance{odd, sheet(0, 0, 0, red)}, render.View{Width: 20, Height: 20, Azimuth: 1, Elevation: 1})
}

func TestEdgesAreDrawnWhereASurfaceEnds(t *testing.T) {
	img := render.Draw([]mesh.Instance{sheet(0, 0, 0, red)}, render.View{Width: 60, Height: 60, Elevation: math.Pi / 2, Edges: true})
	darkest := func(y int) uint8 {
		least := uint8(255)
		for x := range 60 {
			if c := img.RGBAAt(x, y); main(c) == 'r' {
				least = min(least, c.R)
			}
		}
		return least
	}
	// The diagonal between the two triangles is no edge, the sides are.
	inside, side := img.RGBAAt(40, 20).R, darkest(30)
	if diagonal := img.RGBAAt(30, 30).R; diagonal != inside || side >= inside {
		t.Errorf("red is %d inside, %d on the diagonal, %d at a side", inside, diagonal, side)
	}
}
