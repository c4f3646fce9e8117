package gpkg

import (
	"fmt"
	"math/bits"
	"strings"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// What others see of a collection are two views: layer c shows the versions currently
// recorded and valid now, c_history all. GDAL and QGIS take the first column of a view as
// the feature's number, look for an R-tree called rtree_<layer>_<geometry column>, which is
// a view of the collection's own here, and read the types of columns as they are declared.
// An expression has no declared type, but a scalar subquery has that of its last part: hence
//
//	(SELECT json_extract(…) UNION ALL SELECT "integer" FROM shikong_type)
//
// which is the value, since shikong_type has no rows.

// maxLayerFields bounds the columns of a layer; the rest is in its column of JSON.
const maxLayerFields = 600

// reserved are beginnings of names that GeoPackage, SQLite and this store use themselves.
var reserved = []string{"gpkg_", "rtree_", "sqlite_", "shikong_", "ogr_"}

// newCollection makes the row, the tables and the names of the layers of a collection.
func newCollection(c *sqlite.Conn, with *spatial.Collection) (collection, error) {
	layer, err := freeLayer(c, with.Name)
	if err != nil {
		return collection{}, err
	}
	err = query(c, `INSERT INTO shikong_collection (name, title, description, licence, attribution, vertical_crs, local, layer, history_layer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, []any{with.Name, with.Title, with.Description, with.Licence, with.Attribution, with.VerticalCRS, with.Local,
		layer, layer + "_history"}, nil)
	if err != nil {
		return collection{}, err
	}
	k, err := loadCollection(c, with.Name)
	if err != nil {
		return k, err
	}
	return k, k.createTables(c)
}

// freeLayer returns the collection's name as a layer, with a number behind it when SQLite,
// which does not tell A from a, has such a table already.
func freeLayer(c *sqlite.Conn, name string) (string, error) {
	stem := name
	for _, r := range reserved {
		if strings.HasPrefix(strings.ToLower(name), r) {
			stem = "c_" + name
		}
	}
	for n := 1; ; n++ {
		layer := stem
		if n > 1 {
			layer = fmt.Sprintf("%s_%d", stem, n)
		}
		taken := false
		err := query(c, "SELECT 1 FROM sqlite_schema WHERE name COLLATE NOCASE IN (?1, ?2, ?3, ?4)",
			[]any{layer, layer + "_history", rtreeOf(layer), rtreeOf(layer + "_history")}, func(*sqlite.Stmt) error { taken = true; return nil })
		if err != nil || !taken {
			return layer, err
		}
	}
}

func rtreeOf(layer string) string { return "rtree_" + layer + "_geom" }

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// updateLayers makes the views anew when their columns have changed, and registers them.
func updateLayers(c *sqlite.Conn, k *collection, d datum) error {
	for _, layer := range []struct {
		name, title string
		history     bool
	}{{k.layer, k.Name, false}, {k.history, k.Name + " (history)", true}} {
		if err := replaceView(c, layer.name, k.layerSQL(layer.name, layer.history)); err != nil {
			return err
		}
		if !k.Local {
			rtree := fmt.Sprintf("CREATE VIEW %s AS SELECT id, minx, maxx, miny, maxy FROM %s", quoted(rtreeOf(layer.name)), k.rtree())
			if err := replaceView(c, rtreeOf(layer.name), rtree); err != nil {
				return err
			}
		}
		if err := register(c, k, layer.name, layer.title, d); err != nil {
			return err
		}
	}
	return nil
}

func replaceView(c *sqlite.Conn, name, text string) error {
	old := ""
	err := query(c, "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?", []any{name}, func(r *sqlite.Stmt) error {
		old = r.ColumnText(0)
		return nil
	})
	if err != nil || old == text {
		return err
	}
	if err := execute(c, "DROP VIEW IF EXISTS "+quoted(name)); err != nil {
		return err
	}
	return execute(c, text)
}

// register writes the rows by which a GeoPackage knows its layers.
func register(c *sqlite.Conn, k *collection, layer, title string, d datum) error {
	extent := [4]any{}
	if !k.Extent.IsEmpty() {
		extent = [4]any{k.Extent.Min[0], k.Extent.Min[1], k.Extent.Max[0], k.Extent.Max[1]}
	}
	kind, srs := "features", any(d.srs)
	if k.Local {
		kind, srs, extent = "attributes", nil, [4]any{}
	}
	err := query(c, `INSERT INTO gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (table_name) DO UPDATE SET description = excluded.description,
		last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), min_x = excluded.min_x, min_y = excluded.min_y, max_x = excluded.max_x, max_y = excluded.max_y`,
		[]any{layer, kind, title, k.Description, extent[0], extent[1], extent[2], extent[3], srs}, nil)
	if err != nil || k.Local {
		return err
	}
	name, z := k.geometryType()
	return query(c, `INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, ?, 0)
		ON CONFLICT (table_name) DO UPDATE SET geometry_type_name = excluded.geometry_type_name, z = excluded.z`, []any{layer, name, d.srs, z}, nil)
}

// geometryNames are by WKB type.
var geometryNames = [...]string{"GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"}

// geometryType returns the one type that the collection has held, else GEOMETRY, and
// whether heights are prohibited (0), mandatory (1) or optional (2).
func (k *collection) geometryType() (name string, z int) {
	name, z = geometryNames[0], 2
	if types := uint64(k.shapes) & 0xfe; bits.OnesCount64(types) == 1 {
		name = geometryNames[bits.TrailingZeros64(types)]
	}
	switch k.shapes & (shapeXY | shapeXYZ) {
	case shapeXY:
		z = 0
	case shapeXYZ:
		z = 1
	}
	return name, z
}

// dropLayers takes the layers of a collection away.
func dropLayers(c *sqlite.Conn, k *collection) error {
	for _, layer := range []string{k.layer, k.history} {
		for _, view := range []string{layer, rtreeOf(layer)} {
			if err := execute(c, "DROP VIEW IF EXISTS "+quoted(view)); err != nil {
				return err
			}
		}
		for _, table := range []string{"gpkg_geometry_columns", "gpkg_contents"} {
			if err := execute(c, "DELETE FROM "+table+" WHERE table_name = ?", layer); err != nil {
				return err
			}
		}
	}
	return nil
}

// typed gives an expression a declared type.
func typed(expression, column string) string {
	return fmt.Sprintf(`(SELECT %s UNION ALL SELECT "%s" FROM shikong_type)`, expression, column)
}

// microsText shows stored microseconds as GeoPackage writes a DATETIME.
func microsText(column string) string {
	return typed(fmt.Sprintf("strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', %s / 1000000.0, 'unixepoch')", column), "datetime")
}

// layerSQL returns the statement that makes a layer.
func (k *collection) layerSQL(name string, history bool) string {
	columns := []struct{ name, expression string }{
		{"fid", "v.version_id"},
		{"geom", "v.geom"},
		{"id", "v.id"},
		{"model", "(SELECT m.name FROM shikong_model m WHERE m.model_id = v.model_id)"},
		{"kind", "v.kind"},
		{"name", "v.name"},
		{"storey", "v.storey"},
		{"underground", typed("v.underground - 1", "boolean")},
		{"z_min", "v.z_min"},
		{"z_max", "v.z_max"},
		{"valid_from", microsText("v.valid_from")},
		{"valid_to", microsText("v.valid_to")},
	}
	if history {
		columns = append(columns, struct{ name, expression string }{"recorded_from", microsText("(SELECT r.recorded FROM shikong_revision r WHERE r.revision = v.rev_from)")},
			struct{ name, expression string }{"recorded_to", microsText("(SELECT r.recorded FROM shikong_revision r WHERE r.revision = v.rev_to)")})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE VIEW %s AS SELECT ", quoted(name))
	taken := map[string]bool{"properties": true, "rowid": true}
	for _, c := range columns {
		if c.name == "geom" && k.Local {
			continue
		}
		taken[c.name] = true
		fmt.Fprintf(&b, "%s AS %s, ", c.expression, quoted(c.name))
	}
	for _, f := range k.Fields[:min(len(k.Fields), maxLayerFields)] {
		fmt.Fprintf(&b, "%s AS %s, ", typed(valueOf(f.Name), declared[f.Type]), quoted(spatial.FreeColumn(taken, f.Name)))
	}
	fmt.Fprintf(&b, "v.properties AS properties FROM %s v", k.versions())
	if !history {
		now := "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
		fmt.Fprintf(&b, " WHERE v.rev_to IS NULL AND (v.valid_from IS NULL OR v.valid_from <= %[1]s) AND (v.valid_to IS NULL OR v.valid_to > %[1]s)", now)
	}
	return b.String()
}

// declared are the columns of shikong_type.
var declared = map[spatial.FieldType]string{
	spatial.FieldNull: "string", spatial.FieldBoolean: "boolean", spatial.FieldInteger: "integer",
	spatial.FieldNumber: "number", spatial.FieldString: "string", spatial.FieldJSON: "string",
}

// valueOf returns the expression for a property. A JSON path cannot name a key that JSON
// writes with a backslash.
func valueOf(name string) string {
	for _, r := range name {
		if r < ' ' || r == '"' || r == '\\' {
			return fmt.Sprintf("(SELECT e.value FROM json_each(v.properties) e WHERE e.key = %s)", literal(name))
		}
	}
	return fmt.Sprintf("json_extract(v.properties, %s)", literal(`$."`+name+`"`))
}
