package gpkg

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// Changes streams the log behind a revision in commit order.
func (s *Store) Changes(ctx context.Context, since int64) iter.Seq2[spatial.Change, error] {
	return func(yield func(spatial.Change, error) bool) {
		err := s.read(ctx, "read", func(c *sqlite.Conn) error {
			return query(c, `SELECT revision, recorded, collection, model, added, changed, ended, purged, valid_from, valid_to,
				min_x, min_y, min_z, max_x, max_y, max_z FROM shikong_revision WHERE revision > ? ORDER BY revision`, []any{since}, func(r *sqlite.Stmt) error {
				if !yield(columnChange(r), nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(spatial.Change{}, err)
		}
	}
}

func columnChange(r *sqlite.Stmt) spatial.Change {
	c := spatial.Change{
		Revision: r.ColumnInt64(0), Recorded: columnTime(r, 1), Collection: r.ColumnText(2), Model: r.ColumnText(3),
		Added: r.ColumnInt64(4), Changed: r.ColumnInt64(5), Ended: r.ColumnInt64(6), Purged: r.ColumnBool(7),
		Valid: spatial.Interval{Start: columnTime(r, 8), End: columnTime(r, 9)},
	}
	for i := range 3 {
		c.Box.Min[i], c.Box.Max[i] = r.ColumnFloat(10+i), r.ColumnFloat(13+i)
	}
	return c
}

// Versions streams what happened to a collection in the revisions since < r ≤ until: first
// the versions that ended, then the new ones that are still recorded at until, in the order
// in which they were recorded.
func (s *Store) Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[spatial.Version, error] {
	return func(yield func(spatial.Version, error) bool) {
		err := s.read(ctx, "read", func(c *sqlite.Conn) error {
			return s.versions(ctx, c, collection, since, until, func(v spatial.Version) error {
				if !yield(v, nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(spatial.Version{}, err)
		}
	}
}

func (s *Store) versions(ctx context.Context, c *sqlite.Conn, name string, since, until int64, out func(spatial.Version) error) error {
	k, err := loadCollection(c, name)
	if err != nil {
		return err
	}
	// Version numbers rise with the revision, so the new ones are one range of the table.
	first, last := int64(0), int64(0)
	err = query(c, "SELECT (SELECT last_version FROM shikong_revision WHERE revision <= ? ORDER BY revision DESC LIMIT 1), (SELECT last_version FROM shikong_revision WHERE revision <= ? ORDER BY revision DESC LIMIT 1)",
		[]any{since, until}, func(r *sqlite.Stmt) error {
			first, last = r.ColumnInt64(0), r.ColumnInt64(1)
			return nil
		})
	if err != nil {
		return err
	}
	err = query(c, fmt.Sprintf("SELECT version_id, id FROM %s WHERE rev_to > ? AND rev_to <= ? AND version_id <= ?", k.versions()),
		[]any{since, until, first}, func(r *sqlite.Stmt) error {
			return out(spatial.Version{Number: r.ColumnInt64(0), Ended: true, Feature: spatial.Feature{ID: r.ColumnText(1)}})
		})
	if err != nil {
		return err
	}
	rows, n := newRowReader(c, name), 0
	return query(c, fmt.Sprintf("SELECT %s FROM %s WHERE version_id > ? AND version_id <= ? AND (rev_to IS NULL OR rev_to > ?)", rowColumns, k.versions()),
		[]any{first, last, until}, func(r *sqlite.Stmt) error {
			if err := interrupted(ctx, n); err != nil {
				return err
			}
			n++
			f, err := rows.feature(r)
			if err != nil {
				return err
			}
			return out(spatial.Version{Number: r.ColumnInt64(colVersion), Feature: f})
		})
}
