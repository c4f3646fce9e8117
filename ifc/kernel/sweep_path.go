package kernel

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Trail is a polyline along which something is swept.
type Trail struct {
	Points []Vec3
	// Start and End are the directions at both ends of the curve that the polyline
	// stands for; zero where they are those of the first and the last line.
	Start, End Vec3
}

// SweepDisk moves a disk along a polyline, perpendicular to it and mitred at its
// corners. inner is the radius of a hole, or 0.
func (s Settings) SweepDisk(path Trail, radius, inner float64) (*mesh.Mesh, error) {
	if err := positive("sweep disk", radius); err != nil {
		return nil, err
	}
	wall := radius
	if inner > 0 && inner < radius {
		wall = radius - inner
	}
	p, err := s.HollowCircle(radius, wall)
	if err != nil {
		return nil, fmt.Errorf("sweep disk: %w", err)
	}
	r, err := s.Fill(p)
	if err != nil {
		return nil, fmt.Errorf("sweep disk: %w", err)
	}
	frames, ring, err := s.mitredFrames(path)
	if err != nil {
		return nil, fmt.Errorf("sweep disk: %w", err)
	}
	return s.Loft(r, frames, ring)
}

// Reference says where the x axis of a profile points that is swept along a path, as far
// as the path allows: at a point of it, in its direction there.
type Reference func(at, tangent Vec3) Vec3

// SweepAlong moves a filled profile along a polyline, mitred at its corners. Where the
// reference turns along a line the line is cut, so that the twisted walls keep the
// tolerances.
func (s Settings) SweepAlong(r *Region, path Trail, ref Reference) (*mesh.Mesh, error) {
	pts, ring := cleanPath(path.Points, s.merge())
	if len(pts) < 2 {
		return nil, fmt.Errorf("sweep: %w: a path of %d distinct points", ErrInvalid, len(pts))
	}
	pts, err := s.cutWhereTurned(pts, ring, ref, s.maxTwist(r))
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	frames := make([]mesh.Transform, len(pts))
	var x Vec3
	for i := range pts {
		in, tangent, _ := path.sides(pts, i, ring)
		before := x
		x = across(ref(pts[i].Lerp(behind(pts, i, ring), aside), in), in)
		if x == (Vec3{}) {
			x = across(before, in)
		}
		if x == (Vec3{}) {
			x = anyPerpendicular(in)
		}
		frames[i] = mitre(pts[i], x, in.Cross(x), in, tangent)
	}
	return s.Loft(r, frames, ring)
}

// aside is the share of a line from a corner of a path at which a reference is asked for that
// jumps at the corner.
const aside = 0.01

// behind returns the point before point i, at the beginning of a path that after it.
func behind(pts []Vec3, i int, ring bool) Vec3 {
	switch {
	case i > 0:
		return pts[i-1]
	case ring:
		return pts[len(pts)-1]
	}
	return pts[1]
}

// across returns the unit direction of d across another one; zero when there is none.
func across(d, along Vec3) Vec3 {
	x := d.Sub(along.Scale(d.Dot(along)))
	if x.Len() <= 1e-9*d.Len() {
		return Vec3{}
	}
	return x.Unit()
}

// maxTwist returns by which angle one section may be turned against the next: the two
// triangles of a wall of width w leave the twisted surface by w/4 times that angle.
func (s Settings) maxTwist(r *Region) float64 {
	widest := 0.0
	for i := 0; i < len(r.Edges); i += 2 {
		widest = math.Max(widest, r.Points[r.Edges[i]].Sub(r.Points[r.Edges[i+1]]).Len())
	}
	return math.Min(s.maxTurn(), 4*s.chord()/widest)
}

// cutWhereTurned puts points on the lines of a path, so that a reference turns between two
// by no more than an angle.
func (s Settings) cutWhereTurned(pts []Vec3, ring bool, ref Reference, most float64) ([]Vec3, error) {
	out := pts[:1:1]
	for i := 1; i < len(pts); i++ {
		n := turnsOn(pts[i-1], pts[i], ref, most)
		const look = 256 // finding the place on a surface is what costs
		if err := s.Budget.Spend(look + n); err != nil {
			return nil, err
		}
		for k := 1; k < n; k++ {
			out = append(out, pts[i-1].Lerp(pts[i], float64(k)/float64(n)))
		}
		out = append(out, pts[i])
	}
	if ring {
		for n, k := turnsOn(pts[len(pts)-1], pts[0], ref, most), 1; k < n; k++ {
			out = append(out, pts[len(pts)-1].Lerp(pts[0], float64(k)/float64(n)))
		}
	}
	return out, nil
}

