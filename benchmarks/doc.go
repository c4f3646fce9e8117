// Package benchmarks measures the whole road: file → store → mirror → tile → HTTP. It
// holds nothing else; benchmarks of single functions stand beside the code. README.md has
// the figures.
package benchmarks
