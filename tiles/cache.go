package tiles

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/shikong-cim/shikong/spatial"
)

// CacheOptions size a Cache. The zero value works.
type CacheOptions struct {
	// MaxBytes bounds the bodies that are kept, 256 MiB for zero; negative keeps none.
	MaxBytes int64
	// Parallel bounds how many tiles are made at once, twice the processors for zero.
	Parallel int
	// Waiting bounds how many more wait for their turn, 256 for zero. Who comes then is sent
	// away: in a queue that is longer than clients are patient, every tile would be late.
	Waiting int
}

// DefaultMaxBytes is how much a cache keeps unless told otherwise.
const DefaultMaxBytes = 256 << 20

// Cache stands in front of a source: it keeps finished bodies, compressed ones compressed,
// and makes each tile once however many wait for it. It is safe for many goroutines.
type Cache struct {
	source  Source
	bodies  *otter.Cache[string, []byte] // nil when nothing is kept
	flights flights
	slots   chan struct{}
	most    int64 // waiting for a slot
	waiting atomic.Int64
	benches sync.Pool // *bench
	hits    atomic.Int64
	misses  atomic.Int64
}

// CacheStats are counts since the cache was made.
type CacheStats struct {
	Hits, Misses int64 // bodies found and bodies made
	Bytes        int64 // kept now
}

// NewCache returns a cache in front of source.
func NewCache(source Source, o CacheOptions) (*Cache, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Parallel <= 0 {
		o.Parallel = 2 * runtime.GOMAXPROCS(0)
	}
	if o.Waiting <= 0 {
		o.Waiting = 256
	}
	c := &Cache{source: source, slots: make(chan struct{}, o.Parallel), most: int64(o.Waiting)}
	c.flights.list = map[string]*flight{}
	if o.MaxBytes < 0 {
		return c, nil
	}
	bodies, err := otter.New(&otter.Options[string, []byte]{
		MaximumWeight: uint64(o.MaxBytes),
		Weigher:       func(key string, body []byte) uint32 { return uint32(len(key) + len(body) + entryBytes) },
		Executor:      func(f func()) { f() }, // in the caller's goroutine: the cache starts none
	})
	if err != nil {
		return nil, fmt.Errorf("make a tile cache of %d bytes: %w", o.MaxBytes, err)
	}
	c.bodies = bodies
	return c, nil
}

// entryBytes is what an entry takes besides its key and its body.
const entryBytes = 150

// Stats returns the counts.
func (c *Cache) Stats() CacheStats {
	s := CacheStats{Hits: c.hits.Load(), Misses: c.misses.Load()}
	if c.bodies != nil {
		s.Bytes = int64(c.bodies.WeightedSize())
	}
	return s
}

// Pinned is a tile whose content is determined.
type Pinned struct {
	cache   *Cache
	content Content
	key     string
}

// Pin determines the content that answers the request, without making it.
func (c *Cache) Pin(ctx context.Context, r Request) (Pinned, error) {
	if err := r.Validate(); err != nil {
		return Pinned{}, err
	}
	content, err := c.source.Pin(ctx, r)
	if err != nil {
		return Pinned{}, err
	}
	return Pinned{cache: c, content: content, key: content.Key()}, nil
}

// ETag returns the strong entity tag (RFC 9110 §8.8.3), with its quotes, of the body with or
// without compression: the hash of what determines it.
func (p Pinned) ETag(compressed bool) string {
	sum := sha256.Sum256([]byte(p.key))
	tag := base64.RawURLEncoding.EncodeToString(sum[:15])
	if compressed {
		return `"` + tag + `-gzip"`
	}
	return `"` + tag + `"`
}

// Body returns the tile, compressed with gzip when asked to. A tile in which nothing stands
// has no bytes, also compressed. The bytes are shared and must not be changed.
func (p Pinned) Body(ctx context.Context, compressed bool) ([]byte, error) {
	if layered, ok := p.content.(Layered); ok && compressed {
		if body, ok, err := p.cache.joined(ctx, layered.Layers()); ok || err != nil {
			return body, err
		}
	}
	return p.cache.body(ctx, p.content, p.key, compressed)
}

// joined returns several layers as one body without compressing them again; ok is false when
// there are not several, or one of them was compressed by somebody else.
func (c *Cache) joined(ctx context.Context, layers []Content) (body []byte, ok bool, err error) {
	if len(layers) < 2 {
		return nil, false, nil
	}
	parts := make([][]byte, len(layers))
	for i, l := range layers {
		if parts[i], err = c.body(ctx, l, l.Key(), true); err != nil {
			return nil, false, err
		}
	}
	body, ok = join(parts)
	return body, ok, nil
}

// body returns what is kept under the key, or has it made.
func (c *Cache) body(ctx context.Context, content Content, key string, compressed bool) ([]byte, error) {
	if compressed {
		key += "|gzip"
	}
	if c.bodies != nil {
		if body, ok := c.bodies.GetIfPresent(key); ok {
			c.hits.Add(1)
			return body, nil
		}
	}
	return c.flights.do(ctx, key, func(ctx context.Context) ([]byte, error) {
		body, err := c.make(ctx, content, compressed)
		if err == nil && c.bodies != nil {
			c.bodies.Set(key, body)
		}
		return body, err
	})
}

// make has the content made. What is to be compressed is made in buffers that are used again,
// and copied to its size.
func (c *Cache) make(ctx context.Context, content Content, compressed bool) ([]byte, error) {
	if err := c.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { <-c.slots }()
	c.misses.Add(1)
	if packed, ok := content.(Compressed); ok && compressed {
		if body, ok, err := packed.Compressed(ctx); ok || err != nil {
			return body, err
		}
	}
	if !compressed {
		body, err := content.Append(ctx, nil)
		if err != nil {
			return nil, err
		}
		if cap(body) > len(body)+len(body)/8 { // else no byte is moved twice
			body = bytes.Clone(body)
		}
		return body, nil
	}
	b, ok := c.benches.Get().(*bench)
	if !ok {
		b = new(bench)
	}
	defer c.benches.Put(b)
	var err error
	if b.raw, err = content.Append(ctx, b.raw[:0]); err != nil {
		return nil, err
	}
	if len(b.raw) == 0 {
		return nil, nil
	}
	if b.packed, err = b.gzip.Append(b.packed[:0], b.raw); err != nil {
		return nil, err
	}
	return bytes.Clone(b.packed), nil
}

// enter waits for a slot.
func (c *Cache) enter(ctx context.Context) error {
	select {
	case c.slots <- struct{}{}:
		return nil
	default:
	}
	defer c.waiting.Add(-1)
	if c.waiting.Add(1) > c.most {
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "tiles-busy", Message: "more tiles are asked for than can be made", Hint: "try again in a moment"}
	}
	select {
	case c.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// bench is the memory in which one tile is made.
type bench struct {
	raw, packed []byte
	gzip        Gzip
}
