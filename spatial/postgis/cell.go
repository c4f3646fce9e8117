package postgis

import (
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// cellBits is the depth of cells: 2^14 columns and rows over the Earth, 2.4 km by 1.2 km at
// the equator, so that a city has some hundreds.
const cellBits = 14

// noCell holds what has no place.
const noCell = -1

// cellOf returns the cell of the middle of a geometry's box: the bits of column and row
// interleaved, which is Morton's curve. It is reckoned once in an id's life.
func cellOf(g geom.T) int64 {
	box := spatial.BoxOf(g)
	if box.IsEmpty() {
		return noCell
	}
	index := func(v, low, span float64) uint32 {
		i := math.Floor((v - low) / span * (1 << cellBits))
		return uint32(min(max(i, 0), 1<<cellBits-1))
	}
	x := index((box.Min[0]+box.Max[0])/2, -180, 360)
	y := index((box.Min[1]+box.Max[1])/2, -90, 180)
	return int64(spread(x) | spread(y)<<1)
}

// spread puts a zero bit between all bits.
func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}
