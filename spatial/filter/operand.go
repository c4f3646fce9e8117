package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

// power reads a factor and at most one exponent: the standard does not say which of two
// would come first.
func (p *parser) power() (Expr, error) {
	base, err := p.expr(precOperand)
	if err != nil {
		return nil, err
	}
	at := p.here()
	if ok, err := p.take("^"); !ok || err != nil {
		return base, err
	}
	exponent, err := p.expr(precOperand)
	if err != nil {
		return nil, err
	}
	if p.token.is("^") {
		return nil, wrong(p.here(), "put parentheses around one of them", "two exponents follow each other")
	}
	return p.call(at, "^", base, exponent)
}

// factor reads an operand with its sign.
func (p *parser) factor() (Expr, error) {
	at := p.here()
	negative, err := p.take("-")
	if err != nil {
		return nil, err
	}
	if !negative {
		if _, err := p.take("+"); err != nil {
			return nil, err
		}
		return p.operand(false)
	}
	if p.token.kind == tokenNumber {
		return p.operand(true)
	}
	e, err := p.expr(precOperand)
	if err != nil {
		return nil, err
	}
	return p.call(at, "*", &Literal{Value: spatial.IntOf(-1)}, e)
}

// keywords cannot be names of properties without quotes.
var keywords = map[string]bool{"and": true, "or": true, "not": true, "like": true, "between": true, "in": true, "is": true, "null": true,
	"true": true, "false": true, "div": true}

func (p *parser) operand(negative bool) (Expr, error) {
	t, at := p.token, p.here()
	if err := p.node(at); err != nil {
		return nil, err
	}
	switch {
	case t.kind == tokenText:
		return &Literal{Value: spatial.StringOf(t.text)}, p.advance()
	case t.kind == tokenQuoted:
		return &Property{Name: t.text, at: at}, p.advance()
	case t.kind == tokenNumber:
		v, err := numberOf(t, negative)
		if err != nil {
			return nil, err
		}
		return &Literal{Value: v}, p.advance()
	case t.is("("):
		return p.parentheses()
	case t.is("true"), t.is("false"):
		return &Literal{Value: spatial.BoolOf(t.is("true"))}, p.advance()
	case t.kind == tokenWord:
		return p.word()
	}
	return nil, p.expected("a property, a value or “(”")
}

func numberOf(t token, negative bool) (spatial.Value, error) {
	text := t.text
	if negative {
		text = "-" + text
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return spatial.IntOf(i), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return spatial.Value{}, wrong(place{offset: t.at}, "", "%s is no number that fits in 64 bits", clip(t.text))
	}
	return spatial.FloatOf(f), nil
}

// parentheses reads what they hold: an expression, or an array when there is not just one.
func (p *parser) parentheses() (Expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	items, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(items) == 1 {
		return items[0], nil
	}
	return &Array{Items: items}, nil
}

// word reads a property, a function, or a value that begins with a word.
func (p *parser) word() (Expr, error) {
	t, at := p.token, p.here()
	if err := p.advance(); err != nil {
		return nil, err
	}
	name := strings.ToLower(t.text)
	if _, ok := geometryNames[name]; ok && (p.token.is("(") || p.token.is("z") || p.token.is("empty")) {
		return p.geometry(at, name)
	}
	if !p.token.is("(") {
		if keywords[name] {
			return nil, wrong(at, fmt.Sprintf("a property of this name is written %q", t.text), "expected a property or a value, found “%s”", t.text)
		}
		return &Property{Name: t.text, at: at}, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch name {
	case "date", "timestamp":
		return p.instant(name)
	case "interval":
		return p.interval(at)
	case "bbox":
		return p.bbox(at)
	}
	args, err := p.list()
	if err != nil {
		return nil, err
	}
	return p.call(at, t.text, args...)
}

// instant reads DATE('…') and TIMESTAMP('…') behind the parenthesis.
func (p *parser) instant(name string) (Expr, error) {
	if p.token.kind != tokenText {
		return nil, p.expected("a " + name + " in single quotes")
	}
	i, err := instantOf(p.here(), p.token.text, name)
	if err != nil {
		return nil, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return i, p.must(")")
}

// interval reads INTERVAL(a, b) behind the parenthesis.
func (p *parser) interval(at place) (Expr, error) {
	start, err := p.bound()
	if err != nil {
		return nil, err
	}
	if err := p.must(","); err != nil {
		return nil, err
	}
	end, err := p.bound()
	if err != nil {
		return nil, err
	}
	i := &Interval{Start: start, End: end}
	if err := i.check(at); err != nil {
		return nil, err
	}
	return i, p.must(")")
}

// bound reads one side of an interval; nil for an open one.
func (p *parser) bound() (Expr, error) {
	t, at := p.token, p.here()
	if t.kind != tokenText {
		e, err := p.expr(precOperand)
		if err != nil {
			return nil, err
		}
		return e, checkBound(at, e)
	}
	if err := p.advance(); err != nil || t.text == ".." {
		return nil, err
	}
	return instantOf(at, t.text, "")
}
