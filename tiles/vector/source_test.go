package vector_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// town is a store with a mirror and a source over it.
type town struct {
	testing.TB
	store  *shelf
	mirror *memory.Mirror
	source *vector.Source
}

func newTown(t *testing.T, o vector.Options) *town {
	t.Helper()
	p := &town{TB: t, store: newShelf("city")}
	p.mirror = memory.NewMirror(p.store, memory.Options{})
	p.source = vector.NewSource(p.mirror, o)
	return p
}

// put puts features in the place of a model's and returns when that was recorded.
func (p *town) put(model string, list ...spatial.Feature) time.Time {
	p.Helper()
	p.store.put(model, list)
	if err := p.mirror.Sync(context.Background()); err != nil {
		p.Fatal(err)
	}
	return p.store.clock
}

func (p *town) key(r tiles.Request) string {
	p.Helper()
	r.Collections = []string{"city"}
	c, err := p.source.Pin(context.Background(), r)
	if err != nil {
		p.Fatal(err)
	}
	return c.Key()
}

// ids draws a tile and lists the ids in it.
func (p *town) ids(r tiles.Request) string {
	p.Helper()
	r.Collections = []string{"city"}
	c, err := p.source.Pin(context.Background(), r)
	if err != nil {
		p.Fatal(err)
	}
	data, err := c.Append(context.Background(), nil)
	if err != nil {
		p.Fatal(err)
	}
	got, err := mvt.Decode(data)
	if err != nil {
		p.Fatal(err)
	}
	var ids []string
	if l := got.Layer("city"); l != nil {
		for _, f := range l.Features {
			ids = append(ids, fmt.Sprint(f.Properties["id"]))
		}
	}
	return strings.Join(ids, " ")
}

func at(id string, x, y float64) spatial.Feature {
	return spatial.Feature{ID: id, Geometry: pointAt(x, y)}
}

func TestAKeyChangesWhenTheTileMayAndNotOtherwise(t *testing.T) {
	p := newTown(t, vector.Options{})
	one := at("one", 100, 100)
	one.Valid.Start = day("2000-01-01")
	p.put("a", one)
	now := tiles.Request{Coord: here, Valid: spatial.At(day("2026-06-01"))}
	first := p.key(now)
	far := at("far", 20*4096, 100)

	p.put("b", far)
	if p.key(now) != first {
		t.Fatal("a change twenty tiles away changed the key")
	}
	past := at("past", 100, 100)
	past.Valid.End = day("1990-01-01")
	p.put("c", past)
	if p.key(now) != first {
		t.Fatal("a change of the past changed the key of the present")
	}
	p.put("d", at("two", 200, 100))
	second := p.key(now)
	if second == first {
		t.Fatal("a new feature in the tile did not change the key")
	}
	p.put("e", at("edge", 4096+50, 100))
	if p.key(now) == second {
		t.Fatal("a new feature in the buffer did not change the key")
	}
	for name, r := range map[string]tiles.Request{
		"another tile":        {Coord: tiles.Coord{Z: here.Z, X: here.X + 1, Y: here.Y}, Valid: now.Valid},
		"fewer properties":    {Coord: here, Valid: now.Valid, Properties: []string{"id"}},
		"no properties":       {Coord: here, Valid: now.Valid, Properties: []string{}},
		"another slice":       {Coord: here, Valid: now.Valid, Z: spatial.ZRange{Max: 1, Known: true}},
		"another time's past": {Coord: here, Valid: spatial.At(day("1980-01-01"))},
	} {
		if p.key(r) == p.key(now) {
			t.Errorf("%s has the same key", name)
		}
	}
	same := now
	same.Properties = []string{"b", "a"}
	other := now
	other.Properties = []string{"a", "b", "a"}
	if p.key(same) != p.key(other) {
		t.Error("the order of properties changes the key")
	}
}

func TestATimeSliderCostsAsManyTilesAsThereAreDaysWithChanges(t *testing.T) {
	p := newTown(t, vector.Options{})
	var list []spatial.Feature
	for i, from := range []string{"2020-01-10", "2020-02-20", "2020-02-20", "2020-03-01"} {
		f := at(fmt.Sprint(i), float64(i), 0)
		f.Valid.Start = day(from)
		list = append(list, f)
	}
	list[0].Valid.End = day("2020-02-01")
	elsewhere := at("far", 20*4096, 0)
	elsewhere.Valid.Start = day("2020-01-20")
	p.put("a", append(list, elsewhere)...)
	keys := map[string]string{}
	for d := range 100 {
		r := tiles.Request{Coord: here, Valid: spatial.At(day("2020-01-01").AddDate(0, 0, d).Add(7 * time.Hour))}
		key, ids := p.key(r), p.ids(r)
		if before, ok := keys[key]; ok && before != ids {
			t.Fatalf("one key for %q and %q", before, ids)
		}
		keys[key] = ids
	}
	// Before the first, and after each of the four days on which something there changed.
	if len(keys) != 5 {
		t.Fatalf("%d tiles for a hundred days: %v", len(keys), keys)
	}
}

