// Package shapefile reads ESRI Shapefiles as a stream of features.
//
// A Shapefile is several files of one name: shapes (.shp, shapes.go and geometry.go),
// attributes in a dBASE table (.dbf, table.go), the reference system (.prj) and the encoding
// of text (.cpg). Shapes and attributes are read side by side, record by record; the index
// (.shx) is not needed for that. Package intake places, checks and mends the features.
//
// Sources: ESRI Shapefile Technical Description (1998); the dBASE file format as GDAL and
// shapelib write it.
package shapefile
