package memory

import "math"

// offsets are the ends of rows of different length in one long column: four bytes a row,
// counted from the start of the row's page, so that the column itself may grow beyond 2³².
// While all rows are of one length, as a building's one ring and eight properties are, they are
// a multiplication and no list. Rows are only ever added, so a copy of the value is a snapshot
// of it.
type offsets struct {
	n     int // rows
	width int // of each row, while off is nil
	room  int // for how many rows lists are made, at least
	page  []uint64
	off   []uint32
}

const (
	pageBits = 8
	pageRows = 1 << pageBits
)

// makeOffsets returns offsets of no rows, with room for some.
func makeOffsets(rows int) offsets { return offsets{room: rows} }

func (o *offsets) len() int { return o.n }

// push adds the end of the next row. It reports false when one page grew beyond 2³².
func (o *offsets) push(end int) bool {
	if o.off == nil {
		if o.n == 0 {
			o.width = end
		}
		if end == (o.n+1)*o.width {
			o.n++
			return true
		}
		if !o.list() {
			return false
		}
	}
	return o.append(end)
}

// list makes lists of what was a multiplication.
func (o *offsets) list() bool {
	if o.width > math.MaxUint32/pageRows {
		return false
	}
	room := max(o.room, o.n+1)
	o.page, o.off = make([]uint64, 0, (room+pageRows-1)/pageRows), make([]uint32, 0, room)
	rows := o.n
	o.n = 0
	for i := range rows {
		o.append((i + 1) * o.width)
	}
	return true
}

func (o *offsets) append(end int) bool {
	i := o.n
	if i%pageRows == 0 {
		var start uint64
		if i > 0 {
			start = uint64(o.end(i - 1))
		}
		o.page = append(o.page, start)
	}
	rel := uint64(end) - o.page[i>>pageBits]
	if rel > math.MaxUint32 {
		return false
	}
	o.off = append(o.off, uint32(rel))
	o.n++
	return true
}

func (o *offsets) end(i int) int {
	if o.off == nil {
		return (i + 1) * o.width
	}
	return int(o.page[i>>pageBits]) + int(o.off[i])
}

// span returns where row i begins and ends.
func (o *offsets) span(i int) (start, end int) {
	if o.off == nil {
		return i * o.width, (i + 1) * o.width
	}
	return o.listed(i)
}

func (o *offsets) listed(i int) (start, end int) {
	if i > 0 {
		start = int(o.page[(i-1)>>pageBits]) + int(o.off[i-1])
	}
	return start, int(o.page[i>>pageBits]) + int(o.off[i])
}

// reserve makes room in the lists for part of the rows more.
func (o *offsets) reserve(part float64) { o.page, o.off = more(o.page, part), more(o.off, part) }

func (o *offsets) bytes() int { return 8*cap(o.page) + 4*cap(o.off) }
