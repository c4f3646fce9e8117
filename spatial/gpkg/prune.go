package gpkg

import (
	"context"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// Prune removes the versions that had ended being recorded at an instant.
func (s *Store) Prune(ctx context.Context, recordedBefore time.Time) (removed int64, err error) {
	err = s.write(ctx, "prune", func(c *sqlite.Conn) error {
		horizon, _, err := resolve(c, &spatial.Query{Recorded: recordedBefore})
		if err != nil || horizon == 0 {
			return ignorePruned(err)
		}
		list, err := loadCollections(c, "")
		if err != nil {
			return err
		}
		for i := range list {
			p := purger{ctx: ctx, c: c, k: list[i], datum: s.datum, rest: fmt.Sprintf("rev_to <= %d", horizon)}
			n, err := p.prune()
			if err != nil {
				return err
			}
			removed += n
		}
		if removed == 0 {
			return nil
		}
		return query(c, "UPDATE shikong_store SET pruned = ?", []any{horizon}, nil)
	})
	return removed, err
}

// ignorePruned lets pass that an instant lies before what is pruned already: nothing is left
// to do there.
func ignorePruned(err error) error {
	if spatial.IsRecordedPruned(err) {
		return nil
	}
	return err
}

// prune removes what has ended from one collection and returns how many versions that were.
func (p *purger) prune() (int64, error) {
	all, err := p.tally()
	if err != nil || all.count == 0 {
		return 0, err
	}
	last, err := readLast(p.c)
	if err != nil {
		return 0, err
	}
	box, valid := change(&all, &tally{})
	a := spatial.Applied{Revision: last.revision + 1, Recorded: last.next()}
	l := logEntry{collection: p.k.Name, box: box, valid: valid, applied: a, purged: true, lastVersion: last.version}
	if err := l.write(p.c); err != nil {
		return 0, err
	}
	return all.count, p.rows(a.Revision)
}
