package vector

import (
	"context"
	"math"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// merger gathers rows into blocks, cell by cell, and draws each when the next begins.
type merger struct {
	bits  uint
	kind  mvt.GeomType // Polygon or Point
	block block
	rect  memory.Rect // the block's cell in the world
	// whole says that all of the cell's features are at hand. Of a cell on the tile's edge for
	// which they are not, each tile merges those whose middles lie in it. In the plane of
	// latitude cells do lie on edges; small ones lie in the buffer of both tiles.
	whole, small bool
}

// drawMerged draws rows, of which the small ones are merged.
func (e *encoder) drawMerged(ctx context.Context, d *drawing, rows []memory.Row) error {
	e.summary.begin(&e.tagger)
	e.blocks.bits, e.clusters.bits = d.sieve.cell, d.sieve.cluster
	e.blocks.kind, e.clusters.kind = mvt.Polygon, mvt.Point
	e.blocks.small, e.clusters.small = e.frame.buffers(d.sieve.cell), e.frame.buffers(d.sieve.cluster)
	for n, row := range rows {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t, i := d.snap.At(row)
		switch d.sieve.sort(t, i) {
		case alone:
			e.row(t, i)
		case merged:
			e.merge(&e.blocks, row, t, i)
		case clustered:
			e.merge(&e.clusters, row, t, i)
		case dropped: // not among what was chosen
		}
	}
	e.flush(&e.blocks)
	e.flush(&e.clusters)
	e.tagger.develop(e.plate)
	return nil
}

func (e *encoder) merge(m *merger, row memory.Row, t *memory.Table, i int) {
	cell := cellOf(t.Box(i), m.bits)
	if m.block.count > 0 && m.block.cell != cell {
		e.flush(m)
	}
	if m.block.count == 0 {
		m.rect = cellRect(cell, m.bits)
		m.whole = e.frame.search.Contains(m.rect) && (!e.frame.level || m.small)
	}
	if !m.whole && !e.frame.owns(t.Box(i)) {
		return
	}
	if m.block.count == 0 {
		e.summary.reset(&m.block, cell)
	}
	e.summary.add(&m.block, m.bits, row, t, i)
}

// flush draws the block at hand. One of a single feature is that feature.
func (e *encoder) flush(m *merger) {
	b := &m.block
	if b.count == 0 {
		return
	}
	switch {
	case b.count == 1:
		e.row(e.summary.snap.At(b.only))
	case m.kind == mvt.Polygon:
		e.plate.geometry.Ring(e.rectangle(b, m.rect))
		e.shootBlock(mvt.Polygon, b)
	default:
		e.points = append(e.points[:0], e.frame.round(e.frame.middle(b, m.rect)))
		e.plate.geometry.Points(e.points)
		e.shootBlock(mvt.Point, b)
	}
	b.count = 0
}

// owns reports whether the middle of a box lies in the tile itself.
func (f *frame) owns(b memory.Rect) bool {
	y := b.MinY + (b.MaxY-b.MinY)/2
	if f.level {
		y = levelY(y)
	}
	dx, dy := int64(b.MinX+(b.MaxX-b.MinX)/2)-f.x, int64(y)-f.y
	size := int64(math.Ldexp(mvt.Extent, f.shift))
	return dx >= 0 && dy >= 0 && dx < size && dy < size
}

// buffers reports whether the tile's buffer is as wide as a cell of 2^bits world units, which
// in the plane of latitude is never higher than wide.
func (f *frame) buffers(bits uint) bool {
	return uint64(f.clip.MaxX-f.clip.MinX) >= uint64(math.Ldexp(mvt.Extent, f.shift))+2<<bits
}

// middle returns the middle of a block in units of the tile.
func (f *frame) middle(b *block, cell memory.Rect) (x, y float64) {
	worldX, worldY := float64(cell.MinX)+b.x/b.sum, float64(cell.MinY)+b.y/b.sum
	if f.level {
		worldY = float64(levelY(uint32(worldY)))
	}
	return f.units(worldX, worldY)
}

// units returns a place of the frame's plane in units of the tile.
func (f *frame) units(x, y float64) (tx, ty float64) {
	return (x - float64(f.x)) / f.unit(), (y - float64(f.y)) / f.unit()
}

func (f *frame) round(x, y float64) mvt.XY {
	return mvt.XY{X: int32(math.Floor(x + 0.5)), Y: int32(math.Floor(y + 0.5))}
}

// stand is a rectangle of the frame's plane in units of the tile.
type stand struct{ left, top, width, height float64 }

func (f *frame) stand(r memory.Rect) stand {
	if f.level {
		r.MinY, r.MaxY = levelY(r.MinY), levelY(r.MaxY)
	}
	left, top := f.units(float64(r.MinX), float64(r.MinY))
	right, bottom := f.units(float64(r.MaxX)+1, float64(r.MaxY)+1)
	return stand{left, top, right - left, bottom - top}
}

// rectangle stands for a block: as wide and high as the block's features stand, shrunk to
// their area around their middle. Where that is more than they stand on in the cell, the cell
// is what they stand on.
func (e *encoder) rectangle(b *block, cell memory.Rect) []mvt.XY {
	f := &e.frame
	whole, size := f.stand(cell), float64(cell.MaxX-cell.MinX)+1
	area := b.area * whole.width * whole.height / (size * size)
	on := f.stand(memory.Rect{MinX: max(b.box.MinX, cell.MinX), MinY: max(b.box.MinY, cell.MinY), MaxX: min(b.box.MaxX, cell.MaxX), MaxY: min(b.box.MaxY, cell.MaxY)})
	if area > on.width*on.height {
		on = whole
	}
	area = min(area, on.width*on.height)
	wide := max(math.Floor(on.width*math.Sqrt(area/(on.width*on.height))+0.5), 1)
	high := max(math.Floor(area/wide+0.5), 1)
	x, y := f.middle(b, cell)
	nw := f.round(max(min(x-wide/2, on.left+on.width-wide), on.left), max(min(y-high/2, on.top+on.height-high), on.top))
	se := mvt.XY{X: nw.X + int32(wide), Y: nw.Y + int32(high)}
	e.quantise.out = append(e.quantise.out[:0], nw, mvt.XY{X: se.X, Y: nw.Y}, se, mvt.XY{X: nw.X, Y: se.Y})
	return e.quantise.out
}

// shootBlock ends the geometry of a block.
func (e *encoder) shootBlock(kind mvt.GeomType, b *block) {
	from := len(e.tagger.pairs)
	e.tagger.tagBlock(&e.summary, b)
	e.shoot(shot{kind: kind, from: from, count: len(e.tagger.pairs) - from})
}

// tagBlock adds the properties of a block to the pairs.
func (t *tagger) tagBlock(m *summary, b *block) {
	t.number(propMerged, float64(b.count))
	if b.area > 0 {
		y := float64(uint64(b.box.MinY)+uint64(b.box.MaxY)) / 2
		t.number(propMergedArea, digits(b.area*squareMetres(y), 3))
	}
	for k, p := range labels {
		t.label(p, b.texts[k].most(b.sum))
	}
	if b.z.Known {
		t.number(propZMin, b.z.Min)
		t.number(propZMax, b.z.Max)
	}
	if b.under != spatial.Unknown && !b.mixed && t.houseKey[propUnderground] != notWanted {
		t.pair(t.key(propUnderground), t.truth(b.under == spatial.Yes))
	}
	for k, c := range m.number {
		if n := &b.numbers[k]; n.n > 0 {
			t.pair(t.keyOf(c), t.indexOf(n.mean(t.snap.Types[c])))
		}
	}
	if h := &b.numbers[m.height]; h.n > 0 {
		if m.own == none {
			t.number(propHeight, h.mean(spatial.FieldNumber))
		}
		if !m.noMax {
			t.number(propHeightMax, h.max)
		}
	}
	for k, c := range m.text {
		// A label hides the source's property of its name, as it does in features.
		label := labelOf(houseOf(t.snap.Schema.Names[c]))
		if id := b.texts[labelCount+k].most(b.sum); id != 0 && (label == none || b.texts[label].n == 0) {
			t.pair(t.keyOf(c), t.value(id))
		}
	}
	if t.dropped != unset {
		t.pair(t.key(propDropped), uint32(t.dropped))
	}
}

// mean of whole numbers is rounded to one; others keep three digits, which lets many blocks
// share a value.
func (n *number) mean(t spatial.FieldType) float64 {
	mean := n.sum / float64(n.n)
	if t == spatial.FieldInteger {
		return math.Round(mean)
	}
	return digits(mean, 3)
}

// digits rounds a number to so many significant digits.
func digits(v float64, n int) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	step := math.Pow(10, float64(n-1)-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*step) / step
}
