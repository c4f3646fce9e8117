package model

import (
	"iter"
	"math"

	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/step"
)

// Value is an attribute's value, decoded when it is asked for. The zero Value is absent:
// it is no number, no text, no list, and refers to none.
type Value struct {
	m *Model
	v step.Value
}

// Step returns the value as package step knows it.
func (v Value) Step() step.Value { return v.v }

// Kind returns what the value holds.
func (v Value) Kind() step.Kind { return v.v.Kind() }

// IsNull reports whether there is nothing here: $, * or no such attribute.
func (v Value) IsNull() bool { return v.v.IsNull() }

// Entity returns the entity that the value refers to, also inside a typed parameter; none
// when it refers to nothing or to a number that the file does not have.
func (v Value) Entity() Entity {
	n, ok := v.v.Ref()
	if !ok || v.m == nil {
		return 0
	}
	return v.m.Find(n)
}

// Attr returns an attribute of the entity that the value refers to.
func (v Value) Attr(name string) Value {
	if v.m == nil {
		return Value{}
	}
	return v.m.Attr(v.Entity(), name)
}

// Float returns a number as the file has it.
func (v Value) Float() (float64, bool) { return v.v.Float() }

// FloatOr returns a number as the file has it, or def.
func (v Value) FloatOr(def float64) float64 {
	if f, ok := v.v.Float(); ok {
		return f
	}
	return def
}

// Int returns a whole number.
func (v Value) Int() (int, bool) {
	i, ok := v.v.Int()
	if int64(int(i)) != i {
		return 0, false
	}
	return int(i), ok
}

// IntOr returns a whole number, or def.
func (v Value) IntOr(def int) int {
	if i, ok := v.Int(); ok {
		return i
	}
	return def
}

// Bool returns a truth value; .U. is not ok.
func (v Value) Bool() (value, ok bool) { return v.v.Bool() }

// BoolOr returns a truth value, or def.
func (v Value) BoolOr(def bool) bool {
	if b, ok := v.v.Bool(); ok {
		return b
	}
	return def
}

// Text returns the decoded text of a string, "" for other kinds.
func (v Value) Text() string { return v.v.Text() }

// Enum returns the name of an enumeration value without its dots.
func (v Value) Enum() string { return v.v.Enum() }

// EnumIs reports whether the value is the enumeration value of that name.
func (v Value) EnumIs(name string) bool { return v.v.EnumIs(name) }

// Typed returns the type and the inner value of a typed parameter such as IFCLABEL('x');
// 0 and v itself for other kinds.
func (v Value) Typed() (schema.Type, Value) {
	word, inner := v.v.Typed()
	if word == nil {
		return 0, v
	}
	return schema.TypeOf(word), Value{m: v.m, v: inner}
}

// Items returns the items of a list.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		c := v.v.List()
		for item, ok := c.Next(); ok; item, ok = c.Next() {
			if !yield(Value{m: v.m, v: item}) {
				return
			}
		}
	}
}

// Len returns the number of items of a list.
func (v Value) Len() int { return v.v.Len() }

// Floats appends all numbers of a value to dst, those of nested lists one behind the other.
func (v Value) Floats(dst []float64) []float64 { return v.v.Floats(dst) }

// Ints appends all whole numbers of a value to dst, as Floats does.
func (v Value) Ints(dst []int) []int { return v.v.Ints(dst) }

// Entities appends all entities that a value refers to, as Floats does. References to
// numbers that the file does not have are left out; Missing counts them.
func (v Value) Entities(dst []Entity) []Entity {
	v.refs(func(e Entity) {
		if e != 0 {
			dst = append(dst, e)
		}
	})
	return dst
}

// Missing returns how many references of a value the file does not answer.
func (v Value) Missing() int {
	missing := 0
	v.refs(func(e Entity) {
		if e == 0 {
			missing++
		}
	})
	return missing
}

func (v Value) refs(each func(Entity)) {
	if v.m == nil {
		return
	}
	var few [16]uint64
	for _, n := range v.v.Refs(few[:0]) {
		each(v.m.Find(n))
	}
}

// finite reports whether f is neither NaN nor infinite.
func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
