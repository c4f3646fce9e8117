package vector

import (
	"context"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// A large tile is drawn by two goroutines where a processor is idle: one draws geometry and hands
// it over in plates, the other gives features their properties. The bytes are the same.

const (
	// relayFrom is of how many rows on a tile is worth a second goroutine.
	relayFrom = 2048
	// relayed is how many features are handed over at once: waking a goroutine takes as long as
	// drawing some hundred.
	relayed = 16 * batch
	// relayPlates are one that is drawn on, one that gets properties and one between.
	relayPlates = 3
)

// relay leads plates from the goroutine that draws on them to the one that develops them, and
// back.
type relay struct{ full, empty chan *plate }

// swap hands a plate over for an empty one.
func (r *relay) swap(p *plate) *plate {
	r.full <- p
	return <-r.empty
}

// drawTogether is drawRows with a goroutine of its own for the geometry.
func (e *encoder) drawTogether(ctx context.Context, s *memory.Snapshot, rows []memory.Row) error {
	r := &relay{full: make(chan *plate, relayPlates), empty: make(chan *plate, relayPlates)}
	for i := 1; i < relayPlates; i++ {
		r.empty <- &e.plates[i]
	}
	e.relay = r
	var drawn struct {
		err    error
		broken any
	}
	go func() {
		defer close(r.full)
		defer func() { drawn.broken = recover() }()
		drawn.err = e.drawRows(ctx, s, rows)
	}()
	defer func() {
		for p := range r.full { // there are some only when this goroutine fails
			p.wipe()
			r.empty <- p
		}
		e.relay = nil
		if drawn.broken != nil {
			panic(drawn.broken) //nolint:forbidigo // passed on from the other goroutine to who waits for the tile
		}
	}()
	for p := range r.full {
		e.tagger.develop(p)
		r.empty <- p
	}
	return drawn.err
}
