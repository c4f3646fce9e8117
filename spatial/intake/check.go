package intake

import (
	"math"

	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"
)

// quickVertices is the largest ring that is checked by comparing all pairs of edges; it
// covers nearly every footprint and allocates nothing.
const quickVertices = 256

// ValidArea reports whether a polygon or multipolygon is valid in the plane by OGC Simple
// Features; of other geometries it says no.
func ValidArea(g geom.T) bool {
	stride := g.Stride()
	switch g := g.(type) {
	case *geom.Polygon:
		return isValid(g.FlatCoords(), stride, 0, g.Ends())
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			if !isValid(g.FlatCoords(), stride, start, ends) {
				return false
			}
			start = ends[len(ends)-1]
		}
		return partsApart(g) || partsValid(g.FlatCoords(), stride, g.Endss())
	}
	return false
}

// isValid reports whether a polygon (flat coordinates, ring ends) is valid in the plane by
// OGC Simple Features: closed simple rings, holes inside the shell and apart. Most polygons
// pass the quick test; what it cannot vouch for is decided by the exact one.
func isValid(flat []float64, stride, start int, ends []int) bool {
	return quickValid(flat, stride, start, ends) || toPolygon(flat, stride, start, ends).Validate() == nil
}

// quickValid returns true only when the polygon is valid beyond rounding: no two edges of
// any rings touch but neighbours at their vertex.
func quickValid(flat []float64, stride, start int, ends []int) bool {
	if len(ends) == 0 || ends[len(ends)-1]-start > quickVertices*stride {
		return false
	}
	for i, s := 0, start; i < len(ends); i++ {
		ring := flat[s:ends[i]]
		if !simpleRing(ring, stride) {
			return false
		}
		for j, t := i+1, ends[i]; j < len(ends); j++ {
			if ringsTouch(ring, flat[t:ends[j]], stride) {
				return false
			}
			t = ends[j]
		}
		s = ends[i]
	}
	shell := flat[start:ends[0]]
	for i, s := 1, ends[0]; i < len(ends); i++ {
		hole := flat[s:ends[i]]
		if !contains(shell, hole, stride) {
			return false
		}
		for j, t := 1, ends[0]; j < len(ends); j++ {
			if j != i && contains(flat[t:ends[j]], hole, stride) {
				return false
			}
			t = ends[j]
		}
		s = ends[i]
	}
	return true
}

// contains reports whether the first position of ring lies in the area of outer. Rings are
// known not to touch.
func contains(outer, ring []float64, stride int) bool {
	x, y, inside := ring[0], ring[1], false
	for i := stride; i+stride <= len(outer); i += stride {
		x0, y0, x1, y1 := outer[i-stride], outer[i-stride+1], outer[i], outer[i+1]
		if (y0 > y) != (y1 > y) && x < x0+(y-y0)/(y1-y0)*(x1-x0) {
			inside = !inside
		}
	}
	return inside
}

func simpleRing(ring []float64, stride int) bool {
	n := len(ring)/stride - 1 // edges
	last := n * stride
	if n < 3 || ring[0] != ring[last] || ring[1] != ring[last+1] {
		return false
	}
	for i := range n {
		a := i * stride
		b := a + stride
		next := b + stride
		if i == n-1 {
			next = stride
		}
		// A corner that folds back onto itself is a spike; one that runs straight on is not.
		if orient(ring[a], ring[a+1], ring[b], ring[b+1], ring[next], ring[next+1]) == 0 &&
			(ring[b]-ring[a])*(ring[next]-ring[b])+(ring[b+1]-ring[a+1])*(ring[next+1]-ring[b+1]) <= 0 {
			return false
		}
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue
			}
			c := j * stride
			if edgesTouch(ring[a:b+2], ring[c:c+stride+2], stride) {
				return false
			}
		}
	}
	return true
}

func ringsTouch(a, b []float64, stride int) bool {
	for i := stride; i+stride <= len(a); i += stride {
		for j := stride; j+stride <= len(b); j += stride {
			if edgesTouch(a[i-stride:i+2], b[j-stride:j+2], stride) {
				return true
			}
		}
	}
	return false
}

// edgesTouch reports whether two edges share a point, or might within rounding.
func edgesTouch(e, f []float64, stride int) bool {
	ax, ay, bx, by := e[0], e[1], e[stride], e[stride+1]
	cx, cy, dx, dy := f[0], f[1], f[stride], f[stride+1]
	if max(ax, bx) < min(cx, dx) || max(cx, dx) < min(ax, bx) || max(ay, by) < min(cy, dy) || max(cy, dy) < min(ay, by) {
		return false
	}
	if o := orient(ax, ay, bx, by, cx, cy) * orient(ax, ay, bx, by, dx, dy); o > 0 {
		return false
	}
	return orient(cx, cy, dx, dy, ax, ay)*orient(cx, cy, dx, dy, bx, by) <= 0
}

// orient returns 1 when a, b, c turn left, -1 when they turn right, and 0 when rounding
// leaves it open: the filter of Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997).
func orient(ax, ay, bx, by, cx, cy float64) int {
	l, r := (ax-cx)*(by-cy), (ay-cy)*(bx-cx)
	det, bound := l-r, 3.3306690738754716e-16*(math.Abs(l)+math.Abs(r))
	switch {
	case det > bound:
		return 1
	case det < -bound:
		return -1
	}
	return 0
}

// signedArea returns twice the area of a ring, positive when it runs counter-clockwise.
func signedArea(ring []float64, stride int) float64 {
	sum := 0.0
	for i := stride; i+stride <= len(ring); i += stride {
		// About the first position, so that small rings far from 0° keep their digits.
		sum += (ring[i-stride]-ring[0])*(ring[i+1]-ring[1]) - (ring[i]-ring[0])*(ring[i-stride+1]-ring[1])
	}
	return sum
}

// toPolygon brings a polygon into the form of the exact test, in two dimensions.
func toPolygon(flat []float64, stride, start int, ends []int) sf.Polygon {
	rings := make([]sf.LineString, 0, len(ends))
	for _, end := range ends {
		rings = append(rings, toRing(flat[start:end], stride))
		start = end
	}
	return sf.NewPolygon(rings)
}

func toRing(ring []float64, stride int) sf.LineString {
	xy := make([]float64, 0, 2*len(ring)/stride)
	for i := 0; i+stride <= len(ring); i += stride {
		xy = append(xy, ring[i], ring[i+1])
	}
	return sf.NewLineString(sf.NewSequence(xy, sf.DimXY))
}

// partsApart reports whether the boxes of all parts of a multipolygon are disjoint, so that
// parts that are valid one by one are valid together.
func partsApart(m *geom.MultiPolygon) bool {
	if m.NumPolygons() > 64 {
		return false
	}
	boxes := make([]*geom.Bounds, m.NumPolygons())
	for i := range boxes {
		boxes[i] = m.Polygon(i).Bounds()
		for j := range i {
			if boxes[i].Overlaps(geom.XY, boxes[j]) {
				return false
			}
		}
	}
	return true
}
