package kernel

import (
	"fmt"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// SurfaceFace triangulates the part of a surface within loops of points that lie on
// it. Every edge of a loop is an edge of the result, so that faces which share the
// points of their borders fit without gaps. The front of the face is the side from
// which the loops run with the face on their left; against says that this is not
// the side of the surface's normal.
//
// The loops are followed in the plane of the parameters, where the inside is
// triangulated and refined until it keeps the tolerances. A loop around a closed
// surface is cut open there and joined to its counterpart, or to the pole.
func (s Settings) SurfaceFace(surface Surface, loops [][]Vec3, against bool) (*mesh.Mesh, error) {
	f := &trimmedFace{Settings: s, surface: surface, domain: surface.Domain(), sense: 1}
	if against {
		f.sense = -1
	}
	m, err := f.run(loops)
	if err != nil {
		return nil, fmt.Errorf("face on a surface: %w", err)
	}
	return m, nil
}

// node is a corner of a loop in the plane of the parameters. id names its place in
// space; nodes that lie apart in the plane may be one place.
type node struct {
	uv Vec2
	id int32
}

// trimmedFace is the work on one face.
type trimmedFace struct {
	Settings
	surface Surface
	domain  Domain
	sense   float64 // of the loops in the plane: 1 has the face on the left
	places  []Vec3
	rings   [][]node
	winders []winder
	step    Vec2 // the change of either parameter that keeps the tolerances
	bent    [2]bool
}

// winder is a loop that runs around a closed surface: its end is its beginning, one
// period further.
type winder struct {
	nodes []node
	dir   int // the closed direction
	way   int // 1 with the parameter, −1 against it
}

func (f *trimmedFace) run(loops [][]Vec3) (*mesh.Mesh, error) {
	for _, l := range loops {
		if err := f.Budget.Spend(8 * len(l)); err != nil {
			return nil, err
		}
		if err := f.trace(l); err != nil {
			return nil, err
		}
	}
	if len(f.rings)+len(f.winders) == 0 {
		m, err := f.whole()
		if err != nil && len(loops) > 0 {
			return &mesh.Mesh{}, nil // the border has no area within it
		}
		return m, err
	}
	f.measure()
	if err := f.joinWinders(); err != nil {
		return nil, err
	}
	f.gather()
	return f.fill()
}

// whole is a face without a border: a closed surface.
func (f *trimmedFace) whole() (*mesh.Mesh, error) {
	d := &f.domain
	for i := range 2 {
		if math.IsInf(d.Hi[i]-d.Lo[i], 0) || !d.Closed[i] && !(d.PoleLo[i] && d.PoleHi[i]) {
			return nil, fmt.Errorf("%w: an open surface without a border", ErrInvalid)
		}
	}
	return f.patch(d.Lo, d.Hi)
}

// trace follows a loop in the plane of the parameters.
func (f *trimmedFace) trace(loop []Vec3) error {
	var pts []Vec3
	for _, p := range loop {
		if !p.IsFinite() {
			return fmt.Errorf("%w: a point of a loop is not finite", ErrInvalid)
		}
		if len(pts) == 0 || p.Sub(pts[len(pts)-1]).Len() > 1e-9 {
			pts = append(pts, p)
		}
	}
	for len(pts) > 1 && pts[0].Sub(pts[len(pts)-1]).Len() <= 1e-9 {
		pts = pts[:len(pts)-1]
	}
	if len(pts) < 2 {
		return nil // a loop of one vertex: a pole
	}
	pole := make([]int, len(pts))
	first := -1
	for i, p := range pts {
		if pole[i] = f.poleAt(p); pole[i] >= 0 && first < 0 {
			first = i
		}
	}
	if first >= 0 {
		pts = append(slices.Clone(pts[first:]), pts[:first]...)
		pole = append(slices.Clone(pole[first:]), pole[:first]...)
		f.traceFromPole(pts, pole)
		return nil
	}
	nodes, turns := f.unwrap(f.number(pts), nil)
	for dir, n := range turns {
		switch {
		case n == 0:
			continue
		case n != 1 && n != -1 || turns[1-dir] != 0:
			return fmt.Errorf("%w: a loop winds %d and %d times around a surface", ErrInvalid, turns[0], turns[1])
		}
		f.winders = append(f.winders, winder{nodes, dir, n})
		return nil
	}
	if len(nodes) > 2 {
		f.rings = append(f.rings, nodes)
	}
	return nil
}

// number gives points their places.
func (f *trimmedFace) number(pts []Vec3) []node {
	nodes := make([]node, len(pts))
	for i, p := range pts {
		nodes[i].id = int32(len(f.places))
		f.places = append(f.places, p)
	}
	return nodes
}

// unwrap fills in the parameters of a chain of points. Each lies by less than half a
// period from the one before it; turns says how many periods lie between the last
// and the first.
func (f *trimmedFace) unwrap(nodes []node, near *Vec2) (_ []node, turns [2]int) {
	for i := range nodes {
		uv := f.surface.Near(f.places[nodes[i].id], near)
		if near != nil {
			uv = f.nearest(uv, *near)
		}
		nodes[i].uv = uv
		near = &nodes[i].uv
	}
	if len(nodes) == 0 {
		return nodes, turns
	}
	end := f.nearest(nodes[0].uv, nodes[len(nodes)-1].uv)
	for dir := range turns {
		if p := f.domain.period(dir); p > 0 {
			turns[dir] = int(math.Round((end[dir] - nodes[0].uv[dir]) / p))
		}
	}
	return nodes, turns
}

// nearest moves parameters by whole periods to where they are nearest to others.
func (f *trimmedFace) nearest(uv, to Vec2) Vec2 {
	for dir := range uv {
		if p := f.domain.period(dir); p > 0 {
			uv[dir] -= p * math.Round((uv[dir]-to[dir])/p)
		}
	}
	return uv
}

// Poles are numbered by direction and end.
const (
	poleLo = 0
	poleHi = 1
)

// poleAt returns the pole that a point lies on: 2·direction + end, or −1.
func (f *trimmedFace) poleAt(p Vec3) int {
	for dir := range 2 {
		for end, there := range [2]bool{f.domain.PoleLo[dir], f.domain.PoleHi[dir]} {
			if there && f.surface.At(f.polePoint(2*dir+end, 0)).Sub(p).Len() <= 1e-6 {
				return 2*dir + end
			}
		}
	}
	return -1
}

// polePoint returns the parameters of a pole at a value of the other one.
func (f *trimmedFace) polePoint(pole int, other float64) Vec2 {
	dir, end := pole/2, pole%2
	var uv Vec2
	uv[1-dir] = other
	uv[dir] = f.domain.Lo[dir]
	if end == poleHi {
		uv[dir] = f.domain.Hi[dir]
	}
	return uv
}

// traceFromPole follows a loop that begins in a pole. In a pole one parameter is
// free: the loop runs along the pole's line from where it came in to where it goes
// out. Between poles it is unwrapped as usual; how the pieces lie to each other is
// known from the side that the face is on.
func (f *trimmedFace) traceFromPole(pts []Vec3, pole []int) {
	var ring []node
	var chains [][2]int // of ring, without the poles
	id := int32(-1)
	for i := 0; i < len(pts); {
		at := pole[i]
		if len(ring) == 0 || pole[i] >= 0 {
			id = f.number(pts[i : i+1])[0].id
		}
		n := i + 1
		for n < len(pts) && pole[n] < 0 {
			n++
		}
		if n == i+1 {
			i = n
			continue // two poles in a row: the loop has a straight edge there
		}
		chain, _ := f.unwrap(f.number(pts[i+1:n]), nil)
		first, last := chain[0].uv, chain[len(chain)-1].uv
		ring = append(ring, node{f.polePoint(at, first[1-at/2]), id})
		chains = append(chains, [2]int{len(ring) - 1, 0})
		ring = append(ring, chain...)
		end := pole[n%len(pts)]
		endID := int32(len(f.places))
		if n == len(pts) {
			endID = ring[0].id
		} else {
			f.places = append(f.places, pts[n])
		}
		ring = append(ring, node{f.polePoint(end, last[1-end/2]), endID})
		chains[len(chains)-1][1] = len(ring)
		i = n
	}
	f.placeChains(ring, chains)
	if len(ring) > 2 {
		f.rings = append(f.rings, ring)
	}
}

// placeChains moves the second and later chains of a ring by whole periods so that
// the ring has its area on the side of the face, and no more of it than need be.
func (f *trimmedFace) placeChains(ring []node, chains [][2]int) {
	for k := 1; k < len(chains); k++ {
		for dir := range 2 {
			p := f.domain.period(dir)
			if p == 0 {
				continue
			}
			best, least := 0.0, inf
			for n := -2; n <= 2; n++ {
				shift := float64(n) * p
				a := f.sense * shiftedArea(ring[:chains[k][1]], chains[k][0], dir, shift)
				if a > 1e-9*p && a < least {
					best, least = shift, a
				}
			}
			for i := chains[k][0]; i < chains[k][1]; i++ {
				ring[i].uv[dir] += best
			}
		}
	}
}

// shiftedArea returns the area of a ring whose nodes from a number on are moved.
func shiftedArea(ring []node, from, dir int, shift float64) float64 {
	r := make(Ring, len(ring))
	for i, n := range ring {
		r[i] = n.uv
		if i >= from {
			r[i][dir] += shift
		}
	}
	return r.Area()
}

// measure finds how far apart points may lie in either direction.
func (f *trimmedFace) measure() {
	lo, hi := Vec2{inf, inf}, Vec2{-inf, -inf}
	grow := func(list []node) {
		for _, n := range list {
			for d := range 2 {
				lo[d], hi[d] = min(lo[d], n.uv[d]), max(hi[d], n.uv[d])
			}
		}
	}
	for _, r := range f.rings {
		grow(r)
	}
	for _, w := range f.winders {
		grow(w.nodes)
		if w.way > 0 {
			hi[w.dir] = max(hi[w.dir], w.nodes[0].uv[w.dir]+f.domain.period(w.dir))
		} else {
			lo[w.dir] = min(lo[w.dir], w.nodes[0].uv[w.dir]-f.domain.period(w.dir))
		}
		if len(f.winders) == 1 {
			// It may reach to a pole.
			other := 1 - w.dir
			if f.domain.PoleLo[other] {
				lo[other] = f.domain.Lo[other]
			}
			if f.domain.PoleHi[other] {
				hi[other] = f.domain.Hi[other]
			}
		}
	}
	f.setSteps(lo, hi)
}

// maxSteps bounds the pieces along one direction of a face.
const maxSteps = 256

// setSteps measures the curvature along some lines of the range.
func (f *trimmedFace) setSteps(lo, hi Vec2) {
	for d := range 2 {
		size := hi[d] - lo[d]
		n := 1
		for _, share := range [...]float64{0.05, 0.35, 0.65, 0.95} {
			other := lo[1-d] + (hi[1-d]-lo[1-d])*share
			n = max(n, f.steps(func(t float64) Vec3 {
				var uv Vec2
				uv[d], uv[1-d] = lo[d]+size*t, other
				return f.surface.At(uv)
			}))
		}
		f.bent[d] = n > 1
		f.step[d] = size / float64(n)
		if !(f.step[d] > 0) {
			f.step[d] = 1
		}
	}
}

// steps returns into how many equal pieces a curve over 0 to 1 is to be cut.
func (f *trimmedFace) steps(at func(float64) Vec3) int {
	const samples = 64 // of the curve, to see how it turns
	var dir, prev Vec3
	turn, off := 0.0, 0.0
	last := at(0)
	lengths := 0.0
	for i := 1; i <= samples; i++ {
		p := at(float64(i) / samples)
		d := p.Sub(last)
		l := d.Len()
		lengths += l
		last = p
		if l < 1e-12 {
			continue
		}
		prev, dir = dir, d.Scale(1/l)
		if prev != (Vec3{}) {
			t := math.Atan2(prev.Cross(dir).Len(), prev.Dot(dir))
			turn += t
			off = math.Max(off, t*l/8) // the sagitta of an arc that turns by t over l
		}
	}
	if turn < 1e-6 || lengths < f.merge() {
		return 1
	}
	// The sagitta falls with the square of the number of pieces.
	n := math.Max(turn/f.maxTurn(), samples*math.Sqrt(off/f.chord()))
	if lengths < 4*f.chord() {
		n = 1
	}
	return int(math.Min(maxSteps, math.Max(1, math.Ceil(n-1e-6))))
}
