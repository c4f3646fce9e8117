package spatial

import "github.com/twpayne/go-geom"

// Intersects reports whether a feature with this geometry and these heights meets the box,
// which is what Query.Box means: the geometry itself shares a point with the rectangle
// (touching counts; a polygon is its closed area) and the heights overlap. Stores use their
// index first and this to decide.
func (b Box) Intersects(g geom.T, z ZRange) bool {
	if g == nil || !b.OverlapsZ(z) {
		return false
	}
	for _, part := range b.Split() {
		if rect(part).meets(g) {
			return true
		}
	}
	return false
}

// rect is a lon/lat rectangle that does not cross the antimeridian.
type rect Box

func (r rect) meets(g geom.T) bool {
	switch g := g.(type) {
	case *geom.Point:
		return len(g.FlatCoords()) > 0 && r.has(g.FlatCoords()[0], g.FlatCoords()[1])
	case *geom.MultiPoint:
		return r.hasAny(g.FlatCoords(), g.Stride())
	case *geom.LineString:
		return r.meetsLine(g.FlatCoords(), g.Stride())
	case *geom.LinearRing:
		return r.meetsLine(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		return r.meetsLines(g.FlatCoords(), g.Stride(), 0, g.Ends())
	case *geom.Polygon:
		return r.meetsPolygon(g.FlatCoords(), g.Stride(), 0, g.Ends())
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			if r.meetsPolygon(g.FlatCoords(), g.Stride(), start, ends) {
				return true
			}
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
	case *geom.GeometryCollection:
		for _, m := range g.Geoms() {
			if r.meets(m) {
				return true
			}
		}
	}
	return false
}

func (r rect) has(x, y float64) bool {
	return x >= r.Min[0] && x <= r.Max[0] && y >= r.Min[1] && y <= r.Max[1]
}

func (r rect) hasAny(flat []float64, stride int) bool {
	for i := 0; i+stride <= len(flat); i += stride {
		if r.has(flat[i], flat[i+1]) {
			return true
		}
	}
	return false
}

func (r rect) meetsLines(flat []float64, stride, start int, ends []int) bool {
	for _, end := range ends {
		if r.meetsLine(flat[start:end], stride) {
			return true
		}
		start = end
	}
	return false
}

func (r rect) meetsLine(flat []float64, stride int) bool {
	if len(flat) == stride {
		return r.has(flat[0], flat[1])
	}
	for i := stride; i+stride <= len(flat); i += stride {
		if r.meetsSegment(flat[i-stride], flat[i-stride+1], flat[i], flat[i+1]) {
			return true
		}
	}
	return false
}

// meetsSegment decides by separating axes: the two of the rectangle and the normal of the
// segment. It has no division, so a touch is found exactly where floats can express it.
func (r rect) meetsSegment(x0, y0, x1, y1 float64) bool {
	if max(x0, x1) < r.Min[0] || min(x0, x1) > r.Max[0] || max(y0, y1) < r.Min[1] || min(y0, y1) > r.Max[1] {
		return false
	}
	dx, dy := x1-x0, y1-y0
	side := func(x, y float64) float64 { return dx*(y-y0) - dy*(x-x0) }
	a, b := side(r.Min[0], r.Min[1]), side(r.Max[0], r.Min[1])
	c, d := side(r.Max[0], r.Max[1]), side(r.Min[0], r.Max[1])
	above := a > 0 && b > 0 && c > 0 && d > 0
	below := a < 0 && b < 0 && c < 0 && d < 0
	return !above && !below
}

// meetsPolygon: either an edge meets the rectangle, or the rectangle lies wholly inside or
// wholly outside, which any of its points tells.
func (r rect) meetsPolygon(flat []float64, stride, start int, ends []int) bool {
	if r.meetsLines(flat, stride, start, ends) {
		return true
	}
	inside := false
	for _, end := range ends {
		if pointInRing(r.Min[0], r.Min[1], flat[start:end], stride) {
			inside = !inside // even–odd, so that holes count out
		}
		start = end
	}
	return inside
}

// pointInRing is the crossing test: a ray to +x crosses the ring an odd number of times.
func pointInRing(x, y float64, flat []float64, stride int) bool {
	inside := false
	for i := stride; i+stride <= len(flat); i += stride {
		x0, y0, x1, y1 := flat[i-stride], flat[i-stride+1], flat[i], flat[i+1]
		if (y0 > y) != (y1 > y) && x < x0+(y-y0)/(y1-y0)*(x1-x0) {
			inside = !inside
		}
	}
	return inside
}
