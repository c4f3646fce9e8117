// Package ifc is the door through which IFC files come in: it opens one and streams a
// feature for every product that is something in space, and accounts for every product.
//
// It knits the rooms behind it together and knows little itself: package step reads the
// bytes, model binds them to the schema, georef finds where they stand, shape and kernel
// build solids. It knows no store and no tile; what comes out is the vocabulary of package
// spatial.
//
//	path, options → Open → *Delivery ──Features──▸ spatial.Feature, in file order
//	                          │  Frame, VerticalCRS, Local
//	                          └──Report──▸ products by outcome, issues, georeference
//
// # What becomes a feature
//
// Every IfcProduct that occupies, bounds or marks a place, spatial elements such as
// IfcBuildingStorey included; not the actions and reactions of structural analysis, which
// are products in the schema only. The report counts all products.
//
// The geometry is the true outline of the solid seen from above, at the height of its
// base, taken to Earth vertex by vertex; lines and points for what has no solid. Openings,
// virtual elements and ports have a body or a placement but no geometry: they are found by
// id and through their hosts, and do not lie over the map.
//
// # Work
//
// The file is indexed in pieces at once. A few goroutines build shapes, each with its own builder; a bounded queue keeps features
// in file order and at most a few dozen bodies in memory. A product whose code panics is
// reported as internal-error and loses its shape, nothing else.
package ifc
