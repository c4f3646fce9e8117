package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// Prune removes the versions that had ended being recorded at an instant.
func (s *Store) Prune(ctx context.Context, recordedBefore time.Time) (int64, error) {
	var removed int64
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		a := &applier{plan: plan{tx: tx, in: &spatial.Import{}}, srid: s.srid}
		if err := a.lock(ctx); err != nil {
			return err
		}
		var horizon, pruned int64
		err := tx.QueryRow(ctx, `select pruned, coalesce((select max(revision) from shikong.revision where recorded <= $1), 0) from shikong.head`,
			recordedBefore.UTC()).Scan(&pruned, &horizon)
		if err != nil || horizon <= pruned {
			return err
		}
		removed, err = a.prune(ctx, horizon)
		if err != nil || removed == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `update shikong.head set pruned = $1`, horizon)
		return err
	})
	return removed, problem(err)
}

// prune removes what had ended at a revision from every collection, in the order of names.
func (a *applier) prune(ctx context.Context, horizon int64) (removed int64, err error) {
	rows, err := a.tx.Query(ctx, `select collection_id, name from shikong.collection c
		where exists (select 1 from shikong.version v where v.collection_id = c.collection_id and v.rev_to <= $1) order by name`, horizon)
	if err != nil {
		return 0, err
	}
	type named struct {
		ID   int32
		Name string
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[named])
	if err != nil {
		return 0, err
	}
	for _, c := range list {
		a.collection, a.in.Collection.Name = c.ID, c.Name
		n, err := a.pruneCollection(ctx, horizon)
		if err != nil {
			return 0, fmt.Errorf("prune %s: %w", c.Name, err)
		}
		removed += n
	}
	return removed, nil
}

func (a *applier) pruneCollection(ctx context.Context, horizon int64) (int64, error) {
	if err := a.raise(ctx); err != nil {
		return 0, err
	}
	err := a.steps(ctx, []step{
		{"log the change", `insert into shikong.change (revision, recorded, collection, model, box, valid_from, valid_to, added, changed, ended, purged)
			select $3, $4, $5, '', t.*, 0, 0, 0, true
			from (select ` + touchedBox + ` from (select ` + boxColumns + ` from shikong.version v where v.collection_id = $1 and v.rev_to <= $2) x) t`,
			[]any{a.collection, horizon, a.revision, a.recorded, a.in.Collection.Name}},
		{"remove bodies", `delete from shikong.body b using shikong.version v where v.collection_id = $1 and v.rev_to <= $2
			and b.collection_id = v.collection_id and b.cell = v.cell and b.id = v.id and b.version_id = v.version_id`, []any{a.collection, horizon}},
	})
	if err != nil {
		return 0, err
	}
	tag, err := a.tx.Exec(ctx, `delete from shikong.version where collection_id = $1 and rev_to <= $2`, a.collection, horizon)
	if err != nil {
		return 0, err
	}
	return tag.RowsAffected(), a.steps(ctx, []step{
		{"remove meshes", `delete from shikong.mesh m where collection_id = $1 and not exists (select 1 from shikong.body b where b.collection_id = $1 and b.mesh_hash = m.hash)`,
			[]any{a.collection}},
		{"describe the collection", `update shikong.collection set revision = $2 where collection_id = $1`, []any{a.collection, a.revision}},
	})
}
