package vector

import (
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// Features get their properties a batch at a time and column by column: what is done for one
// value does not wait for what was done for another, so the processor does many at once, and
// of the values that lie far apart in memory it fetches many at once.

// batch is how many features get their properties together.
const batch = 64

// shot is a feature whose geometry is drawn.
type shot struct {
	table *memory.Table // nil for a block
	row   int
	kind  mvt.GeomType
	end   int    // of its geometry in the layer's
	tags  [2]int // of a block: the range of its keys and values in the tagger's pairs
}

// cells are the values of one property in a batch: by shot its index in the layer and one, 0
// for none.
type cells struct {
	key  uint32
	list [batch]uint32

	// The values that the layer has not: fresh of them, of shots which, texts of the features'
	// own when that is what they are.
	ids   [batch]memory.ValueID
	which [batch]uint8
	fresh int
	own   bool
}

// shoot ends the geometry that is being drawn. Nothing drawn is no feature.
func (e *encoder) shoot(s shot) {
	if e.layer.Geometry.Empty() {
		return
	}
	s.end = e.layer.Geometry.Next()
	if e.shots = append(e.shots, s); len(e.shots) == batch {
		e.develop()
	}
}

// develop gives the features that are drawn their properties and adds them to the layer.
func (e *encoder) develop() {
	for from := 0; from < len(e.shots); {
		to := from + 1
		if first := &e.shots[from]; first.table == nil {
			e.tagger.block(e.shots[from:to])
		} else {
			shape := first.table.ShapeOf(first.row)
			for to < len(e.shots) && e.shots[to].table != nil && e.shots[to].table.ShapeOf(e.shots[to].row) == shape {
				to++
			}
			e.tagger.tag(shape, e.shots[from:to])
		}
		from = to
	}
	clear(e.shots)
	e.shots = e.shots[:0]
	e.tagger.pairs = e.tagger.pairs[:0]
	e.layer.Geometry.Reset()
	e.tagger.drawn = 0
}

// block adds a block, whose properties are at hand.
func (t *tagger) block(s []shot) {
	t.layer.Tags(t.pairs[s[0].tags[0]:s[0].tags[1]])
	t.layer.Add(0, s[0].kind, t.drawn, s[0].end)
	t.drawn = s[0].end
}

// tag gives features of one shape their properties and adds them to the layer.
func (t *tagger) tag(shape uint32, shots []shot) {
	t.used = 0
	clear(t.taken[:len(shots)])
	for r := range shots {
		_, t.attrs[r] = shots[r].table.Shape(shots[r].row)
	}
	t.house(shots)
	for k := range t.plan(shape).fields {
		t.field(&t.plans[shape].fields[k], len(shots))
	}
	clear(t.attrs[:len(shots)])
	t.height(shots)
	if t.dropped != unset {
		c := t.open()
		for r := range shots {
			c.list[r] = uint32(t.dropped) + 1
		}
		t.keep(c, t.key(propDropped))
	}
	t.complete(shots)
	for r := range shots {
		n := 0
		for k := range t.columns[:t.used] {
			c := &t.columns[k]
			if v := c.list[r]; v != 0 {
				t.tags[n], t.tags[n+1] = c.key, v-1
				n += 2
			}
		}
		t.layer.Tags(t.tags[:n])
		t.layer.Add(shots[r].table.Num(shots[r].row), shots[r].kind, t.drawn, shots[r].end)
		t.drawn = shots[r].end
	}
}

// complete adds the values that the layer has not. Properties with few of them come first:
// what many features share then has small numbers, which take a byte where others take two
// or three.
func (t *tagger) complete(shots []shot) {
	columns := t.columns[:t.used]
	for _, most := range [...]int{batch / 8, batch / 2, batch} {
		for k := range columns {
			c := &columns[k]
			if c.fresh == 0 || c.fresh > most {
				continue
			}
			if c.own {
				for r := range shots {
					c.list[r] = t.layer.String(shots[r].table.ID(shots[r].row)) + 1
				}
			} else {
				t.snap.Values.Fetch(c.ids[:c.fresh])
				for k, r := range c.which[:c.fresh] {
					c.list[r] = t.value(c.ids[k]) + 1
				}
			}
			c.fresh = 0
		}
	}
}

// open returns cells that nobody uses yet, with whatever is in them.
func (t *tagger) open() *cells {
	if t.used == len(t.columns) {
		t.columns = append(t.columns, cells{})
		t.tags = append(t.tags, 0, 0)
	}
	c := &t.columns[t.used]
	c.fresh, c.own = 0, false
	return c
}

// keep makes the cells that were opened last a column of the features at hand.
func (t *tagger) keep(c *cells, key uint32) {
	c.key = key
	t.used++
}

// house adds the properties of the house but the height, and marks those that take the place
// of one of the source's.
func (t *tagger) house(shots []shot) {
	if t.houseKey[propID] != notWanted {
		c := t.open()
		c.own, c.fresh = true, batch
		t.keep(c, t.key(propID))
	}
	var ids [4][batch]memory.ValueID
	var some [4]memory.ValueID
	for r := range shots {
		model, kind, name, storey := shots[r].table.Labels(shots[r].row)
		ids[0][r], ids[1][r], ids[2][r], ids[3][r] = model, kind, name, storey
		some[0], some[1], some[2], some[3] = some[0]|model, some[1]|kind, some[2]|name, some[3]|storey
	}
	for k, p := range [4]int{propModel, propClass, propName, propStorey} {
		if some[k] == 0 {
			continue
		}
		for r, id := range ids[k][:len(shots)] {
			if id != 0 {
				t.taken[r] |= 1 << p
			}
		}
		if t.houseKey[p] != notWanted {
			c := t.open()
			t.resolve(ids[k][:len(shots)], c)
			t.keep(c, t.key(p))
		}
	}
	t.heights(shots)
	t.underground(shots)
}

// heights adds the least and the greatest height.
func (t *tagger) heights(shots []shot) {
	known := false
	for r := range shots {
		if shots[r].table.ZRange(shots[r].row).Known {
			t.taken[r] |= 1<<propZMin | 1<<propZMax
			known = true
		}
	}
	if !known {
		return
	}
	t.numbersOf(propZMin, shots, func(r int) (float64, bool) {
		z := shots[r].table.ZRange(shots[r].row)
		return z.Min, z.Known
	})
	t.numbersOf(propZMax, shots, func(r int) (float64, bool) {
		z := shots[r].table.ZRange(shots[r].row)
		return z.Max, z.Known
	})
}

// height adds the height where the heights are known and the source gives none.
func (t *tagger) height(shots []shot) {
	lacking := false
	for r := range shots {
		lacking = lacking || t.taken[r]&(1<<propHeight|1<<propZMin) == 1<<propZMin
	}
	if lacking {
		t.numbersOf(propHeight, shots, func(r int) (float64, bool) {
			z := shots[r].table.ZRange(shots[r].row)
			return round(z.Max - z.Min), z.Known && t.taken[r]&(1<<propHeight) == 0
		})
	}
}

// numbersOf adds a property of numbers that some features have.
func (t *tagger) numbersOf(property int, shots []shot, of func(r int) (float64, bool)) {
	if t.houseKey[property] == notWanted {
		return
	}
	c := t.open()
	for r := range shots {
		c.list[r] = 0
		if v, ok := of(r); ok {
			c.list[r] = t.indexOf(v) + 1
		}
	}
	t.keep(c, t.key(property))
}

func (t *tagger) underground(shots []shot) {
	known := false
	c := t.open()
	for r := range shots {
		c.list[r] = 0
		if u := shots[r].table.Underground(shots[r].row); u != spatial.Unknown {
			known = true
			t.taken[r] |= 1 << propUnderground
			if t.houseKey[propUnderground] != notWanted {
				c.list[r] = t.truth(u == spatial.Yes) + 1
			}
		}
	}
	if known && t.houseKey[propUnderground] != notWanted {
		t.keep(c, t.key(propUnderground))
	}
}

// field adds one property of the source for n features.
func (t *tagger) field(f *field, n int) {
	var list [batch]memory.ValueID
	ids, some := list[:n], memory.ValueID(0)
	for r := range ids {
		ids[r] = t.attrs[r][f.pos]
		some |= ids[r]
	}
	if some == 0 {
		return
	}
	if f.mixed {
		for r, id := range ids {
			if id != 0 {
				ids[r] = t.snap.Values.As(id, t.snap.Types[f.column])
			}
		}
	}
	if f.taken != 0 && !t.yield(f, ids) {
		return
	}
	c := t.open()
	t.resolve(ids, c)
	t.keep(c, uint32(t.columnKey(f)))
}

// yield takes away the values of features that have the property from the house, and reports
// whether any are left.
func (t *tagger) yield(f *field, ids []memory.ValueID) (left bool) {
	for r, id := range ids {
		switch {
		case id == 0:
		case t.taken[r]&f.taken != 0:
			ids[r] = 0
		default:
			t.taken[r] |= f.taken
			left = true
		}
	}
	return left
}

// resolve finds the layer's indices of values, 0 standing for none, and which of them the
// layer has not.
func (t *tagger) resolve(ids []memory.ValueID, c *cells) {
	pages, base, n := t.values.pages, t.values.base, 0
	for r, id := range ids {
		if id == 0 {
			c.list[r] = 0
			continue
		}
		p := pages[id>>pageBits][id&(1<<pageBits-1)]
		c.list[r] = p - base + 1
		if p < base {
			c.which[n&(batch-1)], c.ids[n&(batch-1)] = uint8(r), id
			n++
		}
	}
	c.fresh = n
}