func TestTilesOfThePastAreDrawnFromTheStore(t *testing.T) {
	p := newTown(t, vector.Options{})
	before := p.put("a", at("old", 10, 10), at("both", 20, 20))
	p.put("a", at("both", 20, 20), at("new", 30, 30))
	r := tiles.Request{Coord: here}
	if got := p.ids(r); got != "both new" {
		t.Fatalf("now: %q", got)
	}
	r.Recorded = before
	if got := p.ids(r); got != "old both" && got != "both old" {
		t.Fatalf("as recorded then: %q", got)
	}
	r.Recorded = p.store.clock.Add(time.Hour)
	if got := p.ids(r); got != "both new" {
		t.Fatalf("in the future: %q", got)
	}
}

func TestATileShowsWhatItsFilterMatches(t *testing.T) {
	p := newTown(t, vector.Options{})
	numbered := func(id string, n int64, x float64) spatial.Feature {
		f := at(id, x, 20)
		f.Properties = spatial.NewProperties([]spatial.Property{{Name: "n", Value: spatial.IntOf(n)}})
		return f
	}
	before := p.put("a", numbered("old", 5, 10), numbered("low", 1, 20), numbered("high", 7, 30))
	p.put("a", numbered("low", 1, 20), numbered("high", 7, 30))
	filtered := func(text string) tiles.Request {
		// What is not shown is asked for all the same.
		return tiles.Request{Coord: here, Filter: filtered(t, text), Properties: []string{}}
	}
	keys := map[string]bool{p.key(tiles.Request{Coord: here, Properties: []string{}}): true}
	for text, want := range map[string]string{"n > 3": "high", "n < 3": "low", "n > 9": "", "id = 'low' OR n = 7": "low high", "n IS NULL": ""} {
		r := filtered(text)
		r.Properties = []string{"id"}
		if got := p.ids(r); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		keys[p.key(filtered(text))] = true
	}
	if len(keys) != 6 {
		t.Errorf("six tiles have %d names", len(keys))
	}
	if p.key(filtered("n > 3")) != p.key(filtered("  n>3")) {
		t.Error("one filter written in two ways has two names")
	}
	r := filtered("n > 3")
	r.Recorded, r.Properties = before, []string{"id"}
	if got := p.ids(r); got != "old high" && got != "high old" {
		t.Errorf("as recorded then: %q", got)
	}
}

func TestEveryMirrorDrawsTheSameBytes(t *testing.T) {
	p := newTown(t, vector.Options{})
	r := rand.New(rand.NewPCG(8, 9))
	for model := range 30 {
		var list []spatial.Feature
		for i := range 20 {
			f := at(fmt.Sprintf("%d-%d", model, i), 4096*r.Float64(), 4096*r.Float64())
			f.Properties = spatial.NewProperties([]spatial.Property{{Name: "n", Value: spatial.IntOf(int64(r.IntN(9)))}})
			list = append(list, f)
		}
		p.put(fmt.Sprint("m", model), list...)
	}
	late := memory.NewMirror(p.store, memory.Options{})
	if err := late.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	request := tiles.Request{Coord: here, Collections: []string{"city"}}
	var keys []string
	var bodies [][]byte
	for _, s := range []*vector.Source{p.source, vector.NewSource(late, vector.Options{})} {
		c, err := s.Pin(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		data, err := c.Append(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		keys, bodies = append(keys, c.Key()), append(bodies, data)
	}
	if keys[0] != keys[1] || string(bodies[0]) != string(bodies[1]) {
		t.Fatal("two mirrors of one store draw different tiles, or name them differently")
	}
}

func TestTileJSONSaysWhatTheTilesHold(t *testing.T) {
	list := []spatial.Feature{
		{ID: "a", Num: 1, Geometry: pointAt(0, 0), Properties: spatial.NewProperties([]spatial.Property{
			{Name: "height", Value: spatial.FloatOf(2.5)}, {Name: "floors", Value: spatial.IntOf(3)}, {Name: "listed", Value: spatial.BoolOf(true)}, {Name: "use", Value: spatial.StringOf("shop")}})},
		{ID: "b", Num: 2, Geometry: geom.NewPointFlat(geom.XY, []float64{114, 89})},
	}
	m := mirrorOf(t, "buildings", list, func(c *spatial.Collection) {
		c.Title, c.Description, c.Attribution, c.Revision = "建筑", "all of them", "© the city", 12
	})
	doc, err := vector.NewSource(m, vector.Options{}).TileJSON(t.Context(), tiles.Request{Collections: []string{"buildings"}, Properties: []string{"height", "use", "id"}}, "https://x/{z}/{x}/{y}.mvt")
	if err != nil {
		t.Fatal(err)
	}
	doc.Center = nil
	got, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "tilejson": "3.0.0",
 "name": "建筑",
 "description": "all of them",
 "version": "1.0.12",
 "attribution": "© the city",
 "scheme": "xyz",
 "tiles": [
  "https://x/{z}/{x}/{y}.mvt"
 ],
 "minzoom": 0,
 "maxzoom": 18,
 "bounds": [
  114,
  22.553147478403194,
  114.0380859375,
  85.0511287798066
 ],
 "vector_layers": [
  {
   "id": "buildings",
   "fields": {
    "dropped": "Number. How many shorter lines the tile leaves out; only where it does.",
    "height": "Number",
    "id": "String. The feature's id, the same everywhere.",
    "merged": "Number. How many features stand together in this one; only where some do, see thinned.",
    "merged_area": "Number. The sum of their areas in square metres.",
    "use": "String"
   },
   "description": "all of them",
   "minzoom": 0,
   "maxzoom": 18
  }
 ]
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}
