package memory_test

import (
	"context"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

func TestMirrorAnswersAsItsStore(t *testing.T) {
	storetest.RunReader(t, storetest.OpenReference, func(t *testing.T, store spatial.Store) (spatial.Reader, func(context.Context) error) {
		m := memory.NewMirror(store, memory.Options{})
		if err := m.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		return m, m.Sync
	})
}
