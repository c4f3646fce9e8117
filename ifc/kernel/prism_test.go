package kernel_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func TestOpeningsThatArePrismsAreCutInThePlane(t *testing.T) {
	wall := block(t, 5, 0.3, 3)
	ring := solid(t, must[kernel.Profile](t)(fine.HollowCircle(0.5, 0.1)), 1)
	lying := mesh.Rotation(kernel.Vec3{1, 0, 0}, -math.Pi/2)
	gable := solid(t, kernel.Profile{Outer: kernel.Ring{{0, 0}, {5, 0}, {5, 3}, {2.5, 4}, {0, 3}}}, 0.3)
	for _, c := range []struct {
		name   string
		a, b   *mesh.Mesh
		volume float64
	}{
		{"a window", wall, at(block(t, 1, 0.5, 1.2), 1, -0.1, 0.9), 4.5 - 1*0.3*1.2},
		{"a door at the foot", wall, at(block(t, 1, 0.3, 2), 1, 0, 0), 4.5 - 1*0.3*2},
		{"a niche", wall, at(block(t, 1, 0.2, 1.2), 1, -0.1, 0.9), 4.5 - 1*0.1*1.2},
		{"a window that ends 12 µm before the wall does", wall, at(block(t, 1, 0.3, 1.2), 1, -12e-6, 0.9), 4.5 - 1*0.3*1.2},
		{"a cavity", wall, at(block(t, 1, 0.1, 1.2), 1, 0.1, 0.9), 4.5 - 1*0.1*1.2},
		{"a niche from either side, back to back", wall, mesh.Merge(at(block(t, 1, 0.2, 1), 1, -0.1, 1), at(block(t, 1, 0.2, 1), 1.5, 0.2, 1)), 4.5 - 2*0.1},
		{"two that overlap", wall, mesh.Merge(at(block(t, 1, 0.5, 1), 1, -0.1, 1), at(block(t, 1, 0.5, 1), 1.5, -0.1, 1.5)), 4.5 - 0.3*1.75},
		{"two that end in different depths over each other", wall, mesh.Merge(at(block(t, 2, 0.2, 1), 1, -0.1, 1), at(block(t, 1, 0.3, 1), 1.5, -0.1, 0.5)), 4.5 - 0.2 - 0.2 + 0.05},
		{"a round hole with a core", wall, at(ring.Moved(lying), 2.5, -0.1, 1.5), 4.5 - 0.3*math.Pi*(0.25-0.16)},
		{"a gable wall", gable, at(block(t, 1, 1.2, 1), 2, 0.9, -0.2), 0.3 * (17.5 - 1.2)},
		{"an opening as large as the wall", wall, wall, 0},
		{"an opening that only touches", wall, at(block(t, 1, 1, 1), 1, 0.3, 1), 4.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, turn := range []mesh.Transform{mesh.Identity(), mesh.Translation(kernel.Vec3{3000, -2000, 17}).Mul(mesh.Rotation(kernel.Vec3{1, 2, 3}, 0.7))} {
				m, rest, done, err := kernel.CutPrisms(fine, c.a.Moved(turn), c.b.Moved(turn))
				if err != nil || !done || rest != nil {
					t.Fatalf("done %v, rest %v, error %v", done, rest, err)
				}
				if c.volume == 0 {
					if !m.IsEmpty() {
						t.Errorf("%d triangles are left", m.NumTriangles())
					}
					continue
				}
				checkSolid(t, m, c.volume, 2e-4)
			}
		})
	}
}

func TestWhatIsNoPrismIsLeftToBeCut(t *testing.T) {
	wall := block(t, 5, 0.3, 3)
	window := at(block(t, 1, 0.5, 1.2), 1, -0.1, 0.9)
	ball := at(must[*mesh.Mesh](t)(kernel.Settings{}.Sphere(0.5)), 4, 0.15, 1.5)
	r, rest, done, err := kernel.CutPrisms(kernel.Settings{}, wall, mesh.Merge(window, ball))
	if err != nil || !done || rest == nil {
		t.Fatalf("done %v, rest %v, error %v", done, rest, err)
	}
	checkSolid(t, r, 4.5-0.36, 1e-9)
	checkSolid(t, rest, ball.Volume(), 1e-9)
	both := must[*mesh.Mesh](t)(kernel.Settings{}.Boolean(kernel.Difference, wall, mesh.Merge(window, ball)))
	inside := must[*mesh.Mesh](t)(kernel.Settings{}.Boolean(kernel.Intersection, wall, ball))
	checkSolid(t, both, 4.5-0.36-inside.Volume(), 1e-4)

	twisted := block(t, 1, 1, 1)
	for i := range twisted.NumPoints() { // the lid, turned by a quarter: the walls are no longer upright
		if p := twisted.Positions[3*i : 3*i+3]; p[2] > 0.5 {
			p[0], p[1] = 1-p[1], p[0]
		}
	}
	if _, _, done, err := kernel.CutPrisms(kernel.Settings{}, wall, at(twisted, 1, -0.5, 1)); done || err != nil {
		t.Errorf("a twisted block was cut as a prism (error %v)", err)
	}
}

