package vector

import (
	"context"

	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

// Encoder gives tests the encoder without a source around it.
type Encoder struct {
	encoder
	options Options
}

// Tile draws one snapshot at all times.
func (e *Encoder) Tile(dst []byte, c tiles.Coord, s *memory.Snapshot) ([]byte, error) {
	e.options = e.options.withDefaults()
	e.begin(c, &e.options)
	d := drawing{snap: s}
	d.start, d.end = -1<<63, 1<<63-1
	return e.draw(context.Background(), dst, &d)
}

// Features is how many rows the last tile looked at.
func (e *Encoder) Features() int { return e.layer.Count() }