// turnsOn returns into how many pieces a line is to be cut, so that a reference turns on
// none by more than an angle.
func turnsOn(a, b Vec3, ref Reference, most float64) int {
	along := b.Sub(a).Unit()
	const looks = 4 // a turn and back again would not show at the ends
	turn := 0.0
	var before Vec3
	for i := range looks + 1 {
		at := a.Lerp(b, math.Max(aside, math.Min(1-aside, float64(i)/looks)))
		x := across(ref(at, along), along)
		if before != (Vec3{}) && x != (Vec3{}) {
			turn = math.Max(turn, looks*math.Atan2(before.Cross(x).Len(), before.Dot(x)))
		}
		before = x
	}
	return int(math.Max(1, math.Min(math.Ceil(turn/most-0.01), maxArcSegments)))
}

// cleanPath drops repeated points and says whether the path returns to its
// beginning.
func cleanPath(path []Vec3, tol float64) ([]Vec3, bool) {
	var pts []Vec3
	for _, p := range path {
		if len(pts) == 0 || pts[len(pts)-1].Sub(p).Len() > tol {
			pts = append(pts, p)
		}
	}
	if len(pts) > 3 && pts[0].Sub(pts[len(pts)-1]).Len() <= tol {
		return pts[:len(pts)-1], true
	}
	return pts, false
}

// pathSides returns the unit directions into and out of point i.
func pathSides(pts []Vec3, i int, ring bool) (in, out Vec3) {
	n := len(pts)
	if i > 0 || ring {
		in = pts[i].Sub(pts[(i+n-1)%n]).Unit()
	}
	if i < n-1 || ring {
		out = pts[(i+1)%n].Sub(pts[i]).Unit()
	}
	if in == (Vec3{}) {
		in = out
	}
	if out == (Vec3{}) {
		out = in
	}
	return in, out
}

// sides returns the direction into point i, that at it, across which the section stands,
// and that out of it.
func (t Trail) sides(pts []Vec3, i int, ring bool) (in, at, out Vec3) {
	in, out = pathSides(pts, i, ring)
	switch {
	case ring:
	case i == 0 && t.Start != (Vec3{}):
		return t.Start, t.Start, out
	case i == len(pts)-1 && t.End != (Vec3{}):
		return t.End, t.End, t.End
	}
	if at = in.Add(out).Unit(); at == (Vec3{}) {
		at = in
	}
	return in, at, out
}

func anyPerpendicular(d Vec3) Vec3 {
	axis := Vec3{0, 0, 1}
	if math.Abs(d[2]) > 0.9*d.Len() {
		axis = Vec3{1, 0, 0}
	}
	return d.Cross(axis).Unit()
}

// mitre returns the frame at a corner: the section with axes x, y (perpendicular
// to the direction in) slid along in into the plane that halves the corner.
func mitre(at, x, y, in, tangent Vec3) mesh.Transform {
	slide := func(v Vec3) Vec3 {
		d := in.Dot(tangent)
		// Beyond about 160° a mitre would reach far out; a blunt end serves.
		if d < 0.17 {
			return v
		}
		return v.Sub(in.Scale(v.Dot(tangent) / d))
	}
	return mesh.Frame(at, slide(x), slide(y), in)
}

// mitredFrames carries a section along the path without twist: each bend turns
// it by the smallest rotation.
func (s Settings) mitredFrames(path Trail) ([]mesh.Transform, bool, error) {
	pts, ring := cleanPath(path.Points, s.merge())
	if len(pts) < 2 {
		return nil, false, fmt.Errorf("%w: a path of %d distinct points", ErrInvalid, len(pts))
	}
	if err := s.Budget.Spend(len(pts)); err != nil {
		return nil, false, err
	}
	frames := make([]mesh.Transform, len(pts))
	in, _, _ := path.sides(pts, 0, ring)
	x := anyPerpendicular(in)
	start := x
	for i := range pts {
		in, tangent, out := path.sides(pts, i, ring)
		x = x.Sub(in.Scale(x.Dot(in))).Unit()
		frames[i] = mitre(pts[i], x, in.Cross(x), in, tangent)
		x = turned(x, in, out)
	}
	if ring {
		s.untwist(frames, pts, start, x)
	}
	return frames, ring, nil
}

// turned rotates x by the smallest rotation that takes the direction in to out.
func turned(x, in, out Vec3) Vec3 {
	axis := in.Cross(out)
	sin := axis.Len()
	if sin < 1e-12 {
		return x
	}
	return mesh.Rotation(axis, math.Atan2(sin, in.Dot(out))).ApplyDir(x)
}

// untwist spreads over a closed path the angle by which its section comes back
// turned.
func (s Settings) untwist(frames []mesh.Transform, pts []Vec3, start, end Vec3) {
	in, _ := pathSides(pts, 0, true)
	angle := math.Atan2(end.Cross(start).Dot(in), end.Dot(start))
	for i := range frames {
		sin, cos := math.Sincos(angle * float64(i) / float64(len(frames)))
		f := frames[i]
		x, y := f.Axis(0), f.Axis(1)
		frames[i] = mesh.Frame(f.Origin(), x.Scale(cos).Add(y.Scale(sin)), y.Scale(cos).Sub(x.Scale(sin)), f.Axis(2))
	}
}
