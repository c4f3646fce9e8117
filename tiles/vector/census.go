package vector

import (
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

// census counts what a level shows.
type census struct {
	alone   int // features drawn by themselves
	blocks  int
	merged  int // features in blocks
	dropped int // features left out
}

func (c *census) add(o census) {
	c.alone += o.alone
	c.blocks += o.blocks
	c.merged += o.merged
	c.dropped += o.dropped
}

// bytes is about what the census takes in a compressed tile.
func (c *census) bytes() int { return c.alone*aloneBytes + c.blocks*blockBytes }

// run counts one kind of cells along the curve.
type run struct {
	bits  uint
	cell  memory.World
	count int
}

// take adds a feature and returns what is known of the cell before it when that is over.
func (r *run) take(b memory.Rect) census {
	cell := cellOf(b, r.bits)
	if cell == r.cell && r.count > 0 {
		r.count++
		return census{}
	}
	done := r.end()
	r.cell, r.count = cell, 1
	return done
}

func (r *run) end() (c census) {
	switch {
	case r.count == 1:
		c.alone = 1
	case r.count > 1:
		c.blocks, c.merged = 1, r.count
	}
	r.count = 0
	return c
}

// count counts what a level shows of rows that were chosen without one: of all of them, and
// in the tile that is fullest then.
func count(s *memory.Snapshot, rows []memory.Row, groups []group, zoom, grain uint8) (all, fullest census, at group) {
	v := sieveOf(zoom, grain)
	cells, clusters := run{bits: v.cell}, run{bits: v.cluster}
	for _, g := range groups {
		var here census
		for _, row := range rows[g.from:g.to] {
			t, i := s.At(row)
			switch v.sort(t, i) {
			case alone:
				here.alone++
			case merged:
				here.add(cells.take(t.Box(i)))
			case clustered:
				here.add(clusters.take(t.Box(i)))
			case dropped:
				here.dropped++
			}
		}
		here.add(cells.end())
		here.add(clusters.end())
		all.add(here)
		if here.bytes() > fullest.bytes() {
			fullest, at = here, g
		}
	}
	return all, fullest, at
}

// group is the rows from ≤ r < to, whose middles lie in one tile.
type group struct {
	tile     tiles.Coord
	from, to int
}

func (g group) count() int { return g.to - g.from }

// tally groups rows by the tile that their middle lies in. Along the Hilbert curve all of a
// tile's rows follow each other.
func tally(s *memory.Snapshot, rows []memory.Row, zoom uint8) []group {
	groups := []group{{}}
	for i, row := range rows {
		t, j := s.At(row)
		at := cellOf(t.Box(j), uint(worldBits-int(zoom)))
		c := tiles.Coord{Z: zoom, X: at.X, Y: at.Y}
		if last := &groups[len(groups)-1]; last.tile != c || last.from == last.to {
			groups = append(groups, group{tile: c, from: i, to: i})
		}
		groups[len(groups)-1].to = i + 1
	}
	return groups
}
