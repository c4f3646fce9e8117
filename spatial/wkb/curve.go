package wkb

import (
	"math"
	"slices"
)

// Types of ISO 13249-3 whose edges may be circular arcs. They are read, and never written.
const (
	circularString = 8 + iota
	compoundCurve
	curvePolygon
	multiCurve
	multiSurface
)

// arcStep is the largest angle, in radians, that one straight segment of an arc stands for:
// 32 segments a quarter, as ST_CurveToLine of PostGIS has it by default. The segment leaves the
// arc by 0.03 % of the radius.
const arcStep = math.Pi / 64

// maxArcs bounds the positions that arcs of one geometry become.
const maxArcs = 1 << 20

// curve appends the positions of a line, of an arc, or of a chain of both.
func (r *reader) curve(flat []float64, kind uint32) ([]float64, error) {
	switch kind {
	case circularString:
		return r.arcs(flat)
	case compoundCurve:
		return r.compound(flat)
	}
	return r.line(flat)
}

// compound appends a chain, whose members each begin where the one before ended.
func (r *reader) compound(flat []float64) ([]float64, error) {
	n, err := r.count(9)
	if err != nil {
		return nil, err
	}
	for i := range n {
		kind, err := r.header(segments, 1)
		if err != nil {
			return nil, err
		}
		before := len(flat)
		if flat, err = r.curve(flat, kind); err != nil {
			return nil, err
		}
		if i == 0 || len(flat) == before {
			continue
		}
		last, first := flat[before-r.stride:before], flat[before:before+r.stride]
		if last[0] != first[0] || last[1] != first[1] {
			return nil, invalid("a compound curve has a gap between (%v, %v) and (%v, %v)", last[0], last[1], first[0], first[1])
		}
		flat = slices.Delete(flat, before, before+r.stride)
	}
	return flat, nil
}

// arcs appends a circular string: its positions are the begin, a position on the way and the
// end of each arc, and the end of one is the begin of the next.
func (r *reader) arcs(flat []float64) ([]float64, error) {
	control, err := r.line(nil)
	if err != nil {
		return nil, err
	}
	n := len(control) / r.stride
	if n == 0 {
		return flat, nil
	}
	if n < 3 || n%2 == 0 {
		return nil, invalid("a circular string has %d positions, not an odd number from 3 on", n)
	}
	at := func(i int) []float64 { return control[i*r.stride : (i+1)*r.stride] }
	flat = append(flat, at(0)...)
	for i := 0; i+2 < n; i += 2 {
		flat = arc(flat, at(i), at(i+1), at(i+2))
		if len(flat) > maxArcs*r.stride {
			return nil, invalid("a circular string becomes more than %d positions", maxArcs)
		}
	}
	return flat, nil
}

// arc appends the positions behind a of the arc from a over b to c, b and c among them. The
// other ordinates go evenly between the three. Where a is c it is a circle, counter-clockwise,
// with b opposite (ISO 13249-3, 4.1.7); where the three are on a line so is the arc.
func arc(flat, a, b, c []float64) []float64 {
	// About b, so that large coordinates cost no digits.
	ax, ay, cx, cy := a[0]-b[0], a[1]-b[1], c[0]-b[0], c[1]-b[1]
	var mx, my float64 // the centre
	turn := 1.0
	if ax == cx && ay == cy {
		mx, my = ax/2, ay/2
	} else {
		d := 2 * (ax*cy - ay*cx)
		a2, c2 := ax*ax+ay*ay, cx*cx+cy*cy
		mx, my = (cy*a2-ay*c2)/d, (ax*c2-cx*a2)/d
		if d > 0 { // b lies to the left of the way from a to c, and the arc turns right
			turn = -1
		}
	}
	radius := math.Hypot(mx, my)
	if radius == 0 || math.IsInf(radius, 0) || math.IsNaN(radius) {
		return append(append(flat, b...), c...)
	}
	centre := [2]float64{b[0] + mx, b[1] + my}
	start, middle, end := math.Atan2(ay-my, ax-mx), math.Atan2(-my, -mx), math.Atan2(cy-my, cx-mx)
	flat = sweep(flat, centre, radius, start, ahead(start, middle, turn), a, b)
	return sweep(flat, centre, radius, middle, ahead(middle, end, turn), b, c)
}

// ahead returns the angle from one direction to another, going the way of turn.
func ahead(from, to, turn float64) float64 {
	angle := math.Mod((to-from)*turn, 2*math.Pi)
	if angle < 0 {
		angle += 2 * math.Pi
	}
	return angle * turn
}

// sweep appends the positions between a and b on the circle, and b itself.
func sweep(flat []float64, centre [2]float64, radius, start, angle float64, a, b []float64) []float64 {
	steps := int(math.Ceil(math.Abs(angle)/arcStep - 1e-9))
	for i := 1; i < steps; i++ {
		part := float64(i) / float64(steps)
		sin, cos := math.Sincos(start + angle*part)
		flat = append(flat, centre[0]+radius*cos, centre[1]+radius*sin)
		for k := 2; k < len(a); k++ {
			flat = append(flat, a[k]+(b[k]-a[k])*part)
		}
	}
	return append(flat, b...)
}
