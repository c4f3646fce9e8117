package memory

import (
	"slices"
	"time"

	"github.com/tidwall/rtree"

	"github.com/shikong-cim/shikong/spatial"
)

// Row is the number of a version within one Snapshot.
type Row uint32

// Rows of the tail carry this bit.
const tailBit Row = 1 << 31

// Snapshot is the state of one collection right after a revision: every version recorded
// then, of every valid time. It never changes and may be read by any number of goroutines.
type Snapshot struct {
	// Collection is what the store says of it.
	Collection spatial.Collection
	// Revision is the store's revision whose state this is.
	Revision int64

	Values Values
	Schema Schema
	// Types are the types that the collection promises for its columns, by Column; Mixed
	// says which columns hold values of other kinds too, which Values.As converts.
	Types []spatial.FieldType
	Mixed []bool

	recorded time.Time // when what touched the collection last was recorded

	base *base
	dead bitmap // rows of the base that are no longer recorded
	tail tail
	log  []touch // what changed the collection, oldest first

	moments *moments
	ranges  *ranges
}

// tail holds the rows that came after the base was packed.
type tail struct {
	Table
	index *rtree.RTreeGN[uint32, uint32] // over the rows that are still recorded and have a place
	order []uint32                       // the rows that are still recorded, in the default order
}

// Len returns how many versions the snapshot holds.
func (s *Snapshot) Len() int { return s.base.len() - s.dead.count + len(s.tail.order) }

// At returns the columns that hold a row, and its place in them.
func (s *Snapshot) At(r Row) (*Table, int) {
	if r&tailBit != 0 {
		return &s.tail.Table, int(r &^ tailBit)
	}
	return &s.base.Table, int(r)
}

// AppendRows appends the rows whose boxes overlap q to dst, along the Hilbert curve: an
// order that is the same for every mirror of the store.
func (s *Snapshot) AppendRows(dst []Row, q Rect) []Row {
	start := len(dst)
	dst = s.base.tree.appendRows(dst, q)
	if s.dead.count > 0 {
		dst = s.dead.filter(dst, start)
	}
	middle := len(dst)
	if s.tail.index.Len() == 0 || q.IsEmpty() {
		return dst
	}
	s.tail.index.Search([2]uint32{q.MinX, q.MinY}, [2]uint32{q.MaxX, q.MaxY}, func(_, _ [2]uint32, row uint32) bool {
		dst = append(dst, Row(row)|tailBit)
		return true
	})
	s.weave(dst[start:], middle-start)
	return dst
}

// weave brings rows, of which those before middle are in order and the others in none, into
// order along the curve.
func (s *Snapshot) weave(rows []Row, middle int) {
	late := slices.Clone(rows[middle:])
	if len(late) == 0 {
		return
	}
	slices.SortFunc(late, s.comparePlaces)
	// Merge from the end: each late row finds its place by bisection, since there are few
	// and a comparison computes two places.
	end := middle
	for k := len(late) - 1; k >= 0; k-- {
		at, _ := slices.BinarySearchFunc(rows[:end], late[k], s.comparePlaces)
		copy(rows[at+k+1:], rows[at:end])
		rows[at+k] = late[k]
		end = at
	}
}

func (s *Snapshot) comparePlaces(a, b Row) int {
	ta, i := s.At(a)
	tb, j := s.At(b)
	ka, kb := ta.box[i].key(), tb.box[j].key()
	switch {
	case ka < kb || (ka == kb && ta.number[i] < tb.number[j]):
		return -1
	case ka == kb && ta.number[i] == tb.number[j]:
		return 0
	}
	return 1
}

// Touched returns the last revision that changed anything in the world rectangle that is
// valid at some time in the interval, 0 when none did.
func (s *Snapshot) Touched(q Rect, valid spatial.Interval) int64 {
	start, end := micros(valid)
	for i := len(s.log) - 1; i >= 0; i-- {
		t := &s.log[i]
		if t.start >= end || t.end <= start {
			continue
		}
		for _, r := range t.rects {
			if r.Overlaps(q) {
				return t.revision
			}
		}
	}
	return 0
}

// Since returns the world rectangles in which something changed behind a revision.
func (s *Snapshot) Since(revision int64) []Rect {
	var list []Rect
	for i := len(s.log) - 1; i >= 0 && s.log[i].revision > revision; i-- {
		list = append(list, s.log[i].rects...)
	}
	return list
}

// bitmap is a set of rows in pages that are copied when they are written, so that adding
// some rows costs the pages they are in.
type bitmap struct {
	pages [][]uint64
	count int
}

const pageBitsOfMap = 12 // 4,096 rows, 512 bytes

func newBitmap(rows int) bitmap {
	return bitmap{pages: make([][]uint64, (rows+1<<pageBitsOfMap-1)>>pageBitsOfMap)}
}

func (b *bitmap) has(row int) bool {
	page := b.pages[row>>pageBitsOfMap]
	return page != nil && page[row>>6&(1<<(pageBitsOfMap-6)-1)]&(1<<(row&63)) != 0
}

// with returns the set with rows added.
func (b bitmap) with(rows []uint32) bitmap {
	if len(rows) == 0 {
		return b
	}
	b.pages = slices.Clone(b.pages)
	fresh := map[uint32]bool{}
	for _, row := range rows {
		p := row >> pageBitsOfMap
		if !fresh[p] {
			fresh[p] = true
			page := make([]uint64, 1<<(pageBitsOfMap-6))
			copy(page, b.pages[p])
			b.pages[p] = page
		}
		word, bit := row>>6&(1<<(pageBitsOfMap-6)-1), uint64(1)<<(row&63)
		if b.pages[p][word]&bit == 0 {
			b.pages[p][word] |= bit
			b.count++
		}
	}
	return b
}

// filter removes rows of the set from dst[start:].
func (b *bitmap) filter(dst []Row, start int) []Row {
	out := dst[:start]
	for _, r := range dst[start:] {
		if !b.has(int(r)) {
			out = append(out, r)
		}
	}
	return out
}

// Bytes returns how much memory the snapshot takes, and how much of it for the geometry of
// tiles with its index and for exact geometry.
func (s *Snapshot) Bytes() (all, tiles, exact int) {
	all, tiles, exact = s.base.bytes()
	a, t, e := s.tail.bytes()
	index := s.base.tree.bytes()
	order := 4 * (cap(s.base.order) + cap(s.base.rank) + cap(s.tail.order))
	values := cap(s.Values.wire) + cap(s.Values.ready)*len(ready{}) + cap(s.Values.kinds) + 4*(cap(s.Values.start)+cap(s.Values.number)+cap(s.Values.text))
	return all + a + index + order + values, tiles + t + index, exact + e
}
