package memory

import (
	"math"
	"slices"
)

// count counts what a place allows in the order of the tree: nothing is to be sorted.
func (f *search) count() (n int64) {
	rects := f.region()
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

// isRegion reports whether the query asks for nothing but a time and a rectangle, or what a
// filter finds out by places: then what lies wholly inside need not be looked at one by one.
func (f *search) isRegion() bool {
	q := f.q
	if f.within != nil || q.Changing != nil || q.Model != "" || len(f.region()) != 1 {
		return false
	}
	return (q.Box == nil || math.IsInf(q.Box.Min[2], -1) && math.IsInf(q.Box.Max[2], 1)) && (f.matcher == nil || f.matcher.region.decides != nil)
}

// region returns rectangles around all that answers.
func (f *search) region() []Rect {
	if f.q.Box != nil {
		return f.around
	}
	return f.narrow
}

// countRegion counts the rows of the base node by node, and those of the tail.
func (f *search) countRegion() int64 {
	tree, outer := &f.s.base.tree, f.region()[0]
	n := int64(0)
	if top := len(tree.levels) - 1; len(tree.rows) > 0 {
		span := 1
		for range top + 1 {
			span *= fanout
		}
		n = f.countNodes(outer, top, span, 0, len(tree.level(top)))
	}
	f.s.tail.index.Search([2]uint32{outer.MinX, outer.MinY}, [2]uint32{outer.MaxX, outer.MaxY}, func(_, _ [2]uint32, row uint32) bool {
		if f.counts(Row(row) | tailBit) {
			n++
		}
		return f.err == nil
	})
	return n
}

// decides reports whether all rows within a rectangle answer, or none, but for their times.
func (f *search) decides(r Rect) (match, sure bool) {
	match, sure = true, true
	if f.q.Box != nil {
		sure = f.around[0].shrink(rounding).Contains(r)
	}
	if f.matcher != nil {
		inside, decided := f.matcher.region.of(r)
		if decided && !inside {
			return false, true
		}
		sure = sure && decided
	}
	return match && sure, sure
}

func (f *search) counts(row Row) bool {
	return f.goesOn() && f.match(row) && f.inBox(row) && f.passes(row)
}

// countNodes counts in the nodes from ≤ n < to of a level, of which each covers span rows:
// where a node's rectangle decides, by times alone.
func (f *search) countNodes(outer Rect, level, span, from, to int) (n int64) {
	tree := &f.s.base.tree
	for i, r := range tree.level(level)[from:to] {
		i += from
		if !r.Overlaps(outer) {
			continue
		}
		match, sure := f.decides(r)
		switch {
		case sure && match:
			n += f.standingIn(i*span, min((i+1)*span, len(tree.rows)))
		case sure:
		case level >= 0:
			n += f.countNodes(outer, level-1, span/fanout, i*fanout, min((i+1)*fanout, len(tree.level(level-1))))
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
