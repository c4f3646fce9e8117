package archive

import (
	"bytes"
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/pmtiles"
)

// Source draws tiles, and knows where there may be any.
type Source interface {
	tiles.Source
	// Occupied reports whether something may stand in a tile: false is certain, and holds for
	// all tiles below it.
	Occupied(ctx context.Context, r tiles.Request) (bool, error)
}

// Sink takes tiles in the order of their numbers, compressed with gzip; empty ones are not
// given to it.
type Sink interface {
	// Kept returns the last tile that an earlier run has left; ok is false for none.
	Kept() (c tiles.Coord, ok bool)
	Put(c tiles.Coord, body []byte) error
}

// Job says what is to be drawn. Only Source and Request must be there.
type Job struct {
	Source Source
	// Request is what each tile shows; its Coord does not matter.
	Request          tiles.Request
	MinZoom, MaxZoom uint8
	// Workers is how many tiles are drawn at once, one a processor for zero.
	Workers int
	// Level is gzip's, 1 to 9; DefaultLevel for zero.
	Level int
	// Progress is told, from one goroutine, how many of a zoom level's tiles are done.
	Progress func(zoom uint8, done, of int)
}

// DefaultLevel of gzip: archives are written once and read often. Level 6 makes tiles of
// buildings a tenth smaller than the level of serving, at a third of its speed.
const DefaultLevel = 6

// Summary says what was written in this run.
type Summary struct {
	Tiles   int64 // with something in them
	Kept    int64 // that an earlier run had written
	Bytes   int64 // of all tiles written, each counted as often as it stands
	Largest int   // bytes of the largest
	At      tiles.Coord
}

// ahead is how many tiles for each worker may be under way.
const ahead = 8

// piece is a tile under way.
type piece struct {
	coord tiles.Coord
	body  []byte
	done  chan struct{} // closed when body is there
}

// writing is a job under way.
type writing struct {
	Job
	to      Sink
	summary Summary
}

// Write draws the job's tiles into the sink until all are there, ctx ends or something
// fails. It does not finish the sink.
func Write(ctx context.Context, job Job, to Sink) (Summary, error) {
	w := &writing{Job: job, to: to}
	if w.Workers <= 0 {
		w.Workers = runtime.GOMAXPROCS(0)
	}
	if w.Level == 0 {
		w.Level = DefaultLevel
	}
	if w.Progress == nil {
		w.Progress = func(uint8, int, int) {}
	}
	if job.MinZoom > job.MaxZoom || job.MaxZoom > tiles.MaxZoom {
		return w.summary, fmt.Errorf("there are no zoom levels %d to %d", job.MinZoom, job.MaxZoom)
	}
	w.Request.Coord = tiles.Coord{}
	level, err := w.occupied(ctx, []tiles.Coord{{}})
	for zoom := uint8(0); err == nil && zoom <= job.MaxZoom; zoom++ {
		if zoom > 0 {
			if level, err = w.below(ctx, level); err != nil {
				break
			}
		}
		if zoom >= job.MinZoom {
			err = w.level(ctx, zoom, level)
		}
	}
	return w.summary, err
}

// below returns the tiles of the next level in which something may stand, in order: those
// below one tile follow each other on the curve.
func (w *writing) below(ctx context.Context, level []tiles.Coord) ([]tiles.Coord, error) {
	next := make([]tiles.Coord, 0, 2*len(level))
	for _, c := range level {
		first := pmtiles.ID(c.Z+1, 0, 0) + 4*(pmtiles.ID(c.Z, c.X, c.Y)-pmtiles.ID(c.Z, 0, 0))
		for i := range uint64(4) {
			z, x, y := pmtiles.ZXY(first + i)
			next = append(next, tiles.Coord{Z: z, X: x, Y: y})
		}
	}
	return w.occupied(ctx, next)
}

// occupied keeps the tiles in which something may stand.
func (w *writing) occupied(ctx context.Context, list []tiles.Coord) ([]tiles.Coord, error) {
	kept := list[:0]
	for _, c := range list {
		r := w.Request
		r.Coord = c
		ok, err := w.Source.Occupied(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("tile %s: %w", c, err)
		}
		if ok {
			kept = append(kept, c)
		}
	}
	return kept, ctx.Err()
}

// level draws the tiles of one zoom level.
func (w *writing) level(ctx context.Context, zoom uint8, list []tiles.Coord) error {
	all := len(list)
	list = w.missing(list)
	w.summary.Kept += int64(all - len(list))
	if len(list) == 0 {
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	jobs, queue := make(chan *piece), make(chan *piece, ahead*w.Workers)
	g.Go(func() error {
		defer close(jobs)
		defer close(queue)
		for _, c := range list {
			p := &piece{coord: c, done: make(chan struct{})}
			for _, to := range []chan *piece{queue, jobs} {
				select {
				case to <- p:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	for range w.Workers {
		g.Go(func() error { return w.work(ctx, jobs) })
	}
	g.Go(func() error { return w.collect(ctx, zoom, all, len(list), queue) })
	return g.Wait()
}

// missing returns the tiles behind the last that the sink has kept.
func (w *writing) missing(list []tiles.Coord) []tiles.Coord {
	kept, ok := w.to.Kept()
	if !ok {
		return list
	}
	last := pmtiles.ID(kept.Z, kept.X, kept.Y)
	for i, c := range list {
		if pmtiles.ID(c.Z, c.X, c.Y) > last {
			return list[i:]
		}
	}
	return nil
}

// work draws and compresses tiles.
func (w *writing) work(ctx context.Context, jobs <-chan *piece) error {
	var raw, packed []byte
	z := tiles.Gzip{Level: w.Level}
	for p := range jobs {
		r := w.Request
		r.Coord = p.coord
		content, err := w.Source.Pin(ctx, r)
		if err == nil {
			raw, err = content.Append(ctx, raw[:0])
		}
		if err == nil && len(raw) > 0 {
			packed, err = z.Append(packed[:0], raw)
			p.body = bytes.Clone(packed)
		}
		if err != nil {
			return fmt.Errorf("tile %s: %w", p.coord, err)
		}
		close(p.done)
	}
	return nil
}

// collect puts tiles into the sink in order.
func (w *writing) collect(ctx context.Context, zoom uint8, all, missing int, queue <-chan *piece) error {
	n := all - missing
	for p := range queue {
		select {
		case <-p.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		n++
		w.Progress(zoom, n, all)
		if len(p.body) == 0 {
			continue
		}
		if err := w.to.Put(p.coord, p.body); err != nil {
			return err
		}
		s := &w.summary
		s.Tiles++
		s.Bytes += int64(len(p.body))
		if len(p.body) > s.Largest {
			s.Largest, s.At = len(p.body), p.coord
		}
	}
	return nil
}
