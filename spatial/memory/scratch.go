package memory

import (
	"math/bits"
	"slices"
)

// scratch is the memory in which a question finds its rows. A base keeps what questions have
// given back for the next.
type scratch struct {
	rows     []Row
	keys     []uint64
	more     []uint64
	base     []uint32
	frontier frontier
	ids      []ValueID
	kept     [aheadRows][]int64 // the numbers of the geometries of rows that wait
}

// keptNumbers bounds what is kept of one row.
const keptNumbers = 256

// keep keeps the numbers of the row that waits at a place, none of too many.
func (s *scratch) keep(place int, numbers []int64) {
	if len(numbers) > keptNumbers {
		s.kept[place] = nil
		return
	}
	s.kept[place] = append(s.kept[place][:0], numbers...)
}

// lend returns memory that nobody uses.
func (b *base) lend() *scratch {
	if s, ok := b.scratches.Get().(*scratch); ok {
		return s
	}
	return new(scratch)
}

// keptRows bounds the memory that is kept.
const keptRows = 1 << 16

// giveBack takes the memory of a question that is over.
func (f *search) giveBack() {
	if s := f.memory; s != nil && cap(s.rows)+cap(s.frontier) <= keptRows {
		f.s.base.scratches.Put(s)
	}
	f.memory = nil
}

// inOrder returns rows of the base in the default order, each once. They are good until the
// memory is given back.
func (s *scratch) inOrder(rows []Row, rank []uint32) []uint32 {
	s.keys = s.keys[:0]
	for _, r := range rows {
		s.keys = append(s.keys, uint64(rank[r])<<32|uint64(r))
	}
	s.sort(bits.Len(uint(len(rank))))
	s.base = slices.Grow(s.base[:0], len(s.keys))
	last := ^uint64(0)
	for _, k := range s.keys {
		if k != last { // what meets two rectangles is found twice
			s.base = append(s.base, uint32(k))
		}
		last = k
	}
	return s.base
}

// sort sorts the keys, whose upper halves have so many bits: where there are many by a radix
// sort, which compares nothing.
func (s *scratch) sort(width int) {
	const few = 100
	if len(s.keys) < few {
		slices.Sort(s.keys)
		return
	}
	s.more = slices.Grow(s.more[:0], len(s.keys))[:len(s.keys)]
	from, to := s.keys, s.more
	for shift := 32; shift < 32+width; shift += 8 {
		var at [256]uint32
		for _, k := range from {
			at[byte(k>>shift)]++
		}
		sum := uint32(0)
		for i, n := range at {
			at[i] = sum
			sum += n
		}
		for _, k := range from {
			b := byte(k >> shift)
			to[at[b]] = k
			at[b]++
		}
		from, to = to, from
	}
	s.keys, s.more = from, to
}
