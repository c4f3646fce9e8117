package gpkg_test

import (
	"context"
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

// created returns a new store in a folder of its own, and its path.
func created(t testing.TB) (*gpkg.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.gpkg")
	return open(t, path, gpkg.Options{Create: true}), path
}

func put(t testing.TB, s *gpkg.Store, in spatial.Import) spatial.Applied {
	t.Helper()
	a, err := s.Apply(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// verified is a store that is verified before it closes.
type verified struct {
	*gpkg.Store
	t      *testing.T
	closed bool
}

func (v *verified) Close() error {
	if !v.closed {
		v.closed = true
		issues, err := v.Verify(context.WithoutCancel(v.t.Context()))
		if err != nil || len(issues) > 0 {
			v.t.Errorf("the store ends unsound: %v %v", issues, err)
		}
	}
	return v.Store.Close()
}

func TestTheStorePassesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) spatial.Store {
		s, _ := created(t)
		v := &verified{Store: s, t: t}
		t.Cleanup(func() { _ = v.Close() })
		return v
	})
}
