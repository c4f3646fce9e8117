package csv

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/shikong-cim/shikong/spatial"
)

// maxLine bounds the bytes between two line ends: a file without line ends is no table, and
// would have to be taken into memory whole.
const maxLine = 32 << 20

// dialect is how a file is written.
type dialect struct {
	encoding  encoding.Encoding // nil for UTF-8
	name      string            // of the encoding
	delimiter rune
}

// sniff reads the whole file to find whether it is UTF-8, and the delimiter from its header.
func sniff(r io.Reader) (dialect, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(1 << 16)
	if err != nil && !errors.Is(err, io.EOF) {
		return dialect{}, err
	}
	d := dialect{name: "UTF-8"}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		d.encoding, d.name = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), "UTF-16"
		if head, err = firstBytes(transform.NewReader(b, d.encoding.NewDecoder())); err != nil {
			return d, err
		}
	} else if ok, err := isUTF8(b); err != nil {
		return d, err
	} else if !ok {
		d.encoding, d.name = simplifiedchinese.GB18030, "GB 18030"
	}
	d.delimiter = delimiterOf(head)
	return d, nil
}

func firstBytes(r io.Reader) ([]byte, error) {
	head := make([]byte, 1<<16)
	n, err := io.ReadFull(r, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// isUTF8 reads to the end.
func isUTF8(r io.Reader) (bool, error) {
	buffer := make([]byte, 1<<16)
	kept := 0
	for {
		n, err := r.Read(buffer[kept:])
		b := buffer[:kept+n]
		for len(b) > 0 {
			c, size := utf8.DecodeRune(b)
			if c == utf8.RuneError && size == 1 {
				if utf8.FullRune(b) || err != nil {
					return false, ignoreEOF(err)
				}
				break
			}
			b = b[size:]
		}
		kept = copy(buffer, b)
		if err != nil {
			return kept == 0, ignoreEOF(err)
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// delimiterOf returns the delimiter that stands most often in the header outside of quotes; a
// comma when there is none, as in a table of one column.
func delimiterOf(head []byte) rune {
	counts := map[byte]int{}
	quoted := false
	for _, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return most(counts)
		default:
			counts[c]++
		}
	}
	return most(counts)
}

func most(counts map[byte]int) rune {
	best := byte(',')
	for _, c := range []byte(";\t|") {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

// text returns the file as UTF-8 without a byte order mark, and refuses endless lines.
func (d dialect) text(r io.Reader) io.Reader {
	if d.encoding != nil {
		r = transform.NewReader(r, d.encoding.NewDecoder())
	}
	b := bufio.NewReaderSize(&lineGuard{r: r}, 1<<16)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	return b
}

// lineGuard counts bytes since the last line end.
type lineGuard struct {
	r    io.Reader
	line int
}

// Read implements io.Reader.
func (g *lineGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		g.line = n - i - 1
	} else {
		g.line += n
	}
	if g.line > maxLine {
		return 0, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-table",
			Message: fmt.Sprintf("a line is longer than %d MB, so this is no table of comma-separated values", maxLine>>20)}
	}
	return n, err
}
