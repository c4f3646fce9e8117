package memory

import (
	"slices"
	"sync"

	"github.com/shikong-cim/shikong/spatial"
)

// base is the packed part of a collection: rows along the Hilbert curve, a flat tree over
// their boxes, and their order by id.
type base struct {
	Table
	tree   tree
	placed int      // rows before the first without a place
	order  []uint32 // rows in the default order of answers
	rank   []uint32 // its inverse
	turns  turns    // rows by the time at which they begin and end to be valid
	texts  texts    // what rows are called
	sorts  sorts    // other orders that were asked for

	scratches sync.Pool // *scratch
}

// source is a row of one of the tables that a base is packed from.
type source struct {
	table uint32
	row   uint32
}

// pack makes a base of all rows of the tables for which live holds. Codes of values are
// taken over as they are. With free, the tables are emptied on the way, so that a column is
// in memory twice only while it is copied.
func pack(tables []*Table, live func(table, row int) bool, free bool) *base {
	rows := hilbertOrder(tables, live)
	b := &base{}
	b.Table = gatherAll(tables, rows, free)
	b.tree = packTree(b.box)
	if b.placed = slices.IndexFunc(b.box, Rect.IsEmpty); b.placed < 0 {
		b.placed = len(b.box)
	}
	b.order = byID(&b.Table)
	b.rank = make([]uint32, len(b.order))
	for r, i := range b.order {
		b.rank[i] = uint32(r)
	}
	return b
}

// hilbertOrder returns the live rows by place, rows at one place by version number. That
// order depends on nothing but what is recorded, so every mirror has the same.
func hilbertOrder(tables []*Table, live func(table, row int) bool) []source {
	var all []source
	var keys []keyed
	for t, tab := range tables {
		for i := range tab.len() {
			if live != nil && !live(t, i) {
				continue
			}
			keys = append(keys, keyed{key: tab.box[i].key(), n: uint32(len(all))})
			all = append(all, source{table: uint32(t), row: uint32(i)})
		}
	}
	sortKeyed(keys)
	number := func(k keyed) int64 { return tables[all[k.n].table].number[all[k.n].row] }
	for i := 0; i < len(keys); {
		j := i + 1
		for j < len(keys) && keys[j].key == keys[i].key {
			j++
		}
		if j > i+1 {
			slices.SortFunc(keys[i:j], func(a, b keyed) int {
				if number(a) < number(b) {
					return -1
				}
				return 1
			})
		}
		i = j
	}
	out := make([]source, len(keys))
	for i, k := range keys {
		out[i] = all[k.n]
	}
	return out
}

// gatherAll copies rows, column by column.
func gatherAll(tables []*Table, rows []source, free bool) Table {
	g := gatherer{tables: tables, rows: rows, free: free}
	var t Table
	for _, from := range tables {
		t.traits |= from.traits
	}
	t.number = gather(g, func(t *Table) *[]int64 { return &t.number })
	t.num = gather(g, func(t *Table) *[]uint64 { return &t.num })
	t.hash = gather(g, func(t *Table) *[]spatial.Hash { return &t.hash })
	t.recorded = gather(g, func(t *Table) *[]int64 { return &t.recorded })
	t.start = gather(g, func(t *Table) *[]int64 { return &t.start })
	t.end = gather(g, func(t *Table) *[]int64 { return &t.end })
	t.model = gather(g, func(t *Table) *[]ValueID { return &t.model })
	t.kind = gather(g, func(t *Table) *[]ValueID { return &t.kind })
	t.name = gather(g, func(t *Table) *[]ValueID { return &t.name })
	t.storey = gather(g, func(t *Table) *[]ValueID { return &t.storey })
	t.flags = gather(g, func(t *Table) *[]uint8 { return &t.flags })
	t.area = gather(g, func(t *Table) *[]float32 { return &t.area })
	t.shape = gather(g, func(t *Table) *[]uint32 { return &t.shape })
	t.box = gather(g, func(t *Table) *[]Rect { return &t.box })
	t.z = g.heights()
	t.ids, t.idEnds = gatherSpans(g, func(t *Table) (*[]byte, *offsets) { return &t.ids, &t.idEnds })
	t.attrs, t.attrEnds = gatherSpans(g, func(t *Table) (*[]ValueID, *offsets) { return &t.attrs, &t.attrEnds })
	t.exact, t.exactEnds = gatherSpans(g, func(t *Table) (*[]byte, *offsets) { return &t.exact, &t.exactEnds })
	g.rings(&t)
	return t
}

type gatherer struct {
	tables []*Table
	rows   []source
	free   bool
}

