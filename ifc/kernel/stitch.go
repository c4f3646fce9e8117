package kernel

import (
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// stitchRounds bounds the passes of stitch; each splits one edge per triangle.
const stitchRounds = 12

// stitch splits open edges at the points of other open edges that lie on them, so
// that neighbours which meet in a T share their points, and removes triangles
// that come twice with opposite sides.
func (s Settings) stitch(m *mesh.Mesh) (*mesh.Mesh, error) {
	best, fewest := m, math.MaxInt
	for range stitchRounds {
		open := openEdges(m)
		if len(open) < fewest {
			best, fewest = m, len(open)
		}
		// Splitting flat triangles may make new ones without end.
		if len(open) == 0 || len(open) > 2*fewest {
			break
		}
		if err := s.Budget.Spend(len(open) + m.NumTriangles()); err != nil {
			return nil, err
		}
		splits := s.splits(m, open)
		if len(splits) == 0 {
			break
		}
		m = afterSplits(m, splits)
	}
	return best, nil
}

// afterSplits returns a mesh whose triangles are split where their edges have points of others,
// without pairs that face each other.
func afterSplits(m *mesh.Mesh, splits map[[2]uint32][]uint32) *mesh.Mesh {
	r := &mesh.Mesh{Positions: m.Positions, Triangles: make([]uint32, 0, len(m.Triangles)+3*len(splits))}
	for i := 0; i < len(m.Triangles); i += 3 {
		r.Triangles = appendSplit(r.Triangles, [3]uint32(m.Triangles[i:i+3]), splits)
	}
	r.Triangles = withoutPairs(r.Triangles)
	return r
}

// unflat removes triangles whose tip lies on their longest edge: what is beyond
// that edge gets the tip as a point of its own. It also removes pairs of
// triangles that face each other without anything between them.
func (s Settings) unflat(m *mesh.Mesh) (*mesh.Mesh, error) {
	for range stitchRounds {
		if err := s.Budget.Spend(m.NumTriangles()); err != nil {
			return nil, err
		}
		splits := make(map[[2]uint32][]uint32)
		for i := 0; i < len(m.Triangles); i += 3 {
			t := [3]uint32(m.Triangles[i : i+3])
			k := longestEdge(m, t)
			a, b, tip := t[k], t[next(k)], t[prev(k)]
			e := [2]uint32{min(a, b), max(a, b)}
			if splits[e] == nil && between(m.Point(a), m.Point(b), m.Point(tip), s.merge()/2) {
				splits[e] = []uint32{tip}
			}
		}
		if len(splits) == 0 {
			break
		}
		m = afterSplits(m, splits)
	}
	return m.Compact(), nil
}

// longestEdge returns the corner at which the longest edge of a triangle begins.
func longestEdge(m *mesh.Mesh, t [3]uint32) int {
	k, most := 0, -1.0
	for i := range 3 {
		if l := m.Point(t[i]).Sub(m.Point(t[next(i)])).Len(); l > most {
			k, most = i, l
		}
	}
	return k
}

// appendSplit appends the triangle, cut into a fan when one of its edges is split.
func appendSplit(dst []uint32, t [3]uint32, splits map[[2]uint32][]uint32) []uint32 {
	for k := range 3 {
		a, b, c := t[k], t[next(k)], t[prev(k)]
		on, ok := splits[[2]uint32{min(a, b), max(a, b)}]
		if !ok {
			continue
		}
		from := a
		for i := range on {
			p := on[i]
			if a > b {
				p = on[len(on)-1-i]
			}
			// When p is c the triangle is flat: what remains of it has no extent
			// and is dropped by withoutPairs.
			dst = append(dst, from, p, c)
			from = p
		}
		return append(dst, from, b, c)
	}
	return append(dst, t[:]...)
}

// splits returns, for open edges (lower number first), the points that lie on
// them, in order from the lower number.
func (s Settings) splits(m *mesh.Mesh, open map[[2]uint32]int32) map[[2]uint32][]uint32 {
	ends := make(map[uint32]bool, len(open))
	edges := make([][2]uint32, 0, len(open))
	for e := range open {
		ends[e[0]], ends[e[1]] = true, true
		edges = append(edges, e)
	}
	slices.SortFunc(edges, func(a, b [2]uint32) int { return slices.Compare(a[:], b[:]) })
	// Points sorted along x: an edge looks only at those within its span.
	points := make([]uint32, 0, len(ends))
	for p := range ends {
		points = append(points, p)
	}
	slices.SortFunc(points, func(a, b uint32) int {
		if m.Positions[3*a] < m.Positions[3*b] {
			return -1
		}
		if m.Positions[3*a] > m.Positions[3*b] {
			return 1
		}
		return int(a) - int(b)
	})
	tol := 2 * s.merge()
	splits := make(map[[2]uint32][]uint32)
	for _, e := range edges {
		a, b := m.Point(e[0]), m.Point(e[1])
		around := mesh.Box{Min: a, Max: a}.Extend(b).Expand(2 * tol)
		lo, hi := min(a[0], b[0])-tol, max(a[0], b[0])+tol
		first, _ := slices.BinarySearchFunc(points, lo, func(p uint32, x float64) int {
			if m.Positions[3*p] < x {
				return -1
			}
			return 1
		})
		var on []uint32
		for _, p := range points[first:] {
			if m.Positions[3*p] > hi {
				break
			}
			if p != e[0] && p != e[1] && around.Holds(m.Point(p)) && between(a, b, m.Point(p), tol) {
				on = append(on, p)
			}
		}
		if len(on) > 0 {
			d := b.Sub(a)
			slices.SortFunc(on, func(p, q uint32) int {
				if m.Point(p).Sub(m.Point(q)).Dot(d) < 0 {
					return -1
				}
				return 1
			})
			splits[e] = on
		}
	}
	return splits
}

// between reports whether p lies within tol of the segment from a to b and not at
// its ends.
func between(a, b, p Vec3, tol float64) bool {
	d := b.Sub(a)
	l := d.Dot(d)
	if l == 0 {
		return false
	}
	t := p.Sub(a).Dot(d) / l
	if t <= 0 || t >= 1 {
		return false
	}
	return p.Sub(a.Lerp(b, t)).Len() <= tol
}

// corners names a triangle by its points in rising order; side is 1 or −1 for the
// way they are run through.
func corners(t [3]uint32) (key [3]uint32, side int) {
	side = 1
	for _, k := range [...]int{0, 1, 0} {
		if t[k] > t[k+1] {
			t[k], t[k+1], side = t[k+1], t[k], -side
		}
	}
	return t, side
}

// withoutPairs drops triangles that have lost their extent and pairs over the same
// points that face opposite ways.
func withoutPairs(triangles []uint32) []uint32 {
	count := make(map[[3]uint32]int)
	for i := 0; i < len(triangles); i += 3 {
		k, side := corners([3]uint32(triangles[i : i+3]))
		count[k] += side
	}
	dst := triangles[:0]
	for i := 0; i < len(triangles); i += 3 {
		t := [3]uint32(triangles[i : i+3])
		if t[0] == t[1] || t[1] == t[2] || t[2] == t[0] {
			continue
		}
		if k, side := corners(t); count[k]*side > 0 {
			count[k] -= side
			dst = append(dst, t[:]...)
		}
	}
	return dst
}

// withoutRepeats drops triangles that come again over the same points.
func withoutRepeats(m *mesh.Mesh) *mesh.Mesh {
	seen := make(map[[3]uint32]bool, m.NumTriangles())
	r := &mesh.Mesh{Positions: m.Positions, Triangles: make([]uint32, 0, len(m.Triangles))}
	for i := 0; i < len(m.Triangles); i += 3 {
		t := [3]uint32(m.Triangles[i : i+3])
		if k, _ := corners(t); !seen[k] {
			seen[k] = true
			r.Triangles = append(r.Triangles, t[:]...)
		}
	}
	return r
}
