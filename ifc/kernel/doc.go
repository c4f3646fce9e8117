// Package kernel makes solids: numbers in, closed triangle meshes out. It has
// not heard of IFC.
//
// Its middle is one planar tool, a constrained Delaunay triangulation with
// exact orientation tests that survives duplicate, collinear, touching and
// crossing input and knows the winding number of every triangle (plane.go).
// Everything flat goes through it: caps of sweeps, polygons with holes, caps of
// cuts, booleans, footprints.
//
//   - Curves become polylines by chord tolerance (Settings, arc.go, bspline.go).
//   - Profiles are rings in the plane (profile*.go); Fill triangulates them.
//   - Sweeps move a filled profile through frames (sweep*.go).
//   - Faces and shells in space become meshes with a consistent outward
//     orientation (faces.go, orient.go).
//   - Clip cuts by a plane and closes the cut; Boolean combines closed meshes
//     plane by plane (clip.go, boolean*.go), and cuts prisms off a prism with the
//     same axis in the one plane across it (prism*.go).
//   - Footprint is the true outline of meshes on the horizontal plane.
//
// What the package is not: it keeps no topology between calls, has no analytic
// surfaces in its results, reads no file, and starts no goroutine. Lengths are
// metres, angles radians, planes z-up; every loop over foreign sizes spends
// from Settings.Budget, so that it ends.
package kernel
