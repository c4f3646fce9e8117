package filter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-faster/jx"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// ParseJSON reads a condition in CQL2 JSON (21-065r2, annex A). Errors are SyntaxErrors with
// the place as a JSON Pointer.
func ParseJSON(text []byte) (Expr, error) {
	if len(text) > MaxBytes {
		return nil, wrong(place{pointer: "/"}, "", "the filter is longer than %d bytes", MaxBytes)
	}
	p := jsonParser{d: jx.DecodeBytes(text)}
	e, err := p.expr()
	if err == nil {
		if next := p.d.Next(); next != jx.Invalid {
			err = p.wrong("", "something follows the filter")
		}
	}
	if err != nil {
		return nil, p.located(err)
	}
	return e, isCondition(place{pointer: "/"}, e)
}

// jsonParser reads one value after the other.
type jsonParser struct {
	budget
	d    *jx.Decoder
	path []string
}

func (p *jsonParser) here() place { return place{pointer: "/" + strings.Join(p.path, "/")} }

func (p *jsonParser) wrong(hint, format string, args ...any) error {
	return wrong(p.here(), hint, format, args...)
}

// located makes a SyntaxError of an error that the decoder found.
func (p *jsonParser) located(err error) error {
	var known *SyntaxError
	if errors.As(err, &known) {
		return known
	}
	return p.wrong("for CQL2 text say filter-lang=cql2-text", "the filter is no JSON: %v", err)
}

// below reads what stands under a name or number.
func (p *jsonParser) below(step string, read func() error) error {
	if len(p.path) > 2*MaxDepth {
		return tooDeep(p.here())
	}
	p.path = append(p.path, step)
	err := read()
	if err == nil {
		p.path = p.path[:len(p.path)-1]
	}
	return err
}

func (p *jsonParser) expr() (Expr, error) {
	if err := p.node(p.here()); err != nil {
		return nil, err
	}
	switch p.d.Next() {
	case jx.Object:
		return p.object()
	case jx.Array:
		items, err := p.items()
		return &Array{Items: items}, err
	case jx.Null:
		return nil, p.wrong(`ask {"op":"isNull","args":[…]}`, "null is no value to compare with")
	case jx.Invalid:
		return nil, p.wrong("", "a value is missing")
	}
	v, err := spatial.DecodeValue(p.d)
	if err != nil {
		return nil, err
	}
	if v.Kind() == spatial.JSON {
		f, err := strconv.ParseFloat(v.Text(), 64)
		if err != nil {
			return nil, p.wrong("", "%s is no number that fits in 64 bits", clip(v.Text()))
		}
		v = spatial.FloatOf(f)
	}
	return &Literal{Value: v}, nil
}

func (p *jsonParser) items() ([]Expr, error) {
	items := []Expr{}
	err := p.d.Arr(func(*jx.Decoder) error {
		return p.below(strconv.Itoa(len(items)), func() error {
			e, err := p.expr()
			items = append(items, e)
			return err
		})
	})
	return items, err
}

// members are what an object can say: its kind shows by which of them it has.
type members struct {
	op, property, instant, what, typ string
	args                             []Expr
	bounds                           []Expr
	numbers                          []float64
	coordinates                      *coordinates
	geometries                       []geom.T
	seen                             map[string]bool
}

func (p *jsonParser) object() (Expr, error) {
	m := members{seen: map[string]bool{}}
	err := p.d.Obj(func(_ *jx.Decoder, key string) error {
		if m.seen[key] {
			return p.wrong("", "the member %q stands here twice", clip(key))
		}
		m.seen[key] = true
		return p.below(key, func() error { return p.member(&m, key) })
	})
	if err != nil {
		return nil, err
	}
	return p.made(&m)
}

