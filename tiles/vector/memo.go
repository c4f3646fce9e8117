package vector

import (
	"context"
	"hash/fnv"
	"math"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

// memos remember, for the present state of each collection, what is costly to find out and
// needed for every key.
type memos struct {
	mu   sync.Mutex
	list map[string]*memo
}

// of returns the memo of a snapshot's collection at its last change. What a change did not
// touch is taken over from the memo before.
func (m *memos) of(s *memory.Snapshot) *memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &s.Collection
	old := m.list[c.Name]
	if old != nil && old.revision == c.Revision {
		return old
	}
	one := &memo{revision: c.Revision, rows: s.Len(), boundaries: map[tiles.Coord]moments{}, levels: map[levelKey]*levelOnce{}}
	h := fnv.New64a()
	for _, f := range c.Fields {
		_, _ = h.Write([]byte(f.Name + "\x00" + string(f.Type) + "\x00"))
	}
	one.fields = h.Sum64()
	if old != nil && old.revision < c.Revision {
		one.inherit(old, s)
	}
	m.list[c.Name] = one
	return one
}

// memo is what is remembered of one state. It holds on to no snapshot, since those of a
// collection that is packed anew would be in memory twice.
type memo struct {
	revision int64
	fields   uint64 // a hash of the schema
	rows     int
	drift    int // rows that may have changed since levels were last chosen from nothing

	mu         sync.Mutex
	boundaries map[tiles.Coord]moments
	held       int // boundaries in all
	levels     map[levelKey]*levelOnce

	standing standing

	once       sync.Once
	costly     []string
	costlyName string
	knowsTexts atomic.Bool // costly is filled
}

// moments are the times at which something in a rectangle begins or ends to be valid.
type moments struct {
	rect memory.Rect
	list []int64
}

const (
	maxHeld   = 4 << 20 // boundaries, 32 MB
	maxLevels = 4096
)

// between returns the last boundary of validity in the rectangle up to start, and the last
// before end; the least number where there is none. Requests between which no boundary lies
// have the same, and so the same content.
func (m *memo) between(s *memory.Snapshot, c tiles.Coord, clip memory.Rect, start, end int64) (first, last int64) {
	list := m.boundariesOf(s, c, clip)
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

func (m *memo) boundariesOf(s *memory.Snapshot, c tiles.Coord, clip memory.Rect) []int64 {
	m.mu.Lock()
	b, ok := m.boundaries[c]
	m.mu.Unlock()
	if ok {
		return b.list
	}
	b = moments{clip, s.Boundaries(clip)}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held += len(b.list) + 8; m.held > maxHeld {
		clear(m.boundaries)
		m.held = len(b.list) + 8
	}
	m.boundaries[c] = b
	return b.list
}

// levelKey is what a level depends on besides the state.
type levelKey struct {
	zoom   uint8
	budget int
	layers int // that share the budget, where it is asked what this one needs; 0 for its level
	moment
	properties string
	filter     string
}

// moment tells apart the times at which other rows stand: the boundaries of the whole
// collection around them.
type moment struct{ first, last int64 }

// everywhere names the boundaries of a whole collection among those of tiles.
var everywhere = tiles.Coord{Z: math.MaxUint8}

type levelOnce struct {
	once sync.Once
	showing
	done atomic.Bool
}

// showing returns how much of the layer a zoom level shows.
func (m *memo) showing(ctx context.Context, s *Source, zoom uint8, d drawing, budget int) showing {
	if budget < 0 || zoom > deepest || d.snap.Len()*mostBytes < budget {
		return showing{}
	}
	return m.recall(m.keyOf(&d, levelKey{zoom: zoom, budget: budget}), func(k levelKey) showing {
		d.z.Known = false // a slice by height is shown like the whole
		return s.choose(context.WithoutCancel(ctx), &d, m.standing.rows(&d, k.moment, k.filter), zoom, budget)
	})
}

// keyOf adds to a key which of the layer's rows are drawn, and what of them.
func (m *memo) keyOf(d *drawing, k levelKey) levelKey {
	k.first, k.last = m.between(d.snap, everywhere, worldRect, d.start, d.end)
	k.properties = "*"
	if d.properties != nil {
		k.properties = strings.Join(d.properties, "\x00")
	}
	if d.filter != nil {
		k.filter = d.filter.String()
	}
	return k
}

// recall returns what is known under a key, or finds it, once.
func (m *memo) recall(key levelKey, find func(levelKey) showing) showing {
	m.mu.Lock()
	one := m.levels[key]
	if one == nil {
		if len(m.levels) >= maxLevels {
			clear(m.levels)
		}
		one = new(levelOnce)
		m.levels[key] = one
	}
	m.mu.Unlock()
	one.once.Do(func() {
		one.showing = find(key)
		one.done.Store(true)
	})
	return one.showing
}

// standing are the rows that stand at a moment and match a filter, which all zoom levels
// begin with.
type standing struct {
	mu     sync.Mutex
	of     weak.Pointer[memory.Snapshot]
	at     moment
	filter string
	list   []memory.Row
}

func (s *standing) rows(d *drawing, at moment, filter string) []memory.Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of := weak.Make(d.snap); s.of != of || s.at != at || s.filter != filter {
		all := *d
		all.level = level{}
		s.list, _ = all.choose(d.snap.AppendRows(nil, worldRect))
		s.of, s.at, s.filter = of, at, filter
	}
	return s.list
}

// lean returns the texts that a lean level leaves out, and a name for them.
func (m *memo) lean(s *memory.Snapshot) (list []string, name string) {
	m.once.Do(func() {
		m.setCostly(costly(s, s.AppendRows(nil, worldRect)))
	})
	return m.costly, m.costlyName
}

func (m *memo) setCostly(list []string) {
	m.costly = list
	h := fnv.New64a()
	for _, name := range list {
		_, _ = h.Write([]byte(name + "\x00"))
	}
	m.costlyName = strconv.FormatUint(h.Sum64(), 36)
	m.knowsTexts.Store(true)
}
