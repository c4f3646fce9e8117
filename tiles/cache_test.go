package tiles_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// painter is a source whose tiles say their own name many times, or do as a test tells.
type painter struct {
	made atomic.Int64
	make func(ctx context.Context, dst []byte) ([]byte, error)
}

type painting struct {
	of *painter
	r  tiles.Request
}

func (p *painter) Pin(_ context.Context, r tiles.Request) (tiles.Content, error) {
	return &painting{of: p, r: r}, nil
}

func (c *painting) Key() string { return c.r.Coord.String() }

func (c *painting) Append(ctx context.Context, dst []byte) ([]byte, error) {
	c.of.made.Add(1)
	if c.of.make != nil {
		return c.of.make(ctx, dst)
	}
	return append(dst, strings.Repeat(c.r.Coord.String()+" ", 100)...), nil
}

func newCache(t *testing.T, p *painter, o tiles.CacheOptions) *tiles.Cache {
	t.Helper()
	c, err := tiles.NewCache(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pin(t *testing.T, c *tiles.Cache, x uint32) tiles.Pinned {
	t.Helper()
	p, err := c.Pin(t.Context(), tiles.Request{Coord: tiles.Coord{Z: 10, X: x}, Collections: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestABodyIsMadeOnceAndKept(t *testing.T) {
	p := &painter{}
	c := newCache(t, p, tiles.CacheOptions{})
	want := strings.Repeat("10/3/0 ", 100)
	for range 3 {
		plain, err := pin(t, c, 3).Body(t.Context(), false)
		if err != nil || string(plain) != want {
			t.Fatalf("%q, %v", plain, err)
		}
		packed, err := pin(t, c, 3).Body(t.Context(), true)
		if err != nil || len(packed) >= len(want) {
			t.Fatalf("%d bytes, %v", len(packed), err)
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != want {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if n := p.made.Load(); n != 2 {
		t.Fatalf("made %d times for two encodings", n)
	}
	if s := c.Stats(); s.Hits != 4 || s.Misses != 2 || s.Bytes == 0 {
		t.Fatalf("%+v", s)
	}
}

func TestAnEntityTagNamesTheContentAndItsEncoding(t *testing.T) {
	c := newCache(t, &painter{}, tiles.CacheOptions{})
	one, again, two := pin(t, c, 1), pin(t, c, 1), pin(t, c, 2)
	if one.ETag(false) != again.ETag(false) {
		t.Error("one content has two tags")
	}
	if one.ETag(false) == two.ETag(false) || one.ETag(false) == one.ETag(true) {
		t.Error("two bodies have one tag")
	}
	for _, tag := range []string{one.ETag(false), one.ETag(true)} {
		if len(tag) < 10 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.ContainsAny(tag[1:len(tag)-1], "\" \\") {
			t.Errorf("%s is no strong entity tag", tag)
		}
	}
}

func TestAnEmptyTileHasNoBytesHoweverItIsSent(t *testing.T) {
	c := newCache(t, &painter{make: func(_ context.Context, dst []byte) ([]byte, error) { return dst, nil }}, tiles.CacheOptions{})
	for _, compressed := range []bool{false, true} {
		if body, err := pin(t, c, 1).Body(t.Context(), compressed); err != nil || len(body) != 0 {
			t.Errorf("%d bytes, %v", len(body), err)
		}
	}
}

func TestTheCacheKeepsNoMoreThanItMay(t *testing.T) {
	c := newCache(t, &painter{}, tiles.CacheOptions{MaxBytes: 20_000})
	for x := range uint32(1000) {
		if _, err := pin(t, c, x).Body(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		if s := c.Stats(); s.Bytes > 22_000 {
			t.Fatalf("%d bytes are kept", s.Bytes)
		}
	}
	none := &painter{}
	c = newCache(t, none, tiles.CacheOptions{MaxBytes: -1})
	for range 2 {
		if _, err := pin(t, c, 1).Body(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	if none.made.Load() != 2 {
		t.Fatal("a cache that keeps nothing kept something")
	}
}

func TestATileIsMadeOnceHoweverManyWait(t *testing.T) {
	release, waiting := make(chan struct{}), make(chan struct{}, 100)
	p := &painter{make: func(_ context.Context, dst []byte) ([]byte, error) { <-release; return append(dst, "x"...), nil }}
	c := newCache(t, p, tiles.CacheOptions{})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			tile := pin(t, c, 1)
			waiting <- struct{}{}
			if body, err := tile.Body(t.Context(), false); err != nil || string(body) != "x" {
				t.Errorf("%q, %v", body, err)
			}
		})
	}
	for range 50 {
		<-waiting
	}
	close(release)
	all.Wait()
	if n := p.made.Load(); n != 1 {
		t.Fatalf("made %d times", n)
	}
}

func TestWorkStopsWhenTheLastWhoWaitsLeaves(t *testing.T) {
	begun, stopped := make(chan struct{}), make(chan struct{})
	p := &painter{make: func(ctx context.Context, dst []byte) ([]byte, error) {
		close(begun)
		<-ctx.Done()
		close(stopped)
		return dst, ctx.Err()
	}}
	c := newCache(t, p, tiles.CacheOptions{})
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := pin(t, c, 1).Body(ctx, false)
		ended <- err
	}()
	<-begun
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	<-stopped
	// Who comes afterwards is served.
	p.make = nil
	if body, err := pin(t, c, 1).Body(t.Context(), false); err != nil || len(body) == 0 {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
}

func TestAPanicIsAnErrorAndTheNextIsServed(t *testing.T) {
	p := &painter{make: func(context.Context, []byte) ([]byte, error) { panic("paint is out") }}
	c := newCache(t, p, tiles.CacheOptions{})
	if _, err := pin(t, c, 1).Body(t.Context(), false); err == nil || !strings.Contains(err.Error(), "paint is out") {
		t.Fatalf("got %v", err)
	}
	p.make = nil
	if _, err := pin(t, c, 1).Body(t.Context(), false); err != nil {
		t.Fatal(err)
	}
}

func TestNoMoreTilesAreMadeAtOnceThanAllowed(t *testing.T) {
	var now, most atomic.Int64
	gate := make(chan struct{})
	p := &painter{make: func(_ context.Context, dst []byte) ([]byte, error) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			continue
		}
		<-gate
		now.Add(-1)
		return append(dst, "x"...), nil
	}}
	c := newCache(t, p, tiles.CacheOptions{Parallel: 3})
	var all sync.WaitGroup
	for x := range uint32(20) {
		all.Go(func() {
			if _, err := pin(t, c, x).Body(t.Context(), false); err != nil {
				t.Error(err)
			}
		})
	}
	for range 20 {
		gate <- struct{}{}
	}
	all.Wait()
	if most.Load() > 3 {
		t.Fatalf("%d at once", most.Load())
	}
}

func TestWhoComesToALongQueueIsSentAway(t *testing.T) {
	release, begun := make(chan struct{}), make(chan struct{}, 9)
	p := &painter{make: func(_ context.Context, dst []byte) ([]byte, error) {
		begun <- struct{}{}
		<-release
		return append(dst, "x"...), nil
	}}
	c := newCache(t, p, tiles.CacheOptions{Parallel: 1, Waiting: 2})
	results := make(chan error, 9)
	ask := func(x uint32) {
		_, err := pin(t, c, x).Body(t.Context(), false)
		results <- err
	}
	go ask(0)
	<-begun
	for x := range uint32(3) { // two may wait
		go ask(x + 1)
	}
	if err := <-results; !errors.Is(err, spatial.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	// Who waits for a tile that is being made waits in no queue.
	go ask(0)
	close(release)
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	fails := errors.New("the store is away")
	p := &painter{make: func(_ context.Context, dst []byte) ([]byte, error) { return dst, fails }}
	c := newCache(t, p, tiles.CacheOptions{})
	if _, err := pin(t, c, 1).Body(t.Context(), true); !errors.Is(err, fails) {
		t.Fatal(err)
	}
	p.make = nil
	if _, err := pin(t, c, 1).Body(t.Context(), true); err != nil {
		t.Fatal(err)
	}
}

func TestAWrongRequestIsRefusedBeforeAnyWork(t *testing.T) {
	p := &painter{}
	c := newCache(t, p, tiles.CacheOptions{})
	for _, row := range []struct {
		r    tiles.Request
		kind error
	}{
		{tiles.Request{Coord: tiles.Coord{Z: 2, X: 4}, Collections: []string{"a"}}, spatial.ErrNotFound},
		{tiles.Request{Coord: tiles.Coord{Z: 2, Y: 4}, Collections: []string{"a"}}, spatial.ErrNotFound},
		{tiles.Request{Coord: tiles.Coord{Z: 25}, Collections: []string{"a"}}, spatial.ErrNotFound},
		{tiles.Request{}, spatial.ErrInvalid},
	} {
		if _, err := c.Pin(t.Context(), row.r); !errors.Is(err, row.kind) {
			t.Errorf("%+v: %v", row.r, err)
		}
	}
}

func TestCoordinates(t *testing.T) {
	for _, c := range []struct {
		lon, lat float64
		zoom     uint8
		want     string
	}{
		{114.057865, 22.543096, 14, "14/13382/7138"}, // as the tile grid of 天地图 has it
		{-180, 90, 3, "3/0/0"}, {180, -90, 3, "3/7/7"}, {0, 0, 0, "0/0/0"}, {0, 0, 24, "24/8388608/8388608"},
	} {
		at := tiles.At(c.lon, c.lat, c.zoom)
		if at.String() != c.want {
			t.Errorf("%v, %v lies in %s, not %s", c.lon, c.lat, at, c.want)
		}
		if err := at.Validate(); err != nil {
			t.Error(err)
		}
		if b := at.Box(); c.lat < 85 && c.lat > -85 && (c.lon < b.Min[0] || c.lon > b.Max[0] || c.lat < b.Min[1] || c.lat > b.Max[1]) {
			t.Errorf("%v, %v lies outside %v", c.lon, c.lat, b)
		}
	}
	world := tiles.Coord{}.Box()
	if got := fmt.Sprintf("%.10f", []float64{world.Min[0], world.Min[1], world.Max[0], world.Max[1]}); got != "[-180.0000000000 -85.0511287798 180.0000000000 85.0511287798]" {
		t.Errorf("the world is %s", got)
	}
	if p := (tiles.Coord{Z: 5, X: 31, Y: 9}).Parent(); p != (tiles.Coord{Z: 4, X: 15, Y: 4}) || (tiles.Coord{}).Parent() != (tiles.Coord{}) {
		t.Errorf("the parent is %v", p)
	}
}

func BenchmarkCachedBody(b *testing.B) {
	c, err := tiles.NewCache(&painter{}, tiles.CacheOptions{})
	if err != nil {
		b.Fatal(err)
	}
	r := tiles.Request{Coord: tiles.Coord{Z: 10}, Collections: []string{"a"}}
	b.ReportAllocs()
	for b.Loop() {
		p, err := c.Pin(b.Context(), r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Body(b.Context(), true); err != nil {
			b.Fatal(err)
		}
	}
}
