package spatial

import (
	"fmt"
	"math"

	"github.com/twpayne/go-geom"
)

// Box is a 3D box in degrees and metres: lon, lat, height. A box whose Min[0] is greater
// than its Max[0] crosses the antimeridian (RFC 7946 §5.2). Unbounded heights are ±Inf.
type Box struct {
	Min, Max [3]float64
}

// Box2D returns the box of all heights over a lon/lat rectangle.
func Box2D(west, south, east, north float64) Box {
	return Box{Min: [3]float64{west, south, math.Inf(-1)}, Max: [3]float64{east, north, math.Inf(1)}}
}

// EmptyBox returns the box that contains nothing and is the start for Extend.
func EmptyBox() Box {
	inf := math.Inf(1)
	return Box{Min: [3]float64{inf, inf, inf}, Max: [3]float64{-inf, -inf, -inf}}
}

// IsEmpty reports whether nothing was ever added to an EmptyBox.
func (b Box) IsEmpty() bool { return math.IsInf(b.Min[0], 1) }

// HasZ reports whether the box is bounded in height.
func (b Box) HasZ() bool { return !math.IsInf(b.Min[2], 0) || !math.IsInf(b.Max[2], 0) }

// CrossesAntimeridian reports whether the box runs over longitude 180.
func (b Box) CrossesAntimeridian() bool { return !b.IsEmpty() && b.Min[0] > b.Max[0] }

// Split returns the box as one or two boxes that do not cross the antimeridian.
func (b Box) Split() []Box {
	if !b.CrossesAntimeridian() {
		return []Box{b}
	}
	west, east := b, b
	west.Max[0], east.Min[0] = 180, -180
	return []Box{west, east}
}

// Extend returns the smallest box around both, neither of which crosses the antimeridian.
func (b Box) Extend(o Box) Box {
	for i := range 3 {
		b.Min[i] = min(b.Min[i], o.Min[i])
		b.Max[i] = max(b.Max[i], o.Max[i])
	}
	return b
}

// Overlaps2D reports whether the rectangles share a point; touching counts. Neither box
// crosses the antimeridian.
func (b Box) Overlaps2D(o Box) bool {
	return b.Min[0] <= o.Max[0] && o.Min[0] <= b.Max[0] && b.Min[1] <= o.Max[1] && o.Min[1] <= b.Max[1]
}

// OverlapsZ reports whether z lies at least partly in the box's heights; an unknown range
// is unbounded and always does.
func (b Box) OverlapsZ(z ZRange) bool {
	return !z.Known || (z.Min <= b.Max[2] && b.Min[2] <= z.Max)
}

// Validate returns ErrInvalid for NaN, for bounds that run backwards and for coordinates
// outside the Earth.
func (b Box) Validate() error {
	for i := range 3 {
		if math.IsNaN(b.Min[i]) || math.IsNaN(b.Max[i]) {
			return &Problem{Kind: ErrInvalid, Code: "invalid-bbox", Message: "the box has a bound that is no number"}
		}
	}
	if b.Min[1] > b.Max[1] || b.Min[2] > b.Max[2] {
		return &Problem{Kind: ErrInvalid, Code: "invalid-bbox", Message: "the box runs backwards",
			Hint: "give west,south,east,north or west,south,low,east,north,high"}
	}
	if b.Min[0] < -180 || b.Max[0] > 180 || b.Min[0] > 180 || b.Max[0] < -180 || b.Min[1] < -90 || b.Max[1] > 90 {
		return &Problem{Kind: ErrInvalid, Code: "invalid-bbox",
			Message: fmt.Sprintf("the box %g,%g,%g,%g lies outside -180…180, -90…90", b.Min[0], b.Min[1], b.Max[0], b.Max[1])}
	}
	return nil
}

// ZRange is a range of heights in metres. The zero value is the unknown range.
type ZRange struct {
	Min, Max float64
	Known    bool
}

// Extend returns the smallest range around both; unknown adds nothing.
func (z ZRange) Extend(o ZRange) ZRange {
	switch {
	case !o.Known:
		return z
	case !z.Known:
		return o
	}
	return ZRange{Min: min(z.Min, o.Min), Max: max(z.Max, o.Max), Known: true}
}

// BoxOf returns the box of a geometry; heights are unbounded for a geometry without z.
// A nil or empty geometry has the empty box.
func BoxOf(g geom.T) Box {
	box := EmptyBox()
	flatEach(g, func(flat []float64, stride int, hasZ bool) {
		for i := 0; i+stride <= len(flat); i += stride {
			for d := range 2 {
				box.Min[d] = min(box.Min[d], flat[i+d])
				box.Max[d] = max(box.Max[d], flat[i+d])
			}
			if hasZ {
				box.Min[2] = min(box.Min[2], flat[i+2])
				box.Max[2] = max(box.Max[2], flat[i+2])
			} else {
				box.Min[2], box.Max[2] = math.Inf(-1), math.Inf(1)
			}
		}
	})
	return box
}

// ZRangeOf returns the heights of a geometry's coordinates, unknown when it has none.
func ZRangeOf(g geom.T) ZRange {
	box := BoxOf(g)
	if box.IsEmpty() || math.IsInf(box.Min[2], 0) {
		return ZRange{}
	}
	return ZRange{Min: box.Min[2], Max: box.Max[2], Known: true}
}

// flatEach calls f with the flat coordinates of every simple member of g.
func flatEach(g geom.T, f func(flat []float64, stride int, hasZ bool)) {
	switch g := g.(type) {
	case nil:
	case *geom.GeometryCollection:
		for _, m := range g.Geoms() {
			flatEach(m, f)
		}
	default:
		if len(g.FlatCoords()) > 0 {
			f(g.FlatCoords(), g.Stride(), g.Layout().ZIndex() == 2)
		}
	}
}
