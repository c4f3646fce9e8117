// Package spatial is the vocabulary of the house: what a feature, a collection,
// a model, a version, a time interval and a query are, and what a store promises.
//
// It holds no SQL, no HTTP and no driver. Importers (package ifc, spatial/geojson)
// make Features; stores (spatial/gpkg, spatial/postgis) keep their versions with the
// time they are valid and the time they were recorded; spatial/memory mirrors a store
// for serving; tiles and api ask through Reader. All of them agree on the meaning
// written here, and spatial/storetest proves that they do.
//
// Coordinates inside are longitude, latitude in degrees and height in metres, in that
// order, in the datum of the store (Meta.Datum). Other reference systems exist only at
// the doors, see spatial/crs.
package spatial
