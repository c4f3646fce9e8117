// Package crs knows coordinate reference systems: which one a code, a name or a piece of
// WKT means, how its coordinates become longitude, latitude and height and back, and
// which datums may be mixed.
//
// It is not a general coordinate library. It knows the systems of its table (epsg.tsv),
// transverse Mercator and the few other projections by parameters, geocentric and
// east-north-up frames, and the two obfuscated Chinese map systems. Everything else is
// refused with the code crs-unsupported; a datum shift that nobody configured is refused
// with datum-transform-required. It never guesses, holds no state and reads no file.
//
// A door (a file format, an HTTP parameter) calls Parse, which yields a *CRS, then
// Transform from that CRS to the store's, which yields an *Operation, and runs the
// operation over flat coordinates in place:
//
//	text → Parse → *CRS ┐
//	                    ├ Transform → *Operation → Apply(coords, stride)
//	store's *CRS ───────┘                  Accuracy, Notes → import report
//
// Inside, coordinates are always x before y: easting before northing, longitude before
// latitude, height last, metres and degrees. What the authority prescribes instead is
// told by CRS.AxisOrder and is a matter of the doors. CRS.Check tells a coordinate that
// carries a zone prefix, is swapped, or lies outside the area of its system.
//
// All values are immutable and may be used by many goroutines.
package crs
