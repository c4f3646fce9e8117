package benchmarks_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// get asks for a path and returns the size of the body, which it throws away or keeps in body.
func (c *client) get(path, encoding string, body *bytes.Buffer) (int64, error) {
	if _, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: %s\r\n\r\n", path, encoding); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	to := io.Discard
	if body != nil {
		to = body
	}
	n, err := io.Copy(to, res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return n, err
}

// askAll has clients ask a server for all tiles of a list, each once.
func askAll(b *testing.B, s tileServer, list []tiles.Coord, clients int, encoding string) (all asked) {
	b.Helper()
	used := func() time.Duration {
		if s.used == nil {
			return cpu()
		}
		return cpu() + s.used()
	}
	// In an order drawn by lot, always the same, so that heavy tiles are spread over the run.
	order := rand.New(rand.NewPCG(77, 1)).Perm(len(list))
	var next atomic.Int64
	var mu sync.Mutex
	var wait sync.WaitGroup
	start, began := used(), time.Now()
	for range clients {
		c := dial(b, s.address)
		wait.Go(func() {
			defer c.conn.Close()
			var mine spans
			for {
				i := int(next.Add(1) - 1)
				if i >= len(list) {
					break
				}
				sent := time.Now()
				if _, err := c.get(s.path(list[order[i]]), encoding, nil); err != nil {
					b.Errorf("%s: %v", s.name, err)
					break
				}
				mine = append(mine, time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			all.each = append(all.each, mine...)
		})
	}
	wait.Wait()
	all.wall, all.cpu = time.Since(began), used()-start
	return all
}

// ownServer is the program's HTTP server over a city.
func ownServer(b *testing.B, city *tileCity, o vector.Options, cache int64) tileServer {
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
	return tileServer{name: "shikong", address: srv.Listener.Addr().String(), path: func(c tiles.Coord) string { return "/tiles/buildings/" + c.String() + ".mvt" }}
}

// from leaves the tiles of a list from a zoom level on.
func from(list []tiles.Coord, zoom uint8) []tiles.Coord {
	return slices.DeleteFunc(slices.Clone(list), func(c tiles.Coord) bool { return c.Z < zoom })
}

// tilesMeasured is what one server did with the list.
type tilesMeasured struct{ one, deep, eight asked }

// BenchmarkHTTPTiles asks the program's server for distinct tiles that are in no cache, and
// those of its peers that are there, one after the other: one client over all of the list and
// over zoom levels 14 to 16 alone, eight over those from 12 on.
func BenchmarkHTTPTiles(b *testing.B) {
	city := newTileCity(b, size())
	servers := append([]tileServer{ownServer(b, city, whole, -1)}, tilePeers(b, city)...)
	near, deep := from(city.list, 12), from(city.list, 14)
	var holds strings.Builder // a benchmark of parts prints only what its parts log
	for _, s := range servers {
		askAll(b, s, near, 2, "gzip") // pages, plans and pools
		fmt.Fprintf(&holds, "\n%-12s %s", s.name, contents(b, s, deep))
	}
	for _, encoding := range []struct{ name, accept string }{{"identity", notZipped}, {"gzip", "gzip"}} {
		b.Run(encoding.name, func(b *testing.B) {
			b.Log(holds.String())
			for b.Loop() {
				var own tilesMeasured
				for i, s := range servers {
					m := tilesMeasured{
						one:   askAll(b, s, city.list, 1, encoding.accept),
						deep:  askAll(b, s, deep, 1, encoding.accept),
						eight: askAll(b, s, near, 8, encoding.accept),
					}
					if i == 0 {
						own = m
					}
					m.report(b, s.name, own, i > 0)
				}
			}
		})
	}
}

// report gives the figures of a server, and with times how often as good its own are.
func (m tilesMeasured) report(b *testing.B, name string, own tilesMeasured, times bool) {
	b.ReportMetric(m.one.each.at(0.5), name+"-p50-µs")
	b.ReportMetric(m.one.each.at(0.95), name+"-p95-µs")
	b.ReportMetric(m.one.each.mean(), name+"-mean-µs")
	b.ReportMetric(m.deep.each.at(0.5), name+"-z14-16-p50-µs")
	b.ReportMetric(m.eight.rate(), name+"/s")
	b.ReportMetric(m.eight.perRequest(), name+"-cpu-µs")
	if times {
		b.ReportMetric(m.one.each.at(0.5)/own.one.each.at(0.5), "times-p50-"+name)
		b.ReportMetric(m.one.each.mean()/own.one.each.mean(), "times-mean-"+name)
		b.ReportMetric(m.deep.each.at(0.5)/own.deep.each.at(0.5), "times-z14-16-p50-"+name)
		b.ReportMetric(own.eight.rate()/m.eight.rate(), "times-rate-"+name)
		b.ReportMetric(m.eight.perRequest()/own.eight.perRequest(), "times-cpu-"+name)
	}
}

// BenchmarkCachedTile asks for one compressed tile of about 10 KB that is in the cache.
func BenchmarkCachedTile(b *testing.B) {
	city := newTileCity(b, min(size(), 100_000))
	server := ownServer(b, city, vector.Options{}, 0)
	first := dial(b, server.address)
	best, path := int64(0), ""
	for _, coord := range city.list {
		p := server.path(coord)
		n, err := first.get(p, "gzip", nil)
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
				list[i] = dial(b, server.address)
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
