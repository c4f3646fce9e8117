// Package mvt writes and reads Mapbox Vector Tiles 2.1, the protobuf messages, and nothing
// else: it knows no projection, no clipping and no features of the house.
//
// A Layer is a writer that is used again and again. Its caller adds keys and values, then
// for each feature tags and geometry in tile coordinates (x to the east, y to the south);
// AppendTo gives the finished layer. Layers one after the other are a tile. In steady state
// nothing is allocated:
//
//	layer message (vector_tile.proto, field 3 of the tile)
//	+---------+---------+------------+--------+----------+----------+
//	| version | name    | feature …  | key …  | value …  | extent   |
//	+---------+---------+------------+--------+----------+----------+
//	feature message
//	+---------+----------------------------+---------+----------------------------+
//	| id      | tags: key, value indices … | type    | geometry: commands …       |
//	+---------+----------------------------+---------+----------------------------+
//
// Decode reads a tile strictly: what the specification forbids is an error that says where.
// It is for tests and tools; serving never decodes.
package mvt
