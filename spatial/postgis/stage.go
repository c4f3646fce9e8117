package postgis

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// stageTables are private to the transaction and gone with it. Nobody waits for them.
const stageTables = `
create temp table stage (
  seq bigint not null, id text collate "C" not null, cell bigint not null, kind text not null, name text not null,
  storey text not null, underground smallint not null, geom bytea, z_min double precision, z_max double precision,
  properties json not null, has_body boolean not null, valid_from timestamptz, valid_to timestamptz, hash bytea not null
) on commit drop;
create temp table stage_body (
  seq bigint not null, ord integer not null, mesh_hash bytea not null, transform double precision[] not null,
  material text not null, rgba real[] not null
) on commit drop;
create temp table stage_mesh (hash bytea not null, blob bytea not null) on commit drop`

var (
	stageColumns     = []string{"seq", "id", "cell", "kind", "name", "storey", "underground", "geom", "z_min", "z_max", "properties", "has_body", "valid_from", "valid_to", "hash"}
	stageBodyColumns = []string{"seq", "ord", "mesh_hash", "transform", "material", "rgba"}
	stageMeshColumns = []string{"hash", "blob"}
)

// batch is how many instances of bodies, and batchBytes how many bytes of meshes, wait until
// features have gone over.
const (
	batch      = 20_000
	batchBytes = 32 << 20
)

// stager streams a delivery into the temporary tables.
type stager struct {
	tx      pgx.Tx
	in      *spatial.Import
	seq     int64
	repeats bool // an id came more than once
	sum     summary
	hasher  spatial.Hasher
	known   map[[32]byte]bool // meshes sent

	bodies, meshes [][]any
	size           int // bytes of meshes
}

// stage takes the delivery in and checks each feature by itself.
func stage(ctx context.Context, tx pgx.Tx, in *spatial.Import) (*stager, error) {
	s := &stager{tx: tx, in: in, sum: newSummary(), known: map[[32]byte]bool{}}
	// Joins over whole deliveries are to be hashed in memory, whatever the server's default.
	if _, err := tx.Exec(ctx, `set local work_mem = '64MB'`); err != nil {
		return nil, fmt.Errorf("prepare the transaction: %w", err)
	}
	if _, err := tx.Exec(ctx, stageTables); err != nil {
		return nil, fmt.Errorf("create temporary tables: %w", err)
	}
	if in.Features != nil {
		if err := s.run(ctx, in.Features); err != nil {
			return nil, err
		}
	}
	return s, s.unique(ctx)
}

func (s *stager) run(ctx context.Context, features iter.Seq2[spatial.Feature, error]) error {
	next, stop := iter.Pull2(features)
	d := delivery{take: s.take, next: next, stop: stop}
	defer d.close()
	for {
		all, err := d.send(ctx, s.tx)
		if gone := ctx.Err(); gone != nil {
			err = gone // the driver may tell first of the connection that it cut off for it
		}
		if err != nil {
			return fmt.Errorf("send features up to number %d: %w", s.seq, err)
		}
		if err := s.flush(ctx); err != nil || all {
			return err
		}
	}
}

// take checks a feature and makes its rows. It says when bodies are to go over.
func (s *stager) take(rows *copyRows, f *spatial.Feature) (full bool, err error) {
	f.Valid = spatial.Interval{Start: cut(f.Valid.Start), End: cut(f.Valid.End)}
	if err := f.Validate(); err != nil {
		return false, err
	}
	if !s.in.From.IsZero() {
		if !f.Valid.IsAll() {
			return false, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "valid-with-from",
				Message: fmt.Sprintf("feature %q has a validity of its own in an import that continues", f.ID)}
		}
		f.Valid.Start = s.in.From
	}
	if f.Body != nil && len(f.Body.Instances) == 0 {
		f.Body = nil
	}
	s.seq++
	if err := rows.feature(s.seq, cellOf(f.Geometry), f, s.hasher.Content(f)); err != nil {
		return false, err
	}
	s.sum.feature(f)
	err = s.takeBody(f.Body)
	return len(s.bodies) >= batch || s.size >= batchBytes, err
}

