package gpkg_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/intaketest"
)

// foreign makes a GeoPackage as another program would, with the given statements on top.
func foreign(t *testing.T, statements string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "their data.gpkg")
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.ExecuteScript(c, `
		CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
		CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT);
		CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER);
		INSERT INTO gpkg_spatial_ref_sys VALUES ('a', 4326, 'EPSG', 4326, 'undefined'), ('b', 4547, 'epsg', 4547, 'undefined'), ('c', -1, 'NONE', -1, 'undefined'),
			('d', 100001, 'NONE', 100001, 'PROJCS["CM 114",GEOGCS["CGCS2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",114],PARAMETER["scale_factor",1],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]');
		CREATE TABLE a ("the id" INTEGER PRIMARY KEY, geom BLOB, name TEXT, n DOUBLE, ok BOOLEAN, picture BLOB);
		CREATE TABLE b (shape BLOB);
		INSERT INTO gpkg_contents VALUES ('a', 'features'), ('b', 'features'), ('t', 'tiles');
		INSERT INTO gpkg_geometry_columns VALUES ('a', 'geom', 'GEOMETRY', 4326, 2, 2), ('b', 'shape', 'POINT', 4547, 0, 0);
		`+statements, nil)
	if err = errors.Join(err, c.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// blobOf writes a GeoPackageBinary of the type and numbers, as hexadecimal for a statement.
func blobOf(kind uint32, numbers ...float64) string {
	b := append([]byte{'G', 'P', 0, 1, 0, 0, 0, 0, 1}, binary.LittleEndian.AppendUint32(nil, kind)...)
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(n))
	}
	return fmt.Sprintf("x'%x'", b)
}

// layerOf tells each feature as "id geometry name properties"; # stands for an id that is a hash.
func layerOf(t *testing.T, path string, o gpkg.LayerOptions) intaketest.Result {
	t.Helper()
	var r *gpkg.LayerReader
	defer func() {
		if r != nil {
			_ = r.Close()
		}
	}()
	return intaketest.Read(t, func(report func(spatial.Issue)) (intaketest.Reader, error) {
		var err error
		r, err = gpkg.OpenLayer(t.Context(), path, o, report)
		return r, err
	}, func(f *spatial.Feature) string {
		id := f.ID
		if r.Hashed() {
			id = "#"
		}
		return fmt.Sprintf("%s %s %s %s", id, intaketest.Shape(t, f.Geometry, 6), f.Name, f.Properties.AppendJSON(nil))
	})
}

func TestLayersOfOtherProgramsAreRead(t *testing.T) {
	insert := func(geometry string) string {
		return "INSERT INTO a VALUES (7, " + geometry + ", '深圳', 2, 1, x'00');"
	}
	const rest = ` 深圳 {"n":2.0,"ok":true}`
	rows := []struct {
		name     string
		path     string
		o        gpkg.LayerOptions
		features []string
		codes    []string
		code     string
	}{
		{name: "a point; the key is the id and bytes are left out", path: foreign(t, insert(blobOf(1, 114, 22.5))), o: gpkg.LayerOptions{Layer: "a"},
			features: []string{"7 POINT (114 22.5)" + rest}, codes: []string{"column-left-out"}},
		{name: "height and measure", path: foreign(t, insert(blobOf(3001, 114, 22.5, 3, 4))), o: gpkg.LayerOptions{Layer: "A"},
			features: []string{"7 POINT Z (114 22.5 3)" + rest}, codes: []string{"column-left-out"}},
		{name: "the older extended form", path: foreign(t, insert(blobOf(1<<31|1, 114, 22.5, 3))), o: gpkg.LayerOptions{Layer: "a"},
			features: []string{"7 POINT Z (114 22.5 3)" + rest}, codes: []string{"column-left-out"}},
		{name: "no geometry", path: foreign(t, insert("NULL")), o: gpkg.LayerOptions{Layer: "a"}, features: []string{"7 -" + rest}, codes: []string{"column-left-out"}},
		{name: "an empty point", path: foreign(t, insert(blobOf(1, math.NaN(), math.NaN()))), o: gpkg.LayerOptions{Layer: "a"}, features: []string{"7 -" + rest}, codes: []string{"column-left-out"}},
		{name: "a broken geometry", path: foreign(t, insert("x'4750'")), o: gpkg.LayerOptions{Layer: "a"},
			features: []string{"7 -" + rest}, codes: []string{"invalid-geometry", "column-left-out"}},
		{name: "a property as the id", path: foreign(t, insert(blobOf(1, 114, 22.5))), o: gpkg.LayerOptions{Layer: "a", Options: intake.Options{ID: "name"}},
			features: []string{"深圳 POINT (114 22.5)" + rest}, codes: []string{"column-left-out"}},
		{name: "no key, and a projected system", path: foreign(t, "INSERT INTO b VALUES ("+blobOf(1, 500000, 2490000)+");"), o: gpkg.LayerOptions{Layer: "b"},
			features: []string{"# POINT (114 22.50752)  {}"}, codes: []string{"datum-shift", "datum-shift"}},
		{name: "a system that has only a definition", path: foreign(t, "UPDATE gpkg_geometry_columns SET srs_id = 100001; INSERT INTO b VALUES ("+blobOf(1, 500000, 2490000)+");"), o: gpkg.LayerOptions{Layer: "b"},
			features: []string{"# POINT (114 22.50752)  {}"}, codes: []string{"datum-shift", "datum-shift"}},
		{name: "several layers and none chosen", path: foreign(t, ""), code: "several-layers"},
		{name: "a layer that is not there", path: foreign(t, ""), o: gpkg.LayerOptions{Layer: "x"}, code: "layer-missing"},
		{name: "the only layer need not be named", path: foreign(t, "DELETE FROM gpkg_contents WHERE table_name = 'a';"), codes: []string{"datum-shift", "datum-shift"}},
		{name: "no layer at all", path: foreign(t, "DELETE FROM gpkg_contents;"), code: "no-layers"},
		{name: "an undefined system", path: foreign(t, "UPDATE gpkg_geometry_columns SET srs_id = -1;"), o: gpkg.LayerOptions{Layer: "b"}, code: "crs-missing"},
		{name: "a database that is no GeoPackage", path: foreign(t, "DROP TABLE gpkg_geometry_columns;"), code: "not-a-geopackage"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			layerOf(t, r.path, r.o).Check(t, intaketest.Result{Features: r.features, Codes: r.codes, Code: r.code})
			if list, err := os.ReadDir(filepath.Dir(r.path)); err != nil || len(list) != 1 {
				t.Errorf("files were left behind: %v %v", list, err)
			}
		})
	}
}

func TestADamagedGeoPackageIsRefusedInWords(t *testing.T) {
	path := foreign(t, "INSERT INTO a VALUES (7, NULL, '"+strings.Repeat("x", 9000)+"', 2, 1, NULL);")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	layerOf(t, path, gpkg.LayerOptions{Layer: "a"}).Check(t, intaketest.Result{Code: "not-a-geopackage"})
}

func TestAStoresOwnLayersCanBeImported(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(3, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := gpkg.OpenLayer(t.Context(), path, gpkg.LayerOptions{Layer: "buildings"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	n := 0
	for f, err := range r.Features() {
		if err != nil {
			t.Fatal(err)
		}
		if n++; f.Geometry == nil {
			t.Errorf("%s has no geometry", f.ID)
		}
	}
	if n != 3 {
		t.Errorf("%d features", n)
	}
}
