package memory_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// stack is a store of one collection that hands out versions as fast as it can.
type stack struct {
	spatial.Reader
	versions []spatial.Version // of revision 1
	late     []spatial.Version // of later revisions, one each
}

func (s *stack) revision() int64 { return int64(1 + len(s.late)) }

func (s *stack) Meta(context.Context) (spatial.Meta, error) {
	return spatial.Meta{Revision: s.revision(), Recorded: time.Unix(s.revision(), 0)}, nil
}

func (s *stack) Collections(context.Context) ([]spatial.Collection, error) {
	return []spatial.Collection{{Name: "city", Revision: s.revision(), Count: int64(len(s.versions))}}, nil
}

func (s *stack) Changes(_ context.Context, since int64) iter.Seq2[spatial.Change, error] {
	return func(yield func(spatial.Change, error) bool) {
		for r := since + 1; r <= s.revision(); r++ {
			if !yield(spatial.Change{Revision: r, Collection: "city", Box: spatial.Box2D(114, 22, 115, 23)}, nil) {
				return
			}
		}
	}
}

func (s *stack) Versions(_ context.Context, _ string, since, until int64) iter.Seq2[spatial.Version, error] {
	list := s.versions
	if since > 0 {
		list = s.late[since-1 : until-1]
	}
	return func(yield func(spatial.Version, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// footprints are buildings over a city of 100 km × 100 km.
func footprints(n int) []spatial.Version {
	r := rand.New(rand.NewPCG(1, 1))
	list := make([]spatial.Version, n)
	for i := range list {
		x, y := 114+r.Float64(), 22+r.Float64()
		round := func(v float64) float64 { return math.Round(v*1e7) / 1e7 }
		w, h := 1e-4*(1+r.Float64()), 1e-4*(1+r.Float64())
		flat := []float64{round(x), round(y), round(x + w), round(y), round(x + w), round(y + h), round(x), round(y + h), round(x), round(y)}
		list[i] = spatial.Version{Number: int64(i + 1), Feature: spatial.Feature{
			Collection: "city", ID: "b" + strconv.Itoa(i), Num: uint64(i + 1), Model: "m", Kind: "Building",
			Geometry: geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}),
			Properties: spatial.NewProperties([]spatial.Property{{Name: "floors", Value: spatial.IntOf(int64(r.IntN(50)))},
				{Name: "height", Value: spatial.FloatOf(float64(r.IntN(2000)) / 10)}, {Name: "name", Value: spatial.StringOf(fmt.Sprint("楼", r.IntN(n)))}}),
		}}
	}
	return list
}

func held(b *testing.B, n int) (*memory.Mirror, *stack) {
	b.Helper()
	s := &stack{versions: footprints(n)}
	m := memory.NewMirror(s, memory.Options{})
	if err := m.Sync(b.Context()); err != nil {
		b.Fatal(err)
	}
	return m, s
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			s := &stack{versions: footprints(n)}
			b.ReportAllocs()
			var m *memory.Mirror
			for b.Loop() {
				m = memory.NewMirror(s, memory.Options{})
				if err := m.Sync(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			all, tiles, exact := m.View().Snapshot("city").Bytes()
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/feature")
			b.ReportMetric(float64(all)/float64(n), "B/feature")
			b.ReportMetric(float64(tiles+exact)/float64(n), "geometry-B/feature")
		})
	}
}

// BenchmarkChange takes in changes of one feature each.
func BenchmarkChange(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			m, s := held(b, n)
			b.ReportAllocs()
			for b.Loop() {
				v := s.versions[len(s.late)%n]
				v.Number, v.Feature.ID = int64(n+len(s.late)+1), fmt.Sprint("new", len(s.late))
				s.late = append(s.late, v)
				if err := m.Sync(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkQuery(b *testing.B) {
	const n = 100_000
	m, _ := held(b, n)
	s := m.View().Snapshot("city")
	ctx := b.Context()
	r := rand.New(rand.NewPCG(2, 2))
	places := make([][2]float64, 200)
	for i := range places {
		places[i] = [2]float64{114.1 + 0.8*r.Float64(), 22.1 + 0.8*r.Float64()}
	}
	boxOf := func(i int, side float64) spatial.Box {
		p := places[i%len(places)]
		return spatial.Box2D(p[0], p[1], p[0]+side, p[1]+side)
	}
	run := func(name string, f func(i int) int) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			hits, i := 0, 0
			for b.Loop() {
				hits += f(i)
				i++
			}
			b.ReportMetric(float64(hits)/float64(i), "hits")
		})
	}
	features := func(q spatial.Query) (hits int) {
		for _, err := range m.Features(ctx, q) {
			if err != nil {
				b.Fatal(err)
			}
			hits++
		}
		return hits
	}
	var rows []memory.Row
	run("rows in a box of 0.01 % of the city", func(i int) int {
		rows = s.AppendRows(rows[:0], memory.RectsOf(boxOf(i, 0.01))[0])
		return len(rows)
	})
	run("rows in a box of 1 % of the city", func(i int) int {
		rows = s.AppendRows(rows[:0], memory.RectsOf(boxOf(i, 0.1))[0])
		return len(rows)
	})
	run("count in a box of 1 % of the city", func(i int) int {
		box := boxOf(i, 0.1)
		hits, err := m.Count(ctx, spatial.Query{Collection: "city", Box: &box})
		if err != nil {
			b.Fatal(err)
		}
		return int(hits)
	})
	run("features in a box of 1 % of the city", func(i int) int {
		box := boxOf(i, 0.1)
		return features(spatial.Query{Collection: "city", Box: &box})
	})
	run("nearest ten", func(i int) int {
		p := places[i%len(places)]
		return features(spatial.Query{Collection: "city", Near: &spatial.Near{Lon: p[0], Lat: p[1]}, Limit: 10})
	})
	run("one by id", func(i int) int {
		return features(spatial.Query{Collection: "city", IDs: []string{"b" + strconv.Itoa(i%n)}})
	})
	run("a page of a hundred", func(i int) int {
		return features(spatial.Query{Collection: "city", After: &spatial.Cursor{ID: "b" + strconv.Itoa(i%n)}, Limit: 100})
	})
}
