package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// BenchmarkHTTP asks a server on loopback, on 100,000 houses of five corners and two
// attributes, with as many clients as there are processors.
func BenchmarkHTTP(b *testing.B) {
	address := benchServer(b, 100_000)
	for _, c := range []struct{ name, path, header string }{
		{"items bbox 400", "/collections/houses/items?limit=1000&bbox=114.0201,22.0201,114.0399,22.0399", "identity"},
		{"items bbox 400 gzip", "/collections/houses/items?limit=1000&bbox=114.0201,22.0201,114.0399,22.0399", "gzip"},
		{"items page of 10000", "/collections/houses/items?limit=10000", "identity"},
		{"items page of 10", "/collections/houses/items?limit=10", "identity"},
		{"item", "/collections/houses/items/h050000", "identity"},
		{"nearest 10", "/collections/houses/nearest?point=114.03,22.03&k=10", "identity"},
		{"items page of 10 gzip", "/collections/houses/items?limit=10", "gzip"},
		{"tile", "/tiles/houses/" + tiles.At(114.05, 22.05, 15).String() + ".mvt", "gzip"},
		{"collections", "/collections", "identity"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					res := fetch(b, http.MethodGet, "http://"+address+c.path, "Accept-Encoding: "+c.header)
					if res.status != http.StatusOK {
						b.Fatalf("%s: status %d", c.path, res.status)
					}
					b.SetBytes(int64(len(res.body)))
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}

func benchServer(b *testing.B, n int) string {
	b.Helper()
	store, err := gpkg.Open(b.Context(), filepath.Join(b.TempDir(), "city.gpkg"), gpkg.Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	if _, err := store.Apply(b.Context(), spatial.Import{Collection: spatial.Collection{Name: "houses"}, Model: "plan", Features: grid(n)}); err != nil {
		b.Fatal(err)
	}
	mirror := memory.NewMirror(store, memory.Options{})
	if err := mirror.Sync(context.Background()); err != nil {
		b.Fatal(err)
	}
	cache, err := tiles.NewCache(vector.NewSource(mirror, vector.Options{}), tiles.CacheOptions{})
	if err != nil {
		b.Fatal(err)
	}
	s, err := api.New(api.Options{Reader: mirror, Store: store, Tiles: cache, Now: time.Now, Version: fmt.Sprint(n)})
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(s)
	b.Cleanup(func() { http.DefaultClient.CloseIdleConnections(); srv.Close() })
	return srv.Listener.Addr().String()
}
