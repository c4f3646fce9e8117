package gpkg_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

// TestLargeImportsGiveWhatSmallOnesGive plays imports that are larger than what waits before
// the lock is taken, and than what makes the spatial index be packed anew, on the store and
// on the reference.
func TestLargeImportsGiveWhatSmallOnesGive(t *testing.T) {
	const n = 1100
	base := slices.Collect(func(yield func(spatial.Feature) bool) {
		for f := range buildings(3*n, 1) {
			if !yield(f) {
				return
			}
		}
	})
	changed := func(list []spatial.Feature, every int) []spatial.Feature {
		list = slices.Clone(list)
		for i := range list {
			if i%every == 0 {
				list[i].Name = "changed"
			}
		}
		return list
	}
	shuffled := slices.Clone(base)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
	s, _ := created(t)
	ref := storetest.NewReference()
	for _, step := range []struct {
		name, model string
		list        []spatial.Feature
		from        string
	}{
		{"a first import", "m", base[:n], ""},
		{"as many again in another model", "n", base[n : 3*n], ""},
		{"a few changes", "m", changed(base[:n], 1000), ""},
		{"everything changed", "m", changed(base[:n], 1), ""},
		{"half of it gone", "n", base[2*n : 3*n], ""},
		{"continued with a third changed", "m", changed(base[:n], 3), "2020-01-01.."},
		{"ended", "n", nil, "2021-01-01.."},
		{"the other model takes all over, in any order", "m", shuffled, "2022-01-01.."},
		{"the same again", "m", base, "2022-01-01.."},
	} {
		in := spatial.Import{Collection: spatial.Collection{Name: "buildings"}, Model: step.model}
		if step.from != "" {
			in.From = date(t, step.from).Start
		}
		in.Features = features(step.list...)
		got := put(t, s, in)
		ref.Now = func() time.Time { return got.Recorded }
		want, err := ref.Apply(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", step.name, got, want)
		}
		for _, box := range []*spatial.Box{nil, boxOf(113.8, 22.4, 114, 22.6)} {
			q := spatial.Query{Collection: "buildings", Box: box}
			if got, want := listOf(t, s, q), listOf(t, ref, q); got != want {
				t.Fatalf("%s: got\n%.2000s\nwant\n%.2000s", step.name, got, want)
			}
		}
	}
	sound(t, s)
}

func boxOf(w, s, e, n float64) *spatial.Box {
	b := spatial.Box2D(w, s, e, n)
	return &b
}

func listOf(t *testing.T, r spatial.Reader, q spatial.Query) string {
	t.Helper()
	var b strings.Builder
	for f, err := range r.Features(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, f.ID, f.Model, f.Name, f.Valid, f.Recorded.Start, f.Hash)
	}
	return b.String()
}

// TestManyRepeatsAreNumbered: a source without ids whose features are all alike.
func TestManyRepeatsAreNumbered(t *testing.T) {
	const n = 30_000 / slow
	alike := func(yield func(spatial.Feature, error) bool) {
		for range n {
			if !yield(spatial.Feature{ID: "same", Geometry: at(114, 22)}, nil) {
				return
			}
		}
	}
	in := spatial.Import{Collection: spatial.Collection{Name: "points"}, Model: "m", Features: alike}
	s, _ := created(t)
	_, err := s.Apply(t.Context(), in)
	wantProblem(t, err, spatial.ErrInvalid, "duplicate-id", "same")
	in.NumberRepeats = true
	if a := put(t, s, in); a.Added != n {
		t.Fatalf("applied %+v", a)
	}
	if a := put(t, s, in); a.Unchanged != n || a.Revision != 1 {
		t.Fatalf("applied again %+v", a)
	}
	got := listOf(t, s, spatial.Query{Collection: "points", IDs: []string{"same", "same~2", fmt.Sprintf("same~%d", n), fmt.Sprintf("same~%d", n+1)}})
	want := ""
	for f := range s.Features(t.Context(), spatial.Query{Collection: "points", IDs: []string{"same"}}) {
		for _, id := range []string{"same", "same~2", fmt.Sprintf("same~%d", n)} {
			want += fmt.Sprintln(id, "m", "", f.Valid, f.Recorded.Start, f.Hash)
		}
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	sound(t, s)
}

// TestAStoreMayBeCopiedIntoItself: the features of an import may come from the store.
func TestAStoreMayBeCopiedIntoItself(t *testing.T) {
	s, _ := created(t)
	put(t, s, replaceAll(gpkg.MaxWaiting+1000, 1))
	in := spatial.Import{Collection: spatial.Collection{Name: "copy"}, Model: "m", Features: s.Features(t.Context(), spatial.Query{Collection: "buildings"})}
	if a := put(t, s, in); a.Added != gpkg.MaxWaiting+1000 {
		t.Fatalf("applied %+v", a)
	}
	sound(t, s)
}

func TestFieldsThatNeverEndAreRefused(t *testing.T) {
	s, _ := created(t)
	in := replaceAll(0, 1)
	in.Features = func(yield func(spatial.Feature, error) bool) {
		for i := 0; ; i++ {
			f := spatial.Feature{ID: fmt.Sprint(i), Properties: spatial.Properties{{Name: fmt.Sprint("field ", i), Value: spatial.IntOf(1)}}}
			if !yield(f, nil) {
				return
			}
		}
	}
	_, err := s.Apply(t.Context(), in)
	wantProblem(t, err, spatial.ErrInvalid, "too-many-fields", "different names")
	if list, err := s.Collections(t.Context()); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
}

// TestAFeatureSourceThatPanicsLeavesTheStoreUsable: a server recovers and goes on.
func TestAFeatureSourceThatPanicsLeavesTheStoreUsable(t *testing.T) {
	s, _ := created(t)
	for _, before := range []int{10, gpkg.MaxWaiting + 10} {
		in := replaceAll(0, 1)
		in.Features = func(yield func(spatial.Feature, error) bool) {
			for f, err := range buildings(before, 1) {
				yield(f, err)
			}
			panic("the importer is broken")
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_, _ = s.Apply(t.Context(), in)
		}()
	}
	if a := put(t, s, replaceAll(10, 1)); a.Revision != 1 || a.Added != 10 {
		t.Fatalf("applied %+v", a)
	}
	sound(t, s)
}
