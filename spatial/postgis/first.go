package postgis

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The first delivery of a collection is compared with nothing: what was staged is what is
// recorded, in its order, and what is derived was added up on the way.

// first reports whether the collection never held anything.
func (a *applier) first(ctx context.Context) (bool, error) {
	var held bool
	err := a.tx.QueryRow(ctx, `select exists (select 1 from shikong.feature_cell where collection_id = $1)`, a.collection).Scan(&held)
	if err != nil {
		return false, fmt.Errorf("look into the collection: %w", err)
	}
	return !held, nil
}

// countFirst counts the ids, and reports whether there are any.
func (a *applier) countFirst(ctx context.Context) (bool, error) {
	a.applied.Added = a.staged.seq
	if !a.staged.repeats {
		return a.staged.seq > 0, nil
	}
	if err := a.tx.QueryRow(ctx, `select count(distinct id) from stage`).Scan(&a.applied.Added); err != nil {
		return false, fmt.Errorf("count: %w", err)
	}
	return true, nil
}

// load records what was staged.
func (a *applier) load(ctx context.Context) error {
	var later []string
	if a.staged.seq >= indexLater {
		var err error
		if later, err = a.dropIndexes(ctx); err != nil {
			return fmt.Errorf("put the indexes off: %w", err)
		}
	}
	// A repeated id has the cell and the number of its first version.
	cell, num, join := "s.cell", "s.seq + $2", ""
	if a.staged.repeats {
		cell, num, join = "fc.cell", "fc.num", " join shikong.feature_cell fc on fc.collection_id = $1 and fc.id = s.id"
	}
	before := a.number - 1
	list := []step{
		{"number ids", `insert into shikong.feature_cell (collection_id, id, cell, num)
			select distinct on (id) $1, id, cell, seq + $2 from stage order by id, seq`, []any{a.collection, before}},
		{"record versions", `insert into shikong.version
			select $1, ` + cell + `, s.id, s.seq + $2, $3, ` + num + `, s.kind, s.name, s.storey, s.underground, st_setsrid(s.geom::geometry, $4), s.z_min, s.z_max,
			  s.properties, case when s.has_body then $5::bigint end, s.has_body, s.valid_from, s.valid_to, $6, null, $7, null, s.hash
			from stage s` + join, []any{a.collection, before, a.model, a.srid, a.frame, a.revision, a.recorded}},
		{"keep meshes", `insert into shikong.mesh select $1, hash, blob from stage_mesh on conflict do nothing`, []any{a.collection}},
		{"keep bodies", `insert into shikong.body
			select $1, fc.cell, s.id, s.seq + $2, b.ord, b.mesh_hash, b.transform, b.material, b.rgba
			from stage s join stage_body b using (seq) join shikong.feature_cell fc on fc.collection_id = $1 and fc.id = s.id`, []any{a.collection, before}},
		{"keep extents of cells", `insert into shikong.cell_extent
			select $1, cell, st_setsrid(st_extent(geom)::geometry, $2) from shikong.version
			where collection_id = $1 and cell <> $3 and geom is not null and not st_isempty(geom) group by cell`, []any{a.collection, a.srid, int64(noCell)}},
		{"count numbers", `update shikong.head set next_number = next_number + $1`, []any{a.staged.seq}},
	}
	if !a.staged.repeats {
		list[0].sql = `insert into shikong.feature_cell (collection_id, id, cell, num) select $1, id, cell, seq + $2 from stage`
	}
	if err := a.steps(ctx, list); err != nil {
		return err
	}
	for _, statement := range later {
		if _, err := a.tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("build an index: %w", err)
		}
	}
	return nil
}

// indexLater is how many versions are worth building the indexes afterwards.
const indexLater = 10_000

// dropIndexes drops the indexes of the tables of versions and ids and returns the statements
// that make them again, none when they are to stay: only tables that hold nothing at all,
// that belong to this user and that nobody uses at the moment are treated so. Nobody can miss
// them, since nobody else sees the tables change before the commit.
func (a *applier) dropIndexes(ctx context.Context) (later []string, err error) {
	var able bool
	err = a.tx.QueryRow(ctx, `select not exists (select 1 from shikong.version) and not exists (select 1 from shikong.feature_cell)
		and bool_and(pg_has_role(relowner, 'usage')) from pg_class where oid in ('shikong.version'::regclass, 'shikong.feature_cell'::regclass)`).Scan(&able)
	if err != nil || !able {
		return nil, err
	}
	free, err := a.lockTables(ctx)
	if err != nil || !free {
		return nil, err
	}
	rows, err := a.tx.Query(ctx, `select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), coalesce(c.conname, ''), coalesce(pg_get_constraintdef(c.oid), ''), i.indrelid::regclass::text
		from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
		where i.indrelid in ('shikong.version'::regclass, 'shikong.feature_cell'::regclass)`)
	if err != nil {
		return nil, err
	}
	var drop []string
	var index, definition, constraint, clause, table string
	_, err = pgx.ForEachRow(rows, []any{&index, &definition, &constraint, &clause, &table}, func() error {
		if constraint != "" {
			drop = append(drop, "alter table "+table+" drop constraint "+quote(constraint))
			later = append(later, "alter table "+table+" add constraint "+quote(constraint)+" "+clause)
			return nil
		}
		drop = append(drop, "drop index "+index)
		// Of a partitioned table the definition says that its partitions have none.
		later = append(later, strings.Replace(definition, " ON ONLY ", " ON ", 1))
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, statement := range drop {
		if _, err := a.tx.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	// Sorting for an index in memory, whatever the server's default.
	_, err = a.tx.Exec(ctx, `set local maintenance_work_mem = '256MB'`)
	return later, err
}

// lockTables takes the tables for itself if nobody uses them.
func (a *applier) lockTables(ctx context.Context) (bool, error) {
	if _, err := a.tx.Exec(ctx, `savepoint tables`); err != nil {
		return false, err
	}
	_, err := a.tx.Exec(ctx, `lock table shikong.version, shikong.feature_cell in access exclusive mode nowait`)
	if err == nil {
		return true, nil
	}
	if !isCode(err, lockNotAvailable) {
		return false, err
	}
	_, err = a.tx.Exec(ctx, `rollback to savepoint tables`)
	return false, err
}

// logSum writes the change of a delivery that ends nothing, from what was added up.
func (a *applier) logSum(ctx context.Context, sum *summary) error {
	var box []float64
	if !sum.box.IsEmpty() {
		low, high := math.Inf(-1), math.Inf(1)
		if !sum.anyZ {
			low, high = sum.z.Min, sum.z.Max
		}
		box = []float64{sum.box.Min[0], sum.box.Min[1], low, sum.box.Max[0], sum.box.Max[1], high}
	}
	_, err := a.tx.Exec(ctx, `insert into shikong.change (revision, recorded, collection, model, box, valid_from, valid_to, added, changed, ended, purged)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, false)`, a.revision, a.recorded, a.in.Collection.Name, a.in.Model, box,
		timeFrom(sum.time.Start), timeFrom(sum.time.End), a.applied.Added)
	if err != nil {
		return fmt.Errorf("log the change: %w", err)
	}
	return a.notify(ctx)
}
