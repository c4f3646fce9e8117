package benchmarks_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// BenchmarkQueryGrowth asks ever larger collections questions that find as much in each: boxes
// and circles shrink as the city fills.
func BenchmarkQueryGrowth(b *testing.B) {
	for n := 10_000; n <= size(); n *= 10 {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			c := newTileCity(b, n)
			list := places(b, c)
			scale := math.Sqrt(1e6 / float64(n))
			now := spatial.At(time.Now())
			ask := map[string]func(p place) spatial.Query{
				"box": func(p place) spatial.Query {
					w, h := 0.0045*scale, 0.0021*scale
					box := spatial.Box2D(p.Lon-w, p.Lat-h, p.Lon+w, p.Lat+h)
					return spatial.Query{Box: &box}
				},
				"circle": func(p place) spatial.Query {
					return spatial.Query{Within: &spatial.Within{Geometry: geom.NewPointFlat(geom.XY, []float64{p.Lon, p.Lat}), Distance: 380 * scale}}
				},
				"nearest": func(p place) spatial.Query {
					return spatial.Query{Near: &spatial.Near{Lon: p.Lon, Lat: p.Lat}, Limit: 10}
				},
			}
			best, found := map[string]spans{}, map[string]int64{}
			for b.Loop() {
				for name, of := range ask {
					best[name], found[name] = nil, 0
					for _, p := range list {
						q := of(p)
						q.Collection, q.Valid = "buildings", now
						least := time.Duration(math.MaxInt64)
						for round := range rounds {
							began := time.Now()
							hits := c.answered(b, q)
							least = min(least, time.Since(began))
							if round == 0 {
								found[name] += hits
							}
						}
						best[name] = append(best[name], least)
					}
				}
			}
			for name, times := range best {
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, name+"-p50-µs")
				b.ReportMetric(float64(found[name])/float64(len(list)), name+"-hits")
			}
		})
	}
}

// answered counts, or reads the features of a nearest answer.
func (c *tileCity) answered(b *testing.B, q spatial.Query) (n int64) {
	b.Helper()
	if q.Near == nil {
		n, err := c.mirror.Count(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	for _, err := range c.mirror.Features(b.Context(), q) {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	return n
}
