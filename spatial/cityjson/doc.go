// Package cityjson reads CityJSON 1.0, 1.1 and 2.0 and CityJSON text sequences (CityJSONSeq)
// as a stream of features: each city object is one, with its solid and its footprint.
//
// The positions of a CityJSON document may stand behind the objects that use them, so the
// first text of a file is read twice: once for what the objects need (header.go), once for
// the objects (reader.go), of which one is in memory at a time. The boundaries of an object
// (boundaries.go) become a closed mesh in the metric frame of the model and an outline on the
// ground (shape.go).
//
// A file of several states (the versioning extension) gives a feature for each state of an
// object, valid from the date of the version that brought it to that of the one that did not
// have it any more (versioning.go).
//
// Textures, materials and extensions' schemas are not read; attributes of extensions are kept
// like others. Templates are evaluated, not instanced.
//
// Source: CityJSON Specifications 2.0.1 (OGC 20-072r5).
package cityjson
