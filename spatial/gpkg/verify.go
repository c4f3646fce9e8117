package gpkg

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// Verify checks every invariant of the store in one snapshot and returns what contradicts
// one, at most spatial.MaxIssues; none for a sound store. The error is for a check that
// could not be made. The codes:
//
//	integrity     SQLite finds the file damaged
//	log           revisions are not consecutive, or their times do not rise
//	overlap       two versions of one id share a valid time and a revision
//	hash          a version's content is not what its hash says
//	version       a version contradicts itself, its model or its number
//	spatial-index the R-tree contradicts itself or the geometries
//	derived       count, extent, time or fields are not those of the versions
//	body          bodies and meshes contradict each other or their hashes
//	orphan-mesh   a mesh belongs to no body
//	layer         a layer is not registered or cannot be read
func (s *Store) Verify(ctx context.Context) ([]spatial.Issue, error) {
	v := verifier{ctx: ctx, datum: s.datum}
	err := s.read(ctx, "verify", func(c *sqlite.Conn) error {
		v.c = c
		for _, check := range []func() error{v.integrity, v.log, v.collections, v.bodies} {
			if err := check(); err != nil && !errors.Is(err, errMany) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v.issues, nil
}

type verifier struct {
	ctx    context.Context
	c      *sqlite.Conn
	datum  datum
	issues []spatial.Issue

	last   lastRevision
	hasher spatial.Hasher
}

// report notes an issue; errMany ends the check that found too many.
func (v *verifier) report(code, id, format string, args ...any) error {
	if len(v.issues) >= spatial.MaxIssues {
		return errMany
	}
	v.issues = append(v.issues, spatial.Issue{GlobalID: id, Code: code, Message: fmt.Sprintf(format, args...)})
	return nil
}

func (v *verifier) integrity() error {
	return query(v.c, "PRAGMA integrity_check(1000)", nil, func(r *sqlite.Stmt) error {
		if text := r.ColumnText(0); text != "ok" {
			return v.report("integrity", "", "%s", text)
		}
		return nil
	})
}

func (v *verifier) log() error {
	var err error
	if v.last, err = readLast(v.c); err != nil {
		return err
	}
	n, version, recorded := int64(0), int64(0), time.Time{}
	err = query(v.c, "SELECT revision, recorded, last_version FROM shikong_revision ORDER BY revision", nil, func(r *sqlite.Stmt) error {
		n++
		t, last := columnTime(r, 1), r.ColumnInt64(2)
		if r.ColumnInt64(0) != n || !t.After(recorded) || last < version {
			return v.report("log", "", "revision %d follows %d, at %v after %v", r.ColumnInt64(0), n-1, t, recorded)
		}
		recorded, version = t, last
		return nil
	})
	if err == nil && (n != v.last.revision || !recorded.Equal(v.last.recorded) || version != v.last.version) {
		err = v.report("log", "", "the store is at revision %d, the log at %d", v.last.revision, n)
	}
	return err
}

func (v *verifier) collections() error {
	list, err := loadCollections(v.c, "")
	if err != nil {
		return err
	}
	for i := range list {
		check := collectionCheck{verifier: v, k: &list[i], counts: map[string]int64{}}
		if err := check.run(); err != nil {
			return err
		}
	}
	return nil
}

// collectionCheck checks one collection.
type collectionCheck struct {
	*verifier
	k      *collection
	now    tally            // what is recorded
	counts map[string]int64 // by model, of what is recorded
	placed int64            // versions with a place
	same   []checked        // the versions of the id under the cursor
}

// checked is what one version is compared with the others of its id by.
type checked struct {
	f      spatial.Feature
	number int64
	rev    [2]int64 // to is 0 while it is recorded
}

func (c *collectionCheck) run() error {
	if err := c.versions(); err != nil {
		return err
	}
	if err := c.derived(); err != nil {
		return err
	}
	if err := c.index(); err != nil {
		return err
	}
	return c.layers()
}

// versions reads all versions id by id.
func (c *collectionCheck) versions() error {
	rows := newRowReader(c.c, c.k.Name)
	rows.bodies = true
	box, err := c.c.Prepare(fmt.Sprintf("SELECT minx, maxx, miny, maxy FROM %s WHERE id = ?", c.k.rtree()))
	if err != nil {
		return err
	}
	n := 0
	err = query(c.c, fmt.Sprintf("SELECT %s, rev_to FROM %s INDEXED BY %s ORDER BY id", rowColumns, c.k.versions(), c.k.idIndex()), nil, func(r *sqlite.Stmt) error {
		if err := interrupted(c.ctx, n); err != nil {
			return err
		}
		n++
		f, err := rows.feature(r)
		if err != nil {
			return c.report("version", r.ColumnText(colID), "version %d of %s cannot be read: %v", r.ColumnInt64(colVersion), c.k.Name, err)
		}
		row := checked{f: f, number: r.ColumnInt64(colVersion), rev: [2]int64{r.ColumnInt64(colRevFrom), r.ColumnInt64(colProperties + 1)}}
		if err := c.version(&row, box); err != nil {
			return err
		}
		return c.group(&row)
	})
	if err == nil {
		err = c.compare()
	}
	return err
}

// version checks one version by itself.
func (c *collectionCheck) version(row *checked, box *sqlite.Stmt) error {
	f := &row.f
	if row.number > c.last.version || row.rev[0] > c.last.revision || row.rev[1] > c.last.revision || (row.rev[1] != 0 && row.rev[1] <= row.rev[0]) {
		if err := c.report("version", f.ID, "version %d of %s is recorded in the revisions %d to %d", row.number, c.k.Name, row.rev[0], row.rev[1]); err != nil {
			return err
		}
	}
	if err := f.Validate(); err != nil {
		if err := c.report("version", f.ID, "version %d of %s: %v", row.number, c.k.Name, err); err != nil {
			return err
		}
	}
	if hash := c.hasher.Content(f); hash != f.Hash {
		if err := c.report("hash", f.ID, "version %d of %s has the hash %s and the content of %s", row.number, c.k.Name, f.Hash, hash); err != nil {
			return err
		}
	}
	around := emptyRect()
	if f.Geometry != nil {
		var z [2]float64
		bounds(f.Geometry, &around, &z)
	}
	if row.rev[1] == 0 {
		c.now.add(around, f.Z, f.Valid)
		c.now.fields.add(f.Properties)
		c.counts[f.Model]++
	}
	if around.isEmpty() {
		return nil
	}
	c.placed++
	return c.entry(row, around, box)
}

// entry checks that the spatial index holds the version where it is.
func (c *collectionCheck) entry(row *checked, around rect, box *sqlite.Stmt) error {
	box.BindInt64(1, row.number)
	found, err := box.Step()
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultCorrupt {
		return c.report("spatial-index", row.f.ID, "the index of %s cannot be read: %v", c.k.Name, err)
	}
	if err != nil {
		return err
	}
	held := found && box.ColumnFloat(0) <= around[0] && box.ColumnFloat(1) >= around[1] && box.ColumnFloat(2) <= around[2] && box.ColumnFloat(3) >= around[3]
	if err := box.Reset(); err != nil {
		return err
	}
	if !held {
		return c.report("spatial-index", row.f.ID, "version %d of %s is not where the index has it", row.number, c.k.Name)
	}
	return nil
}

// group collects the versions of one id and compares them when the next id comes.
func (c *collectionCheck) group(row *checked) error {
	if len(c.same) > 0 && c.same[0].f.ID != row.f.ID {
		if err := c.compare(); err != nil {
			return err
		}
	}
	row.f.Geometry, row.f.Properties, row.f.Body = nil, nil, nil
	c.same = append(c.same, *row)
	return nil
}

func (c *collectionCheck) compare() error {
	defer func() { c.same = c.same[:0] }()
	for i := range c.same {
		a := &c.same[i]
		if a.f.Num != c.same[0].f.Num {
			if err := c.report("version", a.f.ID, "versions of %s of one id have the numbers %d and %d", c.k.Name, a.f.Num, c.same[0].f.Num); err != nil {
				return err
			}
		}
		for k := range c.same[:i] {
			b := &c.same[k]
			if a.f.Valid.Overlaps(b.f.Valid) && (a.rev[1] == 0 || b.rev[0] < a.rev[1]) && (b.rev[1] == 0 || a.rev[0] < b.rev[1]) {
				if err := c.report("overlap", a.f.ID, "versions %d and %d of %s overlap", b.number, a.number, c.k.Name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// derived checks what the collection says of itself.
func (c *collectionCheck) derived() error {
	k := c.k
	known, err := loadFields(c.c, k.id)
	if err != nil {
		return err
	}
	extent := c.now.extend(spatial.EmptyBox())
	want := fmt.Sprintf("count %d, time %v, extent %v", c.now.count, c.now.time, extent)
	if got := fmt.Sprintf("count %d, time %v, extent %v", k.Count, k.Time, k.Extent); got != want {
		if err := c.report("derived", "", "%s says %s, and its versions %s", k.Name, got, want); err != nil {
			return err
		}
	}
	var fields []spatial.Field
	for name, f := range c.now.fields.byName {
		t := spatial.FieldNull
		for kind, n := range f.n {
			if n > 0 {
				t = t.Widen(fieldTypes[kind])
			}
		}
		fields = append(fields, spatial.Field{Name: name, Type: t})
	}
	slices.SortFunc(fields, func(a, b spatial.Field) int { return spatial.Cursor{ID: a.Name}.Compare(spatial.Cursor{ID: b.Name}) })
	if !slices.Equal(fields, known) {
		if err := c.report("derived", "", "%s says to have the fields %v, and its versions have %v", k.Name, known, fields); err != nil {
			return err
		}
	}
	return query(c.c, "SELECT name, count FROM shikong_model WHERE collection_id = ?", []any{k.id}, func(r *sqlite.Stmt) error {
		if name, n := r.ColumnText(0), r.ColumnInt64(1); n != c.counts[name] {
			return c.report("derived", "", "the model %s of %s says to have %d versions and has %d", name, k.Name, n, c.counts[name])
		}
		return nil
	})
}

func (c *collectionCheck) index() error {
	return query(c.c, fmt.Sprintf("SELECT rtreecheck('%[1]s'), (SELECT count(*) FROM %[1]s_rowid)", c.k.rtree()), nil, func(r *sqlite.Stmt) error {
		if text := r.ColumnText(0); text != "ok" {
			return c.report("spatial-index", "", "%s: %s", c.k.Name, text)
		}
		if n := r.ColumnInt64(1); n != c.placed {
			return c.report("spatial-index", "", "%s has %d entries for %d versions with a place", c.k.Name, n, c.placed)
		}
		return nil
	})
}

func (c *collectionCheck) layers() error {
	for _, layer := range []string{c.k.layer, c.k.history} {
		registered := 0
		err := query(c.c, "SELECT count(*) FROM gpkg_contents WHERE table_name = ?", []any{layer}, func(r *sqlite.Stmt) error {
			registered = r.ColumnInt(0)
			return nil
		})
		if err == nil {
			err = query(c.c, fmt.Sprintf("SELECT * FROM %s LIMIT 1", quoted(layer)), nil, func(*sqlite.Stmt) error { return nil })
		}
		if err != nil || registered != 1 {
			if err := c.report("layer", "", "the layer %s of %s is registered %d times: %v", layer, c.k.Name, registered, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// bodies checks meshes and the rows that use them; hashes of features have been checked.
func (v *verifier) bodies() error {
	err := query(v.c, "SELECT mesh_id, hash, mesh FROM shikong_mesh", nil, func(r *sqlite.Stmt) error {
		if sum := sha256.Sum256(columnBytes(r, 2)); string(sum[:]) != string(columnBytes(r, 1)) {
			return v.report("body", "", "mesh %d is not what its hash says", r.ColumnInt64(0))
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = query(v.c, "SELECT mesh_id FROM shikong_mesh WHERE mesh_id NOT IN (SELECT mesh_id FROM shikong_body)", nil, func(r *sqlite.Stmt) error {
		return v.report("orphan-mesh", "", "mesh %d belongs to no body", r.ColumnInt64(0))
	})
	if err != nil {
		return err
	}
	list, err := loadCollections(v.c, "")
	if err != nil {
		return err
	}
	rows := int64(0)
	for i := range list {
		err := query(v.c, fmt.Sprintf("SELECT ifnull(sum(bodies), 0) FROM %s", list[i].versions()), nil, func(r *sqlite.Stmt) error {
			rows += r.ColumnInt64(0)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return query(v.c, "SELECT count(*) FROM shikong_body", nil, func(r *sqlite.Stmt) error {
		if n := r.ColumnInt64(0); n != rows {
			return v.report("body", "", "versions say to have %d instances, and %d are there", rows, n)
		}
		return nil
	})
}
