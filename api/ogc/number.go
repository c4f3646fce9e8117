package ogc

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// Digits after the point: 1e-9 degrees are a tenth of a millimetre, as 1e-4 metres are.
const (
	degreeDigits = 9
	metreDigits  = 4
)

// appendFixed appends v with at most digits (0 to 9) after the point and no zeros at its
// end. It is several times faster than strconv, which seeks the shortest form that reads
// back to the same bits; here the digits are known.
func appendFixed(dst []byte, v float64, digits int) []byte {
	scaled := v * float64(powersOf10[digits])
	if !(math.Abs(scaled) < 1<<53) { // also NaN, which JSON cannot carry and no store holds
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	return appendDecimal(dst, int64(math.RoundToEven(scaled)), digits)
}

// decimalRoom is more than the longest decimal takes.
const decimalRoom = 32

// appendDecimal appends n·10^-digits, with no zeros at its end.
func appendDecimal(dst []byte, n int64, digits int) []byte {
	dst = slices.Grow(dst, decimalRoom)
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	whole, frac := split(uint64(n), digits)
	switch {
	case whole < 10:
		dst = append(dst, byte('0'+whole))
	case whole >= 100 && whole < 200: // the longitudes of half the world
		whole -= 100
		dst = append(dst, '1', byte('0'+whole/10), byte('0'+whole%10))
	case whole < 100:
		dst = append(dst, byte('0'+whole/10), byte('0'+whole%10))
	default:
		dst = strconv.AppendUint(dst, whole, 10)
	}
	if frac == 0 {
		return dst
	}
	at := len(dst)
	dst = dst[:at+10]
	dst[at], dst[at+1] = '.', byte('0'+frac/1e8)
	eight := eightDigits(uint32(frac % 1e8))
	binary.LittleEndian.PutUint64(dst[at+2:], eight+0x3030303030303030)
	return dst[:at+10-bits.LeadingZeros64(eight)/8]
}

// split parts a decimal at its point; the fraction has nine digits. Division by what the
// compiler knows is many times faster.
func split(u uint64, digits int) (whole, frac uint64) {
	switch digits {
	case 9:
		return u / 1e9, u % 1e9
	case 7:
		return u / 1e7, u % 1e7 * 1e2
	case 4:
		return u / 1e4, u % 1e4 * 1e5
	}
	scale := powersOf10[digits]
	return u / scale, u % scale * powersOf10[9-digits]
}

// eightDigits returns the digits of a number below 10⁸, the first in the lowest byte: halves,
// quarters and eighths of it are divided in one word, with products for quotients.
func eightDigits(v uint32) uint64 {
	fours := uint64(v/10_000) | uint64(v%10_000)<<32
	hundreds := fours * 10_486 >> 20 & 0x0000007f_0000007f // by 100, exact below 43,698
	twos := hundreds | (fours-100*hundreds)<<16
	tens := twos * 103 >> 10 & 0x000f_000f_000f_000f // by 10, exact below 179
	return tens | (twos-10*tens)<<8
}

var powersOf10 = [...]uint64{1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}
