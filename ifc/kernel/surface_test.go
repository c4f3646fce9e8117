package kernel_test

import (
	"errors"
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// path joins points of a surface along straight lines of its parameters.
func path(s kernel.Surface, corners ...kernel.Vec2) []kernel.Vec3 {
	var out []kernel.Vec3
	for i := 1; i < len(corners); i++ {
		d := corners[i].Sub(corners[i-1])
		const pieces = 48
		for k := range pieces {
			out = append(out, s.At(corners[i-1].Add(d.Scale(float64(k)/pieces))))
		}
	}
	return out
}

// quarterPipe is a quarter of a cylinder of radius 1 and height 2 as a rational surface.
func quarterPipe() *kernel.BSplineSurface {
	w := math.Sqrt(0.5)
	return &kernel.BSplineSurface{
		Degree: [2]int{2, 1}, Count: [2]int{3, 2},
		Points:  []kernel.Vec3{{1, 0, 0}, {1, 0, 2}, {1, 1, 0}, {1, 1, 2}, {0, 1, 0}, {0, 1, 2}},
		Weights: []float64{1, 1, w, w, 1, 1},
		Knots:   [2][]float64{{0, 0, 0, 1, 1, 1}, {0, 0, 1, 1}},
	}
}

func TestFacesOnSurfacesHaveTheirAnalyticArea(t *testing.T) {
	const pi = math.Pi
	at := mesh.Translation(kernel.Vec3{3, -2, 1}).Mul(mesh.Rotation(kernel.Vec3{1, 2, 3}, 0.7))
	pipe := kernel.CylinderSurface(at, 2)
	ball := kernel.SphereSurface(at, 2)
	ring := kernel.TorusSurface(at, 3, 1)
	cone := must[kernel.Surface](t)(kernel.RevolvedSurface([]kernel.Vec3{{0, 0, 4}, {3, 0, 0}}, kernel.Vec3{}, kernel.Vec3{0, 0, 1}))
	wall := must[kernel.Surface](t)(kernel.ExtrudedSurface([]kernel.Vec3{{0, 0, 0}, {1, 0, 0}, {1, 1, 0}}, kernel.Vec3{0, 0, 1}))
	spline := quarterPipe()
	if err := spline.Prepare(); err != nil {
		t.Fatal(err)
	}
	type uv = kernel.Vec2
	for _, c := range []struct {
		name    string
		surface kernel.Surface
		loops   [][]kernel.Vec3
		area    float64
	}{
		{"pipe with a seam", pipe, [][]kernel.Vec3{path(pipe, uv{0, 0}, uv{2 * pi, 0}, uv{2 * pi, 5}, uv{0, 5}, uv{0, 0})}, 20 * pi},
		{"pipe with a seam elsewhere", pipe, [][]kernel.Vec3{path(pipe, uv{1, 0}, uv{1 + 2*pi, 0}, uv{1 + 2*pi, 5}, uv{1, 5}, uv{1, 0})}, 20 * pi},
		{"pipe between two circles", pipe, [][]kernel.Vec3{path(pipe, uv{1, 0}, uv{1 + 2*pi, 0}), path(pipe, uv{3 + 2*pi, 5}, uv{3, 5})}, 20 * pi},
		{"pipe between two circles that run the same way", pipe, [][]kernel.Vec3{path(pipe, uv{1, 0}, uv{1 + 2*pi, 0}), path(pipe, uv{3, 5}, uv{3 + 2*pi, 5})}, 20 * pi},
		{"pipe with a window", pipe, [][]kernel.Vec3{
			path(pipe, uv{0, 0}, uv{2 * pi, 0}), path(pipe, uv{2 * pi, 5}, uv{0, 5}), path(pipe, uv{-0.5, 1}, uv{-0.5, 3}, uv{0.5, 3}, uv{0.5, 1}, uv{-0.5, 1}),
		}, 20*pi - 4},
		{"pipe with a seam and a window", pipe, [][]kernel.Vec3{
			path(pipe, uv{1, 0}, uv{1 + 2*pi, 0}, uv{1 + 2*pi, 5}, uv{1, 5}, uv{1, 0}), path(pipe, uv{6, 1}, uv{6, 3}, uv{7, 3}, uv{7, 1}, uv{6, 1}),
		}, 20*pi - 4},
		{"part of a pipe across the beginning of its angle", pipe, [][]kernel.Vec3{path(pipe, uv{-1, 0}, uv{1, 0}, uv{1, 5}, uv{-1, 5}, uv{-1, 0})}, 20},
		{"ball without a border", ball, nil, 16 * pi},
		{"ball with a seam", ball, [][]kernel.Vec3{path(ball, uv{0, -pi / 2}, uv{0, pi / 2}, uv{0, -pi / 2})}, 16 * pi},
		{"upper half of a ball", ball, [][]kernel.Vec3{path(ball, uv{0, 0}, uv{2 * pi, 0})}, 8 * pi},
		{"lower half of a ball", ball, [][]kernel.Vec3{path(ball, uv{2 * pi, 0}, uv{0, 0})}, 8 * pi},
		{"zone of a ball", ball, [][]kernel.Vec3{path(ball, uv{0, -pi / 6}, uv{2 * pi, -pi / 6}), path(ball, uv{2 * pi, pi / 6}, uv{0, pi / 6})}, 2 * pi * 2 * 2},
		{"octant of a ball", ball, [][]kernel.Vec3{path(ball, uv{0, 0}, uv{pi / 2, 0}, uv{pi / 2, pi / 2}, uv{0, pi / 2}, uv{0, 0})}, 2 * pi},
		{"three quarters of the upper half of a ball", ball, [][]kernel.Vec3{path(ball, uv{0, 0}, uv{1.5 * pi, 0}, uv{1.5 * pi, pi / 2}, uv{0, pi / 2}, uv{0, 0})}, 6 * pi},
		{"slice of a ball from pole to pole", ball, [][]kernel.Vec3{path(ball, uv{1, pi / 2}, uv{1, -pi / 2}, uv{5, -pi / 2}, uv{5, pi / 2})}, 16 * pi * 4 / (2 * pi)},
		{"ring without a border", ring, nil, 4 * pi * pi * 3},
		{"ring with seams", ring, [][]kernel.Vec3{path(ring, uv{0, 0}, uv{2 * pi, 0}, uv{2 * pi, 2 * pi}, uv{0, 2 * pi}, uv{0, 0})}, 4 * pi * pi * 3},
		{"bend of a pipe", ring, [][]kernel.Vec3{path(ring, uv{0, 2 * pi}, uv{0, 0}), path(ring, uv{pi / 2, 0}, uv{pi / 2, 2 * pi})}, pi * pi * 3},
		{"cone down from its tip", cone, [][]kernel.Vec3{path(cone, uv{2 * pi, 5}, uv{0, 5})}, 15 * pi},
		{"cone with a seam", cone, [][]kernel.Vec3{path(cone, uv{2 * pi, 0}, uv{2 * pi, 5}, uv{0, 5}, uv{0, 0})}, 15 * pi},
		{"wall around a corner", wall, [][]kernel.Vec3{path(wall, uv{0, 0}, uv{2, 0}, uv{2, 3}, uv{0, 3}, uv{0, 0})}, 6},
		{"rational surface within its border", spline, [][]kernel.Vec3{path(spline, uv{0, 0}, uv{1, 0}, uv{1, 1}, uv{0, 1}, uv{0, 0})}, pi},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, s := range []kernel.Settings{{Chord: 2e-3}, {Chord: 8e-3, MaxTurn: 0.1}} {
				for _, against := range []bool{false, true} {
					loops := c.loops
					if against {
						loops = nil
						for _, l := range c.loops {
							loops = append(loops, backwards(l))
						}
					}
					m, err := s.SurfaceFace(c.surface, loops, against)
					if err != nil {
						t.Fatal(err)
					}
					if err := m.Validate(); err != nil {
						t.Fatal(err)
					}
					m = m.Welded(micron)
					if got, tol := m.Area(), 0.012*c.area; !(math.Abs(got-c.area) <= tol) {
						t.Errorf("area = %.6g, want %.6g ± %.2g (%d triangles)", got, c.area, tol, m.NumTriangles())
					}
					if c.name != "pipe between two circles that run the same way" {
						checkBorder(t, m, loops)
					}
				}
			}
		})
	}
}

