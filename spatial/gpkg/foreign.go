package gpkg

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/twpayne/go-geom"
	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// LayerReader reads one feature table of a GeoPackage that another program wrote (OGC 12-128,
// clause 2.1). The file is opened for reading only and left as it is. It is made by OpenLayer,
// used once, by one goroutine, and closed.
type LayerReader struct {
	path    string
	conn    *sqlite.Conn
	in      *intake.Intake
	layer   foreignLayer
	columns []foreignColumn
	rows    int64
	notes   []spatial.Warning
	tell    func(done, total int64)
}

// foreignLayer is a row of gpkg_contents with its geometry column.
type foreignLayer struct {
	table, geometry string
	srs             int64
}

// foreignColumn is a column that becomes a property, or the key.
type foreignColumn struct {
	name string
	kind string // declared type, upper case
	key  bool
}

// LayerOptions say what to read.
type LayerOptions struct {
	intake.Options
	// Layer is the table; "" when the file has only one.
	Layer string
	// Progress is told how many rows were read, and how many there are. Nil for none.
	Progress func(done, total int64)
}

// OpenLayer opens a layer of the file at path. Errors: not-a-geopackage; no-layers;
// several-layers and layer-missing, which name those that are there; crs-missing; and those of
// package crs.
func OpenLayer(ctx context.Context, path string, o LayerOptions, report func(spatial.Issue)) (*LayerReader, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	c, err := openUntouched(abs)
	if err != nil {
		return nil, foreignProblem(path, err)
	}
	c.SetInterrupt(ctx.Done())
	r := &LayerReader{path: path, conn: c, tell: o.Progress}
	if err := r.init(o, report); err != nil {
		return nil, errors.Join(foreignProblem(path, err), c.Close())
	}
	return r, nil
}

func foreignProblem(path string, err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultNotADB:
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-geopackage", Message: "it is no GeoPackage, nor another database of SQLite", Hint: "copy or export the file again"}
	case sqlite.ResultCorrupt:
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-geopackage", Message: "its content is damaged", Hint: "copy or export the file again"}
	}
	return problemAt(path, "read", err)
}

func (r *LayerReader) init(o LayerOptions, report func(spatial.Issue)) (err error) {
	if r.in, err = intake.New(o.Options, report); err != nil {
		return err
	}
	if r.layer, err = r.choose(o.Layer); err != nil {
		return err
	}
	if err := r.place(); err != nil {
		return err
	}
	if err := r.describe(); err != nil {
		return err
	}
	return query(r.conn, "SELECT count(*) FROM "+quoted(r.layer.table), nil, func(s *sqlite.Stmt) error { r.rows = s.ColumnInt64(0); return nil })
}

// choose finds the layer among those of the file.
func (r *LayerReader) choose(name string) (foreignLayer, error) {
	var layers []foreignLayer
	var names []string
	known := false
	if err := query(r.conn, "SELECT 1 FROM sqlite_schema WHERE name = 'gpkg_geometry_columns'", nil, func(*sqlite.Stmt) error { known = true; return nil }); err != nil {
		return foreignLayer{}, err
	}
	if !known {
		return foreignLayer{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-geopackage", Message: "it is an SQLite database, but has no layers of a GeoPackage"}
	}
	err := query(r.conn, "SELECT g.table_name, g.column_name, g.srs_id FROM gpkg_geometry_columns g JOIN gpkg_contents c ON c.table_name = g.table_name WHERE c.data_type = 'features' ORDER BY 1",
		nil, func(s *sqlite.Stmt) error {
			layers = append(layers, foreignLayer{table: s.ColumnText(0), geometry: s.ColumnText(1), srs: s.ColumnInt64(2)})
			names = append(names, s.ColumnText(0))
			return nil
		})
	if err != nil {
		return foreignLayer{}, err
	}
	list := fmt.Sprintf("%.400s", strings.Join(names, ", "))
	switch {
	case len(layers) == 0:
		return foreignLayer{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "no-layers", Message: "the GeoPackage has no layer of features"}
	case name == "" && len(layers) > 1:
		return foreignLayer{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "several-layers",
			Message: fmt.Sprintf("the GeoPackage has %d layers: %s", len(layers), list), Hint: "choose one with --layer"}
	case name == "":
		return layers[0], nil
	}
	i := slices.IndexFunc(layers, func(l foreignLayer) bool { return strings.EqualFold(l.table, name) })
	if i < 0 {
		return foreignLayer{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "layer-missing", Message: fmt.Sprintf("the GeoPackage has no layer %.60q, but %s", name, list)}
	}
	return layers[i], nil
}

// place settles the reference system: by its code where the file names one that is known, else
// by its definition.
func (r *LayerReader) place() error {
	if r.in.Fixed() {
		return nil
	}
	var organization, definition string
	var code int64
	err := query(r.conn, "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", []any{r.layer.srs}, func(s *sqlite.Stmt) error {
		organization, code, definition = s.ColumnText(0), s.ColumnInt64(1), s.ColumnText(2)
		return nil
	})
	if err != nil {
		return err
	}
	if r.layer.srs <= 0 || organization == "" {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "crs-missing", Message: fmt.Sprintf("the layer %q has an undefined reference system (srs_id %d)", r.layer.table, r.layer.srs),
			Hint: "name it with --crs EPSG:…"}
	}
	byCode := r.in.Use(fmt.Sprintf("%s:%d", organization, code))
	if byCode == nil || definition == "" || definition == "undefined" {
		return byCode
	}
	err = r.in.Use(definition)
	if err != nil && strings.EqualFold(organization, "EPSG") {
		return byCode
	}
	return err // a number of somebody's own says nothing to the user, its definition does
}

