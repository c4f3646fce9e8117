package ogc

import (
	"encoding/binary"
	"slices"
	"strconv"
)

// head writes decimals of one axis. Neighbours have all but their last six digits in common,
// so the others are kept as text. The zero value is ready for of.
type head struct {
	digits int
	key    uint64 // of text: what it says, and the sign
	text   [headRoom]byte
	n      int // bytes of text
}

const (
	headRoom  = 24
	lowDigits = 6
	lowScale  = 1_000_000
)

// of says how many digits stand behind the point.
func (h *head) of(digits int) {
	if h.digits != digits {
		*h = head{digits: digits}
	}
}

// append is appendDecimal behind a bracket, comma or the like.
func (h *head) append(dst []byte, before byte, n int64) []byte {
	if h.digits < lowDigits {
		return appendDecimal(append(dst, before), n, h.digits)
	}
	dst = slices.Grow(dst, numberRoom)
	at := len(dst)
	return dst[:at+h.put(dst[at:at+numberRoom], before, n)]
}

// numberRoom is more than a number takes, with what stands before it.
const numberRoom = 1 + headRoom + 8

// put writes at the start of to, which has numberRoom, and returns how many bytes it took. The
// digits are at least lowDigits.
func (h *head) put(to []byte, before byte, n int64) int {
	_ = to[numberRoom-1]
	u, sign := uint64(n), uint64(0)
	if n < 0 {
		u, sign = -u, 1
	}
	high := u / lowScale
	low := uint32(u - high*lowScale)
	if key := high<<1 | sign; key != h.key || h.n == 0 {
		h.set(key)
	}
	to[0] = before
	if low == 0 { // zeros at its end may reach beyond the last six
		return len(appendDecimal(to[:1], n, h.digits))
	}
	end := 1 + h.n
	if h.n <= 8 {
		binary.LittleEndian.PutUint64(to[1:], binary.LittleEndian.Uint64(h.text[:]))
	} else {
		*(*[headRoom]byte)(to[1:]) = h.text
	}
	last := threeDigits[low%1000]
	binary.LittleEndian.PutUint32(to[end:], threeDigits[low/1000])
	binary.LittleEndian.PutUint32(to[end+3:], last)
	end += lowDigits
	if last>>16 == '0' {
		for to[end-1] == '0' {
			end--
		}
	}
	return end
}

// set makes the text of the digits before the last six, with the point.
func (h *head) set(key uint64) {
	h.key = key
	text := h.text[:0]
	if key&1 != 0 {
		text = append(text, '-')
	}
	behind := h.digits - lowDigits
	scale := powersOf10[behind]
	text = append(strconv.AppendUint(text, key>>1/scale, 10), '.')
	frac := key >> 1 % scale
	for ; behind > 0; behind-- {
		scale /= 10
		text = append(text, byte('0'+frac/scale%10))
	}
	h.n = len(text)
}

// threeDigits are the texts of the numbers below 1000, the first digit in the lowest byte.
var threeDigits = func() (list [1000]uint32) {
	for i := range uint32(1000) {
		list[i] = '0' + i/100 | ('0'+i/10%10)<<8 | ('0'+i%10)<<16
	}
	return list
}()
