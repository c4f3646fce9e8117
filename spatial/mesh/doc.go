// Package mesh holds triangles: immutable, in a local metric frame, float64.
//
// A Mesh is a shape, a Transform says where it stands, an Instance joins both
// with a Material. Shapes that a model uses a thousand times stay one Mesh with
// a thousand instances, from the importer through the stores to the 3D tile;
// the content hash of a mesh is the key under which stores share it.
//
// The package is not a modelling kernel: it measures, welds, moves, encodes and
// compares meshes, and never makes or cuts a solid. It knows no coordinate
// reference system; the frame of a mesh is whatever its owner says it is, in
// metres.
//
// Data runs through it in one direction: an importer fills Positions and
// Triangles, hands the Mesh out and does not touch it again; readers share it
// between goroutines without locks.
package mesh
