package vector

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// extentBits is the number of bits in which a tile's own units are counted.
const extentBits = 12

// frame is a tile in the world, or for grids of longitude and latitude in their plane (see
// plane): its north-west corner, and how many world units a unit of the tile is, as a power
// of two. From zoom 20 on a world unit is the coarser of the two.
type frame struct {
	x, y   int64
	shift  int         // a tile unit is 2^shift world units
	clip   memory.Rect // where geometry is cut off
	search memory.Rect // the same in the world
	level  bool        // the frame lies in the plane of latitude
}

// worldBits is the number of bits of a world coordinate.
const worldBits = 32

func frameOf(c tiles.Coord, buffer int64) frame {
	size := int64(1) << (worldBits - int(c.Zoom()))
	f := frame{x: int64(c.X) * size, y: int64(c.Y) * size, shift: worldBits - extentBits - int(c.Zoom()), level: c.Grid.Geographic()}
	margin := buffer * size / mvt.Extent
	f.clip = memory.Rect{
		MinX: clampWorld(f.x - margin), MinY: clampWorld(f.y - margin),
		MaxX: clampWorld(f.x + size + margin), MaxY: clampWorld(f.y + size + margin),
	}
	f.search = f.clip
	if f.level {
		// A unit more on each side, since both ways are rounded.
		north, south := worldY(f.y-margin-1), worldY(f.y+size+margin+1)
		f.search.MinY, f.search.MaxY = north-min(north, 2), south+min(math.MaxUint32-south, 2)
	}
	return f
}

// holds reports whether all of a rectangle of the world lies where nothing is cut off.
func (f *frame) holds(r memory.Rect) bool {
	if f.level && !r.IsEmpty() {
		r.MinY, r.MaxY = levelY(r.MinY), levelY(r.MaxY)
	}
	return f.clip.Contains(r)
}

func clampWorld(v int64) uint32 { return uint32(min(max(v, 0), math.MaxUint32)) }

// unit is the size of a tile unit in world units, at least one.
func (f *frame) unit() float64 { return math.Exp2(float64(f.shift)) }

// place rounds a world position to the units of the tile. Neighbouring tiles round alike:
// their corners are whole units apart.
func (f *frame) place(w memory.World) mvt.XY {
	dx, dy := int64(w.X)-f.x, int64(w.Y)-f.y
	if f.shift <= 0 {
		return mvt.XY{X: int32(dx << -f.shift), Y: int32(dy << -f.shift)}
	}
	half := int64(1) << (f.shift - 1)
	return mvt.XY{X: int32((dx + half) >> f.shift), Y: int32((dy + half) >> f.shift)}
}
