package filter

// Evaluator decides a Filter for one row after the other. It remembers what it found out and
// belongs to one goroutine.
type Evaluator struct {
	prog    node
	row     Row
	memos   []memo
	shape   shape // of the row
	shaped  bool
	feature featureRow
}

// Evaluator returns a new evaluator of the filter.
func (f *Filter) Evaluator() *Evaluator {
	return &Evaluator{prog: f.prog, memos: make([]memo, f.memos)}
}

// Matches reports whether the condition is true of the row. Codes of rows must mean the same
// values in all calls.
func (e *Evaluator) Matches(r Row) bool {
	e.row, e.shaped = r, false
	match := e.prog.eval(e).isTrue()
	e.row = nil
	return match
}

// geometry returns the row's geometry, nil for none.
func (e *Evaluator) geometry() *shape {
	if !e.shaped {
		e.shape, e.shaped = shape{geom: e.row.Geometry()}, true
	}
	if e.shape.geom == nil {
		return nil
	}
	return &e.shape
}

// node is an expression made ready.
type node interface{ eval(e *Evaluator) value }

// constant is a node without a question.
type constant struct{ value }

func (n constant) eval(*Evaluator) value { return n.value }

// propertyNode is a member that is a scalar, or a property.
type propertyNode int

func (n propertyNode) eval(e *Evaluator) value { return valueOf(e.row.Value(int(n))) }

// timeNode is a member that is an instant; where it is not known, a property of that name.
type timeNode struct {
	member Member
	ref    propertyNode
}

func (n timeNode) eval(e *Evaluator) value {
	t := e.row.Valid().Start
	switch n.member {
	case ValidTo:
		t = e.row.Valid().End
	case RecordedFrom:
		t = e.row.Recorded().Start
	case RecordedTo:
		t = e.row.Recorded().End
	}
	if t.IsZero() {
		return n.ref.eval(e)
	}
	m := t.UnixMicro()
	return instantAt(moment{m, m})
}

// validNode is the interval in which the feature stands.
type validNode struct{}

func (validNode) eval(e *Evaluator) value {
	return intervalOf(stands(e.row.Valid()))
}

// shapeNode is the geometry of the feature.
type shapeNode struct{}

func (shapeNode) eval(e *Evaluator) value {
	s := e.geometry()
	if s == nil {
		return null
	}
	return value{kind: isGeometry, shape: s}
}

// intervalNode is an interval whose ends are asked for; a nil end is open.
type intervalNode struct{ start, end node }

func (n intervalNode) eval(e *Evaluator) value {
	start, end := always, never
	if n.start != nil {
		s, ok := n.start.eval(e).toSpan()
		if !ok {
			return null
		}
		start = s.start
	}
	if n.end != nil {
		s, ok := n.end.eval(e).toSpan()
		if !ok {
			return null
		}
		end = s.end
	}
	if start.compare(end) > 0 {
		return null // it runs backwards and so is no interval
	}
	return intervalOf(start, end)
}

// arrayNode is a list in the condition.
type arrayNode []node

func (n arrayNode) eval(e *Evaluator) value {
	items := make([]value, len(n))
	for i := range n {
		items[i] = n[i].eval(e)
	}
	return value{kind: isArray, items: items}
}

// unary and binary are functions of values; those of null are null.
type unary struct {
	a node
	f func(value) value
}

func (n unary) eval(e *Evaluator) value {
	a := n.a.eval(e)
	if a.kind == isNull {
		return null
	}
	return n.f(a)
}

type binary struct {
	a, b node
	f    func(a, b value) value
}

func (n binary) eval(e *Evaluator) value {
	a := n.a.eval(e)
	if a.kind == isNull {
		return null
	}
	b := n.b.eval(e)
	if b.kind == isNull {
		return null
	}
	return n.f(a, b)
}

// andNode and orNode are Kleene's: what is sure to come out is not kept unknown.
type andNode []node

