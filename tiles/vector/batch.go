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
const batch = mvt.Batch

// shot is a feature whose geometry is drawn.
type shot struct {
	table *memory.Table // nil for a block
	row   int
	end   int // of its geometry in the layer's
	from  int // of a block: where its keys and values begin in the tagger's pairs,
	count int // and how many they are
	kind  mvt.GeomType
}

// lacks are the values of a column that the layer has not: fresh of them, of shots which, texts
// of the features' own when that is what they are.
type lacks struct {
	ids   [batch]memory.ValueID
	which [batch]uint8
	fresh int
	own   bool
}

// plate holds features whose geometry is drawn.
type plate struct {
	shots    []shot
	geometry mvt.Geometry
}

// wipe makes the plate ready for others.
func (p *plate) wipe() {
	clear(p.shots)
	p.shots = p.shots[:0]
	p.geometry.Reset()
}

// shoot ends the geometry that is being drawn. Nothing drawn is no feature.
func (e *encoder) shoot(s shot) {
	p := e.plate
	if p.geometry.Empty() {
		return
	}
	s.end = p.geometry.Next()
	if p.shots = append(p.shots, s); len(p.shots) < batch {
		return
	}
	if e.relay == nil {
		e.tagger.develop(p)
	} else if len(p.shots) == relayed {
		e.plate = e.relay.swap(p)
	}
}

// develop gives the features of a plate their properties, adds them to the layer and wipes it.
func (t *tagger) develop(p *plate) {
	t.geometry, t.drawn = &p.geometry, 0
	for from := 0; from < len(p.shots); {
		to := from + 1
		end := min(from-from%batch+batch, len(p.shots)) // the same for plates of any size
		if first := &p.shots[from]; first.table == nil {
			t.block(first)
		} else {
			shape := first.table.ShapeOf(first.row)
			for to < end && p.shots[to].table != nil && p.shots[to].table.ShapeOf(p.shots[to].row) == shape {
				to++
			}
			t.tag(shape, p.shots[from:to])
		}
		from = to
	}
	t.pairs = t.pairs[:0]
	p.wipe()
}

// next returns the geometry of the next shot.
func (t *tagger) next(s *shot) []byte {
	from := t.drawn
	t.drawn = s.end
	return t.geometry.Bytes(from, s.end)
}

// block adds a block, whose properties are at hand.
func (t *tagger) block(s *shot) {
	t.layer.Tags(t.pairs[s.from:][:s.count])
	t.layer.Add(0, s.kind, t.next(s))
}

// tag gives features of one shape their properties and adds them to the layer.
func (t *tagger) tag(shape uint32, shots []shot) {
	t.used = 0
	clear(t.taken[:len(shots)])
	t.house(shots)
	t.source(t.plan(shape).fields, shots)
	t.height(shots)
	if t.dropped != unset {
		c, _ := t.open()
		for r := range shots {
			c.Values[r] = uint32(t.dropped) + 1
		}
		t.keep(c, t.key(propDropped))
	}
	t.complete(shots)
	for r := range shots {
		s := &shots[r]
		t.layer.AddRow(s.table.Num(s.row), s.kind, t.next(s), t.columns[:t.used], r)
	}
}

// complete adds the values that the layer has not. Properties with few of them come first:
// what many features share then has small numbers, which take a byte where others take two
// or three.
func (t *tagger) complete(shots []shot) {
	for _, most := range [...]int{batch / 8, batch / 2, batch} {
		for k := range t.lacks[:t.used] {
			if l := &t.lacks[k]; l.fresh != 0 && l.fresh <= most {
				t.add(l, &t.columns[k], shots)
				l.fresh = 0
			}
		}
	}
}

// add adds the values of a column that the layer has not.
func (t *tagger) add(l *lacks, c *mvt.Column, shots []shot) {
	if l.own {
		for r := range shots {
			c.Values[r] = t.layer.String(shots[r].table.ID(shots[r].row)) + 1
		}
		return
	}
	// What is new is numbered first and copied then, so that copying waits for nothing.
	base, count := t.values.base, t.layer.ValueCount()
	t.fresh = t.fresh[:0]
	for k, r := range l.which[:l.fresh] {
		place := t.values.at(l.ids[k])
		if *place < base { // else of a feature before this one
			*place = base + count + uint32(len(t.fresh))
			t.fresh = append(t.fresh, l.ids[k])
		}
		c.Values[r] = *place - base + 1
	}
	t.layer.Values(len(t.fresh), func(b []byte) []byte { return t.snap.Values.AppendFields(b, mvt.ValueKey, t.fresh) })
	t.values.count = t.layer.ValueCount()
}

// open returns a column that nobody uses yet, with whatever is in it, and what it lacks:
// nothing.
func (t *tagger) open() (*mvt.Column, *lacks) {
	if t.used == len(t.columns) {
		t.columns = append(t.columns, mvt.Column{})
		t.lacks = append(t.lacks, lacks{})
	}
	l := &t.lacks[t.used]
	l.fresh, l.own = 0, false
	return &t.columns[t.used], l
}

