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
	u, sign := uint64(n), uint64(0)
	if n < 0 {
		u, sign = -u, 1
	}
	low := uint32(u % lowScale)
	if low == 0 || h.digits < lowDigits {
		return appendDecimal(append(dst, before), n, h.digits) // zeros at its end may reach beyond the last six
	}
	if key := u/lowScale<<1 | sign; key != h.key || h.n == 0 {
		h.set(key)
	}
	at := len(dst)
	const room = 1 + headRoom + 8
	if cap(dst)-at < room {
		dst = slices.Grow(dst, room)
	}
	to := dst[at : at+room]
	to[0] = before
	*(*[headRoom]byte)(to[1:]) = h.text
	end := 1 + h.n
	binary.LittleEndian.PutUint32(to[end:], threeDigits[low/1000])
	binary.LittleEndian.PutUint32(to[end+3:], threeDigits[low%1000])
	for end += lowDigits; to[end-1] == '0'; end-- {
	}
	return dst[:at+end]
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
