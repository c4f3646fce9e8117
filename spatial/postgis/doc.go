// Package postgis keeps a store in a PostGIS database: for a city, and for many servers.
//
// One uniform table holds every version of every feature (schema.sql, and ARCHITECTURE.md
// for why its keys begin with collection and cell). An import streams into temporary tables
// by COPY without holding anyone up (stage.go), then locks the one revision row, works out
// in SQL what comes and what goes (plan.go), swaps it in and commits (apply.go): revisions
// are published in the order of commits. Reading decodes PostgreSQL's binary rows by hand
// (row.go, read.go). For QGIS and plain SQL each collection has typed views in the schema
// "layers" (views.go).
//
// The package holds no goroutine; connections are pgx's.
package postgis
