package gpkg_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

const crashFeatures = 2000

// generation makes revision g: an even one replaces the content of "city", the others make
// a collection of its own and purge it again two revisions later.
func generation(ctx context.Context, s *gpkg.Store, g int64) error {
	name := "city"
	switch g % 4 {
	case 1:
		name = fmt.Sprintf("c%d", g)
	case 3:
		_, err := s.Purge(ctx, fmt.Sprintf("c%d", g-2), "")
		return err
	}
	_, err := s.Apply(ctx, spatial.Import{Collection: spatial.Collection{Name: name}, Model: "m", Features: named(strconv.FormatInt(g, 10))})
	return err
}

// generations returns which generation each collection holds at a revision.
func generations(revision int64) map[string]string {
	held := map[string]string{}
	if even := revision / 2 * 2; even > 0 {
		held["city"] = strconv.FormatInt(even, 10)
	}
	if k := revision % 4; k == 1 || k == 2 {
		g := strconv.FormatInt(revision-k+1, 10)
		held["c"+g] = g
	}
	return held
}

func named(name string) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for f, err := range buildings(crashFeatures, 1) {
			f.Name = name
			if !yield(f, err) {
				return
			}
		}
	}
}

// importForever imports generation after generation and says on standard output which are
// done. It closes the store now and then, so that checkpoints are among what is killed.
func importForever(path string) {
	ctx := context.Background()
	fail := func(err error) {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for {
		s, err := gpkg.Open(ctx, path, gpkg.Options{Create: true})
		if err != nil {
			fail(err)
		}
		for range 3 {
			meta, err := s.Meta(ctx)
			if err != nil {
				fail(err)
			}
			if err := generation(ctx, s, meta.Revision+1); err != nil {
				fail(err)
			}
			storetest.Imported(meta.Revision+1, strconv.FormatInt(meta.Revision+1, 10))
		}
		if err := s.Close(); err != nil {
			fail(err)
		}
	}
}

// TestAKilledImportLeavesTheOldStateOrTheNew kills a process that imports at random moments,
// commit, checkpoint and creation of the store included.
func TestAKilledImportLeavesTheOldStateOrTheNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.gpkg")
	crashes, _ := storetest.NewCrashes(t, 10, path+".first")
	before, olds, news := int64(0), 0, 0
	for k := range crashes.Kills {
		reported := before
		for revision := range crashes.Kill(t, path) {
			reported = max(reported, revision)
		}
		if _, err := os.Stat(path); os.IsNotExist(err) && reported == 0 {
			continue // killed before the store was there
		}
		now := checkGeneration(t, path, k)
		if now < reported || now > reported+1 {
			t.Fatalf("kill %d: the store is at revision %d, the process had reported %d", k, now, reported)
		}
		if before = now; now > reported {
			news++
		} else {
			olds++
		}
	}
	t.Logf("%d kills, %d revisions: %d times the old state, %d times the new", crashes.Kills, before, olds, news)
}

// checkGeneration opens the store, verifies it and compares its whole content with what its
// revision should hold.
func checkGeneration(t *testing.T, path string, kill int) int64 {
	t.Helper()
	s, err := gpkg.Open(t.Context(), path, gpkg.Options{})
	if err != nil {
		t.Fatalf("kill %d: %v", kill, err)
	}
	defer s.Close()
	sound(t, s)
	meta, err := s.Meta(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := generations(meta.Revision)
	list, err := s.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(want) {
		t.Fatalf("kill %d: %d collections at revision %d, want %d", kill, len(list), meta.Revision, len(want))
	}
	for _, c := range list {
		n := 0
		for f, err := range s.Features(t.Context(), spatial.Query{Collection: c.Name, Properties: []string{}}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; f.Name != want[c.Name] {
				t.Fatalf("kill %d: %s of %s is of generation %s, not %s", kill, f.ID, c.Name, f.Name, want[c.Name])
			}
		}
		if n != crashFeatures {
			t.Fatalf("kill %d: %s has %d features", kill, c.Name, n)
		}
	}
	return meta.Revision
}

// sound fails the test when the store breaks an invariant.
func sound(t testing.TB, s *gpkg.Store) {
	t.Helper()
	issues, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range issues {
		t.Errorf("%s %s: %s", i.Code, i.GlobalID, i.Message)
	}
	if t.Failed() {
		t.FailNow()
	}
}
