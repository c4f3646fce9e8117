package gpkg

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// maxHits is how many entries of the spatial index are sorted by id for an answer. A box
// that holds more is answered along the index by id: it is dense there, and pages fill soon.
const maxHits = 50_000

// maxNear is the same for one circle of a nearest query, which is drawn smaller when it
// turns out to hold too much.
const maxNear = 6000

// errMany says that a box holds more than was asked for.
var errMany = errors.New("too many hits")

// around2D reports whether everything lies in the rectangle, so that it narrows nothing.
func around2D(b, extent spatial.Box) bool {
	return !b.CrossesAntimeridian() && b.Min[0] <= extent.Min[0] && b.Min[1] <= extent.Min[1] && b.Max[0] >= extent.Max[0] && b.Max[1] >= extent.Max[1]
}

// hits returns the versions whose rectangles meet one of the boxes; few is false when there
// are more than most.
func (a *answer) hits(boxes []spatial.Box, most int) (list []int64, few bool, err error) {
	text := fmt.Sprintf("SELECT id FROM %s WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?", a.k.rtree())
	parts := 0
	for _, b := range boxes {
		for _, part := range b.Split() {
			parts++
			// The index holds 32-bit floats rounded outwards, so exact bounds find every entry.
			err := query(a.c, text, []any{part.Min[0], part.Max[0], part.Min[1], part.Max[1]}, func(r *sqlite.Stmt) error {
				if len(list) == most {
					return errMany
				}
				list = append(list, r.ColumnInt64(0))
				return nil
			})
			if errors.Is(err, errMany) {
				return nil, false, nil
			}
			if err != nil {
				return nil, false, err
			}
		}
	}
	slices.Sort(list)
	if parts > 1 { // what meets two of them was found twice
		list = slices.Compact(list)
	}
	return list, true, nil
}

// key is what the default order goes by, and the version that it belongs to.
type key struct {
	spatial.Cursor
	version int64
}

// byPlace sorts hits, which come in the order of the table, by id and reads one after the
// other, so that a page reads a page.
func (a *answer) byPlace(hits []int64, out emit) error {
	text := fmt.Sprintf("SELECT id, valid_from FROM %s WHERE version_id = ? AND %s", a.k.versions(), a.where.String())
	args := append([]any{int64(0)}, a.where.args...)
	var keys []key
	for n, version := range hits {
		if err := interrupted(a.ctx, n); err != nil {
			return err
		}
		args[0] = version
		err := query(a.c, text, args, func(r *sqlite.Stmt) error {
			k := key{spatial.Cursor{ID: r.ColumnText(0), ValidStart: columnTime(r, 1)}, version}
			if a.q.After == nil || k.Compare(*a.q.After) > 0 {
				keys = append(keys, k)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(a.Compare(b.Cursor), cmp.Compare(a.version, b.version)) })
	return a.fetch(keys, out)
}

func (a *answer) fetch(keys []key, out emit) error {
	text := fmt.Sprintf("SELECT %s FROM %s WHERE version_id = ?", rowColumns, a.k.versions())
	for _, k := range keys {
		if err := a.stream(text, []any{k.version}, out); err != nil {
			return err
		}
	}
	return nil
}

// nearest searches boxes that grow around the point.
func (a *answer) nearest(out emit) error {
	read := func(b spatial.Box) iter.Seq2[spatial.Feature, error] {
		return func(yield func(spatial.Feature, error) bool) {
			err := a.inBox(b, func(f spatial.Feature) error {
				if !a.kept(&f) {
					return nil
				}
				if !yield(f, nil) {
					return errStop
				}
				return nil
			})
			if err != nil && !errors.Is(err, errStop) {
				yield(spatial.Feature{}, err)
			}
		}
	}
	for f, err := range spatial.Nearest(a.ctx, *a.q.Near, a.q.Limit, read) {
		if err != nil {
			return err
		}
		if err := out(f); err != nil {
			return err
		}
	}
	return nil
}

// kept decides the parts of the query that are not in the SQL of inBox.
func (a *answer) kept(f *spatial.Feature) bool {
	return (a.q.IDs == nil || slices.Contains(a.q.IDs, f.ID)) && a.q.Keeps(f, a.within)
}

// inBox reads the versions whose rectangles meet the box, in no order.
func (a *answer) inBox(b spatial.Box, out emit) error {
	hits, few, err := a.hits([]spatial.Box{b}, maxNear)
	if err != nil {
		return err
	}
	if !few {
		return a.stream(fmt.Sprintf("SELECT %s FROM %s WHERE %s", rowColumns, a.k.versions(), a.where.String()), a.where.args, out)
	}
	text := fmt.Sprintf("SELECT %s FROM %s WHERE version_id = ? AND %s", rowColumns, a.k.versions(), a.where.String())
	args := append([]any{int64(0)}, a.where.args...)
	for _, version := range hits {
		args[0] = version
		if err := a.stream(text, args, out); err != nil {
			return err
		}
	}
	return nil
}
