package memory

import (
	"slices"
	"time"

	"github.com/tidwall/rtree"

	"github.com/shikong-cim/shikong/spatial"
)

// state is what the writer of one collection works on. It belongs to one goroutine at a
// time; readers only ever see the snapshots that it makes.
type state struct {
	tail  *builder // rows behind the base; its dictionary and schema are the collection's
	base  *base
	dead  bitmap
	index *rtree.RTreeGN[uint32, uint32]
	order []uint32
	log   []touch
}

// newState returns the state whose base is packed from all rows of a builder, which is used
// up.
func newState(all *builder) *state {
	b := pack([]*Table{all.Table}, nil, true)
	return packed(b, &builder{Table: all.Table, dict: b.renumber(all.dict), schema: all.schema, exact: all.exact})
}

// packed returns the state of a base and an empty tail that goes on with a builder's
// dictionary and schema.
func packed(b *base, from *builder) *state {
	return &state{base: b, tail: from.tail(), dead: newBitmap(b.len()), index: new(rtree.RTreeGN[uint32, uint32])}
}

// locate returns the row of a version that is still recorded here.
func (s *state) locate(id string, number int64) (Row, bool) {
	first, _ := slices.BinarySearchFunc(s.base.order, id, func(row uint32, id string) int { return s.base.compare(int(row), id, never) })
	for _, row := range s.base.order[first:] {
		if s.base.id(int(row)) != id {
			break
		}
		if s.base.number[row] == number && !s.dead.has(int(row)) {
			return Row(row), true
		}
	}
	t := s.tail.Table
	first, _ = slices.BinarySearchFunc(s.order, id, func(row uint32, id string) int { return t.compare(int(row), id, never) })
	for _, row := range s.order[first:] {
		if t.id(int(row)) != id {
			break
		}
		if t.number[row] == number {
			return Row(row) | tailBit, true
		}
	}
	return 0, false
}

// change is what one revision does to a state: rows that end and rows that the tail holds
// from some row on.
type change struct {
	base, tail []uint32 // rows that end
	from       int      // the first new row of the tail
}

// begin starts a change.
func (s *state) begin() change { return change{from: s.tail.len()} }

// take takes one version into the change.
func (s *state) take(c *change, v *spatial.Version) error {
	if !v.Ended {
		return s.tail.add(*v)
	}
	if row, ok := s.locate(v.Feature.ID, v.Number); !ok {
		return nil // came and went between two looks at the store
	} else if row&tailBit != 0 {
		c.tail = append(c.tail, uint32(row&^tailBit))
	} else {
		c.base = append(c.base, uint32(row))
	}
	return nil
}

// with returns the state after the change. The old state stays good, so that a change that
// cannot be completed leaves no trace.
func (s *state) with(c change) *state {
	next := *s
	next.dead = s.dead.with(c.base)
	next.index = s.index.Copy()
	t := s.tail.Table
	for _, row := range c.tail {
		if r := t.box[row]; !r.IsEmpty() {
			next.index.Delete([2]uint32{r.MinX, r.MinY}, [2]uint32{r.MaxX, r.MaxY}, row)
		}
	}
	fresh := make([]uint32, 0, t.len()-c.from)
	for i := c.from; i < t.len(); i++ {
		fresh = append(fresh, uint32(i))
		if r := t.box[i]; !r.IsEmpty() {
			next.index.Insert([2]uint32{r.MinX, r.MinY}, [2]uint32{r.MaxX, r.MaxY}, uint32(i))
		}
	}
	slices.SortFunc(fresh, func(a, b uint32) int { return t.compareRows(int(a), int(b)) })
	next.order = mergeOrder(t, s.order, slices.Clone(c.tail), fresh)
	return &next
}

// mergeOrder returns a new list of the old rows that are not gone and the fresh ones. Rows
// are found by bisection and what lies between them is copied: a change of a few rows
// compares few.
func mergeOrder(t *Table, old, gone, fresh []uint32) []uint32 {
	slices.SortFunc(gone, func(a, b uint32) int { return t.compareRows(int(a), int(b)) })
	place := func(row uint32) int {
		n, _ := slices.BinarySearchFunc(old, row, func(o, row uint32) int { return t.compareRows(int(o), int(row)) })
		return n
	}
	out := make([]uint32, 0, len(old)-len(gone)+len(fresh))
	for len(gone)+len(fresh) > 0 {
		if len(fresh) == 0 || (len(gone) > 0 && t.compareRows(int(gone[0]), int(fresh[0])) <= 0) {
			n := place(gone[0])
			out, old, gone = append(out, old[:n]...), old[n+1:], gone[1:]
			continue
		}
		n := place(fresh[0])
		out, old, fresh = append(append(out, old[:n]...), fresh[0]), old[n:], fresh[1:]
	}
	return append(out, old...)
}

// snapshot returns the state as readers see it.
func (s *state) snapshot(info spatial.Collection, revision int64) *Snapshot {
	recorded := time.Time{}
	if len(s.log) > 0 {
		recorded = s.log[len(s.log)-1].recorded
	}
	types, mixed := s.tail.schema.types(info.Fields)
	for c, m := range mixed {
		if m {
			s.tail.dict.alias(types[c])
		}
	}
	return &Snapshot{
		Collection: info, Revision: revision, recorded: recorded,
		Values: s.tail.dict.Values, Schema: s.tail.schema.Schema, Types: types, Mixed: mixed,
		base: s.base, dead: s.dead,
		tail: tail{Table: *s.tail.Table, index: s.index.Copy(), order: s.order},
		log:  s.log[:len(s.log):len(s.log)],

		moments: &moments{},
		ranges:  &ranges{},
	}
}

// slack is how much a tail may hold before its collection is packed anew: an eighth of the
// base, which keeps the tail's share of a search small and packing rare.
const slack, leastSlack = 8, 20_000

// heavy reports whether a collection of that base and so many rows in its tail or dead in
// its base is to be packed anew.
func (m *Mirror) heavy(base, loose int) bool { return loose > max(base/slack, m.least) }

// repack packs the snapshot's rows into a new base.
func (s *Snapshot) repack() *parcel {
	live := newBitmap(s.tail.len()).with(s.tail.order)
	b := pack([]*Table{&s.base.Table, &s.tail.Table}, func(table, row int) bool {
		if table == 0 {
			return !s.dead.has(row)
		}
		return live.has(row)
	}, false)
	d := b.renumber(&dict{Values: s.Values})
	return &parcel{of: s, base: b, dict: d}
}
