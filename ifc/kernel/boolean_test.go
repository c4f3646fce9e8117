package kernel_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func TestBooleanVolumes(t *testing.T) {
	cube := block(t, 2, 2, 2)
	for _, c := range []struct {
		name                string
		a, b                *mesh.Mesh
		diff, inter, united float64
	}{
		{"blocks that overlap in a corner", cube, at(cube, 1, 1, 1), 7, 1, 15},
		{"a hole right through, ends flush", cube, at(block(t, 1, 1, 2), 0.5, 0.5, 0), 6, 2, 8},
		{"a hole right through, ends beyond", cube, at(block(t, 1, 1, 4), 0.5, 0.5, -1), 6, 2, 10},
		{"a pocket from one face", cube, at(block(t, 1, 1, 1), 0.5, 0.5, 1), 7, 1, 8},
		{"a cavity", cube, at(block(t, 1, 1, 1), 0.5, 0.5, 0.5), 7, 1, 8},
		{"a notch at an edge", cube, at(block(t, 1, 1, 2), 1, 1, 0), 6, 2, 8},
		{"the same block", cube, cube, 0, 8, 8},
		{"the same block, turned by a quarter", cube, cube.Moved(mesh.Translation(kernel.Vec3{2, 0, 0}).Mul(mesh.Rotation(kernel.Vec3{0, 0, 1}, math.Pi/2))), 0, 8, 8},
		{"a block that holds the other", at(block(t, 1, 1, 1), 0.5, 0.5, 0.5), cube, 0, 1, 8},
		{"blocks that share a face", cube, at(cube, 2, 0, 0), 8, 0, 16},
		{"blocks that share half a face", cube, at(cube, 2, 1, 0), 8, 0, 16},
		{"blocks that share an edge", cube, at(cube, 2, 2, 0), 8, 0, 16},
		{"blocks apart", cube, at(cube, 5, 0, 0), 8, 0, 16},
		{"a slab that cuts the block in two", cube, at(block(t, 4, 4, 1), -1, -1, 0.5), 4, 4, 20},
		{"two holes that overlap, cut at once", cube, mesh.Merge(at(block(t, 1, 1, 4), 0.25, 0.5, -1), at(block(t, 1, 1, 4), 0.75, 0.5, -1)), 5, 3, 11},
		{"two holes that touch, cut at once", cube, mesh.Merge(at(block(t, 0.5, 1, 4), 0.5, 0.5, -1), at(block(t, 0.5, 1, 4), 1, 0.5, -1)), 6, 2, 10},
		{"faces a micron apart count as one", cube, at(block(t, 1, 1, 2), 0.5, 0.5, 1e-6), 6, 2, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			for op, want := range map[kernel.Op]float64{kernel.Difference: c.diff, kernel.Intersection: c.inter, kernel.Union: c.united} {
				m, err := fine.Boolean(op, c.a, c.b)
				if err != nil {
					t.Fatalf("%v: %v", op, err)
				}
				if want == 0 {
					if !m.IsEmpty() {
						t.Errorf("%v has %d triangles and volume %v, want none", op, m.NumTriangles(), m.Volume())
					}
					continue
				}
				t.Log(op)
				checkSolid(t, m, want, 1e-4)
			}
		})
	}
}

func TestFacesThatAreNearlyInOnePlaneLeaveNoGaps(t *testing.T) {
	s := kernel.Settings{MaxTurn: math.Pi / 12}
	r := must[*kernel.Region](t)(s.Fill(must[kernel.Profile](t)(s.Circle(0.25))))
	pin := must[*mesh.Mesh](t)(s.Extrude(r, kernel.Vec3{0, 0, 1}, 0.75))
	// The lid of the pin leaves that of the bar by less than half a millimetre.
	pin = pin.Moved(mesh.Rotation(kernel.Vec3{0, -0.25, 1.1}, 0.0078125))
	bar := at(solid(t, must[kernel.Profile](t)(kernel.Rectangle(1, 0.25)), 0.25), 0, 0, 0.5)
	cut := must[*mesh.Mesh](t)(s.Boolean(kernel.Difference, bar, pin))
	inside := must[*mesh.Mesh](t)(s.Boolean(kernel.Intersection, bar, pin))
	checkSolid(t, cut, bar.Volume()-inside.Volume(), 1e-5)
}

