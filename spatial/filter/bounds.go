package filter

import (
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Bounds returns a box that every matching feature's geometry meets; ok is false when the
// condition does not say where its features lie.
func (f *Filter) Bounds() (box spatial.Box, ok bool) { return f.bounds(f.root) }

func (f *Filter) bounds(e Expr) (box spatial.Box, ok bool) {
	call, isCall := e.(*Call)
	if !isCall {
		return box, false
	}
	switch call.Op {
	case "and":
		for _, a := range call.Args {
			if b, found := f.bounds(a); found && (!ok || extent(b) < extent(box)) {
				box, ok = b, true
			}
		}
		return box, ok
	case "or":
		box = spatial.EmptyBox()
		for _, a := range call.Args {
			b, found := f.bounds(a)
			if !found || b.CrossesAntimeridian() {
				return box, false
			}
			box = box.Extend(b)
		}
		return box, true
	}
	if r, isSpatial := spatialPredicates[call.Op]; isSpatial && !r.apart {
		return related(call.Args)
	}
	return box, false
}

// related returns the box of the geometry that the feature's own is related with.
func related(args []Expr) (box spatial.Box, ok bool) {
	for i, a := range args {
		p, isProperty := a.(*Property)
		if !isProperty || memberNames[p.Name] != Shape {
			continue
		}
		switch g := args[1-i].(type) {
		case *BBox:
			return onEarth(spatial.Box2D(g.Box.Min[0], g.Box.Min[1], g.Box.Max[0], g.Box.Max[1]))
		case *Geometry:
			if g.Shape.Layout() == geom.NoLayout {
				return box, false
			}
			b := spatial.BoxOf(g.Shape)
			if b.IsEmpty() {
				return box, false
			}
			return onEarth(spatial.Box2D(b.Min[0], b.Min[1], b.Max[0], b.Max[1]))
		}
	}
	return box, false
}

// onEarth cuts a box to where features are; ok is false for one beside the Earth.
func onEarth(b spatial.Box) (spatial.Box, bool) {
	if b.Min[0] > 180 || b.Max[0] < -180 || b.Min[1] > 90 || b.Max[1] < -90 {
		return b, false
	}
	b.Min[0], b.Max[0] = max(b.Min[0], -180), min(b.Max[0], 180)
	b.Min[1], b.Max[1] = max(b.Min[1], -90), min(b.Max[1], 90)
	return b, true
}

func extent(b spatial.Box) float64 {
	width := b.Max[0] - b.Min[0]
	if width < 0 {
		width += 360
	}
	return width * (b.Max[1] - b.Min[1])
}
