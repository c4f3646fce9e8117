package vector

import (
	"context"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// Encoder gives tests the encoder without a source around it.
type Encoder struct {
	encoder
	Options Options
	// Together lets a second goroutine draw.
	Together bool
}

// Tile draws one snapshot at all times.
func (e *Encoder) Tile(dst []byte, c tiles.Coord, s *memory.Snapshot) ([]byte, error) {
	return e.TileFor(context.Background(), dst, c, s)
}

// TileFor is Tile for somebody who may not wait.
func (e *Encoder) TileFor(ctx context.Context, dst []byte, c tiles.Coord, s *memory.Snapshot) ([]byte, error) {
	e.Options = e.Options.withDefaults()
	e.begin(c, &e.Options)
	e.company = e.Together
	d := drawing{snap: s}
	d.start, d.end = -1<<63, 1<<63-1
	return e.draw(ctx, dst, &d)
}

// DrawNothing has a second goroutine draw rows of a snapshot that is not there.
func (e *Encoder) DrawNothing(ctx context.Context) error {
	e.plate = &e.plates[0]
	return e.drawTogether(ctx, nil, make([]memory.Row, 3000))
}

// Features is how many rows the last tile looked at.
func (e *Encoder) Features() int { return e.layer.Count() }

// ClipPolygon clips rings, the exterior first, at a rectangle.
func ClipPolygon(r memory.Rect, rings [][]memory.World) (out [][]memory.World, holes []bool) {
	var c polygonClipper
	c.begin(r)
	for i, ring := range rings {
		c.add(ring, i > 0)
	}
	parts, sound := c.end()
	if !sound {
		panic("the polygon's rings cross")
	}
	for _, part := range parts {
		out = append(out, append([]memory.World(nil), c.ring(part)...))
		holes = append(holes, part.hole)
	}
	return out, holes
}

// ClipLine clips a line at a rectangle.
func ClipLine(r memory.Rect, list []memory.World) (out [][]memory.World) {
	var c clipper
	c.line(list, r, func(part []memory.World) { out = append(out, append([]memory.World(nil), part...)) })
	return out
}

// Simplify simplifies a line, or a ring.
func Simplify(list []memory.World, tolerance float64, ring bool) []memory.World {
	var s simplifier
	if ring {
		return s.ring(list, tolerance)
	}
	return s.line(list, tolerance)
}

// Simple judges a ring the short way and the long way.
func Simple(ring []mvt.XY) (short, long bool) {
	var c checker
	_, _, meet := c.meeting(ring, nil)
	return simple(ring), !meet
}

// LevelY and WorldY lead from the world to the plane of latitude and back.
func LevelY(y uint32) uint32 { return levelY(y) }

// WorldY leads back.
func WorldY(y int64) uint32 { return worldY(y) }

// Choices is how often a level was chosen from nothing.
func (s *Source) Choices() int64 { return s.choices.Load() }

// Round rounds a ring of a table to the units of a tile the short way, if there is one, and
// the long way, and says whether what comes of that is sound.
func Round(c tiles.Coord, t *memory.Table, r int) (short, long []mvt.XY, sound, ok bool) {
	f := frameOf(c, 64)
	if f.shift <= 0 || !t.Steady(r, f.shift) {
		return nil, nil, false, false
	}
	_, ring := t.Ring(r)
	var a, b quantiser
	var k checker
	short = a.steady(&f, ring)
	if long, _ = b.ring(&f, ring); long == nil {
		return short, nil, false, true
	}
	_, _, meet := k.meeting(long, nil)
	return short, long, !meet, true
}
