package ogc

import (
	"fmt"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
)

// framed is the condition that a feature meets a rectangle of another reference system,
// decided in that system. It is asked of what meets the rectangle of longitudes and latitudes
// around it; what the system cannot show in full is not looked at more closely than that.
type framed struct {
	system *system
	box    spatial.Box // east before north
}

// Matches reports whether the footprint, line or point shares a position with the rectangle.
func (f framed) Matches(feature *spatial.Feature) bool {
	if feature.Geometry == nil {
		return false
	}
	moved, err := f.system.geometry(feature.Geometry)
	return err != nil || f.box.Intersects(moved, spatial.ZRange{})
}

// String is the condition in writing.
func (f framed) String() string {
	b := f.box
	return fmt.Sprintf("box %v,%v,%v,%v of %s", b.Min[0], b.Min[1], b.Max[0], b.Max[1], f.system.uri)
}

// both is true of what two conditions are true of.
type both [2]spatial.Filter

// Matches asks the first one first.
func (b both) Matches(f *spatial.Feature) bool { return b[0].Matches(f) && b[1].Matches(f) }

// String is the conditions in writing.
func (b both) String() string { return "(" + b[0].String() + ") AND (" + b[1].String() + ")" }

// also narrows the request to what another condition is true of, which is asked first.
func (a *ask) also(f spatial.Filter) {
	if a.query.Filter != nil {
		f = both{f, a.query.Filter}
	}
	a.query.Filter = f
}

// box takes a rectangle of the system to the smallest one of longitudes and latitudes around
// it, and returns the condition that decides what of that lies in it: nil where its sides
// follow meridians and parallels.
func (s *system) box(b spatial.Box) (around spatial.Box, exact spatial.Filter, err error) {
	if s.swap {
		b.Min[0], b.Min[1], b.Max[0], b.Max[1] = b.Min[1], b.Min[0], b.Max[1], b.Max[0]
	}
	if s.to == nil {
		return b, nil, b.Validate()
	}
	frame := framed{system: s, box: b}
	frame.box.Min[2], frame.box.Max[2] = math.Inf(-1), math.Inf(1) // the one around has the heights
	geographic := s.to.To().Geographic()
	if geographic && b.Min[0] > b.Max[0] {
		b.Max[0] += 360 // across the antimeridian
	}
	if !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]) {
		return b, nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-bbox", Message: "the box runs backwards"}
	}
	sides, err := s.sides(b, geographic)
	if err != nil {
		return b, nil, err
	}
	around = boxAround(sides)
	around.Min[2], around.Max[2] = b.Min[2], b.Max[2]
	if !straight(sides, around) {
		exact = frame
		s.include(&around, b)
	}
	if around.Max[0]-around.Min[0] >= 360 {
		around.Min[0], around.Max[0] = -180, 180
	}
	around.Min[0], around.Max[0] = wrapped(around.Min[0]), wrapped(around.Max[0])
	return around, exact, around.Validate()
}

// include makes the rectangle around b wide enough for poles inside b, and for what bends: the
// sides of b between two of their positions, and a line between two positions of a feature,
// which is straight in longitude and latitude here and straight in the system there.
func (s *system) include(around *spatial.Box, b spatial.Box) {
	const least, share = 1e-3, 1e-3 // degrees, and of the extent
	margin := least + share*max(around.Max[0]-around.Min[0], around.Max[1]-around.Min[1])
	for d := range 2 {
		around.Min[d] -= margin
		around.Max[d] += margin
	}
	for _, pole := range []float64{-90, 90} {
		x, y, _, err := s.to.Point(0, pole, 0)
		if err == nil && x >= b.Min[0] && x <= b.Max[0] && y >= b.Min[1] && y <= b.Max[1] {
			around.Min[0], around.Max[0] = -180, 180
			around.Min[1], around.Max[1] = min(around.Min[1], pole), max(around.Max[1], pole)
		}
	}
	around.Min[1], around.Max[1] = max(around.Min[1], -90), min(around.Max[1], 90)
}

// sideSteps is into how many pieces a side of a box is cut: what a piece of a side of 100 km
// bends is below a metre.
const sideSteps = 64

// sides returns positions along the sides of a rectangle of the system in longitude and
// latitude: the southern, eastern, northern and western one, each with both of its ends.
// Longitudes are taken as near as they can be to where they are expected, since the box may lie
// across the antimeridian.
func (s *system) sides(b spatial.Box, geographic bool) (out [4][]float64, err error) {
	back := s.to.Inverse()
	expected, _, _, err := back.Point((b.Min[0]+b.Max[0])/2, (b.Min[1]+b.Max[1])/2, 0)
	if err != nil {
		return out, err
	}
	corners := []float64{b.Min[0], b.Min[1], b.Max[0], b.Min[1], b.Max[0], b.Max[1], b.Min[0], b.Max[1], b.Min[0], b.Min[1]}
	for side := range out {
		x, y := corners[2*side], corners[2*side+1]
		dx, dy := corners[2*side+2]-x, corners[2*side+3]-y
		for i := range sideSteps + 1 {
			t := float64(i) / sideSteps
			out[side] = append(out[side], x+t*dx, y+t*dy)
		}
		given := slices.Clone(out[side])
		if err := back.Apply(out[side], 2); err != nil {
			return out, err
		}
		for i := 0; i < len(given); i += 2 {
			if geographic {
				expected = given[i]
			}
			out[side][i] = expected + math.Remainder(out[side][i]-expected, 360)
		}
	}
	return out, nil
}

func boxAround(sides [4][]float64) spatial.Box {
	box := spatial.EmptyBox()
	for _, side := range sides {
		for i := 0; i < len(side); i += 2 {
			box = box.Extend(spatial.Box2D(side[i], side[i+1], side[i], side[i+1]))
		}
	}
	return box
}

// straight reports whether the sides are those of the rectangle around them.
func straight(sides [4][]float64, around spatial.Box) bool {
	const same = 1e-9 // degrees, a tenth of a millimetre
	want := [4]float64{around.Min[1], around.Max[0], around.Max[1], around.Min[0]}
	for n, side := range sides {
		for i := 0; i < len(side); i += 2 {
			v := side[i]
			if n%2 == 0 {
				v = side[i+1]
			}
			if math.Abs(v-want[n]) > same {
				return false
			}
		}
	}
	return true
}

func wrapped(lon float64) float64 {
	if lon < -180 || lon > 180 {
		return math.Remainder(lon, 360)
	}
	return lon
}
