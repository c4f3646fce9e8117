package memory

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"
)

// found is a row with its distance.
type found struct {
	row      Row
	distance float64
}

// nearest yields the rows that answer the query by distance, equal ones by id.
func (f *search) nearest() iter.Seq2[Row, float64] {
	return func(yield func(Row, float64) bool) {
		next, stop := func() (found, bool) { return found{}, false }, func() {}
		if f.s.tail.index.Len() > 0 { // a coroutine costs as much as finding a neighbour
			next, stop = iter.Pull(f.tailByDistance())
		}
		defer stop()
		late, more := next()
		var tie []found // rows of one distance wait for each other
		give := func(c found) bool {
			if len(tie) > 0 && tie[0].distance != c.distance && !f.flush(&tie, yield) {
				return false
			}
			tie = append(tie, c)
			return true
		}
		for c := range f.baseByDistance() {
			for more && late.distance <= c.distance {
				if !give(late) {
					return
				}
				late, more = next()
			}
			if !give(c) {
				return
			}
		}
		for more {
			if !give(late) {
				return
			}
			late, more = next()
		}
		f.flush(&tie, yield)
	}
}

func (f *search) flush(tie *[]found, yield func(Row, float64) bool) bool {
	slices.SortFunc(*tie, func(a, b found) int {
		ta, i := f.s.At(a.row)
		tb, j := f.s.At(b.row)
		return cmp.Or(strings.Compare(ta.id(i), tb.id(j)), cmp.Compare(ta.start[i], tb.start[j]))
	})
	for _, c := range *tie {
		if !yield(c.row, c.distance) {
			return false
		}
	}
	*tie = (*tie)[:0]
	return true
}

// distance returns the true distance of a row, or false when it is no answer.
func (f *search) distance(row Row) (float64, bool) {
	if !f.goesOn() || !f.match(row) || !f.inBox(row) || (f.within != nil && !f.isReached(row)) || !f.passes(row) {
		return 0, false
	}
	t, i := f.s.At(row)
	f.scratch.buf = t.exactOf(i)
	d := f.measure.Distance(f.scratch.geometry(), t.zRange(i))
	return d, d < math.Inf(1) && (f.q.Near.Max == 0 || d <= f.q.Near.Max)
}

// reach is the largest bound that can still lead to an answer.
func (f *search) reach() float64 {
	if f.q.Near.Max > 0 {
		return f.q.Near.Max
	}
	return math.Inf(1)
}

// tailByDistance yields the rows of the tail that answer the query by distance.
func (f *search) tailByDistance() iter.Seq[found] {
	return func(yield func(found) bool) {
		if f.s.tail.index.Len() == 0 {
			return
		}
		from := newPlace(f.q.Near)
		f.s.tail.index.Nearby(func(lo, hi [2]uint32, row uint32, item bool) float64 {
			if !item {
				return from.bound(Rect{MinX: lo[0], MinY: lo[1], MaxX: hi[0], MaxY: hi[1]})
			}
			d, ok := f.distance(Row(row) | tailBit)
			if !ok {
				return math.Inf(1)
			}
			return d
		}, func(_, _ [2]uint32, row uint32, d float64) bool {
			return f.err == nil && d <= f.reach() && d < math.Inf(1) && yield(found{row: Row(row) | tailBit, distance: d})
		})
	}
}

// baseByDistance yields the rows of the base that answer the query by distance: the best
// bound first, nodes and rows in one heap.
func (f *search) baseByDistance() iter.Seq[found] {
	return func(yield func(found) bool) {
		from, tree := newPlace(f.q.Near), &f.s.base.tree
		if len(tree.rows) == 0 {
			return
		}
		top := len(tree.levels) - 1
		h, reach := f.memory.frontier[:0], f.reach()
		defer func() { f.memory.frontier = h }()
		h.push(step{level: int16(top), n: uint16(len(tree.level(top)))})
		for len(h) > 0 && f.err == nil {
			e := h.pop()
			switch e.level {
			case levelHit:
				if !yield(found{row: Row(e.first), distance: e.bound}) {
					return
				}
				continue
			case levelRow: // its turn to be measured: most rows that are pushed never get there
				if d, ok := f.distance(Row(e.first)); ok {
					h.push(step{bound: d, level: levelHit, first: e.first})
				}
				continue
			}
			nodes, below := tree.level(int(e.level)), 0
			if e.level >= 0 {
				below = len(tree.level(int(e.level) - 1))
			}
			for i, r := range nodes[e.first : int(e.first)+int(e.n)] {
				if r.IsEmpty() {
					continue
				}
				bound := from.bound(r)
				if bound > reach {
					continue
				}
				i += int(e.first)
				next := step{bound: bound, level: levelRow, first: uint32(i)}
				if e.level >= 0 {
					next = step{bound: bound, level: e.level - 1, first: uint32(i * fanout), n: uint16(min(fanout, below-i*fanout))}
				}
				h.push(next)
			}
		}
	}
}

// levelHit marks a step that is a row with its true distance, levelRow one with a bound.
const (
	levelHit = -2
	levelRow = -3
)

// step is a run of nodes of one level that are still to be looked at, and their bound.
type step struct {
	bound float64
	first uint32
	n     uint16 // at most fanout: a tree has a root
	level int16
}

// frontier is a heap of steps, the smallest bound first. It does without container/heap,
// whose interfaces take memory for every step.
type frontier []step

func (h *frontier) push(e step) {
	list := append(*h, e)
	i := len(list) - 1
	for i > 0 {
		up := (i - 1) / 2
		if list[up].bound <= e.bound {
			break
		}
		list[i] = list[up]
		i = up
	}
	list[i] = e
	*h = list
}

func (h *frontier) pop() step {
	list := *h
	first, e := list[0], list[len(list)-1]
	list = list[:len(list)-1]
	i := 0
	for {
		below := 2*i + 1
		if below >= len(list) {
			break
		}
		if below+1 < len(list) && list[below+1].bound < list[below].bound {
			below++
		}
		if e.bound <= list[below].bound {
			break
		}
		list[i] = list[below]
		i = below
	}
	if len(list) > 0 {
		list[i] = e
	}
	*h = list
	return first
}