// describe reads the columns of the table.
func (r *LayerReader) describe() error {
	err := query(r.conn, "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", []any{r.layer.table}, func(s *sqlite.Stmt) error {
		c := foreignColumn{name: s.ColumnText(0), kind: strings.ToUpper(s.ColumnText(1)), key: s.ColumnInt(2) > 0}
		switch {
		case strings.EqualFold(c.name, r.layer.geometry):
		case strings.HasPrefix(c.kind, "BLOB"):
			r.notes = append(r.notes, spatial.Warning{Code: "column-left-out", Message: fmt.Sprintf("the column %q holds bytes and is left out", c.name)})
		default:
			r.columns = append(r.columns, c)
		}
		return nil
	})
	keys := 0
	for _, c := range r.columns {
		if c.key {
			keys++
		}
	}
	if keys > 1 { // a key of several columns is no id
		for i := range r.columns {
			r.columns[i].key = false
		}
	}
	return err
}

// Close closes the file.
func (r *LayerReader) Close() error { return r.conn.Close() }

// Count returns how many features were read so far.
func (r *LayerReader) Count() int64 { return r.in.Count() }

// Hashed reports whether ids are hashes of content: the layer has no key.
func (r *LayerReader) Hashed() bool { return r.in.Hashed() }

// Finish is to be asked when all features were read; see [intake.Intake.Finish].
func (r *LayerReader) Finish() error { return r.in.Finish() }

// CRS returns the name of the reference system of the layer.
func (r *LayerReader) CRS() string { return r.in.CRS() }

// Notes returns remarks on the layer and the change of datum.
func (r *LayerReader) Notes() []spatial.Warning { return append(r.notes, r.in.Notes()...) }

// Features streams the features in the order of their keys. It may be called once. The first
// error ends the stream.
func (r *LayerReader) Features() iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		names := []string{quoted(r.layer.geometry)}
		for _, c := range r.columns {
			names = append(names, quoted(c.name))
		}
		var done int64
		err := query(r.conn, "SELECT "+strings.Join(names, ", ")+" FROM "+quoted(r.layer.table), nil, func(s *sqlite.Stmt) error {
			if done++; r.tell != nil && done%1024 == 0 {
				r.tell(done, max(r.rows, done))
			}
			f, keep, err := r.feature(s)
			if err != nil {
				return r.in.Located(err, "unreadable")
			}
			if keep && !yield(f, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(spatial.Feature{}, foreignProblem(r.path, err))
		}
	}
}

func (r *LayerReader) feature(s *sqlite.Stmt) (f spatial.Feature, keep bool, err error) {
	var g geom.T
	if s.ColumnType(0) != sqlite.TypeNull {
		blob := make([]byte, s.ColumnLen(0))
		s.ColumnBytes(0, blob)
		if g, err = readBlob(blob); err != nil {
			r.in.Issue("refused", "invalid-geometry", err.Error()+"; the feature is kept without geometry")
			g = nil
		}
	}
	if g != nil && g.Empty() {
		g = nil
	}
	if g != nil {
		if g, err = intake.WithoutMeasures(g); err != nil {
			return f, false, err
		}
		if pointsOf(g) > intake.MaxVertices {
			return f, false, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-many-vertices",
				Message: fmt.Sprintf("the geometry has more than %d positions", intake.MaxVertices), Hint: "cut it into parts or simplify it"}
		}
	}
	id := ""
	properties := make([]spatial.Property, 0, len(r.columns))
	for i, c := range r.columns {
		v := foreignValue(s, i+1, c.kind)
		if c.key {
			id = v.Text()
			continue
		}
		properties = append(properties, spatial.Property{Name: c.name, Value: v})
	}
	return r.in.Take(id, g, properties)
}

// foreignValue reads a value as the type its column declares; SQLite keeps what it was given.
func foreignValue(s *sqlite.Stmt, i int, kind string) spatial.Value {
	switch s.ColumnType(i) {
	case sqlite.TypeInteger:
		v := s.ColumnInt64(i)
		switch {
		case strings.HasPrefix(kind, "BOOL"):
			return spatial.BoolOf(v != 0)
		case strings.HasPrefix(kind, "DOUBLE") || strings.HasPrefix(kind, "REAL") || strings.HasPrefix(kind, "FLOAT"):
			return spatial.FloatOf(float64(v))
		}
		return spatial.IntOf(v)
	case sqlite.TypeFloat:
		v := s.ColumnFloat(i)
		if strings.Contains(kind, "INT") && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return spatial.IntOf(int64(v))
		}
		return spatial.FloatOf(v)
	case sqlite.TypeText:
		text := strings.ToValidUTF8(s.ColumnText(i), "\uFFFD")
		if kind == "DATETIME" {
			text = inUTC(text)
		}
		return spatial.StringOf(text)
	}
	return spatial.Value{}
}

// inUTC says of a DATETIME without a zone that it is in UTC, as OGC 12-128r18, table 1 has
// it; elsewhere such a text is Beijing time.
func inUTC(text string) string {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil { // also with a fraction
			return t.Format(time.RFC3339Nano)
		}
	}
	return text
}
