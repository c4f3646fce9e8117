package ogc

import (
	"slices"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// rows is an Encoder that also writes records of the mirror, from their columns: nothing is
// made of a record on the way, and the texts are the same. What the server says of a feature
// is written by the Encoder; only the coordinates and the source's properties are taken from
// elsewhere. It belongs to one answer.
type rows struct {
	Encoder
	shapes [][]column // by the numbers of shapes, nil for one that was not met yet
	at     spatial.Decimals
	heads  [2]head
}

// column is how a property of one shape is written.
type column struct {
	name   string
	key    []byte // with the comma before it and the colon behind it
	place  int    // among the values
	text   bool   // in a column of text
	member bool   // the server may have written a member of that name
}

func newRows(s Shape) rows { return rows{Encoder: NewEncoder(s)} }

// writesRows reports whether the coordinates are given as the store has them.
func (e *rows) writesRows() bool { return e.system.to == nil }

// record appends the record as feature does.
func (e *rows) record(dst []byte, r *memory.Record) []byte {
	dst = begin(dst, &r.Feature)
	if r.Decimals(&e.at, e.system.digits, e.system.zDigits) {
		dst = e.system.appendDecimals(dst, &e.at, &e.heads)
	} else {
		dst = e.system.appendGeometry(dst, r.Geometry()) // nothing, or a collection
	}
	w := e.own(e.middle(dst, &r.Feature), &r.Feature)
	shape, values := r.Shape()
	list := e.shape(shape, r)
	for i := range list {
		p := &list[i]
		if p.member && taken(p.name, &r.Feature, e.distance) {
			continue
		}
		key := p.key
		if !w.some {
			key = key[1:]
		}
		w.some, w.dst = true, append(w.dst, key...)
		w.dst = r.AppendJSON(w.dst, values[p.place], p.text)
	}
	return append(w.dst, '}', '}')
}

// shape returns the properties that are wanted of a shape.
func (e *rows) shape(shape uint32, r *memory.Record) []column {
	if int(shape) < len(e.shapes) && e.shapes[shape] != nil {
		return e.shapes[shape]
	}
	list := []column{}
	for i, name := range r.Names(shape) {
		w := object{wanted: e.wanted, some: true}
		if w.name(name) {
			list = append(list, column{name: name, key: w.dst, place: i, text: e.texts[name], member: slices.Contains(members, name)})
		}
	}
	for int(shape) >= len(e.shapes) {
		e.shapes = append(e.shapes, nil)
	}
	e.shapes[shape] = list
	return list
}
