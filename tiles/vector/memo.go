package vector

import (
	"context"
	"hash/fnv"
	"math"
	"sort"
	"strconv"
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
		one = &memo{revision: c.Revision, snap: s, boundaries: map[tiles.Coord][]int64{}, levels: map[levelKey]*levelOnce{}}
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
	levels     map[levelKey]*levelOnce

	rows struct {
		sync.Mutex
		at   moment
		list []memory.Row
	}

	once       sync.Once
	costly     []string
	costlyName string
}

const (
	maxHeld   = 4 << 20 // boundaries, 32 MB
	maxLevels = 4096
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

// levelKey is what a level depends on besides the state.
type levelKey struct {
	zoom   uint8
	budget int
	moment
	properties string
}

// moment tells apart the times at which other rows stand: the boundaries of the whole
// collection around them.
type moment struct{ first, last int64 }

type levelOnce struct {
	once sync.Once
	showing
}

// showing returns how much of the layer a zoom level shows.
func (m *memo) showing(ctx context.Context, s *Source, zoom uint8, d drawing, budget int) showing {
	if budget < 0 || zoom > deepest || d.snap.Len()*mostBytes < budget {
		return showing{}
	}
	var at moment
	at.first, at.last = m.bounds(tiles.Coord{}, worldRect, d.start, d.end)
	key := levelKey{zoom: zoom, budget: budget, moment: at, properties: "*"}
	if d.properties != nil {
		key.properties = strings.Join(d.properties, "\x00")
	}
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
		d.z.Known = false // a slice by height is shown like the whole
		one.showing = s.choose(context.WithoutCancel(ctx), &d, m.standing(&d, at), zoom, budget)
	})
	return one.showing
}

// standing returns the rows that stand at a moment, which all zoom levels begin with.
func (m *memo) standing(d *drawing, at moment) []memory.Row {
	m.rows.Lock()
	defer m.rows.Unlock()
	if m.rows.list == nil || m.rows.at != at {
		m.rows.list, _ = d.choose(m.snap.AppendRows(nil, worldRect))
		m.rows.at = at
	}
	return m.rows.list
}

// lean returns the texts that a lean level leaves out, and a name for them.
func (m *memo) lean() (list []string, name string) {
	m.once.Do(func() {
		m.costly = costly(m.snap, m.snap.AppendRows(nil, worldRect))
		h := fnv.New64a()
		for _, name := range m.costly {
			_, _ = h.Write([]byte(name + "\x00"))
		}
		m.costlyName = strconv.FormatUint(h.Sum64(), 36)
	})
	return m.costly, m.costlyName
}
