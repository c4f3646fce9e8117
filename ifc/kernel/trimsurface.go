package kernel

import (
	"fmt"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Without returns what of an open surface lies outside a closed solid, which may consist
// of several bodies. Every triangle near the solid is cut in its own plane by the section
// of the solid there; neighbours cut their common edge at the same places.
func (s Settings) Without(surface, solid *mesh.Mesh) (*mesh.Mesh, error) {
	tol := s.merge()
	surface, solid = surface.Welded(tol), solid.Welded(tol)
	if !balanced(solid) {
		return nil, fmt.Errorf("surface without a solid: %w", ErrOpen)
	}
	w := &boolean{Settings: s, split: uint32(surface.NumTriangles())}
	w.positions = append(append([]float64(nil), surface.Positions...), solid.Positions...)
	w.triangles = append([]uint32(nil), surface.Triangles...)
	for _, i := range solid.Triangles {
		w.triangles = append(w.triangles, uint32(surface.NumPoints())+i)
	}
	boxes := make([]mesh.Box, solid.NumTriangles())
	for t := range boxes {
		boxes[t] = w.bounds(w.split + uint32(t))
	}
	tree := newBoxTree(boxes)
	around := solid.Bounds().Expand(2 * tol)
	var free []uint32
	for t := range w.split {
		box := w.bounds(t).Expand(2 * tol)
		switch {
		case !box.Intersects(around):
			w.kept = append(w.kept, w.triangles[3*t:3*t+3]...)
		case tree.touches(box):
			if err := w.outside(t, tree); err != nil {
				return nil, fmt.Errorf("surface without a solid: %w", err)
			}
		default:
			free = append(free, t)
		}
	}
	// Triangles that hang together and are free of the solid lie on one side of it.
	for _, part := range w.connected(free) {
		if err := s.Budget.Spend(len(boxes)); err != nil {
			return nil, fmt.Errorf("surface without a solid: %w", err)
		}
		if w.winding(w.middle(part), w.split, uint32(len(w.triangles)/3)) >= 0.5 {
			continue
		}
		for _, t := range part {
			w.kept = append(w.kept, w.triangles[3*t:3*t+3]...)
		}
	}
	shift := uint32(w.out.NumPoints())
	w.out.Positions = append(w.out.Positions, w.positions...)
	for _, i := range w.kept {
		w.out.Triangles = append(w.out.Triangles, shift+i)
	}
	return s.finish(&w.out, false)
}

// outside keeps the part of a triangle of the surface that lies outside the solid. A piece
// that lies in a face of the solid stays.
func (w *boolean) outside(t uint32, tree *boxTree) error {
	n := w.normal(t).Unit()
	if n == (Vec3{}) {
		return nil
	}
	v := w.triangles[3*t : 3*t+3]
	w.cut.origin = w.corner(v[0])
	w.cut.u, w.cut.v, w.cut.n = planeAxes(n)
	w.near = tree.crossing(w.near[:0], &w.cut, w.merge())
	for i := range w.near {
		w.near[i] += w.split
	}
	if err := w.Budget.Spend(len(w.near) + 1); err != nil {
		return err
	}
	w.cut.measureAt(w.positions, w.triangles, append(w.near, t), w.merge())
	w.lines = w.lines[:0]
	for _, k := range w.near {
		c := w.triangles[3*k : 3*k+3]
		w.lines = w.cut.lines(w.lines, c[0], c[1], c[2])
	}
	solid := len(w.lines)
	for i := range 3 {
		w.lines = append(w.lines, sectionLine{from: crossing{v[i], v[i]}, to: crossing{v[next(i)], v[next(i)]}})
	}
	sh, err := newSheet(&w.cut, w.positions, w.lines, w.merge(), w.Budget)
	if err != nil {
		return err
	}
	defer sh.plane.free()
	for i, l := range w.lines {
		wt := weight{1}
		if i < solid {
			wt = weight{}
			if l.below {
				wt[1] = 1
			}
			if l.above {
				wt[2] = 1
			}
		}
		if err := sh.draw(l, wt); err != nil {
			return err
		}
	}
	sh.collect(&w.out, func(c weight) int {
		if c[0] > 0 && (c[1] <= 0 || c[2] <= 0) {
			return 1
		}
		return 0
	})
	return nil
}
