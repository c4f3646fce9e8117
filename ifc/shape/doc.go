// Package shape turns the representations of an IFC model into meshes: it knows
// what an IfcExtrudedAreaSolid means, package kernel knows how to make one.
//
// It reads a model.Model, which is shared and read-only, and returns for every
// product a Result: mesh instances in model coordinates (metres), and an Outcome
// with a short stable reason code when it is not exact. It stores nothing and
// knows nothing of places on Earth, stores or tiles.
//
// # How data runs
//
//	b := shape.New(m, shape.Options{})     // one per goroutine
//	for _, p := range m.Products() {
//		r := b.Product(p)              // never fails, never panics
//	}
//
// Product picks a representation (represent.go), builds each of its items by a
// table from class to builder (item.go; one file per family), cuts the openings
// (opening.go), puts everything where the product stands and adds colours
// (style.go). What is mapped, and an item that several representations hold, is
// built once (keep.go) and stays an instance of one mesh. A product that fails in
// part keeps the rest; one that fails entirely gets its box (box.go).
//
// Everything below Product works in the coordinates of the representation and in
// metres: lengths of the file are converted where they are read.
package shape
