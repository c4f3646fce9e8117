package kernel_test

import (
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// fine cuts curves so finely that a polygon's area is the curve's to one part in
// ten thousand.
var fine = kernel.Settings{Chord: 1e-5, MaxTurn: 0.02}

const micron = 1e-6

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func solid(t testing.TB, p kernel.Profile, depth float64) *mesh.Mesh {
	t.Helper()
	r := must[*kernel.Region](t)(fine.Fill(p))
	return must[*mesh.Mesh](t)(fine.Extrude(r, kernel.Vec3{0, 0, 1}, depth))
}

func block(t testing.TB, x, y, z float64) *mesh.Mesh {
	t.Helper()
	return solid(t, kernel.Profile{Outer: kernel.Ring{{0, 0}, {x, 0}, {x, y}, {0, y}}}, z)
}

func at(m *mesh.Mesh, x, y, z float64) *mesh.Mesh {
	return m.Moved(mesh.Translation(kernel.Vec3{x, y, z}))
}

// checkSolid checks that m is closed, faces outward and has the volume.
func checkSolid(t testing.TB, m *mesh.Mesh, volume, tol float64) {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	if !m.IsClosed(micron) {
		t.Errorf("mesh of %d triangles is not closed", m.NumTriangles())
	}
	if !m.Closed {
		t.Error("Closed = false")
	}
	if got := m.Volume(); !(math.Abs(got-volume) <= tol) {
		t.Errorf("volume = %.9g, want %.9g ± %g", got, volume, tol)
	}
}

func TestTrapeziumsStandInTheMiddleOfTheirBox(t *testing.T) {
	for _, c := range []struct{ bottom, top, offset, half float64 }{{2, 1, 0.5, 1}, {2, 2, 1, 1.5}, {5, 6, -2, 3.5}, {1, 5, -1, 2.5}} {
		p := must[kernel.Profile](t)(kernel.Trapezium(c.bottom, c.top, 1, c.offset))
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, q := range p.Outer {
			lo, hi = math.Min(lo, q[0]), math.Max(hi, q[0])
		}
		if math.Abs(lo+c.half) > 1e-12 || math.Abs(hi-c.half) > 1e-12 {
			t.Errorf("%+v reaches from %v to %v, want ±%v", c, lo, hi, c.half)
		}
	}
}

func TestExtrudedProfilesHaveTheirAnalyticVolume(t *testing.T) {
	// What a fillet of radius r adds to an inner corner or takes from an outer one.
	corner := func(r float64) float64 { return (1 - math.Pi/4) * r * r }
	type shape interface {
		Profile(kernel.Settings) (kernel.Profile, error)
	}
	of := func(s shape) kernel.Profile { return must[kernel.Profile](t)(s.Profile(fine)) }
	p := must[kernel.Profile](t)
	flange := kernel.Flange{Width: 0.2, Thickness: 0.02, Fillet: 0.01}
	sloped := kernel.Flange{Width: 0.2, Thickness: 0.02, Slope: 0.1}
	for _, c := range []struct {
		name    string
		profile kernel.Profile
		area    float64
	}{
		{"rectangle", p(kernel.Rectangle(2, 3)), 6},
		{"rounded rectangle", p(fine.RoundedRectangle(2, 3, 0.5)), 6 - 4*corner(0.5)},
		{"rounded rectangle whose radius is half its side", p(fine.RoundedRectangle(2, 2, 1)), math.Pi},
		{"hollow rectangle", of(kernel.HollowRectangle{X: 0.4, Y: 0.3, Wall: 0.02, InnerRadius: 0.01, OuterRadius: 0.03}), 0.4*0.3 - 0.36*0.26 - 4*corner(0.03) + 4*corner(0.01)},
		{"circle", p(fine.Circle(0.5)), math.Pi / 4},
		{"hollow circle", p(fine.HollowCircle(0.5, 0.1)), math.Pi * (0.25 - 0.16)},
		{"ellipse", p(fine.Ellipse(2, 1)), 2 * math.Pi},
		{"I", of(kernel.IShape{Depth: 0.4, Web: 0.01, Bottom: flange, Top: flange}), 2*0.2*0.02 + 0.36*0.01 + 4*corner(0.01)},
		{"I with sloped flanges", of(kernel.IShape{Depth: 0.4, Web: 0.01, Bottom: sloped, Top: sloped}), 2*0.2*0.02 + 0.36*0.01},
		{"asymmetric I", of(kernel.IShape{Depth: 0.4, Web: 0.01, Bottom: flange, Top: kernel.Flange{Width: 0.1, Thickness: 0.03}}), 0.2*0.02 + 0.1*0.03 + 0.35*0.01 + 2*corner(0.01)},
		{"L", of(kernel.LShape{Depth: 0.2, Width: 0.1, Thickness: 0.01, Fillet: 0.02, Edge: 0.005}), 0.2*0.01 + 0.09*0.01 + corner(0.02) - 2*corner(0.005)},
		{"L with equal legs", of(kernel.LShape{Depth: 0.1, Thickness: 0.01}), 0.1*0.01 + 0.09*0.01},
		{"T", of(kernel.TShape{Depth: 0.2, FlangeWidth: 0.1, Web: 0.01, Flange: 0.02, Fillet: 0.01}), 0.1*0.02 + 0.18*0.01 + 2*corner(0.01)},
		{"U", of(kernel.UShape{Depth: 0.2, FlangeWidth: 0.08, Web: 0.01, Flange: 0.015, Fillet: 0.01, Edge: 0.005}), 0.2*0.01 + 2*0.07*0.015 + 2*corner(0.01) - 2*corner(0.005)},
		{"C", of(kernel.CShape{Depth: 0.2, Width: 0.08, Wall: 0.004, Girth: 0.02}), 0.2*0.08 - 0.192*0.072 - 0.004*0.16},
		{"Z", of(kernel.ZShape{Depth: 0.2, FlangeWidth: 0.08, Web: 0.01, Flange: 0.02}), 0.16*0.01 + 2*0.08*0.02},
		{"trapezium", p(kernel.Trapezium(2, 1, 1, 0.3)), 1.5},
		{"crane rail with a wide foot", of(kernel.CraneRail{Height: 10, Web: 1, HeadWidth: 5, HeadSide: 2, HeadDepth: 3, BaseWidth: 8, BaseSide: 0.5, KneeWidth: 6, KneeDepth: 1, BaseDepth: 2}), 29},
		{"crane rail with a rounded head", of(kernel.CraneRail{Height: 10, Web: 1, HeadWidth: 5, HeadSide: 2, HeadDepth: 3, HeadRadius: 0.5, BaseWidth: 5, BaseSide: 0.5, BaseDepth: 2}), 25 - 2*corner(0.5)},
		{"square with a hole that touches its side", kernel.Profile{Outer: kernel.Ring{{0, 0}, {3, 0}, {3, 3}, {0, 3}}, Holes: []kernel.Ring{{{1, 0}, {2, 0}, {2, 1}, {1, 1}}}}, 8},
		{"square with two holes that touch in a point", kernel.Profile{Outer: kernel.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}}, Holes: []kernel.Ring{{{1, 1}, {2, 1}, {2, 2}, {1, 2}}, {{2, 2}, {3, 2}, {3, 3}, {2, 3}}}}, 14},
		{"square with holes that overlap", kernel.Profile{Outer: kernel.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}}, Holes: []kernel.Ring{{{1, 1}, {2, 1}, {2, 2}, {1, 2}}, {{1.5, 1}, {2.5, 1}, {2.5, 2}, {1.5, 2}}}}, 14.5},
		{"clockwise ring with repeated and collinear points", kernel.Profile{Outer: kernel.Ring{{0, 0}, {0, 0}, {0, 1}, {0, 2}, {0, 2}, {2, 2}, {2, 0}, {1, 0}}}, 4},
		{"ring that returns along its own line", kernel.Profile{Outer: kernel.Ring{{0, 0}, {2, 0}, {2, 2}, {1, 2}, {1, 3}, {1, 2}, {0, 2}}}, 4},
		{"bow tie", kernel.Profile{Outer: kernel.Ring{{0, 0}, {2, 2}, {2, 0}, {0, 2}}}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := solid(t, c.profile, 2.5)
			checkSolid(t, m.Welded(micron), 2.5*c.area, 2.5*c.area*1e-4)
		})
	}
}

