// Package pmtiles reads and writes archives of tiles in the format PMTiles 3: one file in
// which each tile is found by its number.
//
//	+--------+----------------+-----------------------------+----------+------------------+
//	| header | root directory | tiles, in the order of      | metadata | leaf directories |
//	| 127 B  | up to 16,257 B | their numbers, each once    | JSON     |                  |
//	+--------+----------------+-----------------------------+----------+------------------+
//
// That is the order in which a Writer lays a file out, so that every byte of a tile is
// written once and no second file is needed; the header says where each part begins, and a
// Reader takes them in any order. A directory is a list of entries (tile number, place,
// length, how many tiles on end are the same), column by column as varints, compressed; an
// entry of run length 0 leads to a leaf directory. See the specification in
// https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md; the numbers of sections in
// comments are its headings.
//
// The package knows nothing of what is in a tile.
package pmtiles
