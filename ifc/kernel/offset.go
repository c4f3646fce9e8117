package kernel

import (
	"fmt"
	"math"
	"slices"
)

// OffsetLine moves an open or closed polyline of the plane to its left by a
// distance (negative: to its right), with mitred corners. The result has as many
// points.
func OffsetLine(line []Vec2, distance float64) []Vec2 {
	n := len(line)
	out := slices.Clone(line)
	if n < 2 {
		return out
	}
	closed := n > 3 && line[0] == line[n-1]
	side := func(i int) Vec2 { return line[i+1].Sub(line[i]).Unit() }
	for i := range line {
		var in, leave Vec2
		switch {
		case i > 0 && i < n-1:
			in, leave = side(i-1), side(i)
		case closed:
			in, leave = side(n-2), side(0)
		case i == 0:
			in, leave = side(0), side(0)
		default:
			in, leave = side(n-2), side(n-2)
		}
		mid := in.Add(leave).Unit()
		if mid == (Vec2{}) {
			mid = in
		}
		// The mitre is longer than the distance; very sharp corners are blunted.
		stretch := 1 / math.Max(mid.Dot(in), 0.2)
		out[i] = line[i].Add(mid.Left().Scale(distance * stretch))
	}
	return out
}

// OffsetPath moves a path by a distance square to it and to a direction up: to its left, seen
// from there, with mitred corners. Repeated points come once. The error wraps ErrInvalid
// when the path runs along up, or a number is none.
func OffsetPath(path Trail, up Vec3, distance float64) ([]Vec3, error) {
	pts, ring := cleanPath(path.Points, 1e-9)
	if len(pts) < 2 {
		return nil, fmt.Errorf("offset: %w: a path of %d distinct points", ErrInvalid, len(pts))
	}
	out := make([]Vec3, len(pts), len(pts)+1)
	for i := range pts {
		in, at, _ := path.sides(pts, i, ring)
		left, before := up.Cross(at).Unit(), up.Cross(in).Unit()
		out[i] = pts[i].Add(left.Scale(distance / math.Max(left.Dot(before), 0.2)))
		if left == (Vec3{}) || !out[i].IsFinite() {
			return nil, fmt.Errorf("offset: %w: by %v at point %d, where the path runs along %v", ErrInvalid, distance, i, at)
		}
	}
	if ring {
		out = append(out, out[0])
	}
	return out, nil
}

// Thickened returns the area within half of thickness of a polyline, with mitred corners. The
// ends are square to the directions start and end of the curve that the polyline stands for,
// or where they are zero to its first and last line.
func Thickened(line []Vec2, thickness float64, start, end Vec2) (Profile, error) {
	if err := positive("thickened line", thickness); err != nil {
		return Profile{}, err
	}
	line = slices.Compact(slices.Clone(line))
	if len(line) < 2 {
		return Profile{}, fmt.Errorf("thickened line: %w: %d points", ErrInvalid, len(line))
	}
	left, right := OffsetLine(line, thickness/2), OffsetLine(line, -thickness/2)
	if n := len(line); n > 3 && line[0] == line[n-1] {
		outer, hole := Ring(left[:n-1]), Ring(right[:n-1])
		if math.Abs(outer.Area()) < math.Abs(hole.Area()) {
			outer, hole = hole, outer
		}
		return Profile{Outer: outer, Holes: []Ring{hole}}, nil
	}
	square := func(i int, direction Vec2) {
		if side := direction.Unit().Left().Scale(thickness / 2); side != (Vec2{}) {
			left[i], right[i] = line[i].Add(side), line[i].Sub(side)
		}
	}
	square(0, start)
	square(len(line)-1, end)
	slices.Reverse(left)
	return Profile{Outer: append(Ring(right), left...)}, nil
}

// RoundedPath returns a polyline in space with its corners rounded by arcs of a
// radius in metres, cut down where a side is too short.
func (s Settings) RoundedPath(path []Vec3, radius float64) []Vec3 {
	n := len(path)
	if n < 3 || !(radius > 0) {
		return path
	}
	out := []Vec3{path[0]}
	for i := 1; i < n-1; i++ {
		in, leave := path[i].Sub(path[i-1]), path[i+1].Sub(path[i])
		room := math.Min(in.Len(), leave.Len()) / 2
		if i == 1 {
			room = math.Min(in.Len(), leave.Len()/2)
		}
		if i == n-2 {
			room = math.Min(room*2, leave.Len())
			if i > 1 {
				room = math.Min(room, in.Len()/2)
			}
		}
		in, leave = in.Unit(), leave.Unit()
		turn := math.Atan2(in.Cross(leave).Len(), in.Dot(leave))
		if turn < 1e-6 || turn > math.Pi-1e-6 {
			out = append(out, path[i])
			continue
		}
		reach := math.Min(radius*math.Tan(turn/2), room)
		r := reach / math.Tan(turn/2)
		a, b := path[i].Sub(in.Scale(reach)), path[i].Add(leave.Scale(reach))
		// The middle of the arc lies on the bisector, as far from the corner
		// as the circle is.
		inward := leave.Sub(in).Unit()
		mid := path[i].Add(inward.Scale(r/math.Cos(turn/2) - r))
		out = append(out, s.ArcThrough(a, mid, b)...)
	}
	return append(out, path[n-1])
}
