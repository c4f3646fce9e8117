package mesh_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// box returns a closed box from the origin to (x, y, z).
func box(x, y, z float64) *mesh.Mesh {
	m := &mesh.Mesh{Closed: true}
	for _, c := range (mesh.Box{Max: mesh.Vec3{x, y, z}}).Corners() {
		m.Positions = append(m.Positions, c[:]...)
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}} {
		m.Triangles = append(m.Triangles, q[0], q[1], q[2], q[0], q[2], q[3])
	}
	return m
}

// soup returns m with every triangle owning its three points.
func soup(m *mesh.Mesh) *mesh.Mesh {
	r := &mesh.Mesh{Closed: m.Closed}
	for _, t := range m.All() {
		for _, p := range t {
			r.Triangles = append(r.Triangles, uint32(r.NumPoints()))
			r.Positions = append(r.Positions, p[:]...)
		}
	}
	return r
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %v, want %v ± %v", what, got, want, tol)
	}
}

func TestMeasuresOfABox(t *testing.T) {
	m := box(2, 3, 4)
	near(t, "volume", m.Volume(), 24, 1e-12)
	near(t, "area", m.Area(), 52, 1e-12)
	if want := (mesh.Box{Max: mesh.Vec3{2, 3, 4}}); m.Bounds() != want {
		t.Errorf("bounds = %v, want %v", m.Bounds(), want)
	}
	near(t, "volume inside out", m.Flipped().Volume(), -24, 1e-12)
	near(t, "volume mirrored", m.Moved(mesh.Scaling(mesh.Vec3{-1, 1, 1})).Volume(), 24, 1e-12)
	near(t, "volume far from the origin", m.Moved(mesh.Translation(mesh.Vec3{5e5, 3e6, 0})).Volume(), 24, 1e-6)
	two := mesh.Merge(m, m.Moved(mesh.Translation(mesh.Vec3{10, 0, 0})))
	near(t, "volume of two", two.Volume(), 48, 1e-9)
	if !two.IsClosed(1e-6) {
		t.Error("two boxes apart are closed, got open")
	}
	instances := []mesh.Instance{
		{Mesh: m, Transform: mesh.Scaling(mesh.Vec3{2, 1, 1})},
		{Mesh: m, Transform: mesh.Translation(mesh.Vec3{0, 0, -9})},
	}
	near(t, "volume of instances", mesh.Volume(instances), 72, 1e-9)
	if got, want := mesh.Bounds(instances), (mesh.Box{Min: mesh.Vec3{0, 0, -9}, Max: mesh.Vec3{4, 3, 4}}); got != want {
		t.Errorf("bounds of instances = %v, want %v", got, want)
	}
}

func TestIsClosed(t *testing.T) {
	open := box(1, 1, 1)
	open.Triangles = open.Triangles[3:]
	turned := box(1, 1, 1)
	turned.Triangles[0], turned.Triangles[1] = turned.Triangles[1], turned.Triangles[0]
	touching := mesh.Merge(box(1, 1, 1), box(1, 1, 1).Moved(mesh.Translation(mesh.Vec3{1, 1, 0})))
	for _, c := range []struct {
		name string
		mesh *mesh.Mesh
		want bool
	}{
		{"a box is closed", box(1, 1, 1), true},
		{"a box whose triangles share no points is closed", soup(box(1, 1, 1)), true},
		{"a box without one triangle is open", open, false},
		{"a box with one triangle turned over is open", turned, false},
		{"two boxes that touch in an edge are closed", touching, true},
		{"nothing is not closed", &mesh.Mesh{}, false},
		{"a box smaller than the tolerance is not closed", box(1e-9, 1e-9, 1e-9), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.mesh.IsClosed(1e-6); got != c.want {
				t.Errorf("IsClosed = %v, want %v", got, c.want)
			}
		})
	}
}

