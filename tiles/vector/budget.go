package vector

import (
	"context"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

// cut is the measure by which a layer is thinned: what ranks below it is left out. The zero
// cut keeps everything.
type cut uint32

// rank orders features by size, and those of one size by a hash of their number, so that of
// many alike an even share can be kept.
func rank(t *memory.Table, i int) cut {
	return cut(t.Size(i))<<8 | cut(t.Num(i)*0x9e3779b97f4a7c15>>56)
}

const ranks = 1 << 16

func (c cut) drops(t *memory.Table, i int) bool { return c > 0 && rank(t, i) < c }

const (
	// leastBytes is what a feature with an id takes at least in a compressed tile; a layer
	// whose features fit at this price is not looked at any further.
	leastBytes = 12
	// firstGuess is what a feature takes in a compressed tile, before the first is drawn.
	firstGuess = 30
	// rawRatio is how many bytes compress to one at least in tiles with ids and numbers in
	// them. A tile below the budget times this needs no measuring.
	rawRatio = 1.3
	// step is how finely a layer is thinned. A change of a few features most likely leaves
	// the measure as it was, and with it all tiles that do not show them.
	step = 64
	// deepest is the zoom level down to which a layer is thinned as a whole. Below, a tile is
	// 600 m wide at most; one that is still too large is thinned by itself.
	deepest = 16
)

// thinning is how a layer is thinned at a zoom level.
type thinning struct {
	cut      cut
	kept, of int64
}

// thin finds the least cut under which the fullest tile of a zoom level keeps the budget:
// one measure for the whole layer. It draws that tile a few times to know what a feature
// costs.
func (s *Source) thin(ctx context.Context, d *drawing, zoom uint8, budget int) thinning {
	rows := d.snap.AppendRows(nil, worldRect)
	rows, _ = d.choose(rows)
	groups := tally(d.snap, rows, zoom)
	none := thinning{kept: int64(len(rows)), of: int64(len(rows))}
	fullest := slices.MaxFunc(groups, func(a, b group) int { return a.count() - b.count() })
	if fullest.count()*leastBytes < budget {
		return none
	}
	e := s.encoder()
	defer s.release(e)
	e.begin(fullest.tile, &s.options)
	best, try := cut(ranks), *d
	limit := budget / firstGuess
	for range 4 {
		try.cut = (cutFor(d.snap, rows, groups, limit) + step - 1) / step * step
		size := e.measure(ctx, &try)
		if size <= budget && try.cut < best {
			best = try.cut
		}
		if size <= budget && (try.cut == 0 || size > budget*9/10) {
			break
		}
		limit = int(float64(limit) * float64(budget) / float64(max(size, 1)) * 0.97)
	}
	if best == ranks {
		best = try.cut // near enough: each tile looks after itself
	}
	if best == 0 {
		return none
	}
	out := thinning{cut: best, of: int64(len(rows))}
	for _, row := range rows {
		if !best.drops(d.snap.At(row)) {
			out.kept++
		}
	}
	return out
}

var worldRect = memory.Rect{MaxX: math.MaxUint32, MaxY: math.MaxUint32}

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
		b := t.Box(j)
		shift := worldBits - int(zoom)
		c := tiles.Coord{Z: zoom, X: uint32(uint64(b.MinX+(b.MaxX-b.MinX)/2) >> shift), Y: uint32(uint64(b.MinY+(b.MaxY-b.MinY)/2) >> shift)}
		if last := &groups[len(groups)-1]; last.tile != c || last.from == last.to {
			groups = append(groups, group{tile: c, from: i, to: i})
		}
		groups[len(groups)-1].to = i + 1
	}
	return groups
}

// cutFor returns the least cut under which no group keeps more than limit rows.
func cutFor(s *memory.Snapshot, rows []memory.Row, groups []group, limit int) cut {
	least := cut(0)
	counts := make([]int32, ranks)
	for _, g := range groups {
		if g.count() <= limit {
			continue
		}
		clear(counts)
		for _, row := range rows[g.from:g.to] {
			counts[rank(s.At(row))]++
		}
		kept := 0
		c := cut(ranks)
		for c > least && kept+int(counts[c-1]) <= limit {
			c--
			kept += int(counts[c])
		}
		least = max(least, c)
	}
	return least
}

// measure returns the compressed size of a layer. The context must be one that does not
// end, since others wait for the result.
func (e *encoder) measure(ctx context.Context, d *drawing) int {
	var err error
	if e.trial, err = e.draw(ctx, e.trial[:0], d); err != nil {
		return 0
	}
	return e.compressed(e.trial)
}

func (e *encoder) compressed(raw []byte) int {
	var err error
	if e.packed, err = e.gzip.Append(e.packed[:0], raw); err != nil {
		return len(raw)
	}
	return len(e.packed)
}

// drawWithin draws a layer, and draws it again with less in it when it does not keep the
// budget: a tile that is heavier than the fullest one, or deeper than the layer is thinned.
func (e *encoder) drawWithin(ctx context.Context, dst []byte, d *drawing, budget int) ([]byte, error) {
	start := len(dst)
	for {
		var err error
		if dst, err = e.draw(ctx, dst[:start], d); err != nil {
			return dst, err
		}
		raw := dst[start:]
		if budget < 0 || float64(len(raw)) < float64(budget)*rawRatio || e.layer.Count() <= 1 {
			return dst, nil
		}
		size := e.compressed(raw)
		if size <= budget {
			return dst, nil
		}
		rows, _ := d.choose(d.snap.AppendRows(e.rows[:0], e.frame.search))
		limit := int(float64(len(rows)) * float64(budget) / float64(size) * 0.95)
		next := cutFor(d.snap, rows, []group{{to: len(rows)}}, max(limit, 1))
		if next <= d.cut {
			return dst, nil // one feature that is too large by itself is drawn all the same
		}
		d.cut = next
	}
}
