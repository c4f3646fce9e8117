package vector

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

const (
	// leastBytes is what a feature takes at least in a compressed tile, mostBytes what it
	// takes at most where its geometry is a few corners. Between the two a tile is drawn to
	// know.
	leastBytes, mostBytes = 6, 200
	// aloneBytes and blockBytes are what a feature without costly texts and a block take, on
	// tiles of buildings with three numbers each.
	aloneBytes, blockBytes = 34, 22
	// certain is by what factor a tile counted in these must lie off the budget to be believed.
	certain = 3
	// gzipBytes is what gzip adds at most to a tile that cannot be compressed at all.
	gzipBytes = 32
	// deepest is the zoom level down to which the level is chosen for the layer as a whole.
	// Below, a tile is 600 m wide at most; one that is still too large looks after itself.
	deepest = 16
)

// showing is the level that a zoom level of a layer has, and what it shows of it; or else how
// much of its budget it needs to show all.
type showing struct {
	level level
	parts int
	census
	of       int
	evidence []evidence
	old      bool // the counts are those of an earlier state
}

// choose finds the first level at which the fullest tile of a zoom level keeps the budget, for
// the layer as a whole. Whether a level fits is found by drawing that tile, unless counting what
// is in it is enough to know.
func (s *Source) choose(ctx context.Context, d *drawing, rows []memory.Row, zoom uint8, budget int) showing {
	s.choices.Add(1)
	out := showing{census: census{alone: len(rows)}, of: len(rows)}
	groups := tally(d.snap, rows, zoom)
	fullest := slices.MaxFunc(groups, func(a, b group) int { return cmp.Compare(a.count(), b.count()) })
	if fullest.count()*mostBytes < budget {
		return out
	}
	fits := func(g group, l level) bool {
		size := s.size(ctx, d, g.tile, l)
		slack := g.count() / 20
		if size > budget*9/10 && size < budget*11/10 {
			slack = 0
		}
		out.evidence = append(out.evidence, evidence{frameOf(g.tile, int64(s.options.Buffer)).search, slack})
		return size <= budget
	}
	if fullest.count()*leastBytes < budget && fits(fullest, level{lean: true}) {
		out.level.lean = !fits(fullest, level{})
		return out
	}
	for grain := uint8(1); ; grain++ {
		shown, densest, at := count(d.snap, rows, groups, zoom, grain)
		out.level, out.census = level{lean: true, grain: grain}, shown
		if grain == coarsest || densest.bytes() < budget/certain || (densest.bytes() < budget*certain && fits(at, out.level)) {
			return out
		}
	}
}

// recount brings the counts of a level up to date.
func (v showing) recount(d *drawing, rows []memory.Row, zoom uint8) showing {
	if v.old {
		v.of, v.census = len(rows), census{alone: len(rows)}
		if v.level.grain > 0 {
			v.census, _, _ = count(d.snap, rows, tally(d.snap, rows, zoom), zoom, v.level.grain)
		}
	}
	return v
}

// size draws a tile to see how large it is at a level.
func (s *Source) size(ctx context.Context, d *drawing, c tiles.Coord, l level) int {
	e := s.encoder()
	defer s.release(e)
	e.begin(c, &s.options)
	trial := *d
	trial.set(l, c.Zoom())
	return e.measure(ctx, &trial)
}

var worldRect = memory.Rect{MaxX: math.MaxUint32, MaxY: math.MaxUint32}

// measure returns the compressed size of a layer. The context must be one that does not
// end, since others wait for the result.
func (e *encoder) measure(ctx context.Context, d *drawing) int {
	var err error
	if e.trial, err = e.draw(ctx, e.trial[:0], d); err != nil {
		return 0
	}
	size, _ := e.pack(e.trial)
	return size
}

// pack compresses a layer into packed and returns its size; ok is false when it could not.
func (e *encoder) pack(raw []byte) (size int, ok bool) {
	var err error
	if e.packed, err = e.gzip.Append(e.packed[:0], raw); err != nil {
		return len(raw), false
	}
	return len(e.packed), true
}

// drawWithin draws a layer, and draws it again with less in it when it does not keep the
// budget: a tile that is heavier than the fullest one, or deeper than levels are chosen for
// the layer as a whole. sized says afterwards whether the layer was compressed to see that.
func (e *encoder) drawWithin(ctx context.Context, dst []byte, d *drawing, zoom uint8, budget int) ([]byte, error) {
	start := len(dst)
	e.crowded(d, zoom, budget)
	for {
		var err error
		e.sized = false
		if dst, err = e.draw(ctx, dst[:start], d); err != nil {
			return dst, err
		}
		raw := dst[start:]
		if budget < 0 || len(raw)+gzipBytes <= budget || e.layer.Count() <= 1 {
			return dst, nil
		}
		size, ok := e.pack(raw)
		e.sized = ok
		if size <= budget {
			return dst, nil
		}
		next := d.level.next()
		if next == d.level {
			return dst, nil // a feature that is too large by itself is drawn all the same
		}
		d.set(next, zoom)
	}
}

// crowded merges at once what has no chance to fit, for rows that nobody has counted yet.
func (e *encoder) crowded(d *drawing, zoom uint8, budget int) {
	if budget < 0 || d.level.grain > 0 || d.snap.Len()*leastBytes < budget {
		return
	}
	e.rows = d.snap.AppendRows(e.rows[:0], e.frame.search)
	if rows, _ := d.choose(e.rows); len(rows)*leastBytes > budget {
		d.set(level{lean: true, grain: 1}, zoom)
	}
}

// set gives the drawing a level of a zoom level.
func (d *drawing) set(l level, zoom uint8) {
	d.level, d.without = l, nil
	if l.grain > 0 {
		d.sieve = sieveOf(zoom, l.grain)
	}
	if l.lean && d.properties == nil {
		d.without = d.costly
	}
}
