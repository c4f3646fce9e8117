package gpkg_test

import (
	"path/filepath"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

// open opens a store for one test.
func open(t testing.TB, path string, o gpkg.Options) *gpkg.Store {
	t.Helper()
	s, err := gpkg.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestTheStorePassesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) spatial.Store {
		return open(t, filepath.Join(t.TempDir(), "store.gpkg"), gpkg.Options{Create: true})
	})
}
