// Package memory is the reader that serves: it mirrors a spatial.Store in memory and answers
// queries and tile cutters from there.
//
// A Mirror follows the store by its change log. For each collection it holds one immutable
// Snapshot behind an atomic pointer: a large base, packed in Hilbert order under a flat
// tree of boxes, and a small tail of what came since, under an R-tree that is copied on
// write, with a bitmap of base rows that are no longer recorded. Taking in a change costs
// the change; when the tail has grown large against the base, both are packed anew in the
// background. Readers take no lock: they load the pointer and keep what they got.
//
// Each version of a feature is one row over columns. Attributes are numbers of values in a
// dictionary, which keeps each distinct value once, in the very bytes in which a vector
// tile writes it: of a packed base first what rows share, then what a row has of its own.
// Geometry is kept twice, for two uses: as world coordinates of 32 bits (see World), rings
// oriented and open, ready to be shifted into a tile, with a note of how coarsely each may be
// rounded without meeting itself (see Table.Steady); and as the exact coordinates of the
// store, packed without loss, so that a query is answered to the bit as the store itself
// would.
//
// It keeps every currently recorded version of every valid time. Questions about what was
// recorded in the past, and for solids, go to the store.
//
// This package is no store: nothing is written through it, and nothing survives it.
package memory