// keep makes the column that was opened last one of the features at hand.
func (t *tagger) keep(c *mvt.Column, key uint32) {
	c.Key = key
	t.used++
}

// house adds the properties of the house but the height, and marks those that take the place
// of one of the source's.
func (t *tagger) house(shots []shot) {
	if t.houseKey[propID] != notWanted {
		c, l := t.open()
		l.own, l.fresh = true, batch
		t.keep(c, t.key(propID))
	}
	var labels [memory.Labels]bool
	heights, ground := false, false
	for r := range shots {
		if table := shots[r].table; r == 0 || table != shots[r-1].table {
			h, g := table.Knows()
			heights, ground = heights || h, ground || g
			for l := range labels {
				labels[l] = labels[l] || table.Label(memory.Label(l)) != nil
			}
		}
	}
	for l, some := range labels {
		if some {
			t.labelled(memory.Label(l), shots)
		}
	}
	if heights {
		t.heights(shots)
	}
	if ground {
		t.underground(shots)
	}
}

// labelProperties are the properties that hold what the mirror keeps as labels.
var labelProperties = [memory.Labels]int{memory.Model: propModel, memory.Kind: propClass, memory.Name: propName, memory.Storey: propStorey}

// labelled adds the property of a label.
func (t *tagger) labelled(l memory.Label, shots []shot) {
	var list [batch]memory.ValueID
	var table *memory.Table
	var column []memory.ValueID
	ids, some, p := list[:len(shots)], false, labelProperties[l]
	for r := range shots {
		if shots[r].table != table {
			table = shots[r].table
			column = table.Label(l)
		}
		if column == nil {
			continue
		}
		if ids[r] = column[shots[r].row]; ids[r] != 0 {
			t.taken[r] |= 1 << p
			some = true
		}
	}
	if some && t.houseKey[p] != notWanted {
		c, lacks := t.open()
		t.resolve(ids, c, lacks)
		t.keep(c, t.key(p))
	}
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
	c, _ := t.open()
	for r := range shots {
		c.Values[r] = 0
		if v, ok := of(r); ok {
			c.Values[r] = t.indexOf(v) + 1
		}
	}
	t.keep(c, t.key(property))
}

func (t *tagger) underground(shots []shot) {
	known := false
	c, _ := t.open()
	for r := range shots {
		c.Values[r] = 0
		if u := shots[r].table.Underground(shots[r].row); u != spatial.Unknown {
			known = true
			t.taken[r] |= 1 << propUnderground
			if t.houseKey[propUnderground] != notWanted {
				c.Values[r] = t.truth(u == spatial.Yes) + 1
			}
		}
	}
	if known && t.houseKey[propUnderground] != notWanted {
		t.keep(c, t.key(propUnderground))
	}
}

// source adds properties of the source.
func (t *tagger) source(fields []field, shots []shot) {
	for len(t.ids) < len(fields) {
		t.ids = append(t.ids, [batch]memory.ValueID{})
	}
	for r := range shots {
		_, values := shots[r].table.Shape(shots[r].row)
		for k := range fields {
			t.ids[k][r] = values[fields[k].pos]
		}
	}
	for k := range fields {
		t.field(&fields[k], t.ids[k][:len(shots)])
	}
}

// field adds one property of the source.
func (t *tagger) field(f *field, ids []memory.ValueID) {
	if f.mixed {
		for r, id := range ids {
			if id != 0 {
				ids[r] = t.snap.Values.As(id, t.snap.Types[f.column])
			}
		}
	}
	if f.taken != 0 {
		t.yield(f, ids)
	}
	if c, l := t.open(); t.resolve(ids, c, l) {
		t.keep(c, uint32(t.columnKey(f)))
	}
}

// yield takes away the values of features that have the property from the house.
func (t *tagger) yield(f *field, ids []memory.ValueID) {
	for r, id := range ids {
		switch {
		case id == 0:
		case t.taken[r]&f.taken != 0:
			ids[r] = 0
		default:
			t.taken[r] |= f.taken
		}
	}
}

// resolve finds the layer's indices of values, 0 standing for none, and which of them the
// layer has not. It reports whether there are any values.
func (t *tagger) resolve(ids []memory.ValueID, c *mvt.Column, l *lacks) (some bool) {
	pages, base, n, null := t.values.pages, t.values.base, 0, 0
	for r, id := range ids {
		if id == 0 {
			c.Values[r] = 0
			null++
			continue
		}
		p := pages[id>>pageBits][id&(1<<pageBits-1)]
		c.Values[r] = p - base + 1
		// Written in any case, and kept where it is new: nobody can foresee which are.
		l.which[n], l.ids[n] = uint8(r), id
		if p < base {
			n++
		}
	}
	l.fresh = n
	return null < len(ids)
}
