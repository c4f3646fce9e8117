package vector

import (
	"context"
	"hash/fnv"
	"math"
	"sort"
	"strings"
	"sync"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

// memos remember, for the present state of each collection, what is costly to find out and
// needed for every key.
type memos struct {
	mu   sync.Mutex
	list map[string]*memo
}

// of returns the memo of a snapshot's collection at its last change.
func (m *memos) of(s *memory.Snapshot) *memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &s.Collection
	one := m.list[c.Name]
	if one == nil || one.revision != c.Revision {
		one = &memo{revision: c.Revision, snap: s, boundaries: map[tiles.Coord][]int64{}, cuts: map[cutKey]*cutOnce{}}
		h := fnv.New64a()
		for _, f := range c.Fields {
			_, _ = h.Write([]byte(f.Name + "\x00" + string(f.Type) + "\x00"))
		}
		one.fields = h.Sum64()
		m.list[c.Name] = one
	}
	return one
}

// memo is what is remembered of one state.
type memo struct {
	revision int64
	snap     *memory.Snapshot
	fields   uint64 // a hash of the schema

	mu         sync.Mutex
	boundaries map[tiles.Coord][]int64
	held       int // boundaries in all
	cuts       map[cutKey]*cutOnce
}

const (
	maxHeld = 4 << 20 // boundaries, 32 MB
	maxCuts = 4096
)

// bounds returns the last boundary of validity in the rectangle up to start, and the last
// before end; the least number where there is none. Requests between which no boundary lies
// have the same, and so the same content.
func (m *memo) bounds(c tiles.Coord, clip memory.Rect, start, end int64) (first, last int64) {
	list := m.boundariesOf(c, clip)
	at := func(n int) int64 {
		if n == 0 {
			return math.MinInt64
		}
		return list[n-1]
	}
	first = at(sort.Search(len(list), func(i int) bool { return list[i] > start }))
	last = at(sort.Search(len(list), func(i int) bool { return list[i] >= end }))
	return first, last
}

func (m *memo) boundariesOf(c tiles.Coord, clip memory.Rect) []int64 {
	m.mu.Lock()
	list, ok := m.boundaries[c]
	m.mu.Unlock()
	if ok {
		return list
	}
	list = m.snap.Boundaries(clip)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held += len(list) + 8; m.held > maxHeld {
		clear(m.boundaries)
		m.held = len(list) + 8
	}
	m.boundaries[c] = list
	return list
}

// cutKey is what a thinning depends on besides the state.
type cutKey struct {
	zoom        uint8
	first, last int64 // boundaries of the whole collection
	budget      int
	properties  string
}

type cutOnce struct {
	once sync.Once
	thinning
}

// thinning returns how the layer is thinned at a zoom level.
func (m *memo) thinning(ctx context.Context, s *Source, zoom uint8, d drawing, budget int) thinning {
	if budget < 0 || zoom > deepest || d.snap.Len()*leastBytes < budget {
		return thinning{}
	}
	first, last := m.bounds(tiles.Coord{}, worldRect, d.start, d.end)
	key := cutKey{zoom: zoom, first: first, last: last, budget: budget, properties: "*"}
	if d.properties != nil {
		key.properties = strings.Join(d.properties, "\x00")
	}
	m.mu.Lock()
	one := m.cuts[key]
	if one == nil {
		if len(m.cuts) >= maxCuts {
			clear(m.cuts)
		}
		one = new(cutOnce)
		m.cuts[key] = one
	}
	m.mu.Unlock()
	one.once.Do(func() {
		d.cut, d.z.Known = 0, false // a slice by height is thinned like the whole
		one.thinning = s.thin(context.WithoutCancel(ctx), &d, zoom, budget)
	})
	return one.thinning
}
