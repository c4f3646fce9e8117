package memory

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"

	"github.com/shikong-cim/shikong/spatial"
)

// turn is when a row begins or ends to be valid.
type turn struct {
	at  int64
	row uint32
}

// turns are the rows of a table by the time at which they begin, and those by the time at
// which they end, without unbounded sides; made when somebody first asks.
type turns struct {
	once         sync.Once
	starts, ends []turn
}

func (u *turns) of(t *Table) (starts, ends []turn) {
	u.once.Do(func() {
		u.starts, u.ends = sortedTurns(t.start, never), sortedTurns(t.end, forever)
	})
	return u.starts, u.ends
}

func sortedTurns(column []int64, unbounded int64) []turn {
	n := 0
	for _, at := range column {
		if at != unbounded {
			n++
		}
	}
	list := make([]turn, 0, n)
	for row, at := range column {
		if at != unbounded {
			list = append(list, turn{at: at, row: uint32(row)})
		}
	}
	slices.SortFunc(list, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
	return list
}

// between returns the turns at from ≤ t < to.
func between(list []turn, from, to int64) []turn {
	place := func(at int64) int {
		n, _ := slices.BinarySearchFunc(list, at, func(t turn, at int64) int { return cmp.Compare(t.at, at) })
		return n
	}
	first, last := place(from), place(to)
	if to == forever {
		last = len(list)
	}
	return list[first:max(first, last)]
}

// ticks returns the bounds of an interval as the instants of a column lie in it: a start
// between two ticks is the next one.
func ticks(i spatial.Interval) (from, to int64) {
	from, to = micros(i)
	if !i.Start.IsZero() && i.Start.Nanosecond()%1000 != 0 {
		from++
	}
	return from, to
}

// turns reports whether a row begins or ends to be valid in Changing.
func (f *search) turns(t *Table, i int) bool {
	start, end := t.start[i], t.end[i]
	return (start != never && start >= f.from && start < f.to) || (end != forever && end >= f.from && end < f.to)
}

// changing returns the rows of the base that begin or end to be valid in Changing, in the
// default order.
func (f *search) changing() []uint32 {
	b := f.s.base
	starts, ends := b.turns.of(&b.Table)
	var rows []uint32
	for _, list := range [2][]turn{between(starts, f.from, f.to), between(ends, f.from, f.to)} {
		for _, t := range list {
			rows = append(rows, t.row)
		}
	}
	slices.SortFunc(rows, func(x, y uint32) int { return cmp.Compare(b.rank[x], b.rank[y]) })
	return slices.Compact(rows)
}

// standing counts what is valid in Valid, without looking at the rows of the base: all but
// those that begin too late, and those that end too early, which are others.
func (f *search) standing() int64 {
	b := f.s.base
	n := b.len()
	late, early := []turn(nil), []turn(nil)
	if !f.q.Valid.IsAll() {
		starts, ends := b.turns.of(&b.Table)
		late, early = between(starts, f.end, forever), between(ends, never, f.start+1)
		if f.end == forever {
			late = nil
		}
		if f.start == never {
			early = nil
		}
	}
	n -= len(late) + len(early)
	f.s.dead.each(func(row int) {
		if b.start[row] < f.end && b.end[row] > f.start {
			n--
		}
	})
	t := &f.s.tail.Table
	for _, row := range f.s.tail.order {
		if t.start[row] < f.end && t.end[row] > f.start {
			n++
		}
	}
	return int64(n)
}

// each calls f with every row of the set.
func (b *bitmap) each(f func(row int)) {
	if b.count == 0 {
		return
	}
	for p, page := range b.pages {
		for w, word := range page {
			for ; word != 0; word &= word - 1 {
				f(p<<pageBitsOfMap | w<<6 | bits.TrailingZeros64(word))
			}
		}
	}
}
