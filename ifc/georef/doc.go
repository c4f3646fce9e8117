// Package georef says where on Earth an IFC model stands: it finds what the file and the
// user say about its place, settles on one of it, takes model metres to longitude,
// latitude and height and back, and names what is wrong or contradictory.
//
// It reads a model.Model and computes with package crs. It builds no shapes, knows no
// stores, and never guesses a datum shift.
//
// # The ladder
//
// What can place a model is a rung; the first that the model has is used, and one that
// the model has but that cannot be used is an error, never a reason to go on silently:
//
//	option            what the user typed: an origin, or a CRS for the file's coordinates
//	map-conversion    IfcMapConversion, IfcMapConversionScaled with its IfcProjectedCRS
//	rigid-operation   IfcRigidOperation, also with an IfcGeographicCRS
//	pset              ePSet_MapConversion and ePSet_ProjectedCRS of IFC2X3
//	placement         coordinates that are map coordinates themselves, when a CRS is typed
//	site              RefLatitude, RefLongitude and RefElevation of IfcSite, and TrueNorth
//
//	m, opts → Examine → *Survey ──Place──▸ *Place ──Forward, Apply──▸ lon, lat, h
//	                      │                   └─────Inverse────────◂
//	                      └─ Rungs, Warnings, Fix → import report, inspect
//
// # What a Place computes
//
// Every rung becomes the same two steps: a plane similarity from model metres to the grid
// of a projected system (for a rung that gives longitude and latitude, a transverse
// Mercator about that point whose scale makes lengths true at its height), and the
// operation from that system to the store's. Heights are added, not transformed: they
// stay above whatever the file counts them from. Both steps run both ways, so that forward
// and inverse agree within 0.1 mm.
//
// A Frame is the best linear stand-in for a Place, for solids: the derivative of the exact
// way at one point, convergence and scale of the grid included. It leaves the exact way as
// the Earth curves away: vertically by d²/2R, 78 mm at a distance of 1 km and 0.8 mm at
// 100 m; horizontally by less than 5 mm at 1 km. Footprints and heights go the exact way.
package georef
