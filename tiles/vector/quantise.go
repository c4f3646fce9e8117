package vector

import (
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// quantiser rounds to the units of a tile and leaves out what rounding made superfluous.
// Results are valid until the next call.
type quantiser struct {
	out []mvt.XY
}

// ring rounds an open ring: no position twice in a row, none in the middle of a straight
// line, no spikes. It returns nil when no area is left or what is left runs the other way
// round. Area is twice the area, with its sign.
func (q *quantiser) ring(f *frame, list []memory.World) (ring []mvt.XY, area int64) {
	out := q.out[:0]
	for _, w := range list {
		out = appendCorner(out, f.place(w))
	}
	q.out = out
	out = closeCorners(out)
	if len(out) < 3 {
		return nil, 0
	}
	return out, mvt.Area(out)
}

// appendCorner appends a position and takes back those that it makes superfluous.
func appendCorner(out []mvt.XY, p mvt.XY) []mvt.XY {
	for {
		n := len(out)
		if n > 0 && out[n-1] == p {
			return out
		}
		if n < 2 || turn(out[n-2], out[n-1], p) != 0 {
			return append(out, p)
		}
		out = out[:n-1]
	}
}

// closeCorners does the same where the ring closes.
func closeCorners(out []mvt.XY) []mvt.XY {
	for len(out) >= 3 {
		n := len(out)
		switch {
		case out[n-1] == out[0] || turn(out[n-2], out[n-1], out[0]) == 0:
			out = out[:n-1]
		case turn(out[n-1], out[0], out[1]) == 0:
			out = out[1:]
		default:
			return out
		}
	}
	return out
}

// turn is positive when the way a–b–c turns to the right, 0 when it goes straight on or
// back.
func turn(a, b, c mvt.XY) int64 {
	return int64(b.X-a.X)*int64(c.Y-b.Y) - int64(b.Y-a.Y)*int64(c.X-b.X)
}

// line rounds a line; one that falls into a single position becomes a unit long.
func (q *quantiser) line(f *frame, list []memory.World) []mvt.XY {
	out := q.out[:0]
	for _, w := range list {
		p := f.place(w)
		n := len(out)
		if n > 0 && out[n-1] == p {
			continue
		}
		if n > 1 && straight(out[n-2], out[n-1], p) {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	if len(out) == 1 {
		out = append(out, mvt.XY{X: out[0].X + 1, Y: out[0].Y})
	}
	q.out = out
	return out
}

// straight reports whether b lies on the way from a to c.
func straight(a, b, c mvt.XY) bool {
	return turn(a, b, c) == 0 && int64(b.X-a.X)*int64(c.X-b.X)+int64(b.Y-a.Y)*int64(c.Y-b.Y) > 0
}

// points rounds points and leaves out those that fall on another.
func (q *quantiser) points(f *frame, list []memory.World, out []mvt.XY) []mvt.XY {
	for _, w := range list {
		if w.X < f.clip.MinX || w.X > f.clip.MaxX || w.Y < f.clip.MinY || w.Y > f.clip.MaxY {
			continue
		}
		p := f.place(w)
		if n := len(out); n > 0 && out[n-1] == p {
			continue
		}
		out = append(out, p)
	}
	return out
}

// sliver stands for a ring that lost its area: a unit wide along what is left of it, a unit
// square for what fell into one position. So a wall seen from afar stays a wall, and
// nothing vanishes because it is small.
func (q *quantiser) sliver(f *frame, list []memory.World) []mvt.XY {
	a := f.place(list[0])
	b := a
	for _, w := range list[1:] {
		if p := f.place(w); abs(p.X-a.X)+abs(p.Y-a.Y) > abs(b.X-a.X)+abs(b.Y-a.Y) {
			b = p
		}
	}
	switch dx, dy := b.X-a.X, b.Y-a.Y; {
	case dx == 0 && dy == 0:
		b.X++
		fallthrough
	case abs(dx) >= abs(dy):
		if b.X < a.X {
			a, b = b, a
		}
		q.out = append(q.out[:0], a, b, mvt.XY{X: b.X, Y: b.Y + 1}, mvt.XY{X: a.X, Y: a.Y + 1})
	default:
		if b.Y < a.Y {
			a, b = b, a
		}
		q.out = append(q.out[:0], a, mvt.XY{X: a.X + 1, Y: a.Y}, mvt.XY{X: b.X + 1, Y: b.Y}, b)
	}
	return q.out
}

func abs(v int32) int32 {
	if v < 0 {
		return -v
	}
	return v
}
