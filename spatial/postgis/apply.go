package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// Apply imports one model in one transaction.
func (s *Store) Apply(ctx context.Context, in spatial.Import) (spatial.Applied, error) {
	if err := in.Prepare(); err != nil {
		return spatial.Applied{}, err
	}
	in.From = cut(in.From)
	var done spatial.Applied
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		staged, err := stage(ctx, tx, &in)
		if err != nil {
			return err
		}
		a := &applier{plan: plan{tx: tx, in: &in}, srid: s.srid, staged: staged}
		if err := a.run(ctx); err != nil {
			return err
		}
		done = a.plan.applied
		return ctx.Err()
	})
	if err != nil {
		return spatial.Applied{}, problem(err)
	}
	return done, nil
}

// applier carries an import from the staged tables to the commit.
type applier struct {
	plan
	srid   int
	staged *stager

	revision int64
	recorded time.Time
	number   int64 // next version_id
	isNew    bool  // the collection or the model is
	// modelFrame is the model's from now on: a continuing import without a frame leaves it.
	modelFrame *int64
}

// run holds the revision row from its first statement to the commit.
func (a *applier) run(ctx context.Context) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	before, err := a.names(ctx)
	if err != nil {
		return err
	}
	first, err := a.first(ctx)
	if err != nil {
		return err
	}
	var moves bool
	if first {
		moves, err = a.countFirst(ctx)
	} else {
		moves, err = a.work(ctx)
	}
	if err != nil {
		return err
	}
	if !moves && !a.isNew && !before.differs(a) {
		// The names were touched for nothing; the store stays as it was.
		a.applied.Revision, a.applied.Recorded = a.revision, a.recorded
		return a.undo(ctx)
	}
	if err := a.raise(ctx); err != nil {
		return err
	}
	switch {
	case first && moves:
		err = a.load(ctx)
	case moves:
		err = a.swap(ctx)
	}
	if err != nil {
		return err
	}
	switch {
	case first:
		err = a.logSum(ctx, &a.staged.sum)
	case moves:
		err = a.log(ctx)
	default: // only the description is another
		none := newSummary()
		err = a.logSum(ctx, &none)
	}
	if err != nil {
		return err
	}
	if err := a.derive(ctx); err != nil {
		return err
	}
	return a.views(ctx)
}

// lock takes the one row that serialises commits, and learns the last revision.
func (a *applier) lock(ctx context.Context) error {
	var recorded *time.Time
	err := a.tx.QueryRow(ctx, `select revision, recorded, next_number from shikong.head for update`).Scan(&a.revision, &recorded, &a.number)
	if err != nil {
		return fmt.Errorf("lock the revision: %w", err)
	}
	a.recorded = timeTo(recorded)
	_, err = a.tx.Exec(ctx, `savepoint names`)
	return err
}

// undo forgets what was written since the lock; the transaction then commits nothing.
func (a *applier) undo(ctx context.Context) error {
	_, err := a.tx.Exec(ctx, `rollback to savepoint names`)
	return err
}

// named is what names says about the collection and model before the import.
type named struct {
	collection spatial.Collection
	frame      *int64
}

// differs reports whether the import changes how the collection is described or the frame.
func (n *named) differs(a *applier) bool {
	c := n.collection
	update(&c, &a.in.Collection)
	was := n.collection
	return c.Title != was.Title || c.Description != was.Description || c.Licence != was.Licence ||
		c.Attribution != was.Attribution || c.VerticalCRS != was.VerticalCRS || !sameFrame(n.frame, a.modelFrame)
}

func sameFrame(a, b *int64) bool { return a == b || (a != nil && b != nil && *a == *b) }

// update takes over what is not "".
func update(c, with *spatial.Collection) {
	for _, s := range [][2]*string{{&c.Title, &with.Title}, {&c.Description, &with.Description}, {&c.Licence, &with.Licence},
		{&c.Attribution, &with.Attribution}, {&c.VerticalCRS, &with.VerticalCRS}} {
		if *s[1] != "" {
			*s[0] = *s[1]
		}
	}
}

