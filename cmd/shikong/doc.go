// Command shikong takes city models in and answers what stands where, and when.
//
// This package is floor 4: flags, wiring and the life of the process. Each command has a
// file of its own and is listed in root.go; how a file becomes an import is in
// importer.go and its formats in formats.go.
package main
