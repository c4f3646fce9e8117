package mvt

import (
	"encoding/binary"
	"math"
	"slices"
)

// ContentType is the media type of a tile.
const ContentType = "application/vnd.mapbox-vector-tile"

// Extent is the number of units along the side of a tile that this house writes.
const Extent = 4096

// GeomType is the type of a feature's geometry, numbered as in vector_tile.proto.
type GeomType uint8

// The types.
const (
	Unknown    GeomType = 0
	Point      GeomType = 1
	LineString GeomType = 2
	Polygon    GeomType = 3
)

// Protobuf field keys: number<<3 | wire type.
const (
	tileLayer       = 3<<3 | 2
	layerVersion    = 15 << 3
	layerName       = 1<<3 | 2
	layerFeature    = 2<<3 | 2
	layerKey        = 3<<3 | 2
	layerValue      = 4<<3 | 2
	layerExtent     = 5 << 3
	featureID       = 1 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2
	valueString     = 1<<3 | 2
	valueFloat      = 2<<3 | 5
	valueDouble     = 3<<3 | 1
	valueInt        = 4 << 3
	valueUint       = 5 << 3
	valueSint       = 6 << 3
	valueBool       = 7 << 3
)

// Layer writes one layer at a time and keeps its memory for the next. The zero value is
// ready after Reset. It is not for more than one goroutine.
type Layer struct {
	// Geometry of the feature that is being written.
	Geometry Geometry

	head, features, keys, values []byte
	tags                         []byte
	count, keyCount, valueCount  int
	extent                       uint32
}

// Reset begins a layer. The name must be unique in its tile.
func (l *Layer) Reset(name string, extent uint32) {
	l.head = append(l.head[:0], layerVersion, 2)
	l.head = appendString(append(l.head, layerName), name)
	l.features, l.keys, l.values = l.features[:0], l.keys[:0], l.values[:0]
	l.count, l.keyCount, l.valueCount, l.extent = 0, 0, 0, extent
	l.Drop()
}

// Count returns how many features the layer has.
func (l *Layer) Count() int { return l.count }

// Size returns how many bytes AppendTo would add now, within a few.
func (l *Layer) Size() int {
	return len(l.head) + len(l.features) + len(l.keys) + len(l.values) + 12
}

// Key adds a key and returns its index. It is the caller's to add each only once.
func (l *Layer) Key(name string) uint32 {
	l.keys = appendString(append(l.keys, layerKey), name)
	l.keyCount++
	return uint32(l.keyCount - 1)
}

// Value adds a value that is already encoded, as a Value message behind its length as a
// varint, and returns its index.
func (l *Layer) Value(encoded []byte) uint32 {
	b := slices.Grow(l.values, 1+len(encoded))
	n := len(b)
	b = b[:n+1+len(encoded)]
	b[n] = layerValue
	copy(b[n+1:], encoded)
	l.values = b
	return l.valued()
}

// ValueKey is the key of a value among a layer's fields.
const ValueKey byte = layerValue

// Values adds n values at once, which add appends to the bytes that it is given: each a Value
// message as a field with ValueKey. Their indices begin at the ValueCount before.
func (l *Layer) Values(n int, add func([]byte) []byte) {
	l.values = add(l.values)
	l.valueCount += n
}

// ValueCount returns how many values the layer has.
func (l *Layer) ValueCount() uint32 { return uint32(l.valueCount) }

// String adds a text value and returns its index.
func (l *Layer) String(s string) uint32 {
	if len(s) < 0x7e { // a length of one byte, and one more around it
		b := slices.Grow(l.values, 4+len(s))
		n := len(b)
		b = b[:n+4+len(s)]
		b[n], b[n+1], b[n+2], b[n+3] = layerValue, byte(2+len(s)), valueString, byte(len(s))
		copy(b[n+4:], s)
		l.values = b
		return l.valued()
	}
	size := 1 + uvarintSize(uint64(len(s))) + len(s)
	l.values = binary.AppendUvarint(append(l.values, layerValue), uint64(size))
	l.values = appendString(append(l.values, valueString), s)
	return l.valued()
}