// names finds or makes the rows of collection, model and frame.
func (a *applier) names(ctx context.Context) (*named, error) {
	n := &named{}
	c := &n.collection
	err := a.tx.QueryRow(ctx, `select collection_id, title, description, licence, attribution, vertical_crs from shikong.collection where name = $1`,
		a.in.Collection.Name).Scan(&a.collection, &c.Title, &c.Description, &c.Licence, &c.Attribution, &c.VerticalCRS)
	if noRows(err) {
		a.isNew = true
		err = a.tx.QueryRow(ctx, `insert into shikong.collection (name, local) values ($1, $2) returning collection_id`,
			a.in.Collection.Name, a.in.Collection.Local).Scan(&a.collection)
	}
	if err != nil {
		return nil, fmt.Errorf("find the collection: %w", err)
	}
	err = a.tx.QueryRow(ctx, `select model_id, frame_id from shikong.model where collection_id = $1 and name = $2`, a.collection, a.in.Model).Scan(&a.model, &n.frame)
	if noRows(err) {
		a.isNew = true
		err = a.tx.QueryRow(ctx, `insert into shikong.model (collection_id, name, source, revision, recorded) values ($1, $2, '{}', 0, now()) returning model_id`,
			a.collection, a.in.Model).Scan(&a.model)
	}
	if err != nil {
		return nil, fmt.Errorf("find the model: %w", err)
	}
	if a.frame, err = a.frameID(ctx); err != nil {
		return nil, fmt.Errorf("keep the frame: %w", err)
	}
	a.modelFrame = a.frame
	if a.in.Frame == nil && !a.in.From.IsZero() {
		a.modelFrame = n.frame
	}
	return n, nil
}

// frameID finds the model's frame of these numbers or keeps a new one.
func (a *applier) frameID(ctx context.Context) (*int64, error) {
	f := a.in.Frame
	if f == nil {
		return nil, nil //nolint:nilnil // no frame is a value: the model has none
	}
	var id int64
	err := a.tx.QueryRow(ctx, `select frame_id from shikong.frame where collection_id = $1 and model_id = $2 and origin = $3 and axes = $4`,
		a.collection, a.model, f.Origin[:], f.Axes[:]).Scan(&id)
	if noRows(err) {
		err = a.tx.QueryRow(ctx, `insert into shikong.frame (collection_id, model_id, origin, axes) values ($1, $2, $3, $4) returning frame_id`,
			a.collection, a.model, f.Origin[:], f.Axes[:]).Scan(&id)
	}
	return &id, err
}

// raise begins a revision; its time is later than that of the one before, by the
// database's clock, which all writers share.
func (a *applier) raise(ctx context.Context) error {
	err := a.tx.QueryRow(ctx, `update shikong.head set revision = revision + 1,
		recorded = greatest(clock_timestamp(), recorded + interval '1 microsecond') returning revision, recorded`).Scan(&a.revision, &a.recorded)
	if err != nil {
		return fmt.Errorf("raise the revision: %w", err)
	}
	a.recorded = a.recorded.UTC()
	a.applied.Revision, a.applied.Recorded = a.revision, a.recorded
	_, err = a.tx.Exec(ctx, `insert into shikong.revision values ($1, $2)`, a.revision, a.recorded)
	return err
}

