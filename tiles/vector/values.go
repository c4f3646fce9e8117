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
	pages [][]uint32 // of each value its index in the layer + base
	held  int        // pages in memory
	base  uint32     // what is below is of an earlier layer
	count uint32     // of values in the layer at hand, at least
}

const (
	pageBits = 10
	maxPages = 16384 // 64 MB
)

// reset forgets all values.
func (d *dictionary) reset() {
	d.base, d.count = d.base+d.count, 0
	if d.base == 0 || d.base > math.MaxUint32/2 || d.held > maxPages {
		d.pages, d.held, d.base = nil, 0, 1
	}
}

// at returns the place of a value, for index and set.
func (d *dictionary) at(id memory.ValueID) *uint32 {
	n := int(id >> pageBits)
	if n >= len(d.pages) || d.pages[n] == nil {
		d.page(n)
	}
	return &d.pages[n][id&(1<<pageBits-1)]
}

func (d *dictionary) page(n int) {
	for n >= len(d.pages) {
		d.pages = append(d.pages, nil)
	}
	d.pages[n] = make([]uint32, 1<<pageBits)
	d.held++
}
