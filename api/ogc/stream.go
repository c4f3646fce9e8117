package ogc

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// wholeSize is how many bytes are gathered before the first go to the client. Until then an
// error can still become a problem document, and an answer that ends has a length.
const wholeSize = 256 << 10

// flushSize is how many bytes are gathered for each of the chunks that follow: as much as the
// caches of a processor hold.
const flushSize = 64 << 10

// keptSize is up to which size memory of answers is kept for the next.
const keptSize = 1 << 20

// stream writes a list of features one by one.
type stream struct {
	c    echo.Context
	form form
	rows rowForm // nil when the form wants features
	buf  []byte
	// count is the number of features written, lastID and lastStart the key of the last of them.
	count     int64
	lastID    string
	lastStart time.Time
}

// stream returns the stream of an answer and what gives its memory back.
func (s *Service) stream(c echo.Context, a *ask) (out *stream, done func()) {
	buf := s.buffers.Get().(*[]byte)
	out = &stream{c: c, form: s.form(c, a, a.format), buf: (*buf)[:0]}
	if f, ok := out.form.(rowForm); ok && f.writesRows() {
		out.rows = f
	}
	return out, func() {
		if cap(out.buf) <= keptSize {
			*buf = out.buf
			s.buffers.Put(buf)
		}
	}
}

// read writes what answers a query, at most limit of it (0 for all), and reports whether
// there is more.
func (s *Service) read(ctx context.Context, q spatial.Query, limit int, out *stream) (more bool, err error) {
	if reader, ok := s.reader.(Recorder); ok && out.rows != nil {
		if answer, held := reader.Records(ctx, q); held {
			return each(answer, limit, out.row)
		}
	}
	return take(s.reader.Features(ctx, q), limit, out.feature)
}

// tail are the members of a FeatureCollection that are known only behind the features.
type tail struct {
	Matched   *int64 // nil for unknown
	Returned  int64
	TimeStamp string
	Datum     string // "" for unknown
	Links     []rest.Link
}

// append closes the collection.
func (t *tail) append(dst []byte) []byte {
	if t.Matched != nil {
		dst = strconv.AppendInt(append(dst, `,"numberMatched":`...), *t.Matched, 10)
	}
	dst = strconv.AppendInt(append(dst, `,"numberReturned":`...), t.Returned, 10)
	dst = spatial.StringOf(t.TimeStamp).AppendJSON(append(dst, `,"timeStamp":`...))
	if t.Datum != "" {
		dst = spatial.StringOf(t.Datum).AppendJSON(append(dst, `,"datum":`...))
	}
	dst = append(dst, `,"links":[`...)
	for i := range t.Links {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = t.Links[i].AppendJSON(dst)
	}
	return append(dst, ']', '}')
}

// feature writes one more feature.
func (s *stream) feature(f *spatial.Feature) error {
	s.open()
	buf, err := s.form.feature(s.buf, f, s.count == 0)
	s.lastID, s.lastStart = f.ID, f.Valid.Start
	return s.wrote(buf, err)
}

// row writes one more record.
func (s *stream) row(r *memory.Record) error {
	s.open()
	start, _, _ := r.Times()
	s.lastID, s.lastStart = r.ID(), memory.TimeOf(start)
	return s.wrote(s.rows.row(s.buf, r, s.count == 0), nil)
}

// last is the key of the last feature written.
func (s *stream) last() spatial.Cursor { return spatial.Cursor{ID: s.lastID, ValidStart: s.lastStart} }

func (s *stream) open() {
	if s.count == 0 {
		s.buf = s.form.open(s.buf)
	}
}

func (s *stream) wrote(buf []byte, err error) error {
	if s.buf = buf; err != nil {
		return err
	}
	s.count++
	if len(s.buf) < flushSize || s.form.linked() || len(s.buf) < wholeSize && !s.c.Response().Committed {
		return nil
	}
	return s.flush()
}

// finish writes what stands behind the features.
func (s *stream) finish(t tail) (err error) {
	s.open()
	if s.buf, err = s.form.end(s.buf, t); err != nil {
		return err
	}
	if s.form.linked() {
		setLinks(s.c, t)
	}
	if !s.c.Response().Committed { // all of it
		s.c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(s.buf)))
	}
	return s.flush()
}

func (s *stream) flush() error {
	startForm(s.c)
	_, err := s.c.Response().Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

// take reads at most limit features (0 for all), gives each to f, and reports whether there
// are more.
func take(seq iter.Seq2[spatial.Feature, error], limit int, f func(*spatial.Feature) error) (more bool, err error) {
	return each(seq, limit, func(one spatial.Feature) error { return f(&one) })
}

func each[T any](seq iter.Seq2[T, error], limit int, f func(T) error) (more bool, err error) {
	n := 0
	for one, err := range seq {
		if err != nil {
			return false, err
		}
		if limit > 0 && n == limit {
			return true, nil
		}
		n++
		if err := f(one); err != nil {
			return false, err
		}
	}
	return false, nil
}