// swap ends what goes and records what comes.
func (a *applier) swap(ctx context.Context) error {
	return a.steps(ctx, []step{
		{"end versions", `update shikong.version v set rev_to = $2, recorded_to = $3 from gone g
			where v.collection_id = $1 and v.cell = g.cell and v.id = g.id and v.version_id = g.version_id`, []any{a.collection, a.revision, a.recorded}},
		{"number ids", `insert into shikong.feature_cell (collection_id, id, cell, num)
			select $1, n.id, n.cell, n.ord + $2 from (
			  select distinct on (c.id) c.id, s.cell, c.ord from come c join stage s using (seq) order by c.id, c.ord) n
			on conflict do nothing`, []any{a.collection, a.number - 1}},
		{"record versions", `insert into shikong.version
			select $1, fc.cell, c.id, c.ord + $2, $3, fc.num, s.kind, s.name, s.storey, s.underground, st_setsrid(s.geom::geometry, $4), s.z_min, s.z_max,
			  s.properties, c.frame_id, c.has_body, c.valid_from, c.valid_to, $5, null, $6, null, c.hash
			from come c join stage s using (seq) join shikong.feature_cell fc on fc.collection_id = $1 and fc.id = c.id`,
			[]any{a.collection, a.number - 1, a.model, a.srid, a.revision, a.recorded}},
		{"record versions again", `insert into shikong.version
			select $1, o.cell, c.id, c.ord + $2, $3, o.num, o.kind, o.name, o.storey, o.underground, o.geom, o.z_min, o.z_max,
			  o.properties, o.frame_id, o.has_body, c.valid_from, c.valid_to, $4, null, $5, null, o.hash
			from come c join shikong.version o on o.collection_id = $1 and o.cell = c.old_cell and o.id = c.id and o.version_id = c.old_version`,
			[]any{a.collection, a.number - 1, a.model, a.revision, a.recorded}},
		{"keep meshes", `insert into shikong.mesh select $1, hash, blob from stage_mesh on conflict do nothing`, []any{a.collection}},
		{"keep bodies", `insert into shikong.body
			select $1, fc.cell, c.id, c.ord + $2, b.ord, b.mesh_hash, b.transform, b.material, b.rgba
			from come c join stage_body b using (seq) join shikong.feature_cell fc on fc.collection_id = $1 and fc.id = c.id`, []any{a.collection, a.number - 1}},
		{"keep bodies again", `insert into shikong.body
			select $1, o.cell, c.id, c.ord + $2, o.ord, o.mesh_hash, o.transform, o.material, o.rgba
			from come c join shikong.body o on o.collection_id = $1 and o.cell = c.old_cell and o.id = c.id and o.version_id = c.old_version`,
			[]any{a.collection, a.number - 1}},
		{"keep extents of cells", `insert into shikong.cell_extent
			select $1, fc.cell, st_envelope(st_collect(st_envelope(st_setsrid(s.geom::geometry, $2)))) from come c join stage s using (seq)
			join shikong.feature_cell fc on fc.collection_id = $1 and fc.id = c.id
			where fc.cell <> $3 and s.geom is not null and not st_isempty(s.geom::geometry) group by fc.cell
			on conflict (collection_id, cell) do update set extent = st_envelope(st_collect(cell_extent.extent, excluded.extent))
			where not st_contains(cell_extent.extent, excluded.extent)`, []any{a.collection, a.srid, int64(noCell)}},
		{"count numbers", `update shikong.head set next_number = next_number + (select count(*) from come)`, nil},
	})
}

// step is one statement of several, and what it is for.
type step struct {
	what, sql string
	args      []any
}

func (a *applier) steps(ctx context.Context, list []step) error {
	for _, st := range list {
		if _, err := a.tx.Exec(ctx, st.sql, st.args...); err != nil {
			return fmt.Errorf("%s: %w", st.what, err)
		}
	}
	return nil
}

// touchedBox is around versions; one unknown height makes it unbounded, which errs on the
// safe side for caches.
const touchedBox = `
  case when count(*) filter (where placed) = 0 then null else array[
    min(west) filter (where placed), min(south) filter (where placed),
    case when bool_or(z_min is null) filter (where placed) then '-infinity' else min(z_min) filter (where placed) end,
    max(east) filter (where placed), max(north) filter (where placed),
    case when bool_or(z_max is null) filter (where placed) then 'infinity' else max(z_max) filter (where placed) end] end,
  case when bool_or(valid_from is null) then null else min(valid_from) end,
  case when bool_or(valid_to is null) then null else max(valid_to) end`

