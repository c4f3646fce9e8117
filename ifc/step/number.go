package step

import (
	"math"
	"strconv"
	"unsafe"
)

// maxDigits is how many digits an instance number may have: all numbers of 18 digits fit
// in 64 bits.
const maxDigits = 18

// readNumber reads the digits at the start of b and returns what follows them; false when
// there are none or too many.
func readNumber(b []byte) (uint64, []byte, bool) {
	var n uint64
	i := 0
	for i < len(b) && b[i] == '0' {
		i++
	}
	zeros := i
	for i < len(b) && isDigit(b[i]) {
		n = n*10 + uint64(b[i]-'0')
		i++
	}
	if i == 0 || i-zeros > maxDigits {
		return 0, b[i:], false
	}
	return n, b[i:], true
}

// numberKind tells an integer from a real. ISO 10303-21: a real has a decimal point.
func numberKind(b []byte) Kind {
	for i, c := range b {
		switch {
		case c == '.' || c|0x20 == 'e' && i > 0:
			return Real
		case !isDigit(c) && (i > 0 || c != '-' && c != '+'):
			if i == 1 && !isDigit(b[0]) {
				return Invalid
			}
			return Integer
		}
	}
	return Integer
}

// Powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// readFloat reads a number at the start of b and returns what follows it. What is not
// finite is not a number. Short numbers are made by one exact multiplication or division
// (both operands fit in 53 bits, so the result is correctly rounded); the rest goes to
// strconv.
func readFloat(b []byte) (float64, []byte, bool) {
	i := 0
	negative := false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	var mantissa uint64
	digits, seen, point := 0, 0, -1
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && point < 0 {
			point = i
			continue
		}
		if !isDigit(c) {
			break
		}
		seen++
		if digits < 19 {
			mantissa = mantissa*10 + uint64(c-'0')
		}
		if mantissa != 0 {
			digits++
		}
	}
	end := i
	exponent := 0
	if point >= 0 {
		exponent = point + 1 - end
	}
	if seen == 0 {
		return 0, b, false
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		e, n := readExponent(b[i+1:])
		if n > 0 {
			exponent += e
			end = i + 1 + n
		}
	}
	if mantissa < 1<<53 && digits <= 19 && exponent >= -22 && exponent <= 22 {
		f := float64(mantissa)
		if exponent < 0 {
			f /= exactPowers[-exponent]
		} else {
			f *= exactPowers[exponent]
		}
		if negative {
			f = -f
		}
		return f, b[end:], true
	}
	f, err := strconv.ParseFloat(unsafe.String(&b[0], end), 64)
	if math.IsInf(f, 0) || err != nil && f == 0 {
		return 0, b[end:], err == nil && !math.IsInf(f, 0)
	}
	return f, b[end:], true
}

// readExponent returns the exponent at the start of b and its length, bounded so that it
// cannot overflow.
func readExponent(b []byte) (value, length int) {
	i, sign := 0, 1
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		if b[i] == '-' {
			sign = -1
		}
		i++
	}
	start := i
	for i < len(b) && isDigit(b[i]) {
		if value < 10000 {
			value = value*10 + int(b[i]-'0')
		}
		i++
	}
	if i == start {
		return 0, 0
	}
	return sign * value, i
}

// readInt reads an integer; a real counts when it is whole.
func readInt(b []byte) (int64, bool) {
	i := 0
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		i++
	}
	n, rest, ok := readNumber(b[i:])
	if ok && (len(rest) == 0 || rest[0] != '.' && rest[0]|0x20 != 'e') {
		if b[0] == '-' {
			return -int64(n), true
		}
		return int64(n), true
	}
	f, _, ok := readFloat(b)
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<62 {
		return 0, false
	}
	return int64(f), true
}

// Floats appends all numbers of a value to dst: those of nested lists one after the
// other, ((1.,2.),(3.,4.)) as 1 2 3 4. What is no number inside is passed over.
func (v Value) Floats(dst []float64) []float64 {
	w := walk{b: v.b}
	for w.next() {
		if c := w.b[0]; !isDigit(c) && c != '-' && c != '+' && c != '.' {
			w.skip()
			continue
		}
		f, rest, ok := readFloat(w.b)
		if !ok {
			w.skip()
			continue
		}
		dst = append(dst, f)
		w.b = rest
	}
	return dst
}

// Ints appends all whole numbers of a value to dst, as Floats does. Numbers that do not
// fit in an int32 are passed over, as no index or multiplicity is that large.
func (v Value) Ints(dst []int) []int {
	w := walk{b: v.b}
	for w.next() {
		i, ok := readInt(w.b)
		if ok && i == int64(int32(i)) {
			dst = append(dst, int(i))
		}
		w.skip()
	}
	return dst
}

// Refs appends all instance numbers that a value refers to, as Floats does.
func (v Value) Refs(dst []uint64) []uint64 {
	w := walk{b: v.b}
	for w.next() {
		if w.b[0] == '#' {
			if n, rest, ok := readNumber(w.b[1:]); ok {
				dst = append(dst, n)
				w.b = rest
				continue
			}
		}
		w.skip()
	}
	return dst
}

// walk goes over the scalars of a value, into its lists and typed parameters.
type walk struct {
	b     []byte
	depth int
	begun bool
}

// next moves to the next scalar and reports whether there is one.
func (w *walk) next() bool {
	if w.begun && w.depth == 0 {
		return false
	}
	w.begun = true
	for len(w.b) > 0 {
		switch c := w.b[0]; {
		case c == '(':
			w.depth++
		case c == ')':
			w.depth--
			if w.depth <= 0 {
				return false
			}
		case c == ',':
			if w.depth == 0 {
				return false
			}
		case c == ';':
			return false
		case isSpace(c):
		case c == '/':
			rest := skipSpace(w.b)
			if len(rest) == len(w.b) {
				return true
			}
			w.b = rest
			continue
		case isLetter(c) || c == '!':
			w.b = skipSpace(skipKeyword(w.b))
			if w.depth == 0 {
				// Only the parameter of the keyword belongs to the value.
				if len(w.b) == 0 || w.b[0] != '(' {
					return false
				}
			}
			continue
		default:
			return true
		}
		w.b = w.b[1:]
	}
	return false
}

// skip goes over the scalar at hand.
func (w *walk) skip() {
	rest := skipValue(w.b)
	if len(rest) == len(w.b) {
		rest = rest[1:]
	}
	w.b = rest
}
