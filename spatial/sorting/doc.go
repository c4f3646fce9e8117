// Package sorting brings things into an order: places along a Hilbert curve, so that what is near
// on the curve is near on the ground, and any number of entries by their keys, with bounded
// memory. It knows nothing of features, and is no index itself.
package sorting
