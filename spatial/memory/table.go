package memory

import (
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// Times in columns are microseconds since 1970; an unbounded side is one of these.
const (
	never   = math.MinInt64
	forever = math.MaxInt64
)

// The bits of a row's flags.
const (
	flagTruth    = 3 // spatial.Truth
	flagZ        = 4 // the heights are known
	flagPoints   = 8 // the geometry has points, lines, polygons
	flagLines    = 16
	flagPolygons = 32
)

// traitGround says that of some rows is known whether they lie below the ground.
const traitGround = 1 << Labels

// Table holds versions of features, a row each, in columns. Rows are only ever added, and
// nothing in them changes, so a copy of the value is a snapshot of it that other
// goroutines may read while its one writer goes on.
type Table struct {
	number   []int64 // of the version in the store
	num      []uint64
	hash     []spatial.Hash
	recorded []int64
	start    []int64
	end      []int64
	model    []ValueID
	kind     []ValueID
	name     []ValueID
	storey   []ValueID
	flags    []uint8
	traits   uint8        // what some of its rows have: a bit for each label, and traitGround
	area     []float32    // see outliner.area
	z        [][2]float64 // empty while no row knows its heights

	ids    []byte
	idEnds offsets

	shape    []uint32 // which names the row's properties have
	attrs    []ValueID
	attrEnds offsets

	exact     []byte // the store's geometry, see exactWriter
	exactEnds offsets

	box      []Rect
	rowRings offsets    // row → rings
	ringEnds offsets    // ring → xy
	ringKind []RingKind // and above kindBits how steady the ring is
	xy       []World
}

func (t *Table) len() int { return len(t.number) }

func (t *Table) id(i int) string {
	start, end := t.idEnds.span(i)
	return textOf(t.ids[start:end])
}

func (t *Table) zRange(i int) spatial.ZRange {
	if t.flags[i]&flagZ == 0 {
		return spatial.ZRange{}
	}
	return spatial.ZRange{Min: t.z[i][0], Max: t.z[i][1], Known: true}
}

func (t *Table) exactOf(i int) []byte {
	start, end := t.exactEnds.span(i)
	return t.exact[start:end]
}

// bytes returns how much memory the columns take, and how much of it is for the geometry
// of tiles and its boxes, and for exact geometry.
func (t *Table) bytes() (all, tiles, exact int) {
	tiles = 16*cap(t.box) + t.rowRings.bytes() + t.ringEnds.bytes() + cap(t.ringKind) + 8*cap(t.xy)
	exact = cap(t.exact) + t.exactEnds.bytes()
	all = 8*(cap(t.number)+cap(t.num)+cap(t.recorded)+cap(t.start)+cap(t.end)) + 16*(cap(t.hash)+cap(t.z)) +
		4*(cap(t.model)+cap(t.kind)+cap(t.name)+cap(t.storey)+cap(t.shape)+cap(t.attrs)) +
		cap(t.flags) + 4*cap(t.area) + cap(t.ids) + t.idEnds.bytes() + t.attrEnds.bytes() + tiles + exact
	return all, tiles, exact
}

// pushZ adds a row's heights and starts the column when they are the first that are known.
func (t *Table) pushZ(i int, known bool, z [2]float64) {
	if !known && len(t.z) == 0 {
		return
	}
	for len(t.z) < i {
		t.z = append(t.z, [2]float64{})
	}
	t.z = append(t.z, z)
}

// micros returns the bounds of an interval as columns hold them. A bound between two ticks
// is moved up, which asks the same of times that are whole ticks.
func micros(i spatial.Interval) (start, end int64) {
	start, end = never, forever
	if !i.Start.IsZero() {
		start = i.Start.UnixMicro()
	}
	if !i.End.IsZero() {
		end = i.End.UnixMicro()
		if i.End.Nanosecond()%1000 != 0 {
			end++
		}
	}
	return start, end
}
