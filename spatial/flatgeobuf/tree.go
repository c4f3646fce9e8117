package flatgeobuf

import (
	"bufio"
	"errors"
	"io"
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// The packed R-tree: level behind level, the root first, the leaves last; every node but the
// last of its level has 16 children, which follow each other. A leaf stands for a feature.
//
//	┌───────────────────────────┬──────────────────────────────────────────────────┐
//	│ minx, miny, maxx, maxy    │ number of the first child, or in a leaf where the │
//	│ 4 × 8 B                   │ feature begins behind the tree, in bytes: 8 B    │
//	└───────────────────────────┴──────────────────────────────────────────────────┘
//
// A feature without a place has a rectangle that is inside out and meets nothing.
const (
	nodeSize  = 16
	nodeBytes = 40
)

// tree writes all levels while the leaves come, each to its own stretch of the file, so that it
// holds one node of a level at a time.
type tree struct{ levels []level }

type level struct {
	w      *bufio.Writer
	number int64 // of the node to be written next
	// above is the node above those written last, and children how many of them it has.
	above    node
	children int
}

type node struct {
	box   spatial.Box // heights do not matter
	child int64
}

// newTree returns the tree of so many leaves that begins at a place, and where it ends.
func newTree(w io.WriterAt, at, leaves int64) (*tree, int64) {
	counts := []int64{leaves}
	for n := leaves; n > 1 || len(counts) == 1; { // one leaf has a root above it all the same
		n = (n + nodeSize - 1) / nodeSize
		counts = append(counts, n)
	}
	t := &tree{levels: make([]level, len(counts))}
	number := int64(0)
	for i := len(counts) - 1; i >= 0; i-- {
		t.levels[i] = level{number: number, w: bufio.NewWriterSize(io.NewOffsetWriter(w, at+number*nodeBytes), 1<<15)}
		number += counts[i]
	}
	return t, at + number*nodeBytes
}

// add writes a node of a level; leaves, of level 0, come in the order of their features.
func (t *tree) add(i int, n node) error {
	l := &t.levels[i]
	var b [nodeBytes]byte
	for i, v := range [4]float64{n.box.Min[0], n.box.Min[1], n.box.Max[0], n.box.Max[1]} {
		le.PutUint64(b[8*i:], math.Float64bits(v))
	}
	le.PutUint64(b[32:], uint64(n.child))
	if _, err := l.w.Write(b[:]); err != nil {
		return err
	}
	if l.children == 0 {
		l.above = node{box: spatial.EmptyBox(), child: l.number}
	}
	l.above.box = l.above.box.Extend(n.box)
	l.number++
	if l.children++; l.children < nodeSize {
		return nil
	}
	return t.close(i)
}

// close writes the node above what a level has written last; the root has none.
func (t *tree) close(i int) error {
	l := &t.levels[i]
	if l.children == 0 || i+1 == len(t.levels) {
		return nil
	}
	l.children = 0
	return t.add(i+1, l.above)
}

// finish writes what is left.
func (t *tree) finish() error {
	var all []error
	for i := range t.levels {
		all = append(all, t.close(i), t.levels[i].w.Flush())
	}
	return errors.Join(all...)
}
