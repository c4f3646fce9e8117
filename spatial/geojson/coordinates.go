package geojson

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/go-faster/jx"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

type geometryType uint8

const (
	point geometryType = iota + 1
	multiPoint
	lineString
	multiLineString
	polygon
	multiPolygon
	collection
)

// geometryTypes are the types of RFC 7946 §3.1.
var geometryTypes = map[string]geometryType{
	"Point": point, "MultiPoint": multiPoint, "LineString": lineString, "MultiLineString": multiLineString,
	"Polygon": polygon, "MultiPolygon": multiPolygon, "GeometryCollection": collection,
}

// nesting is the depth of each type's coordinates: 1 for a position.
var nesting = [...]int{point: 1, multiPoint: 2, lineString: 2, multiLineString: 3, polygon: 3, multiPolygon: 4}

// geometry is a geometry as read: coordinates come before or after the type, so they are
// collected without knowing it. ends[0] closes lists of positions, ends[1] lists of those.
type geometry struct {
	typ     geometryType
	null    bool
	xyz     []float64 // three a position, NaN where no height was given
	depth   int       // of the coordinates, 0 when there are none
	ends    []int     // in positions
	endss   []int     // in ends
	flat    int       // positions without height
	members []geometry
}

// read reads a geometry object or null.
func (g *geometry) read(d *jx.Decoder, level int) error {
	if d.Next() == jx.Null {
		g.null = true
		return d.Null()
	}
	if level > maxDepth {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-deep", Message: fmt.Sprintf("geometry collections nest deeper than %d levels", maxDepth)}
	}
	typ := ""
	err := d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		switch string(key) {
		case "type":
			typ, err = d.Str()
			return err
		case "coordinates":
			return g.readCoordinates(d)
		case "geometries":
			return g.readMembers(d, level+1)
		}
		return d.Skip()
	})
	if err != nil {
		return err
	}
	if g.typ = geometryTypes[typ]; g.typ == 0 {
		return notGeoJSON(fmt.Sprintf("a geometry of the type %.40q", typ))
	}
	return nil
}

func (g *geometry) readMembers(d *jx.Decoder, level int) error {
	return d.Arr(func(d *jx.Decoder) error {
		var m geometry
		if err := m.read(d, level); err != nil {
			return err
		}
		g.members = append(g.members, m)
		return nil
	})
}

func (g *geometry) readCoordinates(d *jx.Decoder) error {
	if d.Next() == jx.Null {
		return d.Null()
	}
	g.xyz = make([]float64, 0, 36)
	return g.readLevel(d, 1)
}

// readLevel reads an array that is a position or a list. level counts from the outside;
// the depth is known when the first number is met.
func (g *geometry) readLevel(d *jx.Decoder, level int) error {
	if level > 4 {
		return notGeoJSON("a list of coordinates nested deeper than a MultiPolygon's")
	}
	if d.Next() != jx.Array {
		return notGeoJSON("a coordinate that is no list")
	}
	n, isPosition := 0, false
	err := d.Arr(func(d *jx.Decoder) error {
		if d.Next() == jx.Array {
			if isPosition {
				return notGeoJSON("a position with a list in it")
			}
			n++
			return g.readLevel(d, level+1)
		}
		if n > 0 && !isPosition {
			return notGeoJSON("a list of positions with a number in it")
		}
		isPosition = true
		n++
		return g.ordinate(d, n)
	})
	if err != nil {
		return err
	}
	if isPosition {
		return g.endPosition(n, level)
	}
	g.endList(level)
	return nil
}

func (g *geometry) ordinate(d *jx.Decoder, n int) error {
	v, err := d.Float64()
	if errors.Is(err, strconv.ErrRange) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "outside-earth", Message: "a coordinate is beyond every number"}
	}
	if err != nil {
		return fmt.Errorf("coordinates: %w", err)
	}
	if n <= 3 {
		g.xyz = append(g.xyz, v)
	}
	return nil
}

func (g *geometry) endPosition(n, level int) error {
	switch {
	case n < 2:
		return notGeoJSON("a position of one number")
	case n == 2:
		g.xyz = append(g.xyz, math.NaN())
		g.flat++
	}
	if g.depth != 0 && g.depth != level {
		return notGeoJSON("a list of coordinates of uneven depth")
	}
	g.depth = level
	if len(g.xyz) > 3*intake.MaxVertices {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-many-vertices",
			Message: fmt.Sprintf("the geometry has more than %d positions", intake.MaxVertices), Hint: "cut it into parts or simplify it"}
	}
	return nil
}

// endList closes a list of positions or a list of such lists, judged by the depth of the
// positions inside; empty lists close nothing.
func (g *geometry) endList(level int) {
	switch {
	case g.depth == 0:
	case level == g.depth-1:
		g.ends = append(g.ends, len(g.xyz)/3)
	case level == g.depth-2:
		g.endss = append(g.endss, len(g.ends))
	}
}

// build makes the geometry, nil for null and empty ones. Layout is XYZ when every position
// has a height, else XY, and a mixture is reported.
func (g *geometry) build(r *Reader) (geom.T, error) {
	if g.typ == collection {
		return g.buildCollection(r)
	}
	if g.null || g.typ == 0 || len(g.xyz) == 0 {
		return nil, nil
	}
	if g.depth != nesting[g.typ] {
		return nil, notGeoJSON("a geometry whose coordinates do not fit its type")
	}
	layout, flat := g.flatten(r)
	stride := layout.Stride()
	ends := make([]int, len(g.ends))
	for i, e := range g.ends {
		ends[i] = e * stride
	}
	switch g.typ {
	case point:
		return geom.NewPointFlat(layout, flat), nil
	case multiPoint:
		return geom.NewMultiPointFlat(layout, flat), nil
	case lineString:
		return geom.NewLineStringFlat(layout, flat), nil
	case multiLineString:
		return geom.NewMultiLineStringFlat(layout, flat, ends), nil
	case polygon:
		return geom.NewPolygonFlat(layout, flat, ends), nil
	}
	endss := make([][]int, 0, len(g.endss))
	start := 0
	for _, e := range g.endss {
		if e > start {
			endss = append(endss, ends[start:e:e])
		}
		start = e
	}
	return geom.NewMultiPolygonFlat(layout, flat, endss), nil
}

func (g *geometry) flatten(r *Reader) (geom.Layout, []float64) {
	if g.flat == 0 {
		return geom.XYZ, g.xyz
	}
	if 3*g.flat < len(g.xyz) {
		r.in.Issue("repaired", "mixed-dimensions", "some positions have a height and some have none: heights are left out")
	}
	flat := g.xyz[:0]
	for i := 0; i < len(g.xyz); i += 3 {
		flat = append(flat, g.xyz[i], g.xyz[i+1])
	}
	return geom.XY, flat
}

func (g *geometry) buildCollection(r *Reader) (geom.T, error) {
	out := geom.NewGeometryCollection()
	for i := range g.members {
		m, err := g.members[i].build(r)
		if err != nil {
			return nil, err
		}
		if m == nil {
			continue
		}
		if err := out.Push(m); err != nil {
			return nil, notGeoJSON("a geometry collection whose members differ in dimension")
		}
	}
	if out.NumGeoms() == 0 {
		return nil, nil
	}
	return out, nil
}
