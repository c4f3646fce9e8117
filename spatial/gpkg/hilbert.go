package gpkg

import "math"

// hilbert returns the place of a rectangle's middle on a Hilbert curve over the whole
// Earth, 32 bits a side (1 cm at the equator): things near each other on the curve are near
// each other on the ground.
func hilbert(r rect) uint64 {
	x := gridOf((r[0]+r[1])/2, 360)
	y := gridOf((r[2]+r[3])/2, 180)
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

// gridOf brings -size/2 … size/2 to 32 bits.
func gridOf(v, size float64) uint32 {
	v = (v/size + 0.5) * (1 << 32)
	return uint32(min(max(v, 0), math.MaxUint32))
}

// outward returns the rectangle in 32-bit floats, rounded so that it holds the true one, as
// SQLite's R-tree does.
func outward(r rect) [4]float32 {
	var b [4]float32
	for i, v := range r {
		b[i] = float32(v)
		switch {
		case i%2 == 0 && float64(b[i]) > v:
			b[i] = math.Nextafter32(b[i], float32(math.Inf(-1)))
		case i%2 == 1 && float64(b[i]) < v:
			b[i] = math.Nextafter32(b[i], float32(math.Inf(1)))
		}
	}
	return b
}
