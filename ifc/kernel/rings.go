package kernel

import "math"

// chainRings joins directed edges to rings. At a point where several rings meet a
// ring goes on with the sharpest left turn, towards the area on its left: rings
// touch there without crossing, and each outer ring bounds one connected piece.
func chainRings(points []Vec2, edges []uint32) []Ring {
	first := make([]int32, len(points)) // first leaving edge plus one
	chain := make([]int32, len(edges)/2)
	for e := range chain {
		a := edges[2*e]
		chain[e] = first[a]
		first[a] = int32(e) + 1
	}
	used := make([]bool, len(chain))
	var rings []Ring
	for e := range chain {
		if used[e] {
			continue
		}
		var ring Ring
		for at := e; at >= 0; {
			used[at] = true
			ring = append(ring, points[edges[2*at]])
			if at = leave(points, edges, first, chain, used, at, e); at == e {
				break
			}
		}
		if len(ring) >= 3 {
			rings = append(rings, ring)
		}
	}
	return rings
}

// leave returns the edge that goes on after the edge in, among those not yet used
// and the first edge of the ring, or −1.
func leave(points []Vec2, edges []uint32, first, chain []int32, used []bool, in, start int) int {
	b := edges[2*in+1]
	dir := points[b].Sub(points[edges[2*in]])
	best, bestTurn := -1, math.Inf(-1)
	for o := first[b]; o != 0; o = chain[o-1] {
		e := int(o - 1)
		if used[e] && e != start {
			continue
		}
		out := points[edges[2*e+1]].Sub(points[b])
		turn := math.Atan2(dir.Cross(out), dir.Dot(out))
		if turn > bestTurn {
			best, bestTurn = e, turn
		}
	}
	return best
}
