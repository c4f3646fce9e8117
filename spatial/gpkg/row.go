package gpkg

import (
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// rowColumns are the columns that rowReader reads, in its order.
const rowColumns = "version_id, model_id, rev_from, valid_from, valid_to, num, frame_id, bodies, underground, z_min, z_max, hash, id, kind, name, storey, geom, properties, rev_to"

// Their places.
const (
	colVersion = iota
	colModel
	colRevFrom
	colValidFrom
	colValidTo
	colNum
	colFrame
	colBodies
	colUnderground
	colZMin
	colZMax
	colHash
	colID
	colKind
	colName
	colStorey
	colGeom
	colProperties
	colRevTo
)

// rowReader turns rows of one collection into features. It is made for one answer: what it
// remembers of models and revisions holds within one snapshot.
type rowReader struct {
	c          *sqlite.Conn
	collection string
	selected   []string // Query.Properties
	bodies     bool
	known      int64 // up to this revision it is told when versions ended to be recorded; 0 for not at all

	models     map[int64]string
	revisions  map[int64]time.Time
	words      map[string]string // kinds and storeys, of which there are few
	blob       []byte
	properties propertyReader
	body       bodyReader
}

func newRowReader(c *sqlite.Conn, collection string) *rowReader {
	return &rowReader{c: c, collection: collection, models: map[int64]string{}, revisions: map[int64]time.Time{}, words: map[string]string{},
		body: bodyReader{c: c}}
}

// feature reads the row under the cursor.
func (r *rowReader) feature(s *sqlite.Stmt) (spatial.Feature, error) {
	version := s.ColumnInt64(colVersion)
	f := spatial.Feature{
		Collection:  r.collection,
		ID:          s.ColumnText(colID),
		Num:         uint64(version),
		Kind:        r.word(s, colKind),
		Storey:      r.word(s, colStorey),
		Underground: spatial.Truth(s.ColumnInt(colUnderground)),
		Valid:       spatial.Interval{Start: columnTime(s, colValidFrom), End: columnTime(s, colValidTo)},
	}
	if n := s.ColumnInt64(colNum); n != 0 {
		f.Num = uint64(n)
	}
	if s.ColumnLen(colName) > 0 {
		f.Name = s.ColumnText(colName)
	}
	if !s.ColumnIsNull(colZMin) {
		f.Z = spatial.ZRange{Min: s.ColumnFloat(colZMin), Max: s.ColumnFloat(colZMax), Known: true}
	}
	if s.ColumnBytes(colHash, f.Hash[:]) != len(f.Hash) {
		return f, corrupt("the hash of version %d of %s", version, r.collection)
	}
	err := r.rest(s, &f, version)
	return f, err
}

// rest reads what lies in other tables or has to be decoded.
func (r *rowReader) rest(s *sqlite.Stmt, f *spatial.Feature, version int64) (err error) {
	if f.Model, err = r.model(s.ColumnInt64(colModel)); err != nil {
		return err
	}
	if f.Recorded.Start, err = r.recorded(s.ColumnInt64(colRevFrom)); err != nil {
		return err
	}
	if to := s.ColumnInt64(colRevTo); to != 0 && to <= r.known {
		if f.Recorded.End, err = r.recorded(to); err != nil {
			return err
		}
	}
	if blob := r.bytes(s, colGeom); len(blob) > 0 {
		if f.Geometry, err = readBlob(blob); err != nil {
			return corrupt("version %d of %s: %v", version, r.collection, err)
		}
	}
	if r.selected == nil || len(r.selected) > 0 {
		if f.Properties, err = r.properties.read(s.ColumnText(colProperties)); err != nil {
			return corrupt("version %d of %s: %v", version, r.collection, err)
		}
		f.Properties = f.Properties.Select(r.selected)
	}
	if r.bodies && s.ColumnInt64(colBodies) > 0 {
		f.Body, err = r.body.body(version, s.ColumnInt64(colFrame))
	}
	return err
}

// bytes reads a blob into the reader's buffer, good until the next call.
func (r *rowReader) bytes(s *sqlite.Stmt, col int) []byte {
	n := s.ColumnLen(col)
	if n > cap(r.blob) {
		r.blob = make([]byte, n+n/2)
	}
	b := r.blob[:n]
	s.ColumnBytes(col, b)
	return b
}

// word reads a text that many rows share.
func (r *rowReader) word(s *sqlite.Stmt, col int) string {
	b := r.bytes(s, col)
	if len(b) == 0 {
		return ""
	}
	if w, ok := r.words[string(b)]; ok {
		return w
	}
	if len(r.words) >= 4096 {
		clear(r.words)
	}
	w := string(b)
	r.words[w] = w
	return w
}

func (r *rowReader) model(id int64) (string, error) {
	if name, ok := r.models[id]; ok {
		return name, nil
	}
	name := ""
	err := query(r.c, "SELECT name FROM shikong_model WHERE model_id = ?", []any{id}, func(s *sqlite.Stmt) error {
		name = s.ColumnText(0)
		return nil
	})
	if err == nil && name == "" {
		err = corrupt("model %d is missing", id)
	}
	r.models[id] = name
	return name, err
}

func (r *rowReader) recorded(revision int64) (time.Time, error) {
	if t, ok := r.revisions[revision]; ok {
		return t, nil
	}
	t, err := recordedAt(r.c, revision)
	r.revisions[revision] = t
	return t, err
}

// recordedAt returns when a revision was recorded.
func recordedAt(c *sqlite.Conn, revision int64) (time.Time, error) {
	var t time.Time
	err := query(c, "SELECT recorded FROM shikong_revision WHERE revision = ?", []any{revision}, func(s *sqlite.Stmt) error {
		t = columnTime(s, 0)
		return nil
	})
	if err == nil && t.IsZero() {
		err = corrupt("revision %d is missing", revision)
	}
	return t, err
}
