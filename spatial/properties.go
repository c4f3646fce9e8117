package spatial

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-faster/jx"
)

// Property is one named value.
type Property struct {
	Name  string
	Value Value
}

// Properties are the attributes of a feature, sorted by name bytewise, each name once.
// Use NewProperties to bring others into this form.
type Properties []Property

// NewProperties sorts the list in place by name and keeps the last of equal names.
func NewProperties(list []Property) Properties {
	slices.SortStableFunc(list, func(a, b Property) int { return strings.Compare(a.Name, b.Name) })
	out := list[:0]
	for i := range list {
		if i+1 < len(list) && list[i+1].Name == list[i].Name {
			continue
		}
		out = append(out, list[i])
	}
	return out
}

// Get returns the value of a name and whether it is there.
func (p Properties) Get(name string) (Value, bool) {
	i, ok := slices.BinarySearchFunc(p, name, func(e Property, n string) int { return strings.Compare(e.Name, n) })
	if !ok {
		return Value{}, false
	}
	return p[i].Value, true
}

// Select returns the properties of the given names, or p itself for nil.
func (p Properties) Select(names []string) Properties {
	if names == nil {
		return p
	}
	out := make(Properties, 0, len(names))
	for _, e := range p {
		if slices.Contains(names, e.Name) {
			out = append(out, e)
		}
	}
	return out
}

// AppendJSON appends the properties as one JSON object in the order of their names.
func (p Properties) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i, e := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendJSONString(dst, e.Name), ':')
		dst = e.Value.AppendJSON(dst)
	}
	return append(dst, '}')
}

// ParseProperties reads a JSON object. Numbers written without fraction and exponent that
// fit in 64 bits are Int, other numbers Float; lists and objects are kept as JSON text.
func ParseProperties(text []byte) (Properties, error) {
	d := jx.DecodeBytes(text)
	var list []Property
	err := d.Obj(func(d *jx.Decoder, key string) error {
		v, err := DecodeValue(d)
		if err != nil {
			return fmt.Errorf("property %q: %w", key, err)
		}
		list = append(list, Property{Name: key, Value: v})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("parse properties: %w", err)
	}
	return NewProperties(list), nil
}

// DecodeValue reads the next JSON value from d.
func DecodeValue(d *jx.Decoder) (Value, error) {
	switch d.Next() {
	case jx.Null:
		return Value{}, d.Null()
	case jx.Bool:
		b, err := d.Bool()
		return BoolOf(b), err
	case jx.String:
		s, err := d.Str()
		return StringOf(strings.ToValidUTF8(s, string(utf8.RuneError))), err
	case jx.Number:
		n, err := d.Num()
		if err != nil {
			return Value{}, err
		}
		return numberOf(n), nil
	}
	raw, err := d.Raw()
	return JSONOf(string(raw)), err
}

func numberOf(n jx.Num) Value {
	if !strings.ContainsAny(string(n), ".eE") {
		if i, err := n.Int64(); err == nil {
			return IntOf(i)
		}
		return JSONOf(string(n))
	}
	f, err := n.Float64()
	if err != nil {
		return JSONOf(string(n))
	}
	return FloatOf(f)
}