func (s *stager) takeBody(b *spatial.Body) error {
	if b == nil {
		return nil
	}
	for i, in := range b.Instances {
		hash := s.hasher.Mesh(in.Mesh)
		if !s.known[hash] {
			s.known[hash] = true
			blob, err := in.Mesh.MarshalBinary()
			if err != nil {
				return fmt.Errorf("encode a mesh: %w", err)
			}
			s.meshes = append(s.meshes, []any{hash[:], blob})
			s.size += len(blob)
		}
		s.bodies = append(s.bodies, []any{s.seq, int32(i), hash[:], in.Transform[:], in.Material.Name, in.Material.RGBA[:]})
	}
	return nil
}

func (s *stager) flush(ctx context.Context) error {
	s.size = 0
	for _, t := range []struct {
		table   string
		columns []string
		rows    *[][]any
	}{{"stage_mesh", stageMeshColumns, &s.meshes}, {"stage_body", stageBodyColumns, &s.bodies}} {
		if len(*t.rows) == 0 {
			continue
		}
		if _, err := s.tx.CopyFrom(ctx, pgx.Identifier{t.table}, t.columns, pgx.CopyFromRows(*t.rows)); err != nil {
			return fmt.Errorf("send bodies up to feature %d: %w", s.seq, err)
		}
		*t.rows = (*t.rows)[:0]
	}
	return nil
}

// unique finds ids that were given twice for the same time, and numbers them when asked to.
func (s *stager) unique(ctx context.Context) error {
	// Ids that look like numbered ones are read too: they may be taken already.
	rows, err := s.tx.Query(ctx, `with repeated as (select id from stage group by id having count(*) > 1)
		select seq, id, valid_from, valid_to from stage
		where exists (select 1 from repeated) and (id in (select id from repeated)
		  or $1 and id like '%~%' and regexp_replace(id, '~[0-9]+$', '') in (select id from repeated)) order by seq`, s.in.NumberRepeats)
	if err != nil {
		return err
	}
	taken := map[string][]spatial.Interval{}
	renamed := map[int64]string{}
	var seq int64
	var id string
	var from, to *time.Time
	_, err = pgx.ForEachRow(rows, []any{&seq, &id, &from, &to}, func() error {
		s.repeats = true
		valid := spatial.Interval{Start: timeTo(from), End: timeTo(to)}
		name := id
		for n := 2; slices.ContainsFunc(taken[name], valid.Overlaps); n++ {
			if !s.in.NumberRepeats {
				return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "duplicate-id", Message: fmt.Sprintf("the id %q is given twice for the same time", id),
					Hint: "give each feature an id of its own, or say when each version is valid"}
			}
			name = fmt.Sprintf("%s~%d", id, n)
		}
		taken[name] = append(taken[name], valid)
		if name != id {
			renamed[seq] = name
		}
		return nil
	})
	if err != nil || len(renamed) == 0 {
		return err
	}
	return s.rename(ctx, renamed)
}

func (s *stager) rename(ctx context.Context, renamed map[int64]string) error {
	var seqs []int64
	var names []string
	for seq, name := range renamed {
		seqs, names = append(seqs, seq), append(names, name)
	}
	if _, err := s.tx.Exec(ctx, `update stage s set id = r.id from unnest($1::bigint[], $2::text[]) as r(seq, id) where s.seq = r.seq`, seqs, names); err != nil {
		return err
	}
	// A number may now be the id that the source gave to another feature.
	return s.uniqueAfterNumbering(ctx)
}

func (s *stager) uniqueAfterNumbering(ctx context.Context) error {
	var again bool
	err := s.tx.QueryRow(ctx, `select exists (select 1 from stage a join stage b on a.id = b.id and a.seq < b.seq
		and (a.valid_to is null or b.valid_from is null or b.valid_from < a.valid_to)
		and (b.valid_to is null or a.valid_from is null or a.valid_from < b.valid_to))`).Scan(&again)
	if err != nil || !again {
		return err
	}
	return s.unique(ctx)
}

// cut drops what is finer than the store's resolution.
func cut(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}
