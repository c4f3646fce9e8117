package memory

import (
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// reach is a Within ready to decide about rows.
type reach struct {
	exact  *spatial.Reach
	rects  []Rect // around everything within reach
	parts  []Rect // around what is within reach of each part, of each reachGroup of which groups has the union
	groups []Rect
	ring   ring // of a point on the ground
}

func newReach(w *spatial.Within) *reach {
	r := &reach{exact: spatial.NewReach(w)}
	for _, b := range r.exact.Boxes() {
		r.rects = append(r.rects, RectsOf(b)...)
	}
	for _, b := range r.exact.Parts() {
		r.parts = append(r.parts, RectsOf(b)...)
	}
	for i := 0; i < len(r.parts); i += reachGroup {
		union := emptyRect
		for _, part := range r.parts[i:min(i+reachGroup, len(r.parts))] {
			union = union.extend(part)
		}
		r.groups = append(r.groups, union)
	}
	if p, ok := w.Geometry.(*geom.Point); ok && p.Layout().ZIndex() < 0 {
		r.ring = newRing(p.X(), p.Y(), w.Distance)
	}
	return r
}

const reachGroup = 16

// may reports whether something in the rectangle can be within reach.
func (r *reach) may(box Rect) bool {
	if r.ring.misses(box) {
		return false
	}
	for i, group := range r.groups {
		if !group.Overlaps(box) {
			continue
		}
		for _, part := range r.parts[i*reachGroup : min((i+1)*reachGroup, len(r.parts))] {
			if part.Overlaps(box) {
				return true
			}
		}
	}
	return false
}

// reaches returns the distance of a row from the geometry asked about, or false when it is
// beyond reach. Without Within everything is.
func (f *search) reaches(row Row) (float64, bool) {
	if f.within == nil {
		return 0, true
	}
	t, i := f.s.At(row)
	if t.box[i].IsEmpty() || !f.within.may(t.box[i]) {
		return 0, false
	}
	f.scratch.buf = t.exactOf(i)
	d := f.within.exact.Distance(f.scratch.geometry(), t.zRange(i))
	return d, !math.IsInf(d, 1)
}

// isReached is reaches for who does not want to know how far: most rows lie wholly inside or
// outside of a circle, which the boxes and outlines of tiles tell.
func (f *search) isReached(row Row) bool {
	t, i := f.s.At(row)
	c := &f.within.ring
	if c.known && !t.box[i].IsEmpty() && (c.holds(t.box[i]) || c.meets(t, i)) {
		return true
	}
	_, ok := f.reaches(row)
	return ok
}

// ring is a circle on the ground in world coordinates, as two ellipses: one that lies in it
// and one around it. A world unit is so many metres long to the east and to the north, which
// over a few kilometres hardly changes.
type ring struct {
	known                              bool
	x, y                               float64 // of the middle
	eastIn, northIn, eastOut, northOut float64 // of a unit over the radius: inside at most, outside at least
	straight                           float64 // squared length over the radius up to which an edge is the same in degrees
}

// farthestRing is the radius in metres up to which a ring is drawn.
const farthestRing = 20_000

// newRing returns the circle about a point, an unknown one where a unit's length changes too
// much.
func newRing(lon, lat, radius float64) ring {
	const margin = 0.03 // metres: coordinates are rounded to units, up to a centimetre each
	if radius > farthestRing || radius < 1 || math.Abs(lat) > 80 || math.Abs(lon) > 179 {
		return ring{}
	}
	c := ring{known: true, x: unitX(lon) * worldSize, y: unitY(lat) * worldSize}
	around := radius / leastRadius / degree * 1.001
	south, north := max(math.Abs(lat)-around, 0), math.Abs(lat)+around
	// Longest nearest the equator, but for the flattening, which is less than what cosines do
	// there and is taken at its worst elsewhere.
	e1, n1 := unitLength(south)
	e2, n2 := unitLength(north)
	c.eastIn, c.northIn = max(e1, e2)/(radius-margin), max(n1, n2)/(radius-margin)
	c.eastOut, c.northOut = min(e1, e2)/(radius+margin), min(n1, n2)/(radius+margin)
	c.straight = 500 * 500 / (radius * radius) // bent by a centimetre at 80°
	return c
}

// unitLength returns how many metres a world unit is long at a latitude.
func unitLength(lat float64) (east, north float64) {
	const a, e2 = 6378137.0, 0.0066943799901413165
	sin, cos := math.Sincos(lat * degree)
	w := 1 - e2*sin*sin
	n := a / math.Sqrt(w)
	return n * cos * 2 * math.Pi / worldSize, n * (1 - e2) / w * cos * 2 * math.Pi / worldSize
}

// holds reports whether the circle holds the whole rectangle.
func (c *ring) holds(r Rect) bool {
	dx := max(c.x-float64(r.MinX), float64(r.MaxX)-c.x) * c.eastIn
	dy := max(c.y-float64(r.MinY), float64(r.MaxY)-c.y) * c.northIn
	return dx*dx+dy*dy <= 1
}

// misses reports whether the whole rectangle lies outside of the circle.
func (c *ring) misses(r Rect) bool {
	if !c.known {
		return false
	}
	dx := max(float64(r.MinX)-c.x, c.x-float64(r.MaxX), 0) * c.eastOut
	dy := max(float64(r.MinY)-c.y, c.y-float64(r.MaxY), 0) * c.northOut
	return dx*dx+dy*dy > 1
}

// meets reports whether an outline surely comes into the circle. That it does not, an
// outline cannot say: rings without area are left out of it.
func (c *ring) meets(t *Table, i int) bool {
	first, last := t.Rings(i)
	for r := first; r < last; r++ {
		kind, xy := t.Ring(r)
		n := len(xy)
		if kind == Points {
			for _, p := range xy {
				if c.meetsSegment(p, p) {
					return true
				}
			}
			continue
		}
		for k := 1; k < n; k++ {
			if c.meetsSegment(xy[k-1], xy[k]) {
				return true
			}
		}
		if kind != Line && n > 0 && c.meetsSegment(xy[n-1], xy[0]) {
			return true
		}
	}
	return false
}

func (c *ring) meetsSegment(a, b World) bool {
	ax, ay := (float64(a.X)-c.x)*c.eastIn, (float64(a.Y)-c.y)*c.northIn
	dx, dy := (float64(b.X)-c.x)*c.eastIn-ax, (float64(b.Y)-c.y)*c.northIn-ay
	t, l := 0.0, dx*dx+dy*dy
	if l > c.straight {
		return false
	}
	if l > 0 {
		t = min(max(-(ax*dx+ay*dy)/l, 0), 1)
	}
	x, y := ax+t*dx, ay+t*dy
	return x*x+y*y <= 1
}
