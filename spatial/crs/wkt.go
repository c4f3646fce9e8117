package crs

import (
	"strconv"
	"strings"
)

// wktNode is one KEYWORD[…] of well-known text, of ISO 19162 and of the older OGC 01-009.
type wktNode struct {
	keyword string // upper case
	args    []wktArg
}

// wktArg is one argument: a nested node, a quoted string, or a bare word or number.
type wktArg struct {
	node   *wktNode
	text   string
	quoted bool
}

// Bounds on foreign text. Real systems nest 8 deep and have some 100 nodes.
const (
	wktDepth = 32
	wktNodes = 4096
)

// wktParser reads well-known text. Both [] and () are brackets in all versions.
type wktParser struct {
	s     string
	pos   int
	nodes int
}

// parseWKTNodes reads the comma separated nodes of a text; ESRI writes PROJCS[…],VERTCS[…].
func parseWKTNodes(s string) ([]*wktNode, error) {
	p := &wktParser{s: s}
	var roots []*wktNode
	for {
		arg, err := p.arg(0)
		if err != nil {
			return nil, err
		}
		if arg.node == nil {
			return nil, p.fail("a keyword and a bracket were expected")
		}
		roots = append(roots, arg.node)
		p.space()
		if p.pos == len(p.s) {
			return roots, nil
		}
		if p.s[p.pos] != ',' {
			return nil, p.fail("there is more text after the end")
		}
		p.pos++
	}
}

func (p *wktParser) fail(what string) error {
	return unsupported("", "WKT of a coordinate reference system, byte %d: %s", p.pos, what)
}

func (p *wktParser) space() {
	for p.pos < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *wktParser) arg(depth int) (wktArg, error) {
	p.space()
	if p.pos == len(p.s) {
		return wktArg{}, p.fail("the text ends too early")
	}
	if p.s[p.pos] == '"' {
		text, err := p.quotedText()
		return wktArg{text: text, quoted: true}, err
	}
	start := p.pos
	for p.pos < len(p.s) && strings.IndexByte(" \t\r\n,[]()\"", p.s[p.pos]) < 0 {
		p.pos++
	}
	word := p.s[start:p.pos]
	if word == "" {
		return wktArg{}, p.fail("a value was expected")
	}
	p.space()
	if p.pos < len(p.s) && (p.s[p.pos] == '[' || p.s[p.pos] == '(') {
		node, err := p.node(strings.ToUpper(word), depth)
		return wktArg{node: node}, err
	}
	return wktArg{text: word}, nil
}

// quotedText reads a string, in which a quote is written twice.
func (p *wktParser) quotedText() (string, error) {
	var b strings.Builder
	for {
		p.pos++
		end := strings.IndexByte(p.s[p.pos:], '"')
		if end < 0 {
			return "", p.fail("a string never closes")
		}
		b.WriteString(p.s[p.pos : p.pos+end])
		p.pos += end + 1
		if p.pos == len(p.s) || p.s[p.pos] != '"' {
			return b.String(), nil
		}
		b.WriteByte('"')
	}
}

func (p *wktParser) node(keyword string, depth int) (*wktNode, error) {
	if p.nodes++; depth == wktDepth || p.nodes > wktNodes {
		return nil, p.fail("it is nested too deeply or too long")
	}
	n := &wktNode{keyword: keyword}
	closing := byte(']')
	if p.s[p.pos] == '(' {
		closing = ')'
	}
	for {
		p.pos++
		arg, err := p.arg(depth + 1)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
		p.space()
		switch {
		case p.pos == len(p.s):
			return nil, p.fail("the text ends within " + quote(keyword))
		case p.s[p.pos] == closing:
			p.pos++
			return n, nil
		case p.s[p.pos] != ',':
			return nil, p.fail("a comma or a closing bracket was expected")
		}
	}
}

// child returns the first nested node with one of the keywords, nil when there is none.
func (n *wktNode) child(keywords ...string) *wktNode {
	for _, a := range n.args {
		if a.node == nil {
			continue
		}
		for _, k := range keywords {
			if a.node.keyword == k {
				return a.node
			}
		}
	}
	return nil
}

// name returns the first argument, which names the thing in every node used here.
func (n *wktNode) name() string { return n.text(0) }

func (n *wktNode) text(i int) string {
	if i < len(n.args) {
		return n.args[i].text
	}
	return ""
}

func (n *wktNode) number(i int) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(n.text(i)), 64)
	if err != nil || !finite(v) {
		return 0, unsupported("", "WKT of a coordinate reference system: %s[%s…] needs a number", n.keyword, quote(n.name()))
	}
	return v, nil
}

// epsg returns the EPSG code that AUTHORITY or ID gives the node, 0 when there is none.
func (n *wktNode) epsg() int {
	id := n.child("AUTHORITY", "ID")
	if id == nil || !strings.EqualFold(id.name(), "EPSG") {
		return 0
	}
	code, err := parseCode(id.text(1))
	if err != nil {
		return 0
	}
	return code
}

// looksLikeWKT reports whether a text begins like well-known text rather than a name.
func looksLikeWKT(s string) bool {
	i := strings.IndexAny(s, "[(")
	if i <= 0 {
		return false
	}
	_, ok := wktSystems[strings.ToUpper(strings.TrimSpace(s[:i]))]
	return ok
}

func wktMissing(n *wktNode, what string) error {
	return unsupported("", "WKT of a coordinate reference system: %s[%s…] has no %s", n.keyword, quote(n.name()), what)
}
