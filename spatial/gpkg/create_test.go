package gpkg_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

var errBroken = errors.New("the file is broken here")

// broken delivers some features and then an error.
func broken(n int) spatial.Import {
	in := replaceAll(0, 1)
	in.Features = func(yield func(spatial.Feature, error) bool) {
		for f := range buildings(n, 1) {
			if !yield(f, nil) {
				return
			}
		}
		yield(spatial.Feature{}, errBroken)
	}
	return in
}

// TestAStoreMadeForNothingIsGone closes a store that was made by opening it.
func TestAStoreMadeForNothingIsGone(t *testing.T) {
	style := spatial.Style{Name: "dark", Body: []byte("{}")}
	for _, c := range []struct {
		name  string
		with  func(t *testing.T, s *gpkg.Store, path string)
		stays bool
	}{
		{"nothing was written", func(*testing.T, *gpkg.Store, string) {}, false},
		{"an import failed at once", func(t *testing.T, s *gpkg.Store, _ string) { fails(t, s, broken(0)) }, false},
		{"an import failed while it was written", func(t *testing.T, s *gpkg.Store, _ string) { fails(t, s, broken(2*gpkg.MaxWaiting)) }, false},
		{"features were imported", func(t *testing.T, s *gpkg.Store, _ string) { put(t, s, replaceAll(1, 1)) }, true},
		{"a style was kept", func(t *testing.T, s *gpkg.Store, _ string) {
			if err := s.PutStyle(t.Context(), style); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"somebody has it open", func(t *testing.T, _ *gpkg.Store, path string) { open(t, path, gpkg.Options{}) }, true},
		{"somebody else imported", func(t *testing.T, _ *gpkg.Store, path string) {
			other := open(t, path, gpkg.Options{})
			put(t, other, replaceAll(1, 1))
			if err := other.Close(); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, path := created(t)
			c.with(t, s, path)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			list, err := filepath.Glob(path + "*")
			if _, there := os.Stat(path); (there == nil) != c.stays || err != nil || !c.stays && len(list) > 0 {
				t.Fatalf("left are %v (%v)", list, err)
			}
		})
	}
}

func fails(t *testing.T, s *gpkg.Store, in spatial.Import) {
	t.Helper()
	if _, err := s.Apply(t.Context(), in); !errors.Is(err, errBroken) {
		t.Fatalf("the import ended with %v", err)
	}
}

// TestAnEmptyStoreThatWasThereStays: only who made it takes it away.
func TestAnEmptyStoreThatWasThereStays(t *testing.T) {
	first, path := created(t)
	second := open(t, path, gpkg.Options{Create: true})
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	// As a process leaves it that was killed when it was about to take it away.
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteTransient(c, "PRAGMA journal_mode = delete", nil), c.Close()); err != nil {
		t.Fatal(err)
	}
	third := open(t, path, gpkg.Options{Create: true})
	fails(t, third, broken(1))
	put(t, third, replaceAll(10, 1))
	sound(t, third)
	if b := content(t, path); b[18] != 2 || b[19] != 2 { // the SQLite file header: 2 is for a write-ahead log
		t.Errorf("the store is written with journal mode %d and read with %d", b[18], b[19])
	}
}

// TestOpeningAndTakingAwayAtOnce lets many open, import into and close a store that does not last
// unless they import: whoever imported finds it.
func TestOpeningAndTakingAwayAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.gpkg")
	const writers, rounds = 4, 5
	failed := make(chan error, writers*rounds)
	for w := range writers {
		go func() {
			for r := range rounds {
				failed <- func() error {
					s, err := gpkg.Open(t.Context(), path, gpkg.Options{Create: true})
					if err != nil {
						return err
					}
					if (w+r)%writers == 0 && r == rounds-1 {
						if _, err = s.Apply(t.Context(), replaceAll(3, 1)); err != nil {
							return errors.Join(err, s.Close())
						}
					}
					return s.Close()
				}()
			}
		}()
	}
	for range writers * rounds {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n, err := open(t, path, gpkg.Options{}).Count(t.Context(), spatial.Query{Collection: "buildings"}); err != nil || n != 3 {
		t.Errorf("%d features are left, %v", n, err)
	}
}
