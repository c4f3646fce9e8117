package spatial

import "github.com/twpayne/go-geom"

// AreaOf returns the area of flat coordinates whose parts end as endss says, rings within parts:
// a Polygon of one part, a MultiPolygon of several, nil of none.
func AreaOf(layout geom.Layout, flat []float64, endss [][]int) geom.T {
	switch len(endss) {
	case 0:
		return nil
	case 1:
		return geom.NewPolygonFlat(layout, flat, endss[0])
	}
	return geom.NewMultiPolygonFlat(layout, flat, endss)
}
