package memory

import (
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// touch is a change as Touched asks for it, or several that were united.
type touch struct {
	revision   int64
	recorded   time.Time
	start, end int64
	rects      []Rect
}

func touchOf(c *spatial.Change) touch {
	t := touch{revision: c.Revision, recorded: c.Recorded, rects: RectsOf(c.Box)}
	t.start, t.end = micros(c.Valid)
	return t
}

const (
	// maxTouches is how long the log of a collection grows before its older half is made
	// half as long.
	maxTouches = 1024
	// maxRects is how many rectangles a united touch keeps apart.
	maxRects = 8
)

// logged returns the log with one more change. It is made shorter from time to time by
// uniting neighbours: what is old becomes coarser, so that some answers count as changed a
// little later than they were, and none as unchanged that was. That depends on nothing but
// the changes one by one, so every mirror of a store comes to the same log.
//
// Snapshots share the list, so what they see of it is not written to.
func logged(log []touch, t touch) []touch {
	log = append(log, t)
	if len(log) < maxTouches {
		return log
	}
	short := make([]touch, 0, maxTouches)
	half := len(log) / 2
	for i := 0; i < half; i += 2 {
		short = append(short, unite(log[i], log[i+1]))
	}
	return append(short, log[half:]...)
}

// unite returns one touch that stands for two; b is the later one.
func unite(a, b touch) touch {
	out := b
	switch {
	case len(a.rects) == 0:
		return out
	case len(b.rects) == 0:
		out.start, out.end = a.start, a.end
	default:
		out.start, out.end = min(a.start, b.start), max(a.end, b.end)
	}
	out.rects = append([]Rect(nil), a.rects...)
	for _, r := range b.rects {
		out.rects = withRect(out.rects, r)
	}
	return out
}

// withRect adds a rectangle to a list of few: unless one holds it already, and when the list
// is full by widening the one that grows least.
func withRect(list []Rect, r Rect) []Rect {
	for _, have := range list {
		if have.Contains(r) {
			return list
		}
	}
	if len(list) < maxRects {
		return append(list, r)
	}
	best, growth := 0, 0.0
	for i, have := range list {
		if g := have.extend(r).size() - have.size(); i == 0 || g < growth {
			best, growth = i, g
		}
	}
	list[best] = list[best].extend(r)
	return list
}

// size returns the area in square world units.
func (r Rect) size() float64 {
	return float64(r.MaxX-r.MinX) * float64(r.MaxY-r.MinY)
}