func backwards(l []kernel.Vec3) []kernel.Vec3 {
	out := make([]kernel.Vec3, len(l))
	for i, p := range l {
		out[len(l)-1-i] = p
	}
	return out
}

// checkBorder checks that the open edges of a face are those of its loops, each with the
// face on its left; a seam that a loop follows to and fro is no border.
func checkBorder(t *testing.T, m *mesh.Mesh, loops [][]kernel.Vec3) {
	t.Helper()
	want := map[[2]kernel.Vec3]int{}
	key := func(p kernel.Vec3) kernel.Vec3 {
		for i := range p {
			p[i] = math.Round(p[i]*1e4)/1e4 + 0
		}
		return p
	}
	note := func(a, b kernel.Vec3, n int) {
		a, b = key(a), key(b)
		switch {
		case a == b:
			return
		case want[[2]kernel.Vec3{b, a}] != 0:
			a, b, n = b, a, -n
		}
		if want[[2]kernel.Vec3{a, b}] += n; want[[2]kernel.Vec3{a, b}] == 0 {
			delete(want, [2]kernel.Vec3{a, b})
		}
	}
	for _, l := range loops {
		for i, p := range l {
			note(p, l[(i+1)%len(l)], -1)
		}
	}
	for _, e := range m.Edges() {
		note(m.Point(e.A), m.Point(e.B), int(e.Net))
	}
	if len(want) > 4 {
		t.Errorf("%d edges of border and loops do not meet", len(want))
	}
}

