package step

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Text returns the decoded text of a string, also inside a typed parameter; "" for other
// kinds. Escapes that are broken stand in the text as they are.
func (v Value) Text() string {
	raw := v.rawText()
	if plainText(raw) {
		return string(raw)
	}
	return string(appendDecoded(make([]byte, 0, len(raw)+8), raw))
}

// AppendText appends the decoded text of a string to dst.
func (v Value) AppendText(dst []byte) []byte {
	raw := v.rawText()
	if plainText(raw) {
		return append(dst, raw...)
	}
	return appendDecoded(dst, raw)
}

// RawText returns the bytes between a string's apostrophes, escapes and all, also inside
// a typed parameter. They belong to the file. Equal raw texts are equal texts.
func (v Value) RawText() []byte { return v.rawText() }

func (v Value) rawText() []byte {
	v = v.bare()
	if len(v.b) == 0 || v.b[0] != '\'' {
		return nil
	}
	rest := skipString(v.b)
	if rest == nil {
		if v.b[len(v.b)-1] == '\'' && len(v.b) > 1 {
			return v.b[1 : len(v.b)-1]
		}
		return v.b[1:]
	}
	return v.b[1 : len(v.b)-len(rest)-1]
}

// plainText reports whether the raw text stands for itself.
func plainText(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c >= 0x7F || c == '\'' || c == '\\' {
			return false
		}
	}
	return true
}

// appendDecoded decodes the escapes of ISO 10303-21, strings, and characters beyond ASCII
// that should have been escaped and were not.
func appendDecoded(dst, b []byte) []byte {
	page := charmap.ISO8859_1
	foreign := guess(b)
	for len(b) > 0 {
		if b[0] == '\\' && page == charmap.ISO8859_1 {
			if text, rest, ok := escapedGBK(b); ok {
				dst, b = append(dst, text...), rest
				continue
			}
		}
		switch c := b[0]; {
		case c == '\'':
			// An apostrophe is written twice.
			dst = append(dst, c)
			b = bytes.TrimPrefix(b[1:], quote)
		case c == '\\':
			dst, b, page = appendEscape(dst, b, page)
		case c < ' ' && c != '\t' || c == 0x7F:
			// Line ends inside a string are not part of it.
			b = b[1:]
		case c >= utf8.RuneSelf:
			n := 1
			for n < len(b) && b[n] >= utf8.RuneSelf || n < len(b) && foreign == simplified && n%2 == 1 {
				n++
			}
			dst = foreign.append(dst, b[:n])
			b = b[n:]
		default:
			dst = append(dst, c)
			b = b[1:]
		}
	}
	return dst
}

// appendEscape decodes the escape at the start of b, a backslash.
func appendEscape(dst, b []byte, page *charmap.Charmap) (out, rest []byte, next *charmap.Charmap) {
	two := byte(0)
	if len(b) > 1 {
		two = b[1]
	}
	switch {
	case two == '\\':
		return append(dst, '\\'), b[2:], page
	case two == 'S' || two == 'X' && len(b) > 2 && b[2] == '\\':
		// \S\c: the character of the page 128 above c. \X\hh: the character of ISO 8859-1.
		c, n := escapedByte(b)
		switch {
		case n == 0:
		case two == 'S':
			return utf8.AppendRune(dst, page.DecodeByte(c)), b[n:], page
		default:
			return utf8.AppendRune(dst, rune(c)), b[n:], page
		}
	case two == 'P' && len(b) > 3 && b[3] == '\\' && b[2]-'A' < byte(len(pages)):
		// \PA\ … \PI\: the page, ISO 8859-1 to -9.
		return dst, b[4:], pages[b[2]-'A']
	case two == 'X' && len(b) > 3 && b[2] == '2' && b[3] == '\\':
		out, rest := appendWide(dst, b[4:], 4)
		return out, rest, page
	case two == 'X' && len(b) > 3 && b[2] == '4' && b[3] == '\\':
		out, rest := appendWide(dst, b[4:], 8)
		return out, rest, page
	case two == 'N' && len(b) > 2 && b[2] == '\\':
		return append(dst, '\n'), b[3:], page
	case two == 'F' && len(b) > 2 && b[2] == '\\':
		return dst, b[3:], page
	}
	return append(dst, '\\'), b[1:], page
}

// escapedByte decodes \S\c or \X\hh at the start of b and returns its length, 0 for
// anything else.
func escapedByte(b []byte) (c byte, length int) {
	switch {
	case len(b) > 3 && b[1] == 'S' && b[2] == '\\' && b[3] >= ' ' && b[3] < 0x7F:
		return b[3] | 0x80, 4
	case len(b) > 4 && b[1] == 'X' && b[2] == '\\':
		if r, ok := hexRune(b[3:5]); ok {
			return byte(r), 5
		}
	}
	return 0, 0
}

