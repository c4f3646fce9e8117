package tiles

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// A body that Gzip made is laid out so that several can be joined without being unpacked:
//
//	+-----------+---------------------------+-------------------+-------+--------+
//	| header 10 | deflate blocks, the end   | last block, empty | CRC 4 | size 4 |
//	|           | of a flush: 0000ffff      | 03 00             |       |        |
//	+-----------+---------------------------+-------------------+-------+--------+
//
// The blocks of all, one after the other, and one last block are a stream. Members of gzip on
// end would be simpler (RFC 1952 §2.2), but browsers read only the first.
const (
	gzipHeader  = 10
	gzipTrailer = 8
)

// ending is the end of a flush and the last block.
var ending = []byte{0, 0, 0xff, 0xff, 3, 0}

// lastBytes is the length of the last block.
const lastBytes = 2

// joinable reports whether a body is laid out like this.
func joinable(body []byte) bool {
	return len(body) >= gzipHeader+len(ending)+gzipTrailer && bytes.HasPrefix(body, []byte{0x1f, 0x8b, 8, 0}) && bytes.HasSuffix(body[:len(body)-gzipTrailer], ending)
}

// join returns the body of all parts, which are joinable or empty, and false when one is
// not.
func join(parts [][]byte) ([]byte, bool) {
	var some [][]byte
	for _, p := range parts {
		switch {
		case len(p) == 0:
			continue
		case !joinable(p):
			return nil, false
		}
		some = append(some, p)
	}
	switch len(some) {
	case 0:
		return nil, true
	case 1:
		return some[0], true
	}
	return appendJoined(nil, some), true
}

// appendJoined appends the body of all parts, one or more, which are joinable.
func appendJoined(dst []byte, parts [][]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	dst = append(slices.Grow(dst, size), parts[0][:gzipHeader]...)
	sum, length := uint32(0), uint32(0)
	for _, p := range parts {
		end := len(p) - gzipTrailer
		dst = append(dst, p[gzipHeader:end-lastBytes]...)
		n := binary.LittleEndian.Uint32(p[end+4:])
		sum = combine(sum, binary.LittleEndian.Uint32(p[end:]), n)
		length += n
	}
	dst = append(dst, ending[len(ending)-lastBytes:]...)
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	return binary.LittleEndian.AppendUint32(dst, length)
}

// combine returns the checksum of two texts on end from theirs and the length of the second.
// A CRC is a remainder of polynomials over two elements: behind the first come 8·n zeros,
// which multiply it by x^(8·n).
func combine(a, b, n uint32) uint32 {
	shift := uint32(1 << 31) // x^0: bits stand in reverse
	power := uint32(1 << 23) // x^8
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			shift = multiply(shift, power)
		}
		power = multiply(power, power)
	}
	return multiply(shift, a) ^ b
}

// multiply multiplies two polynomials modulo that of CRC-32.
func multiply(a, b uint32) (p uint32) {
	for bit := uint32(1 << 31); bit > 0; bit >>= 1 {
		if a&bit != 0 {
			p ^= b
		}
		if b&1 != 0 {
			b = b>>1 ^ crc32.IEEE
		} else {
			b >>= 1
		}
	}
	return p
}
