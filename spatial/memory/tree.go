package memory

// fanout is the number of children of a node: two cache lines of boxes hold eight, and 16
// measured best between fewer levels and fewer boxes tested in vain.
const fanout = 16

// tree is a flat, packed tree of boxes over rows that are sorted along the Hilbert curve.
// Node n of a level covers the nodes fanout·n … of the level below; the boxes of the rows
// are the lowest level, and levels[0] is the one above them.
type tree struct {
	rows   []Rect
	levels [][]Rect
}

func packTree(rows []Rect) tree {
	t := tree{rows: rows}
	for below := rows; len(below) > 1; {
		level := make([]Rect, (len(below)+fanout-1)/fanout)
		for i := range level {
			r := emptyRect
			for _, b := range below[i*fanout : min((i+1)*fanout, len(below))] {
				r = r.extend(b)
			}
			level[i] = r
		}
		t.levels = append(t.levels, level)
		below = level
	}
	return t
}

// level returns the boxes of a level, the rows' own for -1.
func (t *tree) level(l int) []Rect {
	if l < 0 {
		return t.rows
	}
	return t.levels[l]
}

// appendRows appends the rows whose boxes overlap q, in ascending order.
func (t *tree) appendRows(dst []Row, q Rect) []Row {
	if len(t.rows) == 0 || q.IsEmpty() {
		return dst
	}
	top := len(t.levels) - 1
	return t.search(dst, q, top, 0, len(t.level(top)))
}

// search goes through the nodes from ≤ n < to of a level.
func (t *tree) search(dst []Row, q Rect, level, from, to int) []Row {
	if level < 0 {
		for i, r := range t.rows[from:to] {
			if r.Overlaps(q) {
				dst = append(dst, Row(from+i))
			}
		}
		return dst
	}
	span := 1
	for range level + 1 {
		span *= fanout
	}
	for i, r := range t.levels[level][from:to] {
		n := from + i
		if q.Contains(r) && !r.IsEmpty() {
			// Rows without a place are packed behind all others, so they share a node with
			// placed ones at most once; their boxes are empty.
			dst = t.all(dst, n*span, min((n+1)*span, len(t.rows)))
		} else if r.Overlaps(q) {
			size := len(t.level(level - 1))
			dst = t.search(dst, q, level-1, n*fanout, min((n+1)*fanout, size))
		}
	}
	return dst
}

func (t *tree) all(dst []Row, from, to int) []Row {
	for i := from; i < to; i++ {
		if !t.rows[i].IsEmpty() {
			dst = append(dst, Row(i))
		}
	}
	return dst
}

func (t *tree) bytes() int {
	n := 0
	for _, l := range t.levels {
		n += 16 * cap(l)
	}
	return n
}
