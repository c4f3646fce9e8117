package filter

import (
	"math"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

// Sieve is a condition for a store's own language that holds of every match of a filter, and
// perhaps of more: what passes is still to be asked of the filter. It is a tree of Both and
// Either over the tests below; nil passes everything.
type Sieve interface{ isSieve() }

// Both passes what all of its members pass.
type Both []Sieve

// Either passes what one of its members passes.
type Either []Sieve

// TextTest passes rows whose Ref is a text that compares so with Text by bytes; Op is one of
// = <> < > <= >=.
type TextTest struct {
	Ref
	Op, Text string
}

// NumberTest passes rows whose Ref is a number from Low to High, both in it, which allow for
// the roundings of other readers of decimals; infinities are open sides.
type NumberTest struct {
	Ref
	Low, High float64
}

// BoolTest passes rows whose Ref is that truth value.
type BoolTest struct {
	Ref
	Is bool
}

// NullTest passes rows whose Ref is null, or is not.
type NullTest struct {
	Ref
	Is bool
}

// LikeTest passes rows whose Ref is a text that the pattern matches. It has % and _, and no
// escapes.
type LikeTest struct {
	Ref
	Pattern string
}

func (Both) isSieve()       {}
func (Either) isSieve()     {}
func (TextTest) isSieve()   {}
func (NumberTest) isSieve() {}
func (BoolTest) isSieve()   {}
func (NullTest) isSieve()   {}
func (LikeTest) isSieve()   {}

// Sieve returns what a store may leave out before it asks the filter. One of very many
// operands passes everything: databases bound the depth of their expressions.
func (f *Filter) Sieve() Sieve {
	const most = 400
	n := 0
	if !Walk(f.root, func(Expr) bool { n++; return n < most }) {
		return nil
	}
	return f.sieve(f.root, true)
}

// sieve returns a test that holds wherever the expression is true, or wherever it is false.
// An expression that is unknown needs not pass either.
func (f *Filter) sieve(e Expr, is bool) Sieve {
	switch e := e.(type) {
	case *Property:
		if r, ok := f.refOf(e); ok {
			return BoolTest{r, is}
		}
	case *Call:
		switch e.Op {
		case "and", "or":
			return f.several(e.Args, is, (e.Op == "and") == is)
		case "not":
			return f.sieve(e.Args[0], !is)
		case "isNull":
			if r, ok := f.refOf(e.Args[0]); ok {
				return NullTest{r, is}
			}
		case "between":
			both := Both{f.comparison(">=", e.Args[0], e.Args[1]), f.comparison("<=", e.Args[0], e.Args[2])}
			if is {
				return both
			}
		case "in":
			return f.in(e, is)
		case "like":
			return f.like(e, is)
		default:
			if op, ok := opposites[e.Op]; ok {
				if is {
					op = e.Op
				}
				return f.comparison(op, e.Args[0], e.Args[1])
			}
		}
	}
	return nil
}

var opposites = map[string]string{"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

// mirrored are the operators that say the same when their operands change places.
var mirrored = map[string]string{"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

// several joins the sieves of operands. Of those that must all hold, one that passes
// everything may be left out; of alternatives it passes everything.
func (f *Filter) several(args []Expr, is, all bool) Sieve {
	var list []Sieve
	for _, a := range args {
		s := f.sieve(a, is)
		if s == nil && !all {
			return nil
		}
		if s != nil {
			list = append(list, s)
		}
	}
	switch {
	case len(list) == 0:
		return nil
	case all:
		return Both(list)
	}
	return Either(list)
}

// refOf returns the scalar that an expression asks a row for.
func (f *Filter) refOf(e Expr) (Ref, bool) {
	p, ok := e.(*Property)
	if !ok {
		return Ref{}, false
	}
	for _, r := range f.refs {
		if r.Name == p.Name {
			switch r.Member {
			case ValidFrom, ValidTo, RecordedFrom, RecordedTo, Valid, Shape:
				return Ref{}, false
			}
			return r, true
		}
	}
	return Ref{}, false
}

// comparison returns the sieve of a property compared with a constant, in either order.
func (f *Filter) comparison(op string, a, b Expr) Sieve {
	r, ok := f.refOf(a)
	c, isConstant := b.(*Literal)
	if !ok {
		if r, ok = f.refOf(b); !ok {
			return nil
		}
		c, isConstant = a.(*Literal)
		op = mirrored[op]
	}
	if !isConstant {
		return nil
	}
	switch c.Value.Kind() {
	case spatial.String:
		if strings.ContainsRune(c.Value.Text(), 0) {
			return nil // which databases do not bear
		}
		return TextTest{r, op, c.Value.Text()}
	case spatial.Int, spatial.Float:
		return numberTest(r, op, c.Value.Float())
	case spatial.Bool:
		switch op {
		case "=":
			return BoolTest{r, c.Value.Bool()}
		case "<>":
			return BoolTest{r, !c.Value.Bool()}
		}
	}
	return nil
}

// numberTest widens a comparison by more than any reader of decimals errs, and more than
// integers beyond 2^53 lose as floats.
func numberTest(r Ref, op string, v float64) Sieve {
	slack := math.Abs(v)*1e-12 + 1e-300
	t := NumberTest{Ref: r, Low: math.Inf(-1), High: math.Inf(1)}
	switch op {
	case "=":
		t.Low, t.High = v-slack, v+slack
	case "<", "<=":
		t.High = v + slack
	case ">", ">=":
		t.Low = v - slack
	}
	return t
}

// in returns alternatives, or for its opposite the rows that may be unequal to all.
func (f *Filter) in(e *Call, is bool) Sieve {
	list, ok := e.Args[1].(*Array)
	const most = 200
	if !ok || len(list.Items) > most {
		return nil
	}
	op := "="
	if !is {
		op = "<>"
	}
	var all []Sieve
	for _, item := range list.Items {
		s := f.comparison(op, e.Args[0], item)
		if s == nil && is {
			return nil
		}
		if s != nil {
			all = append(all, s)
		}
	}
	if is {
		return Either(all)
	}
	return Both(all)
}

// like returns the pattern; for its opposite only that there is a text.
func (f *Filter) like(e *Call, is bool) Sieve {
	r, ok := f.refOf(e.Args[0])
	if !ok {
		return nil
	}
	c, isConstant := e.Args[1].(*Literal)
	const most = 1000
	if !is || !isConstant || len(c.Value.Text()) > most || strings.ContainsAny(c.Value.Text(), "\\\x00") {
		return NullTest{r, false}
	}
	return LikeTest{r, c.Value.Text()}
}
