// Package tokens keeps the bearer tokens that let clients write: 32 random bytes each, of
// which only the SHA-256 is kept, in a file that only its owner may read.
//
// A line of the file is
//
//	name sha256-in-hex created-RFC-3339 [revoked-RFC-3339]
//
// Empty lines and lines that begin with # are left alone. A running server sees a token made
// or revoked by another process at the next request: File reads the file anew when it has
// changed.
package tokens
