package filter

import (
	"strings"
	"unicode/utf8"
)

// tokenKind is what a token of CQL2 text is.
type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // an identifier or keyword
	tokenQuoted           // an identifier in double quotes
	tokenText             // a text in single quotes
	tokenNumber           // without sign
	tokenSign             // an operator, a parenthesis or a comma
)

// token is one token; text is what it stands for, without quotes and escapes.
type token struct {
	kind tokenKind
	text string
	at   int // the byte at which it begins
}

// is reports whether the token is that sign, or that keyword in any case.
func (t token) is(s string) bool {
	switch t.kind {
	case tokenSign:
		return t.text == s
	case tokenWord:
		return strings.EqualFold(t.text, s)
	}
	return false
}

func (t token) String() string {
	switch t.kind {
	case tokenEnd:
		return "the end"
	case tokenText:
		return "the text '" + clip(t.text) + "'"
	case tokenQuoted:
		return "the property \"" + clip(t.text) + "\""
	}
	return "“" + clip(t.text) + "”"
}

// lexer cuts a text into tokens (21-065r2, annex B).
type lexer struct {
	text string
	at   int
}

// signs are the operators of more than one character before those that begin them.
var signs = []string{"<>", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "^", "(", ")", ","}

func (l *lexer) next() (token, error) {
	l.space()
	start := l.at
	if start == len(l.text) {
		return token{kind: tokenEnd, at: start}, nil
	}
	c := l.text[start]
	switch {
	case c == '\'':
		return l.quoted('\'', tokenText)
	case c == '"':
		return l.quoted('"', tokenQuoted)
	case isDigit(c), c == '.' && start+1 < len(l.text) && isDigit(l.text[start+1]):
		return l.number(), nil
	}
	for _, s := range signs {
		if strings.HasPrefix(l.text[start:], s) {
			l.at += len(s)
			return token{kind: tokenSign, text: s, at: start}, nil
		}
	}
	r, size := utf8.DecodeRuneInString(l.text[start:])
	if !startsIdentifier(r) {
		return token{}, l.stranger(r, size)
	}
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !continuesIdentifier(r) || (r == utf8.RuneError && size == 1) {
			break
		}
		l.at += size
	}
	return token{kind: tokenWord, text: l.text[start:l.at], at: start}, nil
}

func (l *lexer) stranger(r rune, size int) error {
	at := place{offset: l.at}
	switch {
	case r == utf8.RuneError && size == 1:
		return wrong(at, "write UTF-8, percent-encoded in an address", "the filter is no UTF-8 text")
	case r == '!':
		return wrong(at, "unequal is written <>", "“!” means nothing in CQL2")
	case r == '[' || r == '{':
		return wrong(at, "for CQL2 JSON say filter-lang=cql2-json", "“%c” means nothing in CQL2 text", r)
	case r == '’' || r == '‘' || r == '“' || r == '”':
		return wrong(at, "write ' around texts and \" around names", "“%c” is a typographic quote", r)
	}
	return wrong(at, "", "“%c” means nothing in CQL2", r)
}

// space skips white space, in which CQL2 counts all that Unicode does.
func (l *lexer) space() {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !isSpace(r) {
			return
		}
		l.at += size
	}
}

// quoted reads up to the closing quote. A quote inside is doubled; in texts it may also
// follow a backslash.
func (l *lexer) quoted(quote byte, kind tokenKind) (token, error) {
	start := l.at
	var b strings.Builder
	for i := start + 1; i < len(l.text); i++ {
		c := l.text[i]
		next := byte(0)
		if i+1 < len(l.text) {
			next = l.text[i+1]
		}
		switch {
		case c == quote && next == quote, c == '\\' && next == quote && kind == tokenText:
			b.WriteByte(quote)
			i++
		case c == quote:
			l.at = i + 1
			t := token{kind: kind, text: b.String(), at: start}
			if !utf8.ValidString(t.text) {
				return t, wrong(place{offset: start}, "write UTF-8, percent-encoded in an address", "the filter is no UTF-8 text")
			}
			if kind == tokenQuoted && t.text == "" {
				return t, wrong(place{offset: start}, "texts stand in single quotes: ''", "a name in double quotes is empty")
			}
			return t, nil
		default:
			b.WriteByte(c)
		}
	}
	return token{}, wrong(place{offset: start}, "a quote inside is written twice", "the quote that opens here is not closed")
}

func (l *lexer) number() token {
	start := l.at
	digits := func() {
		for l.at < len(l.text) && isDigit(l.text[l.at]) {
			l.at++
		}
	}
	digits()
	if l.at < len(l.text) && l.text[l.at] == '.' {
		l.at++
		digits()
	}
	if mark := l.at; mark < len(l.text) && (l.text[mark] == 'e' || l.text[mark] == 'E') {
		l.at++
		if l.at < len(l.text) && (l.text[l.at] == '+' || l.text[l.at] == '-') {
			l.at++
		}
		if digitsFrom := l.at; true {
			if digits(); l.at == digitsFrom {
				l.at = mark
			}
		}
	}
	return token{kind: tokenNumber, text: l.text[start:l.at], at: start}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isSpace(r rune) bool {
	return r >= '\t' && r <= '\r' || r == ' ' || r == 0x85 || r == 0xA0 || r == 0x1680 || r >= 0x2000 && r <= 0x200A ||
		r == 0x2028 || r == 0x2029 || r == 0x202F || r == 0x205F || r == 0x3000
}

// starts are the ranges of characters that an identifier can begin with.
var starts = [][2]rune{{':', ':'}, {'_', '_'}, {'A', 'Z'}, {'a', 'z'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFE},
	{0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFC}, {0x10000, 0xEFFFF}}

func startsIdentifier(r rune) bool {
	if isSpace(r) {
		return false
	}
	for _, s := range starts {
		if r >= s[0] && r <= s[1] {
			return true
		}
	}
	return false
}

func continuesIdentifier(r rune) bool {
	return startsIdentifier(r) || r == '.' || r >= '0' && r <= '9' || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}
