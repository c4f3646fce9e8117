package flatgeobuf

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/sorting"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

// spool holds features in a temporary file until all are known, and where each begins, sorted
// along the Hilbert curve. A record is:
//
//	┌───────────────┬──────────────────┬───────────────────────────┬──────────────────┐
//	│ bytes behind  │ bytes of values  │ values, see columns       │ WKB, or nothing  │
//	│ 4 B           │ 4 B              │                           │                  │
//	└───────────────┴──────────────────┴───────────────────────────┴──────────────────┘
type spool struct {
	file   *os.File
	w      *bufio.Writer
	size   int64
	places sorting.Sorter
	record []byte
}

// newSpool makes the file beside the path, where there is room for as much.
func newSpool(path string) (*spool, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".spool-*")
	if err != nil {
		return nil, err
	}
	// Where the system lets an open file be removed nothing is left behind by a crash.
	_ = os.Remove(f.Name())
	return &spool{file: f, w: bufio.NewWriterSize(f, 1<<16)}, nil
}

// close removes what is temporary, so that no error of it loses anything.
func (s *spool) close() {
	_ = s.places.Close()
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// add takes a feature in; g is its geometry, nil when it has none or an empty one.
func (s *spool) add(c *columns, f *spatial.Feature, g geom.T, box spatial.Box) (err error) {
	b := c.spool(append(s.record[:0], 0, 0, 0, 0, 0, 0, 0, 0), f)
	le.PutUint32(b[4:], uint32(len(b)-8))
	key := uint64(math.MaxUint64) // behind all that have a place
	if g != nil {
		if b, err = wkb.Append(b, g); err != nil {
			return err
		}
		key = sorting.OnEarth([4]float64{box.Min[0], box.Max[0], box.Min[1], box.Max[1]})
	}
	if len(b) > math.MaxInt32 {
		return errTooLarge
	}
	le.PutUint32(b, uint32(len(b)-4))
	s.record = b
	if err := s.places.Add(sorting.Entry{Key: key, Number: s.size}); err != nil {
		return err
	}
	s.size += int64(len(b))
	_, err = s.w.Write(b)
	return err
}

// each calls f with the values and the geometry (nil for none) of every feature along the curve;
// both are valid until it returns.
func (s *spool) each(f func(values []byte, g geom.T) error) error {
	if err := s.w.Flush(); err != nil {
		return err
	}
	return s.places.Each(func(e *sorting.Entry) error {
		if err := s.read(e.Number); err != nil {
			return err
		}
		end := 4 + le.Uint32(s.record)
		values, rest, g := s.record[4:end], s.record[end:], geom.T(nil)
		if len(rest) > 0 {
			var err error
			if g, err = wkb.Parse(rest); err != nil {
				return err
			}
		}
		return f(values, g)
	})
}

// read brings what stands behind the size of a record to s.record.
func (s *spool) read(at int64) error {
	var size [4]byte
	if _, err := s.file.ReadAt(size[:], at); err != nil {
		return err
	}
	n := int(le.Uint32(size[:]))
	s.record = slices.Grow(s.record[:0], n)[:n]
	_, err := s.file.ReadAt(s.record, at+4)
	return err
}
