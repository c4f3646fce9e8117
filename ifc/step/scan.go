package step

import "bytes"

// The classes of characters.
const (
	space  = 1 << iota // separates tokens
	digit              // 0 to 9
	letter             // A to Z in either case
	word               // may stand in a keyword behind its beginning
	ender              // ends a number, a reference, an enumeration or a sign
)

// class gives the classes of each byte. Bytes at or below the blank separate tokens: line
// ends, tabs and, in files that went through a terminal, stray control characters.
var class = classes()

func classes() (c [256]uint8) {
	for i := range c {
		switch b := byte(i); {
		case b <= ' ':
			c[i] = space | ender
		case b-'0' <= 9:
			c[i] = digit | word
		case b|0x20 >= 'a' && b|0x20 <= 'z':
			c[i] = letter | word
		}
	}
	for _, b := range "_-" {
		c[b] |= word
	}
	for _, b := range ",);('/" {
		c[b] |= ender
	}
	return c
}

func isSpace(c byte) bool { return c <= ' ' }

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return class[c]&letter != 0 }

func isKeyword(c byte) bool { return class[c]&word != 0 }

// skipSpace returns b without leading white space and comments. A comment that never
// closes ends the bytes.
func skipSpace(b []byte) []byte {
	for len(b) > 0 {
		if isSpace(b[0]) {
			b = b[1:]
			continue
		}
		if b[0] != '/' || len(b) < 2 || b[1] != '*' {
			return b
		}
		end := bytes.Index(b[2:], commentEnd)
		if end < 0 {
			return nil
		}
		b = b[end+4:]
	}
	return b
}

var (
	commentStart = []byte("/*")
	commentEnd   = []byte("*/")
)

// skipString returns what follows the string that begins at b[0], an apostrophe.
// ISO 10303-21, strings: an apostrophe inside is written twice.
func skipString(b []byte) []byte {
	b = b[1:]
	for {
		i := bytes.IndexByte(b, '\'')
		if i < 0 {
			return nil
		}
		b = b[i+1:]
		if len(b) == 0 || b[0] != '\'' {
			return b
		}
		b = b[1:]
	}
}

// skipList returns what follows the list that begins at b[0], an opening parenthesis.
func skipList(b []byte) []byte {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return b[i+1:]
			}
		case '\'':
			rest := skipString(b[i:])
			i = len(b) - len(rest) - 1
		case '/':
			if i+1 < len(b) && b[i+1] == '*' {
				rest := skipSpace(b[i:])
				i = len(b) - len(rest) - 1
			}
		case ';':
			// No statement end can stand inside a list: the list was never closed.
			return b[i:]
		}
	}
	return nil
}

// skipKeyword returns what follows the keyword at the start of b.
func skipKeyword(b []byte) []byte {
	i := 0
	if i < len(b) && b[i] == '!' {
		i++
	}
	for i < len(b) && isKeyword(b[i]) {
		i++
	}
	return b[i:]
}

// skipValue returns what follows the parameter that begins at b[0].
func skipValue(b []byte) []byte {
	switch c := b[0]; {
	case c == '\'':
		return skipString(b)
	case c == '(':
		return skipList(b)
	case c == '"':
		if i := bytes.IndexByte(b[1:], '"'); i >= 0 {
			return b[i+2:]
		}
		return nil
	case isLetter(c) || c == '!':
		rest := skipSpace(skipKeyword(b))
		if len(rest) > 0 && rest[0] == '(' {
			return skipList(rest)
		}
		return rest
	}
	return skipPlain(b)
}

// skipPlain returns what follows a number, a reference, an enumeration or a sign.
func skipPlain(b []byte) []byte {
	for i, c := range b {
		if class[c]&ender != 0 {
			return b[i:]
		}
	}
	return nil
}

// skipToDelimiter returns b from the next comma, closing parenthesis or statement end that
// stands outside strings and lists: the way out of a parameter with junk behind it.
func skipToDelimiter(b []byte) []byte {
	for len(b) > 0 {
		switch b[0] {
		case ',', ')', ';':
			return b
		case '\'':
			b = skipString(b)
		case '(':
			b = skipList(b)
		case '/':
			if rest := skipSpace(b); len(rest) < len(b) {
				b = rest
				continue
			}
			b = b[1:]
		default:
			b = b[1:]
		}
	}
	return nil
}

// startsStatement reports whether a statement "#123=KEYWORD(" or "#123=(" begins at
// b[i], and does so where statements begin: on a fresh line or behind a semicolon.
func startsStatement(b []byte, i int) bool {
	return freshLine(b, i) && looksLikeInstance(b[i:])
}

// freshLine reports whether only blanks stand between b[i] and the line's start or the
// last semicolon.
func freshLine(b []byte, i int) bool {
	for i--; i >= 0; i-- {
		switch c := b[i]; {
		case c == '\n' || c == '\r' || c == ';':
			return true
		case !isSpace(c):
			return false
		}
	}
	return true
}

// looksLikeInstance reports whether b begins as "#123 = KEYWORD" or "#123 = (" does.
func looksLikeInstance(b []byte) bool {
	if len(b) < 4 || b[0] != '#' || !isDigit(b[1]) {
		return false
	}
	i := 1
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	i = skipBlanks(b, i)
	if i >= len(b) || b[i] != '=' {
		return false
	}
	i = skipBlanks(b, i+1)
	return i < len(b) && (isLetter(b[i]) || b[i] == '(' || b[i] == '!')
}

func skipBlanks(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}