func TestBooleanRefusesOpenMeshes(t *testing.T) {
	open := block(t, 2, 2, 2)
	open.Triangles = open.Triangles[3:]
	if _, err := fine.Boolean(kernel.Difference, open, at(block(t, 1, 1, 4), 0.5, 0.5, -1)); !errors.Is(err, kernel.ErrOpen) {
		t.Errorf("error %v, want ErrOpen", err)
	}
}

func TestBooleanStopsWhenTheBudgetIsSpent(t *testing.T) {
	s := fine
	s.Budget = &kernel.Budget{Steps: 30}
	if _, err := s.Boolean(kernel.Difference, block(t, 2, 2, 2), at(block(t, 1, 1, 4), 0.5, 0.5, -1)); !errors.Is(err, kernel.ErrBudget) {
		t.Errorf("error %v, want ErrBudget", err)
	}
}

// drawSolid draws a block, a prism with a hole or a cylinder, somewhere near the
// origin, turned any way or not at all.
func drawSolid(t *rapid.T, coarse kernel.Settings) *mesh.Mesh {
	size := func() float64 { return float64(rapid.IntRange(1, 8).Draw(t, "size")) / 4 }
	place := func() float64 { return float64(rapid.IntRange(-4, 4).Draw(t, "place")) / 4 }
	var p kernel.Profile
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		p, _ = kernel.Rectangle(size(), size())
	case 1:
		p, _ = coarse.Circle(size())
	case 2:
		p, _ = coarse.HollowCircle(size()+1, 0.5)
	default:
		p, _ = kernel.IShape{Depth: 1 + size(), Web: 0.2, Bottom: kernel.Flange{Width: size() + 0.5, Thickness: 0.25}, Top: kernel.Flange{Width: 1, Thickness: 0.25}}.Profile(coarse)
	}
	r, err := coarse.Fill(p)
	if err != nil {
		t.Fatal(err)
	}
	m, err := coarse.Extrude(r, kernel.Vec3{0, 0, 1}, size())
	if err != nil {
		t.Fatal(err)
	}
	turn := mesh.Identity()
	switch rapid.IntRange(0, 2).Draw(t, "turn") {
	case 0:
		turn = mesh.Rotation(kernel.Vec3{place(), place(), 1}, float64(rapid.IntRange(0, 3).Draw(t, "quarters"))*math.Pi/2)
	case 1:
		turn = mesh.Rotation(kernel.Vec3{place(), place(), 1.1}, rapid.Float64Range(-3, 3).Draw(t, "angle"))
	}
	return m.Moved(mesh.Translation(kernel.Vec3{place(), place(), place()}).Mul(turn))
}

func TestDifferenceAndIntersectionAddUp(t *testing.T) {
	// With the smaller turn the meshes have so many triangles that only what is near
	// is looked at.
	for _, turn := range []float64{math.Pi / 12, math.Pi / 70} {
		coarse := kernel.Settings{MaxTurn: turn, Chord: 1}
		t.Run(fmt.Sprintf("%.0f lines to a circle", 2*math.Pi/turn), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { checkAddsUp(rt, drawSolid(rt, coarse), drawSolid(rt, coarse)) })
		})
	}
}

func checkAddsUp(rt *rapid.T, a, b *mesh.Mesh) {
	run := func(op kernel.Op, a, b *mesh.Mesh) float64 {
		m, err := kernel.Settings{}.Boolean(op, a, b)
		if err != nil {
			rt.Fatalf("%v: %v", op, err)
		}
		if !m.IsEmpty() && !m.Closed {
			rt.Fatalf("%v of %d and %d triangles is not closed", op, a.NumTriangles(), b.NumTriangles())
		}
		return m.Volume()
	}
	diff, back, inter, united := run(kernel.Difference, a, b), run(kernel.Difference, b, a), run(kernel.Intersection, a, b), run(kernel.Union, a, b)
	const tol = 2e-3
	if math.Abs(diff+inter-a.Volume()) > tol || math.Abs(back+inter-b.Volume()) > tol || math.Abs(diff+inter+back-united) > tol {
		rt.Fatalf("A %v, B %v, A−B %v, B−A %v, A∩B %v, A∪B %v do not add up", a.Volume(), b.Volume(), diff, back, inter, united)
	}
}

