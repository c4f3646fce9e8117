// Package relate tells how two geometries lie to each other in the plane: whether they share
// a point, and the dimensionally extended nine-intersection matrix (DE-9IM, OGC 06-103r4
// §6.1.15) with the named relations that follow from it.
//
// It decides exactly. Whether a position lies left of, right of or on a line is found out
// with floats where they are sure and with rational numbers where they are not, and no
// position is ever computed and rounded; so shared walls touch and do not overlap, and the
// answer does not depend on the order of anything.
//
// Polygons are expected to be valid; heights do not count. The members of a geometry
// collection are united as far as Intersects is concerned; the other relations of
// collections are left to the library simplefeatures.
package relate
