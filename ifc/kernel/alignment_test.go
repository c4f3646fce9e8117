package kernel_test

import (
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/kernel"
)

func TestSpiralsAgreeWithTheirSeries(t *testing.T) {
	// The clothoid of length L that ends with radius R, by its power series
	// (Fresnel): x = L(1 − L²/40R² + L⁴/3456R⁴ − …), y = L²/6R(1 − L²/56R² + …).
	const length, radius = 100.0, 300.0
	c := kernel.Transition(0, 1/radius, length, "CLOTHOIDCURVE")
	q := length / radius
	x := length * (1 - q*q/40 + math.Pow(q, 4)/3456 - math.Pow(q, 6)/599040)
	y := length * (q/6 - q*q*q/336 + math.Pow(q, 5)/42240 - math.Pow(q, 7)/9676800)
	p := c(length)
	if d := p.At.Sub(kernel.Vec2{x, y}).Len(); d > 1e-7 {
		t.Errorf("end of the clothoid is off by %v m", d)
	}
	if math.Abs(p.Heading-q/2) > 1e-12 {
		t.Errorf("heading %v, want %v", p.Heading, q/2)
	}
	for _, law := range []string{"CLOTHOIDCURVE", "BLOSSCURVE", "COSINECURVE", "SINECURVE", "BIQUADRATICPARABOLA"} {
		c := kernel.Transition(0.001, 1/radius, length, law)
		// All these laws are symmetric: half of the change has happened halfway.
		want := length * (0.001 + 1/radius) / 2
		if got := c(length).Heading; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s turns by %v, want %v", law, got, want)
		}
		k0 := (c(1e-4).Heading - c(0).Heading) / 1e-4
		k1 := (c(length).Heading - c(length-1e-4).Heading) / 1e-4
		if math.Abs(k0-0.001) > 1e-6 || math.Abs(k1-1/radius) > 1e-6 {
			t.Errorf("%s begins with curvature %v and ends with %v, want 0.001 and %v", law, k0, k1, 1/radius)
		}
	}
}

func TestPolynomialIsKnownByItsLength(t *testing.T) {
	// y = x²: its length from 0 to x is x√(1+4x²)/2 + asinh(2x)/4.
	l := kernel.Polynomial([]float64{0, 1}, []float64{0, 0, 1}, 5)
	for _, x := range []float64{0, 0.1, 0.7, 1.5} {
		way := x*math.Sqrt(1+4*x*x)/2 + math.Asinh(2*x)/4
		if d := l(way).At.Sub(kernel.Vec2{x, x * x}).Len(); d > 1e-8 {
			t.Errorf("after %v m the parabola is off by %v m", way, d)
		}
	}
}

func TestPartBeginsWhereItIsPut(t *testing.T) {
	arc := kernel.ArcLine(0.1)
	at := kernel.Pose{At: kernel.Vec2{5, 6}, Heading: 1}
	for _, back := range []bool{false, true} {
		part := arc.Part(at, 3, back)
		if p := part(0); p.At.Sub(at.At).Len() > 1e-12 || math.Abs(math.Remainder(p.Heading-1, 2*math.Pi)) > 1e-12 {
			t.Errorf("back %v: begins at %v, want %v", back, p, at)
		}
		want := 1.2
		if back {
			want = 0.8 // run backwards an arc to the left turns right
		}
		if h := part(2).Heading; math.Abs(math.Remainder(h-want, 2*math.Pi)) > 1e-12 {
			t.Errorf("back %v: heading %v after 2 m, want %v", back, h, want)
		}
	}
}

func TestAlignment(t *testing.T) {
	plan := []kernel.Segment2{
		{Line: kernel.Line2(kernel.Straight).Part(kernel.Pose{At: kernel.Vec2{100, 200}}, 0, false), Length: 50},
		{Line: kernel.ArcLine(1.0/100).Part(kernel.Pose{At: kernel.Vec2{150, 200}}, 0, false), Length: 50 * math.Pi},
	}
	grade := []kernel.Segment2{
		{Line: kernel.Line2(kernel.Straight).Part(kernel.Pose{At: kernel.Vec2{0, 10}, Heading: math.Atan(0.02)}, 0, false), Length: 300},
	}
	a, err := kernel.NewAlignment(plan, grade, []kernel.RollStation{{Way: 0}, {Way: 100, Rise: 0.1, Angle: 0.2}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		way  float64
		want kernel.Vec3
	}{
		{"beginning", 0, kernel.Vec3{100, 200, 10}},
		{"end of the straight", 50, kernel.Vec3{150, 200, 11.05}},
		{"end of the quarter circle", 50 + 50*math.Pi, kernel.Vec3{250, 300, 10 + 0.02*(50+50*math.Pi) + 0.1}},
		{"before the beginning", -10, kernel.Vec3{90, 200, 9.8}},
		{"beyond the end", 60 + 50*math.Pi, kernel.Vec3{250, 310, 10 + 0.02*(60+50*math.Pi) + 0.1}},
	} {
		f := a.At(c.way)
		if d := f.Origin().Sub(c.want).Len(); d > 1e-6 && c.way >= 0 {
			t.Errorf("%s: at %v, want %v", c.name, f.Origin(), c.want)
		}
		if !f.IsRigid(1e-12) {
			t.Errorf("%s: frame %v is not rigid", c.name, f)
		}
	}
	if up := a.At(100).Axis(1)[2]; math.Abs(up-math.Sin(0.2)*math.Cos(math.Atan(0.02))) > 1e-9 {
		t.Errorf("a cant of 0.2 lifts the left side by %v per metre, want about 0.2", up)
	}
	pts, err := a.Polyline(kernel.Settings{}, 0, a.Length())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pts {
		if i > 0 {
			mid := p.Lerp(pts[i-1], 0.5)
			if c := (kernel.Vec2{mid[0], mid[1]}).Sub(kernel.Vec2{150, 300}).Len(); mid[0] > 150 && (c > 100+1e-6 || c < 100-1.1e-3) {
				t.Errorf("the polyline is %v m off the arc", 100-c)
			}
		}
	}
}
