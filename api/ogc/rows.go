package ogc

import (
	"slices"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// rows is an Encoder that also writes records of the mirror, from their columns: nothing is
// made of a record on the way, and the texts are the same. What does not change from row to
// row is written once and copied. It belongs to one answer.
type rows struct {
	Encoder
	shapes [][]column // by the numbers of shapes, nil for one that was not met yet
	at     spatial.Decimals
	heads  [2]head
	keys   [memberCount][]byte // of the server's members, as column.key; nil for one that is not wanted
	times  [3]instant          // of the row before: valid_from, valid_to and recorded_from
	far    []byte              // the row's distance as it is written
}

// column is how a property of one shape is written.
type column struct {
	key    []byte // with the comma before it and the colon behind it
	place  int    // among the values
	text   bool   // in a column of text
	member uint16 // the bit of the server's member of that name, 0 for none
}

// instant is a time as it is written, "" for none.
type instant struct {
	micros int64
	known  bool
	text   []byte
}

// The places of the server's members in members, which is also the order in which they are
// written.
const (
	memberClass = iota
	memberName
	memberModel
	memberStorey
	memberZMin
	memberZMax
	memberUnderground
	memberValidFrom
	memberValidTo
	memberRecordedFrom
	memberRecordedTo
	memberDistance
	memberCount
)

func newRows(s Shape) rows {
	e := rows{Encoder: NewEncoder(s), keys: memberKeys}
	if e.wanted != nil {
		for i, name := range members {
			e.keys[i] = e.key(name)
		}
	}
	return e
}

// memberKeys are the keys of all members.
var memberKeys = func() (keys [memberCount][]byte) {
	for i, name := range members {
		keys[i] = new(rows).key(name)
	}
	return keys
}()

// key returns a name as column.key has it, nil when it is not wanted.
func (e *rows) key(name string) []byte {
	w := object{wanted: e.wanted, some: true}
	if !w.name(name) {
		return nil
	}
	return w.dst
}

// writesRows reports whether the coordinates are given as the store has them.
func (e *rows) writesRows() bool { return e.system.to == nil }

// record appends the record as feature does.
func (e *rows) record(dst []byte, r *memory.Record) []byte {
	dst = spatial.AppendJSONString(append(dst, `{"type":"Feature","id":`...), r.ID())
	dst = append(dst, `,"geometry":`...)
	if r.Decimals(&e.at, e.system.digits, e.system.zDigits) {
		dst = e.system.appendDecimals(dst, &e.at, &e.heads)
	} else {
		dst = e.system.appendGeometry(dst, r.Geometry()) // nothing, or a collection
	}
	if e.distance {
		e.far = appendFixed(e.far[:0], r.Distance, metreDigits)
		dst = append(append(dst, `,"distance":`...), e.far...)
	}
	dst = append(dst, `,"properties":`...)
	start := len(dst)
	dst, has := e.members(dst, r)
	shape, values := r.Shape()
	list := e.shape(shape, r)
	for i := range list {
		if p := &list[i]; p.member&has == 0 {
			dst = r.AppendJSON(append(dst, p.key...), values[p.place], p.text)
		}
	}
	if len(dst) == start {
		return append(dst, '{', '}', '}')
	}
	dst[start] = '{' // for the comma of the first
	return append(dst, '}', '}')
}

// members appends the server's members as own does, each behind a comma, and returns which of
// them the record has.
func (e *rows) members(dst []byte, r *memory.Record) (_ []byte, has uint16) {
	model, kind, name, storey := r.Labels()
	dst, has = e.label(dst, has, memberClass, r, kind)
	dst, has = e.label(dst, has, memberName, r, name)
	dst, has = e.label(dst, has, memberModel, r, model)
	dst, has = e.label(dst, has, memberStorey, r, storey)
	if z := r.ZRange(); z.Known {
		has |= 1<<memberZMin | 1<<memberZMax
		dst = e.metres(dst, memberZMin, z.Min)
		dst = e.metres(dst, memberZMax, z.Max)
	}
	if u := r.Underground(); u != spatial.Unknown {
		has |= 1 << memberUnderground
		if key := e.keys[memberUnderground]; key != nil {
			dst = spatial.BoolOf(u == spatial.Yes).AppendJSON(append(dst, key...))
		}
	}
	from, to, recorded := r.Times()
	dst, has = e.time(dst, has, memberValidFrom, &e.times[0], from)
	dst, has = e.time(dst, has, memberValidTo, &e.times[1], to)
	dst, has = e.time(dst, has, memberRecordedFrom, &e.times[2], recorded)
	if e.distance {
		has |= 1 << memberDistance
		if key := e.keys[memberDistance]; key != nil {
			dst = append(append(dst, key...), e.far...)
		}
	}
	return dst, has
}

func (e *rows) label(dst []byte, has uint16, member int, r *memory.Record, id memory.ValueID) ([]byte, uint16) {
	if id == 0 {
		return dst, has
	}
	if key := e.keys[member]; key != nil {
		dst = r.AppendJSON(append(dst, key...), id, false)
	}
	return dst, has | 1<<member
}

func (e *rows) metres(dst []byte, member int, v float64) []byte {
	key := e.keys[member]
	if key == nil {
		return dst
	}
	return appendFixed(append(dst, key...), v, metreDigits)
}

// time appends a time. Rows that were recorded together have it in common.
func (e *rows) time(dst []byte, has uint16, member int, last *instant, micros int64) ([]byte, uint16) {
	if !last.known || last.micros != micros {
		last.known, last.micros, last.text = true, micros, last.text[:0]
		if t := memory.TimeOf(micros); !t.IsZero() {
			last.text = append(t.AppendFormat(append(last.text, '"'), time.RFC3339Nano), '"')
		}
	}
	if len(last.text) == 0 {
		return dst, has
	}
	if key := e.keys[member]; key != nil {
		dst = append(append(dst, key...), last.text...)
	}
	return dst, has | 1<<member
}

// shape returns the properties that are wanted of a shape.
func (e *rows) shape(shape uint32, r *memory.Record) []column {
	if int(shape) < len(e.shapes) && e.shapes[shape] != nil {
		return e.shapes[shape]
	}
	list := []column{}
	for i, name := range r.Names(shape) {
		key := e.key(name)
		if key == nil {
			continue
		}
		p := column{key: key, place: i, text: e.texts[name]}
		if n := slices.Index(members, name); n >= 0 {
			p.member = 1 << n
		}
		list = append(list, p)
	}
	for int(shape) >= len(e.shapes) {
		e.shapes = append(e.shapes, nil)
	}
	e.shapes[shape] = list
	return list
}
