package tiles

import (
	"math"
	"strconv"
)

// MatrixSet is a grid as the JSON document of OGC 17-083r4 (2D Tile Matrix Set 2.0, §7.1).
type MatrixSet struct {
	ID          string    `json:"id"`
	Title       string    `json:"title,omitempty"`
	URI         string    `json:"uri,omitempty"`
	CRS         string    `json:"crs"`
	OrderedAxes [2]string `json:"orderedAxes"`
	ScaleSet    string    `json:"wellKnownScaleSet,omitempty"`
	Matrices    []Matrix  `json:"tileMatrices"`
}

// Matrix is one level of a grid.
type Matrix struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"`
	CornerOfOrigin   string     `json:"cornerOfOrigin"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"` // in the order of the axes
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      uint32     `json:"matrixWidth"`
	MatrixHeight     uint32     `json:"matrixHeight"`
}

const (
	// earthRadius is the semi-major axis of WGS 84 and CGCS2000 in metres.
	earthRadius = 6378137
	// pixelSize is that of OGC's standardised rendering pixel in metres (17-083r4 §6.1).
	pixelSize = 0.00028
	// tilePixels is the side of a tile by which scales are counted.
	tilePixels = 256
)

// MatrixSet returns the grid's document.
func (g Grid) MatrixSet() MatrixSet {
	is := &grids[g]
	doc := MatrixSet{ID: is.id, Title: is.title, URI: is.uri, CRS: is.crs, OrderedAxes: is.axes, ScaleSet: is.scaleSet}
	const half = math.Pi * earthRadius
	cell, metres, origin := 2*half/tilePixels, 1.0, [2]float64{-half, half}
	if is.geographic {
		cell, metres, origin = 180.0/tilePixels, half/180, [2]float64{-180, 90}
	}
	if is.axes[0] == "Lat" {
		origin[0], origin[1] = origin[1], origin[0]
	}
	for level := uint8(0); level <= g.MaxLevel(); level++ {
		columns, rows := g.Size(level)
		doc.Matrices = append(doc.Matrices, Matrix{ID: strconv.Itoa(int(level)), ScaleDenominator: cell * metres / pixelSize, CellSize: cell,
			CornerOfOrigin: "topLeft", PointOfOrigin: origin, TileWidth: tilePixels, TileHeight: tilePixels, MatrixWidth: columns, MatrixHeight: rows})
		cell /= 2
	}
	return doc
}