// member reads one member of an object.
func (p *jsonParser) member(m *members, key string) (err error) {
	switch key {
	case "op":
		m.op, err = p.str()
	case "args":
		if p.d.Next() != jx.Array {
			return p.wrong("", "an array is expected")
		}
		m.args, err = p.items()
	case "property":
		m.property, err = p.str()
	case "date", "timestamp":
		m.what = key
		m.instant, err = p.str()
	case "interval":
		err = p.array(func() error {
			e, err := p.bound()
			m.bounds = append(m.bounds, e)
			return err
		})
	case "bbox":
		err = p.array(func() error {
			v, err := p.number()
			m.numbers = append(m.numbers, v)
			return err
		})
	case "type":
		m.typ, err = p.str()
	case "coordinates":
		m.coordinates = &coordinates{}
		err = p.coordinates(m.coordinates, 0)
	case "geometries":
		err = p.array(func() error {
			e, err := p.expr()
			g, ok := e.(*Geometry)
			if err == nil && !ok {
				err = p.wrong("", "a geometry is expected")
			}
			if err == nil {
				m.geometries = append(m.geometries, g.Shape)
			}
			return err
		})
	default:
		return p.wrong("there are op, args, property, date, timestamp, interval, bbox and GeoJSON", "the member %q means nothing in CQL2", clip(key))
	}
	return err
}

func (m *members) is(names ...string) bool {
	if len(m.seen) != len(names) {
		return false
	}
	for _, n := range names {
		if !m.seen[n] {
			return false
		}
	}
	return true
}

func (p *jsonParser) made(m *members) (Expr, error) {
	at := p.here()
	switch {
	case m.is("op", "args"), m.is("op"):
		return p.call(at, m)
	case m.is("property"):
		if m.property == "" {
			return nil, p.wrong("", "the name of a property is empty")
		}
		return &Property{Name: m.property, at: at}, nil
	case m.is("date"), m.is("timestamp"):
		return instantOf(at, m.instant, m.what)
	case m.is("interval"):
		if len(m.bounds) != 2 {
			return nil, p.wrong("", "an interval has 2 ends, not %d", len(m.bounds))
		}
		i := &Interval{Start: m.bounds[0], End: m.bounds[1]}
		return i, i.check(at)
	case m.is("bbox"):
		return boxOf(at, m.numbers)
	case m.seen["type"]:
		g, err := p.shape(m)
		if err != nil {
			return nil, err
		}
		return &Geometry{Shape: g}, nil
	}
	return nil, p.wrong(`an operation is {"op":…,"args":[…]}, a property {"property":…}`, "the object is no part of CQL2")
}

func (p *jsonParser) call(at place, m *members) (Expr, error) {
	if m.op == "" {
		return nil, p.wrong("", "the name of an operation is empty")
	}
	o, ok := standard(m.op)
	if !ok {
		return &Call{Op: m.op, Args: m.args, at: at}, nil
	}
	args := o.shaped(m.args)
	if err := o.check(at, args); err != nil {
		return nil, err
	}
	return &Call{Op: o.name, Args: args, at: at}, nil
}

func (p *jsonParser) str() (string, error) {
	if p.d.Next() != jx.String {
		return "", p.wrong("", "a text in double quotes is expected")
	}
	s, err := p.d.Str()
	return strings.ToValidUTF8(s, "\uFFFD"), err
}

func (p *jsonParser) bound() (Expr, error) {
	if p.d.Next() != jx.String {
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		return e, checkBound(p.here(), e)
	}
	s, err := p.str()
	if err != nil || s == ".." {
		return nil, err
	}
	return instantOf(p.here(), s, "")
}

// array reads an array, telling each member its place.
func (p *jsonParser) array(read func() error) error {
	if p.d.Next() != jx.Array {
		return p.wrong("", "an array is expected")
	}
	n := 0
	return p.d.Arr(func(*jx.Decoder) error {
		err := p.below(strconv.Itoa(n), read)
		n++
		return err
	})
}

func (p *jsonParser) number() (float64, error) {
	if p.d.Next() != jx.Number {
		return 0, p.wrong("", "a number is expected")
	}
	f, err := p.d.Float64()
	if err != nil {
		return 0, fmt.Errorf("a number: %w", err)
	}
	return f, nil
}
