package tiles

import (
	"fmt"
	"math"
	"strconv"

	"github.com/shikong-cim/shikong/spatial"
)

// MaxZoom is the deepest zoom level there is: a tile is 2.4 m wide there.
const MaxZoom = 24

// MaxLatitude is where the Web Mercator square ends, in degrees.
const MaxLatitude = 85.0511287798066

// Coord names a tile of a grid: its level, its column counted from longitude -180 to the
// east and its row counted from the grid's northern edge to the south. Of the zero Grid it
// is what XYZ addresses name.
type Coord struct {
	Z    uint8
	X, Y uint32
	Grid Grid
}

// String writes the tile as z/x/y, behind the grid's id when that is not WebMercatorQuad.
func (c Coord) String() string { return string(c.Append(nil)) }

// Append appends what String returns to dst.
func (c Coord) Append(dst []byte) []byte {
	if c.Grid != WebMercatorQuad {
		dst = append(append(dst, c.Grid.String()...), '/')
	}
	dst = strconv.AppendUint(dst, uint64(c.Z), 10)
	dst = strconv.AppendUint(append(dst, '/'), uint64(c.X), 10)
	return strconv.AppendUint(append(dst, '/'), uint64(c.Y), 10)
}

// Validate returns ErrNotFound when there is no such tile.
func (c Coord) Validate() error {
	if c.Z > c.Grid.MaxLevel() {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-outside", Message: fmt.Sprintf("there is no zoom %d", c.Z),
			Hint: fmt.Sprintf("zoom levels of %s run from 0 to %d", c.Grid, c.Grid.MaxLevel())}
	}
	if columns, rows := c.Grid.Size(c.Z); c.X >= columns || c.Y >= rows {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-outside", Message: fmt.Sprintf("there is no tile %s", c),
			Hint: fmt.Sprintf("at zoom %d of %s columns (x) run from 0 to %d and rows (y) from 0 to %d", c.Z, c.Grid, columns-1, rows-1)}
	}
	return nil
}

// Zoom returns the zoom level of Web Mercator whose tiles are as wide as this one: what is
// drawn depends on it.
func (c Coord) Zoom() uint8 { return c.Z + c.Grid.ahead() }

// Box returns the tile's place in longitude and latitude, without its buffer.
func (c Coord) Box() spatial.Box {
	n := math.Exp2(float64(c.Zoom()))
	lon := func(x uint32) float64 { return float64(x)/n*360 - 180 }
	lat := func(y uint32) float64 {
		if c.Grid.Geographic() {
			return 90 - float64(y)/n*360
		}
		return math.Atan(math.Sinh(math.Pi*(1-2*float64(y)/n))) * 180 / math.Pi
	}
	return spatial.Box2D(lon(c.X), lat(c.Y+1), lon(c.X+1), lat(c.Y))
}

// At returns the tile of a zoom level of Web Mercator that holds a point; what lies beyond
// the square belongs to its outermost tiles.
func At(lon, lat float64, zoom uint8) Coord { return WebMercatorQuad.At(lon, lat, zoom) }

// Parent returns the tile of the level above that holds this one; a tile of level 0 is its
// own.
func (c Coord) Parent() Coord {
	if c.Z == 0 {
		return c
	}
	return Coord{Grid: c.Grid, Z: c.Z - 1, X: c.X / 2, Y: c.Y / 2}
}
