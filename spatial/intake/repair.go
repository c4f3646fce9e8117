package intake

import (
	"errors"
	"fmt"
	"math"

	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// maxRepair bounds the positions of a polygon that is taken apart: the search for crossings
// is quadratic.
const maxRepair = 4096

// partsValid reports whether valid polygons are valid as one multipolygon.
func partsValid(flat []float64, stride int, endss [][]int) bool {
	parts := make([]sf.Polygon, 0, len(endss))
	start := 0
	for _, ends := range endss {
		parts = append(parts, toPolygon(flat, stride, start, ends))
		start = ends[len(ends)-1]
	}
	return sf.NewMultiPolygon(parts).Validate() == nil
}

// repair makes polygons valid. Each polygon's rings are cut where they cross or touch into
// simple loops; the exclusive or of their areas is the area by the even–odd rule. Polygons
// that overlap each other are united. Heights come from the nearest position of the source.
func repair(layout geom.Layout, polygons [][][]float64) (geom.T, error) {
	total := sf.Geometry{}
	for _, rings := range polygons {
		area, err := evenOdd(rings, layout.Stride())
		if err != nil {
			return nil, err
		}
		if total, err = sf.Union(total, area); err != nil {
			return nil, err
		}
	}
	if err := total.Validate(); err != nil {
		return nil, err
	}
	return fromArea(layout, total, polygons)
}

func evenOdd(rings [][]float64, stride int) (sf.Geometry, error) {
	total, positions := sf.Geometry{}, 0
	for _, ring := range rings {
		if positions += len(ring) / stride; positions > maxRepair {
			return total, fmt.Errorf("it has more than %d positions", maxRepair)
		}
		loops, err := simpleLoops(ring, stride)
		if err != nil {
			return total, err
		}
		for _, loop := range loops {
			p := sf.NewPolygon([]sf.LineString{sf.NewLineString(sf.NewSequence(loop, sf.DimXY))})
			if err := p.Validate(); err != nil {
				return total, err
			}
			if total, err = sf.SymmetricDifference(total, p.AsGeometry()); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

var errTooTangled = errors.New("it crosses itself too often")

// simpleLoops cuts a closed ring where it meets itself until no loop does. Loops without
// area fall away. Coordinates of the result are x, y.
func simpleLoops(ring []float64, stride int) ([][]float64, error) {
	first := make([]float64, 0, 2*len(ring)/stride)
	for i := 0; i+stride < len(ring); i += stride { // without the closing position
		first = append(first, ring[i], ring[i+1])
	}
	var done [][]float64
	for queue, cuts := [][]float64{first}, 0; len(queue) > 0; {
		loop := dedupe(queue[len(queue)-1])
		queue = queue[:len(queue)-1]
		if len(loop) < 6 {
			continue
		}
		a, b, cut := cutLoop(loop)
		if !cut {
			if loop = append(loop, loop[0], loop[1]); !collinear(loop, 2) {
				done = append(done, loop)
			}
			continue
		}
		if cuts++; cuts > 4*len(ring) {
			return nil, errTooTangled
		}
		queue = append(queue, a, b)
	}
	return done, nil
}

// dedupe drops positions that repeat the one before, around the open loop.
func dedupe(loop []float64) []float64 {
	out := loop[:0:0]
	for i := 0; i < len(loop); i += 2 {
		n := len(out)
		if n > 0 && out[n-2] == loop[i] && out[n-1] == loop[i+1] {
			continue
		}
		out = append(out, loop[i], loop[i+1])
	}
	for n := len(out); n > 2 && out[0] == out[n-2] && out[1] == out[n-1]; n = len(out) {
		out = out[:n-2]
	}
	return out
}

// cutLoop finds the first place where an open loop (its last position joins its first) meets
// itself, and returns the two loops that come of cutting there.
func cutLoop(loop []float64) (a, b []float64, cut bool) {
	n := len(loop) / 2
	at := func(i int) (float64, float64) { i %= n; return loop[2*i], loop[2*i+1] }
	for i := range n {
		for j := i + 1; j < n; j++ {
			x, y, ok := meet(at, n, i, j)
			if !ok {
				continue
			}
			// a: … i, P, j+1 …   b: P, i+1 … j
			a = append(append(append(a, loop[:2*i+2]...), x, y), loop[2*j+2:]...)
			b = append(append(b, x, y), loop[2*i+2:2*j+2]...)
			return a, b, true
		}
	}
	return nil, nil, false
}

// meet returns a point that the edges i and j (i < j) share, other than the vertex that
// neighbours share anyhow.
func meet(at func(int) (float64, float64), n, i, j int) (x, y float64, ok bool) {
	ax, ay := at(i)
	bx, by := at(i + 1)
	cx, cy := at(j)
	dx, dy := at(j + 1)
	if max(ax, bx) < min(cx, dx) || max(cx, dx) < min(ax, bx) || max(ay, by) < min(cy, dy) || max(cy, dy) < min(ay, by) {
		return 0, 0, false
	}
	follows, closes := j == i+1, i == 0 && j == n-1
	// A vertex of one on the other, neighbours' common vertex left out.
	switch {
	case !closes && onEdge(cx, cy, ax, ay, bx, by) && !follows:
		return cx, cy, true
	case onEdge(dx, dy, ax, ay, bx, by) && !closes:
		return dx, dy, true
	case !closes && onEdge(ax, ay, cx, cy, dx, dy):
		return ax, ay, true
	case !follows && onEdge(bx, by, cx, cy, dx, dy):
		return bx, by, true
	case follows || closes:
		return 0, 0, false
	}
	if orient(ax, ay, bx, by, cx, cy)*orient(ax, ay, bx, by, dx, dy) >= 0 || orient(cx, cy, dx, dy, ax, ay)*orient(cx, cy, dx, dy, bx, by) >= 0 {
		return 0, 0, false
	}
	rx, ry, sx, sy := bx-ax, by-ay, dx-cx, dy-cy
	t := ((cx-ax)*sy - (cy-ay)*sx) / (rx*sy - ry*sx)
	return ax + t*rx, ay + t*ry, true
}

// onEdge reports whether p lies on the edge a–b within rounding.
func onEdge(px, py, ax, ay, bx, by float64) bool {
	return px >= min(ax, bx) && px <= max(ax, bx) && py >= min(ay, by) && py <= max(ay, by) &&
		orient(ax, ay, bx, by, px, py) == 0
}

// fromArea brings the repaired area back into the layout of the source.
func fromArea(layout geom.Layout, area sf.Geometry, source [][][]float64) (geom.T, error) {
	var flat []float64
	var endss [][]int
	for _, part := range area.Dump() {
		p, ok := part.AsPolygon()
		if !ok || p.IsEmpty() {
			continue
		}
		var ends []int
		for _, ring := range p.DumpRings() {
			seq := ring.Coordinates()
			for i := range seq.Length() {
				xy := seq.GetXY(i)
				flat = append(flat, xy.X, xy.Y)
				if layout == geom.XYZ {
					flat = append(flat, nearestHeight(source, xy.X, xy.Y))
				}
			}
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	if len(endss) == 0 {
		return nil, errors.New("nothing of it encloses an area")
	}
	turn(flat, layout.Stride(), endss)
	return spatial.AreaOf(layout, flat, endss), nil
}

func nearestHeight(source [][][]float64, x, y float64) float64 {
	best, z := math.Inf(1), 0.0
	for _, rings := range source {
		for _, ring := range rings {
			for i := 0; i+3 <= len(ring); i += 3 {
				if d := (ring[i]-x)*(ring[i]-x) + (ring[i+1]-y)*(ring[i+1]-y); d < best {
					best, z = d, ring[i+2]
				}
			}
		}
	}
	return z
}
