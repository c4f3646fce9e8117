package gpkg

import (
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// schemaVersion is the version of the tables that this program writes: the number of
// migrations.
const schemaVersion = 3

// Identification of a GeoPackage 1.3 (OGC 12-128r18, requirement 2).
const (
	applicationID = 0x47504B47 // "GPKG"
	userVersion   = 10300
)

// migrations bring a store from the version of their place in the list to the next one.
// They are never changed once released.
var migrations = []func(*sqlite.Conn) error{
	func(c *sqlite.Conn) error { return sqlitex.ExecuteScript(c, firstSchema, nil) },
	// States before this revision were pruned.
	func(c *sqlite.Conn) error {
		return execute(c, "ALTER TABLE shikong_store ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0")
	},
	func(c *sqlite.Conn) error { return execute(c, styleSchema) },
}

// coreSchema creates the tables that every GeoPackage has.
const coreSchema = `
CREATE TABLE gpkg_spatial_ref_sys (
	srs_name TEXT NOT NULL,
	srs_id INTEGER NOT NULL PRIMARY KEY,
	organization TEXT NOT NULL,
	organization_coordsys_id INTEGER NOT NULL,
	definition TEXT NOT NULL,
	description TEXT
);
CREATE TABLE gpkg_contents (
	table_name TEXT NOT NULL PRIMARY KEY,
	data_type TEXT NOT NULL,
	identifier TEXT UNIQUE,
	description TEXT DEFAULT '',
	last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
	min_x DOUBLE,
	min_y DOUBLE,
	max_x DOUBLE,
	max_y DOUBLE,
	srs_id INTEGER,
	CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
	table_name TEXT NOT NULL,
	column_name TEXT NOT NULL,
	geometry_type_name TEXT NOT NULL,
	srs_id INTEGER NOT NULL,
	z TINYINT NOT NULL,
	m TINYINT NOT NULL,
	CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
	CONSTRAINT uk_gc_table_name UNIQUE (table_name),
	CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
	CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_extensions (
	table_name TEXT,
	column_name TEXT,
	extension_name TEXT NOT NULL,
	definition TEXT NOT NULL,
	scope TEXT NOT NULL,
	CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
`

// firstSchema creates the tables of a new store. Times are microseconds since 1970 in UTC,
// NULL is unbounded. The tables shikong_version_N and shikong_rtree_N of each collection
// are made by createTables.
const firstSchema = coreSchema + `
-- GDAL lists tables that are not in gpkg_contents unless this extension says that all that
-- are to be seen are registered.
INSERT INTO gpkg_extensions VALUES (NULL, NULL, 'gdal_aspatial', 'http://gdal.org/geopackage_aspatial.html', 'read-write');

-- One row: what the whole store is.
CREATE TABLE shikong_store (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	schema_version INTEGER NOT NULL,
	datum TEXT NOT NULL,
	srs_id INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	recorded INTEGER,
	last_version INTEGER NOT NULL -- version numbers up to here are used up
);
-- The log: what each revision did to one model. Infinities bound an empty box (min > max)
-- and unknown heights.
CREATE TABLE shikong_revision (
	revision INTEGER PRIMARY KEY,
	recorded INTEGER NOT NULL,
	collection TEXT NOT NULL,
	model TEXT NOT NULL,
	min_x REAL, min_y REAL, min_z REAL, max_x REAL, max_y REAL, max_z REAL,
	valid_from INTEGER,
	valid_to INTEGER,
	added INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	ended INTEGER NOT NULL,
	purged INTEGER NOT NULL,
	last_version INTEGER NOT NULL -- of the store after this revision
);
CREATE TABLE shikong_collection (
	collection_id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL DEFAULT '',
	description TEXT NOT NULL DEFAULT '',
	licence TEXT NOT NULL DEFAULT '',
	attribution TEXT NOT NULL DEFAULT '',
	vertical_crs TEXT NOT NULL DEFAULT '',
	local INTEGER NOT NULL,
	layer TEXT NOT NULL UNIQUE COLLATE NOCASE,         -- name of the view of what is valid now
	history_layer TEXT NOT NULL UNIQUE COLLATE NOCASE, -- name of the view of everything
	revision INTEGER NOT NULL DEFAULT 0,
	shapes INTEGER NOT NULL DEFAULT 0, -- bit n: WKB type n was stored; bit 16: with z; bit 17: without
	-- Derived from what is currently recorded:
	count INTEGER NOT NULL DEFAULT 0,
	min_x REAL, min_y REAL, max_x REAL, max_y REAL,
	min_z REAL, max_z REAL,
	valid_from INTEGER, valid_to INTEGER
);
-- How many currently recorded features have a value of each kind.
CREATE TABLE shikong_field (
	collection_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	kind INTEGER NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (collection_id, name, kind)
) WITHOUT ROWID;
CREATE TABLE shikong_model (
	model_id INTEGER PRIMARY KEY AUTOINCREMENT,
	collection_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	source TEXT NOT NULL, -- JSON
	frame_id INTEGER,
	revision INTEGER NOT NULL DEFAULT 0,
	count INTEGER NOT NULL DEFAULT 0,
	report TEXT,
	UNIQUE (collection_id, name)
);
CREATE TABLE shikong_frame (
	frame_id INTEGER PRIMARY KEY AUTOINCREMENT,
	model_id INTEGER NOT NULL,
	frame BLOB NOT NULL, -- origin and axes: 12 doubles, little endian
	UNIQUE (model_id, frame)
);
CREATE TABLE shikong_mesh (
	mesh_id INTEGER PRIMARY KEY AUTOINCREMENT,
	collection_id INTEGER NOT NULL,
	hash BLOB NOT NULL, -- SHA-256 of mesh
	mesh BLOB NOT NULL,
	UNIQUE (collection_id, hash)
);
CREATE TABLE shikong_body (
	version_id INTEGER NOT NULL,
	ord INTEGER NOT NULL,
	mesh_id INTEGER NOT NULL,
	transform BLOB NOT NULL, -- 12 doubles, little endian
	material TEXT NOT NULL,
	rgba BLOB NOT NULL,      -- 4 floats, little endian
	PRIMARY KEY (version_id, ord)
) WITHOUT ROWID;
-- Never has a row. The columns of the layers borrow their declared types from it, since
-- expressions have none; see layer.go.
CREATE TABLE shikong_type ("boolean" BOOLEAN, "integer" INTEGER, "number" REAL, "string" TEXT, "datetime" DATETIME);
`

// table names the tables of one collection.
type table struct{ id int64 }

func (t table) versions() string { return fmt.Sprintf("shikong_version_%d", t.id) }
func (t table) rtree() string    { return fmt.Sprintf("shikong_rtree_%d", t.id) }
func (t table) idIndex() string  { return fmt.Sprintf("shikong_version_%d_id", t.id) }

// createTables makes the tables of a collection, without the index by id, which is made
// after the first load. Small columns stand before the large ones, so that reading those
// touches no overflow page.
func (t table) createTables(c *sqlite.Conn) error {
	return sqlitex.ExecuteScript(c, fmt.Sprintf(`
CREATE TABLE %[1]s (
	version_id INTEGER PRIMARY KEY,
	model_id INTEGER NOT NULL,
	rev_from INTEGER NOT NULL,
	rev_to INTEGER,
	valid_from INTEGER,
	valid_to INTEGER,
	num INTEGER,         -- NULL: the version_id
	frame_id INTEGER,
	bodies INTEGER,      -- number of rows in shikong_body
	underground INTEGER, -- 1 no, 2 yes
	z_min REAL,
	z_max REAL,
	hash BLOB NOT NULL,
	id TEXT NOT NULL,
	kind TEXT,
	name TEXT,
	storey TEXT,
	geom BLOB,
	properties TEXT
);
CREATE INDEX %[1]s_ended ON %[1]s (rev_to) WHERE rev_to IS NOT NULL;
CREATE VIRTUAL TABLE %[2]s USING rtree(id, minx, maxx, miny, maxy);
`, t.versions(), t.rtree()), nil)
}

// createIDIndex makes the index by id.
func (t table) createIDIndex(c *sqlite.Conn) error {
	return execute(c, fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON %s (id, valid_from)", t.idIndex(), t.versions()))
}

func (t table) dropTables(c *sqlite.Conn) error {
	return sqlitex.ExecuteScript(c, fmt.Sprintf("DROP TABLE %s; DROP TABLE %s", t.rtree(), t.versions()), nil)
}

// execute runs one statement that is not worth keeping prepared.
func execute(c *sqlite.Conn, query string, args ...any) error {
	return sqlitex.ExecuteTransient(c, query, &sqlitex.ExecOptions{Args: args})
}
