package benchmarks_test

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// spans are durations that percentiles are taken of.
type spans []time.Duration

func (s spans) at(part float64) float64 {
	sorted := slices.Sorted(slices.Values(s))
	return float64(sorted[int(float64(len(sorted)-1)*part+0.5)].Microseconds())
}

func (s spans) mean() float64 {
	sum := time.Duration(0)
	for _, d := range s {
		sum += d
	}
	return float64(sum.Microseconds()) / float64(len(s))
}

func (s spans) report(b *testing.B) {
	b.ReportMetric(s.at(0.5), "p50-µs")
	b.ReportMetric(s.at(0.95), "p95-µs")
	b.ReportMetric(s.mean(), "mean-µs")
}

// cpu is the processor time that this process has used, which other work on the machine
// changes less than it changes the clock.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// whole draws every feature as it is, as servers do that know no levels.
var whole = vector.Options{Budget: -1, Tolerance: -1}

// draw has a source draw a tile.
func draw(b *testing.B, s tiles.Source, c tiles.Coord, dst []byte) []byte {
	b.Helper()
	content, err := s.Pin(b.Context(), tiles.Request{Coord: c, Collections: []string{"buildings"}})
	if err != nil {
		b.Fatal(err)
	}
	if dst, err = content.Append(b.Context(), dst); err != nil {
		b.Fatal(err)
	}
	return dst
}

func countOf(b *testing.B, tile []byte) int {
	b.Helper()
	got, err := mvt.Decode(tile)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for i := range got {
		n += len(got[i].Features)
	}
	return n
}

// rounds is how often a tile is drawn in process; the best counts, since machines are shared.
const rounds = 5

// BenchmarkTiles draws a list of tiles in process and by ST_AsMVT through pgx, each tile by
// both in turn, with all features and properties. SHIKONG_BENCH_GEOJSONL and
// SHIKONG_BENCH_TILES name other buildings and tiles than those that are made.
func BenchmarkTiles(b *testing.B) {
	city := newTileCity(b, size())
	source := vector.NewSource(city.mirror, whole)
	db, columns := city.postgis(b, cityFile(b, size()))
	query := fmt.Sprintf(asMVT, columns)
	var ours, theirs spans
	features, missing, drawn := 0, 0, 0
	used := time.Duration(0)
	var buf []byte
	for b.Loop() {
		ours, theirs, features, missing = ours[:0], theirs[:0], 0, 0 // the last round counts
		for _, c := range city.list {
			best := time.Duration(1 << 62)
			start := cpu()
			for range rounds {
				began := time.Now()
				buf = draw(b, source, c, buf[:0])
				best = min(best, time.Since(began))
			}
			used += cpu() - start
			var tile []byte
			slow := time.Duration(1 << 62)
			for range 2 {
				began := time.Now()
				if err := db.QueryRow(b.Context(), query, int(c.Z), int(c.X), int(c.Y)).Scan(&tile); err != nil {
					b.Fatal(err)
				}
				slow = min(slow, time.Since(began))
			}
			n := countOf(b, buf)
			drawn += rounds * n
			features, missing = features+n, missing+n-countOf(b, tile)
			ours, theirs = append(ours, best), append(theirs, slow)
		}
	}
	ours.report(b)
	b.ReportMetric(theirs.at(0.5), "postgis-p50-µs")
	b.ReportMetric(theirs.at(0.95), "postgis-p95-µs")
	b.ReportMetric(theirs.mean(), "postgis-mean-µs")
	b.ReportMetric(theirs.mean()/ours.mean(), "times-mean")
	b.ReportMetric(theirs.at(0.5)/ours.at(0.5), "times-p50")
	b.ReportMetric(ours.mean()*float64(len(ours))*1000/float64(features), "ns/feature")
	b.ReportMetric(float64(used.Nanoseconds())/float64(drawn), "cpu-ns/feature")
	b.ReportMetric(float64(missing), "slivers-postgis-leaves-out")
}

// BenchmarkGrowth draws tiles of about 500 features from ever larger collections.
func BenchmarkGrowth(b *testing.B) {
	for n := 10_000; n <= size(); n *= 10 {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			city := newTileCity(b, n)
			snap := city.mirror.View().Snapshot("buildings")
			var list []tiles.Coord
			for zoom := uint8(8); zoom <= 18; zoom++ {
				for _, c := range city.list {
					if c.Z != 16 {
						continue
					}
					box := c.Box()
					at := tiles.At((box.Min[0]+box.Max[0])/2, (box.Min[1]+box.Max[1])/2, zoom)
					if in := len(snap.AppendRows(nil, memory.RectsOf(at.Box())[0])); in > 350 && in < 650 && !slices.Contains(list, at) {
						list = append(list, at)
					}
				}
			}
			if len(list) == 0 {
				b.Skip("no tile has about 500 features")
			}
			source := vector.NewSource(city.mirror, whole)
			var best spans
			var buf []byte
			features := 0
			for b.Loop() {
				features = 0
				for i, c := range list {
					began := time.Now()
					buf = draw(b, source, c, buf[:0])
					took := time.Since(began)
					if len(best) <= i {
						best = append(best, took)
					}
					best[i] = min(best[i], took)
					features += countOf(b, buf)
				}
			}
			best.report(b)
			b.ReportMetric(best.mean()*float64(len(best))*1000/float64(features), "ns/feature")
			b.ReportMetric(float64(features)/float64(len(list)), "features/tile")
			b.ReportMetric(float64(len(list)), "tiles")
		})
	}
}

// BenchmarkLevels draws every tile of the zoom levels at which not all of a collection fits,
// compressed, and finds the levels first.
func BenchmarkLevels(b *testing.B) {
	city := newTileCity(b, size())
	runtime.GC()
	var describe, draw time.Duration
	most, count := 0, 0
	for b.Loop() {
		source := vector.NewSource(city.mirror, vector.Options{})
		cache, err := tiles.NewCache(source, tiles.CacheOptions{MaxBytes: -1})
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if _, err := source.TileJSON(b.Context(), tiles.Request{Collections: []string{"buildings"}}, "u"); err != nil {
			b.Fatal(err)
		}
		describe, began, count = time.Since(began), time.Now(), 0
		for zoom := uint8(0); zoom <= 13; zoom++ {
			l := tiles.WebMercatorQuad.Limits(city.Extent, zoom)
			for x := l.MinX; x <= l.MaxX; x++ {
				for y := l.MinY; y <= l.MaxY; y++ {
					p, err := cache.Pin(b.Context(), tiles.Request{Coord: tiles.Coord{Z: zoom, X: x, Y: y}, Collections: []string{"buildings"}})
					if err != nil {
						b.Fatal(err)
					}
					body, err := p.Body(b.Context(), true)
					if err != nil {
						b.Fatal(err)
					}
					most, count = max(most, len(body)), count+1
				}
			}
		}
		draw = time.Since(began)
	}
	b.ReportMetric(float64(describe.Milliseconds()), "tilejson-ms")
	b.ReportMetric(float64(draw.Milliseconds())/float64(count), "ms/tile")
	b.ReportMetric(float64(most), "largest-B")
	b.ReportMetric(float64(cmp.Compare(most, vector.DefaultBudget)), "over-budget")
}
