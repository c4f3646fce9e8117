package gpkg

import (
	"encoding/json"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/sorting"
)

// finish ends what was not given, builds the indexes, counts, and writes down the revision.
func (i *importer) finish() (spatial.Applied, error) {
	var a spatial.Applied
	var err error
	if i.bulk {
		err = lean(i.c, i.settle)
		a.Added = i.given
	} else if err = i.sweep(); err == nil {
		a, err = i.count()
	}
	if err != nil {
		return a, err
	}
	i.changed = i.changed || i.came.count > 0 || i.went.count > 0
	if !i.changed {
		a.Revision, a.Recorded = i.last.revision, i.last.recorded
		return a, nil
	}
	if err := i.indexPlaces(); err != nil {
		return a, err
	}
	i.recorded = i.last.next()
	a.Revision, a.Recorded = i.revision, i.recorded
	return a, i.record(a)
}

// sweepBatch is how many versions are noted before they are ended: a statement that reads
// the table does not like to see it change.
const sweepBatch = 4096

// sweep ends the model's versions that the delivery did not give.
func (i *importer) sweep() error {
	window, from := "TRUE", any(nil)
	if !i.in.From.IsZero() {
		window, from = "(valid_to IS NULL OR valid_to > ?4)", i.in.From.UnixMicro()
	}
	only := []any{}
	if i.in.Only != nil {
		list, err := json.Marshal(i.in.Only)
		if err != nil {
			return fmt.Errorf("ids: %w", err)
		}
		window += " AND id IN (SELECT value FROM json_each(?5))"
		only = append(only, string(list))
	}
	text := fmt.Sprintf("SELECT version_id, valid_from, valid_to, bodies FROM %s WHERE model_id = ?1 AND rev_to IS NULL AND version_id > ?2 AND version_id <= ?3 AND ?4 IS ?4 AND %s ORDER BY version_id",
		i.k.versions(), window)
	for last := int64(0); ; {
		if err := i.ctx.Err(); err != nil {
			return err
		}
		var gone []heldVersion
		err := query(i.c, text, append([]any{i.model, last, i.before, from}, only...), func(r *sqlite.Stmt) error {
			last = r.ColumnInt64(0)
			if i.seen.has(last) {
				return nil
			}
			gone = append(gone, heldVersion{version: last, valid: spatial.Interval{Start: columnTime(r, 1), End: columnTime(r, 2)}, bodies: r.ColumnInt64(3) > 0})
			if len(gone) == sweepBatch {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			return err
		}
		for k := range gone {
			if err := i.endGone(&gone[k]); err != nil {
				return err
			}
		}
		if err == nil {
			return nil
		}
	}
}

func (i *importer) endGone(h *heldVersion) error {
	if !i.in.From.IsZero() {
		return i.cutShort(h)
	}
	_, err := i.end(h.version)
	return err
}

// count counts by id what the import did to the model within its window. Only ids that were
// touched are looked at; the others are the given ones that are left.
func (i *importer) count() (spatial.Applied, error) {
	var a spatial.Applied
	window, args := "TRUE", []any{i.before, i.revision, i.model}
	if !i.in.From.IsZero() {
		window, args = "(x.valid_to IS NULL OR x.valid_to > ?4)", append(args, i.in.From.UnixMicro())
	}
	text := fmt.Sprintf(`SELECT had, has, count(*) FROM (
		SELECT EXISTS (SELECT 1 FROM %[1]s x INDEXED BY %[2]s WHERE x.id = t.id AND x.model_id = ?3 AND x.version_id <= ?1 AND (x.rev_to IS NULL OR x.rev_to = ?2) AND %[3]s) AS had,
			EXISTS (SELECT 1 FROM %[1]s x INDEXED BY %[2]s WHERE x.id = t.id AND x.model_id = ?3 AND x.rev_to IS NULL AND %[3]s) AS has
		FROM (SELECT id FROM %[1]s WHERE version_id > ?1 UNION SELECT id FROM %[1]s WHERE rev_to = ?2) t) GROUP BY had, has`,
		i.k.versions(), i.k.idIndex(), window)
	err := query(i.c, text, args, func(r *sqlite.Stmt) error {
		had, has, n := r.ColumnBool(0), r.ColumnBool(1), r.ColumnInt64(2)
		switch {
		case had && has:
			a.Changed = n
		case had:
			a.Ended = n
		case has:
			a.Added = n
		}
		return nil
	})
	a.Unchanged = i.given - a.Added - a.Changed
	return a, err
}

// repack is the share of new rectangles from which on packing the whole spatial index anew
// is faster than inserting them: an insert costs about as much as packing ten.
const (
	repackShare = 10
	repackLeast = 2000
)

// indexPlaces brings the spatial index up to date.
func (i *importer) indexPlaces() error {
	if i.bulk {
		return lean(i.c, func() error { return pack(i.c, i.k.rtree(), &i.places) })
	}
	if i.places.Count() >= repackLeast {
		total := int64(0)
		err := query(i.c, fmt.Sprintf("SELECT count(*) FROM %s_rowid", i.k.rtree()), nil, func(r *sqlite.Stmt) error {
			total = r.ColumnInt64(0)
			return nil
		})
		if err != nil {
			return err
		}
		if i.places.Count()*repackShare > total {
			return i.repack()
		}
	}
	s, err := i.c.Prepare(fmt.Sprintf("INSERT INTO %s VALUES (?, ?, ?, ?, ?)", i.k.rtree()))
	if err != nil {
		return err
	}
	return insertPlaces(s, &i.places)
}

// insertPlaces inserts rectangles into an R-tree one by one, in the order of the sorter:
// neighbours come together, which is what the tree likes.
func insertPlaces(s *sqlite.Stmt, places *sorting.Sorter) error {
	return places.Each(func(e *sorting.Entry) error {
		s.BindInt64(1, e.Number)
		for k, v := range e.Box {
			s.BindFloat(2+k, float64(v))
		}
		return step(s)
	})
}

// repack packs the spatial index anew from all versions.
func (i *importer) repack() error {
	err := query(i.c, fmt.Sprintf("SELECT version_id, geom FROM %s WHERE version_id <= ?", i.k.versions()), []any{i.before}, func(r *sqlite.Stmt) error {
		box, err := columnRect(r, 1)
		if err != nil {
			return err
		}
		return i.index(r.ColumnInt64(0), box)
	})
	if err != nil {
		return err
	}
	return pack(i.c, i.k.rtree(), &i.places)
}

// record writes the revision and everything derived.
func (i *importer) record(a spatial.Applied) error {
	box, valid := change(&i.came, &i.went)
	l := logEntry{collection: i.k.Name, model: i.in.Model, box: box, valid: valid, applied: a, lastVersion: i.version}
	if err := l.write(i.c); err != nil {
		return err
	}
	source, err := sourceJSON(&i.in.Source)
	if err != nil {
		return err
	}
	var report any
	if i.in.Report != nil {
		if b := i.in.Report(a); b != nil {
			report = string(b)
		}
	}
	err = query(i.c, "UPDATE shikong_model SET source = ?, revision = ?, count = count + ?, report = ? WHERE model_id = ?",
		[]any{source, i.revision, i.came.count - i.went.count, report, i.model}, nil)
	if err != nil {
		return err
	}
	if err := addFields(i.c, i.k.id, &i.came.fields, &i.went.fields); err != nil {
		return err
	}
	return derive(i.c, &i.k, i.revision, &i.came, &i.went, i.datum)
}

// logEntry is a row of the log.
type logEntry struct {
	collection, model string
	box               spatial.Box
	valid             spatial.Interval
	applied           spatial.Applied
	purged            bool
	lastVersion       int64
}

// write adds the row and raises the store's revision.
func (l *logEntry) write(c *sqlite.Conn) error {
	b, a := &l.box, &l.applied
	err := query(c, "INSERT INTO shikong_revision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		[]any{a.Revision, micros(a.Recorded), l.collection, l.model, b.Min[0], b.Min[1], b.Min[2], b.Max[0], b.Max[1], b.Max[2],
			micros(l.valid.Start), micros(l.valid.End), a.Added, a.Changed, a.Ended, l.purged, l.lastVersion}, nil)
	if err != nil {
		return err
	}
	return query(c, "UPDATE shikong_store SET revision = ?, recorded = ?, last_version = ?", []any{a.Revision, micros(a.Recorded), l.lastVersion}, nil)
}

// addFields adds and takes away counted values.
func addFields(c *sqlite.Conn, collection int64, came, went *fieldCounts) error {
	for _, part := range []struct {
		counts *fieldCounts
		sign   int64
	}{{came, 1}, {went, -1}} {
		for _, f := range part.counts.byName {
			for kind, n := range f.n {
				if n == 0 {
					continue
				}
				err := query(c, `INSERT INTO shikong_field VALUES (?, ?, ?, ?) ON CONFLICT (collection_id, name, kind) DO UPDATE SET count = count + excluded.count`,
					[]any{collection, f.name, kind, part.sign * n}, nil)
				if err != nil {
					return err
				}
			}
		}
	}
	if len(went.byName) == 0 {
		return nil
	}
	return query(c, "DELETE FROM shikong_field WHERE collection_id = ? AND count <= 0", []any{collection}, nil)
}

// derive brings count, extent, time and the layers of a collection up to date.
func derive(c *sqlite.Conn, k *collection, revision int64, came, went *tally, d datum) error {
	k.Count += came.count - went.count
	k.Revision = revision
	k.shapes |= came.shapes
	var err error
	if went.touches(k.Extent) {
		if k.Extent, err = extentOf(c, k.table); err != nil {
			return err
		}
	} else {
		k.Extent = came.extend(k.Extent)
	}
	if k.Time, err = timeAfter(c, k, came, went); err != nil {
		return err
	}
	e := [6]any{}
	if !k.Extent.IsEmpty() {
		for n := range 3 {
			e[n], e[3+n] = finite(k.Extent.Min[n]), finite(k.Extent.Max[n])
		}
	}
	err = query(c, `UPDATE shikong_collection SET revision = ?, shapes = ?, count = ?, valid_from = ?, valid_to = ?,
		min_x = ?, min_y = ?, min_z = ?, max_x = ?, max_y = ?, max_z = ? WHERE collection_id = ?`,
		[]any{revision, k.shapes, k.Count, micros(k.Time.Start), micros(k.Time.End), e[0], e[1], e[2], e[3], e[4], e[5], k.id}, nil)
	if err != nil {
		return err
	}
	if k.Fields, err = loadFields(c, k.id); err != nil {
		return err
	}
	return updateLayers(c, k, d)
}

// extentOf reads the extent from all recorded versions.
func extentOf(c *sqlite.Conn, t table) (spatial.Box, error) {
	var all tally
	err := query(c, fmt.Sprintf("SELECT z_min, z_max, geom FROM %s WHERE rev_to IS NULL AND geom IS NOT NULL", t.versions()), nil, func(r *sqlite.Stmt) error {
		var z spatial.ZRange
		if !r.ColumnIsNull(0) {
			z = spatial.ZRange{Min: r.ColumnFloat(0), Max: r.ColumnFloat(1), Known: true}
		}
		box, err := columnRect(r, 2)
		if err == nil {
			all.add(box, z, spatial.Interval{})
		}
		return err
	})
	return all.extend(spatial.EmptyBox()), err
}

// timeAfter returns the interval around all valid intervals, which is read anew only when
// something went that reached to one of its ends.
func timeAfter(c *sqlite.Conn, k *collection, came, went *tally) (spatial.Interval, error) {
	t := k.Time
	switch {
	case k.Count == 0:
		return spatial.Interval{}, nil
	case went.count > 0 && (went.time.Start.Equal(t.Start) || went.time.End.Equal(t.End)):
		return timeOf(c, k.table)
	case came.count == 0:
		return t, nil
	case k.Count == came.count-went.count: // it was empty before
		return came.time, nil
	}
	return around(t, came.time), nil
}

func timeOf(c *sqlite.Conn, t table) (spatial.Interval, error) {
	var out spatial.Interval
	for _, side := range []struct{ column, pick string }{{"valid_from", "min"}, {"valid_to", "max"}} {
		text := fmt.Sprintf("SELECT CASE WHEN EXISTS (SELECT 1 FROM %[1]s WHERE rev_to IS NULL AND %[2]s IS NULL) THEN NULL ELSE (SELECT %[3]s(%[2]s) FROM %[1]s WHERE rev_to IS NULL) END",
			t.versions(), side.column, side.pick)
		err := query(c, text, nil, func(r *sqlite.Stmt) error {
			if side.pick == "min" {
				out.Start = columnTime(r, 0)
			} else {
				out.End = columnTime(r, 0)
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
