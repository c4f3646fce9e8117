package filter

import (
	"slices"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

// compiler makes an expression ready for evaluation.
type compiler struct {
	filter *Filter
	fields []spatial.Field
}

// member returns which member a name stands for: what the store gives every feature, unless
// the source has a property called valid, which is a name that many have.
func (c *compiler) member(name string) Member {
	m := memberNames[name]
	if m == Valid && c.isField(name) {
		return NoMember
	}
	return m
}

func (c *compiler) isField(name string) bool {
	return slices.ContainsFunc(c.fields, func(f spatial.Field) bool { return f.Name == name })
}

// check reports names that mean nothing and operands of the wrong kind.
func (c *compiler) check(root Expr) (err error) {
	Walk(root, func(e Expr) bool {
		switch e := e.(type) {
		case *Property:
			err = c.checkProperty(e)
		case *Call:
			err = c.checkCall(e)
		case *Geometry:
			err = checkShape(e)
		}
		return err == nil
	})
	return err
}

func (c *compiler) checkProperty(p *Property) error {
	if c.fields == nil || c.member(p.Name) != NoMember || c.isField(p.Name) {
		return nil
	}
	const most = 40
	hint := "there are " + some(Names(c.fields), most)
	for _, name := range Names(c.fields) {
		if strings.EqualFold(name, p.Name) {
			hint = "did you mean " + quoteName(name) + "? " + hint
		}
	}
	return wrong(p.at, hint, "there is no property %q", clip(p.Name))
}

func (c *compiler) checkCall(call *Call) error {
	if o, ok := standard(call.Op); ok {
		return c.checkKinds(o, call)
	}
	f, ok := functions[strings.ToLower(call.Op)]
	if !ok {
		return wrong(call.at, "there are "+strings.Join(FunctionNames(), ", "), "there is no function %q", clip(call.Op))
	}
	o := op{name: f.name, args: f.args, least: f.least, more: f.more}
	if err := o.check(call.at, call.Args); err != nil {
		return err
	}
	return c.checkKinds(&o, call)
}

// checkKinds reports properties that can never be what the operator takes.
func (c *compiler) checkKinds(o *op, call *Call) error {
	for i, a := range call.Args {
		p, ok := a.(*Property)
		if !ok {
			continue
		}
		if want, got := o.args[min(i, len(o.args)-1)], c.kindsOf(p); got&want == 0 {
			return wrong(p.at, "", "%s takes %s as operand %d, and the property %q is %s", o.name, want, i+1, clip(p.Name), got)
		}
		if o.prec != precCompare || o.name == "like" || o.name == "isNull" {
			continue
		}
		for _, other := range operands(call) {
			b := kindsOf(other)
			if q, ok := other.(*Property); ok {
				b = c.kindsOf(q)
			}
			if c.kindsOf(p)&b == 0 {
				return wrong(p.at, "", "the property %q is %s and cannot be compared with %s", clip(p.Name), c.kindsOf(p), b)
			}
		}
	}
	return nil
}

// operands returns what a comparison compares, the members of a list one by one.
func operands(call *Call) []Expr {
	if len(call.Args) == 2 {
		if list, ok := call.Args[1].(*Array); ok {
			return append([]Expr{call.Args[0]}, list.Items...)
		}
	}
	return call.Args
}

// kindsOf returns what a property can be: of a column that holds values of several kinds,
// anything.
func (c *compiler) kindsOf(p *Property) kinds {
	switch c.member(p.Name) {
	case ID, Class, Name, Model, Storey:
		return kindText | kindInstant
	case ZMin, ZMax:
		return kindNumber
	case Underground:
		return kindBool
	case ValidFrom, ValidTo, RecordedFrom, RecordedTo:
		return kindInstant | kindText
	case Valid:
		return kindInterval
	case Shape:
		return kindGeometry
	}
	for _, f := range c.fields {
		if f.Name != p.Name {
			continue
		}
		switch f.Type {
		case spatial.FieldBoolean:
			return kindBool
		case spatial.FieldInteger:
			return kindNumber | kindInstant // of a year
		case spatial.FieldNumber:
			return kindNumber | kindInstant
		}
	}
	return kindAny
}

func (c *compiler) compile(e Expr) node {
	n := c.plain(e)
	if kindsOf(e) != kindBool {
		return n
	}
	if _, isConstant := n.(constant); isConstant {
		return n
	}
	ref, ok := c.decidedBy(e)
	if !ok {
		return n
	}
	if m, ok := n.(unary); ok { // NOT of what is remembered already
		if _, ok := m.a.(memoNode); ok {
			return n
		}
	}
	c.filter.memos++
	return memoNode{ref: ref, memo: c.filter.memos - 1, of: n}
}

// decidedBy returns the one property on which an expression depends, if there is just one
// and nothing else.
func (c *compiler) decidedBy(e Expr) (ref int, ok bool) {
	ref = -1
	alone := Walk(e, func(e Expr) bool {
		p, isProperty := e.(*Property)
		if !isProperty {
			return true
		}
		switch c.member(p.Name) {
		case NoMember, Class, Name, Model, Storey:
		default:
			return false
		}
		n := int(c.ref(p.Name))
		if ref >= 0 && n != ref {
			return false
		}
		ref = n
		return true
	})
	return ref, alone && ref >= 0
}

// plain compiles without a memo.
func (c *compiler) plain(e Expr) node {
	switch e := e.(type) {
	case *Literal:
		return constant{valueOf(e.Value)}
	case *Property:
		return c.property(e.Name)
	case *Array:
		return c.array(e)
	case *Instant:
		return constant{instantAt(e.span())}
	case *Interval:
		return c.interval(e)
	case *Geometry:
		return constant{value{kind: isGeometry, shape: fixed(e.Shape)}}
	case *BBox:
		return constant{value{kind: isGeometry, shape: fixedBox(e.Box)}}
	case *Call:
		return c.call(e)
	}
	return constant{}
}

func (c *compiler) ref(name string) propertyNode {
	of := Ref{Name: name, Member: c.member(name)}
	i := slices.Index(c.filter.refs, of)
	if i < 0 {
		i = len(c.filter.refs)
		c.filter.refs = append(c.filter.refs, of)
	}
	return propertyNode(i)
}

func (c *compiler) property(name string) node {
	switch m := c.member(name); m {
	case ValidFrom, ValidTo, RecordedFrom, RecordedTo:
		return timeNode{m, c.ref(name)}
	case Valid:
		return validNode{}
	case Shape:
		return shapeNode{}
	}
	return c.ref(name)
}

func (c *compiler) array(a *Array) node {
	items := make(arrayNode, len(a.Items))
	constants := true
	for i, item := range a.Items {
		items[i] = c.plain(item)
		_, isConstant := items[i].(constant)
		constants = constants && isConstant
	}
	if constants {
		return constant{items.eval(nil)}
	}
	return items
}

func (c *compiler) interval(i *Interval) node {
	from, okFrom := i.Start.(*Property)
	to, okTo := i.End.(*Property)
	if okFrom && okTo && c.member(from.Name) == ValidFrom && c.member(to.Name) == ValidTo {
		return validNode{}
	}
	var n intervalNode
	constants := true
	for side, e := range map[*node]Expr{&n.start: i.Start, &n.end: i.End} {
		if e == nil {
			continue
		}
		*side = c.plain(e)
		_, isConstant := (*side).(constant)
		constants = constants && isConstant
	}
	if constants {
		return constant{n.eval(nil)}
	}
	return n
}

func (c *compiler) call(e *Call) node {
	args := make([]node, len(e.Args))
	constants := true
	for i, a := range e.Args {
		args[i] = c.compile(a)
		_, isConstant := args[i].(constant)
		constants = constants && isConstant
	}
	var n node
	if o, ok := standard(e.Op); ok {
		n = o.build(c, args)
	} else {
		n = functionNode{args: args, f: functions[strings.ToLower(e.Op)].eval}
	}
	if constants {
		return constant{n.eval(nil)}
	}
	return n
}
