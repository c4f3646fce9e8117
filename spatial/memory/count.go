package memory

import (
	"math"
	"slices"
)

// count counts what a place allows in the order of the tree: nothing is to be sorted.
func (f *search) count() (n int64) {
	rects := f.around
	if f.within != nil {
		rects = f.within.rects
	}
	rows := f.memory.rows[:0]
	for _, r := range rects {
		rows = f.s.AppendRows(rows, r)
	}
	f.memory.rows = rows
	if len(rects) > 1 {
		slices.Sort(rows) // what meets two rectangles is found twice
		rows = slices.Compact(rows)
	}
	for _, row := range rows {
		if f.goesOn() && f.match(row) && f.inBox(row) && (f.within == nil || f.isReached(row)) && f.passes(row) {
			n++
		}
	}
	return n
}

// isRectangle reports whether the query asks for nothing but a rectangle and a time: then
// what lies wholly inside need not be looked at one by one.
func (f *search) isRectangle() bool {
	q := f.q
	return f.within == nil && q.Filter == nil && q.Changing == nil && q.Model == "" && len(f.around) == 1 && math.IsInf(q.Box.Min[2], -1) && math.IsInf(q.Box.Max[2], 1)
}

// countRectangle counts the rows of the base node by node, and those of the tail.
func (f *search) countRectangle() int64 {
	tree := &f.s.base.tree
	n := int64(0)
	if top := len(tree.levels) - 1; len(tree.rows) > 0 {
		span := 1
		for range top + 1 {
			span *= fanout
		}
		n = f.countNodes(f.around[0].shrink(rounding), top, span, 0, len(tree.level(top)))
	}
	f.s.tail.index.Search([2]uint32{f.around[0].MinX, f.around[0].MinY}, [2]uint32{f.around[0].MaxX, f.around[0].MaxY}, func(_, _ [2]uint32, row uint32) bool {
		if f.counts(Row(row) | tailBit) {
			n++
		}
		return f.err == nil
	})
	return n
}

func (f *search) counts(row Row) bool { return f.goesOn() && f.match(row) && f.inBox(row) }

// countNodes counts in the nodes from ≤ n < to of a level, of which each covers span rows:
// those within the inner rectangle by their times alone.
func (f *search) countNodes(inner Rect, level, span, from, to int) (n int64) {
	tree, outer := &f.s.base.tree, f.around[0]
	for i, r := range tree.level(level)[from:to] {
		i += from
		switch {
		case !r.Overlaps(outer):
		case inner.Contains(r):
			n += f.standingIn(i*span, min((i+1)*span, len(tree.rows)))
		case level >= 0:
			n += f.countNodes(inner, level-1, span/fanout, i*fanout, min((i+1)*fanout, len(tree.level(level-1))))
		case f.counts(Row(i)):
			n++
		}
	}
	return n
}

// standingIn counts the rows from ≤ n < to of the base that stand at the time asked about.
func (f *search) standingIn(from, to int) (n int64) {
	b := f.s.base
	if to > b.placed || f.s.dead.count > 0 {
		for i := from; i < to; i++ {
			if !b.box[i].IsEmpty() && f.match(Row(i)) {
				n++
			}
		}
		return n
	}
	end := b.end[from:to]
	for i, start := range b.start[from:to] {
		if start < f.end && end[i] > f.start {
			n++
		}
	}
	return n
}
