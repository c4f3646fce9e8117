package vector

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

// Options say how tiles are drawn. The zero value takes the defaults.
type Options struct {
	// Buffer is how far geometry reaches beyond the tile's edge, in units of which a tile
	// has 4096; 64 for zero.
	Buffer int
	// Tolerance is how far simplified geometry may lie off, in such units; 1 for zero,
	// negative for none simplified.
	Tolerance float64
	// FullZoom is the zoom level from which nothing is simplified; 16 for zero.
	FullZoom uint8
	// MaxZoom is the deepest zoom level that TileJSON offers; 18 for zero. Tiles are drawn
	// down to tiles.MaxZoom.
	MaxZoom uint8
	// Budget is how many bytes the compressed tile of a layer may have before small features
	// are merged; 500,000 for zero, negative for no bound. The layers of a tile share it by what
	// they need.
	Budget int
	// Budgets are those of collections that have their own, by name; zero allows nothing to be
	// drawn that can be merged.
	Budgets map[string]int
}

// DefaultBudget is how many bytes a compressed tile may have.
const DefaultBudget = 500_000

func (o Options) withDefaults() Options {
	if o.Buffer <= 0 {
		o.Buffer = 64
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1
	}
	if o.FullZoom == 0 {
		o.FullZoom = 16
	}
	if o.MaxZoom == 0 {
		o.MaxZoom = 18
	}
	if o.Budget == 0 {
		o.Budget = DefaultBudget
	}
	return o
}

// Reader is what a Source needs: a mirror to draw from. Questions that the mirror leaves to
// its store are answered by its Features.
type Reader interface {
	View() *memory.View
	Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error]
}

// Source draws vector tiles. It is a tiles.Source and safe for many goroutines.
type Source struct {
	reader   Reader
	options  Options
	encoders sync.Pool // *encoder
	memos    memos
	stays    stays
	drawing  atomic.Int32 // tiles at this moment
	choices  atomic.Int64 // how often a level was chosen from nothing
}

// NewSource returns a source that draws what the mirror holds.
func NewSource(mirror Reader, o Options) *Source {
	s := &Source{reader: mirror, options: o.withDefaults()}
	s.encoders.New = func() any { return new(encoder) }
	s.memos.list = map[string]*memo{}
	return s
}

// format counts the ways in which this package has drawn tiles: it is part of every key, so
// that a new release does not answer with what an old one drew.
const format = 4

// content is a tile that is determined.
type content struct {
	source *Source
	r      tiles.Request
	layers []layer
	key    string
}

// layer is one collection of a tile: what is to be drawn, or, when the store must be asked
// first, where.
type layer struct {
	drawing
	info spatial.Collection
	key  string // of the layer by itself
	// parts of its budget are what the layer may take at this zoom level, and budget what they
	// are in compressed bytes, negative for no bound.
	parts, budget int
	asked         string // what the store is asked for: the key but for the time
}

// Pin finds the state that answers the request: the present one from the mirror, another
// from the store.
func (s *Source) Pin(ctx context.Context, r tiles.Request) (tiles.Content, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	view := s.reader.View()
	if view == nil {
		return nil, &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "mirror-loading", Message: "the data is still being loaded", Hint: "try again in a moment"}
	}
	r.Coord.Grid = r.Coord.Grid.Alike()
	c := &content{source: s, r: r}
	key := append(make([]byte, 0, 128), "mvt"...)
	key = binary.AppendUvarint(key, format)
	key = r.Coord.Append(append(key, ' '))
	key = appendWanted(key, r.Properties)
	if r.Z.Known {
		key = fmt.Appendf(key, " z%x-%x", math.Float64bits(r.Z.Min), math.Float64bits(r.Z.Max))
	}
	if r.Filter != nil {
		text := r.Filter.String()
		key = fmt.Appendf(key, " q%d:%s", len(text), text)
	}
	head := len(key)
	for _, name := range r.Collections {
		l, err := s.pinLayer(view, &r, name)
		if err != nil {
			return nil, err
		}
		c.layers = append(c.layers, l)
	}
	s.share(ctx, c.layers, r.Coord.Zoom())
	for i := range c.layers {
		l, from := &c.layers[i], len(key)
		key = append(append(key, '|'), l.info.Name...)
		if l.snap != nil {
			key = s.appendState(ctx, key, &r, l)
		} else {
			key = appendQuestion(key, &r, l)
			l.asked = string(key[:head]) + string(key[from:])
			key = s.appendTime(key, l)
		}
		if n := len(c.layers); n > 1 {
			key = fmt.Appendf(key, " n%d/%d", l.parts, partsPerLayer*n)
			l.key = string(key[:head]) + string(key[from:])
		}
	}
	c.key = string(key)
	return c, nil
}