// drawWall draws a wall, straight or bent, or a slab of an odd outline.
func drawWall(t *rapid.T) kernel.Profile {
	n := func(a, b int) float64 { return float64(rapid.IntRange(a, b).Draw(t, "size")) / 4 }
	x, y := n(4, 20), n(1, 8)
	switch rapid.IntRange(0, 2).Draw(t, "wall") {
	case 0:
		return kernel.Profile{Outer: kernel.Ring{{0, 0}, {x, 0}, {x, y}, {0, y}}}
	case 1:
		return kernel.Profile{Outer: kernel.Ring{{0, 0}, {x, 0}, {x, y}, {x / 2, y + n(0, 4)}, {0, y}}}
	}
	return kernel.Profile{
		Outer: kernel.Ring{{0, 0}, {x, 0}, {x + 1, y}, {x, y + 1}, {0, y + 1}},
		Holes: []kernel.Ring{{{0.1, 0.1}, {0.1 + x/3, 0.1}, {0.1 + x/3, y / 2}, {0.1, y / 2}}},
	}
}

// drawOpening draws what lies across a wall of the given depth: through it, into
// it from one side, or within it.
func drawOpening(t *rapid.T, depth float64) *mesh.Mesh {
	s := kernel.Settings{MaxTurn: math.Pi / 6}
	n := func(a, b int) float64 { return float64(rapid.IntRange(a, b).Draw(t, "opening")) / 4 }
	var p kernel.Profile
	if rapid.Bool().Draw(t, "round") {
		p, _ = s.Circle(n(1, 6))
	} else {
		p, _ = kernel.Rectangle(n(1, 8), n(1, 8))
	}
	r, err := s.Fill(p)
	if err != nil {
		t.Fatal(err)
	}
	length := depth * rapid.SampledFrom([]float64{0.25, 0.5, 1, 2}).Draw(t, "length")
	m, err := s.Extrude(r, kernel.Vec3{0, 0, 1}, length)
	if err != nil {
		t.Fatal(err)
	}
	return at(m, n(-2, 22), n(-2, 12), depth*rapid.SampledFrom([]float64{-0.5, 0, 0.25, 0.5}).Draw(t, "from"))
}

func TestPrismsAreCutAsPlaneByPlane(t *testing.T) {
	s := kernel.Settings{}
	taken := 0
	rapid.Check(t, func(rt *rapid.T) {
		r, err := s.Fill(drawWall(rt))
		if err != nil {
			rt.Fatal(err)
		}
		depth := float64(rapid.IntRange(1, 8).Draw(rt, "depth")) / 8
		wall, err := s.Extrude(r, kernel.Vec3{0, 0, 1}, depth)
		if err != nil {
			rt.Fatal(err)
		}
		var parts []*mesh.Mesh
		for range rapid.IntRange(1, 5).Draw(rt, "openings") {
			parts = append(parts, drawOpening(rt, depth))
		}
		turn := mesh.Identity()
		if rapid.Bool().Draw(rt, "turned") {
			turn = mesh.Rotation(kernel.Vec3{1, 2, 3}, rapid.Float64Range(-3, 3).Draw(rt, "angle"))
		}
		a, b := wall.Moved(turn), mesh.Merge(parts...).Moved(turn)
		got, err := s.Boolean(kernel.Difference, a, b)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := kernel.DifferenceByPlanes(s, a, b)
		if err != nil {
			rt.Fatal(err)
		}
		if _, _, done, _ := kernel.CutPrisms(s, a, b); done {
			taken++
		}
		if !got.IsEmpty() && (!got.Closed || !got.IsClosed(micron)) {
			rt.Fatal("not closed")
		}
		if v := got.Volume(); v < 0 || v > wall.Volume()+1e-6 {
			rt.Fatalf("openings make %v of %v", v, wall.Volume())
		}
		const tol = 1e-4
		if math.Abs(got.Volume()-want.Volume()) > tol || math.Abs(got.Area()-want.Area()) > 10*tol {
			rt.Fatalf("volume %v and area %v, plane by plane %v and %v", got.Volume(), got.Area(), want.Volume(), want.Area())
		}
	})
	if taken == 0 {
		t.Error("no wall was cut in the plane")
	}
}
