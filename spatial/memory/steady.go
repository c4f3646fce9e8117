package memory

import "math"

// A ring is steady at a unit when rounding its corners to multiples of that unit leaves all of
// its edges apart: no edge then comes to meet another, no corner falls on another, and the
// ring turns the way it did. Where that is known beforehand, a tile need not look.
//
// Rounding moves a corner by up to half a unit along each axis, so two edges come nearer by
// up to √2 units. While corners move there, no edge ever meets another, so the ring stays
// simple all the way.

const (
	// steadyCorners is how many corners a ring has at most whose steadiness is found out.
	steadyCorners = 24
	// steadyRoom is how far apart edges are, in units: √2 and a little for the rounding of
	// floats.
	steadyRoom = 1.4143
	// kindBits of a ring's kind say its kind; above stands for how many units, 1, 2, 4 …, the
	// ring is steady.
	kindBits = 2
)

// steadiness returns for how many units, from 2^0 on, an open ring is steady.
func steadiness(ring []World) int {
	if len(ring) < 3 || len(ring) > steadyCorners {
		return 0
	}
	var flat [steadyCorners]point
	list := flat[:len(ring)]
	for i, w := range ring {
		list[i] = point{float64(int64(w.X) - int64(ring[0].X)), float64(int64(w.Y) - int64(ring[0].Y))}
	}
	room := clearance2(list)
	if room < steadyRoom*steadyRoom || !simpleRing(list) {
		return 0
	}
	return math.Ilogb(room/(steadyRoom*steadyRoom))/2 + 1
}

type point struct{ x, y float64 }

// orient is twice the area of the triangle a–b–c with its sign.
func orient(a, b, c point) float64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }

// clearance2 returns the square of the smallest distance between a corner and an edge that it
// is no end of. For edges that do not cross that is the distance between any two without a
// common corner.
func clearance2(ring []point) float64 {
	least := math.MaxFloat64
	a := ring[len(ring)-1]
	before := len(ring) - 1
	for i, b := range ring {
		dx, dy := b.x-a.x, b.y-a.y
		length := dx*dx + dy*dy
		least = min(least, length)
		for k, p := range ring {
			if k == i || k == before {
				continue
			}
			x, y := p.x-a.x, p.y-a.y
			switch along := x*dx + y*dy; {
			case along <= 0:
				least = min(least, x*x+y*y)
			case along < length:
				across := x*dy - y*dx
				least = min(least, across*across/length)
			default:
				x, y = p.x-b.x, p.y-b.y
				least = min(least, x*x+y*y)
			}
		}
		a, before = b, i
	}
	return least
}

// simpleRing reports whether no two edges cross.
func simpleRing(ring []point) bool {
	n := len(ring)
	for i := range n {
		a, b := ring[i], ring[(i+1)%n]
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue
			}
			c, d := ring[j], ring[(j+1)%n]
			if (orient(a, b, c) > 0) != (orient(a, b, d) > 0) && (orient(c, d, a) > 0) != (orient(c, d, b) > 0) {
				return false
			}
		}
	}
	return true
}

// Steady reports whether a ring keeps its shape when its corners are rounded to multiples of
// 2^bits world units: it is an exterior whose edges then neither meet nor change their order.
func (t *Table) Steady(r, bits int) bool {
	known := int(t.ringKind[r] >> kindBits)
	return known > 0 && bits < known
}
