package benchmarks_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/api/ogc"
)

// A peer answers the same questions in its own way. Its functions return nothing for a
// question that it does not know.
type peer struct {
	name    string
	address string
	// path is what an HTTP server is asked for; command is what Tile38 is sent.
	path    func(question string, p place) string
	command func(question string, p place) []string
	// used is the processor time of other processes that answer.
	used func() time.Duration
}

// questions are asked with features whole as the answer.
var questions = []string{"bbox 0.01 %", "bbox 1 %", "within 500 m", "polygon", "nearest 10"}

// The boxes are so wide and high, in degrees: a hundredth and a ten thousandth of the city.
func boxOf(question string, p place) (west, south, east, north float64) {
	w, h := 0.009, 0.0042
	if question == "bbox 1 %" {
		w, h = 0.09, 0.042
	}
	return p.Lon - w/2, p.Lat - h/2, p.Lon + w/2, p.Lat + h/2
}

// ring is the polygon of a place as WKT has it: given, or a star of twelve corners.
func (p *place) ring() string {
	if p.Poly == nil {
		r := rand.New(rand.NewPCG(math.Float64bits(p.Lon), math.Float64bits(p.Lat)))
		for k := range 12 {
			angle, d := 2*math.Pi*float64(k)/12, 400+600*r.Float64()
			p.Poly = append(p.Poly, [2]float64{p.Lon + d*math.Cos(angle)/102_730, p.Lat + d*math.Sin(angle)/110_800})
		}
	}
	var b strings.Builder
	for i := range len(p.Poly) + 1 {
		if i > 0 {
			b.WriteByte(',')
		}
		at := p.Poly[i%len(p.Poly)]
		fmt.Fprintf(&b, "%.7f %.7f", at[0], at[1])
	}
	return b.String()
}

// ownAnswers is the program's HTTP server.
func ownAnswers(b *testing.B, city *tileCity) peer {
	b.Helper()
	handler, path := ownHandler(b, city)
	srv := httptest.NewServer(handler)
	b.Cleanup(srv.Close)
	return peer{name: "shikong", address: srv.Listener.Addr().String(), path: path}
}

// ownHandler is what answers in the program's HTTP server, and the path of a question.
func ownHandler(b *testing.B, city *tileCity) (_ http.Handler, path func(question string, p place) string) {
	b.Helper()
	s, err := api.New(api.Options{Reader: city.mirror, Logger: slog.New(slog.DiscardHandler), Limits: api.Limits{Limits: ogc.Limits{ItemsMax: mostAnswered}}})
	if err != nil {
		b.Fatal(err)
	}
	return s, func(question string, p place) string {
		const base = "/collections/buildings/"
		switch question {
		case "within 500 m":
			return base + fmt.Sprintf("within?geometry=POINT(%.7f%%20%.7f)&distance=500&limit=%d", p.Lon, p.Lat, mostAnswered)
		case "polygon":
			return base + fmt.Sprintf("items?limit=%d&filter=", mostAnswered) + url.QueryEscape("S_INTERSECTS(geometry,POLYGON(("+p.ring()+")))")
		case "nearest 10":
			return base + fmt.Sprintf("nearest?point=%.7f,%.7f&k=10", p.Lon, p.Lat)
		}
		west, south, east, north := boxOf(question, p)
		return base + fmt.Sprintf("items?limit=%d&bbox=%.7f,%.7f,%.7f,%.7f", mostAnswered, west, south, east, north)
	}
}

// mostAnswered is more features than any of the questions finds.
const mostAnswered = 100_000

// asker asks one connection.
type asker struct {
	peer
	c *client
}

// ask asks a question and returns the size of the answer. With body it returns the answer.
func (a *asker) ask(question string, p place, body *bytes.Buffer) (int, error) {
	if a.command != nil {
		return a.c.command(a.command(question, p), body)
	}
	return a.c.read(a.path(question, p), body)
}

// rate is how fast answers come: a second of the clock, and of processors in all processes,
// the clients' too, which other work on the machine changes less.
type rate struct{ perSecond, perCPU float64 }

// press has clients ask a peer a question about the places for a while.
func press(b *testing.B, to peer, question string, list []place, clients int, span time.Duration) rate {
	b.Helper()
	used := func() time.Duration {
		if to.used == nil {
			return cpu()
		}
		return cpu() + to.used()
	}
	start := used()
	var next, done atomic.Int64
	var wait sync.WaitGroup
	began := time.Now()
	for range clients {
		a := asker{to, dial(b, to.address)}
		wait.Go(func() {
			defer a.c.conn.Close()
			for time.Since(began) < span {
				if _, err := a.ask(question, list[int(next.Add(1))%len(list)], nil); err != nil {
					b.Errorf("%s, %s: %v", to.name, question, err)
					return
				}
				done.Add(1)
			}
		})
	}
	wait.Wait()
	return rate{float64(done.Load()) / time.Since(began).Seconds(), float64(done.Load()) / (used() - start).Seconds()}
}

// hits asks about some places and returns the mean of the features and bytes of an answer.
func hits(b *testing.B, to peer, question string, list []place) (features, size float64) {
	b.Helper()
	a := asker{to, dial(b, to.address)}
	defer a.c.conn.Close()
	for _, p := range list {
		var body bytes.Buffer
		n, err := a.ask(question, p, &body)
		if err != nil {
			b.Fatalf("%s, %s: %v", to.name, question, err)
		}
		features += float64(bytes.Count(body.Bytes(), []byte(`"Polygon"`)))
		size += float64(n)
	}
	return features / float64(len(list)), size / float64(len(list))
}

