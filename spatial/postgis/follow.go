package postgis

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// Changes streams the change log behind a revision.
func (s *Store) Changes(ctx context.Context, since int64) iter.Seq2[spatial.Change, error] {
	return func(yield func(spatial.Change, error) bool) {
		rows, err := s.pool.Query(ctx, `select revision, recorded, collection, model, box, valid_from, valid_to, added, changed, ended, purged
			from shikong.change where revision > $1 order by revision, change_id`, since)
		if err != nil {
			yield(spatial.Change{}, problem(err))
			return
		}
		list, err := pgx.CollectRows(rows, readChange)
		if err != nil {
			yield(spatial.Change{}, problem(err))
			return
		}
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func readChange(r pgx.CollectableRow) (spatial.Change, error) {
	var c spatial.Change
	var box []float64
	var from, to *time.Time
	err := r.Scan(&c.Revision, &c.Recorded, &c.Collection, &c.Model, &box, &from, &to, &c.Added, &c.Changed, &c.Ended, &c.Purged)
	c.Recorded = c.Recorded.UTC()
	c.Valid = spatial.Interval{Start: timeTo(from), End: timeTo(to)}
	c.Box = spatial.EmptyBox()
	if len(box) == 6 {
		copy(c.Box.Min[:], box[:3])
		copy(c.Box.Max[:], box[3:])
	}
	return c, err
}

// Versions streams what happened to a collection in the revisions since < r ≤ until.
func (s *Store) Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[spatial.Version, error] {
	return func(yield func(spatial.Version, error) bool) {
		id, err := s.collectionID(ctx, collection)
		if err != nil {
			yield(spatial.Version{}, problem(err))
			return
		}
		d := decoder{collection: collection}
		if d.models, err = s.modelNames(ctx, id); err != nil {
			yield(spatial.Version{}, problem(err))
			return
		}
		stopped := false
		if since > 0 {
			err = s.went(ctx, id, since, until, func(v spatial.Version) bool {
				stopped = !yield(v, nil)
				return !stopped
			})
		}
		if err == nil && !stopped {
			err = s.scan(ctx, &d, `select `+columns+` from shikong.version v
				where v.collection_id = $1 and v.rev_from > $2 and v.rev_from <= $3 and (v.rev_to is null or v.rev_to > $3)`,
				[]any{id, since, until}, func(r *row) bool {
					stopped = !yield(spatial.Version{Number: r.number, Feature: r.feature}, nil)
					return !stopped
				})
		}
		if err != nil && !stopped {
			yield(spatial.Version{}, problem(err))
		}
	}
}

// went tells the versions that were recorded at since and are not at until.
func (s *Store) went(ctx context.Context, collection int32, since, until int64, f func(spatial.Version) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows, err := s.pool.Query(ctx, `select version_id, id from shikong.version
		where collection_id = $1 and rev_to > $2 and rev_to <= $3 and rev_from <= $2`, collection, since, until)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v := spatial.Version{Ended: true}
		if err := rows.Scan(&v.Number, &v.Feature.ID); err != nil {
			return err
		}
		if !f(v) {
			return nil
		}
	}
	return rows.Err()
}
