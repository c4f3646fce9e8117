// Package gpkg is the embedded store: one file, a GeoPackage (OGC 12-128) that QGIS and GDAL
// open as ordinary layers. It is not a general reader or writer of GeoPackages.
//
// The file holds two things. The store proper is a set of tables named shikong_…: one row
// per version in a table per collection, an R-tree beside it, the log of revisions, models,
// frames, meshes and bodies. They are not registered as layers and stay hidden. For others
// each collection c has two registered views with a typed column per property: c, the
// versions currently recorded and valid now, and c_history, every version ever recorded.
// Views have no triggers, so what others open they can only read.
//
// Apply runs in one SQLite transaction in WAL mode. The first features of a delivery are
// taken in before the write lock is, so that small imports hold it for the writing only.
// An import into an empty collection writes rows as they come and packs the R-tree bottom
// up afterwards (see rtree.go); any other looks each id up, leaves the same untouched and
// touches only what changed. Memory does not grow with the delivery: what has to be sorted
// is spilled (see spatial/sorting). A process killed at any moment leaves the old state or the
// new one, since SQLite does.
//
// Readers take a connection each from a pool and read in one snapshot; they are never
// blocked by a writer. One writer at a time is let in, across processes; the others wait
// for Options.LockWait and then learn who holds the lock.
package gpkg