// Number adds a number and returns its index: as a float of 32 bits when that holds it
// exactly, else of 64.
func (l *Layer) Number(f float64) uint32 {
	if f32 := float32(f); float64(f32) == f {
		l.values = append(l.values, layerValue, 5, valueFloat)
		l.values = binary.LittleEndian.AppendUint32(l.values, math.Float32bits(f32))
	} else {
		l.values = append(l.values, layerValue, 9, valueDouble)
		l.values = binary.LittleEndian.AppendUint64(l.values, math.Float64bits(f))
	}
	return l.valued()
}

// Uint adds a whole number and returns its index.
func (l *Layer) Uint(u uint64) uint32 {
	l.values = append(l.values, layerValue, byte(1+uvarintSize(u)), valueUint)
	l.values = binary.AppendUvarint(l.values, u)
	return l.valued()
}

// Bool adds a truth value and returns its index.
func (l *Layer) Bool(b bool) uint32 {
	l.values = append(l.values, layerValue, 2, valueBool, 0)
	if b {
		l.values[len(l.values)-1] = 1
	}
	return l.valued()
}

func (l *Layer) valued() uint32 {
	l.valueCount++
	return uint32(l.valueCount - 1)
}

// Tag gives the feature that is being written a property by the indices of key and value.
func (l *Layer) Tag(key, value uint32) {
	l.tags = appendUvarint32(appendUvarint32(l.tags, key), value)
}

// Tags does the same for several properties: a key, its value, a key, its value and so on.
func (l *Layer) Tags(list []uint32) {
	for _, v := range list {
		l.tags = appendUvarint32(l.tags, v)
	}
}

// Batch is how many features a Column has values for.
const Batch = 64

// Column is a property of several features.
type Column struct {
	Key    uint32        // its index
	Values [Batch]uint32 // of each feature the index of its value and one, 0 for none
}

// Drop forgets the tags and the geometry of the feature that is being written.
func (l *Layer) Drop() {
	l.tags = l.tags[:0]
	l.Geometry.Reset()
}

// Feature closes the feature that is being written and begins the next. An id of 0 is left
// out.
func (l *Layer) Feature(id uint64, t GeomType) {
	l.Add(id, t, l.Geometry.Bytes(0, len(l.Geometry.buf)))
	l.Geometry.Reset()
}

// Add adds a feature of the tags at hand and of a geometry that was drawn elsewhere, and begins
// the tags of another: so geometries can be drawn first and tagged later.
func (l *Layer) Add(id uint64, t GeomType, geometry []byte) {
	b, at := l.open(id, len(l.tags)+len(geometry))
	l.close(b, at, at+lengthRoom+copy(b[at+lengthRoom:], l.tags), t, geometry)
	l.tags = l.tags[:0]
}

// AddRow does the same for the feature r of several columns instead of the tags at hand.
func (l *Layer) AddRow(id uint64, t GeomType, geometry []byte, columns []Column, r int) {
	b, at := l.open(id, 2*maxVarint32*len(columns)+len(geometry))
	n := at + lengthRoom
	for k := range columns {
		c := &columns[k]
		v := c.Values[r] - 1
		if short := b[n : n+4]; c.Key|v < 0x80 {
			binary.LittleEndian.PutUint16(short, uint16(c.Key|v<<8))
			n += 2
		} else if c.Key < 0x80 && v < 1<<14 {
			binary.LittleEndian.PutUint32(short, c.Key|(v&0x7f|0x80)<<8|v>>7<<16)
			n += 3
		} else if v != none {
			n = putUvarint32(b, putUvarint32(b, n, c.Key), v)
		}
	}
	l.close(b, at, n, t, geometry)
}

// none is the index of no value.
const none = math.MaxUint32

// lengthRoom is what the key and the length of a part take, when it is as short as nearly
// all are. Before a longer one there must be more room.
const lengthRoom = 2

