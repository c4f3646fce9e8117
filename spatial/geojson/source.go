package geojson

import (
	"bytes"
	"errors"
	"io"
)

// source feeds the decoder: it drops a byte order mark and turns the record separators of
// RFC 8142 into white space.
type source struct {
	r     io.Reader
	err   error
	begun bool
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if !s.begun && err == nil {
		// A mark is three bytes long, so a shorter first read is made longer.
		for n < len(byteOrderMark) && n < len(p) && err == nil {
			var m int
			m, err = s.r.Read(p[n:])
			n += m
		}
	}
	b := p[:n]
	if !s.begun && n > 0 {
		s.begun = true
		if rest, ok := bytes.CutPrefix(b, byteOrderMark); ok {
			n = copy(p, rest)
			b = p[:n]
		}
	}
	for i := bytes.IndexByte(b, 0x1e); i >= 0; i = bytes.IndexByte(b, 0x1e) {
		b[i] = ' '
	}
	if err != nil {
		s.err = err
	}
	return n, err
}

func (s *source) atEnd() bool { return errors.Is(s.err, io.EOF) }
