package gpkg

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// where is the condition of a query on the columns of a version table, but for its place.
type where struct {
	parts []string
	args  []any
}

// and adds a condition with its arguments.
func (w *where) and(condition string, args ...any) {
	w.parts = append(w.parts, condition)
	w.args = append(w.args, args...)
}

func (w *where) String() string {
	if len(w.parts) == 0 {
		return "TRUE"
	}
	return strings.Join(w.parts, " AND ")
}

// conditions returns what q asks of a version's model, validity and recording, at a revision,
// which may be the latest.
func conditions(c *sqlite.Conn, q *spatial.Query, k *collection, revision int64, latest bool) (w where, err error) {
	if q.Ever {
		w.and("rev_from <= ?", revision)
	} else {
		w.recordedAt(revision, latest)
	}
	if q.Model != "" {
		id, err := modelID(c, k.id, q.Model)
		if err != nil {
			return w, err
		}
		w.and("model_id = ?", id) // 0 for a model that is not there
	}
	w.overlaps(q.Valid)
	if q.Changing != nil {
		w.turns(*q.Changing)
	}
	return w, nil
}

// recordedAt keeps the versions that were recorded right after a revision.
func (w *where) recordedAt(revision int64, latest bool) {
	if latest {
		w.and("rev_to IS NULL")
		return
	}
	w.and("rev_from <= ? AND (rev_to IS NULL OR rev_to > ?)", revision, revision)
}

// overlaps keeps the versions whose validity shares an instant with v.
func (w *where) overlaps(v spatial.Interval) {
	if !v.End.IsZero() {
		w.and("(valid_from IS NULL OR valid_from < ?)", ceilMicros(v.End))
	}
	if !v.Start.IsZero() {
		w.and("(valid_to IS NULL OR valid_to > ?)", v.Start.UnixMicro())
	}
}

// turns keeps the versions whose validity begins or ends at an instant of v.
func (w *where) turns(v spatial.Interval) {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !v.Start.IsZero() {
		from = ceilMicros(v.Start)
	}
	if !v.End.IsZero() {
		to = ceilMicros(v.End)
	}
	w.and("((valid_from >= ? AND valid_from < ?) OR (valid_to >= ? AND valid_to < ?))", from, to, from, to)
}

// ceilMicros rounds up: a stored start, a whole tick, lies before t when it lies before the
// next tick.
func ceilMicros(t time.Time) int64 {
	m := t.UnixMicro()
	if !time.UnixMicro(m).Equal(t) {
		m++
	}
	return m
}

func modelID(c *sqlite.Conn, collection int64, name string) (int64, error) {
	id := int64(0)
	err := query(c, "SELECT model_id FROM shikong_model WHERE collection_id = ? AND name = ?", []any{collection, name}, func(r *sqlite.Stmt) error {
		id = r.ColumnInt64(0)
		return nil
	})
	return id, err
}

// resolve returns the revision that q asks for, and whether it is the last. One that is pruned is
// refused, unless nothing has touched the collection since.
func resolve(c *sqlite.Conn, q *spatial.Query) (revision int64, latest bool, err error) {
	last, pruned, touched := int64(0), int64(0), int64(math.MaxInt64)
	err = query(c, "SELECT revision, pruned, (SELECT revision FROM shikong_collection WHERE name = ?) FROM shikong_store", []any{q.Collection}, func(r *sqlite.Stmt) error {
		last, pruned = r.ColumnInt64(0), r.ColumnInt64(1)
		if !r.ColumnIsNull(2) {
			touched = r.ColumnInt64(2)
		}
		return nil
	})
	switch {
	case err != nil:
		return 0, false, err
	case q.AtRevision > last:
		return 0, false, notFound("revision", fmt.Sprint(q.AtRevision))
	case q.AtRevision > 0:
		revision = q.AtRevision
	case q.Recorded.IsZero():
		return last, true, nil
	default:
		err = query(c, "SELECT max(revision) FROM shikong_revision WHERE recorded <= ?", []any{q.Recorded.UnixMicro()}, func(r *sqlite.Stmt) error {
			revision = r.ColumnInt64(0) // NULL reads as 0: before the first
			return nil
		})
	}
	if err == nil && revision < pruned && revision < touched {
		err = spatial.RecordedPruned()
	}
	return revision, revision == last, err
}

// interrupted reports a context that ended while rows were read.
func interrupted(ctx context.Context, n int) error {
	if n%256 != 0 {
		return nil
	}
	return ctx.Err()
}
