package filter

import "github.com/shikong-cim/shikong/spatial"

// regional is a node that a place alone may decide.
type regional interface {
	// in returns what the node comes to for each feature whose geometry lies in the box and is
	// not empty; sure is false where that differs or is not known.
	in(b spatial.Box) (match, sure bool)
}

// IsRegional reports whether In can be sure about anything.
func (f *Filter) IsRegional() bool {
	_, ok := f.prog.(regional)
	return ok
}

// In reports whether the condition is true of every feature that lies in a box, whatever its
// geometry there is, as long as it has one, or of none; sure is false where it must be asked
// of each. The box does not cross the antimeridian.
func (f *Filter) In(b spatial.Box) (match, sure bool) {
	if n, ok := f.prog.(regional); ok {
		return n.in(b)
	}
	return false, false
}

// in knows what relate would find out by the box around a feature.
func (n relateNode) in(b spatial.Box) (match, sure bool) {
	for i, side := range [2]node{n.a, n.b} {
		area, ok := [2]node{n.b, n.a}[i].(constant)
		if _, isFeature := side.(shapeNode); !isFeature || !ok || area.shape == nil || area.shape.plane == nil {
			continue
		}
		inside, sure := area.shape.plane.Beside(b.Min[0], b.Min[1], b.Max[0], b.Max[1])
		return inside && n.inside[i] || !inside && n.apart, sure
	}
	return false, false
}

func (n spatialNode) in(b spatial.Box) (match, sure bool) {
	if of, ok := n.of.(regional); ok {
		return of.in(b)
	}
	return false, false
}

// in is not sure where one of the conditions is unknown, which may yet be false: but one that
// is false decides.
func (n andNode) in(b spatial.Box) (match, sure bool) {
	all := true
	for _, c := range n {
		of, ok := c.(regional)
		if !ok {
			all = false
			continue
		}
		match, sure := of.in(b)
		if sure && !match {
			return false, true
		}
		all = all && sure
	}
	return all, all
}