// BenchmarkAnswers asks the program's server and its peers for features, over the loopback,
// with eight clients: a plain Go handler over PostGIS through pgx, and of pg_featureserv and
// tile38-server what is in PATH. Peers take turns, three spans each, and the median counts.
func BenchmarkAnswers(b *testing.B) {
	const clients, turns = 8, 3
	span := time.Second
	city := newTileCity(b, size())
	list := places(b, city)
	all := append([]peer{ownAnswers(b, city)}, answerPeers(b, city)...)
	for _, question := range questions {
		b.Run(question, func(b *testing.B) {
			rates := make([][]rate, len(all))
			for b.Loop() {
				for i, one := range all {
					if one.knows(question) {
						press(b, one, question, list, clients, span/4) // pages and plans
						n, size := hits(b, one, question, list[:min(len(list), 20)])
						b.Logf("%-14s %-14s %8.1f features, %9.0f bytes", question, one.name, n, size)
					}
					rates[i] = rates[i][:0]
				}
				for range turns {
					for i, one := range all {
						if one.knows(question) {
							rates[i] = append(rates[i], press(b, one, question, list, clients, span))
						}
					}
				}
			}
			mine := median(rates[0])
			for i, one := range all {
				if len(rates[i]) == 0 {
					continue
				}
				r := median(rates[i])
				b.ReportMetric(r.perSecond, one.name+"/s")
				b.ReportMetric(1e6/r.perCPU, one.name+"-cpu-µs")
				if i > 0 {
					b.ReportMetric(mine.perSecond/r.perSecond, "times-"+one.name)
					b.ReportMetric(mine.perCPU/r.perCPU, "times-cpu-"+one.name)
				}
			}
		})
	}
}

// median returns the medians of both rates.
func median(list []rate) (m rate) {
	middle := len(list) / 2
	slices.SortFunc(list, func(a, b rate) int { return cmp.Compare(a.perSecond, b.perSecond) })
	m.perSecond = list[middle].perSecond
	slices.SortFunc(list, func(a, b rate) int { return cmp.Compare(a.perCPU, b.perCPU) })
	m.perCPU = list[middle].perCPU
	return m
}

func (p *peer) knows(question string) bool {
	at := place{Lon: 114, Lat: 22.5}
	return p.command != nil && p.command(question, at) != nil || p.path != nil && p.path(question, at) != ""
}

// read asks for a path without compression and throws the answer away, or keeps it in body.
// It reads no more of the head than the status and what says how long the body is.
func (c *client) read(path string, body *bytes.Buffer) (n int, err error) {
	if _, err := io.WriteString(c.conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return 0, err
	}
	length, status := -1, ""
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		name, value, found := bytes.Cut(line, []byte(": "))
		switch {
		case !found && status == "":
			status = string(line)
		case string(name) == "Content-Length":
			if length, err = strconv.Atoi(strings.TrimSpace(string(value))); err != nil {
				return 0, err
			}
		}
	}
	if length >= 0 {
		n, err = c.take(length, body)
	} else {
		n, err = c.chunks(body)
	}
	if err == nil && !strings.Contains(status, " 200 ") {
		err = fmt.Errorf("%s: %s", path, strings.TrimSpace(status))
	}
	return n, err
}

func (c *client) take(n int, body *bytes.Buffer) (int, error) {
	if body == nil {
		return c.in.Discard(n)
	}
	m, err := io.CopyN(body, c.in, int64(n))
	return int(m), err
}

// chunks reads a body in chunks (RFC 9112 §7.1).
func (c *client) chunks(body *bytes.Buffer) (all int, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return all, err
		}
		size, err := strconv.ParseUint(strings.TrimSpace(string(line)), 16, 31)
		if err != nil {
			return all, err
		}
		if _, err := c.take(int(size), body); err != nil {
			return all, err
		}
		if _, err := c.in.Discard(2); err != nil {
			return all, err
		}
		if all += int(size); size == 0 {
			return all, nil
		}
	}
}

// command sends a command of the Redis protocol and reads the answer.
func (c *client) command(words []string, body *bytes.Buffer) (int, error) {
	if _, err := c.conn.Write(appendCommand(nil, words)); err != nil {
		return 0, err
	}
	return c.reply(body)
}

func appendCommand(dst []byte, words []string) []byte {
	dst = fmt.Appendf(dst, "*%d\r\n", len(words))
	for _, w := range words {
		dst = fmt.Appendf(dst, "$%d\r\n%s\r\n", len(w), w)
	}
	return dst
}

func (c *client) reply(body *bytes.Buffer) (size int, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	size = len(line)
	kind, n := line[0], 0
	if kind == '$' || kind == '*' {
		if n, err = strconv.Atoi(strings.TrimSpace(string(line[1:]))); err != nil {
			return size, err
		}
	}
	switch {
	case kind == '-':
		return size, fmt.Errorf("%s", bytes.TrimSpace(line))
	case kind == '$' && n >= 0:
		m, err := c.take(n+2, body)
		return size + m, err
	case kind == '*':
		for range n {
			m, err := c.reply(body)
			if err != nil {
				return size, err
			}
			size += m
		}
	}
	return size, nil
}

// freePort is a port that nobody listened to a moment ago, for programs that must be told one.
func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	return port
}
