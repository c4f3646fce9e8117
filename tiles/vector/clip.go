package vector

import (
	"math"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// clipper cuts geometry off at a rectangle. What lies on the edge is inside, so clipping
// what was clipped changes nothing. Results are valid until the next call.
type clipper struct {
	a, b []memory.World
}

// edge is one side of a rectangle.
type edge struct {
	at       uint32
	vertical bool // at is an x
	upper    bool // what is greater lies outside
}

func edgesOf(r memory.Rect) [4]edge {
	return [4]edge{
		{at: r.MinX, vertical: true}, {at: r.MaxX, vertical: true, upper: true},
		{at: r.MinY}, {at: r.MaxY, upper: true},
	}
}

func (e edge) inside(p memory.World) bool {
	v := p.Y
	if e.vertical {
		v = p.X
	}
	if e.upper {
		return v <= e.at
	}
	return v >= e.at
}

// cross returns where the segment p–q meets the edge's line. It is the same point for q–p,
// so that two polygons that share the segment are cut at the same place.
func (e edge) cross(p, q memory.World) memory.World {
	if p.X > q.X || (p.X == q.X && p.Y > q.Y) {
		p, q = q, p
	}
	if e.vertical {
		return memory.World{X: e.at, Y: between(p.Y, q.Y, float64(e.at)-float64(p.X), float64(q.X)-float64(p.X))}
	}
	return memory.World{X: between(p.X, q.X, float64(e.at)-float64(p.Y), float64(q.Y)-float64(p.Y)), Y: e.at}
}

func between(a, b uint32, part, whole float64) uint32 {
	return uint32(math.Round(float64(a) + (float64(b)-float64(a))*part/whole))
}

// ring clips an open ring by itself (Sutherland and Hodgman). A ring that falls into several
// parts stays one, whose parts are joined along the rectangle's edge; polygonClipper keeps
// them apart.
func (c *clipper) ring(list []memory.World, r memory.Rect) []memory.World {
	for _, e := range edgesOf(r) {
		if len(list) == 0 {
			return nil
		}
		c.a = c.a[:0]
		p := list[len(list)-1]
		in := e.inside(p)
		for _, q := range list {
			qIn := e.inside(q)
			if in != qIn {
				c.a = appendNew(c.a, e.cross(p, q))
			}
			if qIn {
				c.a = appendNew(c.a, q)
			}
			p, in = q, qIn
		}
		c.a, c.b = c.b, c.a
		list = c.b
	}
	return list
}

func appendNew(list []memory.World, p memory.World) []memory.World {
	if n := len(list); n > 0 && list[n-1] == p {
		return list
	}
	return append(list, p)
}

// line clips a line and calls f for each part that is left.
func (c *clipper) line(list []memory.World, r memory.Rect, f func([]memory.World)) {
	c.a = c.a[:0]
	for i := 1; i < len(list); i++ {
		p, q, ok := segment(list[i-1], list[i], r)
		if !ok {
			continue
		}
		if n := len(c.a); n > 0 && c.a[n-1] != p {
			c.flush(f)
		}
		c.a = appendNew(appendNew(c.a, p), q)
		if q != list[i] {
			c.flush(f)
		}
	}
	c.flush(f)
}

// flush gives away a part; one that only touches the rectangle in a point is none.
func (c *clipper) flush(f func([]memory.World)) {
	if len(c.a) > 1 {
		f(c.a)
	}
	c.a = c.a[:0]
}

// segment returns the part of p–q in the rectangle, in its direction.
func segment(p, q memory.World, r memory.Rect) (memory.World, memory.World, bool) {
	for _, e := range edgesOf(r) {
		switch pIn, qIn := e.inside(p), e.inside(q); {
		case !pIn && !qIn:
			return p, q, false
		case !pIn:
			p = e.cross(p, q)
		case !qIn:
			q = e.cross(p, q)
		}
	}
	return p, q, true
}
