package vector

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// indices gives each number that a layer uses its index in the layer: an open hash table
// that is emptied by counting up, and grows to what the largest layer needed.
type indices struct {
	slots []slot
	used  int
	epoch uint32
	shift uint
}

type slot struct {
	key   uint64
	epoch uint32
	index uint32
}

const leastSlots = 10 // bits

func (t *indices) reset() {
	if t.slots == nil {
		t.slots = make([]slot, 1<<leastSlots)
		t.shift = 64 - leastSlots
	}
	t.used = 0
	if t.epoch++; t.epoch == 0 { // counted around: what is old must not look new
		clear(t.slots)
		t.epoch = 1
	}
}

// at returns the slot of a key; it is new when its epoch is not the table's.
func (t *indices) at(key uint64) *slot {
	mask := uint64(len(t.slots) - 1)
	for i := key * 0x9e3779b97f4a7c15 >> t.shift; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.epoch != t.epoch || s.key == key {
			return s
		}
	}
}

// put fills a new slot. Slots are invalid afterwards.
func (t *indices) put(s *slot, key uint64, index uint32) {
	*s = slot{key: key, epoch: t.epoch, index: index}
	if t.used++; t.used*2 > len(t.slots) {
		t.grow()
	}
}

func (t *indices) grow() {
	old := t.slots
	t.slots = make([]slot, 2*len(old))
	t.shift--
	for _, s := range old {
		if s.epoch == t.epoch {
			*t.at(s.key) = s
		}
	}
}

// numberKey is the key of a number. Zeros of both signs are one.
func numberKey(f float64) uint64 {
	if f == 0 {
		return 0
	}
	return math.Float64bits(f)
}

// dictionary does for values of a collection's dictionary what indices do for numbers. Their
// ids are dense: what rows share comes first, and what a row has of its own stands beside what
// its neighbours have. So a tile needs few pages, and looking a value up costs no more than a
// look into a list.
type dictionary struct {
	// pages have of each value its index in the layer + base; what is less is of an earlier
	// layer. Pages that no layer needed yet are one that is never written.
	pages []*page
	empty *page
	held  int // pages in memory
	base  uint32
	count uint32 // of values in the layer at hand, at least
}

const (
	pageBits = 10
	maxPages = 16384 // 64 MB
)

type page [1 << pageBits]uint32

// reset forgets all values and makes room for ids below n.
func (d *dictionary) reset(n int) {
	d.base, d.count = d.base+d.count, 0
	if d.empty == nil || d.base > math.MaxUint32/2 || d.held > maxPages {
		*d = dictionary{base: 1, empty: new(page)}
	}
	for len(d.pages) < (n+1<<pageBits-1)>>pageBits {
		d.pages = append(d.pages, d.empty)
	}
}

// at returns the place of a value, to be written.
func (d *dictionary) at(id memory.ValueID) *uint32 {
	p := &d.pages[id>>pageBits]
	if *p == d.empty {
		*p = new(page)
		d.held++
	}
	return &(*p)[id&(1<<pageBits-1)]
}
