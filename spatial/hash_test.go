package spatial_test

import (
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func TestAHasherKeepsTheHashesOfMeshes(t *testing.T) {
	var h spatial.Hasher
	shared := &mesh.Mesh{Positions: []float64{0, 0, 0, 1, 0, 0, 0, 1, 0}, Triangles: []uint32{0, 1, 2}}
	other := &mesh.Mesh{Positions: []float64{0, 0, 0, 2, 0, 0, 0, 1, 0}, Triangles: []uint32{0, 1, 2}}
	for range 3 {
		if h.Mesh(shared) != shared.Hash() || h.Mesh(other) != other.Hash() {
			t.Fatal("the hash of a mesh is not the mesh's")
		}
	}
	// Far more meshes than are kept.
	for i := range 10_000 {
		m := &mesh.Mesh{Positions: []float64{float64(i), 0, 0}}
		if h.Mesh(m) != m.Hash() {
			t.Fatalf("mesh %d has the hash of another", i)
		}
	}
}

func BenchmarkHashOfASharedMesh(b *testing.B) {
	m := &mesh.Mesh{Positions: make([]float64, 30_000), Triangles: make([]uint32, 60_000)}
	f := spatial.Feature{ID: "a", Body: &spatial.Body{}}
	for range 100 {
		f.Body.Instances = append(f.Body.Instances, mesh.Instance{Mesh: m, Transform: mesh.Identity()})
	}
	var h spatial.Hasher
	b.ReportAllocs()
	for b.Loop() {
		h.Content(&f)
	}
}
