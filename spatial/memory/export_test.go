package memory

import (
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// PackAbove has the mirror pack collections whose tail holds more rows, and an eighth of
// their base.
func (m *Mirror) PackAbove(rows int) { m.least = rows }

// Loose is how many rows of a snapshot are not in its base or dead in it.
func (s *Snapshot) Loose() int { return s.tail.len() + s.dead.count }

// Exact packs a geometry and unpacks it again.
func Exact(g geom.T) (back geom.T, size int) {
	var w exactWriter
	buf := w.append(nil, g)
	r := exactReader{buf: buf}
	return r.geometry(), len(buf)
}

// Bound is a distance in metres that no point of the rectangle is nearer than.
func Bound(lon, lat float64, r Rect) float64 {
	p := newPlace(&spatial.Near{Lon: lon, Lat: lat})
	return p.bound(r)
}

// PackedSearch returns the rows of a packed tree that overlap q.
func PackedSearch(rows []Rect, q Rect) []Row {
	t := packTree(rows)
	return t.appendRows(nil, q)
}

// RoundTrip puts a value into a dictionary and takes it out.
func RoundTrip(list []spatial.Value) (ids []ValueID, back []spatial.Value) {
	d := newDict()
	for _, v := range list {
		ids = append(ids, d.id(v))
	}
	for _, id := range ids {
		back = append(back, d.Value(id))
	}
	return ids, back
}
