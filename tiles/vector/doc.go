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
//	batch     properties of some features at a time, column by column
//	encode    geometry, id and properties as bytes, see tiles/mvt
//
// Geometry stays in world coordinates of 32 bits until it is quantised, and most of it is
// in the tile as a whole and goes through no step but that; of most rings it is known
// beforehand that rounding leaves them sound (see plain). All memory is the encoder's own
// and is used again: in steady state a tile allocates nothing.
//
// Where a layer is too large for the tiles of a zoom level, texts of which each feature has its
// own are left out, and if that is not enough, small features are merged: those of a cell
// become a block that counts them and has their area (see level, block, budget). It is done
// by one measure all over the layer, so that no seam shows between tiles, and said in each
// block and in the TileJSON.
package vector
