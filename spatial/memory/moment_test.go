package memory_test

import (
	"errors"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

func TestLastBoundary(t *testing.T) {
	store := storetest.NewReference()
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	features := []spatial.Feature{
		{ID: "a", Geometry: geom.NewPointFlat(geom.XY, []float64{114, 22}), Valid: spatial.Interval{Start: year(2000), End: year(2010)}},
		{ID: "b", Valid: spatial.Interval{Start: year(2005)}}, // without a place
		{ID: "c"},
	}
	_, err := store.Apply(t.Context(), spatial.Import{Collection: spatial.Collection{Name: "c"}, Model: "m", Features: func(yield func(spatial.Feature, error) bool) {
		for _, f := range features {
			if !yield(f, nil) {
				return
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	m := memory.NewMirror(store, memory.Options{})
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct{ at, want time.Time }{
		{year(1999), time.Time{}},
		{year(2000), year(2000)},
		{year(2004), year(2000)},
		{year(2006), year(2005)},
		{year(2010), year(2010)},
		{year(2026), year(2010)},
	} {
		got, err := m.LastBoundary(t.Context(), "c", r.at)
		if err != nil || !got.Equal(r.want) {
			t.Errorf("at %v: %v, %v; want %v", r.at, got, err, r.want)
		}
	}
	if _, err := m.LastBoundary(t.Context(), "nowhere", year(2000)); !errors.Is(err, spatial.ErrNotFound) {
		t.Errorf("a collection that is not there: %v", err)
	}
}
