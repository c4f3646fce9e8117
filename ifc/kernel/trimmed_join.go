package kernel

import (
	"fmt"
	"math"
	"slices"
)

// joinWinders makes rings of the loops that run around the surface.
func (f *trimmedFace) joinWinders() error {
	switch len(f.winders) {
	case 0:
		return nil
	case 1:
		return f.toPole(f.winders[0])
	case 2:
		a, b := f.winders[0], f.winders[1]
		if a.dir != b.dir {
			return fmt.Errorf("%w: loops wind around a surface both ways", ErrInvalid)
		}
		if a.way == b.way {
			b = b.reversed()
		}
		f.bridge(a, b)
		return nil
	}
	return fmt.Errorf("%w: %d loops wind around a surface", ErrInvalid, len(f.winders))
}

func (w winder) reversed() winder {
	nodes := slices.Clone(w.nodes)
	slices.Reverse(nodes)
	return winder{nodes, w.dir, -w.way}
}

// full returns the nodes of a loop from number k once around, its beginning
// repeated at the end.
func (w winder) full(k int, period float64) []node {
	nodes := make([]node, 0, len(w.nodes)+1)
	turn := period * float64(w.way)
	for i := range len(w.nodes) + 1 {
		n := w.nodes[(k+i)%len(w.nodes)]
		if k+i >= len(w.nodes) {
			n.uv[w.dir] += turn
		}
		if k+i >= 2*len(w.nodes) {
			n.uv[w.dir] += turn
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// toPole closes a single loop at the pole on the side of the face.
func (f *trimmedFace) toPole(w winder) error {
	other := 1 - w.dir
	// Left of a run along the first parameter lies the greater second one; left
	// of a run along the second the lesser first one.
	high := (float64(w.way)*f.sense > 0) == (w.dir == 0)
	if high && !f.domain.PoleHi[other] || !high && !f.domain.PoleLo[other] {
		high = !high
	}
	pole := 2*other + poleLo
	if high {
		pole = 2*other + poleHi
	}
	if high && !f.domain.PoleHi[other] || !high && !f.domain.PoleLo[other] {
		return fmt.Errorf("%w: a loop around a surface without a second one", ErrInvalid)
	}
	ring := w.full(0, f.domain.period(w.dir))
	first, last := ring[0], ring[len(ring)-1]
	tip := int32(len(f.places))
	f.places = append(f.places, f.surface.At(f.polePoint(pole, first.uv[w.dir])))
	up := f.line(last, node{f.polePoint(pole, last.uv[w.dir]), tip})
	ring = append(ring, up...)
	ring = append(ring, node{f.polePoint(pole, last.uv[w.dir]), tip}, node{f.polePoint(pole, first.uv[w.dir]), tip})
	ring = append(ring, f.copied(up, w.dir, first.uv[w.dir]-last.uv[w.dir])...)
	f.rings = append(f.rings, ring)
	return nil
}

// line returns nodes between two nodes, as many as the tolerances ask for.
func (f *trimmedFace) line(a, b node) []node {
	n := 1.0
	for d := range 2 {
		if f.bent[d] {
			n = math.Max(n, math.Ceil(math.Abs(b.uv[d]-a.uv[d])/f.step[d]))
		}
	}
	var list []node
	for i := 1.0; i < n; i++ {
		uv := a.uv.Add(b.uv.Sub(a.uv).Scale(i / n))
		list = append(list, node{uv, int32(len(f.places))})
		f.places = append(f.places, f.surface.At(uv))
	}
	return list
}

// copied returns nodes backwards and moved along a direction: the other bank of a
// cut.
func (f *trimmedFace) copied(list []node, dir int, shift float64) []node {
	out := slices.Clone(list)
	slices.Reverse(out)
	for i := range out {
		out[i].uv[dir] += shift
	}
	return out
}

// bridge cuts the surface open between two loops that run around it in opposite
// directions, where no ring is in the way, and makes one ring of them.
func (f *trimmedFace) bridge(a, b winder) {
	p := f.domain.period(a.dir)
	besti, bestj, least := 0, 0, inf
	stride := max(1, len(a.nodes)/128)
	for i := 0; i < len(a.nodes); i += stride {
		u := a.nodes[i].uv[a.dir]
		blocked := f.blocked(u, a.dir, p)
		for j := range b.nodes {
			d := math.Abs(math.Remainder(b.nodes[j].uv[a.dir]-u, p))
			if blocked {
				d += p
			}
			if d < least {
				besti, bestj, least = i, j, d
			}
		}
	}
	ring := a.full(besti, p)
	first, last := ring[0], ring[len(ring)-1]
	back := b.full(bestj, p)
	shift := p * math.Round((last.uv[a.dir]-back[0].uv[a.dir])/p)
	for i := range back {
		back[i].uv[a.dir] += shift
	}
	across := f.line(last, back[0])
	ring = append(ring, across...)
	ring = append(ring, back...)
	ring = append(ring, f.copied(across, a.dir, first.uv[a.dir]-last.uv[a.dir])...)
	f.rings = append(f.rings, ring)
}

// blocked reports whether a ring lies across the line at a value of a closed
// parameter.
func (f *trimmedFace) blocked(at float64, dir int, period float64) bool {
	for _, r := range f.rings {
		lo, hi := inf, -inf
		for _, n := range r {
			lo, hi = min(lo, n.uv[dir]), max(hi, n.uv[dir])
		}
		if at-period*math.Floor((at-lo)/period) <= hi {
			return true
		}
	}
	return false
}

// gather moves the holes of a closed surface by whole periods to where its largest
// ring is.
func (f *trimmedFace) gather() {
	largest, most := 0, -1.0
	for i, r := range f.rings {
		if a := math.Abs(shiftedArea(r, len(r), 0, 0)); a > most {
			largest, most = i, a
		}
	}
	span := func(r []node, d int) (lo, hi float64) {
		lo, hi = inf, -inf
		for _, n := range r {
			lo, hi = min(lo, n.uv[d]), max(hi, n.uv[d])
		}
		return lo, hi
	}
	for d := range 2 {
		p := f.domain.period(d)
		if p == 0 || len(f.rings) < 2 {
			continue
		}
		lo, hi := span(f.rings[largest], d)
		for i, r := range f.rings {
			if i == largest {
				continue
			}
			l, h := span(r, d)
			shift := 0.0
			for l+shift < lo-1e-9*p && h+shift+p <= hi+1e-6*p {
				shift += p
			}
			for h+shift > hi+1e-9*p && l+shift-p >= lo-1e-6*p {
				shift -= p
			}
			for k := range r {
				r[k].uv[d] += shift
			}
		}
	}
}
