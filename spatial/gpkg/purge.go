package gpkg

import (
	"context"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// Purge removes a model, or the whole collection for model "", with all its history. The
// log keeps that there was something.
func (s *Store) Purge(ctx context.Context, name, model string) (spatial.Applied, error) {
	var a spatial.Applied
	err := s.write(ctx, "purge", func(c *sqlite.Conn) error {
		k, err := loadCollection(c, name)
		if err != nil {
			return err
		}
		last, err := readLast(c)
		if err != nil {
			return err
		}
		a.Revision, a.Recorded = last.revision+1, last.next()
		p := purger{ctx: ctx, c: c, k: k, datum: s.datum, rest: "TRUE"}
		if model != "" {
			id, err := modelID(c, k.id, model)
			if err != nil {
				return err
			}
			if id == 0 {
				return notFound("model", model)
			}
			p.model, p.rest = id, fmt.Sprintf("model_id = %d", id)
		}
		all, err := p.tally()
		if err != nil {
			return err
		}
		a.Ended = p.held
		box, valid := change(&all, &tally{})
		l := logEntry{collection: name, model: model, box: box, valid: valid, applied: a, purged: true, lastVersion: last.version}
		if err := l.write(c); err != nil {
			return err
		}
		if model == "" {
			return p.collection()
		}
		return p.ofModel(a.Revision)
	})
	return a, err
}

// purger removes versions within a write.
type purger struct {
	ctx   context.Context
	c     *sqlite.Conn
	k     collection
	datum datum
	model int64
	rest  string // the condition of what goes
	went  tally  // of it what was recorded
	held  int64  // ids of it that were recorded
}

// tally reads everything that goes.
func (p *purger) tally() (all tally, err error) {
	var properties propertyReader
	n := 0
	err = query(p.c, fmt.Sprintf("SELECT %s, rev_to IS NULL FROM %s WHERE %s", oldColumns, p.k.versions(), p.rest), nil, func(r *sqlite.Stmt) error {
		if err := interrupted(p.ctx, n); err != nil {
			return err
		}
		n++
		old, valid, err := columnOld(r, &properties)
		if err != nil {
			return err
		}
		all.add(old.box, old.z, valid)
		if r.ColumnBool(6) {
			p.went.add(old.box, old.z, valid)
			p.went.fields.add(old.properties)
		}
		return nil
	})
	if err != nil {
		return all, err
	}
	return all, query(p.c, fmt.Sprintf("SELECT count(DISTINCT id) FROM %s WHERE %s AND rev_to IS NULL", p.k.versions(), p.rest), nil, func(r *sqlite.Stmt) error {
		p.held = r.ColumnInt64(0)
		return nil
	})
}

// collection removes the collection.
func (p *purger) collection() error {
	if err := p.bodies(); err != nil {
		return err
	}
	if err := dropLayers(p.c, &p.k); err != nil {
		return err
	}
	for _, text := range []string{
		"DELETE FROM shikong_frame WHERE model_id IN (SELECT model_id FROM shikong_model WHERE collection_id = ?)",
		"DELETE FROM shikong_model WHERE collection_id = ?",
		"DELETE FROM shikong_field WHERE collection_id = ?",
		"DELETE FROM shikong_mesh WHERE collection_id = ?",
		"DELETE FROM shikong_collection WHERE collection_id = ?",
	} {
		if err := execute(p.c, text, p.k.id); err != nil {
			return err
		}
	}
	return p.k.dropTables(p.c)
}

// bodies removes the bodies of what goes.
func (p *purger) bodies() error {
	return execute(p.c, fmt.Sprintf("DELETE FROM shikong_body WHERE version_id IN (SELECT version_id FROM %s WHERE bodies > 0 AND %s)", p.k.versions(), p.rest))
}

// ofModel removes one model.
func (p *purger) ofModel(revision int64) error {
	for _, table := range []string{"shikong_frame", "shikong_model"} {
		if err := execute(p.c, fmt.Sprintf("DELETE FROM %s WHERE %s", table, p.rest)); err != nil {
			return err
		}
	}
	return p.rows(revision)
}

// rows removes the versions with their bodies and packs the spatial index anew without them.
func (p *purger) rows(revision int64) error {
	if err := p.bodies(); err != nil {
		return err
	}
	for _, text := range []string{
		fmt.Sprintf("DELETE FROM %s WHERE %s", p.k.versions(), p.rest),
		fmt.Sprintf("DELETE FROM shikong_mesh WHERE collection_id = %d AND mesh_id NOT IN (SELECT mesh_id FROM shikong_body)", p.k.id),
	} {
		if err := execute(p.c, text); err != nil {
			return err
		}
	}
	i := importer{ctx: p.ctx, c: p.c, k: p.k, before: 1<<63 - 1}
	defer i.close()
	if err := i.repack(); err != nil {
		return err
	}
	if err := addFields(p.c, p.k.id, &fieldCounts{}, &p.went.fields); err != nil {
		return err
	}
	return derive(p.c, &p.k, revision, &tally{}, &p.went, p.datum)
}
