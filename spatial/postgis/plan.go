package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// plan is what an import comes to, worked out in temporary tables:
//
//	held  versions of the model that are recorded now and lie in the window: all of time when
//	      the import replaces, from its instant on when it continues
//	want  what should be recorded in their place
//	gone  held, but not wanted      → ends being recorded
//	come  wanted, but not held      → is recorded
//
// A version is the same as another when id, validity, content and, with a body, frame are.
type plan struct {
	tx         pgx.Tx
	in         *spatial.Import
	collection int32
	model      int32
	frame      *int64 // of the import, nil for none
	applied    spatial.Applied
}

const planTables = `
create temp table held on commit drop as
  select v.cell, v.id, v.version_id, v.valid_from, v.valid_to, v.hash, v.has_body, v.frame_id
  from shikong.version v
  where v.collection_id = $1 and v.model_id = $2 and v.rev_to is null and ($3::timestamptz is null or v.valid_to is null or v.valid_to > $3)
    and ($4::text[] is null or v.id = any($4::text[]))`

// A replacing import wants what it was given.
const wantReplaced = `
create temp table want on commit drop as
  select id, valid_from, valid_to, hash, has_body, case when has_body then $1::bigint end as frame_id,
    seq, null::bigint as old_cell, null::bigint as old_version
  from stage`

// A continuing import wants, for each id: if it held the same content at the instant, that
// version without an end and nothing else; otherwise what stood before, ended at the instant,
// and what is given. An unbounded start is before everything.
const wantContinued = `
create temp table want on commit drop as
  with same as (
    select distinct on (h.id) h.*
    from held h join stage s on s.id = h.id
    where (h.valid_from is null or h.valid_from <= $2) and h.hash = s.hash
      and (not h.has_body or h.frame_id is not distinct from $1::bigint)
    order by h.id, h.valid_from nulls first
  )
  select id, valid_from, null::timestamptz as valid_to, hash, has_body, frame_id,
    null::bigint as seq, cell as old_cell, version_id as old_version
  from same
  union all
  select h.id, h.valid_from, $2::timestamptz, h.hash, h.has_body, h.frame_id, null, h.cell, h.version_id
  from held h
  where (h.valid_from is null or h.valid_from < $2) and not exists (select 1 from same where same.id = h.id)
  union all
  select s.id, s.valid_from, s.valid_to, s.hash, s.has_body, case when s.has_body then $1::bigint end, s.seq, null, null
  from stage s
  where not exists (select 1 from same where same.id = s.id)`

const sameVersion = `w.id = h.id and w.valid_from is not distinct from h.valid_from and w.valid_to is not distinct from h.valid_to
  and w.hash = h.hash and (not w.has_body or w.frame_id is not distinct from h.frame_id)`

const difference = `
create temp table gone on commit drop as
  select h.cell, h.id, h.version_id from held h where not exists (select 1 from want w where ` + sameVersion + `);
create temp table come on commit drop as
  select w.*, row_number() over (order by w.seq nulls first, w.old_version, w.valid_from nulls first) as ord
  from want w where not exists (select 1 from held h where ` + sameVersion + `)`

// counts joins instead of asking "not in", which PostgreSQL answers by going through one list
// for every row of the other once they are long.
const counts = `
with before as (select distinct id from held), after as (select distinct id from stage), touched as (select id from gone union select id from come)
select
  count(*) filter (where b.id is null),
  count(*) filter (where a.id is null),
  count(*) filter (where a.id is not null and b.id is not null and t.id is not null),
  count(*) filter (where a.id is not null and b.id is not null and t.id is null),
  (select count(*) from come)
from after a full join before b on b.id = a.id left join touched t on t.id = coalesce(a.id, b.id)`

// differing counts what a replacing import brings that is not held and the other way round.
// Times are never infinite, so infinity stands for an unbounded side in what is hashed.
const differing = `
select count(*) filter (where s.seq is null or h.version_id is null or h.has_body and h.frame_id is distinct from $3)
from stage s full join (
  select id, version_id, valid_from, valid_to, hash, has_body, frame_id from shikong.version
  where collection_id = $1 and model_id = $2 and rev_to is null and ($4::text[] is null or id = any($4::text[]))) h
on h.id = s.id and coalesce(h.valid_from, '-infinity') = coalesce(s.valid_from, '-infinity')
  and coalesce(h.valid_to, 'infinity') = coalesce(s.valid_to, 'infinity') and h.hash = s.hash`