func TestExtrudeAlongAnyDirection(t *testing.T) {
	r := must[*kernel.Region](t)(fine.Fill(must[kernel.Profile](t)(kernel.Rectangle(2, 3))))
	for _, c := range []struct {
		name      string
		direction kernel.Vec3
		volume    float64
	}{
		{"up", kernel.Vec3{0, 0, 1}, 24},
		{"down", kernel.Vec3{0, 0, -2}, 24},
		{"slanted by 60 degrees", kernel.Vec3{math.Sqrt(3), 0, 1}, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkSolid(t, must[*mesh.Mesh](t)(fine.Extrude(r, c.direction, 4)), c.volume, 1e-9)
		})
	}
	if _, err := fine.Extrude(r, kernel.Vec3{1, 0, 0}, 4); err == nil {
		t.Error("extruding within the plane of the profile gives no error")
	}
}

func TestSweepsHaveTheirAnalyticVolume(t *testing.T) {
	square := must[*kernel.Region](t)(fine.Fill(kernel.Profile{Outer: kernel.Ring{{1, 0}, {2, 0}, {2, 1}, {1, 1}}}))
	half := must[*kernel.Region](t)(fine.Fill(kernel.Profile{Outer: kernel.Ring{{0, 0}, {1, 0}, {0, 1}}}))
	y := kernel.Vec3{0, 1, 0}
	m := must[*mesh.Mesh](t)
	t.Run("a square ring by a full turn", func(t *testing.T) {
		checkSolid(t, m(fine.Revolve(square, kernel.Vec3{}, y, 2*math.Pi)), 3*math.Pi, 2e-3)
	})
	t.Run("a quarter of it turned backwards", func(t *testing.T) {
		checkSolid(t, m(fine.Revolve(square, kernel.Vec3{}, y, -math.Pi/2)), 3*math.Pi/4, 1e-3)
	})
	t.Run("a cone, whose profile touches the axis", func(t *testing.T) {
		checkSolid(t, m(fine.Revolve(half, kernel.Vec3{}, y, 2*math.Pi)), math.Pi/3, 1e-3)
	})
	t.Run("half a cone", func(t *testing.T) {
		checkSolid(t, m(fine.Revolve(half, kernel.Vec3{}, y, math.Pi)), math.Pi/6, 1e-3)
	})
	t.Run("a straight pipe", func(t *testing.T) {
		checkSolid(t, m(fine.SweepDisk(kernel.Trail{Points: []kernel.Vec3{{0, 0, 0}, {0, 0, 0}, {3, 4, 0}}}, 0.1, 0.05)), 5*math.Pi*0.0075, 1e-4)
	})
	t.Run("a pipe with a mitred corner keeps the length of its axis", func(t *testing.T) {
		checkSolid(t, m(fine.SweepDisk(kernel.Trail{Points: []kernel.Vec3{{0, 0, 0}, {2, 0, 0}, {2, 2, 0}, {2, 2, 2}}}, 0.1, 0)), 6*math.Pi*0.01, 1e-4)
	})
	t.Run("a torus", func(t *testing.T) {
		var path []kernel.Vec3
		for i := range 401 {
			s, c := math.Sincos(2 * math.Pi * float64(i) / 400)
			path = append(path, kernel.Vec3{c, s, 0})
		}
		path[400] = path[0]
		checkSolid(t, m(fine.SweepDisk(kernel.Trail{Points: path}, 0.2, 0)), 2*math.Pi*math.Pi*0.04, 1e-3)
	})
	t.Run("a square along an L", func(t *testing.T) {
		r := must[*kernel.Region](t)(fine.Fill(must[kernel.Profile](t)(kernel.Rectangle(0.2, 0.2))))
		checkSolid(t, m(fine.SweepAlong(r, kernel.Trail{Points: []kernel.Vec3{{0, 0, 0}, {2, 0, 0}, {2, 2, 0}}}, func(_, _ kernel.Vec3) kernel.Vec3 { return kernel.Vec3{0, 0, 1} })), 4*0.04, 1e-9)
	})
}

