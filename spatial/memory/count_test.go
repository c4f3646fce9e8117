package memory_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// Counting goes by nodes of the tree, answering by rows: they agree, also where some rows
// have no place, have ended, or came late.
func TestACountIsTheNumberOfFeatures(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	turn := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	list := footprints(3000)
	for i := range list {
		switch f := &list[i].Feature; i % 7 {
		case 0:
			f.Geometry = nil
		case 1:
			f.Valid.End = turn
		case 2:
			f.Valid.Start = turn
		}
	}
	store := &stack{versions: list[:2900]}
	m := memory.NewMirror(store, memory.Options{})
	for late := range 2 {
		if err := m.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		counted := int64(0)
		for range 300 {
			x, y, w := 114+r.Float64(), 22+r.Float64(), r.Float64()*r.Float64()
			box := spatial.Box2D(x-w, y-w/2, x+w, y+w/2)
			q := spatial.Query{Collection: "city", Box: &box}
			if r.IntN(2) == 0 {
				q.Valid = spatial.At(turn.Add(time.Duration(r.IntN(3)-1) * time.Hour))
			}
			want := int64(0)
			for _, err := range m.Features(t.Context(), q) {
				if err != nil {
					t.Fatal(err)
				}
				want++
			}
			got, err := m.Count(t.Context(), q)
			if err != nil || got != want {
				t.Fatalf("%d late: counted %d in %v at %v, found %d (%v)", late, got, box, q.Valid, want, err)
			}
			counted += got
		}
		if counted == 0 {
			t.Fatal("nothing lies in any of the boxes")
		}
		store.late = append(store.late, list[2900:]...)
	}
}
