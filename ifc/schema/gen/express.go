package main

import (
	"fmt"
	"regexp"
	"strings"
)

// express is what we take from one EXPRESS file.
type express struct {
	types    map[string]typeDef // by name as spelled
	entities map[string]entityDef
}

type typeDef struct {
	kind  string // "enum", "select" or "defined"
	value valueDef
}

type entityDef struct {
	super    string
	abstract bool
	own      []attrDef
}

type attrDef struct {
	name     string
	optional bool
	value    valueDef
}

// valueDef is a kind of value: a name, and how many aggregations stand around it.
type valueDef struct {
	name  string // a simple type of EXPRESS in upper case, or a type's name
	lists int
}

var (
	longComment = regexp.MustCompile(`(?s)\(\*.*?\*\)`)
	lineComment = regexp.MustCompile(`--[^\n]*`)
	tokenOf     = regexp.MustCompile(`'[^']*'|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]*)?|[:<>]=?|\S`)
)

// reader goes over the tokens of an EXPRESS file.
type reader struct {
	tokens []string
	pos    int
}

func (r *reader) peek() string {
	if r.pos < len(r.tokens) {
		return r.tokens[r.pos]
	}
	return ""
}

func (r *reader) next() string {
	t := r.peek()
	r.pos++
	return t
}

// is reports whether the next token is the given word in any case, and takes it if so.
func (r *reader) is(word string) bool {
	if strings.EqualFold(r.peek(), word) {
		r.pos++
		return true
	}
	return false
}

// past goes behind the next occurrence of a word.
func (r *reader) past(word string) error {
	for r.pos < len(r.tokens) {
		if r.is(word) {
			return nil
		}
		r.pos++
	}
	return fmt.Errorf("%s is missing", word)
}

func parseExpress(text string) (*express, error) {
	text = lineComment.ReplaceAllString(longComment.ReplaceAllString(text, " "), " ")
	r := &reader{tokens: tokenOf.FindAllString(text, -1)}
	x := &express{types: map[string]typeDef{}, entities: map[string]entityDef{}}
	for r.pos < len(r.tokens) {
		var err error
		switch {
		case r.is("TYPE"):
			err = r.typeDef(x)
		case r.is("ENTITY"):
			err = r.entityDef(x)
		case r.is("FUNCTION"):
			err = r.past("END_FUNCTION")
		case r.is("RULE"):
			err = r.past("END_RULE")
		default:
			r.pos++
		}
		if err != nil {
			return nil, err
		}
	}
	if len(x.entities) == 0 {
		return nil, fmt.Errorf("no ENTITY found")
	}
	return x, nil
}

func (r *reader) typeDef(x *express) error {
	name := r.next()
	if !r.is("=") {
		return fmt.Errorf("TYPE %s: = expected, found %q", name, r.peek())
	}
	def := typeDef{kind: "defined"}
	switch {
	case strings.EqualFold(r.peek(), "ENUMERATION"):
		def.kind = "enum"
	case strings.EqualFold(r.peek(), "SELECT"):
		def.kind = "select"
	default:
		def.value = r.value()
	}
	x.types[name] = def
	return r.past("END_TYPE")
}

// value reads a kind of value such as OPTIONAL-free LIST [1:?] OF UNIQUE IfcLabel.
func (r *reader) value() valueDef {
	var v valueDef
	for r.is("LIST") || r.is("SET") || r.is("ARRAY") || r.is("BAG") {
		v.lists++
		for r.pos < len(r.tokens) && !r.is("OF") {
			r.pos++
		}
		for r.is("UNIQUE") || r.is("OPTIONAL") {
			continue
		}
	}
	v.name = r.next()
	return v
}

func (r *reader) entityDef(x *express) error {
	name := r.next()
	var e entityDef
	for r.peek() != ";" && r.pos < len(r.tokens) {
		switch {
		case r.is("ABSTRACT"):
			e.abstract = true
		case r.is("SUBTYPE"):
			r.is("OF")
			r.is("(")
			e.super = r.next()
		default:
			r.pos++
		}
	}
	r.is(";")
	for !sectionWord(r.peek()) && r.pos < len(r.tokens) {
		attrs, redeclared := r.attribute()
		if !redeclared {
			e.own = append(e.own, attrs...)
		}
	}
	x.entities[name] = e
	return r.past("END_ENTITY")
}

func sectionWord(t string) bool {
	switch strings.ToUpper(t) {
	case "DERIVE", "INVERSE", "UNIQUE", "WHERE", "END_ENTITY":
		return true
	}
	return false
}

// attribute reads "A, B : OPTIONAL T;". A redeclaration, SELF\Super.A : T, gives no new
// parameter.
func (r *reader) attribute() (attrs []attrDef, redeclared bool) {
	for r.pos < len(r.tokens) && !r.is(":") {
		switch t := r.next(); {
		case strings.EqualFold(t, "SELF"):
			redeclared = true
		case t != "," && t != `\` && t != ".":
			attrs = append(attrs, attrDef{name: t})
		}
	}
	optional := r.is("OPTIONAL")
	value := r.value()
	for i := range attrs {
		attrs[i].optional, attrs[i].value = optional, value
	}
	for r.pos < len(r.tokens) && !r.is(";") {
		r.pos++
	}
	return attrs, redeclared
}
