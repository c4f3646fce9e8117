package spatial

import (
	"container/heap"
	"context"
	"iter"
	"math"
	"slices"
)

// Nearest answers a Near query for stores that can only search boxes: it reads boxes that
// grow around the point until the nearest features are certain, and yields them by
// distance, then in the default order, with Distance set. Near.Distance decides.
//
// The function read yields all features whose bounding box meets the given box; it may
// yield more, and it applies the rest of the query. The box may cross the antimeridian.
// A limit of 0 is no bound. With a limit Nearest holds limit features at a time, without
// one all that lie within Max.
func Nearest(ctx context.Context, n Near, limit int, read func(Box) iter.Seq2[Feature, error]) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		found, err := n.search(ctx, limit, read)
		if err != nil {
			yield(Feature{}, err)
			return
		}
		for _, f := range found {
			if !yield(f, nil) {
				return
			}
		}
	}
}

const (
	firstRadius = 100.0  // metres; a handful of buildings
	wholeEarth  = 2.01e7 // metres; more than half the length of any meridian
	enoughRead  = 4000   // candidates beyond the limit after which a smaller circle is tried
	bisections  = 8      // how often one is tried
)

// search grows a circle. It remembers the largest that held too little and the smallest
// that held far too much, so that a point far off a city does not read the whole city.
func (n *Near) search(ctx context.Context, limit int, read func(Box) iter.Seq2[Feature, error]) ([]Feature, error) {
	reach := wholeEarth
	if n.Max > 0 {
		reach = min(reach, n.Max)
	}
	radius, low, tries := firstRadius, 0.0, 0
	if limit == 0 {
		radius = reach
	}
	for {
		radius = min(radius, reach)
		budget := math.MaxInt
		if limit > 0 && tries < bisections {
			budget = limit + enoughRead
		}
		s := circle{near: n, radius: radius, limit: limit, last: radius == reach}
		over, err := s.read(ctx, read, budget)
		switch {
		case err != nil:
			return nil, err
		case over && low == 0 && radius > 1:
			radius, tries = radius/8, tries+1
		case over:
			radius, tries = math.Sqrt(max(low, 0.01)*radius), tries+1
		case s.last || len(s.found) >= limit:
			slices.SortFunc(s.found, compareNear)
			return s.found, nil
		default:
			low = radius
			grow := 8.0
			if len(s.found) > 0 {
				grow = min(max(1.3*math.Sqrt(float64(limit)/float64(len(s.found))), 1.5), 8)
			}
			radius *= grow
		}
	}
}

// circle collects the features within a radius; with a limit only the nearest of them.
type circle struct {
	near   *Near
	radius float64
	limit  int
	last   bool // nothing lies beyond: take what is a rounding error outside
	found  nearHeap
}

func (c *circle) read(ctx context.Context, read func(Box) iter.Seq2[Feature, error], budget int) (over bool, err error) {
	seen := 0
	for f, err := range read(c.near.box(c.radius)) {
		if err != nil {
			return false, err
		}
		if seen++; seen > budget {
			return true, nil
		}
		if seen%256 == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
		f.Distance = c.near.Distance(f.Geometry, f.Z)
		if math.IsInf(f.Distance, 1) || (c.near.Max > 0 && f.Distance > c.near.Max) || (!c.last && f.Distance > c.radius) {
			continue
		}
		c.add(f)
	}
	return false, ctx.Err()
}

func (c *circle) add(f Feature) {
	switch {
	case c.limit == 0:
		c.found = append(c.found, f)
	case len(c.found) < c.limit:
		heap.Push(&c.found, f)
	case compareNear(f, c.found[0]) < 0:
		c.found[0] = f
		heap.Fix(&c.found, 0)
	}
}

func compareNear(a, b Feature) int {
	switch {
	case a.Distance < b.Distance:
		return -1
	case a.Distance > b.Distance:
		return 1
	}
	return CursorOf(&a).Compare(CursorOf(&b))
}

// nearHeap has the farthest on top.
type nearHeap []Feature

func (h nearHeap) Len() int           { return len(h) }
func (h nearHeap) Less(i, j int) bool { return compareNear(h[i], h[j]) > 0 }
func (h nearHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *nearHeap) Push(x any)        { *h = append(*h, x.(Feature)) }
func (h *nearHeap) Pop() any          { panic("the heap of the nearest only grows or swaps its top") }

// box returns a box around everything that lies within the radius of the point, a hundredth
// wider: edges are straight in Distance's plane, and in degrees they are not quite.
func (n *Near) box(radius float64) Box {
	const smallest = semiMinor * semiMinor / semiMajor // radius of curvature of the meridian at the equator
	angle := radius*1.01/smallest + 1e-7
	degrees := angle * 180 / math.Pi
	south, north := n.Lat-degrees, n.Lat+degrees
	all := Box2D(-180, max(south, -90), 180, min(north, 90))
	if south <= -90 || north >= 90 {
		return all
	}
	// The farthest longitude on a spherical circle; nearer the pole than its centre.
	sin := math.Sin(angle) / math.Cos(n.Lat*math.Pi/180)
	if sin >= 1 || angle >= math.Pi/2 {
		return all
	}
	dLon := 1.01 * math.Asin(sin) * 180 / math.Pi
	if dLon >= 180 {
		return all
	}
	west, east := n.Lon-dLon, n.Lon+dLon
	if west < -180 {
		west += 360
	}
	if east > 180 {
		east -= 360
	}
	return Box2D(west, south, east, north)
}
