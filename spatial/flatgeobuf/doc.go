// Package flatgeobuf writes FlatGeobuf 3.0 (flatgeobuf.org), which QGIS and GDAL read, also in
// parts over HTTP. It does not read it.
//
//	┌─────────┬──────────────┬─────────────────────────┬──────────────────────┐
//	│ magic   │ header       │ packed Hilbert R-tree   │ features, one behind │
//	│ 8 bytes │ a FlatBuffer │ 40 bytes a node         │ the other            │
//	└─────────┴──────────────┴─────────────────────────┴──────────────────────┘
//
// What stands in front is known last: the types and heights that there are, how many features,
// where each begins. So features run through a temporary file, a record each (see spool.go),
// and what is kept of them besides, a key and a place, is sorted with bounded memory. Then the
// header is written, and along the Hilbert curve feature after feature and the nodes of the
// tree, every level at its place in the file (see tree.go).
//
// FlatBuffers are written by hand (see buffer.go): the tables are five, of few fields, and
// written front to back they need neither a library nor generated code.
package flatgeobuf
