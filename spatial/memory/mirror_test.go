package memory_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"go.uber.org/goleak"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// following hands a mirror of each store to the suite.
func following(prepare func(*memory.Mirror)) storetest.Follow {
	return func(t *testing.T, store spatial.Store) (spatial.Reader, func(context.Context) error) {
		m := memory.NewMirror(store, memory.Options{})
		prepare(m)
		if err := m.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		return m, m.Sync
	}
}

func TestMirrorAnswersAsItsStore(t *testing.T) {
	storetest.RunReader(t, storetest.OpenReference, following(func(*memory.Mirror) {}))
}

// With no room for a tail every change packs the collection anew, so that all answers come
// from the packed part.
func TestMirrorAnswersAsItsStoreWhenAllIsPacked(t *testing.T) {
	storetest.RunReader(t, storetest.OpenReference, following(func(m *memory.Mirror) { m.PackAbove(0) }))
}

// import1 imports features as the only content of a model.
func import1(t *testing.T, s spatial.Store, in spatial.Import, list ...spatial.Feature) spatial.Applied {
	t.Helper()
	if in.Collection.Name == "" {
		in.Collection.Name = "city"
	}
	if in.Model == "" {
		in.Model = "m"
	}
	in.Features = func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	}
	a, err := s.Apply(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func point(id string, lon, lat float64) spatial.Feature {
	return spatial.Feature{ID: id, Geometry: geom.NewPointFlat(geom.XY, []float64{lon, lat})}
}

// answer writes what a reader says of a query, in one string.
func answer(t *testing.T, r spatial.Reader, q spatial.Query) string {
	t.Helper()
	var b strings.Builder
	for f, err := range r.Features(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s %v %v %v %s\n", f.ID, f.Name, f.Valid, f.Geometry, f.Distance, f.Properties.AppendJSON(nil))
	}
	return b.String()
}

// queries of every kind over the part of the Earth where random features lie.
func queries(r *rand.Rand) []spatial.Query {
	x, y := 114+r.Float64(), 22+r.Float64()
	box := spatial.Box2D(x, y, x+0.2, y+0.2)
	return []spatial.Query{
		{Collection: "city"}, {Collection: "city", Box: &box}, {Collection: "city", Near: &spatial.Near{Lon: x, Lat: y}, Limit: 7},
		{Collection: "city", Near: &spatial.Near{Lon: x, Lat: y, Max: 20_000}}, {Collection: "city", IDs: []string{"f7", "f3", "f7", "none"}},
		{Collection: "city", After: &spatial.Cursor{ID: "f4"}, Limit: 5}, {Collection: "city", Valid: spatial.At(time.Unix(int64(r.IntN(1000)), 0))},
	}
}

func TestAnswersStayTheSameThroughTailsAndPacking(t *testing.T) {
	store := storetest.NewReference()
	r := rand.New(rand.NewPCG(3, 4))
	names := []string{"a", "b", "c"}
	feature := func(i int) spatial.Feature {
		f := point(fmt.Sprintf("f%d", i), 114+r.Float64(), 22+r.Float64())
		f.Name = names[r.IntN(len(names))]
		f.Properties = spatial.NewProperties([]spatial.Property{{Name: "n", Value: spatial.IntOf(int64(r.IntN(5)))}, {Name: names[r.IntN(3)], Value: spatial.StringOf(names[r.IntN(3)])}})
		return f
	}
	list := make([]spatial.Feature, 60)
	for i := range list {
		list[i] = feature(i)
	}
	import1(t, store, spatial.Import{}, list...)
	m := memory.NewMirror(store, memory.Options{Interval: time.Millisecond})
	m.PackAbove(20)
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- m.Run(ctx) }()
	packed := 0
	for round := range 60 {
		for range 3 {
			list[r.IntN(len(list))] = feature(r.IntN(1000) + 60)
		}
		seen := map[string]bool{}
		var unique []spatial.Feature
		for _, f := range list {
			if !seen[f.ID] {
				seen[f.ID] = true
				unique = append(unique, f)
			}
		}
		in := spatial.Import{}
		if round%3 == 1 {
			in.From = time.Unix(int64(round*10), 0)
		} else {
			for i := range unique {
				unique[i].Valid = spatial.Interval{Start: time.Unix(int64(r.IntN(500)), 0)}
			}
		}
		before := m.View().Snapshot("city").Loose()
		import1(t, store, in, unique...)
		for i := range unique {
			unique[i].Valid = spatial.Interval{}
		}
		if err := m.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if m.View().Snapshot("city").Loose() < before {
			packed++
		}
		for _, q := range queries(r) {
			if diff := cmp.Diff(answer(t, store, q), answer(t, m, q)); diff != "" {
				t.Fatalf("round %d, %+v: -store +mirror:\n%s", round, q, diff)
			}
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if packed == 0 {
		t.Fatal("nothing was packed")
	}
}

// breaking is a store whose Versions break off.
type breaking struct {
	*storetest.Reference
	fail atomic.Bool
}

var errCut = errors.New("cut off")

func (b *breaking) Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[spatial.Version, error] {
	all := b.Reference.Versions(ctx, collection, since, until)
	if !b.fail.Load() {
		return all
	}
	return func(yield func(spatial.Version, error) bool) {
		for v, err := range all {
			if !yield(v, err) {
				return
			}
			break
		}
		yield(spatial.Version{}, errCut)
	}
}

func TestAChangeThatBreaksOffLeavesWhatWasHeld(t *testing.T) {
	store := &breaking{Reference: storetest.NewReference()}
	import1(t, store, spatial.Import{}, point("a", 1, 1), point("b", 2, 2))
	m := memory.NewMirror(store, memory.Options{})
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := answer(t, m, spatial.Query{Collection: "city"})
	import1(t, store, spatial.Import{}, point("b", 2, 3), point("c", 3, 3), point("d", 4, 4))
	store.fail.Store(true)
	for range 3 {
		if err := m.Sync(t.Context()); !errors.Is(err, errCut) {
			t.Fatalf("got %v", err)
		}
	}
	if got := answer(t, m, spatial.Query{Collection: "city"}); got != before {
		t.Fatalf("the mirror says\n%swhere it said\n%s", got, before)
	}
	store.fail.Store(false)
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	q := spatial.Query{Collection: "city"}
	if diff := cmp.Diff(answer(t, store, q), answer(t, m, q)); diff != "" {
		t.Fatalf("-store +mirror:\n%s", diff)
	}
}

func TestRunShowsWhatAnotherProcessImports(t *testing.T) {
	store := storetest.NewReference()
	m := memory.NewMirror(store, memory.Options{Interval: time.Millisecond})
	if m.Ready() {
		t.Fatal("ready before the first look")
	}
	if _, err := m.Collections(t.Context()); !errors.Is(err, spatial.ErrUnavailable) {
		t.Fatalf("before the first look: %v", err)
	}
	changes := make(chan spatial.Change, 10)
	cancelled := m.Subscribe(func(list []spatial.Change) {
		for _, c := range list {
			changes <- c
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	if err := m.Sync(ctx); err != nil || !m.Ready() {
		t.Fatalf("%v, ready %t", err, m.Ready())
	}
	go func() { ended <- m.Run(ctx) }()
	applied := import1(t, store, spatial.Import{}, point("a", 1, 1))
	if c := <-changes; c.Collection != "city" || c.Revision != applied.Revision {
		t.Fatalf("got %+v", c)
	}
	// What was announced can be read.
	if n, err := m.Count(ctx, spatial.Query{Collection: "city"}); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	cancelled()
	again := make(chan struct{})
	m.Subscribe(func([]spatial.Change) { close(again) })
	import1(t, store, spatial.Import{}, point("b", 1, 1))
	m.Notify()
	<-again
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if len(changes) != 0 {
		t.Fatal("a subscription that has ended was called")
	}
}

func TestWhatIsNotHeldIsAnsweredByTheStore(t *testing.T) {
	store := storetest.NewReference()
	import1(t, store, spatial.Import{}, point("a", 1, 1))
	import1(t, store, spatial.Import{Collection: spatial.Collection{Name: "huge"}}, point("b", 1, 1))
	m := memory.NewMirror(store, memory.Options{Resident: func(c spatial.Collection) bool { return c.Name != "huge" }})
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m.View().Snapshot("huge") != nil || m.View().Snapshot("city") == nil {
		t.Fatal("the wrong collection is held")
	}
	for _, name := range []string{"city", "huge"} {
		q := spatial.Query{Collection: name}
		if diff := cmp.Diff(answer(t, store, q), answer(t, m, q)); diff != "" {
			t.Fatalf("%s: -store +mirror:\n%s", name, diff)
		}
	}
	list, err := m.Collections(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
}

func TestTouchedIsTheLastChangeInThatPlaceAndTime(t *testing.T) {
	store := storetest.NewReference()
	clock := time.Unix(1000, 0)
	store.Now = func() time.Time { clock = clock.Add(time.Second); return clock }
	old := func(f spatial.Feature) spatial.Feature {
		f.Valid = spatial.Interval{End: time.Unix(0, 0)}
		return f
	}
	first := import1(t, store, spatial.Import{}, point("a", 1, 1)).Revision
	second := import1(t, store, spatial.Import{Model: "n"}, point("b", 50, 50)).Revision
	third := import1(t, store, spatial.Import{Model: "o"}, old(point("c", 1, 1))).Revision
	m := memory.NewMirror(store, memory.Options{})
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := m.View().Snapshot("city")
	rect := func(lon, lat float64) memory.Rect {
		return memory.RectsOf(spatial.Box2D(lon-1, lat-1, lon+1, lat+1))[0]
	}
	for _, c := range []struct {
		name  string
		where memory.Rect
		when  spatial.Interval
		want  int64
	}{
		{"now, where the first was", rect(1, 1), spatial.At(time.Unix(500, 0)), first},
		{"once, where the first and the third were", rect(1, 1), spatial.At(time.Unix(-500, 0)), third},
		{"where the second was", rect(50, 50), spatial.Interval{}, second},
		{"where nothing was", rect(-50, -50), spatial.Interval{}, 0},
	} {
		if got := s.Touched(c.where, c.when); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestBoundariesAreTheTimesAtWhichSomethingThereChanges(t *testing.T) {
	store := storetest.NewReference()
	at := func(id string, lon float64, from, to int64) spatial.Feature {
		f := point(id, lon, 1)
		if from != 0 {
			f.Valid.Start = time.Unix(from, 0)
		}
		if to != 0 {
			f.Valid.End = time.Unix(to, 0)
		}
		return f
	}
	import1(t, store, spatial.Import{}, at("a", 1, 10, 20), at("b", 1, 20, 30), at("c", 1, 0, 0), at("d", 50, 5, 6))
	m := memory.NewMirror(store, memory.Options{})
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := m.View().Snapshot("city").Boundaries(memory.RectsOf(spatial.Box2D(0, 0, 2, 2))[0])
	if diff := cmp.Diff([]int64{10e6, 20e6, 30e6}, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}

func TestRowsComeInOneOrderHoweverTheyCame(t *testing.T) {
	store := storetest.NewReference()
	late := memory.NewMirror(store, memory.Options{})
	follows := memory.NewMirror(store, memory.Options{})
	if err := follows.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for model := range 20 {
		var list []spatial.Feature
		for i := range 10 {
			list = append(list, point(fmt.Sprintf("%d-%d", model, i), 114+r.Float64(), 22+r.Float64()))
		}
		import1(t, store, spatial.Import{Model: fmt.Sprint("m", model)}, list...)
		if err := follows.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := late.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := func(m *memory.Mirror) (list []string) {
		s := m.View().Snapshot("city")
		for _, row := range s.AppendRows(nil, memory.RectsOf(spatial.Box2D(114, 22, 115, 22.7))[0]) {
			table, i := s.At(row)
			list = append(list, table.ID(i))
		}
		return list
	}
	if diff := cmp.Diff(ids(late), ids(follows)); diff != "" || len(ids(late)) < 100 {
		t.Fatalf("-packed +followed:\n%s", diff)
	}
}
