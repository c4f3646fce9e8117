package tiles

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// Grid is a way to cut the Earth into tiles: a tile matrix set (OGC 17-083r4). The zero
// value is the Web Mercator square.
type Grid uint8

// The grids that there are.
const (
	// WebMercatorQuad is the square of EPSG:3857 that nearly every map uses, that of XYZ
	// addresses and of 天地图's "w" layers.
	WebMercatorQuad Grid = iota
	// WorldCRS84Quad is longitude and latitude as they are, two tiles side by side at level
	// 0. Its level L is level L+1 of 天地图's "c" layers, which begin to count at 1.
	WorldCRS84Quad
	// CGCS2000Quad is WorldCRS84Quad in EPSG:4490. Since the offset between the two datums is
	// null, the same tiles hold the same.
	CGCS2000Quad
)

// grids are the grids as their documents say.
var grids = [...]struct {
	id, title, crs, uri, scaleSet string
	axes                          [2]string
	geographic                    bool
}{
	WebMercatorQuad: {id: "WebMercatorQuad", title: "Web Mercator", crs: "http://www.opengis.net/def/crs/EPSG/0/3857",
		uri: "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad", scaleSet: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
		axes: [2]string{"X", "Y"}},
	WorldCRS84Quad: {id: "WorldCRS84Quad", title: "Longitude and latitude (WGS 84)", crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		uri: "http://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad", scaleSet: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleCRS84Quad",
		axes: [2]string{"Lon", "Lat"}, geographic: true},
	CGCS2000Quad: {id: "CGCS2000Quad", title: "Latitude and longitude (CGCS2000)", crs: "http://www.opengis.net/def/crs/EPSG/0/4490",
		axes: [2]string{"Lat", "Lon"}, geographic: true},
}

// Grids lists all grids.
func Grids() []Grid { return []Grid{WebMercatorQuad, WorldCRS84Quad, CGCS2000Quad} }

// GridOf returns the grid with an id such as "WorldCRS84Quad".
func GridOf(id string) (Grid, error) {
	for _, g := range Grids() {
		if grids[g].id == id {
			return g, nil
		}
	}
	return 0, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-matrix-set-unknown", Message: fmt.Sprintf("there is no tile matrix set %.60q", id),
		Hint: "there are WebMercatorQuad, WorldCRS84Quad and CGCS2000Quad"}
}

// String returns the grid's id.
func (g Grid) String() string { return grids[g].id }

// Title says what the grid is, for people.
func (g Grid) Title() string { return grids[g].title }

// CRS returns the URI of the coordinate reference system.
func (g Grid) CRS() string { return grids[g].crs }

// URI returns the URI under which OGC has registered the grid, "" for one that it has not.
func (g Grid) URI() string { return grids[g].uri }

// Geographic reports whether rows are evenly spaced in latitude, and not in Mercator's.
func (g Grid) Geographic() bool { return grids[g].geographic }

// Alike returns the grid whose tiles hold the same as this one's: grids that differ in
// their datum alone are cut at the same numbers.
func (g Grid) Alike() Grid {
	if g == CGCS2000Quad {
		return WorldCRS84Quad
	}
	return g
}

// MaxLevel returns the deepest level of the grid.
func (g Grid) MaxLevel() uint8 { return MaxZoom - g.ahead() }

// ahead is how many zoom levels of Web Mercator the grid is ahead: its tiles of level 0 are
// half as wide where there are two.
func (g Grid) ahead() uint8 {
	if g.Geographic() {
		return 1
	}
	return 0
}

// Size returns the numbers of columns and rows at a level.
func (g Grid) Size(level uint8) (columns, rows uint32) {
	rows = 1 << level
	return rows << g.ahead(), rows
}

// At returns the tile of a level that holds a point; what lies beyond the grid belongs to
// its outermost tiles.
func (g Grid) At(lon, lat float64, level uint8) Coord {
	columns, rows := g.Size(level)
	y := (90 - lat) / 180
	if !g.Geographic() {
		s := math.Sin(max(min(lat, MaxLatitude), -MaxLatitude) * math.Pi / 180)
		y = 0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)
	}
	index := func(u float64, n uint32) uint32 { return uint32(min(max(u*float64(n), 0), float64(n-1))) }
	return Coord{Grid: g, Z: level, X: index((lon+180)/360, columns), Y: index(y, rows)}
}

// Limits are the tiles of a level among which all lie that can hold something.
type Limits struct {
	Level                  uint8
	MinX, MaxX, MinY, MaxY uint32
}

// Limits returns the tiles of a level that touch a box, which does not cross the
// antimeridian.
func (g Grid) Limits(b spatial.Box, level uint8) Limits {
	nw, se := g.At(b.Min[0], b.Max[1], level), g.At(b.Max[0], b.Min[1], level)
	return Limits{Level: level, MinX: nw.X, MaxX: se.X, MinY: nw.Y, MaxY: se.Y}
}

// Bounds returns the part of the Earth that the grid covers.
func (g Grid) Bounds() spatial.Box {
	if g.Geographic() {
		return spatial.Box2D(-180, -90, 180, 90)
	}
	return spatial.Box2D(-180, -MaxLatitude, 180, MaxLatitude)
}
