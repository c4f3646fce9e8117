package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
)

const (
	// thinShare is the largest share of its thickness by which the curves of a thin area
	// may be cut short: two thirds of it are the share of the area, half a percent.
	thinShare = 0.0075
	// thinSlack is by which share the area of a profile may differ from that with finer curves.
	thinSlack = 0.002
	// thinnest bounds how much finer curves become, whatever the thickness: 128 times.
	thinnest = 128
)

// thin builds a profile with curves so fine that its area is right though it is thin: two
// curves beside each other that are cut at different places may else meet or cross. Areas
// that are as good with coarser curves, such as arcs of one centre and angle, keep these.
func (b *Builder) thin(build func() (kernel.Profile, error)) (kernel.Profile, error) {
	p, err := build()
	if err != nil {
		return p, err
	}
	chord := b.kernel.ChordOr()
	thickness := thicknessOf(p)
	want := math.Max(thinShare*thickness, chord/thinnest)
	if !(thickness > 0) || want >= chord {
		return p, nil
	}
	before := b.kernel
	defer func() { b.kernel = before }()
	b.kernel.Chord = want
	best, err := build()
	if err != nil || pointsOf(best) == pointsOf(p) {
		return p, err // nothing in it is curved that much
	}
	area := areaOf(best)
	for finer := 1.; ; finer *= 4 {
		at := chord / finer
		switch {
		case at <= want:
			return best, nil
		case at > thickness/4:
			continue // curves may cross
		}
		if b.kernel.Chord = at; finer > 1 {
			if p, err = build(); err != nil {
				return p, err
			}
		}
		if math.Abs(areaOf(p)-area) <= thinSlack*math.Abs(area) {
			return p, nil
		}
	}
}

// thicknessOf returns how thick an area is if it is a strip: twice its area by the length of
// its border.
func thicknessOf(p kernel.Profile) float64 {
	border := length(p.Outer)
	for _, h := range p.Holes {
		border += length(h)
	}
	return 2 * math.Abs(areaOf(p)) / border
}

// areaOf returns the area of a profile whose holes lie within its outline.
func areaOf(p kernel.Profile) float64 {
	area := math.Abs(p.Outer.Area())
	for _, h := range p.Holes {
		area -= math.Abs(h.Area())
	}
	return area
}

func pointsOf(p kernel.Profile) int {
	n := len(p.Outer)
	for _, h := range p.Holes {
		n += len(h)
	}
	return n
}

func length(r kernel.Ring) float64 {
	sum := 0.0
	for i, p := range r {
		sum += p.Sub(r[(i+len(r)-1)%len(r)]).Len()
	}
	return sum
}

// isPolyline reports whether a curve has straight lines only, without building it.
func (b *Builder) isPolyline(curve model.Entity) bool {
	return b.m.Is(curve, schema.IfcPolyline) || b.m.Is(curve, schema.IfcIndexedPolyCurve) && !b.hasArc(curve)
}