func TestBooleansOfManyTriangles(t *testing.T) {
	s := kernel.Settings{}
	ball := must[*mesh.Mesh](t)(s.Sphere(1))
	small := must[*mesh.Mesh](t)(s.Sphere(0.3))
	v, w := ball.Volume(), small.Volume()
	rod := solid(t, must[kernel.Profile](t)(s.Circle(0.25)), 4)
	for _, c := range []struct {
		name                string
		a, b                *mesh.Mesh
		diff, inter, united float64
	}{
		{"a ball within a ball", ball, at(small, 0.1, 0.2, 0.3), v - w, w, v},
		{"a ball around a ball", at(small, 0.1, 0.2, 0.3), ball, 0, w, v},
		{"balls apart in one box", mesh.Merge(ball, at(ball, 10, 0, 0)), at(small, 5, 0, 0), 2 * v, 0, 2*v + w},
		{"two balls, one holds the third", mesh.Merge(ball, at(ball, 10, 0, 0)), at(small, 10, 0, 0), 2*v - w, w, 2 * v},
	} {
		for op, want := range map[kernel.Op]float64{kernel.Difference: c.diff, kernel.Intersection: c.inter, kernel.Union: c.united} {
			m, err := s.Boolean(op, c.a, c.b)
			if err != nil {
				t.Fatalf("%s, %v: %v", c.name, op, err)
			}
			if got := m.Volume(); math.Abs(got-want) > 1e-6 || want > 0 && !m.IsClosed(micron) {
				t.Errorf("%s: the %v has the volume %v, closed %v, want %v", c.name, op, got, m.IsClosed(micron), want)
			}
		}
	}
	through := must[*mesh.Mesh](t)(s.Boolean(kernel.Difference, ball, at(rod, 0, 0, -2)))
	core := must[*mesh.Mesh](t)(s.Boolean(kernel.Intersection, ball, at(rod, 0, 0, -2)))
	checkSolid(t, through, v-core.Volume(), 1e-6)
}

func TestSurfaceWithoutASolid(t *testing.T) {
	s := kernel.Settings{}
	sheet := &mesh.Mesh{Positions: []float64{0, 0, 0, 4, 0, 0, 4, 4, 0, 0, 4, 0}, Triangles: []uint32{0, 1, 2, 0, 2, 3}}
	tilted := sheet.Moved(mesh.Rotation(kernel.Vec3{1, 0, 0}, math.Pi/4))
	cube := block(t, 1, 1, 1)
	for _, c := range []struct {
		name           string
		surface, solid *mesh.Mesh
		area           float64
	}{
		{"a cube that passes through", sheet, at(cube, 1.5, 1.5, -0.5), 15},
		{"a cube above", sheet, at(cube, 1.5, 1.5, 0.5), 16},
		{"a cube that stands on it", sheet, at(cube, 1.5, 1.5, 0), 16},
		{"a cube half over the border", sheet, at(cube, 3.5, 1.5, -0.5), 15.5},
		{"two cubes that overlap", sheet, mesh.Merge(at(cube, 1, 1, -0.5), at(cube, 1.5, 1, -0.5)), 14.5},
		{"a block that holds all of it", sheet, at(block(t, 8, 8, 8), -2, -2, -4), 0},
		{"a slope", tilted, at(block(t, 1, 8, 1), 1, -2, 1), 16 - math.Sqrt2},
	} {
		m, err := s.Without(c.surface, c.solid)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := m.Area(); math.Abs(got-c.area) > 1e-6 {
			t.Errorf("%s: area %v, want %v", c.name, got, c.area)
		}
	}
}
