package memory

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
	"runtime"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
)

// ValueID names a distinct value of a collection. 0 is null.
type ValueID uint32

// Values is a snapshot of a collection's dictionary: each distinct value once. Values are
// only ever added, so an id means the same in every later snapshot until a repack.
type Values struct {
	wire  []byte
	start []uint32 // of each value's length, a varint, behind which its bytes stand
	kinds []spatial.ValueKind
	ready []ready // of the first values, which many rows share
	// number and text name the same value as another column type would hold it, 0 for none
	// needed; nil until a column of mixed kinds asks for it.
	number, text []ValueID
}

// Len returns how many ids there are, null among them.
func (v *Values) Len() int { return len(v.kinds) }

// AppendFields appends values as fields of a message: the key, which takes a byte, and the
// value as Wire returns it.
func (v *Values) AppendFields(dst []byte, key byte, ids []ValueID) []byte {
	v.Fetch(ids)
	dst = slices.Grow(dst, len(ids)*(1+short))
	for _, id := range ids {
		wire := v.wire[v.start[id]:]
		size := int(wire[0]) + 1
		n := len(dst)
		if size > short || len(wire) < short || cap(dst)-n < 1+short {
			dst = append(append(dst, key), v.Wire(id)...)
			continue
		}
		// Copying always so many bytes takes fewer steps than copying as many as there are.
		room := dst[n : n+1+short]
		room[0] = key
		*(*[short]byte)(room[1:]) = *(*[short]byte)(wire)
		dst = dst[:n+1+size]
	}
	return dst
}

// short is how long nearly all values are at most, their length included.
const short = 32

// Wire returns the value as AppendWire writes it, behind its length as a varint: as a field
// of a layer holds it. The bytes are not to be changed.
func (v *Values) Wire(id ValueID) []byte {
	b := v.wire[v.start[id]:]
	if n := int(b[0]) + 1; n <= 0x80 {
		return b[:n:n]
	}
	return v.long(b)
}

// message returns the value without its length.
func (v *Values) message(id ValueID) []byte {
	b := v.Wire(id)
	if b[0] < 0x80 {
		return b[1:]
	}
	_, n := binary.Uvarint(b)
	return b[n:]
}

// Fetch has the processor fetch values that will be asked for by Wire soon. Looking them up one
// by one waits for main memory each time; here nothing depends on what came before, so many
// waits are one.
func (v *Values) Fetch(ids []ValueID) {
	var starts [256]uint32
	for len(ids) > 0 {
		n := min(len(ids), len(starts))
		for k, id := range ids[:n] {
			starts[k] = v.start[id]
		}
		sum := byte(0)
		for _, start := range starts[:n] {
			sum += v.wire[start]
		}
		runtime.KeepAlive(sum)
		ids = ids[n:]
	}
}

func (v *Values) long(b []byte) []byte {
	size, n := binary.Uvarint(b)
	end := n + int(size)
	return b[:end:end]
}

// Value returns the value itself.
func (v *Values) Value(id ValueID) spatial.Value { return parseWire(v.kinds[id], v.message(id)) }

// Number returns the value as a number, false when it is none.
func (v *Values) Number(id ValueID) (float64, bool) {
	return numberOfWire(v.message(id))
}

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
	// slots is an open hash table over kind and bytes: the upper half of the hash, which
	// spares most looks at the bytes, and id + 1. Its size is a power of two.
	slots []uint64
	seed  maphash.Seed
	buf   []byte
	ahead []lookup
	// full says that a value was refused: the dictionary has no room for it.
	full bool
}

func newDict() *dict {
	d := &dict{seed: maphash.MakeSeed(), slots: make([]uint64, 64)}
	d.kinds, d.start, d.wire = append(d.kinds, spatial.Null), append(d.start, 0), append(d.wire, 0)
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

// label is a text of a column and its id: one row's is most often the next one's too.
type label struct {
	text string
	id   ValueID
}

// label returns the id of a text, 0 for none.
func (d *dict) label(last *label, s string) ValueID {
	if s == "" {
		return 0
	}
	if last.id == 0 || last.text != s {
		*last = label{text: s, id: d.id(spatial.StringOf(s))}
	}
	return last.id
}

func (d *dict) put(kind spatial.ValueKind, wire []byte) ValueID {
	return d.putHashed(d.hash(kind, wire), kind, wire)
}

func (d *dict) putHashed(h uint64, kind spatial.ValueKind, wire []byte) ValueID {
	mask := uint64(len(d.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		slot := d.slots[i]
		if slot == 0 {
			break
		}
		if slot>>32 != h>>32 {
			continue
		}
		if id := ValueID(slot - 1); d.kinds[id] == kind && bytes.Equal(d.message(id), wire) {
			return id
		}
	}
	id := d.append(kind, wire)
	switch {
	case d.full:
	case len(d.kinds)*4 > len(d.slots)*3:
		d.index()
	default:
		d.slot(h, id)
	}
	return id
}

// append adds a value that is known to be new, without its slot. It returns 0 when there is
// no room.
func (d *dict) append(kind spatial.ValueKind, wire []byte) ValueID {
	id := len(d.kinds)
	if len(d.wire)+len(wire)+binary.MaxVarintLen32 > math.MaxUint32 {
		d.full = true
		return 0
	}
	d.start = append(d.start, uint32(len(d.wire)))
	d.wire = append(binary.AppendUvarint(d.wire, uint64(len(wire))), wire...)
	d.kinds = append(d.kinds, kind)
	return ValueID(id)
}

func (d *dict) hash(kind spatial.ValueKind, wire []byte) uint64 {
	return maphash.Bytes(d.seed, wire) + uint64(kind)*0x9e3779b97f4a7c15
}

func (d *dict) slot(h uint64, id ValueID) {
	mask := uint64(len(d.slots) - 1)
	i := h & mask
	for d.slots[i] != 0 {
		i = (i + 1) & mask
	}
	d.slots[i] = h>>32<<32 | (uint64(id) + 1)
}

// index makes the slots anew, at most half full.
func (d *dict) index() {
	size := 64
	for size < 2*len(d.kinds) {
		size *= 2
	}
	d.slots = make([]uint64, size)
	for id := 1; id < len(d.kinds); id++ {
		d.slot(d.hash(d.kinds[id], d.message(ValueID(id))), ValueID(id))
	}
}

// indexLike makes the slots anew like those of another dictionary of the same values under
// other ids: of each value the hash is known there. One that has other values, or none of its
// slots, is of no help.
func (d *dict) indexLike(old *dict, ids []ValueID) {
	if d.Len() != old.Len() || len(old.slots) == 0 {
		d.index()
		return
	}
	d.seed, d.slots = old.seed, old.slots
	for i, slot := range d.slots {
		if slot != 0 {
			d.slots[i] = slot>>32<<32 | (uint64(ids[ValueID(slot-1)]) + 1)
		}
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
