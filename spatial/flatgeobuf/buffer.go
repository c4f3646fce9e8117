package flatgeobuf

import (
	"encoding/binary"
	"math"
)

// buffer makes one FlatBuffer (flatbuffers.dev, internals) with its size in front:
//
//	┌──────┬──────┬────────┬───────┬───────────────────────────────┬─────────┐
//	│ size │ root │ vtable │ table │ its vectors, texts and tables │ padding │
//	│ 4 B  │ 4 B  │        │       │                               │ to 8 B  │
//	└──────┴──────┴────────┴───────┴───────────────────────────────┴─────────┘
//
// A reference is the distance to what it means, which stands behind it; the place of the
// reference is called a slot. Numbers are little endian and stand at multiples of their size.
type buffer struct{ b []byte }

// rootSlot refers to the first table.
const rootSlot = 4

var le = binary.LittleEndian

// field is one field of a table.
type field struct {
	id, size int    // its number in the schema, its bytes
	value    uint64 // 0 for a reference, which its target fills in
	slot     int    // where it stands; filled in by table
}

// begin starts anew in the same memory.
func (b *buffer) begin() { b.b = append(b.b[:0], 0, 0, 0, 0, 0, 0, 0, 0) }

// end returns the whole, valid until the next begin.
func (b *buffer) end() ([]byte, error) {
	b.align(8, 0)
	if len(b.b) > math.MaxInt32 {
		return nil, errTooLarge
	}
	le.PutUint32(b.b, uint32(len(b.b)-4))
	return b.b, nil
}

// align pads until what comes after ahead bytes stands at a multiple of size.
func (b *buffer) align(size, ahead int) {
	for (len(b.b)+ahead)%size != 0 {
		b.b = append(b.b, 0)
	}
}

// refer lets the slot mean a place.
func (b *buffer) refer(slot, to int) { le.PutUint32(b.b[slot:], uint32(to-slot)) }

// table writes a table that the slot means, and where its fields stand.
func (b *buffer) table(slot int, fields []field) {
	ids := 0
	for _, f := range fields {
		ids = max(ids, f.id+1)
	}
	b.align(4, 0)
	vtable := len(b.b)
	b.b = append(b.b, make([]byte, 4+2*ids)...)
	b.align(4, 0)
	start := len(b.b)
	b.refer(slot, start)
	b.b = le.AppendUint32(b.b, uint32(start-vtable))
	for i := range fields {
		f := &fields[i]
		b.align(f.size, 0)
		f.slot = len(b.b)
		var bits [8]byte
		le.PutUint64(bits[:], f.value)
		b.b = append(b.b, bits[:f.size]...)
		le.PutUint16(b.b[vtable+4+2*f.id:], uint16(f.slot-start))
	}
	le.PutUint16(b.b[vtable:], uint16(4+2*ids))
	le.PutUint16(b.b[vtable+2:], uint16(len(b.b)-start))
}

// vector begins a vector of n elements of a size, which the caller appends.
func (b *buffer) vector(slot, size, n int) {
	b.align(max(size, 4), 4)
	b.refer(slot, len(b.b))
	b.b = le.AppendUint32(b.b, uint32(n))
}

// references writes a vector of references and returns where the first stands.
func (b *buffer) references(slot, n int) int {
	b.vector(slot, 4, n)
	first := len(b.b)
	b.b = append(b.b, make([]byte, 4*n)...)
	return first
}

func (b *buffer) float(v float64) { b.b = le.AppendUint64(b.b, math.Float64bits(v)) }

func (b *buffer) text(slot int, s string) {
	b.vector(slot, 1, len(s))
	b.b = append(append(b.b, s...), 0)
}
