// Report makes test output readable and countable.
//
//	go test -json ./... | report go -tally FILE [-strict NAME]
//	npm test            | report text -tally FILE -suite NAME
//
// The go form prints one line for each package, the whole output of what failed, and at the end every skipped test
// with its reason. The text form passes the output of Vitest or node:test through and reads its summary. Both append
// one line to the tally file, "passed failed skipped", and fail when a test failed.
//
// Data runs one way: events → run (who passed, failed, skipped, what was printed) → lines on stdout → tally.
package main
