// Package mbtiles writes archives of tiles in the format MBTiles 1.3: a SQLite database.
//
// Tiles that hold the same are kept once: the table map leads from places to images, and the
// view tiles is what the format asks for. While the archive is being made it stands beside
// its place as NAME.part, with a table that says how far it is, from which a later Create of
// the same content goes on.
package mbtiles
