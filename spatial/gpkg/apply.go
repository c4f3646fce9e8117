package gpkg

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
	"github.com/shikong-cim/shikong/spatial/sorting"
)

// Features are taken in before the lock is until there are this many, or this many bytes of
// coordinates, whichever comes first.
const (
	maxWaiting      = 8 << 10
	maxWaitingBytes = 16 << 20
)

// Apply imports one model in one transaction. It reads the first features before it takes
// the write lock; the rest of a long delivery is read while it holds it.
func (s *Store) Apply(ctx context.Context, in spatial.Import) (spatial.Applied, error) {
	if err := in.Prepare(); err != nil {
		return spatial.Applied{}, err
	}
	in.From = tick(in.From)
	d := delivery{s: s, ctx: ctx, in: &in}
	defer d.abandon()
	err := d.read()
	if err == nil {
		err = d.begin()
	}
	var applied spatial.Applied
	if err == nil {
		applied, err = d.importer.finish()
	}
	switch {
	case d.tx == nil:
	case err == nil && !d.importer.changed:
		err = d.tx.cancel()
	default:
		err = d.tx.end(err)
	}
	if err != nil {
		return spatial.Applied{}, err
	}
	return applied, nil
}

// delivery takes features in and hands them to the importer, which exists from the moment
// the write lock is held.
type delivery struct {
	s        *Store
	ctx      context.Context
	in       *spatial.Import
	hasher   spatial.Hasher
	waiting  []spatial.Feature
	size     int
	n        int
	tx       *transaction
	importer *importer
}

// abandon lets go of everything, also when the features panic.
func (d *delivery) abandon() {
	if d.importer != nil {
		d.importer.close()
	}
	if d.tx != nil {
		d.tx.abandon()
	}
}

func (d *delivery) read() error {
	if d.in.Features == nil {
		return nil
	}
	for f, err := range d.in.Features {
		if err != nil {
			return err
		}
		if err := interrupted(d.ctx, d.n); err != nil {
			return err
		}
		d.n++
		if err := d.prepare(&f); err != nil {
			return err
		}
		if d.tx != nil {
			if err := d.importer.put(&f); err != nil {
				return err
			}
			continue
		}
		d.waiting = append(d.waiting, f)
		if d.size += sizeOf(&f); len(d.waiting) == maxWaiting || d.size > maxWaitingBytes {
			if err := d.begin(); err != nil {
				return err
			}
		}
	}
	return d.ctx.Err()
}

// prepare checks a feature and brings it to the form in which it is compared and stored.
func (d *delivery) prepare(f *spatial.Feature) error {
	f.Valid = spatial.Interval{Start: tick(f.Valid.Start), End: tick(f.Valid.End)}
	if err := f.Validate(); err != nil {
		return err
	}
	if !d.in.From.IsZero() {
		if !f.Valid.IsAll() {
			return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "valid-with-from",
				Message: fmt.Sprintf("feature %q has a validity of its own in an import that continues", f.ID),
				Hint:    "leave --from away, or the fields of validity"}
		}
		f.Valid.Start = d.in.From
	}
	if f.Body != nil && len(f.Body.Instances) == 0 {
		f.Body = nil
	}
	f.Hash = d.hasher.Content(f)
	return nil
}

// sizeOf estimates the memory that a waiting feature holds.
func sizeOf(f *spatial.Feature) int {
	n := 500 + 100*len(f.Properties)
	if f.Geometry != nil {
		n += 24 * pointsOf(f.Geometry)
	}
	if f.Body != nil {
		var last *mesh.Mesh
		for _, in := range f.Body.Instances {
			if n += 200; in.Mesh != last {
				n += 8*len(in.Mesh.Positions) + 4*len(in.Mesh.Triangles)
			}
			last = in.Mesh
		}
	}
	return n
}

// begin takes the lock and hands over what waits.
func (d *delivery) begin() error {
	if d.tx != nil {
		return nil
	}
	tx, err := d.s.begin(d.ctx, "import into")
	if err != nil {
		return err
	}
	d.tx = tx
	if d.importer, err = newImporter(d.ctx, tx.c, d.s.datum, d.in); err != nil {
		return err
	}
	for i := range d.waiting {
		if err := d.importer.put(&d.waiting[i]); err != nil {
			return err
		}
	}
	d.waiting = nil
	return nil
}

// importer writes one delivery within a transaction.
type importer struct {
	ctx   context.Context
	c     *sqlite.Conn
	datum datum
	in    *spatial.Import

	k       collection
	model   int64
	frame   int64 // of new versions; 0 for none
	changed bool  // anything that a reader can see

	revision int64 // the one that this import makes
	recorded time.Time
	last     lastRevision
	before   int64 // the last version number before this import
	version  int64 // the last one given

	bulk   bool // into an empty collection: rows are not looked up
	given  int64
	seen   bitset // versions that stay
	hints  map[string]int
	ids    sorting.Sorter // bulk: hash of the id → version
	places sorting.Sorter // rectangles of new versions

	came, went tally
	bodies     bodyWriter
	rows       rowWriter
	held       []heldVersion
	heldStmt   *sqlite.Stmt
}

