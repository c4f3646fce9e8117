// Package csv reads tables of comma-separated values (RFC 4180) as a stream of features:
// points from two columns of coordinates, or any geometry from a column of well-known text.
//
// A file is read three times, since a table says nowhere what is in it: once for its encoding
// and delimiter (sniff.go), once for the columns that are coordinates and the types of the
// others (columns.go), so that a type does not change in the middle of a column, and once for
// the features (reader.go). Package intake places, checks and mends them. One row is in memory
// at a time.
package csv
