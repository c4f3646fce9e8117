package vector

import (
	"cmp"
	"context"
	"slices"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// partsPerLayer is into how many parts a budget is divided for each layer of a tile. The parts
// are coarse, so that an edit seldom changes what other layers may take.
const partsPerLayer = 8

// share gives each layer of a tile its budget at a zoom level, in compressed bytes, negative for
// no bound. A layer that needs less than its share leaves the rest to the others; what all of them
// leave is shared again. It is decided for the layers as a whole, so that no seam shows between tiles.
func (s *Source) share(ctx context.Context, layers []layer, zoom uint8) {
	if len(layers) == 1 {
		layers[0].budget = s.budget(layers[0].info.Name)
		return
	}
	all := partsPerLayer * len(layers)
	needs, order := make([]int, len(layers)), make([]int, len(layers))
	for i := range layers {
		order[i], needs[i] = i, s.need(ctx, &layers[i], min(zoom, deepest), len(layers))
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(needs[a], needs[b]), cmp.Compare(layers[a].info.Name, layers[b].info.Name))
	})
	left := all
	for k, i := range order {
		layers[i].parts = min(needs[i], left/(len(layers)-k))
		left -= layers[i].parts
	}
	for i := range layers {
		l := &layers[i]
		l.parts += left / len(layers)
		l.budget = s.budget(l.info.Name)
		if l.budget > 0 {
			l.budget = l.budget * l.parts / all
		}
	}
}

// need is how many parts of its budget a layer takes where all of it is shown: all of them when
// nobody knows.
func (s *Source) need(ctx context.Context, l *layer, zoom uint8, layers int) int {
	budget := s.budget(l.info.Name)
	switch {
	case budget == 0:
		return 1
	case l.snap == nil || budget < 0:
		return partsPerLayer * layers
	}
	m := s.memos.of(l.snap)
	return m.recall(m.keyOf(&l.drawing, levelKey{zoom: zoom, budget: budget, layers: layers}), func(k levelKey) showing {
		d := l.drawing
		d.z.Known = false // a slice by height has the share of the whole
		return s.weigh(context.WithoutCancel(ctx), &d, m.standing.rows(&d, k.moment, k.filter), k)
	}).parts
}

// weigh finds the need of a layer by drawing the heaviest tile of the zoom level, unless
// counting what is in it is enough to know.
func (s *Source) weigh(ctx context.Context, d *drawing, rows []memory.Row, k levelKey) showing {
	all := partsPerLayer * k.layers
	part := max(k.budget/all, 1)
	if len(rows) == 0 {
		return showing{parts: 1}
	}
	groups := tally(d.snap, rows, k.zoom)
	weights := make([]int, len(groups))
	at := 0
	for i, g := range groups {
		if weights[i] = weight(d.snap, rows[g.from:g.to]); weights[i] > weights[at] {
			at = i
		}
	}
	heaviest := groups[at]
	if heaviest.count()*leastBytes > k.budget {
		return showing{parts: all}
	}
	// Another tile can be a little heavier than the one that seems to be the heaviest.
	size := s.size(ctx, d, heaviest.tile, level{}) * 5 / 4
	parts := min(size/part+1, all)
	room := min(size-(parts-1)*part, parts*part-size)
	slack := heaviest.count() / 20
	if parts < all {
		slack = min(slack, heaviest.count()*room/(2*size+1))
	}
	return showing{parts: parts, evidence: []evidence{{frameOf(heaviest.tile, int64(s.options.Buffer)).search, slack}}}
}

// weight is about how heavy rows are in a tile, to compare tiles by.
func weight(s *memory.Snapshot, rows []memory.Row) (bytes int) {
	const cornerBytes = 2
	for _, row := range rows {
		t, i := s.At(row)
		bytes += aloneBytes
		for from, to := t.Rings(i); from < to; from++ {
			_, ring := t.Ring(from)
			bytes += cornerBytes * len(ring)
		}
	}
	return bytes
}
