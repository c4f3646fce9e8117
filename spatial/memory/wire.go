package memory

import (
	"encoding/binary"
	"math"
	"strconv"
	"unsafe"

	"github.com/shikong-cim/shikong/spatial"
)

// A value is kept in the bytes of a vector tile's Value message (Mapbox Vector Tile
// 2.1 §4.1, vector_tile.proto), without the key and length around it:
//
//	+-----------+---------------------------------------------+
//	| key  byte | string: length varint, UTF-8                |
//	|           | float: 4 bytes, double: 8 bytes             |
//	|           | unsigned: varint, signed: zigzag varint     |
//	|           | bool: one byte                              |
//	+-----------+---------------------------------------------+
//
// so that a tile copies it as it is. A null has no bytes: the format knows none.
const (
	wireString = 1<<3 | 2
	wireFloat  = 2<<3 | 5
	wireDouble = 3<<3 | 1
	wireUint   = 5 << 3
	wireSint   = 6 << 3
	wireBool   = 7 << 3
)

// AppendWire appends a value in the form of a vector tile's Value message. Numbers that a
// float of 32 bits holds exactly take that form; JSON goes as a string; null adds nothing.
func AppendWire(dst []byte, v spatial.Value) []byte {
	switch v.Kind() {
	case spatial.Bool:
		if v.Bool() {
			return append(dst, wireBool, 1)
		}
		return append(dst, wireBool, 0)
	case spatial.Int:
		if i := v.Int(); i < 0 {
			return binary.AppendUvarint(append(dst, wireSint), uint64(i)<<1^uint64(i>>63))
		}
		return binary.AppendUvarint(append(dst, wireUint), uint64(v.Int()))
	case spatial.Float:
		f := v.Float()
		if f32 := float32(f); math.Float64bits(float64(f32)) == math.Float64bits(f) {
			return binary.LittleEndian.AppendUint32(append(dst, wireFloat), math.Float32bits(f32))
		}
		return binary.LittleEndian.AppendUint64(append(dst, wireDouble), math.Float64bits(f))
	case spatial.String, spatial.JSON:
		s := v.Text()
		dst = binary.AppendUvarint(append(dst, wireString), uint64(len(s)))
		return append(dst, s...)
	}
	return dst
}

// parseWire is the inverse for bytes that AppendWire made. The text of the value is the
// dictionary's own memory, which is never written again.
func parseWire(kind spatial.ValueKind, b []byte) spatial.Value {
	switch kind {
	case spatial.Bool:
		return spatial.BoolOf(b[1] == 1)
	case spatial.Int:
		u, _ := binary.Uvarint(b[1:])
		if b[0] == wireSint {
			return spatial.IntOf(int64(u>>1) ^ -int64(u&1))
		}
		return spatial.IntOf(int64(u))
	case spatial.Float:
		if b[0] == wireFloat {
			return spatial.FloatOf(float64(math.Float32frombits(binary.LittleEndian.Uint32(b[1:]))))
		}
		return spatial.FloatOf(math.Float64frombits(binary.LittleEndian.Uint64(b[1:])))
	case spatial.String:
		return spatial.StringOf(wireText(b))
	case spatial.JSON:
		return spatial.JSONOf(wireText(b))
	}
	return spatial.Value{}
}

// appendJSON appends a value as JSON, most of them without making them: those that many rows
// share, texts, and whole numbers that are none of a column of text.
func (v *Values) appendJSON(dst []byte, id ValueID, text bool) []byte {
	if int(id) < len(v.ready) && v.ready[id].in(text) {
		return v.ready[id].append(dst)
	}
	if b := v.wire[v.start[id]:]; b[0] < 0x80 && b[0] > 1 {
		switch kind := b[1]; {
		case kind == wireString && v.kinds[id] == spatial.String:
			return spatial.AppendJSONString(dst, textOf(b[3:int(b[0])+1]))
		case kind == wireUint && !text:
			n, _ := binary.Uvarint(b[2:])
			return strconv.AppendUint(dst, n, 10)
		}
	}
	one := parseWire(v.kinds[id], v.message(id))
	if text {
		return one.AppendJSONText(dst)
	}
	return one.AppendJSON(dst)
}

// numberOfWire returns a number without making a value of it, which takes twice as long.
func numberOfWire(b []byte) (float64, bool) {
	if len(b) < 2 {
		return 0, false
	}
	switch b[0] {
	case wireFloat:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[1:]))), true
	case wireDouble:
		return math.Float64frombits(binary.LittleEndian.Uint64(b[1:])), true
	case wireUint:
		u, _ := binary.Uvarint(b[1:])
		return float64(u), true
	case wireSint:
		u, _ := binary.Uvarint(b[1:])
		return float64(int64(u>>1) ^ -int64(u&1)), true
	}
	return 0, false
}

func wireText(b []byte) string {
	n, size := binary.Uvarint(b[1:])
	return textOf(b[1+size : 1+size+int(n)])
}

// textOf views bytes that are never written again as a string.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
