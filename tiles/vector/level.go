package vector

import (
	"math"
	"strconv"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// level says how much of a layer is shown; the zero level shows all of it. Where a tile would
// grow beyond its budget, levels are tried one after the other (see next), for the whole
// layer and zoom at once, so that no seam shows between tiles.
type level struct {
	// lean leaves out the texts that cost most, see costly.
	lean bool
	// grain merges small features: 0 none, each further one more of them, or in cells twice as
	// wide, in turn.
	grain uint8
}

// coarsest is the grain at which nothing is drawn by itself that has neighbours. From 15 on a
// tile is a single cell.
const coarsest = 48

// next returns the level that shows a little less, and the last one itself.
func (l level) next() level {
	switch {
	case !l.lean:
		l.lean = true
	case l.grain < coarsest:
		l.grain++
	}
	return l
}

// appendKey names the level and the texts that it leaves out, or would leave out in a tile that is
// too large by itself.
func (l level) appendKey(dst []byte, costly string) []byte {
	dst = strconv.AppendInt(append(dst, " g"...), int64(l.grain), 10)
	if l.lean {
		dst = append(dst, " l"...)
	} else {
		dst = append(dst, " n"...)
	}
	return append(dst, costly...)
}

// fate is what becomes of a feature at a level.
type fate uint8

const (
	alone     fate = iota // drawn by itself
	merged                // with its neighbours in a cell
	clustered             // a point, with its neighbours in a larger cell
	dropped               // a line too short to be seen
)

// sieve sorts features by their size at a zoom level and grain.
type sieve struct {
	cell, cluster uint    // a cell of polygons, of points, is 2^n world units wide
	polygon, line float64 // the least area, as Table.Area has it, of what is drawn alone
}

// At the first grain a cell is 32 units of the tile wide, which is 4 pixels where a tile takes
// 512, a polygon is drawn alone from an eighth of a cell on, which is 2 square pixels, and a
// line from 2 pixels on. Points are drawn as marks and need more room.
const (
	cellUnits    = 4 // bits, at grain 0
	polygonUnits = 5
	lineUnits    = 2
)

func sieveOf(zoom, grain uint8) sieve {
	shift := worldBits - extentBits - int(zoom)
	wide, large := int(grain+1)/2, int(grain)/2+1
	bits := func(units int) uint { return uint(min(max(units+wide+shift, 0), worldBits-int(zoom))) }
	area := func(units int) float64 { return math.Exp2(float64(units + 2*(large+shift))) }
	return sieve{cell: bits(cellUnits), cluster: bits(cellUnits + 1), polygon: area(polygonUnits), line: area(lineUnits)}
}

// sort says what becomes of a row.
func (s *sieve) sort(t *memory.Table, i int) fate {
	_, lines, polygons := t.Has(i)
	switch {
	case polygons:
		if t.Area(i) >= s.polygon {
			return alone
		}
		return merged
	case lines:
		if t.Area(i) >= s.line {
			return alone
		}
		return dropped
	}
	return clustered
}

// cellOf returns the cell that the middle of a box lies in. Along the Hilbert curve, which is
// the order of rows, all of a cell's rows follow each other.
func cellOf(b memory.Rect, bits uint) memory.World {
	return memory.World{X: uint32(uint64(b.MinX+(b.MaxX-b.MinX)/2) >> bits), Y: uint32(uint64(b.MinY+(b.MaxY-b.MinY)/2) >> bits)}
}

// cellRect returns a cell's place in the world.
func cellRect(c memory.World, bits uint) memory.Rect {
	size := uint64(1) << bits
	x, y := uint64(c.X)<<bits, uint64(c.Y)<<bits
	return memory.Rect{MinX: uint32(x), MinY: uint32(y), MaxX: uint32(x + size - 1), MaxY: uint32(y + size - 1)}
}

// squareMetres returns how many a square world unit is at a height of the world.
func squareMetres(y float64) float64 {
	// The ellipsoid's two radii of curvature, WGS 84 and CGCS2000 alike to the millimetre.
	const a, e2 = 6378137.0, 0.00669437999
	s := math.Tanh(math.Pi * (1 - 2*y/(1<<worldBits)))
	w := 1 - e2*s*s
	const angle = 2 * math.Pi / (1 << worldBits)
	return angle * angle * a * a * (1 - e2) / (w * w) * (1 - s*s)
}
