package spatial

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
)

const hexDigits = "0123456789abcdef"

// AppendJSONString appends s as a JSON string. U+2028 and the HTML signs stay as they are:
// what is shown in a page is escaped where the page is made.
func AppendJSONString(dst []byte, s string) []byte {
	if out, ok := appendPlain(dst, s); ok {
		return out
	}
	dst = append(dst, '"')
	for {
		n := plainPrefix(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return append(dst, '"')
		}
		dst = appendEscaped(dst, s[n])
		s = s[n+1:]
	}
}

// appendPlain appends a string that needs no escape, looked at and copied eight bytes a step:
// most are so short that the call of a copy would take longer.
func appendPlain(dst []byte, s string) ([]byte, bool) {
	const most = 64
	at, n := len(dst), len(s)
	if n > most {
		return dst, false
	}
	if cap(dst)-at < most+2 {
		dst = slices.Grow(dst, most+2)
	}
	to := dst[at : at+most+2]
	to[0] = '"'
	switch {
	case n >= 8:
		i := 0
		for ; i+8 <= n; i += 8 {
			w := word(s[i : i+8])
			if escapes(w) != 0 {
				return dst, false
			}
			binary.LittleEndian.PutUint64(to[i+1:], w)
		}
		if i < n { // the last eight, some of them again
			w := word(s[n-8 : n])
			if escapes(w) != 0 {
				return dst, false
			}
			binary.LittleEndian.PutUint64(to[n-7:], w)
		}
	default:
		for i := range n {
			if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
				return dst, false
			}
			to[i+1] = s[i]
		}
	}
	to[n+1] = '"'
	return dst[:at+n+2], true
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// plainPrefix returns how many bytes at the start need no escape: eight bytes a step.
func plainPrefix(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if e := escapes(word(s[i : i+8])); e != 0 {
			return i + bits.TrailingZeros64(e)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			return i
		}
	}
	return i
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// escapes returns a word whose lowest bit that is set stands in the first byte of w that is
// below 0x20, a quotation mark or a backslash; 0 when there is none. Subtracting from a byte
// borrows from the next only where the byte itself is found.
func escapes(w uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quotes, slashes := w^'"'*ones, w^'\\'*ones
	return ((w - 0x20*ones) | (quotes - ones) | (slashes - ones)) & ^w & tops
}

// appendFloat appends the shortest form that reads back to the same bits, with a mark of
// being no integer. Most numbers of a source have few decimals: what is a whole number of
// tenths, hundredths or thousandths needs no search.
func appendFloat(dst []byte, f float64) []byte {
	if out, ok := appendShort(dst, f); ok {
		return out
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, format, -1, 64)
	for _, c := range dst[start:] {
		if c == '.' || c == 'e' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// appendShort appends f if it is the float nearest to a decimal of at most three places and
// nine digits; no shorter one is as near. The quotient of two integers below 2⁵³ is rounded
// once, so it is the float that reading the decimal gives.
func appendShort(dst []byte, f float64) ([]byte, bool) {
	const most = 1e9
	scale := 1.0
	for places := range 4 {
		n := int64(f * scale)
		if n <= -most || n >= most || f == 0 {
			return dst, false // also NaN and infinities, and -0
		}
		if f*scale-float64(n) >= 0.5 {
			n++
		} else if float64(n)-f*scale >= 0.5 {
			n--
		}
		if float64(n)/scale == f {
			return appendPlaces(dst, n, places), true
		}
		scale *= 10
	}
	return dst, false
}

// appendPlaces appends n with so many of its digits behind the point, but at least one.
func appendPlaces(dst []byte, n int64, places int) []byte {
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	if places == 0 {
		return append(strconv.AppendInt(dst, n, 10), ".0"...)
	}
	scale := [...]int64{1, 10, 100, 1000}[places]
	dst = append(strconv.AppendInt(dst, n/scale, 10), '.')
	for n %= scale; places > 0; places-- {
		scale /= 10
		dst = append(dst, byte('0'+n/scale))
		n %= scale
	}
	return dst
}
