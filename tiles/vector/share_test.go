package vector_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// city is a store of several collections and a mirror that follows it.
type city struct {
	store  *gpkg.Store
	mirror *memory.Mirror
}

func newCity(t *testing.T, resident func(spatial.Collection) bool) *city {
	t.Helper()
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "town.gpkg"), gpkg.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return &city{store: store, mirror: memory.NewMirror(store, memory.Options{Resident: resident})}
}

// put imports a model and lets the mirror take it in.
func (w *city) put(t *testing.T, collection, model string, list []spatial.Feature) {
	t.Helper()
	in := spatial.Import{Collection: spatial.Collection{Name: collection}, Model: model, Features: sequence(list)}
	if _, err := w.store.Apply(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if err := w.mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// stations are points across the town of generated, with a name of their own each.
func stations(n int) []spatial.Feature {
	list := generated(n)
	for i := range list {
		box := spatial.BoxOf(list[i].Geometry)
		list[i].ID, list[i].Num, list[i].Name = fmt.Sprint("s", i), 0, fmt.Sprintf("车站 %d", i*7919)
		list[i].Geometry, list[i].Properties = geom.NewPointFlat(geom.XY, box.Min[:2]), nil
	}
	return list
}

// thinnedOf describes one layer of the tiles of some collections.
func thinnedOf(t *testing.T, m *memory.Mirror, o vector.Options, name string, collections ...string) []tiles.Thinned {
	t.Helper()
	doc, err := vector.NewSource(m, o).TileJSON(t.Context(), tiles.Request{Collections: collections}, "u")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(doc.VectorLayers, func(l tiles.VectorLayer) bool { return l.ID == name })
	return doc.VectorLayers[i].Thinned
}

func TestALayerThatNeedsLittleLeavesTheRestToTheOthers(t *testing.T) {
	const budget = 32_000
	w := newCity(t, func(c spatial.Collection) bool { return c.Name != "remote" })
	w.put(t, "buildings", "m", generated(6000))
	w.put(t, "houses", "m", generated(6000))
	w.put(t, "stations", "m", stations(8))
	w.put(t, "remote", "m", stations(8))
	for _, c := range []struct {
		name   string
		with   []string
		budget int // with which the buildings alone look as they do with the others
	}{
		{"a few stations", []string{"buildings", "stations"}, budget * 15 / 16},
		{"in another order", []string{"stations", "buildings"}, budget * 15 / 16},
		{"as much again", []string{"buildings", "houses"}, budget / 2},
		{"both", []string{"buildings", "houses", "stations"}, budget * 11 / 24},
		{"what nobody has counted", []string{"buildings", "remote"}, budget / 2},
	} {
		want := thinnedOf(t, w.mirror, vector.Options{Budget: c.budget}, "buildings", "buildings")
		got := thinnedOf(t, w.mirror, vector.Options{Budget: budget}, "buildings", c.with...)
		if diff := cmp.Diff(want, got); diff != "" || len(want) < 8 {
			t.Errorf("%s, -want +got:\n%s", c.name, diff)
		}
	}
	source := vector.NewSource(w.mirror, vector.Options{Budget: budget})
	for _, zoom := range []uint8{0, 9, 11, 13} {
		for _, names := range [][]string{{"buildings", "stations"}, {"buildings", "houses", "stations"}} {
			if size := heaviest(t, source, tiles.Request{Collections: names}, zoom); size > budget {
				t.Errorf("a tile of %v at zoom %d has %d bytes", names, zoom, size)
			}
		}
	}
}

// heaviest is the size of the largest compressed tile of a zoom level over the town of generated.
func heaviest(t *testing.T, source *vector.Source, r tiles.Request, zoom uint8) (most int) {
	t.Helper()
	cache, err := tiles.NewCache(source, tiles.CacheOptions{MaxBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	l := r.Coord.Grid.Limits(boxOf(generated(6000)), zoom)
	for x := l.MinX; x <= l.MaxX; x++ {
		for y := l.MinY; y <= l.MaxY; y++ {
			r.Coord.Z, r.Coord.X, r.Coord.Y = zoom, x, y
			p, err := cache.Pin(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := p.Body(t.Context(), true)
			if err != nil {
				t.Fatal(err)
			}
			most = max(most, len(body))
		}
	}
	return most
}

// A layer with a budget of its own has its part of that, one without a bound has none.
func TestBudgetsOfTheirOwnAreSharedByTheSameParts(t *testing.T) {
	const budget = 32_000
	w := newCity(t, nil)
	w.put(t, "buildings", "m", generated(6000))
	w.put(t, "stations", "m", stations(8))
	for name, c := range map[string]struct {
		own  map[string]int
		want int
	}{
		"the buildings' own":       {map[string]int{"buildings": 2 * budget}, 2 * budget * 15 / 16},
		"the stations' is nothing": {map[string]int{"stations": 0}, budget * 15 / 16},
		"the stations have none":   {map[string]int{"stations": -1}, budget / 2},
		"the buildings have none":  {map[string]int{"buildings": -1}, -1},
	} {
		want := thinnedOf(t, w.mirror, vector.Options{Budget: c.want}, "buildings", "buildings")
		got := thinnedOf(t, w.mirror, vector.Options{Budget: budget, Budgets: c.own}, "buildings", "buildings", "stations")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, -want +got:\n%s", name, diff)
		}
	}
}

// A layer is cached under its share: when another comes to need more, it is drawn anew, and as a
// server draws it that has just begun. While the share is the same, tiles stay as they are.
func TestSharesAreInTheKey(t *testing.T) {
	const budget = 32_000
	w := newCity(t, nil)
	w.put(t, "buildings", "m", generated(6000))
	w.put(t, "stations", "m", stations(8))
	source := vector.NewSource(w.mirror, vector.Options{Budget: budget})
	r := tiles.Request{Coord: tiles.At(114, 22.6, 9), Collections: []string{"buildings", "stations"}}
	pin := func(s *vector.Source) (whole string, layer []string, body []byte) {
		t.Helper()
		p, err := s.Pin(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.(interface{ Layers() []tiles.Content }).Layers() {
			layer = append(layer, l.Key())
		}
		if body, err = p.Append(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		return p.Key(), layer, body
	}
	_, before, _ := pin(source)
	for edit, c := range []struct {
		stations int
		same     bool // the buildings
	}{{9, true}, {10, true}, {200, false}, {201, true}, {5000, false}} {
		w.put(t, "stations", "m", stations(c.stations))
		whole, layer, body := pin(source)
		if same := layer[0] == before[0]; same != c.same {
			t.Errorf("edit %d: the buildings were %s and are %s", edit, before[0], layer[0])
		}
		before = layer
		freshWhole, freshLayer, freshBody := pin(vector.NewSource(w.mirror, vector.Options{Budget: budget}))
		if whole != freshWhole || !slices.Equal(layer, freshLayer) || !bytes.Equal(body, freshBody) {
			t.Errorf("edit %d: a server that has just begun draws %s, this one %s", edit, freshWhole, whole)
		}
	}
}
