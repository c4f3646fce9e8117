package sorting

import "math"

// Hilbert returns the place of a point along a Hilbert curve of order 32 over a square.
func Hilbert(x, y uint32) uint64 {
	d := uint64(0)
	// Hamilton and Rau-Chaplin's formulation with the state as a swap and a flip: at each
	// level the quadrant is numbered in the orientation that the levels above left.
	for bit := 31; bit >= 0; bit-- {
		rx, ry := x>>bit&1, y>>bit&1
		d = d<<2 | uint64(3*rx^ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}

// OnEarth returns the place of the middle of a rectangle (minx, maxx, miny, maxy in degrees) on
// a Hilbert curve over the whole Earth, 32 bits a side: 1 cm at the equator.
func OnEarth(r [4]float64) uint64 {
	return Hilbert(gridOf((r[0]+r[1])/2, 360), gridOf((r[2]+r[3])/2, 180))
}

// gridOf brings -size/2 … size/2 to 32 bits.
func gridOf(v, size float64) uint32 {
	v = (v/size + 0.5) * (1 << 32)
	return uint32(min(max(v, 0), math.MaxUint32))
}
