package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// Purge removes a model, or the whole collection for model "", with all its history.
func (s *Store) Purge(ctx context.Context, collection, model string) (spatial.Applied, error) {
	var done spatial.Applied
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		a := &applier{plan: plan{tx: tx, in: &spatial.Import{Collection: spatial.Collection{Name: collection}, Model: model}}, srid: s.srid}
		if err := a.purge(ctx); err != nil {
			return err
		}
		done = a.applied
		return nil
	})
	if err != nil {
		return spatial.Applied{}, problem(err)
	}
	return done, nil
}

func (a *applier) purge(ctx context.Context) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	err := a.tx.QueryRow(ctx, `select collection_id from shikong.collection where name = $1`, a.in.Collection.Name).Scan(&a.collection)
	if noRows(err) {
		return notFound("collection", a.in.Collection.Name)
	}
	if err != nil {
		return err
	}
	if a.in.Model != "" {
		err := a.tx.QueryRow(ctx, `select model_id from shikong.model where collection_id = $1 and name = $2`, a.collection, a.in.Model).Scan(&a.model)
		if noRows(err) {
			return notFound("model", a.in.Model)
		}
		if err != nil {
			return err
		}
	}
	if err := a.raise(ctx); err != nil {
		return err
	}
	if err := a.logPurge(ctx); err != nil {
		return fmt.Errorf("log the purge: %w", err)
	}
	return a.remove(ctx)
}

func (a *applier) logPurge(ctx context.Context) error {
	return a.tx.QueryRow(ctx, `insert into shikong.change (revision, recorded, collection, model, box, valid_from, valid_to, added, changed, ended, purged)
		select $3, $4, $5, $6, t.*, 0, 0, (select count(distinct id) from shikong.version v where v.collection_id = $1 and ($2 = 0 or v.model_id = $2) and v.rev_to is null), true
		from (select `+touchedBox+` from (select `+boxColumns+` from shikong.version v where v.collection_id = $1 and ($2 = 0 or v.model_id = $2)) x) t
		returning ended`, a.collection, a.model, a.revision, a.recorded, a.in.Collection.Name, a.in.Model).Scan(&a.applied.Ended)
}

// remove deletes the rows. What belongs to several models (meshes, numbers of ids) goes when
// nothing uses it any more.
func (a *applier) remove(ctx context.Context) error {
	if a.model == 0 {
		if err := a.dropViews(ctx); err != nil {
			return err
		}
		for _, table := range []string{"body", "mesh", "version", "feature_cell", "cell_extent", "frame", "model", "collection"} {
			if _, err := a.tx.Exec(ctx, "delete from shikong."+table+" where collection_id = $1", a.collection); err != nil {
				return fmt.Errorf("remove from %s: %w", table, err)
			}
		}
		return nil
	}
	steps := []struct {
		sql  string
		args []any
	}{
		{`delete from shikong.body b using shikong.version v where v.collection_id = $1 and v.model_id = $2
			and b.collection_id = v.collection_id and b.cell = v.cell and b.id = v.id and b.version_id = v.version_id`, []any{a.collection, a.model}},
		{`delete from shikong.version where collection_id = $1 and model_id = $2`, []any{a.collection, a.model}},
		{`delete from shikong.frame where collection_id = $1 and model_id = $2`, []any{a.collection, a.model}},
		{`delete from shikong.model where collection_id = $1 and model_id = $2`, []any{a.collection, a.model}},
		{`delete from shikong.mesh m where collection_id = $1 and not exists (select 1 from shikong.body b where b.collection_id = $1 and b.mesh_hash = m.hash)`, []any{a.collection}},
		{`update shikong.collection set revision = $2 where collection_id = $1`, []any{a.collection, a.revision}},
	}
	for _, st := range steps {
		if _, err := a.tx.Exec(ctx, st.sql, st.args...); err != nil {
			return fmt.Errorf("remove the model: %w", err)
		}
	}
	return a.views(ctx)
}
