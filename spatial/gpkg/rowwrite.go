package gpkg

import (
	"fmt"

	"github.com/twpayne/go-geom"
	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

func insertSQL(t table) string {
	return fmt.Sprintf("INSERT INTO %s (version_id, model_id, rev_from, valid_from, valid_to, num, frame_id, bodies, underground, z_min, z_max, hash, id, kind, name, storey, geom, properties) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", t.versions())
}

// rowWriter binds features to the insert statement. Buffers live from row to row.
type rowWriter struct {
	stmt       *sqlite.Stmt
	blob       []byte
	properties []byte
}

// newRow is what a row has beside the feature.
type newRow struct {
	version, model, revision, frame int64
	num                             uint64 // 0 for the version's own number
	bodies                          int
}

// insert writes one row and returns the rectangle of its geometry.
func (w *rowWriter) insert(n newRow, f *spatial.Feature, srs int32) (rect, error) {
	box := emptyRect()
	s := w.stmt
	s.BindInt64(1, n.version)
	s.BindInt64(2, n.model)
	s.BindInt64(3, n.revision)
	start, startOK, end, endOK := f.Valid.Micros()
	bindInt(s, 4, start, startOK)
	bindInt(s, 5, end, endOK)
	bindInt(s, 6, int64(n.num), n.num != 0 && n.num != uint64(n.version))
	bindInt(s, 7, n.frame, n.frame != 0 && n.bodies > 0)
	bindInt(s, 8, int64(n.bodies), n.bodies > 0)
	bindInt(s, 9, int64(f.Underground), f.Underground != spatial.Unknown)
	if f.Z.Known {
		s.BindFloat(10, f.Z.Min)
		s.BindFloat(11, f.Z.Max)
	} else {
		s.BindNull(10)
		s.BindNull(11)
	}
	s.BindBytes(12, f.Hash[:])
	s.BindText(13, f.ID)
	bindText(s, 14, f.Kind)
	bindText(s, 15, f.Name)
	bindText(s, 16, f.Storey)
	if f.Geometry != nil {
		var err error
		if w.blob, box, err = appendBlob(w.blob[:0], f.Geometry, srs); err != nil {
			return box, fmt.Errorf("feature %q: %w", f.ID, err)
		}
		s.BindBytes(17, w.blob)
	} else {
		s.BindNull(17)
	}
	if len(f.Properties) > 0 {
		w.properties = f.Properties.AppendJSON(w.properties[:0])
		bindJSON(s, 18, w.properties)
	} else {
		s.BindNull(18)
	}
	if err := step(s); err != nil {
		return box, fmt.Errorf("feature %q: %w", f.ID, err)
	}
	return box, nil
}

func bindInt(s *sqlite.Stmt, col int, v int64, ok bool) {
	if ok {
		s.BindInt64(col, v)
	} else {
		s.BindNull(col)
	}
}

func bindText(s *sqlite.Stmt, col int, text string) {
	if text != "" {
		s.BindText(col, text)
	} else {
		s.BindNull(col)
	}
}

func bindJSON(s *sqlite.Stmt, col int, text []byte) { s.BindText(col, string(text)) }

// shapeBits returns what a collection remembers of a geometry it holds.
func shapeBits(g geom.T) int64 {
	if g == nil {
		return 0
	}
	kind, err := wkb.Type(g)
	if err != nil {
		return 0 // refused before it gets here
	}
	if g.Layout() == geom.XYZ {
		return 1<<kind | shapeXYZ
	}
	return 1<<kind | shapeXY
}

// bitset is a set of version numbers in pages, since those of one model lie together.
type bitset struct{ pages map[int64]*[512]uint64 }

func (b *bitset) add(n int64) {
	if b.pages == nil {
		b.pages = map[int64]*[512]uint64{}
	}
	p := b.pages[n>>15]
	if p == nil {
		p = new([512]uint64)
		b.pages[n>>15] = p
	}
	p[n>>6&511] |= 1 << (n & 63)
}

func (b *bitset) has(n int64) bool {
	p := b.pages[n>>15]
	return p != nil && p[n>>6&511]&(1<<(n&63)) != 0
}
