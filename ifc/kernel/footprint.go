package kernel

import (
	"fmt"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Polygon is an area of the horizontal plane: an outer ring, counter-clockwise,
// and holes, clockwise.
type Polygon struct {
	Outer Ring
	Holes []Ring
}

// Area returns the area of the polygon in m².
func (p Polygon) Area() float64 {
	sum := p.Outer.Area()
	for _, h := range p.Holes {
		sum += h.Area()
	}
	return sum
}

// Outline is where a shape stands on the horizontal plane.
type Outline struct {
	Polygons []Polygon
	// Hull is true when Polygons is only the convex hull of the shape, because
	// its outline was too costly or could not be found.
	Hull bool
}

// footprintSteps bounds the work on one outline; beyond it the hull serves.
const footprintSteps = 4_000_000

// Footprint returns the outline of instances seen from above: the union of all
// their triangles put on the plane z = 0, with holes where one sees through. tol
// is the size in metres below which detail is dropped (0: 1 mm). Lines and walls
// without thickness leave nothing; the outline of nothing has no polygons.
func (s Settings) Footprint(instances []mesh.Instance, tol float64) (Outline, error) {
	if !(tol > 0) {
		tol = 1e-3
	}
	f := &footprint{tol: tol, edges: make(map[gridEdge]int32)}
	for _, in := range instances {
		if err := s.Budget.Spend(in.Mesh.NumTriangles()); err != nil {
			return Outline{}, fmt.Errorf("footprint: %w", err)
		}
		f.add(in)
	}
	if len(f.edges) == 0 {
		return Outline{}, nil
	}
	rings, err := f.union()
	if err == nil {
		return Outline{Polygons: nest(rings, tol)}, nil
	}
	hull := f.hull()
	if len(hull) < 3 {
		return Outline{}, nil
	}
	return Outline{Polygons: []Polygon{{Outer: hull}}, Hull: true}, nil
}

type gridPoint [2]int64

// gridEdge runs from the lower to the higher point.
type gridEdge struct{ a, b gridPoint }

// footprint gathers the edges of triangles put on a grid of the plane and turned
// counter-clockwise. Neighbours cancel, so only the outlines of sheets remain.
type footprint struct {
	tol    float64
	origin Vec2
	placed bool
	edges  map[gridEdge]int32 // how often from a to b, against from b to a
}

func (f *footprint) add(in mesh.Instance) {
	m := in.Mesh
	if len(m.Triangles) == 0 {
		return
	}
	grid := make([]gridPoint, m.NumPoints())
	for i := range grid {
		p := in.Transform.Apply(m.Point(uint32(i)))
		if !f.placed {
			f.origin, f.placed = Vec2{p[0], p[1]}, true
		}
		grid[i] = gridPoint{int64(math.Round((p[0] - f.origin[0]) / f.tol)), int64(math.Round((p[1] - f.origin[1]) / f.tol))}
	}
	// The shadow of a closed mesh is that of the faces that look up.
	up := int64(1)
	if in.Transform.IsMirror() {
		up = -1
	}
	for i := 0; i+2 < len(m.Triangles); i += 3 {
		a, b, c := grid[m.Triangles[i]], grid[m.Triangles[i+1]], grid[m.Triangles[i+2]]
		area := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
		if area == 0 || m.Closed && area*up < 0 {
			continue
		}
		if area < 0 {
			b, c = c, b
		}
		f.edge(a, b)
		f.edge(b, c)
		f.edge(c, a)
	}
}

func (f *footprint) edge(a, b gridPoint) {
	e, n := gridEdge{a, b}, int32(1)
	if b[0] < a[0] || b[0] == a[0] && b[1] < a[1] {
		e, n = gridEdge{b, a}, -1
	}
	if n += f.edges[e]; n == 0 {
		delete(f.edges, e)
		return
	}
	f.edges[e] = n
}

// sorted returns the edges in an order that does not depend on the map and keeps
// neighbours together.
func (f *footprint) sorted() []gridEdge {
	list := make([]gridEdge, 0, len(f.edges))
	for e := range f.edges {
		list = append(list, e)
	}
	slices.SortFunc(list, func(p, q gridEdge) int {
		if c := slices.Compare(p.a[:], q.a[:]); c != 0 {
			return c
		}
		return slices.Compare(p.b[:], q.b[:])
	})
	return list
}

func (f *footprint) at(p gridPoint) Vec2 { return Vec2{float64(p[0]), float64(p[1])} }

// union draws the edges and returns the rings around what they cover.
func (f *footprint) union() ([]Ring, error) {
	list := f.sorted()
	lo, hi := f.at(list[0].a), f.at(list[0].a)
	for _, e := range list {
		for _, p := range [2]Vec2{f.at(e.a), f.at(e.b)} {
			lo = Vec2{math.Min(lo[0], p[0]), math.Min(lo[1], p[1])}
			hi = Vec2{math.Max(hi[0], p[0]), math.Max(hi[1], p[1])}
		}
	}
	// On the grid one step is the tolerance; within half a step points are one.
	d := newPlane(lo, hi, 0.5, len(list), &Budget{Steps: footprintSteps})
	number := make(map[gridPoint]int32, len(list))
	for _, e := range list {
		for _, p := range [2]gridPoint{e.a, e.b} {
			if _, ok := number[p]; ok {
				continue
			}
			v, err := d.add(f.at(p))
			if err != nil {
				return nil, err
			}
			number[p] = v
		}
	}
	for _, e := range list {
		n := f.edges[e]
		if n > math.MaxInt16 || n < math.MinInt16 {
			return nil, fmt.Errorf("%w: %d sheets on one edge", ErrInvalid, n)
		}
		if err := d.constrain(number[e.a], number[e.b], weight{int16(n)}); err != nil {
			return nil, err
		}
	}
	r := d.region(func(w weight) bool { return w[0] > 0 })
	for i, p := range r.Points {
		r.Points[i] = f.origin.Add(p.Scale(f.tol))
	}
	return r.Rings(), nil
}

// hull returns the convex hull of all points, counter-clockwise.
func (f *footprint) hull() Ring {
	var pts []Vec2
	for _, e := range f.sorted() {
		pts = append(pts, f.origin.Add(f.at(e.a).Scale(f.tol)), f.origin.Add(f.at(e.b).Scale(f.tol)))
	}
	return ConvexHull(pts)
}

// ConvexHull returns the convex hull of points, counter-clockwise, without
// collinear points.
func ConvexHull(points []Vec2) Ring {
	pts := slices.Clone(points)
	slices.SortFunc(pts, func(p, q Vec2) int { return slices.Compare(p[:], q[:]) })
	pts = slices.Compact(pts)
	if len(pts) < 3 {
		return Ring(pts)
	}
	var hull Ring
	for range 2 {
		start := len(hull)
		for _, p := range pts {
			for len(hull) >= start+2 && orient(hull[len(hull)-2], hull[len(hull)-1], p) <= 0 {
				hull = hull[:len(hull)-1]
			}
			hull = append(hull, p)
		}
		hull = hull[:len(hull)-1]
		slices.Reverse(pts)
	}
	return hull
}

// nest drops collinear points and specks, and sorts rings into outer ones and
// their holes.
func nest(rings []Ring, tol float64) []Polygon {
	var polygons []Polygon
	var holes []Ring
	for _, r := range rings {
		r = straightened(r, tol)
		switch area := r.Area(); {
		case len(r) < 3 || math.Abs(area) <= tol*tol:
		case area > 0:
			polygons = append(polygons, Polygon{Outer: r})
		default:
			holes = append(holes, r)
		}
	}
	for _, h := range holes {
		best := -1
		for i := range polygons {
			if around(polygons[i].Outer, h) && (best < 0 || polygons[i].Outer.Area() < polygons[best].Outer.Area()) {
				best = i
			}
		}
		if best >= 0 {
			polygons[best].Holes = append(polygons[best].Holes, h)
		}
	}
	return polygons
}

// straightened drops points that lie within tol of the line of their neighbours.
func straightened(r Ring, tol float64) Ring {
	for {
		n := len(r)
		if n < 3 {
			return r
		}
		kept := make(Ring, 0, n)
		for i, p := range r {
			before := r[(i+n-1)%n]
			if len(kept) > 0 {
				before = kept[len(kept)-1]
			}
			after := r[(i+1)%n]
			d := after.Sub(before)
			if math.Abs(d.Cross(p.Sub(before))) > tol/2*d.Len() || d.Dot(p.Sub(before)) < 0 || d.Dot(after.Sub(p)) < 0 {
				kept = append(kept, p)
			}
		}
		if len(kept) == n {
			return kept
		}
		r = kept
	}
}

// holds reports whether ring inner lies wholly within outer.
func holds(outer, inner Ring) bool {
	in := false
	for _, p := range inner {
		switch side(outer, p) {
		case 1:
			in = true
		case -1:
			return false
		}
	}
	return in
}

// around reports whether a hole lies within an outer ring, given that they do not
// cross but for rounding.
func around(outer, hole Ring) bool {
	in := 0
	for _, p := range hole {
		in += side(outer, p)
	}
	return in > 0 || in == 0 && math.Abs(hole.Area()) < outer.Area()
}

// side returns 1 when p lies within the ring, 0 on it, −1 outside.
func side(r Ring, p Vec2) int {
	inside := false
	for i := range r {
		a, b := r[i], r[(i+1)%len(r)]
		if (a[1] > p[1]) == (b[1] > p[1]) {
			if a[1] == p[1] && b[1] == p[1] && (a[0] > p[0]) != (b[0] > p[0]) || a == p || b == p {
				return 0
			}
			continue
		}
		o := orient(a, b, p)
		if o == 0 {
			return 0
		}
		if (o > 0) == (b[1] > a[1]) {
			inside = !inside
		}
	}
	if inside {
		return 1
	}
	return -1
}
