package ogc

import (
	"iter"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// flushSize is how many bytes are gathered before they go to the client. Until then an
// error can still become a problem document.
const flushSize = 64 << 10

// stream writes a list of features one by one.
type stream struct {
	c    echo.Context
	form form
	buf  []byte
	// count is the number of features written, last the last of them.
	count int64
	last  spatial.Feature
}

// tail are the members of a FeatureCollection that are known only behind the features.
type tail struct {
	Matched   *int64      `json:"numberMatched,omitempty"`
	Returned  int64       `json:"numberReturned"`
	TimeStamp string      `json:"timeStamp"`
	Datum     string      `json:"datum,omitempty"`
	Links     []rest.Link `json:"links"`
}

// feature writes one more feature.
func (s *stream) feature(f *spatial.Feature) error {
	if s.count == 0 {
		s.buf = s.form.open(s.buf)
	}
	var err error
	if s.buf, err = s.form.feature(s.buf, f, s.count == 0); err != nil {
		return err
	}
	s.count++
	s.last = *f
	if len(s.buf) >= flushSize && !s.form.linked() {
		return s.flush()
	}
	return nil
}

// finish writes what stands behind the features.
func (s *stream) finish(t tail) (err error) {
	if s.count == 0 {
		s.buf = s.form.open(s.buf)
	}
	if s.buf, err = s.form.end(s.buf, t); err != nil {
		return err
	}
	if s.form.linked() {
		setLinks(s.c, t)
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
	n := 0
	for feature, err := range seq {
		if err != nil {
			return false, err
		}
		if limit > 0 && n == limit {
			return true, nil
		}
		n++
		if err := f(&feature); err != nil {
			return false, err
		}
	}
	return false, nil
}