// Layers returns the layers one by one, nil for a tile of one.
func (c *content) Layers() []tiles.Content {
	if len(c.layers) < 2 {
		return nil
	}
	list := make([]tiles.Content, len(c.layers))
	for i := range c.layers {
		list[i] = &content{source: c.source, r: c.r, layers: c.layers[i : i+1], key: c.layers[i].key}
	}
	return list
}

func appendWanted(key []byte, names []string) []byte {
	if names == nil {
		return key
	}
	names = slices.Clone(names)
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		key = fmt.Appendf(key, " p%d:%s", len(n), n)
	}
	return append(key, " p"...)
}

func (s *Source) pinLayer(view *memory.View, r *tiles.Request, name string) (layer, error) {
	info, ok := view.Collection(name)
	if !ok {
		return layer{}, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "not-found", Message: fmt.Sprintf("there is no collection %q", name)}
	}
	if info.Local {
		return layer{}, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "local-collection",
			Message: fmt.Sprintf("the collection %q has no place on Earth and so no tiles", name), Hint: "view it as 3D tiles or import it with --origin"}
	}
	l := layer{info: info}
	l.snap, l.z, l.properties, l.filter = view.Present(name, r.Recorded), r.Z, r.Properties, r.Filter
	l.start, l.end = memory.Micros(r.Valid)
	return l, nil
}

// appendQuestion appends to the key what determines the answer of the store, but for the time
// asked for.
func appendQuestion(key []byte, r *tiles.Request, l *layer) []byte {
	recorded := int64(0)
	if !r.Recorded.IsZero() {
		recorded = r.Recorded.UnixMicro()
	}
	return fmt.Appendf(key, " r%d t%d", l.info.Revision, recorded)
}

// appendTime appends the time asked for, or the first instant from which on an instant's answer
// is known to be the same.
func (s *Source) appendTime(key []byte, l *layer) []byte {
	if l.instant() {
		return fmt.Appendf(key, " v%d", s.stays.since(l.asked, l.start))
	}
	return fmt.Appendf(key, " v%d-%d", l.start, l.end)
}

// instant reports whether the layer is shown at one instant.
func (l *layer) instant() bool { return l.end-l.start == spatial.Tick.Microseconds() }

// appendState appends what determines the layer's content to the key: the last change that
// touches the tile in space and time, the last boundaries of validity before the times
// asked for, the level that is shown, the types of its columns.
func (s *Source) appendState(ctx context.Context, key []byte, r *tiles.Request, l *layer) []byte {
	m := s.memos.of(l.snap)
	f := frameOf(r.Coord, int64(s.options.Buffer))
	first, last := m.between(l.snap, r.Coord, f.search, l.start, l.end)
	zoom := r.Coord.Zoom()
	list, costly := m.lean(l.snap)
	l.costly = list
	l.set(m.showing(ctx, s, zoom, l.drawing, l.budget).level, zoom)
	// Without fmt: this is a tenth of the time of a small tile.
	key = strconv.AppendInt(append(key, " c"...), l.snap.Touched(f.search, r.Valid), 10)
	key = strconv.AppendUint(append(key, " f"...), m.fields, 16)
	if first != math.MinInt64 || last != math.MinInt64 {
		key = strconv.AppendInt(append(key, " b"...), first, 10)
		key = strconv.AppendInt(append(key, '-'), last, 10)
	}
	return l.level.appendKey(key, costly)
}

