package pmtiles

import "math/bits"

// MaxZoom is the deepest zoom level whose tiles have numbers of 64 bits.
const MaxZoom = 31

// ID returns the number of a tile: those of all zoom levels above come first, and those of
// its own level follow the Hilbert curve.
func ID(z uint8, x, y uint32) uint64 {
	d := uint64(0)
	for s := uint32(1) << z >> 1; s > 0; s >>= 1 {
		var rx, ry uint64
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d = d<<2 | (3 * rx) ^ ry
		x, y = turn(x, y, rx, ry)
	}
	return first(z) + d
}

// ZXY returns the tile of a number below ID(MaxZoom+1, 0, 0).
func ZXY(id uint64) (z uint8, x, y uint32) {
	// first(z) = (4^z-1)/3, so 3·id+1 lies between 4^z and 4^(z+1).
	z = uint8((bits.Len64(3*id+1) - 1) / 2)
	d := id - first(z)
	for s := uint32(1); s < 1<<z; s <<= 1 {
		rx := d >> 1 & 1
		ry := (d ^ rx) & 1
		x, y = turn(x, y, rx, ry)
		x, y = x&(s-1)|uint32(rx)*s, y&(s-1)|uint32(ry)*s
		d >>= 2
	}
	return z, x, y
}

// first returns the number of the first tile of a zoom level.
func first(z uint8) uint64 { return (1<<(2*z) - 1) / 3 }

// turn turns the lower bits of a position into the quadrant that the upper one lies in.
func turn(x, y uint32, rx, ry uint64) (u, v uint32) {
	if ry != 0 {
		return x, y
	}
	if rx != 0 {
		x, y = ^x, ^y
	}
	return y, x
}
