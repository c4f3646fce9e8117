package kernel

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// weight is what a line of the plane adds to the winding numbers of its left
// side against its right side. Each kind of contour has its own number, so that
// one arrangement answers for several shapes at once.
type weight [4]int16

func (w weight) add(v weight) weight {
	for i := range w {
		w[i] += v[i]
	}
	return w
}

func (w weight) negated() weight {
	return weight{-w[0], -w[1], -w[2], -w[3]}
}

// triangle names its corners counter-clockwise. n[i] and c[i] belong to the edge
// opposite to v[i]: the neighbour beyond it and the line that runs along it
// (0: none).
type triangle struct {
	v, n, c [3]int32
}

// plane is a constrained Delaunay triangulation of a part of the plane. Points 0,
// 1 and 2 are far away and enclose everything. Lines may touch, overlap and
// cross: crossings become points, and a line that passes within tol of a point
// runs through it.
type plane struct {
	pts    []Vec2
	at     []int32 // one triangle around each point
	tris   []triangle
	lines  []weight // from the lower to the higher point number; lines[0] is unused
	tol    float64
	budget *Budget

	wind []weight // what windings found last
	seen []bool

	last    int32 // where the last search ended
	check   []int32
	pending []planeSegment
	crossed [][2]int32
}

type planeSegment struct {
	a, b  int32
	w     weight
	snaps uint8 // how often it was moved to meet points
}

// outer is the number of points that enclose the plane.
const outer = 3

// planes holds the memory of planes that are free.
var planes = sync.Pool{New: func() any { return new(plane) }}

// free gives the memory of the plane back: neither it nor its windings may be used after.
func (d *plane) free() {
	d.budget = nil
	planes.Put(d)
}

// newPlane makes an empty plane for points within the box from lo to hi.
func newPlane(lo, hi Vec2, tol float64, points int, budget *Budget) *plane {
	d := planes.Get().(*plane)
	d.tol, d.budget, d.last = tol, budget, 0
	d.pts = slices.Grow(d.pts[:0], points+outer)
	d.at = slices.Grow(d.at[:0], points+outer)
	d.tris = slices.Grow(d.tris[:0], 2*points+8)
	d.lines = append(slices.Grow(d.lines[:0], points+1), weight{})
	mid := lo.Add(hi).Scale(0.5)
	r := 16 * math.Max(math.Max(hi[0]-lo[0], hi[1]-lo[1]), 1e-3)
	d.pts = append(d.pts, mid.Add(Vec2{-2 * r, -r}), mid.Add(Vec2{2 * r, -r}), mid.Add(Vec2{0, 2 * r}))
	d.at = append(d.at, 0, 0, 0)
	d.tris = append(d.tris, triangle{v: [3]int32{0, 1, 2}, n: [3]int32{-1, -1, -1}})
	return d
}

func next(i int) int { return (i + 1) % 3 }
func prev(i int) int { return (i + 2) % 3 }

func (t *triangle) indexOf(v int32) int {
	for i := range 3 {
		if t.v[i] == v {
			return i
		}
	}
	return -1
}

func (t *triangle) sideOf(neighbour int32) int {
	for i := range 3 {
		if t.n[i] == neighbour {
			return i
		}
	}
	return -1
}

// add puts p into the plane and returns its number: that of the point already
// there when one lies within tol.
func (d *plane) add(p Vec2) (int32, error) {
	if err := d.budget.Spend(4); err != nil {
		return 0, err
	}
	t, zero, err := d.locate(p)
	if err != nil {
		return 0, err
	}
	for i := range 3 {
		if v := d.tris[t].v[i]; v >= outer && d.pts[v].Sub(p).Len() <= d.tol {
			return v, nil
		}
	}
	v := int32(len(d.pts))
	d.pts = append(d.pts, p)
	d.at = append(d.at, t)
	if zero < 0 {
		d.splitTriangle(t, v)
	} else {
		d.splitEdge(t, zero, v)
	}
	d.legalize(v)
	return v, nil
}

