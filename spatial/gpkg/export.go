package gpkg

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/sorting"
)

// Layer is a selection of one collection that is to be written to a file.
type Layer struct {
	Collection spatial.Collection // its name, title and fields
	Features   iter.Seq2[spatial.Feature, error]
}

// WriteFile writes an ordinary GeoPackage: a table with a spatial index for each layer, which
// other programs read and edit. It is not a store. The file at path is replaced when all is
// written, and stays as it was on any error; one that is a store is refused (store-exists).
// Datum is that of the store, "wgs84" or "cgcs2000". It returns how many features were written.
func WriteFile(ctx context.Context, path, datum string, layers []Layer) (n int64, err error) {
	d, err := datumOf(datum)
	if err != nil {
		return 0, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return 0, problemAt(path, "write", err)
	}
	if checkFile(abs) == nil {
		return 0, &spatial.Problem{Kind: spatial.ErrConflict, Code: "store-exists", Message: path + " is a store of shikong, which an export does not replace", Hint: "write to another path"}
	}
	f, err := os.CreateTemp(filepath.Dir(abs), filepath.Base(abs)+".new-*")
	if err != nil {
		return 0, problemAt(path, "write", err)
	}
	temporary := f.Name()
	if err = errors.Join(f.Chmod(0o644), f.Close()); err == nil {
		n, err = writeTo(ctx, temporary, d, layers)
	}
	if err == nil {
		err = os.Rename(temporary, abs)
	}
	if err != nil {
		_ = os.Remove(temporary) // the first error is the one to tell
		return 0, problemAt(path, "write", err)
	}
	return n, nil
}

func writeTo(ctx context.Context, path string, d datum, layers []Layer) (n int64, err error) {
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	c.SetInterrupt(ctx.Done())
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID), fmt.Sprintf("PRAGMA user_version = %d", userVersion),
		// Nobody sees the file before it is whole.
		"PRAGMA journal_mode = off", "PRAGMA synchronous = off",
	} {
		if err := execute(c, pragma); err != nil {
			return 0, err
		}
	}
	done := sqlitex.Transaction(c)
	defer done(&err)
	if err := sqlitex.ExecuteScript(c, coreSchema, nil); err != nil {
		return 0, err
	}
	if err := insertSRS(c); err != nil {
		return 0, err
	}
	for _, l := range layers {
		w := layerWriter{c: c, datum: d, collection: l.Collection}
		err := w.write(ctx, l.Features)
		if n += w.n; err != nil {
			return n, fmt.Errorf("layer %s: %w", l.Collection.Name, err)
		}
	}
	return n, nil
}

// layerWriter writes one table.
type layerWriter struct {
	c          *sqlite.Conn
	datum      datum
	collection spatial.Collection
	table      string
	insert     *sqlite.Stmt
	places     sorting.Sorter
	box        rect
	shapes     int64
	n          int64
	blob       []byte
}

// fixedColumns are what every feature has besides its properties.
const fixedColumns = `fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom GEOMETRY, id TEXT, class TEXT, name TEXT, storey TEXT,
	underground BOOLEAN, z_min DOUBLE, z_max DOUBLE, valid_from DATETIME, valid_to DATETIME`

// columnTypes are the column types of GeoPackage (OGC 12-128r18, table 1) by those of fields.
var columnTypes = map[spatial.FieldType]string{
	spatial.FieldBoolean: "BOOLEAN", spatial.FieldInteger: "INTEGER", spatial.FieldNumber: "DOUBLE",
}

func (w *layerWriter) write(ctx context.Context, features iter.Seq2[spatial.Feature, error]) error {
	defer func() { _ = w.places.Close() }() // a temporary file: nothing can be lost
	w.box = emptyRect()
	if err := w.create(); err != nil {
		return err
	}
	for f, err := range features {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = w.add(&f)
		}
		if err != nil {
			return err
		}
	}
	if err := w.index(); err != nil {
		return err
	}
	return w.register()
}

