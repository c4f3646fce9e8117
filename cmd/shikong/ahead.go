package main

import (
	"iter"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Features travel between the two goroutines of ahead in batches, since handing over one
// costs about as much as a tenth of reading it. A batch ends early when its geometries grow
// large, so that what is under way stays bounded.
const (
	aheadBatch     = 256
	aheadPositions = 1 << 16
	aheadBatches   = 4
)

// ahead reads features in a goroutine of its own, which has ended when the sequence has: the
// file is parsed while the store writes. A panic of the source is one of the consumer's.
func ahead(features iter.Seq2[spatial.Feature, error]) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		r := reader{batches: make(chan []spatial.Feature, aheadBatches), stop: make(chan struct{})}
		go r.read(features)
		defer r.end()
		for batch := range r.batches {
			for i := range batch {
				if !yield(batch[i], nil) {
					return
				}
			}
		}
		if r.panicked != nil {
			panic(r.panicked) //nolint:forbidigo // it happened in the other goroutine and is handed on as it was
		}
		if r.err != nil {
			yield(spatial.Feature{}, r.err)
		}
	}
}

// reader is the side of ahead that reads. What follows the channels is written before
// batches is closed and read afterwards.
type reader struct {
	batches  chan []spatial.Feature
	stop     chan struct{}
	err      error
	panicked any
}

func (r *reader) read(features iter.Seq2[spatial.Feature, error]) {
	defer close(r.batches)
	defer func() { r.panicked = recover() }()
	var batch []spatial.Feature
	positions := 0
	for f, err := range features {
		if err != nil {
			r.err = err
			break
		}
		if batch == nil {
			batch = make([]spatial.Feature, 0, aheadBatch)
		}
		batch = append(batch, f)
		if positions += positionsOf(f.Geometry); len(batch) < aheadBatch && positions < aheadPositions {
			continue
		}
		if !r.send(batch) {
			return
		}
		batch, positions = nil, 0
	}
	if len(batch) > 0 {
		r.send(batch)
	}
}

func (r *reader) send(batch []spatial.Feature) bool {
	select {
	case r.batches <- batch:
		return true
	case <-r.stop:
		return false
	}
}

// end stops the reading and waits until it has.
func (r *reader) end() {
	close(r.stop)
	for range r.batches {
		continue // what is still on its way is let go
	}
}

func positionsOf(g geom.T) int {
	switch g := g.(type) {
	case nil:
		return 0
	case *geom.GeometryCollection:
		n := 0
		for _, m := range g.Geoms() {
			n += positionsOf(m)
		}
		return n
	}
	return len(g.FlatCoords()) / max(g.Stride(), 1)
}