// escapedGBK decodes a run of \S\ or \X\ escapes that spells GBK byte by byte, as
// exporters on Chinese machines wrote it before they knew \X2\. Four or more characters
// of ISO 8859-1 that pair up into everyday Chinese throughout are no western word.
func escapedGBK(b []byte) (text, rest []byte, ok bool) {
	var few [64]byte
	run := few[:0]
	rest = b
	for len(rest) > 0 && rest[0] == '\\' {
		c, n := escapedByte(rest)
		if n == 0 || c < 0xA1 || c == 0xFF {
			break
		}
		run, rest = append(run, c), rest[n:]
	}
	if len(run) < 4 || len(run)%2 == 1 {
		return nil, nil, false
	}
	for i := 0; i < len(run); i += 2 {
		if !everyday(run[i], run[i+1]) {
			return nil, nil, false
		}
	}
	text, err := simplifiedchinese.GBK.NewDecoder().Bytes(run)
	return text, rest, err == nil
}

// everyday reports whether two bytes of GBK are a character of everyday use or full-width
// punctuation: GB 2312, rows 1 to 3 and 16 to 55.
func everyday(lead, trail byte) bool {
	return trail >= 0xA1 && (lead >= 0xB0 && lead <= 0xD7 || lead >= 0xA1 && lead <= 0xA3)
}

var pages = [...]*charmap.Charmap{charmap.ISO8859_1, charmap.ISO8859_2, charmap.ISO8859_3,
	charmap.ISO8859_4, charmap.ISO8859_5, charmap.ISO8859_6, charmap.ISO8859_7,
	charmap.ISO8859_8, charmap.ISO8859_9}

// appendWide decodes groups of hexadecimal digits up to \X0\, or to the first thing that
// is no group. \X2\ is UCS-2 by the standard; real files write surrogate pairs.
func appendWide(dst, b []byte, digits int) (out, rest []byte) {
	var high rune
	for len(b) >= digits {
		r, ok := hexRune(b[:digits])
		if !ok {
			break
		}
		b = b[digits:]
		switch {
		case high != 0 && utf16.IsSurrogate(r):
			dst = utf8.AppendRune(dst, utf16.DecodeRune(high, r))
			high = 0
		case utf16.IsSurrogate(r):
			high = r
		default:
			if high != 0 {
				dst, high = utf8.AppendRune(dst, utf8.RuneError), 0
			}
			dst = utf8.AppendRune(dst, r)
		}
	}
	if high != 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	return dst, bytes.TrimPrefix(b, wideEnd)
}

var wideEnd = []byte(`\X0\`)

func hexRune(b []byte) (rune, bool) {
	var r uint32
	for _, c := range b {
		switch {
		case isDigit(c):
			r = r<<4 | uint32(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | uint32(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	if r > utf8.MaxRune {
		return utf8.RuneError, true
	}
	return rune(r), true
}

// charset is how characters beyond ASCII are written in a string.
type charset uint8

const (
	unicode8 charset = iota
	simplified
	western
)

// append decodes bytes beyond ASCII.
func (s charset) append(dst, b []byte) []byte {
	switch s {
	case unicode8:
		return append(dst, bytes.ToValidUTF8(b, []byte("\uFFFD"))...)
	case simplified:
		text, err := simplifiedchinese.GBK.NewDecoder().Bytes(b)
		if err == nil {
			return append(dst, text...)
		}
	}
	for _, c := range b {
		dst = utf8.AppendRune(dst, charmap.Windows1252.DecodeByte(c))
	}
	return dst
}

// guess says how a string's characters beyond ASCII are most likely written. The standard
// allows none of them; real exporters write UTF-8, GBK on Chinese machines, or the page
// of a western Windows. UTF-8 hardly ever arises by accident. GBK is told from a western
// page by its pairs: an accented letter seldom stands beside another, a Chinese character
// always has two bytes.
func guess(b []byte) charset {
	if utf8.Valid(b) {
		return unicode8
	}
	pairs, common := 0, 0
	for i := 0; i < len(b); i++ {
		if b[i] < utf8.RuneSelf {
			continue
		}
		if i+1 >= len(b) || b[i] == 0x80 || b[i] == 0xFF || b[i+1] < 0x40 || b[i+1] == 0x7F || b[i+1] == 0xFF {
			return western
		}
		pairs++
		if everyday(b[i], b[i+1]) {
			common++
		}
		i++
	}
	if 2*common >= pairs && common > 0 {
		return simplified
	}
	return western
}
