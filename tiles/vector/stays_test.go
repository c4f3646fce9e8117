package vector_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// asked counts the questions that a mirror leaves to its store.
type asked struct {
	*memory.Mirror
	questions int
}

func (a *asked) Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	a.questions++
	return a.Mirror.Features(ctx, q)
}

// A tile of a collection that is not held in memory keeps its key while nothing begins or ends
// there, and who has it is told so without a question to the store.
func TestATileFromTheStoreKeepsItsKey(t *testing.T) {
	w := newCity(t, func(spatial.Collection) bool { return false })
	place := boxOf(stations(1))
	station := func(id string, valid spatial.Interval) spatial.Feature {
		f := stations(1)[0]
		f.ID, f.Valid = id, valid
		return f
	}
	list := []spatial.Feature{station("always", spatial.Interval{}), station("gone", spatial.Interval{End: day("2020-01-01")}),
		station("until", spatial.Interval{Start: day("2010-01-01"), End: day("2026-01-01")}), station("from", spatial.Interval{Start: day("2027-01-01")})}
	w.put(t, "stations", "m", list)
	reader := &asked{Mirror: w.mirror}
	source := vector.NewSource(reader, vector.Options{})
	at := func(when string) tiles.Request {
		return tiles.Request{Coord: tiles.At(place.Min[0], place.Min[1], 14), Collections: []string{"stations"}, Valid: spatial.At(day(when).Add(8 * time.Hour))}
	}
	pin := func(r tiles.Request) string {
		t.Helper()
		before := reader.questions
		c, err := source.Pin(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if reader.questions != before {
			t.Error("the store is asked before it is known whether the client has the tile")
		}
		return c.Key()
	}
	shown := func(r tiles.Request) (ids []string) {
		for _, f := range tile(t, source, r)[0].Features {
			ids = append(ids, f.Properties["id"].(string))
		}
		return ids
	}
	first := pin(at("2025-03-01"))
	if got := shown(at("2025-03-01")); len(got) != 2 {
		t.Errorf("in 2025 stand %v", got)
	}
	for _, c := range []struct {
		when string
		same bool
		n    int
	}{{"2025-03-01", true, 2}, {"2025-03-02", true, 2}, {"2025-12-30", true, 2}, {"2026-01-02", false, 1}, {"2027-06-01", false, 2}, {"2010-01-02", false, 3}} {
		if key := pin(at(c.when)); (key == first) != c.same {
			t.Errorf("%s: the key is %s, and was %s", c.when, key, first)
		}
		if got := shown(at(c.when)); len(got) != c.n {
			t.Errorf("%s: there stand %v", c.when, got)
		}
	}
	span := at("2025-03-01")
	span.Valid.End = day("2028-01-01")
	if key := pin(span); key == first || len(shown(span)) != 3 {
		t.Errorf("a span of time has the key %s and shows %v", key, shown(span))
	}
	w.put(t, "stations", "m", list[:3])
	if key := pin(at("2025-03-01")); key == first {
		t.Errorf("after an import the key is still %s", key)
	}
}
