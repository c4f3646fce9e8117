package gpkg

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// errStop ends a read whose consumer wants no more.
var errStop = errors.New("the reader stopped")

// Features streams the answer to q from one snapshot.
func (s *Store) Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		if err := q.Validate(); err != nil {
			yield(spatial.Feature{}, err)
			return
		}
		err := s.read(ctx, "read", func(c *sqlite.Conn) error {
			a, err := newAnswer(ctx, c, &q)
			if err != nil {
				return err
			}
			return a.run(func(f spatial.Feature) error {
				if !yield(f, nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(spatial.Feature{}, err)
		}
	}
}

// Count returns how many features Features would yield without After and Limit.
func (s *Store) Count(ctx context.Context, q spatial.Query) (int64, error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	q.Sort, q.After, q.Limit, q.Properties, q.Body = nil, nil, 0, []string{}, false
	n := int64(0)
	err := s.read(ctx, "read", func(c *sqlite.Conn) error {
		a, err := newAnswer(ctx, c, &q)
		if err != nil {
			return err
		}
		if q.Box == nil && q.Near == nil && q.Within == nil && q.IDs == nil && q.Filter == nil {
			if a.latest && !q.Ever && q.Changing == nil && q.Model == "" && q.Valid.IsAll() {
				n = a.k.Count
				return nil
			}
			return query(c, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s", a.k.versions(), a.where.String()), a.where.args, func(r *sqlite.Stmt) error {
				n = r.ColumnInt64(0)
				return nil
			})
		}
		return a.run(func(spatial.Feature) error { n++; return nil })
	})
	return n, err
}

// answer is one query on one snapshot.
type answer struct {
	ctx   context.Context
	c     *sqlite.Conn
	q     *spatial.Query
	k     collection
	where where
	rows  *rowReader
	// latest says that the last revision is asked for.
	latest bool
	within *spatial.Reach // of q.Within, nil without
	bounds *spatial.Box   // around what q.Filter matches, nil when it does not say
}

func newAnswer(ctx context.Context, c *sqlite.Conn, q *spatial.Query) (*answer, error) {
	k, err := loadCollection(c, q.Collection)
	if err != nil {
		return nil, err
	}
	revision, latest, err := resolve(c, q)
	if err != nil {
		return nil, err
	}
	w, err := conditions(c, q, &k, revision, latest)
	if err != nil {
		return nil, err
	}
	rows := newRowReader(c, q.Collection)
	rows.bodies = q.Body
	if q.Ever {
		rows.known = revision
	}
	if q.Filter == nil { // which sees every property
		rows.selected = q.Properties
	}
	a := &answer{ctx: ctx, c: c, q: q, k: k, where: w, rows: rows, latest: latest}
	if q.Within != nil {
		a.within = spatial.NewReach(q.Within)
	}
	a.narrow(q.Filter)
	return a, nil
}

type emit func(spatial.Feature) error

// run chooses how to go about the query.
func (a *answer) run(out emit) error {
	switch {
	case a.q.Near != nil:
		return a.nearest(out)
	case len(a.q.Sort) > 0:
		return a.sorted(out)
	case a.q.IDs != nil:
		return a.limited(out, a.byID)
	case a.within != nil || a.narrowed() != nil:
		hits, few, err := a.hits(a.boxes(), maxHits)
		if err != nil {
			return err
		}
		if few {
			return a.limited(out, func(out emit) error { return a.byPlace(hits, out) })
		}
	}
	return a.limited(out, a.inOrder)
}

// boxes are around what the query's place allows.
func (a *answer) boxes() []spatial.Box {
	if a.within != nil {
		return a.within.Boxes()
	}
	return []spatial.Box{*a.narrowed()}
}

// narrow takes in what a filter lets be left out.
func (a *answer) narrow(f spatial.Filter) {
	a.where.sieve(f)
	if known, ok := f.(*filter.Filter); ok {
		if box, ok := known.Bounds(); ok {
			a.bounds = &box
		}
	}
}

// narrowed returns the box that the answer lies in, nil when it would narrow nothing.
func (a *answer) narrowed() *spatial.Box {
	for _, b := range []*spatial.Box{a.q.Box, a.bounds} {
		if b != nil && !around2D(*b, a.k.Extent) {
			return b
		}
	}
	return nil
}

// sorted answers in another than the default order, from the same snapshot.
func (a *answer) sorted(out emit) error {
	read := func(q spatial.Query) iter.Seq2[spatial.Feature, error] {
		return func(yield func(spatial.Feature, error) bool) {
			inner, err := newAnswer(a.ctx, a.c, &q)
			if err == nil {
				err = inner.run(func(f spatial.Feature) error {
					if !yield(f, nil) {
						return errStop
					}
					return nil
				})
			}
			if err != nil && !errors.Is(err, errStop) {
				yield(spatial.Feature{}, err)
			}
		}
	}
	for f, err := range spatial.Sorted(*a.q, read) {
		if err != nil {
			return err
		}
		if err := out(f); err != nil {
			return err
		}
	}
	return nil
}

// limited stops after the limit and keeps what meets place and filter.
func (a *answer) limited(out emit, plan func(emit) error) error {
	n := 0
	err := plan(func(f spatial.Feature) error {
		if !a.q.Keeps(&f, a.within) {
			return nil
		}
		if err := out(f); err != nil {
			return err
		}
		if n++; n == a.q.Limit {
			return errStop
		}
		return nil
	})
	if n == a.q.Limit && n > 0 && errors.Is(err, errStop) {
		return nil
	}
	return err
}

// stream runs a statement on the version table and hands out its rows.
func (a *answer) stream(text string, args []any, out emit) error {
	n := 0
	return query(a.c, text, args, func(r *sqlite.Stmt) error {
		if err := interrupted(a.ctx, n); err != nil {
			return err
		}
		n++
		f, err := a.rows.feature(r)
		if err != nil {
			return err
		}
		return out(f)
	})
}

// inOrder goes along the index by id.
func (a *answer) inOrder(out emit) error {
	w := a.where
	if after := a.q.After; after != nil {
		w.and("id >= ?", after.ID)
		if after.ValidStart.IsZero() {
			w.and("(id > ? OR valid_from IS NOT NULL)", after.ID)
		} else {
			w.and("(id > ? OR valid_from > ?)", after.ID, after.ValidStart.UnixMicro())
		}
	}
	return a.stream(fmt.Sprintf("SELECT %s FROM %s INDEXED BY %s WHERE %s ORDER BY id, valid_from, version_id",
		rowColumns, a.k.versions(), a.k.idIndex(), w.String()), w.args, out)
}

// byID looks up id after id in their order.
func (a *answer) byID(out emit) error {
	ids := slices.Clone(a.q.IDs)
	slices.Sort(ids)
	w := a.where
	w.and("id = ?")
	text := fmt.Sprintf("SELECT %s FROM %s INDEXED BY %s WHERE %s ORDER BY valid_from, version_id", rowColumns, a.k.versions(), a.k.idIndex(), w.String())
	for _, id := range slices.Compact(ids) {
		if a.q.After != nil && id < a.q.After.ID {
			continue
		}
		err := a.stream(text, append(w.args[:len(w.args):len(w.args)], id), func(f spatial.Feature) error {
			if a.q.After != nil && spatial.CursorOf(&f).Compare(*a.q.After) <= 0 {
				return nil
			}
			return out(f)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
