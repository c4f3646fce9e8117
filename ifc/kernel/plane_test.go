package kernel_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/ifc/kernel"
)

// The sum of winding number × area over an arrangement is the sum of the signed
// areas of its rings, whatever they do: an identity that holds for touching,
// overlapping and self-crossing input alike.
func TestWindingTimesAreaIsTheSignedArea(t *testing.T) {
	for _, c := range []struct {
		name string
		draw func(*rapid.T) float64
		tol  float64
	}{
		{"points anywhere", func(t *rapid.T) float64 { return rapid.Float64Range(-10, 10).Draw(t, "v") }, 1e-6},
		{"points on a coarse grid touch, repeat and align", func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 6).Draw(t, "v")) }, 1e-6},
		{"points on a grid with noise in the last bits", func(t *rapid.T) float64 {
			return float64(rapid.IntRange(0, 6).Draw(t, "v")) + float64(rapid.IntRange(-3, 3).Draw(t, "noise"))*1e-9
		}, 1e-6},
		{"points on a grid with noise of the size of the tolerance", func(t *rapid.T) float64 {
			return float64(rapid.IntRange(0, 6).Draw(t, "v")) + float64(rapid.IntRange(-5, 5).Draw(t, "noise"))*2e-7
		}, 1e-6},
	} {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				var rings []kernel.Ring
				want, length := 0.0, 0.0
				for range rapid.IntRange(1, 4).Draw(t, "rings") {
					var r kernel.Ring
					for range rapid.IntRange(3, 14).Draw(t, "points") {
						r = append(r, kernel.Vec2{c.draw(t), c.draw(t)})
					}
					rings = append(rings, r)
					want += math.Abs(r.Area())
					for i := range r {
						length += r[i].Sub(r[(i+1)%len(r)]).Len()
					}
				}
				got, smallest, err := kernel.PlaneCheck(rings, c.tol)
				if err != nil {
					t.Fatal(err)
				}
				if smallest <= 0 {
					t.Fatalf("a triangle has double area %v", smallest)
				}
				// Lines may move by the tolerance, a few times over where many meet.
				if math.Abs(got-want) > length*c.tol*20+1e-9 {
					t.Fatalf("winding × area = %v, want %v (difference %g)", got, want, got-want)
				}
			})
		})
	}
}

func TestOrientIsExact(t *testing.T) {
	// Points that differ in the last bits around the diagonal, where the plain
	// formula answers wrongly (Kettner et al., Classroom examples, 2008).
	u := math.Ldexp(1, -53)
	a, b := kernel.Vec2{12, 12}, kernel.Vec2{24, 24}
	for i := range 64 {
		for j := range 64 {
			p := kernel.Vec2{0.5 + float64(i)*u, 0.5 + float64(j)*u}
			got := kernel.Orient(a, b, p)
			want := p[1] - p[0]
			if math.Signbit(got) != math.Signbit(want) && !(got == 0 && want == 0) || (got == 0) != (want == 0) {
				t.Fatalf("orient at (%d, %d) = %v, want the sign of %v", i, j, got, want)
			}
		}
	}
}

// A pentagram turns left at every corner, as a convex ring does, but runs around twice.
func TestAPentagramIsNoConvexRing(t *testing.T) {
	const step = 2 * math.Pi / 5
	inner := math.Cos(step) / math.Cos(step/2) // of the corners between the tips
	want := 5 * inner * math.Sin(step/2)
	for _, turn := range []float64{0, 0.3, step / 2, 1, math.Pi / 2, 3} {
		for _, way := range []float64{1, -1} {
			var ring kernel.Ring
			for i := range 5 {
				sin, cos := math.Sincos(turn + way*2*step*float64(i))
				ring = append(ring, kernel.Vec2{cos, sin})
			}
			r, err := kernel.Settings{}.Fill(kernel.Profile{Outer: ring})
			if err != nil {
				t.Fatalf("turned by %v, direction %v: %v", turn, way, err)
			}
			if got := r.Area(); math.Abs(got-want) > 1e-9 {
				t.Errorf("turned by %v, direction %v: area %v, want %v", turn, way, got, want)
			}
		}
	}
}