// unchanged reports whether a replacing import brings just what is held, and counts it.
func (p *plan) unchanged(ctx context.Context) (bool, error) {
	if !p.in.From.IsZero() {
		return false, nil
	}
	var n int64
	if err := p.tx.QueryRow(ctx, differing, p.collection, p.model, p.frame, p.in.Only).Scan(&n); err != nil || n > 0 {
		return false, err
	}
	return true, p.tx.QueryRow(ctx, `select count(distinct id) from stage`).Scan(&p.applied.Unchanged)
}

// work fills the tables and counts. It returns whether anything comes or goes.
func (p *plan) work(ctx context.Context) (bool, error) {
	if err := p.analyze(ctx, "stage"); err != nil {
		return false, err
	}
	if same, err := p.unchanged(ctx); err != nil || same {
		return false, err
	}
	from := timeFrom(p.in.From)
	if _, err := p.tx.Exec(ctx, planTables, inline([]any{p.collection, p.model, from, p.in.Only})...); err != nil {
		return false, fmt.Errorf("compare with what is there: %w", err)
	}
	want, args := wantReplaced, []any{p.frame}
	if from != nil {
		want, args = wantContinued, []any{p.frame, from}
	}
	if _, err := p.tx.Exec(ctx, want, inline(args)...); err != nil {
		return false, fmt.Errorf("compare with what is there: %w", err)
	}
	if err := p.analyze(ctx, "held", "want"); err != nil {
		return false, err
	}
	if _, err := p.tx.Exec(ctx, difference); err != nil {
		return false, fmt.Errorf("compare with what is there: %w", err)
	}
	if err := p.analyze(ctx, "gone", "come"); err != nil {
		return false, err
	}
	var come int64
	a := &p.applied
	if err := p.tx.QueryRow(ctx, counts).Scan(&a.Added, &a.Ended, &a.Changed, &a.Unchanged, &come); err != nil {
		return false, fmt.Errorf("count: %w", err)
	}
	if err := p.taken(ctx); err != nil {
		return false, err
	}
	var gone bool
	err := p.tx.QueryRow(ctx, `select exists (select 1 from gone)`).Scan(&gone)
	return gone || come > 0, err
}

// analyze gathers statistics of temporary tables. What is held may be many although little
// was given: ending a model gives nothing.
func (p *plan) analyze(ctx context.Context, tables ...string) error {
	for _, t := range tables {
		var large bool
		if err := p.tx.QueryRow(ctx, `select count(*) > 2000 from (select 1 from `+t+` limit 2001) x`).Scan(&large); err != nil {
			return fmt.Errorf("count %s: %w", t, err)
		}
		if !large {
			continue
		}
		if _, err := p.tx.Exec(ctx, `analyze `+t); err != nil {
			return fmt.Errorf("analyze %s: %w", t, err)
		}
	}
	return nil
}

// inline asks for the simple protocol: utility statements like CREATE TABLE AS take no
// parameters in the extended one.
func inline(args []any) []any {
	if len(args) == 0 {
		return nil
	}
	return append([]any{pgx.QueryExecModeSimpleProtocol}, args...)
}

// taken refuses ids that another model of the collection holds at the same time.
func (p *plan) taken(ctx context.Context) error {
	var id, other string
	err := p.tx.QueryRow(ctx, `select c.id, m.name
		from shikong.model m
		join shikong.version v on v.collection_id = m.collection_id and v.model_id = m.model_id and v.rev_to is null
		join come c on c.id = v.id
		  and (c.valid_to is null or v.valid_from is null or v.valid_from < c.valid_to)
		  and (v.valid_to is null or c.valid_from is null or c.valid_from < v.valid_to)
		where m.collection_id = $1 and m.model_id <> $2 order by c.id limit 1`, p.collection, p.model).Scan(&id, &other)
	if noRows(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for ids of other models: %w", err)
	}
	return &spatial.Problem{Kind: spatial.ErrConflict, Code: "id-taken", Message: fmt.Sprintf("the id %q belongs to the model %q of the same collection", id, other),
		Hint: "import into another collection, or under that model's name"}
}
