package intake

import (
	"fmt"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// WithoutMeasures returns a geometry of layout XYM or XYZM without its measures, and others
// as they are. It is an error of code unsupported-geometry when the type is not one of the
// seven of Simple Features.
func WithoutMeasures(g geom.T) (geom.T, error) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection()
		for _, m := range c.Geoms() {
			m, err := WithoutMeasures(m)
			if err != nil {
				return nil, err
			}
			out.MustPush(m)
		}
		return out, nil
	}
	if g.Layout().MIndex() < 0 {
		return g, nil
	}
	layout := geom.XY
	if g.Layout().ZIndex() >= 0 {
		layout = geom.XYZ
	}
	from, to := g.Stride(), layout.Stride()
	flat := make([]float64, 0, len(g.FlatCoords())/from*to)
	for i := 0; i+from <= len(g.FlatCoords()); i += from {
		flat = append(flat, g.FlatCoords()[i:i+to]...)
	}
	scale := func(ends []int) []int {
		out := make([]int, len(ends))
		for i, e := range ends {
			out[i] = e / from * to
		}
		return out
	}
	switch g := g.(type) {
	case *geom.Point:
		return geom.NewPointFlat(layout, flat), nil
	case *geom.MultiPoint:
		return geom.NewMultiPointFlat(layout, flat), nil
	case *geom.LineString:
		return geom.NewLineStringFlat(layout, flat), nil
	case *geom.MultiLineString:
		return geom.NewMultiLineStringFlat(layout, flat, scale(g.Ends())), nil
	case *geom.Polygon:
		return geom.NewPolygonFlat(layout, flat, scale(g.Ends())), nil
	case *geom.MultiPolygon:
		endss := make([][]int, len(g.Endss()))
		for i, ends := range g.Endss() {
			endss[i] = scale(ends)
		}
		return geom.NewMultiPolygonFlat(layout, flat, endss), nil
	}
	return nil, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "unsupported-geometry", Message: fmt.Sprintf("a geometry of the kind %T cannot be kept", g)}
}