func TestAFaceWhoseBorderHoldsNoAreaIsEmpty(t *testing.T) {
	pipe := kernel.CylinderSurface(mesh.Identity(), 1)
	m, err := kernel.Settings{}.SurfaceFace(pipe, [][]kernel.Vec3{{{1, 0, 0}, {1, 0, 2}, {1, 0, 2}, {1, 0, 0}}}, false)
	if err != nil || !m.IsEmpty() {
		t.Errorf("mesh %v, error %v, want an empty mesh", m, err)
	}
}

func TestFacesThatAreNoFaces(t *testing.T) {
	pipe := kernel.CylinderSurface(mesh.Identity(), 1)
	type uv = kernel.Vec2
	for _, c := range []struct {
		name  string
		loops [][]kernel.Vec3
	}{
		{"one circle around a pipe without an end", [][]kernel.Vec3{path(pipe, uv{0, 0}, uv{2 * math.Pi, 0})}},
		{"a pipe without a border", nil},
		{"three circles", [][]kernel.Vec3{path(pipe, uv{0, 0}, uv{2 * math.Pi, 0}), path(pipe, uv{0, 1}, uv{2 * math.Pi, 1}), path(pipe, uv{0, 2}, uv{2 * math.Pi, 2})}},
		{"a point that is not finite", [][]kernel.Vec3{{{1, 0, 0}, {math.NaN(), 0, 0}, {0, 1, 0}}}},
	} {
		if _, err := (kernel.Settings{}).SurfaceFace(pipe, c.loops, false); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s: error %v, want one that wraps ErrInvalid", c.name, err)
		}
	}
}

func TestPointsOfASurfaceAreFoundAgain(t *testing.T) {
	at := mesh.Translation(kernel.Vec3{3, -2, 1}).Mul(mesh.Rotation(kernel.Vec3{1, 2, 3}, 0.7))
	spline := quarterPipe()
	if err := spline.Prepare(); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]kernel.Surface{
		"plane": kernel.PlaneSurface(at), "pipe": kernel.CylinderSurface(at, 2), "ball": kernel.SphereSurface(at, 2),
		"ring": kernel.TorusSurface(at, 3, 1), "spline": spline,
		"revolved": must[kernel.Surface](t)(kernel.RevolvedSurface([]kernel.Vec3{{1, 0, 0}, {2, 0, 1}, {1, 0, 3}}, kernel.Vec3{}, kernel.Vec3{0, 0, 1})),
		"extruded": must[kernel.Surface](t)(kernel.ExtrudedSurface([]kernel.Vec3{{1, 0, 0}, {2, 0, 1}, {1, 0, 3}}, kernel.Vec3{1, 1, 0})),
	} {
		for i := range 5 {
			for j := range 5 {
				p := s.At(kernel.Vec2{0.1 + 0.2*float64(i), 0.1 + 0.2*float64(j)})
				if got := s.At(s.Near(p, nil)); got.Sub(p).Len() > 1e-9 {
					t.Errorf("%s: %v is found at %v", name, p, got)
				}
			}
		}
	}
}