func TestClipPartsAddUp(t *testing.T) {
	tube := solid(t, must[kernel.Profile](t)(fine.HollowCircle(1, 0.3)), 2)
	for _, c := range []struct {
		name          string
		mesh          *mesh.Mesh
		point, normal kernel.Vec3
		below         float64
	}{
		{"a block in the middle", block(t, 2, 3, 4), kernel.Vec3{0, 0, 1}, kernel.Vec3{0, 0, 1}, 6},
		{"a block along its diagonal, through four corners", block(t, 2, 2, 2), kernel.Vec3{}, kernel.Vec3{-1, 1, 0}, 4},
		{"a block at its top face", block(t, 2, 3, 4), kernel.Vec3{0, 0, 4}, kernel.Vec3{0, 0, 1}, 24},
		{"a block at its bottom face", block(t, 2, 3, 4), kernel.Vec3{}, kernel.Vec3{0, 0, 1}, 0},
		{"a corner off a block", block(t, 1, 1, 1), kernel.Vec3{0.5, 0, 0}, kernel.Vec3{1, 1, 1}, 0.125 / 6},
		{"a tube along its axis", tube, kernel.Vec3{0, 0.1, 0}, kernel.Vec3{0, 1, 0}, -1},
		{"a tube across", tube, kernel.Vec3{0, 0, 0.5}, kernel.Vec3{0, 0, 1}, tube.Volume() / 4},
		{"two blocks that touch in an edge", mesh.Merge(block(t, 1, 1, 1), at(block(t, 1, 1, 1), 1, 1, 0)), kernel.Vec3{1, 1, 0.25}, kernel.Vec3{0, 0, 1}, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			below := must[*mesh.Mesh](t)(fine.Clip(c.mesh, c.point, c.normal))
			above := must[*mesh.Mesh](t)(fine.Clip(c.mesh, c.point, c.normal.Scale(-1)))
			want := c.below
			if want < 0 {
				want = c.mesh.Volume() - above.Volume()
			}
			if want == 0 {
				if !below.IsEmpty() {
					t.Errorf("below has %d triangles, want none", below.NumTriangles())
				}
			} else {
				checkSolid(t, below, want, 1e-9)
			}
			if rest := c.mesh.Volume() - want; rest > 1e-9 {
				checkSolid(t, above, rest, 1e-9)
			}
		})
	}
}
