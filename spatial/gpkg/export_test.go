package gpkg

import (
	"context"
	"fmt"

	"github.com/twpayne/go-geom"
	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/sorting"
)

// What tests outside look at inside.

const MaxWaiting = maxWaiting

func ReadBlob(b []byte) (geom.T, error) { return readBlob(b) }
func AppendBlob(b []byte, g geom.T, srs int32) ([]byte, error) {
	b, _, err := appendBlob(b, g, srs)
	return b, err
}
func BlobBounds(b []byte) ([4]float64, error) { r, err := blobBounds(b); return r, err }
func ReadProperties(text string) (spatial.Properties, error) {
	var r propertyReader
	return r.read(text)
}
func FastProperties(texts ...string) (list []spatial.Properties, ok bool) {
	var r propertyReader
	for _, text := range texts {
		r.text, r.at = text, 0
		p, ok := r.object()
		if !ok {
			return nil, false
		}
		list = append(list, p)
	}
	return list, true
}

// LimitPages bounds the size of the file, as a full disk would.
func (s *Store) LimitPages(ctx context.Context, more int) error {
	return s.write(ctx, "limit", func(c *sqlite.Conn) error {
		pages := 0
		err := query(c, "PRAGMA page_count", nil, func(r *sqlite.Stmt) error { pages = r.ColumnInt(0); return nil })
		if err == nil {
			err = execute(c, fmt.Sprintf("PRAGMA max_page_count = %d", pages+more))
		}
		return err
	})
}

// Pack packs boxes (minx, maxx, miny, maxy) with their places as numbers into the R-tree of
// that name.
func Pack(c *sqlite.Conn, rtree string, boxes [][4]float64) error {
	var s sorting.Sorter
	for i, b := range boxes {
		if err := s.Add(sorting.Entry{Key: sorting.OnEarth(b), Number: int64(i + 1), Box: outward(b)}); err != nil {
			return err
		}
	}
	return pack(c, rtree, &s)
}
