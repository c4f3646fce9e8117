package vector

import (
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// A block stands for the features of one cell that are too small to be drawn by themselves.
// It counts them, sums their areas, and says of each number what it is on average and at most,
// and of each text what holds for more than half. It is computed from the very rows that the
// request asks for, so it is as true of a filter, a slice by height or a time long gone as of
// everything now.

// block is what is known of a cell.
type block struct {
	cell  memory.World
	count int
	only  memory.Row  // the feature when it is but one
	area  float64     // square world units
	x, y  float64     // sum of middles in world units from the cell's corner, each by its weight
	sum   float64     // of weights: areas, or of points one each
	box   memory.Rect // of the features
	z     spatial.ZRange
	under spatial.Truth
	mixed bool // some lie below the ground and some do not

	numbers []number
	texts   []share
}

// number is what is known of a number property of a block's features.
type number struct {
	sum, max float64
	n        int
}

// kinds is how many different values of a text are followed in a cell. One that comes in only
// when so many are there is seldom the one that holds for more than half.
const kinds = 6

// share is how much of a block each value of a text has.
type share struct {
	values  [kinds]memory.ValueID
	weights [kinds]float64
	n       int
}

func (s *share) add(id memory.ValueID, weight float64) {
	for i := range s.n {
		if s.values[i] == id {
			s.weights[i] += weight
			return
		}
	}
	if s.n < kinds {
		s.values[s.n], s.weights[s.n] = id, weight
		s.n++
	}
}

// most returns the value that has more than half of the weight, or 0.
func (s *share) most(whole float64) memory.ValueID {
	for i := range s.n {
		if 2*s.weights[i] > whole {
			return s.values[i]
		}
	}
	return 0
}

// The labels of features that are followed like texts, before the columns.
var labels = [...]int{propClass, propModel, propStorey}

const labelCount = len(labels)

// labelOf returns the place of a property of the house among the labels, or none.
func labelOf(house int) int { return slices.Index(labels[:], house) }

const (
	maxNumbers = 24 // number columns that are followed
	maxTexts   = 12 // text columns
	none       = -1
)

// summary says which columns are followed in blocks, and is the same for all blocks of a
// layer.
type summary struct {
	snap   *memory.Snapshot
	slots  []int16         // by column: the number, or the text behind maxNumbers; none
	number []memory.Column // columns by number; the last is the height of the house
	text   []memory.Column // columns by text, behind the labels
	// own is the source's own height among the numbers, or none: then the house's counts.
	own    int
	height int
	// noMax says that the source has a property of the name of the greatest height.
	noMax bool
}

// begin chooses the columns: numbers and texts that the tile is to carry.
func (m *summary) begin(t *tagger) {
	m.snap, m.number, m.text, m.own = t.snap, m.number[:0], m.text[:0], none
	m.slots = m.slots[:0]
	for c, name := range t.snap.Schema.Names {
		slot := int16(none)
		house := houseOf(name)
		switch {
		case !t.wants(name):
		case isNumber(t.snap.Types[c]) && (house < 0 || house == propHeight) && len(m.number) < maxNumbers:
			if house == propHeight {
				m.own = len(m.number)
			}
			slot = int16(len(m.number))
			m.number = append(m.number, memory.Column(c))
		case t.snap.Types[c] == spatial.FieldString && (house < 0 || labelOf(house) != none) && len(m.text) < maxTexts:
			slot = int16(maxNumbers + 1 + labelCount + len(m.text))
			m.text = append(m.text, memory.Column(c))
		}
		m.slots = append(m.slots, slot)
	}
	m.noMax = slices.Contains(t.snap.Schema.Names, houseProperties[propHeightMax].name)
	m.height = len(m.number)
	if m.own >= 0 {
		m.height = m.own
	}
}

func isNumber(t spatial.FieldType) bool {
	return t == spatial.FieldInteger || t == spatial.FieldNumber
}

// reset empties a block for a cell.
func (m *summary) reset(b *block, cell memory.World) {
	numbers, texts := len(m.number)+1, len(m.text)+labelCount
	if cap(b.numbers) < numbers {
		b.numbers = make([]number, numbers)
	}
	if cap(b.texts) < texts {
		b.texts = make([]share, texts)
	}
	*b = block{cell: cell, numbers: b.numbers[:numbers], texts: b.texts[:texts]}
	for i := range b.numbers {
		b.numbers[i] = number{max: math.Inf(-1)}
	}
	for i := range b.texts {
		b.texts[i].n = 0
	}
}

// add takes a row into a block whose cells are 2^bits world units wide.
func (m *summary) add(b *block, bits uint, row memory.Row, t *memory.Table, i int) {
	box, weight := t.Box(i), 1.0
	if _, _, polygons := t.Has(i); polygons {
		b.area += t.Area(i)
		weight = max(t.Area(i), 1)
	}
	if b.count == 0 {
		b.only, b.box, b.under = row, box, t.Underground(i)
	}
	b.count++
	b.box.MinX, b.box.MinY = min(b.box.MinX, box.MinX), min(b.box.MinY, box.MinY)
	b.box.MaxX, b.box.MaxY = max(b.box.MaxX, box.MaxX), max(b.box.MaxY, box.MaxY)
	b.x += weight * (float64(box.MinX)/2 + float64(box.MaxX)/2 - float64(uint64(b.cell.X)<<bits))
	b.y += weight * (float64(box.MinY)/2 + float64(box.MaxY)/2 - float64(uint64(b.cell.Y)<<bits))
	b.sum += weight
	b.mixed = b.mixed || t.Underground(i) != b.under
	m.labels(b, t, i, weight)
	height := m.values(b, t, i, weight)
	if z := t.ZRange(i); z.Known {
		if !b.z.Known {
			b.z = z
		}
		b.z.Min, b.z.Max = min(b.z.Min, z.Min), max(b.z.Max, z.Max)
		if !height {
			b.numbers[m.height].add(round(z.Max - z.Min))
		}
	}
}

func (n *number) add(v float64) {
	n.sum += v
	n.max = max(n.max, v)
	n.n++
}

func (m *summary) labels(b *block, t *memory.Table, i int, weight float64) {
	model, kind, _, storey := t.Labels(i)
	for k, id := range [labelCount]memory.ValueID{kind, model, storey} {
		if id != 0 {
			b.texts[k].add(id, weight)
		}
	}
}

// values adds the row's properties and reports whether a height was among them.
func (m *summary) values(b *block, t *memory.Table, i int, weight float64) (height bool) {
	shape, values := t.Shape(i)
	for pos, c := range m.snap.Schema.Shapes[shape] {
		slot, id := m.slots[c], values[pos]
		if slot < 0 || id == 0 {
			continue
		}
		if slot < maxNumbers {
			if v, ok := m.snap.Values.Number(id); ok {
				b.numbers[slot].add(v)
				height = height || int(slot) == m.own
			}
			continue
		}
		if m.snap.Mixed[c] {
			id = m.snap.Values.As(id, m.snap.Types[c])
		}
		b.texts[slot-maxNumbers-1].add(id, weight)
	}
	return height
}
