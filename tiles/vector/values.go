package vector

import "math"

// indices gives each value that a layer uses its index in the layer: an open hash table
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

// numberKey is the key of a number beside those of dictionary ids, which are below 2³². The
// numbers whose bits would fall there are 0 and ones that no height is.
func numberKey(f float64) uint64 {
	bits := math.Float64bits(f)
	if bits < 1<<32 || f == 0 {
		return 1 << 63
	}
	return bits
}
