package memory

import "math"

// offsets are the ends of rows of different length in one long column: four bytes a row,
// counted from the start of the row's page, so that the column itself may grow beyond 2³².
// Rows are only ever added, so a copy of the value is a snapshot of it.
type offsets struct {
	page []uint64
	off  []uint32
}

const (
	pageBits = 8
	pageRows = 1 << pageBits
)

func makeOffsets(rows int) offsets {
	return offsets{page: make([]uint64, 0, (rows+pageRows-1)/pageRows), off: make([]uint32, 0, rows)}
}

func (o *offsets) len() int { return len(o.off) }

// push adds the end of the next row. It reports false when one page grew beyond 2³².
func (o *offsets) push(end int) bool {
	i := len(o.off)
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
	return true
}

func (o *offsets) end(i int) int { return int(o.page[i>>pageBits]) + int(o.off[i]) }

// span returns where row i begins and ends.
func (o *offsets) span(i int) (start, end int) {
	if i > 0 {
		start = o.end(i - 1)
	}
	return start, o.end(i)
}

func (o *offsets) bytes() int { return 8*cap(o.page) + 4*cap(o.off) }
