// Package vector draws vector tiles from the columns of package spatial/memory.
//
// A tile is made in steps, a file for each, in the order in which a geometry runs through
// them:
//
//	project   where the tile lies in the world, and how far a unit of it reaches
//	plane     for grids of longitude and latitude: from Mercator's y to latitude
//	simplify  leave out positions that nobody would see at this zoom; of the whole
//	          geometry, so that neighbouring tiles agree
//	clip      cut off what lies beyond the tile's buffer
//	quantise  round to the units of the tile, and keep rings sound
//	encode    geometry, id and properties as bytes, see tiles/mvt
//
// Geometry stays in world coordinates of 32 bits until it is quantised, and most of it is
// in the tile as a whole and goes through no step but that. All memory is the encoder's own
// and is used again: in steady state a tile allocates nothing.
//
// When a layer is too large for the tiles of a zoom level, its smallest features are left
// out, all over the layer and by one measure, so that no seam shows between tiles; what was
// left out is said in each tile and in the TileJSON (see budget).
package vector
