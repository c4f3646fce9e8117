// Package intake makes features of what a format's reader found in a file.
//
// Readers of formats know how bytes become geometries and attributes; what comes after is the
// same for all of them and stands here: coordinates are brought into the datum of the store
// (place.go), polygons are checked and mended (check.go, mend.go, repair.go), attributes that
// mean something here (id, times, heights, storey) are read out of the properties
// (fields.go), and what was found wrong is reported by feature or, when strict, refused.
package intake
