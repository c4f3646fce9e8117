package gpkg

import (
	"encoding/binary"
	"fmt"
	"math"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial/sorting"
)

// SQLite's R-tree keeps its nodes in three ordinary tables (sqlite.org/rtree.html, 7): each
// node is a blob in _node, the node above each in _parent, the leaf of each entry in _rowid.
// Inserting entry by entry costs 13–50 µs each; packing a whole tree bottom up costs about
// one, and the tree answers faster, since its nodes are full and hardly overlap.
//
//	┌───────┬───────┬───────────────────────────────────────────┬ … ┬────────┐
//	│ depth │ cells │ number, minx, maxx, miny, maxy            │   │ unused │
//	│ 2 B   │ 2 B   │ 8 B, 4 × 4 B float32; all big endian      │   │        │
//	└───────┴───────┴───────────────────────────────────────────┴ … ┴────────┘
//
// The number is that of a version in a leaf and of a node above; depth is the height of the
// tree in the root, which is node 1, and 0 in all others.
const (
	cellBytes = 8 + 4*4
	maxCells  = 51
	nodeBytes = 4 + maxCells*cellBytes // SQLite's choice for pages of at least 1,300 bytes
	// fill leaves room in every node, so that the next single inserts split none.
	fill = 46
)

// packer writes a packed R-tree into the shadow tables of an empty one.
type packer struct {
	c      *sqlite.Conn
	node   *sqlite.Stmt
	parent *sqlite.Stmt
	blob   [nodeBytes]byte
	leaves sorting.Sorter // version → leaf, to be written in the order of versions
}

// pack replaces the content of an R-tree by the entries of s, which it reads and closes.
func pack(c *sqlite.Conn, rtree string, s *sorting.Sorter) (err error) {
	for _, shadow := range []string{"_node", "_parent", "_rowid"} {
		if err := execute(c, fmt.Sprintf("DELETE FROM %s%s", rtree, shadow)); err != nil {
			return err
		}
	}
	p := packer{c: c}
	if p.node, err = c.Prepare(fmt.Sprintf("INSERT INTO %s_node (nodeno, data) VALUES (?, ?)", rtree)); err != nil {
		return err
	}
	if p.parent, err = c.Prepare(fmt.Sprintf("INSERT INTO %s_parent (nodeno, parentnode) VALUES (?, ?)", rtree)); err != nil {
		return err
	}
	defer func() { _ = p.leaves.Close() }() // a temporary file: nothing can be lost
	if err := p.tree(s); err != nil {
		return err
	}
	return p.rowids(rtree)
}

// levels returns the number of nodes of each level, leaves first, the root last.
func levels(entries int64) []int64 {
	list := []int64{}
	for n := entries; ; {
		if n <= maxCells {
			return append(list, 1)
		}
		n = (n + fill - 1) / fill
		list = append(list, n)
	}
}

// tree writes all nodes: the leaves as the entries come, then each level above from the
// rectangles of the one below, which are a fiftieth of it.
func (p *packer) tree(s *sorting.Sorter) error {
	counts := levels(s.Count())
	top := len(counts) - 1
	first := int64(2) // the root is 1, so the leaves begin behind it
	w := levelWriter{p: p, nodes: counts[0], entries: s.Count(), first: first, leaf: true}
	if top == 0 {
		w.first = 1
	}
	if err := s.Each(w.add); err != nil {
		return err
	}
	if err := w.flush(top); err != nil {
		return err
	}
	for level := 1; level <= top; level++ {
		below := w.above
		first += counts[level-1]
		w = levelWriter{p: p, nodes: counts[level], entries: int64(len(below)), first: first}
		if level == top {
			w.first = 1
		}
		for i := range below {
			if err := w.add(&below[i]); err != nil {
				return err
			}
		}
		if err := w.flush(top); err != nil {
			return err
		}
	}
	return nil
}

// levelWriter fills the nodes of one level evenly: node i of n takes the entries from
// i·entries/n on, so that none is nearly empty.
type levelWriter struct {
	p              *packer
	nodes, entries int64
	first          int64 // number of the level's first node
	leaf           bool
	done           int64 // nodes written
	seen           int64 // entries taken
	cells          int
	box            [4]float32
	above          []sorting.Entry
}

func (w *levelWriter) add(e *sorting.Entry) error {
	if w.cells > 0 && w.seen == (w.done+1)*w.entries/w.nodes {
		if err := w.flush(0); err != nil {
			return err
		}
	}
	b := w.p.blob[4+w.cells*cellBytes:]
	binary.BigEndian.PutUint64(b, uint64(e.Number))
	for i, v := range e.Box {
		binary.BigEndian.PutUint32(b[8+4*i:], math.Float32bits(v))
	}
	if w.cells == 0 {
		w.box = e.Box
	}
	w.box = [4]float32{min(w.box[0], e.Box[0]), max(w.box[1], e.Box[1]), min(w.box[2], e.Box[2]), max(w.box[3], e.Box[3])}
	w.cells++
	w.seen++
	number := w.first + w.done
	if w.leaf {
		return w.p.leaves.Add(sorting.Entry{Key: uint64(e.Number), Number: number})
	}
	return w.p.parentOf(e.Number, number)
}

// flush writes the node; depth is the tree's, which the root carries.
func (w *levelWriter) flush(depth int) error {
	number := w.first + w.done
	if number != 1 {
		depth = 0
	}
	binary.BigEndian.PutUint16(w.p.blob[0:], uint16(depth))
	binary.BigEndian.PutUint16(w.p.blob[2:], uint16(w.cells))
	clear(w.p.blob[4+w.cells*cellBytes:])
	w.p.node.BindInt64(1, number)
	w.p.node.BindBytes(2, w.p.blob[:])
	if err := step(w.p.node); err != nil {
		return err
	}
	w.above = append(w.above, sorting.Entry{Number: number, Box: w.box})
	w.done, w.cells = w.done+1, 0
	return nil
}

func (p *packer) parentOf(node, parent int64) error {
	p.parent.BindInt64(1, node)
	p.parent.BindInt64(2, parent)
	return step(p.parent)
}

// rowids writes the leaf of each version in the order of versions: appending to a table is
// several times faster than inserting all over it.
func (p *packer) rowids(rtree string) error {
	s, err := p.c.Prepare(fmt.Sprintf("INSERT INTO %s_rowid (rowid, nodeno) VALUES (?, ?)", rtree))
	if err != nil {
		return err
	}
	return p.leaves.Each(func(e *sorting.Entry) error {
		s.BindInt64(1, int64(e.Key))
		s.BindInt64(2, e.Number)
		return step(s)
	})
}

// step runs a prepared statement that returns no rows, and makes it ready for the next run.
func step(s *sqlite.Stmt) error {
	_, err := s.Step()
	if err != nil {
		return err
	}
	return s.Reset()
}

// outward returns the rectangle in 32-bit floats, rounded so that it holds the true one, as
// SQLite's R-tree does.
func outward(r rect) [4]float32 {
	var b [4]float32
	for i, v := range r {
		b[i] = float32(v)
		switch {
		case i%2 == 0 && float64(b[i]) > v:
			b[i] = math.Nextafter32(b[i], float32(math.Inf(-1)))
		case i%2 == 1 && float64(b[i]) < v:
			b[i] = math.Nextafter32(b[i], float32(math.Inf(1)))
		}
	}
	return b
}