func (n andNode) eval(e *Evaluator) value {
	all := true
	for _, c := range n {
		v := c.eval(e)
		if v.isFalse() {
			return v
		}
		all = all && v.isTrue()
	}
	if !all {
		return null
	}
	return boolOf(true)
}

type orNode []node

func (n orNode) eval(e *Evaluator) value {
	none := true
	for _, c := range n {
		v := c.eval(e)
		if v.isTrue() {
			return v
		}
		none = none && v.isFalse()
	}
	if !none {
		return null
	}
	return boolOf(false)
}

func buildAnd(_ *compiler, args []node) node { return andNode(args) }
func buildOr(_ *compiler, args []node) node  { return orNode(args) }

func buildNot(_ *compiler, args []node) node {
	return unary{args[0], func(v value) value {
		if v.kind != isBool {
			return null
		}
		return boolOf(v.i == 0)
	}}
}

// isNullNode asks what all others pass over.
type isNullNode struct{ a node }

func (n isNullNode) eval(e *Evaluator) value {
	if _, ok := n.a.(shapeNode); ok {
		return boolOf(e.geometry() == nil)
	}
	return boolOf(n.a.eval(e).kind == isNull)
}

func buildIsNull(_ *compiler, args []node) node { return isNullNode{args[0]} }

func isEqual(c int) bool   { return c == 0 }
func isUnequal(c int) bool { return c != 0 }
func isLess(c int) bool    { return c < 0 }
func isGreater(c int) bool { return c > 0 }
func isAtMost(c int) bool  { return c <= 0 }
func isAtLeast(c int) bool { return c >= 0 }

func buildCompare(test func(order int) bool) func(*compiler, []node) node {
	return func(_ *compiler, args []node) node {
		return binary{args[0], args[1], func(a, b value) value {
			c, ok := compare(a, b)
			if !ok {
				return null
			}
			return boolOf(test(c))
		}}
	}
}

// buildBetween makes of a BETWEEN b AND c what a >= b AND a <= c is.
func buildBetween(c *compiler, args []node) node {
	return andNode{buildCompare(isAtLeast)(c, []node{args[0], args[1]}), buildCompare(isAtMost)(c, []node{args[0], args[2]})}
}

// buildIn makes of a IN (b, c) what a = b OR a = c is. A list of constants is gone through
// at once.
func buildIn(c *compiler, args []node) node {
	items, ok := args[1].(arrayNode)
	if !ok {
		return inNode{args[0], args[1]}
	}
	var list orNode
	for _, item := range items {
		list = append(list, buildCompare(isEqual)(c, []node{args[0], item}))
	}
	return list
}

// inNode looks for a value in an array that is a constant or that the feature has.
type inNode struct{ a, list node }

func (n inNode) eval(e *Evaluator) value {
	a, list := n.a.eval(e), n.list.eval(e)
	if a.kind == isNull || list.kind != isArray {
		return null
	}
	none := true
	for _, item := range list.items {
		c, ok := compare(a, item)
		if ok && c == 0 {
			return boolOf(true)
		}
		none = none && ok
	}
	if !none {
		return null
	}
	return boolOf(false)
}

// memo remembers what a condition on one property came to, by the code of its value.
type memo struct {
	codes  [memoSize]uint32
	values [memoSize]value
}

const memoSize = 64

// memoNode is a condition that one property decides alone.
type memoNode struct {
	ref, memo int
	of        node
}

func (n memoNode) eval(e *Evaluator) value {
	code := e.row.Code(n.ref)
	if code == 0 {
		return n.of.eval(e)
	}
	m := &e.memos[n.memo]
	slot := code % memoSize
	if m.codes[slot] != code {
		m.codes[slot], m.values[slot] = code, n.of.eval(e)
	}
	return m.values[slot]
}

// spatialNode relates the feature's geometry with one of the condition whose box is known.
type spatialNode struct {
	of    node
	box   int
	apart value // what it comes to when the boxes share no point
}

func (n spatialNode) eval(e *Evaluator) value {
	if e.row.Apart(n.box) {
		return n.apart
	}
	return n.of.eval(e)
}
