package step

import (
	"iter"
	"strings"
)

// Kind says what a Value holds.
type Kind uint8

// The kinds of parameter of ISO 10303-21.
const (
	Absent  Kind = iota // no such parameter
	Null                // $, a value that is not given
	Derived             // *, a value that the schema derives
	Integer
	Real
	String  // 'text'
	Enum    // .NAME., also .T., .F. and .U.
	Ref     // #123
	Binary  // "0F…"
	List    // (…)
	Typed   // KEYWORD(…)
	Invalid // none of these
)

// Value is one parameter: a slice of the file that begins with it. Nothing is decoded
// until it is asked for. The zero Value is absent: no number, no text, an empty list.
type Value struct {
	b []byte // begins with the parameter and runs on behind it
}

// Kind returns what the value holds.
func (v Value) Kind() Kind {
	if len(v.b) == 0 {
		return Absent
	}
	switch c := v.b[0]; {
	case c == '$':
		return Null
	case c == '*':
		return Derived
	case c == '\'':
		return String
	case c == '(':
		return List
	case c == '"':
		return Binary
	case c == '#':
		return Ref
	case c == '.' && (len(v.b) < 2 || !isDigit(v.b[1])):
		return Enum
	case isLetter(c) || c == '!':
		return Typed
	case isDigit(c) || c == '-' || c == '+' || c == '.':
		return numberKind(v.b)
	case c == ',' || c == ')':
		return Absent
	}
	return Invalid
}

// IsNull reports whether there is nothing here: $, * or no parameter at all.
func (v Value) IsNull() bool {
	return len(v.b) == 0 || v.b[0] == '$' || v.b[0] == '*' || v.b[0] == ',' || v.b[0] == ')'
}

// Raw returns the parameter as it stands in the file. The bytes belong to the file.
func (v Value) Raw() []byte {
	if len(v.b) == 0 {
		return nil
	}
	return v.b[:len(v.b)-len(skipValue(v.b))]
}

// Typed returns the keyword and the value of a typed parameter such as LABEL('x'). The
// keyword belongs to the file and stands as it is there; for other kinds it is empty and
// the value is v itself.
func (v Value) Typed() ([]byte, Value) {
	if len(v.b) == 0 || !isLetter(v.b[0]) && v.b[0] != '!' {
		return nil, v
	}
	rest := skipKeyword(v.b)
	word := v.b[:len(v.b)-len(rest)]
	rest = skipSpace(rest)
	if len(rest) == 0 || rest[0] != '(' {
		return word, Value{}
	}
	c := Cursor{b: rest[1:]}
	inner, _ := c.Next()
	return word, inner
}

// maxTyped bounds how deep typed parameters may stand inside each other.
const maxTyped = 8

// bare returns the value inside typed parameters.
func (v Value) bare() Value {
	for range maxTyped {
		if len(v.b) == 0 || !isLetter(v.b[0]) && v.b[0] != '!' {
			return v
		}
		_, v = v.Typed()
	}
	return Value{}
}

// Float returns the number of a real or an integer, also inside a typed parameter.
func (v Value) Float() (float64, bool) {
	v = v.bare()
	f, _, ok := readFloat(v.b)
	return f, ok
}

// Int returns the number of an integer, or of a real that is whole, also inside a typed
// parameter.
func (v Value) Int() (int64, bool) {
	v = v.bare()
	return readInt(v.b)
}

// Ref returns the instance number that the value refers to, also inside a typed parameter.
func (v Value) Ref() (uint64, bool) {
	v = v.bare()
	if len(v.b) == 0 || v.b[0] != '#' {
		return 0, false
	}
	n, _, ok := readNumber(v.b[1:])
	return n, ok
}

// Enum returns the name of an enumeration value without its dots, also inside a typed
// parameter; "" for other kinds.
func (v Value) Enum() string { return string(v.enum()) }

// EnumIs reports whether the value is the enumeration value of that name.
func (v Value) EnumIs(name string) bool { return string(v.enum()) == name }

func (v Value) enum() []byte {
	v = v.bare()
	if len(v.b) == 0 || v.b[0] != '.' {
		return nil
	}
	b := v.b[1:]
	for i, c := range b {
		if c == '.' {
			return b[:i]
		}
		if !isKeyword(c) {
			return nil
		}
	}
	return nil
}

// Bool returns the truth value of .T. or .F.; false for .U. and other kinds.
func (v Value) Bool() (value, ok bool) {
	switch e := v.enum(); {
	case len(e) != 1:
		return false, false
	case e[0] == 'T':
		return true, true
	default:
		return false, e[0] == 'F'
	}
}

// List returns a cursor over the items of a list, also inside a typed parameter; the
// cursor of anything else is empty.
func (v Value) List() Cursor {
	v = v.bare()
	if len(v.b) == 0 || v.b[0] != '(' {
		return Cursor{}
	}
	return Cursor{b: v.b[1:], list: true}
}

// Items returns the items of a list one after the other.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		c := v.List()
		for item, ok := c.Next(); ok; item, ok = c.Next() {
			if !yield(item) {
				return
			}
		}
	}
}

// Len returns the number of items of a list.
func (v Value) Len() int {
	n := 0
	c := v.List()
	for _, ok := c.Next(); ok; _, ok = c.Next() {
		n++
	}
	return n
}

// Cursor goes over the items of a parameter list. The zero Cursor is empty.
type Cursor struct {
	b       []byte
	pending bool // b begins with a value that was given out and must be skipped
	list    bool // a comma behind the last item is a slip and no further item
}

// Next returns the next item, or false behind the last.
func (c *Cursor) Next() (Value, bool) {
	b := c.b
	if c.pending {
		if len(b) > 0 && b[0] != ',' && b[0] != ')' {
			b = skipSpace(skipValue(b))
		}
		if len(b) > 0 && b[0] != ',' {
			b = skipToDelimiter(b)
		}
		if len(b) == 0 || b[0] != ',' {
			c.b, c.pending = nil, false
			return Value{}, false
		}
		b = b[1:]
	}
	b = skipSpace(b)
	if len(b) == 0 || b[0] == ';' || b[0] == ')' && (!c.pending || c.list) {
		c.b, c.pending = nil, false
		return Value{}, false
	}
	c.b, c.pending = b, true
	return Value{b}, true
}

// At returns the item at a position from here, the next being 0.
func (c *Cursor) At(position int) Value {
	for range position {
		if _, ok := c.Next(); !ok {
			return Value{}
		}
	}
	v, _ := c.Next()
	return v
}

// upper returns a keyword in upper case.
func upper(word []byte) string { return strings.ToUpper(string(word)) }
