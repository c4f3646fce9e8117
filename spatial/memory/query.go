package memory

import (
	"context"
	"iter"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
)

// Features streams the answer to a query about the present without bodies. The query must
// be valid.
func (s *Snapshot) Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		f := newSearch(ctx, s, &q)
		defer f.giveBack()
		n := 0
		for row, distance := range f.hits() {
			t, i := s.At(row)
			feature := f.feature(t, i)
			feature.Properties = feature.Properties.Select(q.Properties)
			feature.Distance = distance
			if !yield(feature, nil) {
				return
			}
			if n++; n == q.Limit {
				return
			}
		}
		if f.err != nil {
			yield(spatial.Feature{}, f.err)
		}
	}
}

// Count returns how many features Features would yield without After and Limit.
func (s *Snapshot) Count(ctx context.Context, q spatial.Query) (int64, error) {
	q.Sort, q.After = nil, nil
	f := newSearch(ctx, s, &q)
	defer f.giveBack()
	if f.q.Near == nil && f.q.IDs == nil && (f.q.Box != nil || f.within != nil || f.narrow != nil) {
		if f.isRegion() {
			return f.countRegion(), f.err
		}
		return f.count(), f.err
	}
	if f.q.Near == nil && f.q.IDs == nil && f.q.Filter == nil && f.q.Changing == nil && f.q.Model == "" {
		return f.standing(), f.err
	}
	n := int64(0)
	for range f.hits() {
		n++
	}
	return n, f.err
}

// search is one query on one snapshot.
type search struct {
	reading
	ctx        context.Context
	s          *Snapshot
	q          *spatial.Query
	start, end int64           // of Valid
	from, to   int64           // of Changing
	around     []Rect          // Box in the world, a little wider
	within     *reach          // of Within, nil without
	matcher    *Matcher        // of Filter, nil without
	measure    spatial.Measure // of Near
	narrow     []Rect          // that what the filter matches meets, nil when it does not say
	checks     int
	scratch    exactReader
	order      *order   // nil for the default one
	memory     *scratch // until giveBack
	err        error
}

func newSearch(ctx context.Context, s *Snapshot, q *spatial.Query) *search {
	f := &search{ctx: ctx, s: s, q: q, reading: reading{collection: s.Collection.Name, values: s.Values, schema: s.Schema}}
	f.start, f.end = micros(q.Valid)
	if q.Changing != nil {
		f.from, f.to = ticks(*q.Changing)
	}
	if q.Box != nil {
		f.around = RectsOf(*q.Box)
	}
	if q.Within != nil {
		f.within = newReach(q.Within)
	}
	if q.Near != nil {
		f.measure = q.Near.Ready()
	}
	if q.Filter != nil {
		f.matcher, f.narrow = s.Matcher(q.Filter), bounds(q.Filter)
	}
	f.scratch.keep = true
	if len(q.Sort) > 0 {
		f.order = newOrder(&f.reading, q.Sort)
	}
	f.memory = s.base.lend()
	f.err = ctx.Err()
	return f
}

// hits yields the rows that answer the query in the order of the answer, with distances.
func (f *search) hits() iter.Seq2[Row, float64] {
	if f.q.Near != nil {
		return f.nearest()
	}
	return f.listed()
}

func (f *search) listed() iter.Seq2[Row, float64] {
	return func(yield func(Row, float64) bool) {
		base, tail := f.candidates()
		for len(base)+len(tail) > 0 {
			var row Row
			if len(tail) == 0 || (len(base) > 0 && f.before(base[0], tail[0])) {
				row, base = Row(base[0]), base[1:]
			} else {
				row, tail = Row(tail[0])|tailBit, tail[1:]
			}
			if !f.goesOn() {
				return
			}
			if !f.match(row) || !f.inBox(row) {
				continue
			}
			distance, ok := f.reaches(row)
			if ok && f.passes(row) && !yield(row, distance) {
				return
			}
		}
	}
}

// before reports whether a row of the base comes before one of the tail.
func (f *search) before(base, tail uint32) bool {
	if f.order != nil {
		return f.order.compare(f.order.at(&f.s.base.Table, base), f.order.at(&f.s.tail.Table, tail)) <= 0
	}
	t := &f.s.tail.Table
	return f.s.base.compare(int(base), t.id(int(tail)), t.start[tail]) <= 0
}

// checkEvery is how many rows are gone through between two looks at the context.
const checkEvery = 1024

// goesOn reports whether the caller still wants the answer.
func (f *search) goesOn() bool {
	if f.checks++; f.checks%checkEvery == 0 && f.ctx.Err() != nil {
		f.err = f.ctx.Err()
	}
	return f.err == nil
}