func gather[T any](g gatherer, column func(*Table) *[]T) []T {
	from := make([][]T, len(g.tables))
	for i, t := range g.tables {
		from[i] = *column(t)
	}
	out := make([]T, len(g.rows))
	for i, s := range g.rows {
		out[i] = from[s.table][s.row]
	}
	if g.free {
		for _, t := range g.tables {
			*column(t) = nil
		}
	}
	return out
}

// heights gathers a column that may be shorter than its table, or empty.
func (g gatherer) heights() [][2]float64 {
	known := false
	for _, t := range g.tables {
		known = known || len(t.z) > 0
	}
	if !known {
		return nil
	}
	out := make([][2]float64, len(g.rows))
	for i, s := range g.rows {
		if t := g.tables[s.table]; int(s.row) < len(t.z) {
			out[i] = t.z[s.row]
		}
	}
	return out
}

func gatherSpans[T any](g gatherer, column func(*Table) (*[]T, *offsets)) ([]T, offsets) {
	total := 0
	for _, s := range g.rows {
		_, ends := column(g.tables[s.table])
		start, end := ends.span(int(s.row))
		total += end - start
	}
	out := make([]T, 0, total)
	ends := makeOffsets(len(g.rows))
	for _, s := range g.rows {
		data, from := column(g.tables[s.table])
		start, end := from.span(int(s.row))
		out = append(out, (*data)[start:end]...)
		ends.push(len(out))
	}
	if g.free {
		for _, t := range g.tables {
			data, from := column(t)
			*data, *from = nil, offsets{}
		}
	}
	return out, ends
}

func (g gatherer) rings(out *Table) {
	rings, points := 0, 0
	for _, s := range g.rows {
		t := g.tables[s.table]
		first, last := t.rowRings.span(int(s.row))
		rings += last - first
		if first < last {
			start, _ := t.ringEnds.span(first)
			points += t.ringEnds.end(last-1) - start
		}
	}
	out.xy = make([]World, 0, points)
	out.ringKind = make([]RingKind, 0, rings)
	out.ringEnds, out.rowRings = makeOffsets(rings), makeOffsets(len(g.rows))
	for _, s := range g.rows {
		t := g.tables[s.table]
		first, last := t.rowRings.span(int(s.row))
		for r := first; r < last; r++ {
			start, end := t.ringEnds.span(r)
			out.xy = append(out.xy, t.xy[start:end]...)
			out.ringEnds.push(len(out.xy))
		}
		out.ringKind = append(out.ringKind, t.ringKind[first:last]...)
		out.rowRings.push(len(out.ringKind))
	}
	if g.free {
		for _, t := range g.tables {
			t.xy, t.ringKind, t.ringEnds, t.rowRings = nil, nil, offsets{}, offsets{}
		}
	}
}

// renumber gives the base's values new ids and returns the dictionary of these and no others:
// first the values that are used more than once, then those used once, both in the order in
// which rows use them. What rows share is then few pages that stay in the caches, however many
// names and numbers of its own each row has, and those stand together as their rows do.
func (b *base) renumber(old *dict) *dict {
	n := old.Len()
	uses := make([]uint8, n) // 0, 1, or 2 for more
	shared := 0
	b.eachValue(func(id *ValueID) {
		if uses[*id]++; uses[*id] == 2 {
			shared++
		}
		uses[*id] = min(uses[*id], 2)
	})
	ids, order := make([]ValueID, n), make([]ValueID, n)
	next := [3]ValueID{1: ValueID(1 + shared), 2: 1}
	b.eachValue(func(id *ValueID) {
		if ids[*id] == 0 {
			to := &next[uses[*id]]
			ids[*id], order[*to] = *to, *id
			*to++
		}
		*id = ids[*id]
	})
	d := newDict()
	d.kinds, d.start, d.wire = slices.Grow(d.kinds, n), slices.Grow(d.start, n), slices.Grow(d.wire, len(old.wire))
	for some := range slices.Chunk(order[1:next[1]], 256) {
		old.Fetch(some)
		for _, id := range some {
			d.append(old.kinds[id], old.message(id))
		}
	}
	d.indexLike(old, ids)
	d.prepare(ValueID(1 + shared))
	return d
}

// eachValue calls f with each value of each row that is not null, row by row.
func (b *base) eachValue(f func(*ValueID)) {
	for i := range b.len() {
		for _, column := range [4][]ValueID{b.model, b.kind, b.name, b.storey} {
			if column[i] != 0 {
				f(&column[i])
			}
		}
		start, end := b.attrEnds.span(i)
		for j := start; j < end; j++ {
			if b.attrs[j] != 0 {
				f(&b.attrs[j])
			}
		}
	}
}
