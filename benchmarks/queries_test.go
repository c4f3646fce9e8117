package benchmarks_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// place is where a question is asked: SHIKONG_BENCH_QUERIES names a file of them, otherwise
// buildings drawn by lot.
type place struct {
	Lon, Lat float64
	Poly     [][2]float64 // an open ring about it, nil for one by lot
}

func places(b *testing.B, c *tileCity) (list []place) {
	b.Helper()
	if path := os.Getenv("SHIKONG_BENCH_QUERIES"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := json.Unmarshal(text, &list); err != nil {
			b.Fatal(err)
		}
		return list
	}
	r, n := rand.New(rand.NewPCG(7, 7)), 0
	for f, err := range c.mirror.Features(b.Context(), spatial.Query{Collection: "buildings"}) {
		if err != nil {
			b.Fatal(err)
		}
		if n++; r.Int64N(c.Count) < 100 {
			box := spatial.BoxOf(f.Geometry)
			list = append(list, place{Lon: box.Min[0] + 0.0003, Lat: box.Min[1] + 0.0002})
		}
	}
	return list
}

// BenchmarkQueries asks the mirror the questions of a planner in process, each several times,
// of which the best counts: how many stand in a box or within 500 m, which ten are nearest,
// and the features themselves.
func BenchmarkQueries(b *testing.B) {
	c := newTileCity(b, size())
	list := places(b, c)
	count := func(q spatial.Query) int {
		n, err := c.mirror.Count(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		return int(n)
	}
	features := func(q spatial.Query) (n int) {
		for _, err := range c.mirror.Features(b.Context(), q) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		return n
	}
	ids := func(q spatial.Query) (n int) {
		answer, held := c.mirror.Records(b.Context(), q)
		if !held {
			b.Fatal("the mirror does not answer by itself")
		}
		for r, err := range answer {
			if err != nil || r.ID() == "" {
				b.Fatal(err)
			}
			n++
		}
		return n
	}
	box := func(p place, w, h float64) *spatial.Box {
		box := spatial.Box2D(p.Lon-w/2, p.Lat-h/2, p.Lon+w/2, p.Lat+h/2)
		return &box
	}
	now := spatial.At(time.Now())
	at := func(p place) spatial.Query { return spatial.Query{Collection: "buildings", Valid: now} }
	within := func(p place) spatial.Query {
		q := at(p)
		q.Within = &spatial.Within{Geometry: geom.NewPointFlat(geom.XY, []float64{p.Lon, p.Lat}), Distance: 500}
		return q
	}
	corridor := func(p place) spatial.Query {
		q := at(p)
		q.Within = &spatial.Within{Distance: 20, Geometry: geom.NewLineStringFlat(geom.XYZ,
			[]float64{p.Lon - 0.01, p.Lat - 0.004, -20, p.Lon, p.Lat, -25, p.Lon + 0.01, p.Lat + 0.006, -15})}
		return q
	}
	boxed := func(w, h float64) func(p place) spatial.Query {
		return func(p place) spatial.Query {
			q := at(p)
			q.Box = box(p, w, h)
			return q
		}
	}
	polygon := func(p place) spatial.Query {
		q := at(p)
		e, err := filter.ParseText("S_INTERSECTS(geometry, POLYGON((" + p.ring() + ")))")
		if err != nil {
			b.Fatal(err)
		}
		f, err := filter.New(e, filter.Fields(c.Fields))
		if err != nil {
			b.Fatal(err)
		}
		q.Filter = f
		return q
	}
	near := func(p place) spatial.Query {
		q := at(p)
		q.Near, q.Limit = &spatial.Near{Lon: p.Lon, Lat: p.Lat}, 10
		return q
	}
	for _, row := range []struct {
		name string
		of   func(place) spatial.Query
		ask  func(spatial.Query) int
	}{
		{"count in 1 % of the city", boxed(0.09, 0.042), count}, {"count in 0.01 % of the city", boxed(0.009, 0.0042), count},
		{"count within 500 m", within, count}, {"count in a corridor", corridor, count}, {"nearest ten", near, features}, {"nearest ten, their ids", near, ids},
		{"count in a polygon", polygon, count}, {"features in 0.01 % of the city", boxed(0.009, 0.0042), features}, {"features within 500 m", within, features}, {"count of all", at, count},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			var ours spans
			hits := 0
			for b.Loop() {
				ours, hits = ours[:0], 0
				for _, p := range list {
					q, best := row.of(p), time.Duration(math.MaxInt64)
					for range rounds {
						began := time.Now()
						hits += row.ask(q)
						best = min(best, time.Since(began))
					}
					ours = append(ours, best)
				}
			}
			slices.Sort(ours)
			for name, part := range map[string]float64{"p50-µs": 0.5, "p95-µs": 0.95} {
				b.ReportMetric(float64(ours[int(float64(len(ours)-1)*part+0.5)].Nanoseconds())/1e3, name)
			}
			b.ReportMetric(float64(hits)/float64(len(list)*rounds), "hits")
		})
	}
}
