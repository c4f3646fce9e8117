package memory

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/shikong-cim/shikong/spatial"
)

// ranges are what values the properties of a snapshot have, found when somebody first asks.
type ranges struct {
	once sync.Once
	list []spatial.FieldRange
}

// fewValues is up to how many different values a property's values are listed.
const fewValues = 30

// Ranges returns what values the properties of a collection have, by name; nothing for a
// collection that is not held in memory. The first call after a change goes through every
// row.
func (m *Mirror) Ranges(_ context.Context, collection string) ([]spatial.FieldRange, error) {
	v, err := m.loaded()
	if err != nil {
		return nil, err
	}
	if _, ok := v.Collection(collection); !ok {
		return nil, unknown(collection)
	}
	s := v.Snapshot(collection)
	if s == nil {
		return nil, nil
	}
	s.ranges.once.Do(func() { s.ranges.list = s.findRanges() })
	return s.ranges.list, nil
}

// rangeFinder gathers the values of one property.
type rangeFinder struct {
	seen     []uint64 // which values of the dictionary were looked at
	distinct []spatial.Value
	many     bool
	min, max spatial.Value
}

func (s *Snapshot) findRanges() []spatial.FieldRange {
	finders := make([]rangeFinder, len(s.Schema.Names))
	add := func(t *Table, row uint32) {
		start, _ := t.attrEnds.span(int(row))
		for j, c := range s.Schema.Shapes[t.shape[row]] {
			finders[c].add(&s.Values, t.attrs[start+j])
		}
	}
	for _, row := range s.base.order {
		if !s.dead.has(int(row)) {
			add(&s.base.Table, row)
		}
	}
	for _, row := range s.tail.order {
		add(&s.tail.Table, row)
	}
	var list []spatial.FieldRange
	for c := range finders {
		f := &finders[c]
		if f.seen == nil {
			continue
		}
		r := spatial.FieldRange{Name: s.Schema.Names[c], Min: f.min, Max: f.max}
		if !f.many {
			slices.SortFunc(f.distinct, func(a, b spatial.Value) int { return a.Compare(b) })
			r.Values = f.distinct
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b spatial.FieldRange) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (f *rangeFinder) add(values *Values, id ValueID) {
	if id == 0 {
		return
	}
	if f.seen == nil {
		f.seen = make([]uint64, values.Len()/64+1)
	}
	if f.seen[id/64]&(1<<(id%64)) != 0 {
		return
	}
	f.seen[id/64] |= 1 << (id % 64)
	v := values.Value(id)
	switch v.Kind() {
	case spatial.Int, spatial.Float:
		if f.min.Kind() == spatial.Null || v.Compare(f.min) < 0 {
			f.min = v
		}
		if f.max.Kind() == spatial.Null || v.Compare(f.max) > 0 {
			f.max = v
		}
	}
	if f.many = f.many || len(f.distinct) == fewValues; f.many {
		f.distinct = nil
		return
	}
	f.distinct = append(f.distinct, v)
}