const boxColumns = `st_xmin(v.geom) as west, st_ymin(v.geom) as south, st_xmax(v.geom) as east, st_ymax(v.geom) as north,
  v.z_min, v.z_max, v.valid_from, v.valid_to, v.geom is not null and not st_isempty(v.geom) as placed`

// log writes the change, and wakes those who listen.
func (a *applier) log(ctx context.Context) error {
	_, err := a.tx.Exec(ctx, `insert into shikong.change (revision, recorded, collection, model, box, valid_from, valid_to, added, changed, ended, purged)
		select $2, $3, $4, $5, t.*, $6, $7, $8, false from (select `+touchedBox+` from (
		  select `+boxColumns+` from shikong.version v join gone g on v.cell = g.cell and v.id = g.id and v.version_id = g.version_id where v.collection_id = $1
		  union all
		  select `+boxColumns+` from shikong.version v where v.collection_id = $1 and v.rev_from = $2) x) t`,
		a.collection, a.revision, a.recorded, a.in.Collection.Name, a.in.Model, a.applied.Added, a.applied.Changed, a.applied.Ended)
	if err != nil {
		return fmt.Errorf("log the change: %w", err)
	}
	return a.notify(ctx)
}

func (a *applier) notify(ctx context.Context) error {
	_, err := a.tx.Exec(ctx, `select pg_notify('shikong', $1)`, fmt.Sprint(a.revision))
	return err
}

// derive writes how the collection and the model are described from now on.
func (a *applier) derive(ctx context.Context) error {
	c := a.in.Collection
	if _, err := a.tx.Exec(ctx, `update shikong.collection set revision = $2, title = coalesce(nullif($3, ''), title),
		description = coalesce(nullif($4, ''), description), licence = coalesce(nullif($5, ''), licence),
		attribution = coalesce(nullif($6, ''), attribution), vertical_crs = coalesce(nullif($7, ''), vertical_crs)
		where collection_id = $1`, a.collection, a.revision, c.Title, c.Description, c.Licence, c.Attribution, c.VerticalCRS); err != nil {
		return fmt.Errorf("describe the collection: %w", err)
	}
	sum := &a.staged.sum
	if !a.in.From.IsZero() {
		// What stood before goes on standing beside what was delivered.
		again, err := a.recount(ctx)
		if err != nil {
			return fmt.Errorf("describe the model: %w", err)
		}
		sum = again
	}
	source, err := json.Marshal(a.in.Source)
	if err != nil {
		return fmt.Errorf("describe the model: %w", err)
	}
	var report *string
	if a.in.Report != nil {
		text := string(a.in.Report(a.applied))
		report = &text
	}
	p := sum.stored()
	_, err = a.tx.Exec(ctx, `update shikong.model set source = $3, revision = $4, recorded = $5, report = $6, frame_id = $7,
		count = $8, box = $9, z = $10, valid_from = $11, valid_to = $12, fields = $13 where collection_id = $1 and model_id = $2`,
		a.collection, a.model, string(source), a.revision, a.recorded, report, a.modelFrame, p.count, p.box, p.z, p.from, p.to, string(p.fields))
	if err != nil {
		return fmt.Errorf("describe the model: %w", err)
	}
	return nil
}

// recount reads the model's recorded versions again.
func (a *applier) recount(ctx context.Context) (*summary, error) {
	rows, err := a.tx.Query(ctx, `select `+columns+` from shikong.version v where v.collection_id = $1 and v.model_id = $2 and v.rev_to is null`, a.collection, a.model)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sum := newSummary()
	var d decoder
	var r row
	for rows.Next() {
		if err := d.decode(rows.RawValues(), &r); err != nil {
			return nil, err
		}
		sum.feature(&r.feature)
	}
	return &sum, rows.Err()
}
