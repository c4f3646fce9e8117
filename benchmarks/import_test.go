package benchmarks_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/geojson"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/postgis"
)

// size is how many features the large benchmarks take: SHIKONG_BENCH_FEATURES, or 100,000.
func size() int {
	if n, err := strconv.Atoi(os.Getenv("SHIKONG_BENCH_FEATURES")); err == nil && n > 0 {
		return n
	}
	return 100_000
}

// stores are the kinds of store, each opened empty.
var stores = []struct {
	name string
	open func(tb testing.TB) spatial.Store
}{
	{"gpkg", openGeoPackage},
	{"postgis", openPostGIS},
}

func openGeoPackage(tb testing.TB) spatial.Store {
	tb.Helper()
	s, err := gpkg.Open(tb.Context(), filepath.Join(tb.TempDir(), "bench.gpkg"), gpkg.Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func openPostGIS(tb testing.TB) spatial.Store {
	tb.Helper()
	dsn := os.Getenv("SHIKONG_TEST_POSTGIS")
	if dsn == "" {
		tb.Skip("SKIPPED: SHIKONG_TEST_POSTGIS is not set")
	}
	admin, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	database := fmt.Sprintf("shikong_bench_%d", os.Getpid())
	if _, err := admin.Exec(tb.Context(), "create database "+database+" template template0"); err != nil {
		tb.Fatal(err)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = "/" + database
	s, err := postgis.Open(tb.Context(), u.String(), postgis.Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_, err := admin.Exec(context.Background(), "drop database "+database+" with (force)")
		if err = errors.Join(s.Close(), err, admin.Close(context.Background())); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// load imports the file into the store as the command line does.
func load(ctx context.Context, store spatial.Store, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	r, err := geojson.NewReader(bufio.NewReaderSize(f, 1<<16), geojson.Options{}, nil)
	if err != nil {
		return err
	}
	_, err = store.Apply(ctx, spatial.Import{Collection: spatial.Collection{Name: "buildings"}, Model: "city", Features: r.Features()})
	return err
}

// BenchmarkImport is GeoJSON → store with its spatial index, from an empty store; then the
// same file again, which changes nothing.
func BenchmarkImport(b *testing.B) {
	n := size()
	path := buildingsFile(b, n)
	for _, s := range stores {
		b.Run(fmt.Sprintf("%s/n=%d", s.name, n), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				store := s.open(b)
				runtime.GC()
				b.StartTimer()
				if err := load(b.Context(), store, path); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				_ = store.Close()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
		})
		b.Run(fmt.Sprintf("%s/again/n=%d", s.name, n), func(b *testing.B) {
			store := s.open(b)
			if err := load(b.Context(), store, path); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for range b.N {
				if err := load(b.Context(), store, path); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
		})
	}
}