// lastRevision is what the store's row says.
type lastRevision struct {
	revision, version int64
	recorded          time.Time
}

func readLast(c *sqlite.Conn) (lastRevision, error) {
	var l lastRevision
	err := query(c, "SELECT revision, last_version, recorded FROM shikong_store", nil, func(r *sqlite.Stmt) error {
		l = lastRevision{revision: r.ColumnInt64(0), version: r.ColumnInt64(1), recorded: columnTime(r, 2)}
		return nil
	})
	return l, err
}

// next returns the time of the next revision, later than the last one's even when the clock
// was set back.
func (l lastRevision) next() time.Time {
	now := tick(time.Now())
	if !now.After(l.recorded) {
		return l.recorded.Add(spatial.Tick)
	}
	return now
}

func newImporter(ctx context.Context, c *sqlite.Conn, d datum, in *spatial.Import) (*importer, error) {
	i := &importer{ctx: ctx, c: c, datum: d, in: in}
	var err error
	if i.last, err = readLast(c); err != nil {
		return nil, err
	}
	i.revision, i.before, i.version = i.last.revision+1, i.last.version, i.last.version
	if err := i.findCollection(); err != nil {
		return nil, err
	}
	if err := i.findModel(); err != nil {
		return nil, err
	}
	i.bodies = bodyWriter{c: c, table: i.k.table}
	if err := i.prepare(); err != nil {
		return nil, err
	}
	return i, nil
}

func (i *importer) close() {
	// Temporary files: what cannot be removed is the system's to remove.
	_ = i.ids.Close()
	_ = i.places.Close()
}

// findCollection loads the collection, or makes it, and updates its title and the like.
func (i *importer) findCollection() error {
	with := &i.in.Collection
	list, err := loadCollections(i.c, with.Name)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		i.changed = true
		i.k, err = newCollection(i.c, with)
		return err
	}
	i.k = list[0]
	changed := false
	for _, s := range [][2]*string{{&i.k.Title, &with.Title}, {&i.k.Description, &with.Description}, {&i.k.Licence, &with.Licence},
		{&i.k.Attribution, &with.Attribution}, {&i.k.VerticalCRS, &with.VerticalCRS}} {
		if *s[1] != "" && *s[0] != *s[1] {
			*s[0], changed = *s[1], true
		}
	}
	if !changed {
		return nil
	}
	i.changed = true
	return query(i.c, "UPDATE shikong_collection SET title = ?, description = ?, licence = ?, attribution = ?, vertical_crs = ? WHERE collection_id = ?",
		[]any{i.k.Title, i.k.Description, i.k.Licence, i.k.Attribution, i.k.VerticalCRS, i.k.id}, nil)
}

// findModel loads the model or makes it, and works out its frame.
func (i *importer) findModel() error {
	had := int64(0)
	err := query(i.c, "SELECT model_id, frame_id FROM shikong_model WHERE collection_id = ? AND name = ?", []any{i.k.id, i.in.Model}, func(r *sqlite.Stmt) error {
		i.model, had = r.ColumnInt64(0), r.ColumnInt64(1)
		return nil
	})
	if err != nil {
		return err
	}
	if i.model == 0 {
		i.changed = true
		if err := query(i.c, "INSERT INTO shikong_model (collection_id, name, source) VALUES (?, ?, '{}')", []any{i.k.id, i.in.Model}, nil); err != nil {
			return err
		}
		i.model = i.c.LastInsertRowID()
	}
	if i.frame, err = frameID(i.c, i.model, i.in.Frame); err != nil {
		return err
	}
	after := i.frame
	if i.in.Frame == nil && !i.in.From.IsZero() {
		after = had // a continuing import that says nothing of a frame leaves it
	}
	if after == had {
		return nil
	}
	i.changed = true
	return query(i.c, "UPDATE shikong_model SET frame_id = ? WHERE model_id = ?", []any{orNull(after), i.model}, nil)
}

// orNull is NULL for 0, as an argument.
func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// prepare finds out whether the collection is empty, and the statements of the import.
func (i *importer) prepare() (err error) {
	i.bulk = true
	err = query(i.c, fmt.Sprintf("SELECT 1 FROM %s LIMIT 1", i.k.versions()), nil, func(*sqlite.Stmt) error {
		i.bulk = false
		return nil
	})
	if err == nil && i.bulk {
		err = execute(i.c, "DROP INDEX IF EXISTS "+i.k.idIndex())
	}
	if err != nil {
		return err
	}
	if i.rows.stmt, err = i.c.Prepare(insertSQL(i.k.table)); err != nil || i.bulk {
		return err
	}
	i.heldStmt, err = i.c.Prepare(heldSQL(i.k.table))
	return err
}

// sourceJSON is how a model's source is kept.
func sourceJSON(s *spatial.Source) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}
