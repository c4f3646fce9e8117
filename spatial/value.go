package spatial

import (
	"math"
	"strconv"
)

// ValueKind says what a Value holds.
type ValueKind uint8

// The kinds of value that a property can have.
const (
	Null   ValueKind = iota
	Bool             // true or false
	Int              // a 64-bit integer
	Float            // a finite 64-bit number
	String           // UTF-8 text
	JSON             // anything else, kept as its JSON text: lists, objects, numbers beyond 64 bits
)

// Value is one property's value: a small tagged union, so that a million rows need no
// boxed interfaces. The zero Value is null.
type Value struct {
	kind ValueKind
	bits uint64
	text string
}

// BoolOf returns a truth value.
func BoolOf(b bool) Value {
	v := Value{kind: Bool}
	if b {
		v.bits = 1
	}
	return v
}

// IntOf returns an integer value.
func IntOf(i int64) Value { return Value{kind: Int, bits: uint64(i)} }

// FloatOf returns a number value, null for NaN and infinities.
func FloatOf(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Value{kind: Float, bits: math.Float64bits(f)}
}

// StringOf returns a text value.
func StringOf(s string) Value { return Value{kind: String, text: s} }

// JSONOf returns a value kept as JSON text; the text must be one valid JSON value.
func JSONOf(text string) Value { return Value{kind: JSON, text: text} }

// Kind returns what the value holds.
func (v Value) Kind() ValueKind { return v.kind }

// Bool returns the truth value, false for other kinds.
func (v Value) Bool() bool { return v.kind == Bool && v.bits == 1 }

// Int returns the integer, a number cut towards zero, 0 for other kinds.
func (v Value) Int() int64 {
	if v.kind == Float {
		return int64(math.Float64frombits(v.bits))
	}
	if v.kind == Int {
		return int64(v.bits)
	}
	return 0
}

// Float returns the number, also of an integer; 0 for other kinds.
func (v Value) Float() float64 {
	if v.kind == Int {
		return float64(int64(v.bits))
	}
	if v.kind == Float {
		return math.Float64frombits(v.bits)
	}
	return 0
}

// Text returns the text of a String or JSON value as it is, and of other kinds as a person
// would write it; null is "".
func (v Value) Text() string {
	switch v.kind {
	case Null:
		return ""
	case String, JSON:
		return v.text
	}
	return string(v.AppendJSON(nil))
}

// Any returns the value as a Go value: nil, bool, int64, float64, string, or RawJSON.
func (v Value) Any() any {
	switch v.kind {
	case Bool:
		return v.Bool()
	case Int:
		return v.Int()
	case Float:
		return v.Float()
	case String:
		return v.text
	case JSON:
		return RawJSON(v.text)
	}
	return nil
}

// RawJSON is a JSON text; it marshals as itself.
type RawJSON string

// MarshalJSON returns the text.
func (r RawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// AppendJSON appends the value as JSON (RFC 8259) to dst. A Float always keeps a mark of
// being one ("14.0"), so that reading it back gives the same kind.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case Bool:
		return strconv.AppendBool(dst, v.Bool())
	case Int:
		return strconv.AppendInt(dst, v.Int(), 10)
	case Float:
		return appendFloat(dst, v.Float())
	case String:
		return AppendJSONString(dst, v.text)
	case JSON:
		return append(dst, v.text...)
	}
	return append(dst, "null"...)
}

// AppendJSONText appends what v.As(FieldString) is as JSON, without making it.
func (v Value) AppendJSONText(dst []byte) []byte {
	switch v.kind {
	case Bool, Int, Float: // written without a sign that a text would escape
		return append(v.AppendJSON(append(dst, '"')), '"')
	case JSON:
		return AppendJSONString(dst, v.text)
	}
	return v.AppendJSON(dst)
}
