//go:build unix

package gpkg_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

// buildings streams n footprints of 4 to 12 corners, clustered as in a city, with eight
// properties of all common kinds; the same for the same seed.
func buildings(n int, seed uint64) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		r := rand.New(rand.NewPCG(seed, 7))
		for i := range n {
			if !yield(building(r, i), nil) {
				return
			}
		}
	}
}

var (
	districts = []string{"福田", "罗湖", "南山", "盐田", "宝安", "龙岗", "龙华", "坪山", "光明", "大鹏"}
	classes   = []string{"residential", "commercial", "industrial", "office", "school"}
)

func building(r *rand.Rand, i int) spatial.Feature {
	centre := i / 1000 % 60
	x := 113.8 + float64(centre%10)*0.08 + r.NormFloat64()*0.01
	y := 22.48 + float64(centre/10)*0.06 + r.NormFloat64()*0.01
	corners := 4 + r.IntN(9)
	flat := make([]float64, 0, 2*corners+2)
	for k := range corners {
		s, c := math.Sincos(2 * math.Pi * float64(k) / float64(corners))
		flat = append(flat, math.Round((x+c*1e-4)*1e7)/1e7, math.Round((y+s*1e-4)*1e7)/1e7)
	}
	flat = append(flat, flat[0], flat[1])
	height := float64(30+r.IntN(900)) / 10
	district := districts[centre%len(districts)]
	return spatial.Feature{
		ID:       "bldg_" + strconv.Itoa(i),
		Name:     district + "大厦",
		Geometry: geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}),
		Z:        spatial.ZRange{Min: 0, Max: height, Known: true},
		Properties: spatial.Properties{
			{Name: "class", Value: spatial.StringOf(classes[i%len(classes)])},
			{Name: "district", Value: spatial.StringOf(district)},
			{Name: "floors", Value: spatial.IntOf(int64(height / 3.2))},
			{Name: "height", Value: spatial.FloatOf(height)},
			{Name: "id", Value: spatial.IntOf(int64(i))},
			{Name: "name", Value: spatial.StringOf(district + "大厦")},
			{Name: "valid_to", Value: spatial.Value{}},
			{Name: "year", Value: spatial.IntOf(int64(1980 + r.IntN(46)))},
		},
	}
}

// processorTime is what the process has used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func sizes(b *testing.B) []int {
	list := []int{10_000, 100_000}
	if os.Getenv("SHIKONG_BENCH_LARGE") != "" {
		list = append(list, 1_000_000)
	}
	return list
}

func name(n int) string {
	if n >= 1_000_000 {
		return fmt.Sprintf("n=%dM", n/1_000_000)
	}
	return fmt.Sprintf("n=%dk", n/1000)
}

func replaceAll(n int, seed uint64) spatial.Import {
	return spatial.Import{Collection: spatial.Collection{Name: "buildings"}, Model: "m", Features: buildings(n, seed)}
}

// perSecond starts to measure features per second, by the clock and by the processor, which
// says more on a machine that is shared, and returns the function that reports them.
func perSecond(b *testing.B, n int) (report func()) {
	before := processorTime()
	return func() {
		total := float64(n) * float64(b.N)
		b.ReportMetric(total/b.Elapsed().Seconds(), "features/s")
		if used := processorTime() - before; used > 0 {
			b.ReportMetric(total/used.Seconds(), "features/cpu-s")
		}
	}
}

// BenchmarkFeatures is the share of the others that making the features takes.
func BenchmarkFeatures(b *testing.B) {
	b.ReportAllocs()
	defer perSecond(b, 100_000)()
	for b.Loop() {
		for range buildings(100_000, 1) {
		}
	}
}

// BenchmarkImport is a first import into a new store, indexes, commit and close included.
func BenchmarkImport(b *testing.B) {
	for _, n := range sizes(b) {
		b.Run(name(n), func(b *testing.B) {
			b.ReportAllocs()
			dir := b.TempDir()
			defer perSecond(b, n)()
			for i := 0; b.Loop(); i++ {
				s := open(b, filepath.Join(dir, strconv.Itoa(i)+".gpkg"), gpkg.Options{Create: true})
				if _, err := s.Apply(b.Context(), replaceAll(n, 1)); err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkImportAgain is the same import once more: everything is compared, nothing written.
func BenchmarkImportAgain(b *testing.B) {
	for _, n := range sizes(b) {
		b.Run(name(n), func(b *testing.B) {
			b.ReportAllocs()
			s := filled(b, n)
			defer perSecond(b, n)()
			for b.Loop() {
				if a, err := s.Apply(b.Context(), replaceAll(n, 1)); err != nil || a.Unchanged != int64(n) {
					b.Fatal(a, err)
				}
			}
		})
	}
}

// BenchmarkImportChanged replaces every feature by another content.
func BenchmarkImportChanged(b *testing.B) {
	const n = 100_000
	b.ReportAllocs()
	s := filled(b, n)
	defer perSecond(b, n)()
	for seed := uint64(2); b.Loop(); seed++ {
		if a, err := s.Apply(b.Context(), replaceAll(n, seed)); err != nil || a.Changed != n {
			b.Fatal(a, err)
		}
	}
}

// filled returns a store with n buildings, made once per size and process.
func filled(b *testing.B, n int) *gpkg.Store {
	b.Helper()
	s := open(b, filepath.Join(b.TempDir(), "store.gpkg"), gpkg.Options{Create: true})
	if _, err := s.Apply(b.Context(), replaceAll(n, 1)); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkVersions is what a server does when it starts: it reads all that is recorded.
func BenchmarkVersions(b *testing.B) {
	for _, n := range sizes(b) {
		b.Run(name(n), func(b *testing.B) {
			b.ReportAllocs()
			s := filled(b, n)
			defer perSecond(b, n)()
			for b.Loop() {
				count := 0
				for _, err := range s.Versions(b.Context(), "buildings", 0, 1) {
					if err != nil {
						b.Fatal(err)
					}
					count++
				}
				if count != n {
					b.Fatal(count)
				}
			}
		})
	}
}

// BenchmarkQuery are single questions to a large collection.
func BenchmarkQuery(b *testing.B) {
	const n = 100_000
	s := filled(b, n)
	block := spatial.Box2D(113.9, 22.5, 113.905, 22.505)
	city := spatial.Box2D(113, 22, 115, 23)
	for _, q := range []struct {
		name  string
		query spatial.Query
	}{
		{"one id", spatial.Query{IDs: []string{"bldg_77777"}}},
		{"a block", spatial.Query{Box: &block}},
		{"a page of a block", spatial.Query{Box: &block, Limit: 10}},
		{"a page of the city", spatial.Query{Box: &city, Limit: 10, After: &spatial.Cursor{ID: "bldg_5"}}},
		{"a page", spatial.Query{Limit: 10, After: &spatial.Cursor{ID: "bldg_5"}}},
		{"ten nearest", spatial.Query{Near: &spatial.Near{Lon: 113.9, Lat: 22.5}, Limit: 10}},
		{"ten nearest from far off", spatial.Query{Near: &spatial.Near{Lon: 100, Lat: 10}, Limit: 10}},
	} {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			q.query.Collection = "buildings"
			count := 0
			for b.Loop() {
				for _, err := range s.Features(b.Context(), q.query) {
					if err != nil {
						b.Fatal(err)
					}
					count++
				}
			}
			b.ReportMetric(float64(count)/float64(b.N), "features")
		})
	}
}
