package memory

import (
	"bytes"
	"cmp"
	"context"
	"index/suffixarray"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/shikong-cim/shikong/spatial"
)

// texts are the names and addresses of a base, each distinct one once, folded and parted by
// zero bytes in one run of bytes, over which stands an index of all its suffixes.
//
//	\0 前海大厦 \0 深南大道 12 \0 …
//
// They are made when somebody first asks; the index takes a second for a million names, in
// which answers come from going through the bytes.
type texts struct {
	once  sync.Once
	run   []byte
	start []uint32 // of each text in run
	first []uint32 // of each text's rows in rows, and their end
	rows  []uint32
	index atomic.Pointer[suffixarray.Index]
}

// textOfRow is a text's id and a row that has it.
type textOfRow struct {
	id  ValueID
	row uint32
}

func (x *texts) make(s *Snapshot) *texts {
	x.once.Do(func() {
		x.gather(&s.base.Table, &s.Values, &s.Schema)
		go func() { x.index.Store(suffixarray.New(x.run)) }()
	})
	return x
}

// gather collects the texts of a table and the rows that have them.
func (x *texts) gather(t *Table, values *Values, schema *Schema) {
	searched := make([]bool, len(schema.Names))
	for c, name := range schema.Names {
		searched[c] = spatial.IsSearched(name)
	}
	var all []textOfRow
	for row := range t.len() {
		if id := t.name[row]; id != 0 {
			all = append(all, textOfRow{id, uint32(row)})
		}
		shape, attrs := t.Shape(row)
		for i, c := range schema.Shapes[shape] {
			if id := attrs[i]; id != 0 && searched[c] && values.Kind(id) != spatial.JSON && values.Kind(id) != spatial.Bool {
				all = append(all, textOfRow{id, uint32(row)})
			}
		}
	}
	slices.SortFunc(all, func(a, b textOfRow) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.row, b.row)) })
	x.rows = make([]uint32, 0, len(all))
	for i := 0; i < len(all); {
		id := all[i].id
		x.run = append(x.run, 0)
		x.start = append(x.start, uint32(len(x.run)))
		x.first = append(x.first, uint32(len(x.rows)))
		x.run = append(x.run, spatial.Fold(values.Value(id).Text())...)
		for ; i < len(all) && all[i].id == id; i++ {
			x.rows = append(x.rows, all[i].row)
		}
	}
	x.run = append(x.run, 0)
	x.first = append(x.first, uint32(len(x.rows)))
}

// lookup returns places of a pattern in the run, at most so many, in no order.
func (x *texts) lookup(pattern []byte, most int) []int {
	if index := x.index.Load(); index != nil {
		return index.Lookup(pattern, most)
	}
	var out []int
	for at := 0; len(out) < most; {
		i := bytes.Index(x.run[at:], pattern)
		if i < 0 {
			break
		}
		out = append(out, at+i)
		at += i + 1
	}
	return out
}

// textAt returns the number of the text that a place of the run lies in, or begins before.
func (x *texts) textAt(place int) int {
	n, found := slices.BinarySearch(x.start, uint32(place)+1)
	if !found {
		n--
	}
	return max(n, 0)
}

// rowsWith calls f with the rows whose texts hold the pattern until f says no: where it says
// begin, of texts that begin with it.
func (x *texts) rowsWith(word string, begin bool, most int, f func(row uint32) bool) {
	pattern := []byte(word)
	if begin {
		pattern = append([]byte{0}, pattern...)
	}
	seen := -1
	places := x.lookup(pattern, most)
	slices.Sort(places)
	for _, place := range places {
		text := x.textAt(place)
		if text == seen {
			continue
		}
		seen = text
		for _, row := range x.rows[x.first[text]:x.first[text+1]] {
			if !f(row) {
				return
			}
		}
	}
}

// maxFindLook bounds the rows that are looked at for one text: of what thousands are called,
// any ten will do.
const maxFindLook = 5000

// Find finds features of a collection by id, name or address.
func (m *Mirror) Find(ctx context.Context, collection string, f spatial.Find) (list []spatial.Found, held bool, err error) {
	q := f.Query
	q.Collection = collection
	s, held, err := m.answering(&q)
	if err != nil || !held {
		return nil, false, err
	}
	return s.find(ctx, &q, spatial.NewNeedle(f.Text), f.Limit), true, ctx.Err()
}

// finding is one question.
type finding struct {
	*search
	needle spatial.Needle
	limit  int
	seen   map[Row]bool
	list   []spatial.Found
}

func (s *Snapshot) find(ctx context.Context, q *spatial.Query, needle spatial.Needle, limit int) []spatial.Found {
	if needle.Empty() {
		return nil
	}
	f := finding{search: newSearch(ctx, s, q), needle: needle, limit: limit, seen: map[Row]bool{}}
	f.byID()
	f.late()
	x := s.base.texts.make(s)
	// The longest word is most likely the rarest.
	word := slices.MaxFunc(needle.Words(), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	for _, begin := range [2]bool{true, false} {
		if len(f.list) >= limit {
			break
		}
		looked := 0
		x.rowsWith(word, begin, maxFindLook, func(row uint32) bool {
			looked++
			f.look(Row(row))
			return looked < maxFindLook && f.goesOn()
		})
	}
	return spatial.Best(f.list, limit)
}

// look takes a row if it is an answer.
func (f *finding) look(row Row) {
	if f.seen[row] {
		return
	}
	f.seen[row] = true
	if !f.match(row) || !f.inBox(row) || !f.passes(row) {
		return
	}
	t, i := f.s.At(row)
	feature := f.feature(t, i)
	if m, field := f.needle.Match(&feature); m != spatial.NoMatch {
		f.list = append(f.list, spatial.Found{Feature: feature, Field: field, Match: m})
	}
}

// byID looks at the ids that begin with the text.
func (f *finding) byID() {
	for _, id := range f.needle.IDs() {
		t, order := &f.s.base.Table, f.s.base.order
		first, _ := slices.BinarySearchFunc(order, id, func(row uint32, id string) int { return t.compare(int(row), id, never) })
		for n, row := range order[first:] {
			if n == 20*f.limit || len(t.id(int(row))) < len(id) || t.id(int(row))[:len(id)] != id {
				break
			}
			f.look(Row(row))
		}
	}
}

// late looks at all rows that came after the base was packed.
func (f *finding) late() {
	for _, row := range f.s.tail.order {
		if !f.goesOn() {
			return
		}
		f.look(Row(row) | tailBit)
	}
}
