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
	dst = strconv.AppendUint(dst, whole, 10)
	if frac == 0 {
		return dst
	}
	var buf [10]byte
	buf[0] = '.'
	for i := digits; i > 0; i-- {
		buf[i] = byte('0' + frac%10)
		frac /= 10
	}
	end := digits
	for buf[end] == '0' {
		end--
	}
	return append(dst, buf[:end+1]...)
}

var powersOf10 = [...]uint64{1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}
