// Package imports takes files from clients and feeds them, one at a time, to an importer.
//
// An upload is resumable: POST announces name, size and SHA-256, PATCH appends at an offset,
// HEAD tells the offset; what has arrived stays in a spool folder through cut connections,
// killed clients and restarts of the server. The headers are those of tus 1.0, whose clients
// work with it. When all bytes are there and their checksum holds, the import waits in a
// queue, runs, and leaves its report or its error.
//
//	receiving → queued → running → done | failed
//	    └──────────┴─────────┴→ cancelled
//
// The package does not know what an import does: the Importer is given by whoever wires the
// program, and the one transaction of the store makes an interrupted run harmless. Client is
// the other end, for the command line.
package imports
