// Package geojson reads GeoJSON (RFC 7946, and the crs member of its 2008 forerunner) and
// GeoJSON text sequences (RFC 8142, newline-delimited or with record separators) as a
// stream of features.
//
// It is not a general JSON binding: one feature is in memory at a time, whatever the size of
// the file. The bytes run once through a streaming decoder (stream.go), coordinates are
// collected flat (coordinates.go), and package intake places, checks and mends the feature.
package geojson