func TestWeldingKeepsTheShapeAndDropsTheRest(t *testing.T) {
	m := soup(box(1, 2, 3))
	m.Positions = append(m.Positions, 50, 50, 50) // used by nothing
	m.Lines = []uint32{0, 0, 0, 1}
	for name, w := range map[string]*mesh.Mesh{"welded": m.Welded(1e-6), "snapped": m.Snapped()} {
		if w.NumPoints() != 8 || w.NumTriangles() != 12 || len(w.Lines) != 2 {
			t.Errorf("%s: %d points, %d triangles, %d line ends, want 8, 12, 2", name, w.NumPoints(), w.NumTriangles(), len(w.Lines))
		}
		near(t, name+" volume", w.Volume(), 6, 1e-12)
	}
	noisy := box(1, 2, 3)
	noisy.Positions[3] += 1e-13
	if noisy.Snapped().Hash() != box(1, 2, 3).Snapped().Hash() {
		t.Error("two boxes that differ by 1e-13 m have different hashes after snapping")
	}
	if noisy.Hash() == box(1, 2, 3).Hash() {
		t.Error("two boxes that differ by 1e-13 m have the same hash without snapping")
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name string
		mesh mesh.Mesh
	}{
		{"half a point", mesh.Mesh{Positions: []float64{1, 2}}},
		{"a coordinate that is no number", mesh.Mesh{Positions: []float64{1, math.NaN(), 3}}},
		{"an infinite coordinate", mesh.Mesh{Positions: []float64{1, 2, math.Inf(-1)}}},
		{"an index out of range", mesh.Mesh{Positions: []float64{1, 2, 3}, Triangles: []uint32{0, 0, 1}}},
		{"half a line", mesh.Mesh{Positions: []float64{1, 2, 3}, Lines: []uint32{0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.mesh.Validate(); !errors.Is(err, mesh.ErrInvalid) {
				t.Errorf("Validate = %v, want ErrInvalid", err)
			}
			if _, err := c.mesh.MarshalBinary(); !errors.Is(err, mesh.ErrInvalid) {
				t.Errorf("MarshalBinary = %v, want ErrInvalid", err)
			}
		})
	}
}

func TestTransform(t *testing.T) {
	p := mesh.Vec3{1, 2, 3}
	turn := mesh.Rotation(mesh.Vec3{0, 0, 1}, math.Pi/2)
	got := mesh.Translation(mesh.Vec3{10, 0, 0}).Mul(turn).Apply(p)
	for i, want := range (mesh.Vec3{8, 1, 3}) {
		near(t, "turned, then moved", got[i], want, 1e-12)
	}
	if !mesh.Scaling(mesh.Vec3{1, -1, 1}).IsMirror() || turn.IsMirror() {
		t.Error("IsMirror does not tell a mirror from a rotation")
	}
	if !turn.IsRigid(1e-9) || mesh.Scaling(mesh.Vec3{2, 1, 1}).IsRigid(1e-9) || mesh.Scaling(mesh.Vec3{1, -1, 1}).IsRigid(1e-9) {
		t.Error("IsRigid does not tell a rotation from a scaling or a mirror")
	}
	if _, ok := mesh.Scaling(mesh.Vec3{1, 0, 1}).Inverse(); ok {
		t.Error("a map that flattens space has an inverse")
	}
}

func TestInverseUndoes(t *testing.T) {
	num := rapid.Float64Range(-100, 100)
	rapid.Check(t, func(t *rapid.T) {
		v := func(label string) mesh.Vec3 {
			return mesh.Vec3{num.Draw(t, label), num.Draw(t, label), num.Draw(t, label)}
		}
		scale := mesh.Vec3{}
		for i := range scale {
			scale[i] = rapid.Float64Range(0.01, 10).Draw(t, "scale")
		}
		tr := mesh.Translation(v("move")).Mul(mesh.Rotation(v("axis"), num.Draw(t, "angle"))).Mul(mesh.Scaling(scale))
		inv, ok := tr.Inverse()
		if !ok {
			t.Fatalf("no inverse of %v", tr)
		}
		p := v("point")
		if d := inv.Apply(tr.Apply(p)).Sub(p).Len(); d > 1e-8 {
			t.Fatalf("inverse is off by %v m", d)
		}
	})
}

func TestEncodedFormRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMesh(t)
		b, err := m.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var got mesh.Mesh
		if err := got.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, &got); diff != "" {
			t.Fatalf("mesh after a round trip (-want +got):\n%s", diff)
		}
		if m.Hash() != got.Hash() {
			t.Fatal("hash changes over a round trip")
		}
	})
}

func drawMesh(t *rapid.T) *mesh.Mesh {
	n := rapid.IntRange(1, 20).Draw(t, "points")
	m := &mesh.Mesh{Closed: rapid.Bool().Draw(t, "closed")}
	onGrid := rapid.Bool().Draw(t, "on grid")
	for range 3 * n {
		if onGrid {
			m.Positions = append(m.Positions, float64(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "step"))*mesh.Grid)
		} else {
			m.Positions = append(m.Positions, rapid.Float64Range(-1e12, 1e12).Draw(t, "coordinate")+0)
		}
	}
	index := rapid.Uint32Range(0, uint32(n-1))
	for range 3 * rapid.IntRange(0, 20).Draw(t, "triangles") {
		m.Triangles = append(m.Triangles, index.Draw(t, "corner"))
	}
	for range 2 * rapid.IntRange(0, 5).Draw(t, "lines") {
		m.Lines = append(m.Lines, index.Draw(t, "end"))
	}
	return m
}

func TestEncodedFormIsShort(t *testing.T) {
	b, err := box(1, 2, 3).Snapped().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	// 24 doubles and 36 indices plain would be 336 bytes.
	if len(b) > 120 {
		t.Errorf("a box takes %d bytes, want at most 120", len(b))
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	good, err := box(1, 2, 3).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]byte{
		"nothing":                        nil,
		"another letter":                 append([]byte{'X'}, good[1:]...),
		"another version":                {'M', 2, 0, 0, 0},
		"a count beyond the bytes":       {'M', 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0},
		"counts that fit only alone":     {'M', 1 | 0x20, 1, 1, 1, 2, 2, 2},
		"an index out of range":          {'M', 1 | 0x20, 1, 1, 0, 2, 2, 2, 0, 0, 4},
		"bytes after the end":            append(append([]byte{}, good...), 0),
		"a coordinate that is no number": append([]byte{'M', 1, 1, 0, 0}, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}...),
	}
	for i := range good {
		cases["cut short"] = good[:i]
		for name, data := range cases {
			var m mesh.Mesh
			if err := m.UnmarshalBinary(data); !errors.Is(err, mesh.ErrInvalid) {
				t.Fatalf("%s (%d bytes): error %v, want ErrInvalid", name, len(data), err)
			}
		}
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	for _, m := range []*mesh.Mesh{{}, box(1, 2, 3), soup(box(0.1, 0.2, 0.3))} {
		b, err := m.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m mesh.Mesh
		if err := m.UnmarshalBinary(data); err != nil {
			return
		}
		if err := m.Validate(); err != nil {
			t.Fatalf("accepted bytes give an invalid mesh: %v", err)
		}
		var again mesh.Mesh
		b, err := m.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalBinary(b); err != nil {
			t.Fatalf("own bytes are refused: %v", err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	var parts []*mesh.Mesh
	for i := range 1000 {
		parts = append(parts, box(1, 2, 3).Moved(mesh.Translation(mesh.Vec3{float64(i), 0, 0})))
	}
	m := mesh.Merge(parts...)
	b.ReportAllocs()
	for b.Loop() {
		_ = m.Hash()
	}
}
