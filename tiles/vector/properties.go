package vector

import (
	"slices"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// The properties that the house gives every feature, where it knows them. Each takes the
// place of a property of the source of the same name; only the source's own height wins.
const (
	propID = iota
	propModel
	propClass
	propName
	propStorey
	propZMin
	propZMax
	propUnderground
	propHeight
	propDropped
	propMerged
	propMergedArea
	propHeightMax
	propCount
)

// houseProperties are their names and what TileJSON says of them.
var houseProperties = [propCount]struct{ name, says string }{
	propID:          {"id", "String. The feature's id, the same everywhere."},
	propModel:       {"model", "String. The model that delivered the feature."},
	propClass:       {"class", "String. What the feature is."},
	propName:        {"name", "String. What people call it."},
	propStorey:      {"storey", "String. The storey that holds it."},
	propZMin:        {"z_min", "Number. The lowest height in metres."},
	propZMax:        {"z_max", "Number. The greatest height in metres."},
	propUnderground: {"underground", "Boolean. Whether it lies below the ground."},
	propHeight:      {"height", "Number. From the lowest to the greatest height in metres, unless the source gives another."},
	propDropped:     {"dropped", "Number. How many shorter lines the tile leaves out; only where it does."},
	propMerged:      {"merged", "Number. How many features stand together in this one; only where some do, see thinned."},
	propMergedArea:  {"merged_area", "Number. The sum of their areas in square metres."},
	propHeightMax:   {"height_max", "Number. Of merged features the greatest height; height is the mean."},
}

// always reports whether a property of the house is in tiles whatever the request asks for:
// what says that something is not as it is.
func always(property int) bool {
	return property == propDropped || property == propMerged || property == propMergedArea
}

// houseOf returns the property of the house of that name, or -1.
func houseOf(name string) int {
	for h := range houseProperties {
		if houseProperties[h].name == name {
			return h
		}
	}
	return -1
}

// plan says what of a row's shape goes into the tile.
type plan struct {
	epoch  uint32
	fields []field
}

// field is one property of the source.
type field struct {
	pos    int // among the row's values
	column memory.Column
	mixed  bool
	house  int8   // the property of the house with the same name, -1 for none
	taken  uint32 // its bit in what house returns, 0 for none
	key    int32  // in the layer, or unset
	// The last feature's value, which the next one most likely has too, and its index in the
	// layer.
	last  memory.ValueID
	index uint32
}

// tagger gives features their properties.
type tagger struct {
	layer   *mvt.Layer
	snap    *memory.Snapshot
	values  dictionary
	numbers indices
	plans   []plan // by shape
	epoch   uint32

	wanted   []string // nil for all
	all      bool
	houseKey [propCount]int32 // in the layer; unset or notWanted
	keys     []int32          // by column, likewise
	without  []string         // not wanted
	truths   [2]int32         // false and true in the layer, or unset
	fresh    []memory.ValueID // that the layer has not
	pairs    []uint32         // keys and values of the feature at hand
	dropped  int32            // the value of propDropped in the layer, or unset
}

const (
	unset     = -1
	notWanted = -2
)

// begin makes the tagger ready for a layer with the properties wanted (nil: all) but those
// to do without.
func (t *tagger) begin(layer *mvt.Layer, snap *memory.Snapshot, wanted, without []string) {
	t.layer, t.snap, t.wanted, t.all, t.without = layer, snap, wanted, wanted == nil, without
	t.values.reset()
	t.numbers.reset()
	t.epoch++
	for len(t.plans) < len(snap.Schema.Shapes) {
		t.plans = append(t.plans, plan{})
	}
	for i := range t.houseKey {
		t.houseKey[i] = unset
		if !t.wants(houseProperties[i].name) && !always(i) {
			t.houseKey[i] = notWanted
		}
	}
	t.keys = slices.Grow(t.keys[:0], len(snap.Schema.Names))[:len(snap.Schema.Names)]
	for c := range t.keys {
		t.keys[c] = unset
	}
	t.truths = [2]int32{unset, unset}
	t.dropped = unset
}

func (t *tagger) wants(name string) bool {
	return (t.all || slices.Contains(t.wanted, name)) && !slices.Contains(t.without, name)
}

// drop has every feature of the layer say how many were left out.
func (t *tagger) drop(n int) {
	if n > 0 {
		t.dropped = int32(t.layer.Uint(uint64(n)))
	}
}

// plan returns what of a shape goes into the tile.
func (t *tagger) plan(shape uint32) *plan {
	p := &t.plans[shape]
	if p.epoch == t.epoch {
		return p
	}
	p.epoch, p.fields = t.epoch, p.fields[:0]
	for pos, c := range t.snap.Schema.Shapes[shape] {
		name := t.snap.Schema.Names[c]
		if !t.wants(name) {
			continue
		}
		f := field{pos: pos, column: c, mixed: t.snap.Mixed[c], house: int8(houseOf(name)), key: unset}
		if f.house >= 0 {
			f.taken = 1 << f.house
		}
		if f.taken&neverSource == 0 {
			p.fields = append(p.fields, f)
		}
	}
	return p
}

// ahead is how many rows are looked at before they are drawn.
const ahead = 64

// expect has the processor fetch the values that rows have and the layer has not.
func (t *tagger) expect(rows []memory.Row) {
	t.fresh = t.fresh[:0]
	for _, row := range rows {
		table, i := t.snap.At(row)
		shape, values := table.Shape(i)
		for k := range t.plan(shape).fields {
			if id := values[t.plans[shape].fields[k].pos]; id != 0 && *t.values.at(id) < t.values.base {
				t.fresh = append(t.fresh, id)
			}
		}
	}
	t.snap.Values.Fetch(t.fresh)
}

// tag gives the feature that is being written the properties of row i.
func (t *tagger) tag(table *memory.Table, i int) {
	t.pairs = t.pairs[:0]
	taken := t.house(table, i)
	shape, values := table.Shape(i)
	pairs, fields := t.pairs, t.plan(shape).fields
	for k := range fields {
		f := &fields[k]
		id := values[f.pos]
		if id == 0 || taken&f.taken != 0 {
			continue
		}
		taken |= f.taken
		if f.mixed {
			id = t.snap.Values.As(id, t.snap.Types[f.column])
		}
		if f.key < 0 {
			f.key = t.columnKey(f)
		}
		if id != f.last {
			f.last, f.index = id, t.value(id)
		}
		pairs = append(pairs, uint32(f.key), f.index)
	}
	t.pairs = pairs
	if z := table.ZRange(i); z.Known && taken&(1<<propHeight) == 0 {
		t.number(propHeight, round(z.Max-z.Min))
	}
	if t.dropped != unset {
		t.add(t.key(propDropped), uint32(t.dropped))
	}
	t.layer.Tags(t.pairs)
}

func (t *tagger) add(key, value uint32) { t.pairs = append(t.pairs, key, value) }

// neverSource are properties that the source never gives.
const neverSource = 1<<propID | 1<<propDropped | 1<<propMerged | 1<<propMergedArea

// round takes a difference of heights to a tenth of a millimetre: what lies behind that is
// the noise of the subtraction.
func round(metres float64) float64 {
	const tenths = 1e4
	return float64(int64(metres*tenths+0.5)) / tenths
}

// house adds the properties of the house but the height, and returns a bit for each that
// takes the place of one of the source's.
func (t *tagger) house(table *memory.Table, i int) (taken uint32) {
	if t.houseKey[propID] != notWanted {
		t.add(t.key(propID), t.layer.String(table.ID(i)))
	}
	model, kind, name, storey := table.Labels(i)
	taken |= t.label(propModel, model) | t.label(propClass, kind) | t.label(propName, name) | t.label(propStorey, storey)
	if z := table.ZRange(i); z.Known {
		taken |= 1<<propZMin | 1<<propZMax
		t.number(propZMin, z.Min)
		t.number(propZMax, z.Max)
	}
	if u := table.Underground(i); u != spatial.Unknown {
		taken |= 1 << propUnderground
		if t.houseKey[propUnderground] != notWanted {
			t.add(t.key(propUnderground), t.truth(u == spatial.Yes))
		}
	}
	return taken
}

func (t *tagger) label(property int, id memory.ValueID) uint32 {
	if id == 0 {
		return 0
	}
	if t.houseKey[property] != notWanted {
		t.add(t.key(property), t.value(id))
	}
	return 1 << property
}

func (t *tagger) number(property int, f float64) {
	if t.houseKey[property] == notWanted {
		return
	}
	t.add(t.key(property), t.indexOf(f))
}

// indexOf returns the layer's index of a number.
func (t *tagger) indexOf(f float64) uint32 {
	key := numberKey(f)
	s := t.numbers.at(key)
	index := s.index
	if s.epoch != t.numbers.epoch {
		index = t.layer.Number(f)
		t.numbers.put(s, key, index)
	}
	return index
}

func (t *tagger) truth(b bool) uint32 {
	i := 0
	if b {
		i = 1
	}
	if t.truths[i] == unset {
		t.truths[i] = int32(t.layer.Bool(b))
	}
	return uint32(t.truths[i])
}

// key returns the layer's key of a property of the house, which may be one that the source
// has too.
func (t *tagger) key(property int) uint32 {
	if t.houseKey[property] == unset {
		t.houseKey[property] = int32(t.layer.Key(houseProperties[property].name))
	}
	return uint32(t.houseKey[property])
}

func (t *tagger) columnKey(f *field) int32 {
	if t.keys[f.column] >= 0 {
		return t.keys[f.column]
	}
	if f.house >= 0 {
		t.keys[f.column] = int32(t.key(int(f.house)))
	} else {
		t.keys[f.column] = int32(t.layer.Key(t.snap.Schema.Names[f.column]))
	}
	return t.keys[f.column]
}

// keyOf returns the layer's key of a column.
func (t *tagger) keyOf(c memory.Column) uint32 {
	return uint32(t.columnKey(&field{column: c, house: int8(houseOf(t.snap.Schema.Names[c]))}))
}

// value returns the layer's index of a value of the dictionary.
func (t *tagger) value(id memory.ValueID) uint32 {
	p := t.values.at(id)
	if *p < t.values.base {
		index := t.layer.Value(t.snap.Values.Wire(id))
		*p, t.values.count = t.values.base+index, index+1
	}
	return *p - t.values.base
}
