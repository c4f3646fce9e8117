package vector

import (
	"context"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// drawing is what is drawn of one collection.
type drawing struct {
	snap       *memory.Snapshot
	start, end int64 // what is valid at some time between
	z          spatial.ZRange
	properties []string
	filter     spatial.Filter  // nil for none
	matcher    *memory.Matcher // of the filter, once it was needed
	level      level
	sieve      sieve    // of the level's grain, when it has one
	costly     []string // properties to be left out where the level is lean
	without    []string // properties left out
}

// encoder draws layers. It keeps its memory between them and is for one goroutine at a
// time. The zero value is ready.
type encoder struct {
	frame     frame
	tolerance float64 // world units

	layer    mvt.Layer
	tagger   tagger
	plate    *plate // that features are drawn on
	plates   [relayPlates]plate
	relay    *relay // where another goroutine gives features their properties
	company  bool   // there may be one: a processor is idle
	rows     []memory.Row
	simplify simplifier
	clip     clipper
	cut      polygonClipper
	quantise quantiser
	rounded  rounded
	check    checker
	points   []mvt.XY
	flat     []memory.World // a ring in the plane of latitude
	corner   [1]memory.World
	summary  summary
	blocks   merger
	clusters merger
	addLine  func([]memory.World) // a method value, made once

	trial, packed []byte // what is drawn to be measured or compressed, and that compressed
	sized         bool   // packed is the layer that was drawn last
	gzip          tiles.Gzip
}

// checkEvery is how many features are drawn between two looks at the context.
const checkEvery = 2048

// begin makes the encoder ready for a tile.
func (e *encoder) begin(c tiles.Coord, o *Options) {
	e.frame = frameOf(c, int64(o.Buffer))
	e.tolerance, e.company = 0, false
	if c.Zoom() < o.FullZoom {
		e.tolerance = max(o.Tolerance, 0) * e.frame.unit()
	}
	if e.addLine == nil {
		e.addLine = e.line
	}
}

// draw appends the layer of one collection to the tile.
func (e *encoder) draw(ctx context.Context, dst []byte, d *drawing) ([]byte, error) {
	for i := range e.plates {
		e.plates[i].wipe()
	}
	e.plate = &e.plates[0]
	e.layer.Reset(d.snap.Collection.Name, mvt.Extent)
	e.tagger.begin(&e.layer, d.snap, d.properties, d.without)
	e.rows = d.snap.AppendRows(e.rows[:0], e.frame.search)
	rows, left := e.rows, 0
	if !d.everything() {
		rows, left = d.choose(e.rows)
	}
	e.tagger.drop(left)
	if d.level.grain > 0 {
		if err := e.drawMerged(ctx, d, rows); err != nil {
			return dst, err
		}
		return e.layer.AppendTo(dst), nil
	}
	var err error
	if e.company && len(rows) >= relayFrom {
		err = e.drawTogether(ctx, d.snap, rows)
	} else {
		err = e.drawRows(ctx, d.snap, rows)
	}
	if err != nil {
		return dst, err
	}
	e.tagger.develop(e.plate)
	return e.layer.AppendTo(dst), nil
}

// drawRows draws rows as they are. What is on the plate at the end is left to the caller.
func (e *encoder) drawRows(ctx context.Context, s *memory.Snapshot, rows []memory.Row) error {
	for n, row := range rows {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e.row(s.At(row))
	}
	return nil
}

// everything reports whether no row is left out, whatever it is.
func (d *drawing) everything() bool {
	start, end := memory.Micros(spatial.Interval{})
	return d.start == start && d.end == end && !d.z.Known && d.filter == nil && d.level.grain == 0
}

// choose keeps the rows that are drawn or merged, in place, and counts those that are left out
// for their length alone.
func (d *drawing) choose(rows []memory.Row) (kept []memory.Row, left int) {
	window := spatial.Box{}
	window.Min[2], window.Max[2] = d.z.Min, d.z.Max
	kept = rows[:0]
	for _, row := range rows {
		t, i := d.snap.At(row)
		if !t.Stands(i, d.start, d.end) || (d.z.Known && !window.OverlapsZ(t.ZRange(i))) {
			continue
		}
		if d.filter != nil && !d.matches(row) {
			continue
		}
		if d.level.grain > 0 && d.sieve.sort(t, i) == dropped {
			left++
			continue
		}
		kept = append(kept, row)
	}
	return kept, left
}

func (d *drawing) matches(row memory.Row) bool {
	if d.matcher == nil {
		d.matcher = d.snap.Matcher(d.filter)
	}
	return d.matcher.Match(row)
}

// row draws one row: a feature, or one for each kind of geometry that it has.
func (e *encoder) row(t *memory.Table, i int) {
	points, lines, polygons := t.Has(i)
	if polygons {
		if !e.plain(t, i) {
			e.polygons(t, i)
		}
		e.shoot(shot{table: t, row: i, kind: mvt.Polygon})
	}
	if lines {
		e.lines(t, i)
		e.shoot(shot{table: t, row: i, kind: mvt.LineString})
	}
	if points {
		e.multipoint(t, i)
		e.shoot(shot{table: t, row: i, kind: mvt.Point})
	}
}

// positions returns a ring of the table in the frame's plane, valid until the next call.
func (e *encoder) positions(t *memory.Table, r int) (memory.RingKind, []memory.World) {
	kind, list := t.Ring(r)
	if !e.frame.level {
		return kind, list
	}
	e.flat = e.flat[:0]
	for _, w := range list {
		e.flat = append(e.flat, memory.World{X: w.X, Y: levelY(w.Y)})
	}
	return kind, e.flat
}

// polygons adds the row's polygons. When rounding leaves nothing of all of them, a sliver
// stands for the first.
func (e *encoder) polygons(t *memory.Table, i int) {
	whole := e.frame.holds(t.Box(i))
	from, to := t.Rings(i)
	lost := -1
	for r := from; r < to; {
		end := r + 1
		for end < to {
			if kind, _ := t.Ring(end); kind != memory.Hole {
				break
			}
			end++
		}
		if kind, _ := t.Ring(r); kind == memory.Exterior {
			if tiny := e.polygon(t, r, end, whole); tiny && lost < 0 {
				lost = r
			}
		}
		r = end
	}
	if !e.plate.geometry.Empty() {
		return
	}
	if lost >= 0 {
		_, ring := e.positions(t, lost)
		e.sliver(ring)
	} else if box := t.Box(i); from == to && !box.IsEmpty() {
		// Too small even for the world's units.
		e.corner[0] = memory.World{X: box.MinX + (box.MaxX-box.MinX)/2, Y: box.MinY + (box.MaxY-box.MinY)/2}
		if e.frame.level {
			e.corner[0].Y = levelY(e.corner[0].Y)
		}
		e.sliver(e.corner[:])
	}
}

// polygon adds the polygon of the rings from ≤ r < to, and reports whether it is there but
// too small to have an area.
func (e *encoder) polygon(t *memory.Table, from, to int, whole bool) (tiny bool) {
	e.rounded.reset()
	if whole {
		for r := from; r < to; r++ {
			_, ring := e.positions(t, r)
			e.ring(e.simplify.ring(ring, e.tolerance), r > from)
		}
	} else {
		e.clipped(t, from, to)
	}
	if len(e.rounded.rings) > 0 {
		e.polygonsOf(&e.rounded)
		return false
	}
	if whole {
		return true
	}
	_, ring := e.positions(t, from)
	_, area := e.quantise.ring(&e.frame, ring)
	return area == 0
}

// clipped rounds what of a polygon lies in the tile.
func (e *encoder) clipped(t *memory.Table, from, to int) {
	e.cut.begin(e.frame.clip)
	for r := from; r < to; r++ {
		_, ring := e.positions(t, r)
		e.cut.add(e.simplify.ring(ring, e.tolerance), r > from)
	}
	if parts, sound := e.cut.end(); sound {
		for _, part := range parts {
			e.ring(e.cut.ring(part), part.hole)
		}
		return
	}
	for r := from; r < to; r++ {
		_, ring := e.positions(t, r)
		e.ring(e.clip.ring(e.simplify.ring(ring, e.tolerance), e.frame.clip), r > from)
	}
}

// ring rounds a ring and keeps it when it still has an area, and its exterior has.
func (e *encoder) ring(ring []memory.World, hole bool) {
	if hole && e.rounded.gone {
		return
	}
	out, area := e.quantise.ring(&e.frame, ring)
	kept := area != 0 && (area < 0) == hole
	if !hole {
		e.rounded.gone = !kept
	}
	if kept {
		e.rounded.add(out, hole)
	}
}

// rounded holds the rings of a polygon in units of the tile.
type rounded struct {
	points []mvt.XY
	rings  []span
	gone   bool // the exterior at hand has lost its area
}

func (p *rounded) reset() { p.points, p.rings, p.gone = p.points[:0], p.rings[:0], false }

func (p *rounded) add(ring []mvt.XY, hole bool) {
	from := len(p.points)
	p.points = append(p.points, ring...)
	p.rings = append(p.rings, span{from: from, to: len(p.points), hole: hole})
}

func (p *rounded) ring(s span) []mvt.XY { return p.points[s.from:s.to] }

// polygonsOf adds sound rings: exteriors, each with its holes, mended where rounding made
// them meet.
func (e *encoder) polygonsOf(p *rounded) {
	for i := 0; i < len(p.rings); {
		end := i + 1
		for end < len(p.rings) && p.rings[end].hole {
			end++
		}
		if e.sound(p, i, end) {
			for _, s := range p.rings[i:end] {
				e.plate.geometry.Ring(p.ring(s))
			}
		} else {
			e.check.given = e.check.given[:0]
			for _, s := range p.rings[i:end] {
				e.check.given = append(e.check.given, p.ring(s))
			}
			for _, ring := range e.check.mend(e.check.given) {
				e.plate.geometry.Ring(ring)
			}
		}
		i = end
	}
}

// sound reports whether none of the rings of one polygon meets itself or another.
func (e *encoder) sound(p *rounded, from, to int) bool {
	e.check.pairs = 0
	for i := from; i < to; i++ {
		if !e.check.simple(p.ring(p.rings[i])) {
			return false
		}
		for j := from; j < i; j++ {
			if _, _, meet := e.check.between(p.ring(p.rings[j]), p.ring(p.rings[i])); meet {
				return false
			}
		}
	}
	return true
}

// sliver stands for a ring without area. What of it lies in the tile is drawn.
func (e *encoder) sliver(ring []memory.World) {
	if ring = e.clip.ring(ring, e.frame.clip); len(ring) > 0 {
		e.plate.geometry.Ring(e.quantise.sliver(&e.frame, ring))
	}
}

func (e *encoder) lines(t *memory.Table, i int) {
	whole := e.frame.holds(t.Box(i))
	from, to := t.Rings(i)
	for r := from; r < to; r++ {
		kind, list := e.positions(t, r)
		if kind != memory.Line {
			continue
		}
		list = e.simplify.line(list, e.tolerance)
		if whole {
			e.line(list)
			continue
		}
		e.clip.line(list, e.frame.clip, e.addLine)
	}
}

func (e *encoder) line(list []memory.World) {
	e.plate.geometry.Line(e.quantise.line(&e.frame, list))
}

func (e *encoder) multipoint(t *memory.Table, i int) {
	from, to := t.Rings(i)
	e.points = e.points[:0]
	for r := from; r < to; r++ {
		if kind, list := e.positions(t, r); kind == memory.Points {
			e.points = e.quantise.points(&e.frame, list, e.points)
		}
	}
	if len(e.points) > 0 {
		e.plate.geometry.Points(e.points)
	}
}
