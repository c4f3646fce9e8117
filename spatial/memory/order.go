package memory

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/shikong-cim/shikong/spatial"
)

// order compares rows by the keys of a query, see spatial.Query.Sort.
type order struct {
	reading *reading
	q       spatial.Query // of which only Sort counts
	columns []orderColumn
}

// orderColumn finds the value of one key in a row.
type orderColumn struct {
	member func(r *reading, t *Table, i int) spatial.Value // nil when the store knows nothing of that name
	places []int                                           // by shape: where the property stands in it, -1 for nowhere
}

// memberValues are what spatial.Feature.SortValue gives before it looks at the properties.
var memberValues = map[string]func(r *reading, t *Table, i int) spatial.Value{
	"id":     func(_ *reading, t *Table, i int) spatial.Value { return spatial.StringOf(t.id(i)) },
	"class":  func(r *reading, t *Table, i int) spatial.Value { return r.values.Value(t.kind[i]) },
	"name":   func(r *reading, t *Table, i int) spatial.Value { return r.values.Value(t.name[i]) },
	"model":  func(r *reading, t *Table, i int) spatial.Value { return r.values.Value(t.model[i]) },
	"storey": func(r *reading, t *Table, i int) spatial.Value { return r.values.Value(t.storey[i]) },
	"z_min":  func(_ *reading, t *Table, i int) spatial.Value { return heightOf(t.zRange(i), t.zRange(i).Min) },
	"z_max":  func(_ *reading, t *Table, i int) spatial.Value { return heightOf(t.zRange(i), t.zRange(i).Max) },
	"underground": func(_ *reading, t *Table, i int) spatial.Value {
		if truth := spatial.Truth(t.flags[i] & flagTruth); truth != spatial.Unknown {
			return spatial.BoolOf(truth == spatial.Yes)
		}
		return spatial.Value{}
	},
	"valid_from":    func(_ *reading, t *Table, i int) spatial.Value { return momentOf(t.start[i]) },
	"valid_to":      func(_ *reading, t *Table, i int) spatial.Value { return momentOf(t.end[i]) },
	"recorded_from": func(_ *reading, t *Table, i int) spatial.Value { return momentOf(t.recorded[i]) },
}

func heightOf(z spatial.ZRange, v float64) spatial.Value {
	if !z.Known {
		return spatial.Value{}
	}
	return spatial.FloatOf(v)
}

func momentOf(micros int64) spatial.Value {
	if micros == math.MinInt64 || micros == math.MaxInt64 {
		return spatial.Value{}
	}
	return spatial.IntOf(micros)
}

func newOrder(r *reading, keys []spatial.SortKey) *order {
	o := &order{reading: r, q: spatial.Query{Sort: keys}}
	for _, k := range keys {
		c := orderColumn{member: memberValues[k.Name], places: make([]int, len(r.schema.Shapes))}
		column := Column(slices.Index(r.schema.Names, k.Name))
		for shape, list := range r.schema.Shapes {
			c.places[shape] = slices.Index(list, column)
		}
		o.columns = append(o.columns, c)
	}
	return o
}

func (o *order) value(c *orderColumn, t *Table, i int) spatial.Value {
	if c.member != nil {
		if v := c.member(o.reading, t, i); v.Kind() != spatial.Null {
			return v
		}
	}
	place := c.places[t.shape[i]]
	if place < 0 {
		return spatial.Value{}
	}
	start, _ := t.attrEnds.span(i)
	return o.reading.values.Value(t.attrs[start+place])
}

// placedRow is a row with what it is ordered by.
type placedRow struct {
	row uint32
	at  spatial.Cursor
}

// at returns the key of a row.
func (o *order) at(t *Table, row uint32) spatial.Cursor {
	return o.key(make([]spatial.Value, len(o.columns)), t, row)
}

func (o *order) key(values []spatial.Value, t *Table, row uint32) spatial.Cursor {
	i := int(row)
	for n := range o.columns {
		values[n] = o.value(&o.columns[n], t, i)
	}
	return spatial.Cursor{Keys: values, ID: t.id(i), ValidStart: timeOf(t.start[i])}
}

func (o *order) compare(a, b spatial.Cursor) int { return o.q.Compare(a, b) }

// arrange returns rows in order.
func (o *order) arrange(t *Table, rows []uint32) []uint32 {
	list := make([]placedRow, len(rows))
	values := make([]spatial.Value, len(rows)*len(o.columns))
	for i, row := range rows {
		n := i * len(o.columns)
		list[i] = placedRow{row, o.key(values[n:n+len(o.columns):n+len(o.columns)], t, row)}
	}
	slices.SortFunc(list, func(a, b placedRow) int { return o.compare(a.at, b.at) })
	out := make([]uint32, len(rows))
	for i := range list {
		out[i] = list[i].row
	}
	return out
}

// behind cuts off what comes up to and with a key.
func (o *order) behind(t *Table, rows []uint32, after spatial.Cursor) []uint32 {
	n, found := slices.BinarySearchFunc(rows, after, func(row uint32, after spatial.Cursor) int { return o.compare(o.at(t, row), after) })
	if found {
		n++
	}
	return rows[n:]
}

// sorts are orders of a base that were asked for, the last asked first: paging through a
// sorted collection sorts it once.
type sorts struct {
	sync.Mutex
	list []*sorted
}

type sorted struct {
	name string
	once sync.Once
	rows []uint32
}

// sortsKept bounds the memory for orders: each takes 4 bytes a row.
const sortsKept = 4

// of returns the rows of a base in an order.
func (s *sorts) of(b *base, o *order) []uint32 {
	name := fmt.Sprint(o.q.Sort)
	s.Lock()
	i := slices.IndexFunc(s.list, func(have *sorted) bool { return have.name == name })
	if i < 0 {
		s.list = slices.Insert(s.list, 0, &sorted{name: name})
		i = 0
	}
	one := s.list[i]
	s.list = slices.Insert(slices.Delete(s.list, i, i+1), 0, one)
	s.list = s.list[:min(len(s.list), sortsKept)]
	s.Unlock()
	one.once.Do(func() { one.rows = o.arrange(&b.Table, b.order) })
	return one.rows
}

// sorted brings candidates into the order asked for. Where they are a good part of the base
// its whole order, which is kept, is gone through instead; match and inBox decide anyway.
func (f *search) sorted(base, tail []uint32) ([]uint32, []uint32) {
	const few = 16
	t := &f.s.base.Table
	if f.q.IDs == nil && len(base) > len(f.s.base.order)/few {
		base = f.s.base.sorts.of(f.s.base, f.order)
	} else {
		base = f.order.arrange(t, base)
	}
	tail = f.order.arrange(&f.s.tail.Table, tail)
	if f.q.After != nil {
		base = f.order.behind(t, base, *f.q.After)
		tail = f.order.behind(&f.s.tail.Table, tail, *f.q.After)
	}
	return base, tail
}
