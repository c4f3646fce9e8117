package kernel

import (
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Solid is Shell for a mesh that is said to bound a volume. Where it does not, what
// real files do wrong is mended if that closes it and hardly changes it: faces that
// come twice and walls inside the solid are removed, and flat holes of a small share
// of the surface are filled.
func (s Settings) Solid(m *mesh.Mesh) (*mesh.Mesh, error) {
	w, err := s.Shell(m)
	if err != nil || w.Closed || len(w.Triangles) == 0 {
		return w, err
	}
	r, err := s.withoutWalls(agree(withoutRepeats(w)))
	if err != nil {
		return nil, err
	}
	if filled := s.withoutHoles(r); filled != nil {
		r = filled
	}
	// What was removed must have been inside, and the lesser part.
	if len(r.Triangles) == 0 || !balanced(r) || r.Bounds() != w.Bounds() || 2*r.Area() < w.Area() {
		return w, nil
	}
	r.Closed = true
	return outwardParts(r), nil
}

// maxWalls bounds the patches that withoutWalls tries.
const maxWalls = 64

// withoutWalls removes patches that meet the others only in edges of three triangles
// and more, the smallest first, as long as the box stays and fewer edges are open
// afterwards. Between two chambers any of three patches could go: the box tells the
// wall from the chambers.
func (s Settings) withoutWalls(m *mesh.Mesh) (*mesh.Mesh, error) {
	box := m.Bounds()
	open := len(openEdges(m))
	for range maxWalls {
		if open == 0 {
			break
		}
		if err := s.Budget.Spend(4 * m.NumTriangles()); err != nil {
			return nil, err
		}
		better := false
		for _, wall := range walls(m) {
			r := without(m, wall)
			if len(r.Triangles) == 0 || r.Bounds() != box {
				continue
			}
			r = agree(r)
			if n := len(openEdges(r)); n < open {
				m, open, better = r, n, true
				break
			}
		}
		if !better {
			break
		}
	}
	return m, nil
}

// walls returns the patches of triangles, connected over edges of two triangles, whose
// borders are all edges of more; the smallest first.
func walls(m *mesh.Mesh) [][]int32 {
	b := bordersOf(m)
	seen := make([]bool, m.NumTriangles())
	var list [][]int32
	area := make(map[int32]float64) // by the first triangle
	for start := range seen {
		if seen[start] {
			continue
		}
		seen[start] = true
		patch, wall, border, sum := []int32{int32(start)}, true, false, 0.0
		for head := 0; head < len(patch); head++ {
			t := m.Triangle(int(patch[head]))
			sum += t[1].Sub(t[0]).Cross(t[2].Sub(t[0])).Len()
			for _, e := range b.of[3*patch[head] : 3*patch[head]+3] {
				other, ok := b.across(e, patch[head])
				if !ok {
					wall, border = wall && b.edges[e].Uses > 2, true
					continue
				}
				if !seen[other] {
					seen[other] = true
					patch = append(patch, other)
				}
			}
		}
		if wall && border && len(list) < maxWalls {
			list = append(list, patch)
			area[patch[0]] = sum
		}
	}
	slices.SortStableFunc(list, func(a, b []int32) int {
		switch {
		case area[a[0]] < area[b[0]]:
			return -1
		case area[a[0]] > area[b[0]]:
			return 1
		}
		return 0
	})
	return list
}

// without returns a mesh without some of its triangles.
func without(m *mesh.Mesh, drop []int32) *mesh.Mesh {
	gone := make(map[int32]bool, len(drop))
	for _, t := range drop {
		gone[t] = true
	}
	r := &mesh.Mesh{Positions: m.Positions, Triangles: make([]uint32, 0, len(m.Triangles))}
	for t := range m.NumTriangles() {
		if !gone[int32(t)] {
			r.Triangles = append(r.Triangles, m.Triangles[3*t:3*t+3]...)
		}
	}
	return r
}

// maxHoleShare is the largest share of the surface that may be added to close it: the
// tolerance within which areas count as equal.
const maxHoleShare = 0.01

// withoutHoles fills the holes of a mesh when each has a border in one plane and all
// of them are small; nil when they do not.
func (s Settings) withoutHoles(m *mesh.Mesh) *mesh.Mesh {
	loops := openLoops(m)
	if len(loops) == 0 {
		return nil
	}
	r := &mesh.Mesh{Positions: m.Positions, Triangles: slices.Clone(m.Triangles)}
	whole, added := m.Area(), 0.0
	points := make([]Vec3, m.NumPoints())
	for i := range points {
		points[i] = m.Point(uint32(i))
	}
	for _, loop := range loops {
		if !s.isFlat(points, loop) {
			return nil
		}
		cap, skipped, err := s.Faces(points, []Face{{Outer: loop}})
		if err != nil || skipped > 0 {
			return nil
		}
		added += cap.Area()
		r.Positions = append(r.Positions[:len(r.Positions):len(r.Positions)], cap.Positions[len(points)*3:]...)
		if added > maxHoleShare*whole || len(cap.Positions) != 3*len(points) {
			return nil
		}
		r.Triangles = append(r.Triangles, cap.Triangles...)
	}
	return r
}

// isFlat reports whether a loop of points lies in one plane.
func (s Settings) isFlat(points []Vec3, loop []uint32) bool {
	n := newell(points, loop)
	if n == (Vec3{}) {
		return false
	}
	for _, i := range loop {
		if math.Abs(points[i].Sub(points[loop[0]]).Dot(n)) > 10*s.merge() {
			return false
		}
	}
	return true
}

// maxHoleEdges bounds the open edges that openLoops follows.
const maxHoleEdges = 1000

// openLoops returns the borders of the holes of a mesh as loops that run so that a
// face with this outline closes the hole; none when the open edges are no simple
// loops.
func openLoops(m *mesh.Mesh) [][]uint32 {
	open := openEdges(m)
	if len(open) > maxHoleEdges {
		return nil
	}
	onward := make(map[uint32]uint32, len(open))
	for e, net := range open {
		from, to := e[1], e[0] // against the triangle that is there
		if net < 0 {
			from, to = to, from
		}
		if _, twice := onward[from]; twice || net > 1 || net < -1 {
			return nil
		}
		onward[from] = to
	}
	starts := make([]uint32, 0, len(onward))
	for p := range onward {
		starts = append(starts, p)
	}
	slices.Sort(starts)
	var loops [][]uint32
	for _, p := range starts {
		var loop []uint32
		for {
			q, ok := onward[p]
			if !ok {
				break
			}
			delete(onward, p)
			loop = append(loop, p)
			p = q
		}
		if len(loop) == 0 {
			continue
		}
		if p != loop[0] || len(loop) < 3 {
			return nil
		}
		loops = append(loops, loop)
	}
	return loops
}