func (w *layerWriter) create() (err error) {
	if w.table, err = freeLayer(w.c, w.collection.Name); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (%s", quoted(w.table), fixedColumns)
	taken := map[string]bool{"rowid": true}
	for _, c := range []string{"fid", "geom", "id", "class", "name", "storey", "underground", "z_min", "z_max", "valid_from", "valid_to"} {
		taken[c] = true
	}
	for _, f := range w.fields() {
		kind := columnTypes[f.Type]
		if kind == "" {
			kind = "TEXT"
		}
		fmt.Fprintf(&b, ", %s %s", quoted(spatial.FreeColumn(taken, f.Name)), kind)
	}
	if err := execute(w.c, b.String()+")"); err != nil {
		return err
	}
	marks := strings.Repeat(", ?", 10+len(w.fields()))
	w.insert, err = w.c.Prepare(fmt.Sprintf("INSERT INTO %s VALUES (?%s)", quoted(w.table), marks))
	return err
}

// fields are the properties that become columns.
func (w *layerWriter) fields() []spatial.Field {
	return w.collection.Fields[:min(len(w.collection.Fields), maxLayerFields)]
}

func (w *layerWriter) add(f *spatial.Feature) error {
	w.n++
	s := w.insert
	s.BindInt64(1, w.n)
	s.BindNull(2)
	if f.Geometry != nil {
		blob, box, err := appendBlob(w.blob[:0], f.Geometry, w.datum.srs)
		if err != nil {
			return err
		}
		w.blob = blob
		s.BindBytes(2, blob)
		w.shapes |= shapeBits(f.Geometry)
		if !box.isEmpty() {
			w.box.add(box)
			if err := w.places.Add(sorting.Entry{Key: sorting.OnEarth(box), Number: w.n, Box: outward(box)}); err != nil {
				return err
			}
		}
	}
	bindText(s, 3, f.ID)
	for i, text := range []string{f.Kind, f.Name, f.Storey} {
		bindText(s, 4+i, text)
	}
	bindInt(s, 7, int64(f.Underground)-1, f.Underground != spatial.Unknown)
	for i, z := range []float64{f.Z.Min, f.Z.Max} {
		if s.BindNull(8 + i); f.Z.Known {
			s.BindFloat(8+i, z)
		}
	}
	for i, t := range []time.Time{f.Valid.Start, f.Valid.End} {
		if s.BindNull(10 + i); !t.IsZero() {
			s.BindText(10+i, t.UTC().Format("2006-01-02T15:04:05.000Z"))
		}
	}
	for i, field := range w.fields() {
		v, _ := f.Properties.Get(field.Name)
		bindValue(s, 12+i, v.As(field.Type))
	}
	return step(s)
}

func bindValue(s *sqlite.Stmt, col int, v spatial.Value) {
	switch v.Kind() {
	case spatial.Null:
		s.BindNull(col)
	case spatial.Bool:
		s.BindBool(col, v.Bool())
	case spatial.Int:
		s.BindInt64(col, v.Int())
	case spatial.Float:
		s.BindFloat(col, v.Float())
	default:
		s.BindText(col, v.Text())
	}
}

// indexTriggers keep the spatial index when others edit the table (OGC 12-128r18, annex F.3).
// The first name is the table, the second the index.
var indexTriggers = []struct{ name, text string }{
	{"insert", `AFTER INSERT ON %[1]s WHEN (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
		BEGIN INSERT OR REPLACE INTO %[2]s VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END`},
	{"update6", `AFTER UPDATE OF geom ON %[1]s WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) AND (OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))
		BEGIN UPDATE %[2]s SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid; END`},
	{"update7", `AFTER UPDATE OF geom ON %[1]s WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) AND (OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))
		BEGIN INSERT INTO %[2]s VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END`},
	{"update2", `AFTER UPDATE OF geom ON %[1]s WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
		BEGIN DELETE FROM %[2]s WHERE id = OLD.fid; END`},
	{"update5", `AFTER UPDATE ON %[1]s WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
		BEGIN DELETE FROM %[2]s WHERE id = OLD.fid;
		INSERT OR REPLACE INTO %[2]s VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END`},
	{"update4", `AFTER UPDATE ON %[1]s WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
		BEGIN DELETE FROM %[2]s WHERE id IN (OLD.fid, NEW.fid); END`},
	{"delete", `AFTER DELETE ON %[1]s WHEN OLD.geom NOTNULL BEGIN DELETE FROM %[2]s WHERE id = OLD.fid; END`},
}

// index builds the spatial index.
func (w *layerWriter) index() error {
	index := quoted(rtreeOf(w.table))
	if err := execute(w.c, fmt.Sprintf("CREATE VIRTUAL TABLE %s USING rtree(id, minx, maxx, miny, maxy)", index)); err != nil {
		return err
	}
	add, err := w.c.Prepare(fmt.Sprintf("INSERT INTO %s VALUES (?, ?, ?, ?, ?)", index))
	if err != nil {
		return err
	}
	if err := insertPlaces(add, &w.places); err != nil {
		return err
	}
	for _, t := range indexTriggers {
		name := quoted(rtreeOf(w.table) + "_" + t.name)
		if err := execute(w.c, "CREATE TRIGGER "+name+" "+fmt.Sprintf(t.text, quoted(w.table), index)); err != nil {
			return err
		}
	}
	return execute(w.c, "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')", w.table)
}

func (w *layerWriter) register() error {
	k := collection{Collection: w.collection, shapes: w.shapes}
	k.Local = false
	k.Extent = spatial.EmptyBox()
	if !w.box.isEmpty() {
		k.Extent.Min[0], k.Extent.Max[0], k.Extent.Min[1], k.Extent.Max[1] = w.box[0], w.box[1], w.box[2], w.box[3]
	}
	title := w.collection.Title
	if title == "" {
		title = w.table
	}
	return register(w.c, &k, w.table, title, w.datum)
}
