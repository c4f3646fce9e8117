package kernel

import (
	"fmt"
	"math"
	"sort"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Segment2 is a piece of a curve of the plane with a length in metres.
type Segment2 struct {
	Line   Line2
	Length float64
}

// Alignment is a curve in space as roads and railways are designed: a plan, and
// over the way along it a height and a cant. It is known by the way along the plan.
type Alignment struct {
	Plan []Segment2
	// Grade holds curves of the plane of way (x) and height (y); none is flat.
	Grade []Segment2

	grades []gradeTable
	// Roll is the cant: stations in rising order.
	Roll []RollStation

	ways   []float64 // where the segments of the plan begin, and the end
	begins []float64 // where the segments of the grade begin
}

// RollStation is the cant at a way: the curve is Rise higher than its grade, and
// the section is turned by Angle (radians, positive lifts the left side).
type RollStation struct{ Way, Rise, Angle float64 }

// NewAlignment prepares an alignment. It returns an error that wraps ErrInvalid
// when the plan has no length or something is not finite.
func NewAlignment(plan, grade []Segment2, roll []RollStation) (*Alignment, error) {
	a := &Alignment{Plan: plan, Grade: grade, Roll: roll, ways: []float64{0}}
	for i, s := range plan {
		if !(s.Length >= 0) || math.IsInf(s.Length, 0) {
			return nil, fmt.Errorf("alignment: %w: segment %d has the length %v", ErrInvalid, i, s.Length)
		}
		a.ways = append(a.ways, a.ways[i]+s.Length)
	}
	for i, g := range grade {
		// ISO 16739-1: a segment without length marks the end.
		if g.Length == 0 && i > 0 {
			continue
		}
		t := newGradeTable(g)
		if n := len(a.begins); math.IsNaN(t.x[0]) || n > 0 && t.x[0] < a.begins[n-1] {
			return nil, fmt.Errorf("alignment: %w: height segment %d begins at %v", ErrInvalid, i, t.x[0])
		}
		a.begins = append(a.begins, t.x[0])
		a.grades = append(a.grades, t)
	}
	if !(a.Length() > 0) {
		return nil, fmt.Errorf("alignment: %w: no length", ErrInvalid)
	}
	return a, nil
}

// Length returns the length of the plan in metres.
func (a *Alignment) Length() float64 { return a.ways[len(a.ways)-1] }

// Breaks returns the ways at which segments of the plan, the grade or the cant
// begin, and both ends, in order.
func (a *Alignment) Breaks() []float64 {
	out := append([]float64(nil), a.ways...)
	out = append(out, a.begins...)
	for _, r := range a.Roll {
		out = append(out, r.Way)
	}
	sort.Float64s(out)
	n := 0
	for _, v := range out {
		if v >= 0 && v <= a.Length() && (n == 0 || v > out[n-1]) {
			out[n] = v
			n++
		}
	}
	return out[:n]
}

// PlanAt returns the pose in plan after a way; beyond the ends the plan goes on
// straight.
func (a *Alignment) PlanAt(way float64) Pose {
	i := min(max(sort.Search(len(a.ways), func(i int) bool { return a.ways[i] > way })-1, 0), len(a.Plan)-1)
	for i > 0 && a.Plan[i].Length == 0 {
		i--
	}
	s := a.Plan[i]
	local := way - a.ways[i]
	inside := math.Max(0, math.Min(s.Length, local))
	p := s.Line(inside)
	if inside != local {
		sin, cos := math.Sincos(p.Heading)
		p.At = p.At.Add(Vec2{cos, sin}.Scale(local - inside))
	}
	return p
}

// GradeAt returns the height after a way, and its slope (rise over way).
func (a *Alignment) GradeAt(way float64) (height, slope float64) {
	if len(a.grades) == 0 {
		return 0, 0
	}
	i := max(sort.Search(len(a.begins), func(i int) bool { return a.begins[i] > way })-1, 0)
	return a.grades[i].at(way)
}

// gradeTable is a height segment by the way: cubic pieces between exact heights and
// slopes. A parabola is exact.
type gradeTable struct{ x, y, slope []float64 }

func newGradeTable(s Segment2) gradeTable {
	const pieces = 64
	var t gradeTable
	for i := range pieces + 1 {
		p := s.Line(s.Length * float64(i) / pieces)
		slope := math.Tan(p.Heading)
		if math.Abs(slope) > 1e6 {
			slope = 0 // a grade that stands upright has no slope
		}
		if n := len(t.x); n > 0 && !(p.At[0] > t.x[n-1]) {
			continue
		}
		t.x, t.y, t.slope = append(t.x, p.At[0]), append(t.y, p.At[1]), append(t.slope, slope)
	}
	return t
}

// at returns height and slope after a way; beyond the ends the slope goes on.
func (t gradeTable) at(way float64) (height, slope float64) {
	n := len(t.x)
	i := sort.SearchFloat64s(t.x, way)
	if i == 0 || i == n {
		i = min(i, n-1)
		return t.y[i] + t.slope[i]*(way-t.x[i]), t.slope[i]
	}
	w := t.x[i] - t.x[i-1]
	u := (way - t.x[i-1]) / w
	d, p, q := t.y[i]-t.y[i-1], t.slope[i-1]*w, t.slope[i]*w
	b, c := 3*d-2*p-q, p+q-2*d
	return t.y[i-1] + u*(p+u*(b+u*c)), (p + u*(2*b+3*u*c)) / w
}

// rollAt returns the cant after a way, straight between its stations.
func (a *Alignment) rollAt(way float64) (rise, angle float64) {
	n := len(a.Roll)
	if n == 0 {
		return 0, 0
	}
	i := sort.Search(n, func(i int) bool { return a.Roll[i].Way > way })
	switch i {
	case 0:
		return a.Roll[0].Rise, a.Roll[0].Angle
	case n:
		return a.Roll[n-1].Rise, a.Roll[n-1].Angle
	}
	p, q := a.Roll[i-1], a.Roll[i]
	t := (way - p.Way) / (q.Way - p.Way)
	return p.Rise + (q.Rise-p.Rise)*t, p.Angle + (q.Angle-p.Angle)*t
}

// At returns the frame after a way: x along the curve, y to its left, z up, both
// turned by the cant.
func (a *Alignment) At(way float64) mesh.Transform {
	p := a.PlanAt(way)
	height, slope := a.GradeAt(way)
	rise, angle := a.rollAt(way)
	sin, cos := math.Sincos(p.Heading)
	x := Vec3{cos, sin, slope}.Unit()
	y := Vec3{-sin, cos, 0}
	z := x.Cross(y)
	if angle != 0 {
		s, c := math.Sincos(angle)
		y, z = y.Scale(c).Add(z.Scale(s)), z.Scale(c).Sub(y.Scale(s))
	}
	return mesh.Frame(Vec3{p.At[0], p.At[1], height + rise}, x, y, z)
}

// Polyline returns the points of the curve between two ways within the tolerances.
func (a *Alignment) Polyline(s Settings, from, to float64) ([]Vec3, error) {
	return s.Curve(func(way float64) Vec3 { return a.At(way).Origin() }, between2(a.Breaks(), from, to))
}

// between2 returns the breaks between two ways, with both.
func between2(breaks []float64, from, to float64) []float64 {
	out := []float64{from}
	for _, b := range breaks {
		if b > from+1e-9 && b < to-1e-9 {
			out = append(out, b)
		}
	}
	return append(out, to)
}

// Directrix is a curve in space that sections and placements are strung on: known
// by a way in metres from its beginning.
type Directrix interface {
	Length() float64
	// Breaks returns the ways at which the curve changes its kind, and both ends.
	Breaks() []float64
	// At returns the frame after a way: x along the curve, y to its left
	// and level but for a cant, z up.
	At(way float64) mesh.Transform
}

// Path is a polyline in space as a Directrix, by its own length.
type Path struct {
	points []Vec3
	ways   []float64
}

// NewPath returns a polyline as a Directrix. It returns an error that wraps
// ErrInvalid when it has no length.
func NewPath(points []Vec3) (*Path, error) {
	p := &Path{}
	for _, q := range points {
		if n := len(p.points); n > 0 {
			l := q.Sub(p.points[n-1]).Len()
			if l < 1e-9 {
				continue
			}
			p.ways = append(p.ways, p.ways[n-1]+l)
		} else {
			p.ways = append(p.ways, 0)
		}
		p.points = append(p.points, q)
	}
	if len(p.points) < 2 || !(p.Length() < math.Inf(1)) {
		return nil, fmt.Errorf("path: %w: no length", ErrInvalid)
	}
	return p, nil
}

// Length returns the length of the polyline.
func (p *Path) Length() float64 { return p.ways[len(p.ways)-1] }

// Breaks returns the ways of its points.
func (p *Path) Breaks() []float64 { return p.ways }

// At returns the frame after a way. At a corner it is that of the side before it.
func (p *Path) At(way float64) mesh.Transform {
	i := min(max(sort.SearchFloat64s(p.ways, way), 1), len(p.points)-1)
	x := p.points[i].Sub(p.points[i-1]).Unit()
	at := p.points[i-1].Add(x.Scale(way - p.ways[i-1]))
	y := Vec3{0, 0, 1}.Cross(x).Unit()
	if y == (Vec3{}) {
		y = Vec3{0, 1, 0}
	}
	return mesh.Frame(at, x, y, x.Cross(y))
}
