package memory

import "github.com/shikong-cim/shikong/spatial"

// The methods here read the columns of one row. What they return is shared and must not be
// changed.

// Num returns the feature's surrogate number.
func (t *Table) Num(i int) uint64 { return t.num[i] }

// ID returns the feature's id.
func (t *Table) ID(i int) string { return t.id(i) }

// Label is a text that features may have besides their properties.
type Label uint8

// The labels.
const (
	Model Label = iota
	Kind
	Name
	Storey
	Labels = iota // how many there are
)

// Label returns the ids of a label by row, 0 for none; nil when no row has one.
func (t *Table) Label(l Label) []ValueID {
	if t.traits&(1<<l) == 0 {
		return nil
	}
	return [Labels][]ValueID{t.model, t.kind, t.name, t.storey}[l]
}

// Knows reports whether there may be rows with heights, and rows of which is known whether they
// lie below the ground.
func (t *Table) Knows() (heights, ground bool) {
	return len(t.z) > 0, t.traits&traitGround != 0
}

// Labels returns the ids of all labels of a row, 0 for none.
func (t *Table) Labels(i int) (model, kind, name, storey ValueID) {
	// A column that no row has anything in is none to wait for.
	if t.traits&(1<<Model) != 0 {
		model = t.model[i]
	}
	if t.traits&(1<<Storey) != 0 {
		storey = t.storey[i]
	}
	return model, t.kind[i], t.name[i], storey
}

// Stands reports whether the row is valid at some time between start and end, as Micros
// gives them.
func (t *Table) Stands(i int, start, end int64) bool { return t.start[i] < end && t.end[i] > start }

// Micros returns the bounds of an interval in the form in which Stands and Boundaries
// compare them; an unbounded side lies before or behind every time.
func Micros(i spatial.Interval) (start, end int64) { return micros(i) }

// ZRange returns the heights of a row.
func (t *Table) ZRange(i int) spatial.ZRange { return t.zRange(i) }

// Underground says whether the row lies below the ground.
func (t *Table) Underground(i int) spatial.Truth { return spatial.Truth(t.flags[i] & flagTruth) }

// Has reports which kinds of geometry the row has.
func (t *Table) Has(i int) (points, lines, polygons bool) {
	f := t.flags[i]
	return f&flagPoints != 0, f&flagLines != 0, f&flagPolygons != 0
}

// Box returns the rectangle around the row's geometry, an empty one for a row without.
func (t *Table) Box(i int) Rect { return t.box[i] }

// Area returns the area that a row covers in square world units; lines cover a square a
// quarter of their length wide, points nothing.
func (t *Table) Area(i int) float64 { return float64(t.area[i]) }

// Shape returns the number of the row's shape in Schema.Shapes, and the values of its
// columns in that order.
func (t *Table) Shape(i int) (shape uint32, values []ValueID) {
	start, end := t.attrEnds.span(i)
	return t.shape[i], t.attrs[start:end]
}

// ShapeOf returns the number of the row's shape in Schema.Shapes.
func (t *Table) ShapeOf(i int) uint32 { return t.shape[i] }

// Rings returns the range of the row's rings for Ring.
func (t *Table) Rings(i int) (from, to int) { return t.rowRings.span(i) }

// Ring returns a ring of the table.
func (t *Table) Ring(r int) (RingKind, []World) {
	start, end := t.ringEnds.span(r)
	return t.ringKind[r] & (1<<kindBits - 1), t.xy[start:end]
}
