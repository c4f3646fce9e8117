package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// rules are the invariants of the tables that SQL can check; each statement returns an id
// and a description for every breach, at most maxBreaches.
var rules = []struct{ code, sql string }{
	{"versions-overlap", `select a.id, 'versions ' || a.version_id || ' and ' || b.version_id || ' are recorded and valid at the same time'
		from shikong.version a join shikong.version b on a.collection_id = b.collection_id and a.id = b.id and a.version_id < b.version_id
		 and (a.valid_to is null or b.valid_from is null or b.valid_from < a.valid_to) and (b.valid_to is null or a.valid_from is null or a.valid_from < b.valid_to)
		 and (a.rev_to is null or b.rev_from < a.rev_to) and (b.rev_to is null or a.rev_from < b.rev_to)`},
	{"interval-backwards", `select id, 'version ' || version_id || ' ends before it begins' from shikong.version
		where valid_from >= valid_to or rev_from >= rev_to`},
	{"revision-missing", `select v.id, 'version ' || v.version_id || ' is of a revision that is not there' from shikong.version v
		where not exists (select 1 from shikong.revision r where r.revision = v.rev_from and r.recorded = v.recorded_from)
		or v.rev_to is not null and not exists (select 1 from shikong.revision r where r.revision = v.rev_to and r.recorded = v.recorded_to)`},
	{"cell-differs", `select v.id, 'version ' || v.version_id || ' is in another cell or has another number than its id' from shikong.version v
		left join shikong.feature_cell c using (collection_id, id) where c.id is null or c.cell <> v.cell or c.num <> v.num`},
	{"model-missing", `select v.id, 'version ' || v.version_id || ' belongs to no model' from shikong.version v
		left join shikong.model m using (collection_id, model_id) where m.model_id is null`},
	{"count-differs", `select m.name, 'the model counts ' || m.count || ' features and has ' || count(v.id) from shikong.model m
		left join shikong.version v on v.collection_id = m.collection_id and v.model_id = m.model_id and v.rev_to is null
		group by m.collection_id, m.model_id, m.name, m.count having m.count <> count(v.id)`},
	{"mesh-missing", `select b.id, 'the body of version ' || b.version_id || ' has a mesh that is not there' from shikong.body b
		left join shikong.mesh m on m.collection_id = b.collection_id and m.hash = b.mesh_hash where m.hash is null`},
	{"body-orphan", `select b.id, 'the body of version ' || b.version_id || ' belongs to nothing' from shikong.body b
		left join shikong.version v using (collection_id, cell, id, version_id) where v.id is null or not v.has_body`},
	{"geometry-invalid", `select id, 'the footprint of version ' || version_id || ' is not valid: ' || st_isvalidreason(geom) from shikong.version
		where st_dimension(geom) = 2 and not st_isvalid(geom)`},
}

// maxBreaches bounds what one rule reports.
const maxBreaches = 100

// Verify checks every invariant of the store and returns what breaks one.
func (s *Store) Verify(ctx context.Context) ([]spatial.Issue, error) {
	var issues []spatial.Issue
	for _, r := range rules {
		rows, err := s.pool.Query(ctx, r.sql+fmt.Sprintf(" limit %d", maxBreaches))
		if err != nil {
			return nil, problem(err)
		}
		var id, message string
		_, err = pgx.ForEachRow(rows, []any{&id, &message}, func() error {
			issues = append(issues, spatial.Issue{GlobalID: id, Code: r.code, Message: message})
			return nil
		})
		if err != nil {
			return nil, problem(fmt.Errorf("check %s: %w", r.code, err))
		}
	}
	more, err := s.verifyHashes(ctx)
	return append(issues, more...), err
}

// verifyHashes reads everything that is recorded and hashes its content again.
func (s *Store) verifyHashes(ctx context.Context) ([]spatial.Issue, error) {
	var issues []spatial.Issue
	collections, err := s.Collections(ctx)
	if err != nil {
		return nil, err
	}
	var h spatial.Hasher
	for _, c := range collections {
		for f, err := range s.Features(ctx, spatial.Query{Collection: c.Name, Body: true}) {
			if err != nil {
				return nil, err
			}
			if h.Content(&f) != f.Hash && len(issues) < maxBreaches {
				issues = append(issues, spatial.Issue{GlobalID: f.ID, Code: "hash-differs", Message: "the content is not what was recorded in " + c.Name})
			}
		}
	}
	return issues, nil
}
