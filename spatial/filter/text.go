package filter

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

func buildText(f func(string) string) func(*compiler, []node) node {
	return func(_ *compiler, args []node) node {
		return unary{args[0], func(v value) value {
			if v.kind != isText {
				return null
			}
			return textOf(f(v.text))
		}}
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// foldCase brings texts that differ in case only to one form: Unicode's full case folding.
func foldCase(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Fold().String(s)
}

// foldAccents takes marks off letters. The Japanese voicing marks stay: they make other
// letters, not other accents.
func foldAccents(s string) string {
	if isASCII(s) {
		return s
	}
	const dakuten, handakuten = 0x3099, 0x309A
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) && r != dakuten && r != handakuten {
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return norm.NFC.String(bare)
}

// buildLike makes a pattern ready. One that is no constant is made ready for every feature.
func buildLike(_ *compiler, args []node) node {
	if c, ok := args[1].(constant); ok {
		if c.kind != isText {
			return constant{}
		}
		p := patternOf(c.text)
		return unary{args[0], func(v value) value { return likeOf(v, p) }}
	}
	return binary{args[0], args[1], func(v, p value) value {
		if p.kind != isText || len(p.text) > MaxPattern {
			return null
		}
		return likeOf(v, patternOf(p.text))
	}}
}

func likeOf(v value, p pattern) value {
	if v.kind != isText {
		return null
	}
	return boolOf(p.matches(v.text))
}

// pattern is a LIKE pattern: characters, one for any, many for any number of any.
type pattern []rune

const (
	one  rune = -1
	many rune = -2
)

// patternOf reads % and _; a backslash takes away the meaning of what follows.
func patternOf(s string) pattern {
	var p pattern
	escaped := false
	for _, r := range s {
		switch {
		case escaped:
			p, escaped = append(p, r), false
		case r == '\\':
			escaped = true
		case r == '%':
			if n := len(p); n == 0 || p[n-1] != many {
				p = append(p, many)
			}
		case r == '_':
			p = append(p, one)
		default:
			p = append(p, r)
		}
	}
	if escaped {
		p = append(p, '\\')
	}
	return p
}

// matches goes back to the last "many" only, which is enough. At worst that takes as many
// steps as the lengths multiplied, which is why patterns are no longer than MaxPattern.
func (p pattern) matches(s string) bool {
	text := []rune(s)
	i, j, star, from := 0, 0, -1, 0
	for i < len(text) {
		switch {
		case j < len(p) && p[j] == many:
			star, from = j, i
			j++
		case j < len(p) && (p[j] == one || p[j] == text[i]):
			i++
			j++
		case star >= 0:
			from++
			i, j = from, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j] == many {
		j++
	}
	return j == len(p)
}
