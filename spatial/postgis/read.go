package postgis

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// asked is a query made ready: names resolved to keys, times to a revision.
type asked struct {
	q          spatial.Query
	collection int32
	model      int32
	revision   int64
	decoder    decoder
	within     *spatial.Reach // of q.Within, nil without
	nothing    bool           // the answer is empty whatever the table holds
}

// ask resolves a query. The order of its errors is that of the contract: a query without
// meaning, a collection that is not there, a revision that is not there.
func (s *Store) ask(ctx context.Context, q spatial.Query) (*asked, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	a := &asked{q: q, decoder: decoder{collection: q.Collection, properties: q.Properties}}
	if q.Filter != nil { // which sees every property
		a.decoder.properties = nil
	}
	if q.Within != nil {
		a.within = spatial.NewReach(q.Within)
	}
	var err error
	if a.collection, err = s.collectionID(ctx, q.Collection); err != nil {
		return nil, err
	}
	if a.decoder.models, err = s.modelNames(ctx, a.collection); err != nil {
		return nil, err
	}
	a.nothing = q.IDs != nil && len(q.IDs) == 0
	if q.Model != "" {
		a.nothing = true
		for id, name := range a.decoder.models {
			if name == q.Model {
				a.model, a.nothing = id, false
			}
		}
	}
	a.revision, err = s.resolve(ctx, &q)
	if q.Ever {
		a.decoder.known = a.revision
	}
	return a, err
}

func (s *Store) collectionID(ctx context.Context, name string) (int32, error) {
	var id int32
	err := s.pool.QueryRow(ctx, `select collection_id from shikong.collection where name = $1`, name).Scan(&id)
	if noRows(err) {
		return 0, notFound("collection", name)
	}
	return id, err
}

func (s *Store) modelNames(ctx context.Context, collection int32) (map[int32]string, error) {
	rows, err := s.pool.Query(ctx, `select model_id, name from shikong.model where collection_id = $1`, collection)
	if err != nil {
		return nil, err
	}
	names := map[int32]string{}
	var id int32
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		names[id] = name
		return nil
	})
	return names, err
}

// resolve returns the revision that the query asks about. One that is pruned is refused, unless
// nothing has touched the collection since.
func (s *Store) resolve(ctx context.Context, q *spatial.Query) (revision int64, err error) {
	var last, pruned, touched int64
	err = s.pool.QueryRow(ctx, `select h.revision, h.pruned, c.revision from shikong.head h, shikong.collection c where c.name = $1`, q.Collection).
		Scan(&last, &pruned, &touched)
	switch {
	case err != nil:
		return 0, err
	case q.AtRevision > last:
		return 0, notFound("revision", fmt.Sprint(q.AtRevision))
	case q.AtRevision > 0:
		revision = q.AtRevision
	case q.Recorded.IsZero():
		return last, nil
	default:
		err = s.pool.QueryRow(ctx, `select coalesce(max(revision), 0) from shikong.revision where recorded <= $1`, q.Recorded.UTC()).Scan(&revision)
	}
	if err == nil && revision < pruned && revision < touched {
		err = spatial.RecordedPruned()
	}
	return revision, err
}

// Features streams the answer to q.
func (s *Store) Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		a, err := s.ask(ctx, q)
		if err != nil {
			yield(spatial.Feature{}, problem(err))
			return
		}
		switch {
		case a.nothing:
		case q.Near != nil:
			s.near(ctx, a, yield)
		case len(q.Sort) > 0:
			s.sorted(ctx, a, yield)
		default:
			s.listing(ctx, a, yield)
		}
	}
}

// sorted answers in another than the default order, from one state of the store.
func (s *Store) sorted(ctx context.Context, a *asked, yield func(spatial.Feature, error) bool) {
	read := func(q spatial.Query) iter.Seq2[spatial.Feature, error] {
		part := *a
		part.q, part.decoder.properties = q, q.Properties
		return func(yield func(spatial.Feature, error) bool) { s.listing(ctx, &part, yield) }
	}
	for f, err := range spatial.Sorted(a.q, read) {
		if !yield(f, problem(err)) || err != nil {
			return
		}
	}
}

// near answers by distance; solids are fetched for what is left at the end.
func (s *Store) near(ctx context.Context, a *asked, yield func(spatial.Feature, error) bool) {
	inner := *a
	inner.q.Near, inner.q.Limit, inner.q.Body = nil, 0, false
	inBox := func(box spatial.Box) iter.Seq2[spatial.Feature, error] {
		boxed := inner
		if boxed.q.Box == nil { // a box of the query's own decides exactly, and bounds enough
			boxed.q.Box = &box
		}
		return func(yield func(spatial.Feature, error) bool) { s.listing(ctx, &boxed, yield) }
	}
	for f, err := range spatial.Nearest(ctx, *a.q.Near, a.q.Limit, inBox) {
		if err == nil && a.q.Body {
			err = s.attach(ctx, a, &f)
		}
		if !yield(f, problem(err)) || err != nil {
			return
		}
	}
}

