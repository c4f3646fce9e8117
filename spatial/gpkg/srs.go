package gpkg

import (
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// datum is one of the datums that a store may have: the geographic system of its layers.
type datum struct {
	name string
	srs  int32
}

var datums = []datum{{"wgs84", 4326}, {"cgcs2000", 4490}}

func datumOf(name string) (datum, error) {
	if name == "" {
		return datums[0], nil
	}
	for _, d := range datums {
		if d.name == name {
			return d, nil
		}
	}
	return datum{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "datum-unknown",
		Message: fmt.Sprintf("%q is no datum of a store", name), Hint: "use wgs84 or cgcs2000"}
}

// srsRows are the rows that every GeoPackage has (OGC 12-128r18, requirement 11), the two
// datums, and their three-dimensional forms. WKT 1 cannot express a geographic system with
// heights, and "undefined" sends readers to the organisation's number.
var srsRows = []struct {
	id                      int
	name, organization, wkt string
	description             string
}{
	{-1, "Undefined Cartesian SRS", "NONE", "undefined", "undefined Cartesian coordinate reference system"},
	{0, "Undefined geographic SRS", "NONE", "undefined", "undefined geographic coordinate reference system"},
	{4326, "WGS 84", "EPSG", geographic("WGS 84", "WGS_1984", "WGS 84", "298.257223563", 7030, 6326, 4326), "longitude and latitude in degrees on WGS 84"},
	{4490, "China Geodetic Coordinate System 2000", "EPSG", geographic("China Geodetic Coordinate System 2000", "China_2000", "CGCS2000", "298.257222101", 1024, 1043, 4490), "longitude and latitude in degrees on CGCS2000"},
	{4979, "WGS 84 (3D)", "EPSG", "undefined", "longitude, latitude in degrees and ellipsoidal height in metres on WGS 84"},
	{4480, "China Geodetic Coordinate System 2000 (3D)", "EPSG", "undefined", "longitude, latitude in degrees and ellipsoidal height in metres on CGCS2000"},
}

func geographic(name, datum, spheroid, flattening string, spheroidID, datumID, id int) string {
	return fmt.Sprintf(`GEOGCS["%s",DATUM["%s",SPHEROID["%s",6378137,%s,AUTHORITY["EPSG","%d"]],AUTHORITY["EPSG","%d"]],`+
		`PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],`+
		`AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","%d"]]`,
		name, datum, spheroid, flattening, spheroidID, datumID, id)
}

func insertSRS(c *sqlite.Conn) error {
	for _, r := range srsRows {
		if err := execute(c, "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
			r.name, r.id, r.organization, r.id, r.wkt, r.description); err != nil {
			return fmt.Errorf("write the reference system %d: %w", r.id, err)
		}
	}
	return nil
}
