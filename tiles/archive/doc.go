// Package archive draws whole pyramids of tiles and puts them into one file.
//
// Write goes down the zoom levels. Below each tile in which something may stand it looks at
// the four tiles that cover it; those are drawn and compressed by several goroutines at once
// and put into the archive in the order of their numbers (see package pmtiles), which is
// that of a Hilbert curve through each level. What is under way at any time is bounded, so
// that memory does not grow with the archive. An archive that an earlier run has left
// unfinished is continued behind its last tile.
package archive