// locate walks to the triangle that holds p. zero is the edge on which p lies, or
// −1.
func (d *plane) locate(p Vec2) (t int32, zero int, err error) {
	t = d.last
	from := int32(-1)
	for range 2*len(d.tris) + 8 {
		tri := &d.tris[t]
		zero = -1
		out := -1
		for i := range 3 {
			if tri.n[i] == from && from >= 0 {
				continue
			}
			o := orient(d.pts[tri.v[next(i)]], d.pts[tri.v[prev(i)]], p)
			if o < 0 {
				out = i
				break
			}
			if o == 0 {
				zero = i
			}
		}
		if out < 0 {
			d.last = t
			return t, zero, nil
		}
		from = t
		if t = tri.n[out]; t < 0 {
			return 0, 0, fmt.Errorf("%w: point %v outside the plane", ErrInvalid, p)
		}
	}
	return d.locateSlowly(p)
}

// locateSlowly looks at every triangle: a walk may circle once lines are in.
func (d *plane) locateSlowly(p Vec2) (int32, int, error) {
	for t := range d.tris {
		tri := &d.tris[t]
		zero, inside := -1, true
		for i := range 3 {
			o := orient(d.pts[tri.v[next(i)]], d.pts[tri.v[prev(i)]], p)
			if o < 0 {
				inside = false
				break
			}
			if o == 0 {
				zero = i
			}
		}
		if inside {
			d.last = int32(t)
			return int32(t), zero, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: point %v in no triangle", ErrInvalid, p)
}

// splitTriangle replaces t by three triangles around the new point p.
func (d *plane) splitTriangle(t, p int32) {
	old := d.tris[t]
	t1, t2 := int32(len(d.tris)), int32(len(d.tris)+1)
	a, b, c := old.v[0], old.v[1], old.v[2]
	d.tris[t] = triangle{v: [3]int32{a, b, p}, n: [3]int32{t1, t2, old.n[2]}, c: [3]int32{0, 0, old.c[2]}}
	d.tris = append(d.tris,
		triangle{v: [3]int32{b, c, p}, n: [3]int32{t2, t, old.n[0]}, c: [3]int32{0, 0, old.c[0]}},
		triangle{v: [3]int32{c, a, p}, n: [3]int32{t, t1, old.n[1]}, c: [3]int32{0, 0, old.c[1]}})
	d.relink(old.n[0], t, t1)
	d.relink(old.n[1], t, t2)
	d.at[a], d.at[b], d.at[c], d.at[p] = t, t, t1, t
}

// splitEdge puts the new point p on the edge i of t. A line along the edge
// continues along both halves.
func (d *plane) splitEdge(t int32, i int, p int32) {
	old := d.tris[t]
	a, b, c := old.v[i], old.v[next(i)], old.v[prev(i)]
	u := old.n[i]
	first, second := d.splitLine(old.c[i], b, c)
	t1 := int32(len(d.tris))
	u1 := int32(-1)
	if u >= 0 {
		u1 = t1 + 1
	}
	d.tris[t] = triangle{v: [3]int32{a, b, p}, n: [3]int32{u1, t1, old.n[prev(i)]}, c: [3]int32{first, 0, old.c[prev(i)]}}
	d.tris = append(d.tris, triangle{v: [3]int32{a, p, c}, n: [3]int32{u, old.n[next(i)], t}, c: [3]int32{second, old.c[next(i)], 0}})
	d.relink(old.n[next(i)], t, t1)
	d.at[a], d.at[b], d.at[c], d.at[p] = t, t, t1, t
	if u < 0 {
		return
	}
	far := d.tris[u]
	j := far.sideOf(t)
	o := far.v[j] // far is (o, c, b)
	d.tris[u] = triangle{v: [3]int32{o, c, p}, n: [3]int32{t1, u1, far.n[prev(j)]}, c: [3]int32{second, 0, far.c[prev(j)]}}
	d.tris = append(d.tris, triangle{v: [3]int32{o, p, b}, n: [3]int32{t, far.n[next(j)], u}, c: [3]int32{first, far.c[next(j)], 0}})
	d.relink(far.n[next(j)], u, u1)
	d.at[o] = u
}

// splitLine returns the lines of the halves b–p and p–c of a line between b and
// c, where p is a point newer than both.
func (d *plane) splitLine(line, b, c int32) (first, second int32) {
	if line == 0 {
		return 0, 0
	}
	along := d.lines[line]
	if b > c {
		along = along.negated()
	}
	d.lines[line] = along
	d.lines = append(d.lines, along.negated())
	return line, int32(len(d.lines) - 1)
}

// relink makes the neighbour t point to the triangle that replaced old.
func (d *plane) relink(t, old, new int32) {
	if t < 0 {
		return
	}
	if i := d.tris[t].sideOf(old); i >= 0 {
		d.tris[t].n[i] = new
	}
}

// legalize flips edges around the new point v until they are Delaunay.
func (d *plane) legalize(v int32) {
	d.check = d.check[:0]
	start := d.at[v]
	for t := start; ; {
		d.check = append(d.check, t)
		t = d.tris[t].n[next(d.tris[t].indexOf(v))]
		if t < 0 || t == start {
			break
		}
	}
	for len(d.check) > 0 {
		t := d.check[len(d.check)-1]
		d.check = d.check[:len(d.check)-1]
		tri := &d.tris[t]
		i := tri.indexOf(v)
		if i < 0 || tri.n[i] < 0 || tri.c[i] != 0 {
			continue
		}
		n := tri.n[i]
		far := &d.tris[n]
		q := d.pts[far.v[far.sideOf(t)]]
		p, a, b := d.pts[v], d.pts[tri.v[next(i)]], d.pts[tri.v[prev(i)]]
		if surelyInCircle(p, a, b, q) && orient(p, a, q) > 0 && orient(p, q, b) > 0 {
			d.flip(t, i)
			d.check = append(d.check, t, n)
		}
	}
}

// flip turns the edge i of t into the other diagonal of the two triangles on it.
func (d *plane) flip(t int32, i int) {
	old := d.tris[t]
	n := old.n[i]
	far := d.tris[n]
	j := far.sideOf(t)
	p, a, b, q := old.v[i], old.v[next(i)], old.v[prev(i)], far.v[j]
	d.tris[t] = triangle{
		v: [3]int32{p, a, q},
		n: [3]int32{far.n[next(j)], n, old.n[prev(i)]},
		c: [3]int32{far.c[next(j)], 0, old.c[prev(i)]},
	}
	d.tris[n] = triangle{
		v: [3]int32{p, q, b},
		n: [3]int32{far.n[prev(j)], old.n[next(i)], t},
		c: [3]int32{far.c[prev(j)], old.c[next(i)], 0},
	}
	d.relink(far.n[next(j)], n, t)
	d.relink(old.n[next(i)], t, n)
	d.at[p], d.at[a], d.at[q], d.at[b] = t, t, t, n
}

// windings returns the winding numbers of every triangle. They last until the next call.
func (d *plane) windings() []weight {
	wind, _ := d.windingsFrom(d.at[0], weight{}, nil)
	return wind
}

// windingsFrom returns the winding numbers of the triangles that can be reached from one
// whose own are known, over triangles that are within, and which these are. A nil within
// means all. Both last until the next call.
func (d *plane) windingsFrom(start int32, base weight, within func(int32) bool) (wind []weight, seen []bool) {
	d.wind = append(d.wind[:0], make([]weight, len(d.tris))...)
	d.seen = append(d.seen[:0], make([]bool, len(d.tris))...)
	wind, seen = d.wind, d.seen
	stack := append(d.check[:0], start)
	seen[start], wind[start] = true, base
	for len(stack) > 0 {
		t := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		tri := &d.tris[t]
		for i, n := range tri.n {
			if n < 0 || seen[n] || within != nil && !within(n) {
				continue
			}
			seen[n] = true
			wind[n] = wind[t]
			if line := tri.c[i]; line != 0 {
				w := d.lines[line]
				if tri.v[next(i)] < tri.v[prev(i)] {
					w = w.negated()
				}
				wind[n] = wind[t].add(w)
			}
			stack = append(stack, n)
		}
	}
	d.check = stack
	return wind, seen
}
