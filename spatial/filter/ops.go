package filter

import (
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

// kinds is a set of what a value can be, as far as it is known before a feature is looked
// at.
type kinds uint8

const (
	kindBool kinds = 1 << iota
	kindNumber
	kindText
	kindInstant
	kindInterval
	kindGeometry
	kindArray

	kindTime   = kindInstant | kindInterval
	kindScalar = kindBool | kindNumber | kindText | kindInstant
	kindAny    = kindScalar | kindInterval | kindGeometry | kindArray
)

var kindNames = []struct {
	kind kinds
	name string
}{{kindBool, "a condition"}, {kindNumber, "a number"}, {kindText, "a text"}, {kindInstant, "a date or timestamp"},
	{kindInterval, "an interval"}, {kindGeometry, "a geometry"}, {kindArray, "an array"}}

func (k kinds) String() string {
	var names []string
	for _, n := range kindNames {
		if k&n.kind != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

// op is an operator or function of the standard.
type op struct {
	name   string // in CQL2 JSON
	infix  string // in CQL2 text, "" for a function
	prec   int    // how strongly an infix operator binds
	args   []kinds
	more   bool // the last of args repeats
	least  int  // operands, when other than the number of args
	result kinds
	build  func(c *compiler, args []node) node
}

// How strongly operators bind, the weakest first.
const (
	precOr = iota + 1
	precAnd
	precNot
	precCompare
	precAdd
	precMultiply
	precPower
	precOperand
)

// ops is the language. Names in text differ from these in case only.
var ops = table(
	[]op{
		{name: "and", infix: "AND", prec: precAnd, args: []kinds{kindBool}, more: true, least: 2, result: kindBool, build: buildAnd},
		{name: "or", infix: "OR", prec: precOr, args: []kinds{kindBool}, more: true, least: 2, result: kindBool, build: buildOr},
		{name: "not", prec: precNot, args: []kinds{kindBool}, result: kindBool, build: buildNot},
		{name: "like", prec: precCompare, args: []kinds{kindText, kindText}, result: kindBool, build: buildLike},
		{name: "between", prec: precCompare, args: []kinds{kindScalar, kindScalar, kindScalar}, result: kindBool, build: buildBetween},
		{name: "in", prec: precCompare, args: []kinds{kindScalar, kindArray}, result: kindBool, build: buildIn},
		{name: "isNull", prec: precCompare, args: []kinds{kindAny}, result: kindBool, build: buildIsNull},
		{name: "casei", args: []kinds{kindText}, result: kindText, build: buildText(foldCase)},
		{name: "accenti", args: []kinds{kindText}, result: kindText, build: buildText(foldAccents)},
	},
	infixes(precCompare, kindScalar, kindBool, map[string]func(*compiler, []node) node{"=": buildCompare(isEqual), "<>": buildCompare(isUnequal),
		"<": buildCompare(isLess), ">": buildCompare(isGreater), "<=": buildCompare(isAtMost), ">=": buildCompare(isAtLeast)}),
	infixes(precAdd, kindNumber, kindNumber, map[string]func(*compiler, []node) node{"+": buildArithmetic(add), "-": buildArithmetic(subtract)}),
	infixes(precMultiply, kindNumber, kindNumber, map[string]func(*compiler, []node) node{"*": buildArithmetic(multiply), "/": buildArithmetic(divide),
		"%": buildArithmetic(modulo), "div": buildArithmetic(quotient)}),
	infixes(precPower, kindNumber, kindNumber, map[string]func(*compiler, []node) node{"^": buildArithmetic(power)}),
	predicates(kindGeometry, spatialPredicates, buildSpatial),
	predicates(kindTime|kindText|kindNumber, temporalPredicates, buildTemporal),
	predicates(kindArray, arrayPredicates, buildArray),
)

func table(lists ...[]op) map[string]*op {
	all := map[string]*op{}
	for _, list := range lists {
		for i := range list {
			o := &list[i]
			if o.least == 0 {
				o.least = len(o.args)
			}
			all[strings.ToLower(o.name)] = o
		}
	}
	return all
}

func infixes(prec int, args, result kinds, list map[string]func(*compiler, []node) node) []op {
	var out []op
	for name, build := range list {
		out = append(out, op{name: name, infix: name, prec: prec, args: []kinds{args, args}, result: result, build: build})
	}
	return out
}

func predicates[F any](args kinds, list map[string]F, build func(F) func(*compiler, []node) node) []op {
	var out []op
	for name, f := range list {
		out = append(out, op{name: name, args: []kinds{args, args}, result: kindBool, build: build(f)})
	}
	return out
}

// standard returns the operator of the standard with that name, whatever its case.
func standard(name string) (*op, bool) {
	o, ok := ops[strings.ToLower(name)]
	return o, ok
}

// kindsOf returns what an expression can be. A property or a function that the standard does
// not know can be anything.
func kindsOf(e Expr) kinds {
	switch e := e.(type) {
	case *Literal:
		switch e.Value.Kind() {
		case spatial.Bool:
			return kindBool
		case spatial.String:
			return kindText
		}
		return kindNumber
	case *Call:
		if o, ok := ops[strings.ToLower(e.Op)]; ok {
			return o.result
		}
		if f, ok := functions[strings.ToLower(e.Op)]; ok {
			return f.result
		}
	case *Array:
		return kindArray
	case *Instant:
		return kindInstant
	case *Interval:
		return kindInterval
	case *Geometry, *BBox:
		return kindGeometry
	}
	return kindAny
}

// check reports operands that the operator of the standard cannot take.
func (o *op) check(at place, args []Expr) error {
	if len(args) < o.least || (!o.more && len(args) > len(o.args)) {
		return wrong(at, "", "%s takes %d operands, not %d", o.name, o.least, len(args))
	}
	for i, a := range args {
		want := o.args[min(i, len(o.args)-1)]
		if got := kindsOf(a); got&want == 0 {
			return wrong(at, "", "%s takes %s as operand %d, not %s", o.name, want, i+1, got)
		}
	}
	if p, ok := args[len(args)-1].(*Literal); ok && o.name == "like" && len(p.Value.Text()) > MaxPattern {
		return wrong(at, "", "the pattern of LIKE is longer than %d bytes", MaxPattern)
	}
	if o.prec == precCompare {
		return comparable(at, o, args)
	}
	return nil
}

// comparable reports operands that can never be compared with each other.
func comparable(at place, o *op, args []Expr) error {
	if o.name == "like" || o.name == "isNull" {
		return nil
	}
	first, rest := args[0], args[1:]
	if list, ok := rest[0].(*Array); ok && o.name == "in" {
		rest = list.Items
	}
	for _, other := range rest {
		a, b := kindsOf(first), kindsOf(other)
		if b&kindScalar == 0 {
			return wrong(at, "", "%s cannot compare with %s", o.name, b)
		}
		if a&b == 0 {
			return wrong(at, "", "%s cannot be compared with %s", a, b)
		}
	}
	return nil
}