// open makes room for a feature with so many bytes of tags and geometry and writes its id. It
// returns the layer's features with all room behind them and where the tags begin.
func (l *Layer) open(id uint64, size int) (b []byte, at int) {
	at = len(l.features) + lengthRoom
	b = slices.Grow(l.features, size+64)
	b = b[:cap(b)]
	if id != 0 {
		b[at] = featureID
		at = putUvarint(b, at+1, id)
	}
	return b, at
}

// close writes what follows the tags of a feature, which end at n behind the room for their
// length, and the lengths.
func (l *Layer) close(b []byte, at, n int, t GeomType, geometry []byte) {
	if n == at+lengthRoom {
		n = at
	} else {
		n = wrap(b, at, n, featureTags)
	}
	b[n], b[n+1], b[n+2] = featureType, byte(t), featureGeometry
	n = putUvarint32(b, n+3, uint32(len(geometry)))
	n += copy(b[n:], geometry)
	l.features = b[:wrap(b, len(l.features), n, layerFeature)]
	l.count++
}

// wrap makes what stands from b[at+lengthRoom] up to b[n] a part with a key and its length, and
// returns where it ends.
func wrap(b []byte, at, n int, key byte) int {
	size := n - at - lengthRoom
	b[at] = key
	if size < 0x80 {
		b[at+1] = byte(size)
		return n
	}
	more := uvarintSize(uint64(size)) - 1
	copy(b[at+lengthRoom+more:], b[at+lengthRoom:n])
	putUvarint32(b, at+1, uint32(size))
	return n + more
}

// AppendTo appends the layer to a tile. A layer without features adds nothing, as the
// specification asks (§4.1).
func (l *Layer) AppendTo(tile []byte) []byte {
	if l.count == 0 {
		return tile
	}
	size := len(l.head) + len(l.features) + len(l.keys) + len(l.values) + 1 + uvarintSize(uint64(l.extent))
	tile = slices.Grow(tile, 1+uvarintSize(uint64(size))+size)
	tile = binary.AppendUvarint(append(tile, tileLayer), uint64(size))
	tile = append(tile, l.head...)
	tile = append(tile, l.features...)
	tile = append(tile, l.keys...)
	tile = append(tile, l.values...)
	return binary.AppendUvarint(append(tile, layerExtent), uint64(l.extent))
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// appendUvarint32 is short enough to be inlined for the small numbers that most are.
func appendUvarint32(dst []byte, v uint32) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return appendLong(dst, v)
}

func appendLong(dst []byte, v uint32) []byte {
	switch {
	case v < 1<<14:
		return append(dst, byte(v)|0x80, byte(v>>7))
	case v < 1<<21:
		return append(dst, byte(v)|0x80, byte(v>>7)|0x80, byte(v>>14))
	case v < 1<<28:
		return append(dst, byte(v)|0x80, byte(v>>7)|0x80, byte(v>>14)|0x80, byte(v>>21))
	}
	return append(dst, byte(v)|0x80, byte(v>>7)|0x80, byte(v>>14)|0x80, byte(v>>21)|0x80, byte(v>>28))
}

// maxVarint32 is how many bytes a varint of 32 bits takes at most.
const maxVarint32 = binary.MaxVarintLen32

// putUvarint32 writes a number at b[n:], which has room for it, and returns where it ends.
func putUvarint32(b []byte, n int, v uint32) int {
	if v < 0x80 {
		b[n] = byte(v)
		return n + 1
	}
	if v < 1<<14 {
		b[n], b[n+1] = byte(v)|0x80, byte(v>>7)
		return n + 2
	}
	return n + len(appendLong(b[n:n], v))
}

// putUvarint does the same for a number of 64 bits.
func putUvarint(b []byte, n int, v uint64) int {
	for ; v >= 0x80; v >>= 7 {
		b[n] = byte(v) | 0x80
		n++
	}
	b[n] = byte(v)
	return n + 1
}

func uvarintSize(u uint64) int {
	n := 1
	for ; u >= 0x80; u >>= 7 {
		n++
	}
	return n
}
