package vector

import (
	"slices"

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
	dropped  int32            // the value of propDropped in the layer, or unset

	columns  []mvt.Column // of the features at hand
	lacks    []lacks      // by column
	used     int          // of the columns
	ids      [][batch]memory.ValueID
	taken    [batch]uint32    // by feature: a bit for each property of the house that it has
	fresh    []memory.ValueID // of a column, values that the layer has not
	pairs    []uint32         // keys and values of blocks
	geometry *mvt.Geometry    // of the features at hand
	drawn    int              // where that of the next begins
}

const (
	unset     = -1
	notWanted = -2
)

// begin makes the tagger ready for a layer with the properties wanted (nil: all) but those
// to do without.
func (t *tagger) begin(layer *mvt.Layer, snap *memory.Snapshot, wanted, without []string) {
	t.layer, t.snap, t.wanted, t.all, t.without = layer, snap, wanted, wanted == nil, without
	t.values.reset(snap.Values.Len())
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
	t.pairs = t.pairs[:0]
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
		f := field{pos: pos, column: c, mixed: t.snap.Mixed[c], house: int8(houseOf(name))}
		if f.house >= 0 {
			f.taken = 1 << f.house
		}
		if f.taken&neverSource == 0 {
			p.fields = append(p.fields, f)
		}
	}
	return p
}

func (t *tagger) pair(key, value uint32) { t.pairs = append(t.pairs, key, value) }

// neverSource are properties that the source never gives.
const neverSource = 1<<propID | 1<<propDropped | 1<<propMerged | 1<<propMergedArea

// round takes a difference of heights to a tenth of a millimetre: what lies behind that is
// the noise of the subtraction.
func round(metres float64) float64 {
	const tenths = 1e4
	return float64(int64(metres*tenths+0.5)) / tenths
}

func (t *tagger) label(property int, id memory.ValueID) {
	if id != 0 && t.houseKey[property] != notWanted {
		t.pair(t.key(property), t.value(id))
	}
}

func (t *tagger) number(property int, f float64) {
	if t.houseKey[property] == notWanted {
		return
	}
	t.pair(t.key(property), t.indexOf(f))
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
