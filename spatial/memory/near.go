package memory

import (
	"cmp"
	"container/heap"
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
		next, stop := iter.Pull(f.tailByDistance())
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
	d := f.q.Near.Distance(f.scratch.geometry(), t.zRange(i))
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
		h := frontier{{level: top, n: len(tree.level(top))}}
		for len(h) > 0 && f.err == nil {
			e := heap.Pop(&h).(step)
			switch {
			case e.level == levelHit:
				if !yield(found{row: Row(e.first), distance: e.bound}) {
					return
				}
			case e.level < 0:
				for i := e.first; i < e.first+e.n; i++ {
					if tree.rows[i].IsEmpty() || from.bound(tree.rows[i]) > f.reach() {
						continue
					}
					if d, ok := f.distance(Row(i)); ok {
						heap.Push(&h, step{bound: d, level: levelHit, first: i})
					}
				}
			default:
				below := len(tree.level(e.level - 1))
				for i := e.first; i < e.first+e.n; i++ {
					if r := tree.levels[e.level][i]; !r.IsEmpty() {
						if bound := from.bound(r); bound <= f.reach() {
							heap.Push(&h, step{bound: bound, level: e.level - 1, first: i * fanout, n: min(fanout, below-i*fanout)})
						}
					}
				}
			}
		}
	}
}

// levelHit marks a step that is a row with its true distance.
const levelHit = -2

// step is a run of nodes of one level that are still to be looked at, and their bound.
type step struct {
	bound    float64
	level    int
	first, n int
}

// frontier is a heap of steps, the smallest bound first.
type frontier []step

func (h frontier) Len() int           { return len(h) }
func (h frontier) Less(i, j int) bool { return h[i].bound < h[j].bound }
func (h frontier) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *frontier) Push(x any)        { *h = append(*h, x.(step)) }
func (h *frontier) Pop() any {
	old := *h
	e := old[len(old)-1]
	*h = old[:len(old)-1]
	return e
}