// candidates returns rows of the base and of the tail that may answer the query, each in
// the order asked for and behind After.
func (f *search) candidates() (base, tail []uint32) {
	switch {
	case f.q.IDs != nil:
		base, tail = f.withIDs()
	case f.within != nil:
		base, tail = f.inRects(f.within.rects)
	case f.q.Box != nil:
		base, tail = f.inRects(f.around)
	case f.narrow != nil:
		base, tail = f.inRects(f.narrow)
	case f.q.Changing != nil:
		base, tail = f.changing(), f.s.tail.order
	default:
		base, tail = f.s.base.order, f.s.tail.order
	}
	if f.order != nil {
		return f.sorted(base, tail)
	}
	if a := f.q.After; a != nil {
		start, _ := micros(spatial.Interval{Start: a.ValidStart})
		base = behind(&f.s.base.Table, base, a.ID, start)
		tail = behind(&f.s.tail.Table, tail, a.ID, start)
	}
	return base, tail
}

// behind cuts off what comes up to and with a key.
func behind(t *Table, rows []uint32, id string, start int64) []uint32 {
	n, found := slices.BinarySearchFunc(rows, struct{}{}, func(row uint32, _ struct{}) int { return t.compare(int(row), id, start) })
	if found {
		n++
	}
	return rows[n:]
}

func (f *search) withIDs() (base, tail []uint32) {
	ids := slices.Clone(f.q.IDs)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		base = appendID(base, &f.s.base.Table, f.s.base.order, id)
		tail = appendID(tail, &f.s.tail.Table, f.s.tail.order, id)
	}
	return base, tail
}

func appendID(dst []uint32, t *Table, order []uint32, id string) []uint32 {
	n, _ := slices.BinarySearchFunc(order, id, func(row uint32, id string) int { return t.compare(int(row), id, never) })
	for _, row := range order[n:] {
		if t.id(int(row)) != id {
			break
		}
		dst = append(dst, row)
	}
	return dst
}

func (f *search) inRects(rects []Rect) (base, tail []uint32) {
	rows := f.memory.rows[:0]
	for _, r := range rects {
		start := len(rows)
		rows = f.s.AppendRows(rows, r)
		if f.s.tail.index.Len() == 0 {
			continue
		}
		kept := rows[:start]
		for _, row := range rows[start:] {
			if row&tailBit != 0 {
				tail = append(tail, uint32(row&^tailBit))
			} else {
				kept = append(kept, row)
			}
		}
		rows = kept
	}
	f.memory.rows = rows
	t := &f.s.tail.Table
	slices.SortFunc(tail, func(a, b uint32) int { return t.compareRows(int(a), int(b)) })
	return f.memory.inOrder(rows, f.s.base.rank), slices.Compact(tail)
}

// match decides everything but the box and the distance.
func (f *search) match(row Row) bool {
	if row&tailBit == 0 && f.s.dead.count > 0 && f.s.dead.has(int(row)) {
		return false
	}
	t, i := f.s.At(row)
	if t.start[i] >= f.end || t.end[i] <= f.start || (f.q.Changing != nil && !f.turns(t, i)) {
		return false
	}
	if f.q.Model != "" && f.text(t.model[i]) != f.q.Model {
		return false
	}
	if f.q.IDs != nil && f.q.Near != nil && !slices.Contains(f.q.IDs, t.id(i)) {
		return false
	}
	return true
}

// rounding is by how many units what is surely inside lies inside: more than coordinates are
// rounded by.
const rounding = 3

// inBox decides whether the row's geometry meets the box.
func (f *search) inBox(row Row) bool {
	if f.q.Box == nil {
		return true
	}
	t, i := f.s.At(row)
	z := t.zRange(i)
	box := t.box[i]
	if box.IsEmpty() || !f.q.Box.OverlapsZ(z) {
		return false
	}
	near := false
	for _, r := range f.around {
		if !r.Overlaps(box) {
			continue
		}
		inner := r.shrink(rounding)
		if inner.Contains(box) || t.comesInto(i, inner) {
			return true
		}
		near = true
	}
	if !near {
		return false
	}
	f.scratch.buf = t.exactOf(i)
	return f.q.Box.Intersects(f.scratch.geometry(), z)
}

// comesInto reports whether a position of the row's outline lies in the rectangle.
func (t *Table) comesInto(i int, r Rect) bool {
	first, last := t.Rings(i)
	for ring := first; ring < last; ring++ {
		_, xy := t.Ring(ring)
		for _, p := range xy {
			if p.X >= r.MinX && p.X <= r.MaxX && p.Y >= r.MinY && p.Y <= r.MaxY {
				return true
			}
		}
	}
	return false
}

// passes decides the filter.
func (f *search) passes(row Row) bool { return f.matcher == nil || f.matcher.Match(row) }

// shrink returns the rectangle smaller by n units on each side, or an empty one.
func (r Rect) shrink(n uint32) Rect {
	if uint64(r.MaxX)-uint64(r.MinX) < 2*uint64(n) || uint64(r.MaxY)-uint64(r.MinY) < 2*uint64(n) || r.IsEmpty() {
		return emptyRect
	}
	return Rect{MinX: r.MinX + n, MinY: r.MinY + n, MaxX: r.MaxX - n, MaxY: r.MaxY - n}
}
