package shapefile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

const (
	fileCode   = 9994
	headerSize = 100
	// maxRecord bounds a record: its positions with height and measure, and as many parts.
	maxRecord = intake.MaxVertices*40 + 1024
)

// shapes reads the records of a .shp.
//
//	file    | code 9994 BE | 5 unused | length in 16-bit words BE | version 1000 LE | type LE | 8 float64 |  100 bytes
//	record  | number BE | length in words BE | type LE | …
type shapes struct {
	r      *bufio.Reader
	at     int64 // bytes read
	end    int64 // by the header
	number uint32
	buffer []byte
}

func newShapes(r io.Reader) (*shapes, error) {
	s := &shapes{r: bufio.NewReaderSize(r, 1<<16), at: headerSize}
	var h [headerSize]byte
	if _, err := io.ReadFull(s.r, h[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, broken("truncated", "the .shp ends in its header")
		}
		return nil, err
	}
	if code := binary.BigEndian.Uint32(h[:]); code != fileCode {
		return nil, broken("not-a-shapefile", "the .shp begins with %d, not with %d", code, fileCode)
	}
	if version := binary.LittleEndian.Uint32(h[28:]); version != 1000 {
		return nil, broken("not-a-shapefile", "the .shp has version %d, not 1000", version)
	}
	s.end = 2 * int64(binary.BigEndian.Uint32(h[24:]))
	return s, nil
}

func broken(code, format string, args ...any) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: code, Message: fmt.Sprintf(format, args...), Hint: "copy or export the file again"}
}

// next returns the content of the next record, good until the next call; io.EOF behind the
// last.
func (s *shapes) next() ([]byte, error) {
	if s.at >= s.end {
		return nil, io.EOF
	}
	var h [8]byte
	if err := s.fill(h[:]); err != nil {
		return nil, err
	}
	s.number = binary.BigEndian.Uint32(h[:])
	n := 2 * int64(binary.BigEndian.Uint32(h[4:]))
	if n > maxRecord {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-many-vertices",
			Message: fmt.Sprintf("record %d is %d bytes long: more than %d positions", s.number, n, intake.MaxVertices), Hint: "cut it into parts or simplify it"}
	}
	if int64(cap(s.buffer)) < n {
		s.buffer = make([]byte, n)
	}
	s.buffer = s.buffer[:n]
	return s.buffer, s.fill(s.buffer)
}

func (s *shapes) fill(b []byte) error {
	n, err := io.ReadFull(s.r, b)
	s.at += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "truncated",
			Message: fmt.Sprintf("the .shp ends at byte %d of %d", s.at, s.end), Hint: "copy or export the file again"}
	}
	return err
}
