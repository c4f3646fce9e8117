package memory

import (
	"bytes"
	"hash/maphash"
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// ValueID names a distinct value of a collection. 0 is null.
type ValueID uint32

// Values is a snapshot of a collection's dictionary: each distinct value once. Values are
// only ever added, so an id means the same in every later snapshot until a repack.
type Values struct {
	wire  []byte
	ends  offsets
	kinds []spatial.ValueKind
	// number and text name the same value as another column type would hold it, 0 for none
	// needed; nil until a column of mixed kinds asks for it.
	number, text []ValueID
}

// Len returns how many ids there are, null among them.
func (v *Values) Len() int { return len(v.kinds) }

// Wire returns the value as AppendWire writes it. The bytes are not to be changed.
func (v *Values) Wire(id ValueID) []byte {
	start, end := v.ends.span(int(id))
	return v.wire[start:end:end]
}

// Value returns the value itself.
func (v *Values) Value(id ValueID) spatial.Value { return parseWire(v.kinds[id], v.Wire(id)) }

// Kind returns what kind of value it is.
func (v *Values) Kind(id ValueID) spatial.ValueKind { return v.kinds[id] }

// As returns the id under which the value stands in a column of type t, see
// spatial.Value.As. The column must be one for which the snapshot says Mixed.
func (v *Values) As(id ValueID, t spatial.FieldType) ValueID {
	var list []ValueID
	switch t {
	case spatial.FieldNumber:
		list = v.number
	case spatial.FieldString:
		list = v.text
	}
	if int(id) < len(list) && list[id] != 0 {
		return list[id]
	}
	return id
}

// dict adds values. It belongs to one writer; readers get copies of Values.
type dict struct {
	Values
	// slots is an open hash table of ids + 1 over kind and bytes; its size is a power of two.
	slots []uint32
	seed  maphash.Seed
	buf   []byte
	// full says that a value was refused: the dictionary has no room for it.
	full bool
}

func newDict() *dict {
	d := &dict{seed: maphash.MakeSeed(), slots: make([]uint32, 64)}
	d.kinds = append(d.kinds, spatial.Null)
	d.ends.push(0)
	return d
}

// id returns the id of a value and adds it when it is new.
func (d *dict) id(v spatial.Value) ValueID {
	if v.Kind() == spatial.Null {
		return 0
	}
	d.buf = AppendWire(d.buf[:0], v)
	return d.put(v.Kind(), d.buf)
}

func (d *dict) string(s string) ValueID {
	if s == "" {
		return 0
	}
	return d.id(spatial.StringOf(s))
}

func (d *dict) put(kind spatial.ValueKind, wire []byte) ValueID {
	mask := uint64(len(d.slots) - 1)
	h := d.hash(kind, wire)
	for i := h & mask; ; i = (i + 1) & mask {
		slot := d.slots[i]
		if slot == 0 {
			break
		}
		if id := slot - 1; d.kinds[id] == kind && bytes.Equal(d.Wire(ValueID(id)), wire) {
			return ValueID(id)
		}
	}
	id := len(d.kinds)
	if id >= math.MaxUint32-1 {
		d.full = true
		return 0
	}
	d.wire = append(d.wire, wire...)
	if !d.ends.push(len(d.wire)) {
		d.wire, d.full = d.wire[:len(d.wire)-len(wire)], true
		return 0
	}
	d.kinds = append(d.kinds, kind)
	if len(d.kinds)*4 > len(d.slots)*3 {
		d.grow()
	} else {
		d.slot(h, uint32(id)+1)
	}
	return ValueID(id)
}

func (d *dict) hash(kind spatial.ValueKind, wire []byte) uint64 {
	return maphash.Bytes(d.seed, wire) + uint64(kind)*0x9e3779b97f4a7c15
}

func (d *dict) slot(h uint64, value uint32) {
	mask := uint64(len(d.slots) - 1)
	i := h & mask
	for d.slots[i] != 0 {
		i = (i + 1) & mask
	}
	d.slots[i] = value
}

func (d *dict) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	for id := 1; id < len(d.kinds); id++ {
		d.slot(d.hash(d.kinds[id], d.Wire(ValueID(id))), uint32(id)+1)
	}
}

// alias makes sure that As answers for a column type.
func (d *dict) alias(t spatial.FieldType) {
	list := &d.number
	if t == spatial.FieldString {
		list = &d.text
	}
	// What As makes is at home in the type itself and needs no alias of its own.
	for i := len(*list); i < len(d.kinds); i++ {
		var to ValueID
		if v := d.Value(ValueID(i)); v.Kind() != spatial.Null {
			if as := v.As(t); as.Kind() != v.Kind() {
				to = d.id(as)
			}
		}
		*list = append(*list, to)
	}
}

func (d *dict) bytes() int {
	return cap(d.wire) + d.ends.bytes() + cap(d.kinds) + 4*(cap(d.slots)+cap(d.number)+cap(d.text))
}