// Key names the tile's bytes.
func (c *content) Key() string { return c.key }

// Append draws the tile.
func (c *content) Append(ctx context.Context, dst []byte) ([]byte, error) {
	e := c.source.encoder()
	defer c.source.release(e)
	return c.draw(ctx, e, dst)
}

// Compressed draws the tile and compresses it: once, also where that was needed to see whether
// it keeps its budget.
func (c *content) Compressed(ctx context.Context) (body []byte, ok bool, err error) {
	e := c.source.encoder()
	defer c.source.release(e)
	if e.trial, err = c.draw(ctx, e, e.trial[:0]); err != nil || len(e.trial) == 0 {
		return nil, true, err
	}
	if e.sized && len(c.layers) == 1 {
		return bytes.Clone(e.packed), true, nil
	}
	_, ok = e.pack(e.trial)
	return bytes.Clone(e.packed), ok, nil
}

func (c *content) draw(ctx context.Context, e *encoder, dst []byte) ([]byte, error) {
	e.begin(c.r.Coord, &c.source.options)
	e.company = 2*int(c.source.drawing.Add(1)) <= runtime.GOMAXPROCS(0)
	defer c.source.drawing.Add(-1)
	for i := range c.layers {
		l := &c.layers[i]
		d := l.drawing
		var err error
		if d.snap == nil {
			if d.snap, err = c.source.ask(ctx, &c.r, l); err != nil {
				return dst, fmt.Errorf("tile %s of %q: %w", c.r.Coord, l.info.Name, err)
			}
			d.filter = nil // the store has asked it, and knows properties that are not shown
		}
		if dst, err = e.drawWithin(ctx, dst, &d, c.r.Coord.Zoom(), l.budget); err != nil {
			return dst, fmt.Errorf("tile %s of %q: %w", c.r.Coord, l.info.Name, err)
		}
	}
	return dst, nil
}

// budget is what a tile of a collection alone may take, in compressed bytes; negative for no bound.
func (s *Source) budget(collection string) int {
	if own, ok := s.options.Budgets[collection]; ok {
		return own
	}
	return s.options.Budget
}

func (s *Source) encoder() *encoder {
	if e, ok := s.encoders.Get().(*encoder); ok {
		return e
	}
	return new(encoder)
}

// release keeps the encoder for the next tile, and of what it drew nothing.
func (s *Source) release(e *encoder) {
	e.tagger.snap, e.tagger.wanted = nil, nil
	s.encoders.Put(e)
}

// ask reads what a tile shows from the store. At an instant it also reads what will stand later,
// of which there is little, and learns how long the tile stays as it is.
func (s *Source) ask(ctx context.Context, r *tiles.Request, l *layer) (*memory.Snapshot, error) {
	box := r.Coord.Box()
	// The buffer, and a little for the rounding of what lies on its edge.
	margin := 1.01 * float64(s.options.Buffer) / 4096
	dx, dy := margin*(box.Max[0]-box.Min[0]), margin*(box.Max[1]-box.Min[1])*1.2
	box.Min[0], box.Max[0] = max(box.Min[0]-dx, -180), min(box.Max[0]+dx, 180)
	box.Min[1], box.Max[1] = max(box.Min[1]-dy, -90), min(box.Max[1]+dy, 90)
	if r.Z.Known {
		box.Min[2], box.Max[2] = r.Z.Min, r.Z.Max
	}
	q := spatial.Query{Collection: l.info.Name, Box: &box, Valid: r.Valid, Recorded: r.Recorded, Properties: r.Properties, Filter: r.Filter}
	if l.instant() {
		q.Valid.End = time.Time{}
	}
	snap, err := memory.NewSnapshot(l.info, s.reader.Features(ctx, q))
	if err == nil && l.instant() {
		s.stays.learn(l.asked, l.start, snap)
	}
	return snap, err
}

var _ tiles.Source = (*Source)(nil)
