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

// Coord names a tile of the Web Mercator square in XYZ order: at zoom Z there are 2^Z
// columns from longitude -180 and 2^Z rows from MaxLatitude to the south.
type Coord struct {
	Z    uint8
	X, Y uint32
}

// String writes the tile as z/x/y.
func (c Coord) String() string {
	return strconv.Itoa(int(c.Z)) + "/" + strconv.FormatUint(uint64(c.X), 10) + "/" + strconv.FormatUint(uint64(c.Y), 10)
}

// Validate returns ErrInvalid when there is no such tile.
func (c Coord) Validate() error {
	if c.Z > MaxZoom {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-outside", Message: fmt.Sprintf("there is no zoom %d", c.Z),
			Hint: fmt.Sprintf("zoom levels run from 0 to %d", MaxZoom)}
	}
	if n := uint32(1) << c.Z; c.X >= n || c.Y >= n {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-outside", Message: fmt.Sprintf("there is no tile %s", c),
			Hint: fmt.Sprintf("at zoom %d x and y run from 0 to %d", c.Z, n-1)}
	}
	return nil
}

// Box returns the tile's place in longitude and latitude, without its buffer.
func (c Coord) Box() spatial.Box {
	n := math.Exp2(float64(c.Z))
	lon := func(x uint32) float64 { return float64(x)/n*360 - 180 }
	lat := func(y uint32) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*float64(y)/n))) * 180 / math.Pi }
	return spatial.Box2D(lon(c.X), lat(c.Y+1), lon(c.X+1), lat(c.Y))
}

// At returns the tile of a zoom level that holds a point; what lies beyond the square
// belongs to its outermost tiles.
func At(lon, lat float64, zoom uint8) Coord {
	n := math.Exp2(float64(zoom))
	s := math.Sin(max(min(lat, MaxLatitude), -MaxLatitude) * math.Pi / 180)
	x := (lon + 180) / 360 * n
	y := (0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)) * n
	return Coord{Z: zoom, X: uint32(min(max(x, 0), n-1)), Y: uint32(min(max(y, 0), n-1))}
}

// Parent returns the tile of the zoom level above that holds this one; the tile of zoom 0
// is its own.
func (c Coord) Parent() Coord {
	if c.Z == 0 {
		return c
	}
	return Coord{Z: c.Z - 1, X: c.X / 2, Y: c.Y / 2}
}
