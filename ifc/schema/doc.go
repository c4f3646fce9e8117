// Package schema holds facts of the IFC schemas: which entities and types there are, which
// is a subtype of which, and which attribute stands at which position. The facts are
// generated from the EXPRESS files by package gen; nobody writes a position by hand.
//
// All versions share one set of Type constants (IfcWall is the same Type in IFC2X3 and in
// IFC4X3), so that code names a type once. What differs between versions is answered by
// the Schema of a version, from Open. A type that a version does not have, but another has,
// is answered from the nearest version: real files are labelled wrongly, and an entity that
// is read with its neighbour's attributes is better than one that is lost.
//
// The package reads no files and keeps no state.
package schema
