package spatial

import "math"

// sketch is a line as it lies about the point of a plane, drawn as if degrees were of one
// length: enough to tell which of its edges can be the nearest, for a fraction of what it
// takes to bring its positions to the plane.
type sketch struct {
	squared   [sketchEdges]float64 // of each edge's distance from the point, in the drawing
	reach     float64              // square of the distance up to which an edge can be the nearest
	meetsAxes bool                 // the box around the line holds the point
}

const (
	// sketchEdges is the most edges that a sketch has room for, sketchDegrees how far from the
	// point it reaches.
	sketchEdges   = 32
	sketchDegrees = 0.2
	// sketchLatitude is where meridians begin to run together too fast.
	sketchLatitude = 80
)

// draw fills the sketch; false says that the line is none for it: long, far away, or of one
// position, or with an edge that bends in the plane.
//
// The drawing is off by the way's second order: parallels are shorter towards the poles by
// tan φ·Δφ of their length and are bent by sin φ·Δλ/2, meridians change by less than e². Twice
// that and a tenth more bounds it, of the farthest position's distance.
func (p *plane) draw(s *sketch, flat []float64, stride int) bool {
	if len(flat) < 2*stride || len(flat) > sketchEdges*stride || math.Abs(p.lat) > sketchLatitude {
		return false
	}
	straight := 300.0 // squared metres: bend says 0, here with room to spare
	if math.Abs(p.lat) < 44 {
		straight = 5000
	}
	east, north := p.across*p.cos*degree, p.across*(1-squaredEccentricity)/p.w*degree
	x0, y0 := (flat[0]-p.lon)*east, (flat[1]-p.lat)*north
	west, right, low, high := x0, x0, y0, y0
	best, longest := math.Inf(1), 0.0
	for n, i := 0, stride; i+stride <= len(flat); n, i = n+1, i+stride {
		x1, y1 := (flat[i]-p.lon)*east, (flat[i+1]-p.lat)*north
		west, right = lower(west, x1), higher(right, x1)
		low, high = lower(low, y1), higher(high, y1)
		dx, dy := x1-x0, y1-y0
		length, along := dx*dx+dy*dy, -(x0*dx + y0*dy)
		x, y := x0, y0 // the nearest position of the edge
		if along >= length {
			x, y = x1, y1
		} else if along > 0 {
			t := along / length
			x, y = x0+t*dx, y0+t*dy
		}
		d := x*x + y*y
		s.squared[n], best, longest = d, lower(best, d), higher(longest, length)
		x0, y0 = x1, y1
	}
	wide, tall := higher(-west, right), higher(-low, high)
	if !(longest < straight && wide < sketchDegrees*east && tall < sketchDegrees*north) {
		return false
	}
	off := 2 * (0.1 + math.Abs(p.sin)/p.cos) * (wide/east + tall/north) * degree * (wide + tall)
	far := math.Sqrt(best) + 2*off
	s.reach = far * far
	s.meetsAxes = west <= 0 && right >= 0 && low <= 0 && high >= 0
	return true
}

// along returns the distance to the line of a sketch.
func (p *plane) along(s *sketch, flat []float64, stride int) float64 {
	best, last := math.Inf(1), -1
	var b vertex // the end of edge last
	for n, i := 0, stride; i+stride <= len(flat); n, i = n+1, i+stride {
		if s.squared[n] > s.reach {
			continue
		}
		a := b
		if last != n-1 || n == 0 {
			a = p.vertex(flat[i-stride], flat[i-stride+1])
		}
		b, last = p.vertex(flat[i], flat[i+1]), n
		best = min(best, squaredToSegment(a.x, a.y, b.x, b.y))
	}
	return math.Sqrt(best) // of metres: nothing that Hypot would save from overflow
}

// lower and higher are min and max of numbers, without what those do for signs of zero.
func lower(a, b float64) float64 {
	if b < a {
		return b
	}
	return a
}

func higher(a, b float64) float64 {
	if b > a {
		return b
	}
	return a
}
