package ogc

import (
	"math"
	"strconv"
)

// Digits after the point: 1e-9 degrees are a tenth of a millimetre, as 1e-4 metres are.
const (
	degreeDigits = 9
	metreDigits  = 4
)

// appendFixed appends v with at most digits (1 to 9) after the point and no zeros at its
// end. It is several times faster than strconv, which seeks the shortest form that reads
// back to the same bits; here the digits are known.
func appendFixed(dst []byte, v float64, digits int) []byte {
	scale := powersOf10[digits]
	scaled := v * float64(scale)
	if !(math.Abs(scaled) < 1<<53) { // also NaN, which JSON cannot carry and no store holds
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	n := int64(math.RoundToEven(scaled))
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	u := uint64(n)
	whole, frac := u/scale, u%scale
	if whole < 100 {
		dst = appendSmall(dst, whole)
	} else {
		dst = strconv.AppendUint(dst, whole, 10)
	}
	if frac == 0 {
		return dst
	}
	// Two digits a step from the end; an odd count begins with a digit too many, a zero.
	var buf [11]byte
	pairs := (digits + 1) / 2
	for i := pairs; i > 0; i-- {
		pair := frac % 100 * 2
		frac /= 100
		buf[2*i-1], buf[2*i] = twoDigits[pair], twoDigits[pair+1]
	}
	start, end := 2*pairs-digits, 2*pairs
	buf[start] = '.'
	for buf[end] == '0' {
		end--
	}
	return append(dst, buf[start:end+1]...)
}

func appendSmall(dst []byte, n uint64) []byte {
	if n < 10 {
		return append(dst, byte('0'+n))
	}
	return append(dst, twoDigits[2*n], twoDigits[2*n+1])
}

const twoDigits = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"

var powersOf10 = [...]uint64{1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}
