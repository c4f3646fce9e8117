package main

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far a file was read: a bar on a terminal, now and then a line
// elsewhere. Its methods but set are called by one goroutine.
type progress struct {
	w        io.Writer
	terminal bool
	name     string
	bars     *mpb.Progress
	bar      *mpb.Bar
	last     atomic.Int64 // when a line was last written, nanoseconds
}

// lineEvery is how often a line is written where there is no terminal.
const lineEvery = 10 * time.Second

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, terminal: ok && isatty.IsTerminal(f.Fd())}
}

// start begins a file; size is 0 when it is not known.
func (p *progress) start(name string, size int64) {
	p.name = name
	p.last.Store(time.Now().UnixNano())
	if !p.terminal || size == 0 {
		return
	}
	p.bars = mpb.New(mpb.WithOutput(p.w), mpb.WithWidth(40))
	p.bar = p.bars.AddBar(size,
		mpb.PrependDecorators(decor.Name(name+" ")),
		mpb.AppendDecorators(decor.CountersKibiByte("% .1f / % .1f"), decor.Name(" "), decor.AverageETA(decor.ET_STYLE_GO)))
}

// set tells how many bytes are done. It may be called from any goroutine, often.
func (p *progress) set(done, total int64) {
	if p.bar != nil {
		p.bar.SetCurrent(done)
		return
	}
	last, now := p.last.Load(), time.Now().UnixNano()
	if p.terminal || total == 0 || time.Duration(now-last) < lineEvery || !p.last.CompareAndSwap(last, now) {
		return
	}
	fmt.Fprintf(p.w, "%s: %d %% of %.1f MB\n", p.name, 100*done/total, float64(total)/1e6)
}

// stop ends the bar, whether the file was read to its end or not.
func (p *progress) stop() {
	if p.bar == nil {
		return
	}
	p.bar.Abort(true)
	p.bars.Wait()
	p.bars, p.bar = nil, nil
}

// tileProgress shows how far a pyramid of tiles is: a line that is written over on a
// terminal, now and then a line elsewhere.
type tileProgress struct {
	w        io.Writer
	terminal bool
	last     time.Time
	shown    bool
}

func newTileProgress(w io.Writer) *tileProgress {
	p := newProgress(w)
	return &tileProgress{w: w, terminal: p.terminal, last: time.Now()}
}

// set tells how many tiles of a zoom level are done.
func (p *tileProgress) set(zoom uint8, done, of int) {
	every := lineEvery
	if p.terminal {
		every = 100 * time.Millisecond
	}
	now := time.Now()
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	if p.terminal {
		p.shown = true
		fmt.Fprintf(p.w, "\r\x1b[Kzoom %d: %d of %d tiles", zoom, done, of)
		return
	}
	fmt.Fprintf(p.w, "zoom %d: %d of %d tiles\n", zoom, done, of)
}

// stop clears the line.
func (p *tileProgress) stop() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
