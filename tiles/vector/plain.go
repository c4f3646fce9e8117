package vector

import (
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// Most buildings lie in a tile as a whole and are one ring of a few corners. Where they are so
// much larger than a unit of the tile that rounding leaves their edges apart, which is known of
// each ring beforehand, they need only be rounded; where they are smaller, rounding most often
// leaves a ring of which a look says that it is sound, or nothing.

// plain adds the row's polygon when it is such a one.
func (e *encoder) plain(t *memory.Table, i int) bool {
	f := &e.frame
	from, to := t.Rings(i)
	if to != from+1 || f.level || f.shift <= 0 || !f.clip.Contains(t.Box(i)) {
		return false
	}
	kind, ring := t.Ring(from)
	if len(ring) > fewest && e.tolerance > 0 {
		return false
	}
	if t.Steady(from, f.shift) {
		e.plate.geometry.Ring(e.quantise.steady(f, ring))
		return true
	}
	return kind == memory.Exterior && len(ring) <= few && e.small(ring)
}

// small adds a ring that rounding may have changed, unless more is to be done about it.
func (e *encoder) small(ring []memory.World) bool {
	out, area := e.quantise.ring(&e.frame, ring)
	switch {
	case area == 0:
		out = e.quantise.sliver(&e.frame, ring)
	case area < 0 || !(convex(out) || simple(out)):
		return false
	}
	e.plate.geometry.Ring(out)
	return true
}

// steady rounds a ring that is steady: no two corners fall together, so only those in the
// middle of a straight line are left out.
func (q *quantiser) steady(f *frame, ring []memory.World) []mvt.XY {
	half := int64(1) << (f.shift - 1)
	west, north, shift := f.x-half, f.y-half, uint(f.shift)
	if cap(q.out) < len(ring) {
		q.out = make([]mvt.XY, 0, max(len(ring), 32))
	}
	out, n := q.out[:len(ring)], 0
	place := func(w memory.World) mvt.XY {
		return mvt.XY{X: int32((int64(w.X) - west) >> shift), Y: int32((int64(w.Y) - north) >> shift)}
	}
	last, at := place(ring[len(ring)-1]), place(ring[0])
	dx, dy := int64(at.X-last.X), int64(at.Y-last.Y)
	first := at
	for k := 1; k <= len(ring); k++ {
		next := first
		if k < len(ring) {
			next = place(ring[k])
		}
		toX, toY := int64(next.X-at.X), int64(next.Y-at.Y)
		out[n] = at
		if dx*toY != dy*toX {
			n++
		}
		at, dx, dy = next, toX, toY
	}
	return out[:n]
}
