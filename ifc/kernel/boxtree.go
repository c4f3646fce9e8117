package kernel

import (
	"slices"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// boxTree finds boxes: a binary tree, each node around those of its half.
type boxTree struct {
	boxes []mesh.Box
	nodes []boxNode
	order []int32 // numbers of boxes, those of a leaf side by side
}

type boxNode struct {
	box         mesh.Box
	first, last int32 // of order, for a leaf
	right       int32 // the second child, the first follows its parent; 0 for a leaf
}

// leafSize is the largest number of boxes in a leaf.
const leafSize = 4

func newBoxTree(boxes []mesh.Box) *boxTree {
	t := &boxTree{boxes: boxes, order: make([]int32, len(boxes)), nodes: make([]boxNode, 0, len(boxes))}
	for i := range t.order {
		t.order[i] = int32(i)
	}
	if len(boxes) > 0 {
		t.build(0, int32(len(boxes)))
	}
	return t
}

func (t *boxTree) build(first, last int32) {
	boxes := t.boxes
	list := t.order[first:last]
	around, middles := mesh.EmptyBox(), mesh.EmptyBox()
	for _, i := range list {
		around, middles = around.Union(boxes[i]), middles.Extend(boxes[i].Center())
	}
	n := len(t.nodes)
	t.nodes = append(t.nodes, boxNode{box: around, first: first, last: last})
	if len(list) <= leafSize {
		return
	}
	size, axis := middles.Size(), 0
	for d := range size {
		if size[d] > size[axis] {
			axis = d
		}
	}
	slices.SortFunc(list, func(a, b int32) int {
		p, q := boxes[a].Min[axis]+boxes[a].Max[axis], boxes[b].Min[axis]+boxes[b].Max[axis]
		switch {
		case p < q:
			return -1
		case p > q:
			return 1
		}
		return int(a - b)
	})
	mid := (first + last) / 2
	t.build(first, mid)
	t.nodes[n].right = int32(len(t.nodes))
	t.build(mid, last)
}

// visit calls do for the boxes of all leaves that enter lets pass, until do returns false.
func (t *boxTree) visit(enter func(mesh.Box) bool, do func(int32) bool) {
	if len(t.nodes) == 0 {
		return
	}
	stack := make([]int32, 1, 64)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		node := &t.nodes[n]
		if !enter(node.box) {
			continue
		}
		if node.right != 0 {
			stack = append(stack, node.right, n+1)
			continue
		}
		for _, i := range t.order[node.first:node.last] {
			if !do(i) {
				return
			}
		}
	}
}

// touches reports whether any of the boxes shares a point with box.
func (t *boxTree) touches(box mesh.Box) bool {
	found := false
	t.visit(box.Intersects, func(i int32) bool {
		found = t.boxes[i].Intersects(box)
		return !found
	})
	return found
}

// crossing appends the boxes that a plane passes within tol.
func (t *boxTree) crossing(dst []uint32, c *cut, tol float64) []uint32 {
	t.visit(func(b mesh.Box) bool { return cutsBox(c, &b, tol) }, func(i int32) bool {
		if cutsBox(c, &t.boxes[i], tol) {
			dst = append(dst, uint32(i))
		}
		return true
	})
	return dst
}
