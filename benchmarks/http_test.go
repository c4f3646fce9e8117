package benchmarks_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// client asks one connection again and again and throws the answers away. It costs a
// fraction of what net/http's client does, which would be most of what is measured.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(tb testing.TB, address string) *client {
	tb.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 1<<16)}
}

// get asks for a path and returns the size of the body.
func (c *client) get(path, encoding string) (int64, error) {
	if _, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: %s\r\n\r\n", path, encoding); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return n, err
}

// askAll has clients ask for all paths, each once, and returns how long each took.
func askAll(b *testing.B, address string, paths []string, clients int, encoding string) (each spans, wall time.Duration) {
	b.Helper()
	var next atomic.Int64
	var mu sync.Mutex
	var wait sync.WaitGroup
	began := time.Now()
	for range clients {
		c := dial(b, address)
		wait.Go(func() {
			var mine spans
			for {
				i := int(next.Add(1) - 1)
				if i >= len(paths) {
					break
				}
				asked := time.Now()
				// A stride, so that heavy tiles are spread over the run.
				if _, err := c.get(paths[(i*77)%len(paths)], encoding); err != nil {
					b.Error(err)
					break
				}
				mine = append(mine, time.Since(asked))
			}
			mu.Lock()
			defer mu.Unlock()
			each = append(each, mine...)
		})
	}
	wait.Wait()
	return each, time.Since(began)
}

// ownServer is the program's HTTP server over a city.
func ownServer(b *testing.B, city *tileCity, o vector.Options, cache int64) string {
	b.Helper()
	c, err := tiles.NewCache(vector.NewSource(city.mirror, o), tiles.CacheOptions{MaxBytes: cache})
	if err != nil {
		b.Fatal(err)
	}
	s, err := api.New(api.Options{Reader: city.mirror, Tiles: c, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(s)
	b.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

// plainServer answers tiles with ST_AsMVT and does nothing else but compress them: as little
// as a server of PostGIS can be.
func plainServer(b *testing.B, db *pgxpool.Pool, query string) string {
	b.Helper()
	var zippers sync.Pool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var z, x, y int
		parts := strings.TrimPrefix(r.URL.Path, "/tiles/buildings/")
		if _, err := fmt.Sscanf(parts, "%d/%d/%d.mvt", &z, &x, &y); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		var tile []byte
		if err := db.QueryRow(r.Context(), query, z, x, y).Scan(&tile); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if r.Header.Get("Accept-Encoding") == "gzip" {
			zip, ok := zippers.Get().(*tiles.Gzip)
			if !ok {
				zip = new(tiles.Gzip)
			}
			defer zippers.Put(zip)
			var err error
			if tile, err = zip.Append(nil, tile); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(tile)))
		_, _ = w.Write(tile)
	}))
	b.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

func pathsOf(list []tiles.Coord, from uint8) (paths []string) {
	for _, c := range list {
		if c.Z >= from {
			paths = append(paths, "/tiles/buildings/"+c.String()+".mvt")
		}
	}
	return paths
}

// BenchmarkHTTPTiles asks for distinct tiles that are in no cache, of the program's server and,
// if there is PostGIS, of a plain one over ST_AsMVT, one after the other: one client over all
// of the list, eight over the zoom levels from 12 on.
func BenchmarkHTTPTiles(b *testing.B) {
	city := newTileCity(b, size())
	ours, theirs := ownServer(b, city, whole, -1), ""
	all, near, deep := pathsOf(city.list, 0), pathsOf(city.list, 12), pathsOf(city.list, 14)
	askAll(b, ours, all, 2, "gzip")
	if os.Getenv("SHIKONG_TEST_POSTGIS") != "" {
		db, query := city.postgis(b, cityFile(b, size()))
		theirs = plainServer(b, db, query)
		askAll(b, theirs, all, 2, "identity") // the database reads its pages
	}
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			for b.Loop() {
				used := cpu()
				one, _ := askAll(b, ours, all, 1, encoding)
				b.ReportMetric(float64((cpu()-used).Microseconds())/float64(len(all)), "cpu-µs/request")
				few, _ := askAll(b, ours, deep, 1, encoding)
				_, wall := askAll(b, ours, near, 8, encoding)
				one.report(b)
				b.ReportMetric(few.at(0.5), "z14-16-p50-µs")
				b.ReportMetric(float64(len(near))/wall.Seconds(), "requests/s")
				if theirs == "" {
					continue
				}
				two, _ := askAll(b, theirs, all, 1, encoding)
				_, slow := askAll(b, theirs, near, 8, encoding)
				b.ReportMetric(two.at(0.5), "postgis-p50-µs")
				b.ReportMetric(two.mean(), "postgis-mean-µs")
				b.ReportMetric(two.at(0.5)/one.at(0.5), "times-p50")
				b.ReportMetric(two.mean()/one.mean(), "times-mean")
				b.ReportMetric(slow.Seconds()/wall.Seconds(), "times-requests/s")
			}
		})
	}
}

// BenchmarkCachedTile asks for one compressed tile of about 10 KB that is in the cache.
func BenchmarkCachedTile(b *testing.B) {
	city := newTileCity(b, min(size(), 100_000))
	address := ownServer(b, city, vector.Options{}, 0)
	first := dial(b, address)
	best, path := int64(0), ""
	for _, p := range pathsOf(city.list, 0) {
		n, err := first.get(p, "gzip")
		if err != nil {
			b.Fatal(err)
		}
		if path == "" || abs(n-10_000) < abs(best-10_000) {
			best, path = n, p
		}
	}
	for _, clients := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			list := make([]*client, clients)
			for i := range list {
				list[i] = dial(b, address)
			}
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			var wait sync.WaitGroup
			var left atomic.Int64
			left.Store(int64(b.N))
			b.SetBytes(best)
			b.ResetTimer()
			used := cpu()
			for _, c := range slices.Clone(list) {
				wait.Go(func() {
					for left.Add(-1) >= 0 && ctx.Err() == nil {
						if _, err := c.raw(path); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wait.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64((cpu()-used).Microseconds())/float64(b.N), "cpu-µs/request")
			b.ReportMetric(float64(best), "B/tile")
		})
	}
}

func abs(n int64) int64 { return max(n, -n) }

// raw asks for a compressed tile as get does, and reads no more of the head than the length.
func (c *client) raw(path string) (int, error) {
	if _, err := io.WriteString(c.conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"); err != nil {
		return 0, err
	}
	length := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		const name = "Content-Length: "
		if len(line) > len(name) && string(line[:len(name)]) == name {
			if length, err = strconv.Atoi(strings.TrimSpace(string(line[len(name):]))); err != nil {
				return 0, err
			}
		}
	}
	if length == 0 {
		return 0, fmt.Errorf("%s: no body", path)
	}
	return c.in.Discard(length)
}
