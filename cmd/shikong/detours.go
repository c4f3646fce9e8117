package main

import "strings"

// detours lead from formats that are not read to one that is, by the ending of the file's name.
var detours = []struct{ ending, hint string }{
	{".gml", "make CityJSON of CityGML with: citygml-tools to-cityjson FILE; a GeoPackage of other GML with: ogr2ogr -f GPKG out.gpkg FILE"},
	{".rvt", "export IFC from Revit and import that"},
	{".ifcxml", "save it as .ifc (STEP) and import that"},
	{".dwg", "save it as DXF, then: ogr2ogr -f GPKG out.gpkg FILE, and import that with --crs"},
	{".dxf", "make a GeoPackage of it with: ogr2ogr -f GPKG out.gpkg FILE, and import that with --crs"},
}

// gdalReads are endings of what ogr2ogr makes a GeoPackage of.
var gdalReads = []string{".fgb", ".gdb", ".gdb.zip", ".gpx", ".kml", ".kmz", ".mif", ".osm", ".osm.pbf", ".parquet", ".sqlite", ".tab"}

// detourOf returns what to do with a file that no format knows by its name.
func detourOf(lower string) string {
	for _, d := range detours {
		if strings.HasSuffix(lower, d.ending) {
			return d.hint
		}
	}
	for _, e := range gdalReads {
		if strings.HasSuffix(lower, e) {
			return "make a GeoPackage of it with: ogr2ogr -f GPKG out.gpkg FILE, and import that"
		}
	}
	return "say what it is with --format " + formatNames()
}
