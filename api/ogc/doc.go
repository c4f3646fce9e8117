// Package ogc answers OGC API: landing page, conformance, collections, their schema and
// queryables, features, single features, and the nearest ones.
//
// A handler reads its parameters into a spatial.Query, answers 304 when the client holds
// the version already, and streams what the reader yields, feature by feature, through the
// GeoJSON encoder in geojson.go. Where the reader is the mirror and the coordinates stay as
// they are, no feature is made on the way: rows.go writes its columns, and leaves to the
// encoder what a feature looks like. It keeps nothing between requests but its buffers.
//
// Time at this door: an absent datetime asks for what is valid now; recorded asks for what
// was known then. A next link pins both, so that the pages of one listing fit together.
//
// The package knows no route: package api says which address leads to which handler.
package ogc
