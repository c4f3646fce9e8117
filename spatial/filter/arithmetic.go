package filter

import "math"

func buildArithmetic(f func(a, b value) value) func(*compiler, []node) node {
	return func(_ *compiler, args []node) node {
		return binary{args[0], args[1], func(a, b value) value {
			if !a.isNumber() || !b.isNumber() {
				return null
			}
			return f(a, b)
		}}
	}
}

// exactly takes what integers come to, or what their floats do where 64 bits do not hold it.
func exactly(a, b value, ints func(a, b int64) (int64, bool), floats func(a, b float64) float64) value {
	if a.kind == isInt && b.kind == isInt {
		if i, ok := ints(a.i, b.i); ok {
			return intOf(i)
		}
	}
	return floatOf(floats(a.float(), b.float()))
}

func add(a, b value) value {
	return exactly(a, b, func(a, b int64) (int64, bool) {
		c := a + b
		return c, (c > a) == (b > 0)
	}, func(a, b float64) float64 { return a + b })
}

func subtract(a, b value) value {
	return exactly(a, b, func(a, b int64) (int64, bool) {
		c := a - b
		return c, (c < a) == (b > 0)
	}, func(a, b float64) float64 { return a - b })
}

func multiply(a, b value) value {
	return exactly(a, b, func(a, b int64) (int64, bool) {
		if a == 0 || b == 0 {
			return 0, true
		}
		c := a * b
		return c, c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64)
	}, func(a, b float64) float64 { return a * b })
}

// divide gives a fraction also of integers; nothing can be divided by zero.
func divide(a, b value) value {
	if b.float() == 0 {
		return null
	}
	return floatOf(a.float() / b.float())
}

// quotient is the whole part of the division, towards zero.
func quotient(a, b value) value {
	if b.float() == 0 {
		return null
	}
	return exactly(a, b, func(a, b int64) (int64, bool) {
		if a == math.MinInt64 && b == -1 {
			return 0, false
		}
		return a / b, true
	}, func(a, b float64) float64 { return math.Trunc(a / b) })
}

// modulo is what quotient leaves, with the sign of the dividend.
func modulo(a, b value) value {
	if b.float() == 0 {
		return null
	}
	return exactly(a, b, func(a, b int64) (int64, bool) {
		if b == -1 {
			return 0, true
		}
		return a % b, true
	}, math.Mod)
}

func power(a, b value) value {
	f := math.Pow(a.float(), b.float())
	const exact = 1 << 53
	if a.kind == isInt && b.kind == isInt && b.i >= 0 && math.Abs(f) < exact {
		return intOf(int64(f))
	}
	return floatOf(f)
}
