package filter

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// arrayPredicates compare arrays as sets (21-065r2 §7.7).
var arrayPredicates = map[string]func(a, b []value) bool{
	"a_containedBy": func(a, b []value) bool { return contains(b, a) },
	"a_contains":    contains,
	"a_equals":      func(a, b []value) bool { return contains(a, b) && contains(b, a) },
	"a_overlaps":    func(a, b []value) bool { return slices.ContainsFunc(a, func(v value) bool { return has(b, v) }) },
}

func buildArray(test func(a, b []value) bool) func(*compiler, []node) node {
	return func(_ *compiler, args []node) node {
		return binary{args[0], args[1], func(a, b value) value {
			if a.kind != isArray || b.kind != isArray {
				return null
			}
			return boolOf(test(a.items, b.items))
		}}
	}
}

// function is one that the standard leaves to the server (21-065r2 §7.9).
type function struct {
	name   string
	about  string
	args   []kinds
	least  int
	more   bool // the last of args repeats
	result kinds
	whole  bool // its numbers have no fraction
	eval   func(args []value) value
}

// functions are known by their names in lower case.
var functions = functionTable([]function{
	{name: "abs", about: "the number without its sign", args: []kinds{kindNumber}, result: kindNumber, eval: rounded(math.Abs)},
	{name: "ceil", about: "the next whole number up", args: []kinds{kindNumber}, result: kindNumber, eval: rounded(math.Ceil)},
	{name: "floor", about: "the next whole number down", args: []kinds{kindNumber}, result: kindNumber, eval: rounded(math.Floor)},
	{name: "round", about: "the nearest whole number, halves away from zero", args: []kinds{kindNumber}, result: kindNumber, eval: rounded(math.Round)},
	{name: "sqrt", about: "the square root", args: []kinds{kindNumber}, result: kindNumber, eval: ofNumber(func(f float64) value { return floatOf(math.Sqrt(f)) })},
	{name: "lower", about: "the text in lower case", args: []kinds{kindText}, result: kindText, eval: ofText(func(s string) value { return textOf(strings.ToLower(s)) })},
	{name: "upper", about: "the text in upper case", args: []kinds{kindText}, result: kindText, eval: ofText(func(s string) value { return textOf(strings.ToUpper(s)) })},
	{name: "trim", about: "the text without white space around it", args: []kinds{kindText}, result: kindText, eval: ofText(func(s string) value { return textOf(strings.TrimSpace(s)) })},
	{name: "length", about: "the number of characters of a text", args: []kinds{kindText}, result: kindNumber, whole: true, eval: ofText(func(s string) value { return intOf(int64(utf8.RuneCountInString(s))) })},
	{name: "concat", about: "the texts behind each other", args: []kinds{kindText}, more: true, least: 1, result: kindText, eval: concat},
	{name: "coalesce", about: "the first of the values that is not null", args: []kinds{kindScalar}, more: true, least: 1, result: kindScalar, eval: coalesce},
	{name: "year", about: "the Beijing year of a date or timestamp", args: []kinds{kindInstant | kindText | kindNumber}, result: kindNumber, whole: true, eval: ofTime(func(t time.Time) int { return t.Year() })},
	{name: "month", about: "its month, 1 to 12", args: []kinds{kindInstant | kindText | kindNumber}, result: kindNumber, whole: true, eval: ofTime(func(t time.Time) int { return int(t.Month()) })},
	{name: "day", about: "its day of the month", args: []kinds{kindInstant | kindText | kindNumber}, result: kindNumber, whole: true, eval: ofTime(time.Time.Day)},
	{name: "distance", about: "metres on the ellipsoid between a geometry and a point", args: []kinds{kindGeometry, kindGeometry}, result: kindNumber, eval: distance},
})

func functionTable(list []function) map[string]*function {
	all := map[string]*function{}
	for i := range list {
		f := &list[i]
		if f.least == 0 {
			f.least = len(f.args)
		}
		all[strings.ToLower(f.name)] = f
	}
	return all
}

// Function is a function beyond the standard, as a server describes it (19-079r2 §8.8).
type Function struct {
	Name, About string
	// Arguments are what each operand can be: string, number, integer, datetime, geometry or
	// boolean.
	Arguments [][]string
	// More says that there can be any number of operands like the last.
	More bool
	// Returns is what the result can be, as in Arguments.
	Returns []string
}

// Functions returns the functions beyond the standard, in the order of their names.
func Functions() []Function {
	var list []Function
	for _, f := range functions {
		one := Function{Name: f.name, About: f.about, More: f.more, Returns: f.result.types(f.whole)}
		for _, a := range f.args {
			one.Arguments = append(one.Arguments, a.types(false))
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// FunctionNames returns the functions beyond the standard, sorted.
func FunctionNames() []string {
	var names []string
	for _, f := range Functions() {
		names = append(names, f.Name)
	}
	return names
}

// types names the kinds as the description of a function does.
func (k kinds) types(whole bool) (names []string) {
	for _, n := range []struct {
		kind kinds
		name string
	}{{kindText, "string"}, {kindNumber, "number"}, {kindInstant, "datetime"}, {kindGeometry, "geometry"}, {kindBool, "boolean"}} {
		switch {
		case k&n.kind == 0:
		case n.kind == kindNumber && whole:
			names = append(names, "integer")
		case n.kind == kindNumber:
			names = append(names, "number", "integer")
		default:
			names = append(names, n.name)
		}
	}
	return names
}

// functionNode is a function of values.
type functionNode struct {
	args []node
	f    func([]value) value
}

func (n functionNode) eval(e *Evaluator) value {
	args := make([]value, len(n.args))
	for i := range args {
		args[i] = n.args[i].eval(e)
	}
	return n.f(args)
}

func ofNumber(f func(float64) value) func([]value) value {
	return func(a []value) value {
		if !a[0].isNumber() {
			return null
		}
		return f(a[0].float())
	}
}

// rounded leaves integers what they are, but for their sign.
func rounded(f func(float64) float64) func([]value) value {
	return func(a []value) value {
		switch {
		case a[0].kind == isInt && f(-1) == -1:
			return a[0]
		case a[0].kind == isInt && a[0].i != math.MinInt64:
			return intOf(max(a[0].i, -a[0].i))
		case !a[0].isNumber():
			return null
		}
		return floatOf(f(a[0].float()))
	}
}

func ofText(f func(string) value) func([]value) value {
	return func(a []value) value {
		if a[0].kind != isText {
			return null
		}
		return f(a[0].text)
	}
}

func ofTime(f func(time.Time) int) func([]value) value {
	return func(a []value) value {
		s, ok := a[0].toSpan()
		if !ok || s.isInterval {
			return null
		}
		return intOf(int64(f(time.UnixMicro(s.start.first).In(time.FixedZone("", 8*3600)))))
	}
}

func concat(args []value) value {
	var b strings.Builder
	for _, a := range args {
		if a.kind != isText || b.Len()+len(a.text) > maxText {
			return null
		}
		b.WriteString(a.text)
	}
	return textOf(b.String())
}

func coalesce(args []value) value {
	for _, a := range args {
		if a.kind != isNull {
			return a
		}
	}
	return null
}

// distance measures to the one of the two that is a point.
func distance(args []value) value {
	for i := range args {
		if args[i].kind != isGeometry || args[1-i].kind != isGeometry {
			return null
		}
		p, ok := args[i].shape.geom.(*geom.Point)
		if !ok || p.Empty() {
			continue
		}
		near := spatial.Near{Lon: p.X(), Lat: p.Y()}
		return floatOf(near.Distance(args[1-i].shape.geom, spatial.ZRange{}))
	}
	return null
}
