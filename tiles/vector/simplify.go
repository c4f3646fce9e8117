package vector

import "github.com/shikong-cim/shikong/spatial/memory"

// fewest is the number of positions up to which a line or ring is not simplified: rounding
// does for a building's corners what simplification would, and faster.
const fewest = 12

// longest is the number of positions after which one stays at any rate. Going down from
// the farthest position takes the square of their number at worst, and polygons of a
// million corners exist.
const longest = 256

// simplifier leaves out positions that lie within a tolerance of the line through those that
// stay (Douglas and Peucker).
type simplifier struct {
	keep  []bool
	stack [][2]int
	out   []memory.World
}

// line returns the line with fewer positions; its ends stay. The result is valid until the
// next call.
func (s *simplifier) line(list []memory.World, tolerance float64) []memory.World {
	if len(list) <= fewest || tolerance <= 0 {
		return list
	}
	s.reset(len(list))
	s.keep[0], s.keep[len(list)-1] = true, true
	s.split(list, 0, len(list)-1, tolerance)
	return s.kept(list)
}

// ring returns the open ring with fewer positions. Its first position stays, and so does
// the one farthest from it: two anchors that do not depend on the tile.
func (s *simplifier) ring(list []memory.World, tolerance float64) []memory.World {
	if len(list) <= fewest || tolerance <= 0 {
		return list
	}
	far, best := 0, -1.0
	for i, p := range list {
		dx, dy := float64(p.X)-float64(list[0].X), float64(p.Y)-float64(list[0].Y)
		if d := dx*dx + dy*dy; d > best {
			far, best = i, d
		}
	}
	s.reset(len(list))
	s.keep[0], s.keep[far] = true, true
	s.split(list, 0, far, tolerance)
	s.split(list, far, len(list), tolerance)
	return s.kept(list)
}

func (s *simplifier) reset(n int) {
	if cap(s.keep) < n {
		s.keep = make([]bool, n)
	}
	s.keep = s.keep[:n]
	clear(s.keep)
}

func (s *simplifier) kept(list []memory.World) []memory.World {
	s.out = s.out[:0]
	for i, k := range s.keep {
		if k {
			s.out = append(s.out, list[i])
		}
	}
	return s.out
}

// split keeps what lies off the segments, from the farthest down. The index len(list) is
// the first position again.
func (s *simplifier) split(list []memory.World, from, to int, tolerance float64) {
	s.stack = s.stack[:0]
	for ; to-from > longest; from += longest {
		s.keep[from+longest] = true
		s.stack = append(s.stack, [2]int{from, from + longest})
	}
	s.stack = append(s.stack, [2]int{from, to})
	for len(s.stack) > 0 {
		span := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		far, best := 0, tolerance*tolerance
		a, b := list[span[0]], list[span[1]%len(list)]
		for i := span[0] + 1; i < span[1]; i++ {
			if d := distance2(list[i], a, b); d > best {
				far, best = i, d
			}
		}
		if far > 0 {
			s.keep[far] = true
			s.stack = append(s.stack, [2]int{span[0], far}, [2]int{far, span[1]})
		}
	}
}

// distance2 is the square of the distance from p to the segment a–b.
func distance2(p, a, b memory.World) float64 {
	x, y := float64(p.X)-float64(a.X), float64(p.Y)-float64(a.Y)
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	if l := dx*dx + dy*dy; l > 0 {
		t := min(max((x*dx+y*dy)/l, 0), 1)
		x, y = x-t*dx, y-t*dy
	}
	return x*x + y*y
}
