package intake

import (
	"fmt"
	"slices"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// mend returns the geometry with its polygons valid and turned as RFC 7946 §3.1.6 has it:
// shells counter-clockwise, holes clockwise. What had to be changed is reported; what cannot
// be mended is refused, that is reported and left out, so that the feature keeps its
// attributes and no broken shape.
func (in *Intake) mend(g geom.T) geom.T {
	switch g := g.(type) {
	case *geom.Polygon:
		return in.mendPolygons(g.Layout(), g.FlatCoords(), [][]int{g.Ends()}, nil)
	case *geom.MultiPolygon:
		return in.mendPolygons(g.Layout(), g.FlatCoords(), g.Endss(), g)
	case *geom.LineString:
		if len(g.FlatCoords()) < 2*g.Stride() {
			in.Issue("repaired", "line-too-short", "a line of one position is kept as a point")
			return geom.NewPointFlat(g.Layout(), g.FlatCoords())
		}
	case *geom.MultiLineString:
		return in.mendLines(g)
	case *geom.GeometryCollection:
		out := geom.NewGeometryCollection()
		for _, m := range g.Geoms() {
			if m := in.mend(m); m != nil {
				out.MustPush(m)
			}
		}
		if out.NumGeoms() == 0 {
			return nil
		}
		return out
	}
	return g
}

// mendLines leaves out lines of one position.
func (in *Intake) mendLines(g *geom.MultiLineString) geom.T {
	stride, start := g.Stride(), 0
	var flat []float64
	var ends []int
	for _, end := range g.Ends() {
		if end-start >= 2*stride {
			flat = append(flat, g.FlatCoords()[start:end]...)
			ends = append(ends, len(flat))
		}
		start = end
	}
	if len(ends) == len(g.Ends()) {
		return g
	}
	in.Issue("repaired", "line-too-short", "a line of one position is left out")
	if len(ends) == 0 {
		return nil
	}
	return geom.NewMultiLineStringFlat(g.Layout(), flat, ends)
}

// mendPolygons handles both kinds; multi is nil for a polygon. Coordinates that need no
// mending stay in place.
func (in *Intake) mendPolygons(layout geom.Layout, flat []float64, endss [][]int, multi *geom.MultiPolygon) geom.T {
	stride, start, clean := layout.Stride(), 0, true
	for _, ends := range endss {
		if !in.ringsSound(flat, stride, start, ends) || !isValid(flat, stride, start, ends) {
			clean = false
			break
		}
		start = ends[len(ends)-1]
	}
	if clean && (multi == nil || partsApart(multi) || partsValid(flat, stride, endss)) {
		turn(flat, stride, endss)
		if multi != nil {
			return multi
		}
		return geom.NewPolygonFlat(layout, flat, endss[0])
	}
	return in.rebuild(layout, flat, endss)
}

// ringsSound reports whether every ring is closed, has an area's worth of positions and no
// position twice in a row.
func (in *Intake) ringsSound(flat []float64, stride, start int, ends []int) bool {
	if len(ends) == 0 {
		return false
	}
	for _, end := range ends {
		ring := flat[start:end]
		if len(ring) < 4*stride || !slices.Equal(ring[:stride], ring[len(ring)-stride:]) {
			return false
		}
		for i := stride; i+stride <= len(ring); i += stride {
			if ring[i] == ring[i-stride] && ring[i+1] == ring[i-stride+1] {
				return false
			}
		}
		start = end
	}
	return true
}

// turn turns rings in place.
func turn(flat []float64, stride int, endss [][]int) {
	start := 0
	for _, ends := range endss {
		for i, end := range ends {
			ring := flat[start:end]
			if counterClockwise := signedArea(ring, stride) > 0; counterClockwise != (i == 0) {
				reverse(ring, stride)
			}
			start = end
		}
	}
}

func reverse(ring []float64, stride int) {
	for i, j := 0, len(ring)-stride; i < j; i, j = i+stride, j-stride {
		for d := range stride {
			ring[i+d], ring[j+d] = ring[j+d], ring[i+d]
		}
	}
}

// rebuild makes a valid geometry out of one that is not: rings are closed and cleaned, then
// taken apart and put together again by the even–odd rule (repair.go).
func (in *Intake) rebuild(layout geom.Layout, flat []float64, endss [][]int) geom.T {
	stride := layout.Stride()
	var polygons [][][]float64
	var bare [][]float64 // rings without area
	start := 0
	for _, ends := range endss {
		var rings [][]float64
		for _, end := range ends {
			ring, area := in.cleanRing(flat[start:end], stride)
			start = end
			switch {
			case area:
				rings = append(rings, ring)
			case len(ring) >= 2*stride:
				bare = append(bare, ring)
			}
		}
		if len(rings) > 0 {
			polygons = append(polygons, rings)
		}
	}
	if len(polygons) == 0 {
		return in.outline(layout, bare)
	}
	if len(bare) > 0 {
		in.Issue("repaired", "ring-without-area", "a ring that encloses no area is left out")
	}
	g, overlap := assemble(layout, polygons)
	if g != nil {
		return g
	}
	out, err := repair(layout, polygons)
	if err != nil {
		in.Issue("refused", "invalid-geometry", fmt.Sprintf("the polygon is not valid and could not be mended: %v; the feature is kept without geometry", err))
		return nil
	}
	if overlap {
		in.Issue("repaired", "overlapping-parts", "parts of the multipolygon overlapped; they were united")
		return out
	}
	in.Issue("repaired", "self-intersection", "the polygon crossed or touched itself; it was rebuilt by the even–odd rule")
	return out
}

// cleanRing returns a copy without repeated positions and closed, and whether it encloses
// an area.
func (in *Intake) cleanRing(ring []float64, stride int) (clean []float64, area bool) {
	clean = make([]float64, 0, len(ring)+stride)
	for i := 0; i+stride <= len(ring); i += stride {
		n := len(clean)
		if n >= stride && ring[i] == clean[n-stride] && ring[i+1] == clean[n-stride+1] && (stride == 2 || ring[i+2] == clean[n-1]) {
			continue
		}
		clean = append(clean, ring[i:i+stride]...)
	}
	n := len(clean)
	if n >= 3*stride && (clean[0] != clean[n-stride] || clean[1] != clean[n-stride+1]) {
		in.Issue("repaired", "ring-not-closed", "the ring did not end where it began; it was closed")
		clean = append(clean, clean[:stride]...)
	}
	return clean, len(clean) >= 4*stride && !collinear(clean, stride)
}

// collinear reports whether all positions lie on one line in the plane, as those of a
// vertical wall do.
func collinear(ring []float64, stride int) bool {
	far, d := 0, 0.0
	for i := 0; i+stride <= len(ring); i += stride {
		dx, dy := ring[i]-ring[0], ring[i+1]-ring[1]
		if dd := dx*dx + dy*dy; dd > d {
			far, d = i, dd
		}
	}
	for i := 0; i+stride <= len(ring); i += stride {
		if orient(ring[0], ring[1], ring[far], ring[far+1], ring[i], ring[i+1]) != 0 {
			return false
		}
	}
	return true
}

// outline keeps rings without area as lines: the edge of a vertical face is all that a
// footprint can show of it.
func (in *Intake) outline(layout geom.Layout, rings [][]float64) geom.T {
	if len(rings) == 0 {
		in.Issue("refused", "ring-too-short", "the polygon has fewer than three different positions; the feature is kept without geometry")
		return nil
	}
	in.Issue("repaired", "polygon-without-area", "the polygon encloses no area on the ground; it is kept as a line")
	if len(rings) == 1 {
		return geom.NewLineStringFlat(layout, rings[0])
	}
	var flat []float64
	var ends []int
	for _, ring := range rings {
		flat = append(flat, ring...)
		ends = append(ends, len(flat))
	}
	return geom.NewMultiLineStringFlat(layout, flat, ends)
}

// assemble puts clean rings together again and returns nil unless they are valid so; overlap
// says that the polygons are valid one by one and only their being together is not.
func assemble(layout geom.Layout, polygons [][][]float64) (g geom.T, overlap bool) {
	stride := layout.Stride()
	var flat []float64
	var endss [][]int
	for _, rings := range polygons {
		start := len(flat)
		var ends []int
		for _, ring := range rings {
			flat = append(flat, ring...)
			ends = append(ends, len(flat))
		}
		if !isValid(flat, stride, start, ends) {
			return nil, false
		}
		endss = append(endss, ends)
	}
	if len(endss) > 1 && !partsValid(flat, stride, endss) {
		return nil, true
	}
	turn(flat, stride, endss)
	return spatial.AreaOf(layout, flat, endss), false
}
