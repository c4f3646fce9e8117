package kernel

import "github.com/shikong-cim/shikong/spatial/mesh"

// Orient is orient, for tests.
var Orient = orient

// PlaneCheck draws the rings in one plane and returns the sum of winding number ×
// area over all triangles, and the smallest signed double area of a triangle.
func PlaneCheck(rings []Ring, tol float64) (sum, smallest float64, err error) {
	var all Ring
	for _, r := range rings {
		all = append(all, r...)
	}
	lo, hi, n := ringBounds(all)
	d := newPlane(lo, hi, tol, n, &Budget{Steps: 1 << 18})
	for _, r := range rings {
		number, err := d.addPoints(r)
		if err == nil {
			err = d.drawRing(r, number, 0, 1)
		}
		if err != nil {
			return 0, 0, err
		}
	}
	smallest = 1
	wind := d.windings()
	for t, tri := range d.tris {
		a, b, c := d.pts[tri.v[0]], d.pts[tri.v[1]], d.pts[tri.v[2]]
		smallest = min(smallest, orient(a, b, c))
		if tri.v[0] < outer || tri.v[1] < outer || tri.v[2] < outer {
			if wind[t][0] != 0 {
				smallest = -1
			}
			continue
		}
		sum += float64(wind[t][0]) * b.Sub(a).Cross(c.Sub(a)) / 2
		for i, n := range tri.n {
			if n >= 0 && d.tris[n].n[d.tris[n].sideOf(int32(t))] != int32(t) || n >= 0 && d.tris[n].c[d.tris[n].sideOf(int32(t))] != tri.c[i] {
				smallest = -2
			}
		}
	}
	return sum, smallest, nil
}

// CutPrisms is the way of Boolean for prisms with a common axis: the result, whether any
// part of b was cut off that way, and the parts that are left.
func CutPrisms(s Settings, a, b *mesh.Mesh) (r, rest *mesh.Mesh, done bool, err error) {
	return s.cutPrisms(a, b)
}

// DifferenceByPlanes is the general way of Boolean.
func DifferenceByPlanes(s Settings, a, b *mesh.Mesh) (*mesh.Mesh, error) {
	return s.combineSafely(Difference, a, b)
}
