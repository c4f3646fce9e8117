package ogc

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"
)

// head writes decimals of one axis. Neighbours have all but their last six digits in common,
// so the others are kept as text. The zero value is ready for of.
type head struct {
	digits int
	sign   int64 // -1 for numbers below zero, 0 for others
	base   int64 // the least size of a number that begins with text
	text   [headRoom]byte
	n      int // bytes of text
}

const (
	headRoom  = 16 // ten digits of the sixteen that a number has, the point and the sign
	lowDigits = 6
	lowScale  = 1_000_000
)

// of says how many digits stand behind the point.
func (h *head) of(digits int) {
	if h.digits != digits {
		*h = head{digits: digits, base: math.MaxInt64} // no number begins with nothing
	}
}

// append is appendDecimal behind a bracket, comma or the like.
func (h *head) append(dst []byte, before byte, n int64) []byte {
	if h.digits < lowDigits {
		return appendDecimal(append(dst, before), n, h.digits)
	}
	dst = slices.Grow(dst, numberRoom)
	at := len(dst)
	return dst[:at+h.put((*[numberRoom]byte)(dst[at:at+numberRoom]), before, n)]
}

// numberRoom is more than a number takes, with what stands before it.
const numberRoom = 1 + decimalRoom

// put writes a number and returns how many bytes it took. The digits are at least lowDigits.
func (h *head) put(to *[numberRoom]byte, before byte, n int64) int {
	low := uint64((n^h.sign)-h.sign) - uint64(h.base)
	if low >= lowScale {
		low = h.set(n)
	}
	to[0] = before
	if low == 0 { // zeros at its end may reach beyond the last six
		return len(appendDecimal(to[:1], n, h.digits))
	}
	*(*[headRoom]byte)(to[1:]) = h.text
	end := 1 + h.n&(headRoom-1)
	high := low / 1000
	last := threeDigits[low-1000*high]
	binary.LittleEndian.PutUint32(to[end:], threeDigits[high])
	binary.LittleEndian.PutUint32(to[end+3:], last)
	end += lowDigits - int(last>>24)
	if last>>24 == 3 {
		end -= int(threeDigits[high] >> 24)
	}
	return end
}

// set makes the text of the digits of n before the last six, with the point, and returns what
// those six say.
func (h *head) set(n int64) (low uint64) {
	h.sign = n >> 63
	size := uint64((n ^ h.sign) - h.sign)
	high := size / lowScale
	h.base = int64(high * lowScale)
	text := h.text[:0]
	if n < 0 {
		text = append(text, '-')
	}
	behind := h.digits - lowDigits
	scale := powersOf10[behind]
	text = append(strconv.AppendUint(text, high/scale, 10), '.')
	frac := high % scale
	for ; behind > 0; behind-- {
		scale /= 10
		text = append(text, byte('0'+frac/scale%10))
	}
	h.n = len(text)
	return size - uint64(h.base)
}

// threeDigits are the texts of the numbers below 1000, the first digit in the lowest byte, and
// in the highest how many zeros stand at its end.
var threeDigits = func() (list [1000]uint32) {
	for i := range uint32(1000) {
		list[i] = '0' + i/100 | ('0'+i/10%10)<<8 | ('0'+i%10)<<16
		for scale := uint32(10); scale <= 1000 && i%scale == 0; scale *= 10 {
			list[i] += 1 << 24
		}
	}
	return list
}()
