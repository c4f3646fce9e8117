package filter

import "strings"

// ParseText reads a condition in CQL2 text (21-065r2, annex B). Errors are SyntaxErrors.
// Beyond the standard it takes operators in the form of functions ("in(a, (1, 2))"), the
// temporal functions with instants, times with an offset, and any character in a quoted name.
func ParseText(text string) (Expr, error) {
	if len(text) > MaxBytes {
		return nil, wrong(place{offset: MaxBytes}, "", "the filter is longer than %d bytes", MaxBytes)
	}
	p := parser{lex: lexer{text: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.token.kind == tokenEnd {
		return nil, wrong(p.here(), "write for instance floors > 5", "the filter is empty")
	}
	e, err := p.expr(precOr)
	if err != nil {
		return nil, err
	}
	if p.token.kind != tokenEnd {
		return nil, p.expected("an operator or the end")
	}
	return e, isCondition(place{}, e)
}

// Parse reads a condition in CQL2 text, or in CQL2 JSON when it begins with a brace, which no
// text does.
func Parse(text string) (Expr, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return ParseJSON([]byte(text))
	}
	return ParseText(text)
}

// isCondition reports an expression that is neither true nor false.
func isCondition(at place, e Expr) error {
	if k := kindsOf(e); k&kindBool == 0 {
		return wrong(at, "compare it with something", "the filter is %s, not a condition", k)
	}
	return nil
}

// parser reads tokens by recursive descent; the table of operators says what binds stronger.
type parser struct {
	budget
	lex   lexer
	token token
	depth int
}

func (p *parser) here() place { return place{offset: p.token.at} }

func (p *parser) advance() (err error) {
	p.token, err = p.lex.next()
	return err
}

func (p *parser) expected(what string) error {
	return wrong(p.here(), "", "expected %s, found %s", what, p.token)
}

// take goes on behind a sign or keyword, if it stands here.
func (p *parser) take(s string) (bool, error) {
	if !p.token.is(s) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) must(s string) error {
	ok, err := p.take(s)
	if err == nil && !ok {
		err = p.expected("“" + s + "”")
	}
	return err
}

// expr reads an expression whose operators bind at least so strongly.
func (p *parser) expr(least int) (Expr, error) {
	if p.depth++; p.depth > MaxDepth*precOperand {
		return nil, tooDeep(p.here())
	}
	defer func() { p.depth-- }()
	switch least {
	case precOr, precAnd:
		return p.chain(least)
	case precNot:
		if at := p.here(); p.token.is("not") {
			if err := p.advance(); err != nil {
				return nil, err
			}
			e, err := p.expr(precNot)
			if err != nil {
				return nil, err
			}
			return p.call(at, "not", e)
		}
		return p.expr(precCompare)
	case precCompare:
		return p.predicate()
	case precPower:
		return p.power()
	case precOperand:
		return p.factor()
	}
	return p.arithmetic(least)
}

// call makes an operator and checks its operands.
func (p *parser) call(at place, name string, args ...Expr) (Expr, error) {
	if err := p.node(at); err != nil {
		return nil, err
	}
	o, ok := standard(name)
	if !ok {
		return &Call{Op: name, Args: args, at: at}, nil
	}
	args = o.shaped(args)
	if err := o.check(at, args); err != nil {
		return nil, err
	}
	return &Call{Op: o.name, Args: args, at: at}, nil
}

// shaped brings the operands of an operator into the form that the tree has: a list of one
// in parentheses looks like a value, and the functional form of IN may be without them.
func (o *op) shaped(args []Expr) []Expr {
	if o.name == "in" && len(args) > 1 {
		if _, ok := args[1].(*Array); !ok || len(args) > 2 {
			return []Expr{args[0], &Array{Items: args[1:]}}
		}
	}
	if len(o.args) == 0 || o.args[0] != kindArray {
		return args
	}
	out := make([]Expr, len(args))
	for i, a := range args {
		if out[i] = a; kindsOf(a)&kindArray == 0 {
			out[i] = &Array{Items: []Expr{a}}
		}
	}
	return out
}

// chain reads a OR b OR c as one node.
func (p *parser) chain(prec int) (Expr, error) {
	name := map[int]string{precOr: "or", precAnd: "and"}[prec]
	first, err := p.expr(prec + 1)
	if err != nil {
		return nil, err
	}
	args, at := []Expr{first}, p.here()
	for {
		ok, err := p.take(name)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		next, err := p.expr(prec + 1)
		if err != nil {
			return nil, err
		}
		args = append(args, next)
	}
	if len(args) == 1 {
		return first, nil
	}
	return p.call(at, name, args...)
}

// predicate reads a comparison, LIKE, BETWEEN, IN, IS NULL, or what stands alone.
func (p *parser) predicate() (Expr, error) {
	left, err := p.expr(precAdd)
	if err != nil {
		return nil, err
	}
	at := p.here()
	negated, err := p.take("not")
	if err != nil {
		return nil, err
	}
	var e Expr
	switch {
	case p.token.is("like"):
		e, err = p.like(at, left)
	case p.token.is("between"):
		e, err = p.between(at, left)
	case p.token.is("in"):
		e, err = p.in(at, left)
	case negated:
		return nil, p.expected("LIKE, BETWEEN or IN")
	case p.token.is("is"):
		return p.isNull(at, left)
	default:
		return p.comparison(at, left)
	}
	if err != nil || !negated {
		return e, err
	}
	return p.call(at, "not", e)
}

func (p *parser) comparison(at place, left Expr) (Expr, error) {
	o, ok := standard(p.token.text)
	if p.token.kind != tokenSign || !ok || o.prec != precCompare {
		return left, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	right, err := p.expr(precAdd)
	if err != nil {
		return nil, err
	}
	return p.call(at, o.name, left, right)
}

func (p *parser) like(at place, left Expr) (Expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	pattern, err := p.expr(precAdd)
	if err != nil {
		return nil, err
	}
	return p.call(at, "like", left, pattern)
}

func (p *parser) between(at place, left Expr) (Expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	low, err := p.expr(precAdd)
	if err != nil {
		return nil, err
	}
	if err := p.must("and"); err != nil {
		return nil, err
	}
	high, err := p.expr(precAdd)
	if err != nil {
		return nil, err
	}
	return p.call(at, "between", left, low, high)
}

func (p *parser) in(at place, left Expr) (Expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.must("("); err != nil {
		return nil, err
	}
	items, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, wrong(at, "", "the list of IN is empty")
	}
	return p.call(at, "in", left, &Array{Items: items})
}

func (p *parser) isNull(at place, left Expr) (Expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	negated, err := p.take("not")
	if err != nil {
		return nil, err
	}
	if err := p.must("null"); err != nil {
		return nil, err
	}
	e, err := p.call(at, "isNull", left)
	if err != nil || !negated {
		return e, err
	}
	return p.call(at, "not", e)
}

// list reads operands up to the closing parenthesis.
func (p *parser) list() ([]Expr, error) {
	items := []Expr{}
	if ok, err := p.take(")"); ok || err != nil {
		return items, err
	}
	for {
		e, err := p.expr(precOr)
		if err != nil {
			return nil, err
		}
		if err := p.node(p.here()); err != nil {
			return nil, err
		}
		items = append(items, e)
		if ok, err := p.take(","); err != nil {
			return nil, err
		} else if ok {
			continue
		}
		return items, p.must(")")
	}
}

// arithmetic reads operators of one strength from left to right.
func (p *parser) arithmetic(prec int) (Expr, error) {
	left, err := p.expr(prec + 1)
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		at := p.here()
		o, ok := standard(p.token.text)
		if !ok || o.prec != prec || (p.token.kind != tokenSign && p.token.kind != tokenWord) {
			return left, nil
		}
		if n == MaxDepth {
			return nil, tooDeep(at)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		right, err := p.expr(prec + 1)
		if err != nil {
			return nil, err
		}
		if left, err = p.call(at, o.name, left, right); err != nil {
			return nil, err
		}
	}
}