// attach fetches the body of one feature of a nearest answer.
func (s *Store) attach(ctx context.Context, a *asked, f *spatial.Feature) error {
	one := *a
	one.q.Near, one.q.Box, one.q.Filter, one.q.Limit, one.within = nil, nil, nil, 0, nil
	one.q.IDs, one.q.Valid = []string{f.ID}, f.Valid
	for g, err := range func(yield func(spatial.Feature, error) bool) { s.listing(ctx, &one, yield) } {
		if err != nil {
			return err
		}
		if g.Valid.Equal(f.Valid) {
			f.Body = g.Body
		}
	}
	return nil
}

// pageRows is how many rows are held at once where rows cannot just be streamed: with a
// limit (the rest of the answer would have to be read to its end) and with bodies.
const pageRows = 256

// listing yields the answer in the default order.
func (s *Store) listing(ctx context.Context, a *asked, yield func(spatial.Feature, error) bool) {
	if a.q.Limit == 0 && !a.q.Body {
		s.stream(ctx, a, yield)
		return
	}
	left, after := a.q.Limit, behindOf(a.q.After)
	for {
		rows, err := s.page(ctx, a, after)
		if err == nil && a.q.Body {
			err = s.bodies(ctx, a, rows)
		}
		if err != nil {
			yield(spatial.Feature{}, problem(err))
			return
		}
		for i := range rows {
			f := &rows[i].feature
			if !a.q.Keeps(f, a.within) {
				continue
			}
			if !yield(*f, nil) {
				return
			}
			if left--; left == 0 {
				return
			}
		}
		if len(rows) < pageRows {
			return
		}
		last := &rows[len(rows)-1]
		after = &place{spatial.CursorOf(&last.feature), last.number}
	}
}

// behindOf is where a listing goes on that was asked to go on behind a key.
func behindOf(c *spatial.Cursor) *place {
	if c == nil {
		return nil
	}
	return &place{Cursor: *c}
}

// statement returns the SQL of a listing.
func (s *Store) statement(a *asked, after *place, limit int) (string, []any) {
	var w where
	w.of(&a.q, a.collection, a.revision, a.model)
	if a.q.Box != nil {
		w.meets(*a.q.Box, s.srid)
	}
	if a.within != nil {
		w.meetsAny(a.within.Boxes(), s.srid)
	}
	w.sieve(a.q.Filter, s.srid)
	if after != nil {
		w.behind(after)
	}
	sql := "select " + columns + " from shikong.version v where " + w.String() + " order by v.id, v.valid_from nulls first, v.version_id"
	if limit > 0 {
		sql += fmt.Sprintf(" limit %d", limit)
	}
	return sql, w.args
}

func (s *Store) page(ctx context.Context, a *asked, after *place) ([]row, error) {
	sql, args := s.statement(a, after, pageRows)
	list := make([]row, 0, pageRows)
	err := s.scan(ctx, &a.decoder, sql, args, func(r *row) bool {
		list = append(list, *r)
		return true
	})
	return list, err
}

func (s *Store) stream(ctx context.Context, a *asked, yield func(spatial.Feature, error) bool) {
	sql, args := s.statement(a, behindOf(a.q.After), 0)
	stopped := false
	err := s.scan(ctx, &a.decoder, sql, args, func(r *row) bool {
		stopped = a.q.Keeps(&r.feature, a.within) && !yield(r.feature, nil)
		return !stopped
	})
	if err != nil && !stopped {
		yield(spatial.Feature{}, problem(err))
	}
}

// scan runs a statement and hands each row to f until f says no.
func (s *Store) scan(ctx context.Context, d *decoder, sql string, args []any, f func(*row) bool) error {
	// Cancelling ends a statement whose rows nobody wants; closing alone would read them all.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var r row
	for rows.Next() {
		if err := d.decode(rows.RawValues(), &r); err != nil {
			return err
		}
		if !f(&r) {
			cancel()
			return nil
		}
	}
	return rows.Err()
}

// Count returns how many features q has without After and Limit. A box, a point or a filter
// must be decided feature by feature; everything else is counted by the database.
func (s *Store) Count(ctx context.Context, q spatial.Query) (int64, error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	q.Sort, q.After, q.Limit, q.Body = nil, nil, 0, false
	if q.Box != nil || q.Near != nil || q.Within != nil || q.Filter != nil {
		n := int64(0)
		for _, err := range s.Features(ctx, q) {
			if err != nil {
				return 0, err
			}
			n++
		}
		return n, nil
	}
	a, err := s.ask(ctx, q)
	if err != nil || a.nothing {
		return 0, problem(err)
	}
	var w where
	w.of(&a.q, a.collection, a.revision, a.model)
	var n int64
	err = s.pool.QueryRow(ctx, "select count(*) from shikong.version v where "+w.String(), w.args...).Scan(&n)
	return n, problem(err)
}
