package filter

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
)

// valueKind says what a value is while a condition is evaluated.
type valueKind uint8

const (
	isNull valueKind = iota
	isBool
	isInt
	isFloat
	isText
	isTime     // an instant or an interval
	isGeometry // shape holds it
	isArray    // items hold it
	isOther    // a JSON object, which is only known not to be null
)

// value is what an expression comes to for one feature.
type value struct {
	kind  valueKind
	i     int64 // also 0 and 1 for false and true
	f     float64
	text  string
	span  span
	shape *shape
	items []value
}

var null value

func boolOf(b bool) value {
	v := value{kind: isBool}
	if b {
		v.i = 1
	}
	return v
}

func intOf(i int64) value { return value{kind: isInt, i: i} }

// floatOf returns null for what is no number.
func floatOf(f float64) value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return null
	}
	return value{kind: isFloat, f: f}
}

func textOf(s string) value { return value{kind: isText, text: s} }

func (v value) isTrue() bool   { return v.kind == isBool && v.i == 1 }
func (v value) isFalse() bool  { return v.kind == isBool && v.i == 0 }
func (v value) isNumber() bool { return v.kind == isInt || v.kind == isFloat }

func (v value) float() float64 {
	if v.kind == isInt {
		return float64(v.i)
	}
	return v.f
}

// valueOf takes a property's value.
func valueOf(v spatial.Value) value {
	switch v.Kind() {
	case spatial.Bool:
		return boolOf(v.Bool())
	case spatial.Int:
		return intOf(v.Int())
	case spatial.Float:
		return value{kind: isFloat, f: v.Float()}
	case spatial.String:
		return textOf(v.Text())
	case spatial.JSON:
		return jsonValue(v.Text())
	}
	return null
}

// jsonValue takes a value that is kept as JSON: a list, an object, or a number beyond 64
// bits, which counts as the nearest that has 64.
func jsonValue(text string) value {
	text = strings.TrimLeft(text, " \t\r\n")
	if text == "" {
		return null
	}
	switch c := text[0]; {
	case c == '[':
		items, err := arrayOf(jx.DecodeStr(text), 0)
		if err != nil {
			return value{kind: isOther}
		}
		return value{kind: isArray, items: items}
	case c == '-' || isDigit(c):
		f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return null
		}
		return floatOf(f)
	}
	return value{kind: isOther}
}

func arrayOf(d *jx.Decoder, depth int) ([]value, error) {
	if depth > MaxDepth {
		return nil, tooDeep(place{})
	}
	items := []value{}
	err := d.Arr(func(d *jx.Decoder) error {
		if d.Next() == jx.Array {
			inner, err := arrayOf(d, depth+1)
			items = append(items, value{kind: isArray, items: inner})
			return err
		}
		v, err := spatial.DecodeValue(d)
		items = append(items, valueOf(v))
		return err
	})
	return items, err
}

// compare orders two values; ok is false where they cannot be compared.
func compare(a, b value) (order int, ok bool) {
	switch {
	case a.kind == isText && b.kind == isText:
		return strings.Compare(a.text, b.text), true
	case a.isNumber() && b.isNumber():
		return compareNumbers(a, b), true
	case a.kind == isBool && b.kind == isBool:
		return cmp.Compare(a.i, b.i), true
	case a.kind == isTime || b.kind == isTime:
		x, okX := a.toSpan()
		y, okY := b.toSpan()
		return x.start.compare(y.start), okX && okY && !x.isInterval && !y.isInterval
	}
	return 0, false
}

// compareNumbers compares exactly, also an integer that no float holds with a float.
func compareNumbers(a, b value) int {
	switch {
	case a.kind == isInt && b.kind == isInt:
		return cmp.Compare(a.i, b.i)
	case a.kind == isInt:
		return compareIntFloat(a.i, b.f)
	case b.kind == isInt:
		return -compareIntFloat(b.i, a.f)
	}
	return cmp.Compare(a.f, b.f)
}

func compareIntFloat(i int64, f float64) int {
	const two63 = 1 << 63
	switch {
	case f >= two63:
		return -1
	case f < -two63:
		return 1
	}
	whole, part := math.Modf(f)
	if c := cmp.Compare(i, int64(whole)); c != 0 {
		return c
	}
	return cmp.Compare(0, part)
}

// same reports whether two members of arrays are the same value; nulls are none.
func same(a, b value) bool {
	if a.kind == isArray && b.kind == isArray {
		return contains(a.items, b.items) && contains(b.items, a.items)
	}
	c, ok := compare(a, b)
	return ok && c == 0
}

// contains reports whether every member of some is one of all.
func contains(all, some []value) bool {
	for _, s := range some {
		if !has(all, s) {
			return false
		}
	}
	return true
}

func has(all []value, v value) bool {
	for _, a := range all {
		if same(a, v) {
			return true
		}
	}
	return false
}
