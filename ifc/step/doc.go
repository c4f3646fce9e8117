// Package step reads the exchange structure of ISO 10303-21 (STEP physical files). It
// knows statements, numbers, strings and lists, and has never heard of any schema: what
// a keyword means is its caller's business.
//
// Parse goes over the bytes once and leaves an index: for each instance its place in the
// file and its keyword, ten to twenty bytes a row, nothing else. Parameters are decoded
// on demand, straight from the file's bytes: File.Args gives a Cursor over the parameters
// of a row, a Cursor gives Values, and a Value is a slice of the file that is decoded when
// it is asked for a number, a text or a reference.
//
//	file bytes → Parse → rows ──Args──▸ Cursor ──Next──▸ Value ──▸ Float, Text, Ref, List …
//
// Real files are broken in many ways, and one broken statement must not cost a model. So
// the lexer has two rules of recovery: a line that begins with "#123=KEYWORD(" always
// begins a statement, even where a string or a parameter list is still open; and a value
// that cannot be decoded is a Value of kind Invalid, not an error. What was skipped is
// told by File.Issues with line, offset and instance number. Only what makes the whole
// file useless is an error: it is empty, it is no STEP file, it has no DATA section.
//
// A long file is indexed in pieces at once when the caller of OpenIn lends the goroutines: a
// line that begins a statement does so whatever stands before it, and there pieces begin.
//
// There is one lexer, in scan.go; the index, the header and the values all use it.
package step
