package spatial

import (
	"cmp"
	"container/heap"
	"context"
	"iter"
	"math"
	"slices"
	"time"
)

// Nearest answers a Near query for stores that can only search boxes: it reads boxes that
// grow around the point until the nearest features are certain, and yields them by
// distance, then in the default order, with Distance set. Near.Distance decides.
//
// The function read yields all features whose bounding box meets the given box; it may
// yield more, and it applies the rest of the query. The box may cross the antimeridian, and
// read is left early when a box turns out to hold too much: it is then read in quarters, the
// nearest first. A limit of 0 is no bound. With a limit Nearest holds limit features at a
// time, without one all that lie within Max.
func Nearest(ctx context.Context, n Near, limit int, read func(Box) iter.Seq2[Feature, error]) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		s := nearSearch{ctx: ctx, near: &n, limit: limit, read: read}
		if err := s.run(); err != nil {
			yield(Feature{}, err)
			return
		}
		for _, f := range s.found {
			if !yield(f, nil) {
				return
			}
		}
	}
}

const (
	firstRadius = 100.0  // metres; a handful of buildings
	wholeEarth  = 2.01e7 // metres; more than half the length of any meridian
	enoughRead  = 2000   // features beyond the limit after which a box is read in quarters
	smallestBox = 1e-6   // degrees; a box that is not quartered, whatever it holds
)

// nearSearch grows a circle around the point.
type nearSearch struct {
	ctx   context.Context
	near  *Near
	limit int
	read  func(Box) iter.Seq2[Feature, error]

	radius float64
	last   bool // nothing lies beyond the radius: take what is a rounding error outside
	found  nearHeap
	held   map[versionKey]bool // what is in found: neighbouring boxes yield the same feature
}

func (s *nearSearch) run() error {
	reach := wholeEarth
	if s.near.Max > 0 {
		reach = min(reach, s.near.Max)
	}
	s.radius = firstRadius
	if s.limit == 0 {
		s.radius = reach
	}
	for {
		s.radius = min(s.radius, reach)
		s.last, s.found, s.held = s.radius == reach, nil, map[versionKey]bool{}
		if err := s.circle(); err != nil {
			return err
		}
		if s.last || len(s.found) >= s.limit {
			slices.SortFunc(s.found, compareNear)
			return nil
		}
		grow := 8.0
		if len(s.found) > 0 {
			grow = min(max(1.3*math.Sqrt(float64(s.limit)/float64(len(s.found))), 1.5), 8)
		}
		s.radius *= grow
	}
}

// circle finds what lies within the radius, box by box, the nearest first.
func (s *nearSearch) circle() error {
	var boxes boxHeap
	for _, part := range s.near.box(s.radius).Split() {
		heap.Push(&boxes, boxAt{part, s.near.atLeast(part)})
	}
	for len(boxes) > 0 {
		next := heap.Pop(&boxes).(boxAt)
		if (!s.last && next.distance > s.radius) || (s.full() && next.distance > s.found[0].Distance) {
			return nil // and so are all others
		}
		over, err := s.box(next.Box)
		if err != nil {
			return err
		}
		if over {
			for _, quarter := range quarters(next.Box) {
				heap.Push(&boxes, boxAt{quarter, s.near.atLeast(quarter)})
			}
		}
	}
	return nil
}

func (s *nearSearch) full() bool { return s.limit > 0 && len(s.found) >= s.limit }

// box reads a box, or reports that it holds too much to be read at once.
func (s *nearSearch) box(b Box) (over bool, err error) {
	budget := math.MaxInt
	if s.limit > 0 && (b.Max[0]-b.Min[0] > smallestBox || b.Max[1]-b.Min[1] > smallestBox) {
		budget = s.limit + enoughRead
	}
	seen := 0
	for f, err := range s.read(b) {
		if err != nil {
			return false, err
		}
		if seen++; seen > budget {
			return true, nil
		}
		if seen%256 == 0 && s.ctx.Err() != nil {
			return false, s.ctx.Err()
		}
		f.Distance = s.near.Distance(f.Geometry, f.Z)
		if math.IsInf(f.Distance, 1) || (s.near.Max > 0 && f.Distance > s.near.Max) || (!s.last && f.Distance > s.radius) {
			continue
		}
		s.add(f)
	}
	return false, s.ctx.Err()
}

// add keeps a feature if it is among the nearest seen.
func (s *nearSearch) add(f Feature) {
	switch {
	case s.held[keyOf(&f)]:
		return
	case s.limit == 0:
		s.found = append(s.found, f)
	case len(s.found) < s.limit:
		heap.Push(&s.found, f)
	case compareNear(f, s.found[0]) < 0:
		delete(s.held, keyOf(&s.found[0]))
		s.found[0] = f
		heap.Fix(&s.found, 0)
	default:
		return
	}
	s.held[keyOf(&f)] = true
}

// versionKey tells the features of one answer apart.
type versionKey struct {
	id    string
	start time.Time
}

func keyOf(f *Feature) versionKey { return versionKey{f.ID, f.Valid.Start} }

func compareNear(a, b Feature) int {
	if c := cmp.Compare(a.Distance, b.Distance); c != 0 {
		return c
	}
	return CursorOf(&a).Compare(CursorOf(&b))
}

// nearHeap has the farthest on top.
type nearHeap []Feature

func (h nearHeap) Len() int           { return len(h) }
func (h nearHeap) Less(i, j int) bool { return compareNear(h[i], h[j]) > 0 }
func (h nearHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *nearHeap) Push(x any)        { *h = append(*h, x.(Feature)) }
func (h *nearHeap) Pop() any          { panic("the heap only grows or swaps its top") } //nolint:forbidigo // heap.Interface wants it, nobody calls it

// boxAt is a box with the least distance that something in it can have.
type boxAt struct {
	Box
	distance float64
}

// boxHeap has the nearest on top.
type boxHeap []boxAt

func (h boxHeap) Len() int           { return len(h) }
func (h boxHeap) Less(i, j int) bool { return h[i].distance < h[j].distance }
func (h boxHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *boxHeap) Push(x any)        { *h = append(*h, x.(boxAt)) }
func (h *boxHeap) Pop() any {
	old := *h
	top := old[len(old)-1]
	*h = old[:len(old)-1]
	return top
}

func quarters(b Box) [4]Box {
	x, y := (b.Min[0]+b.Max[0])/2, (b.Min[1]+b.Max[1])/2
	return [4]Box{Box2D(b.Min[0], b.Min[1], x, y), Box2D(x, b.Min[1], b.Max[0], y),
		Box2D(b.Min[0], y, x, b.Max[1]), Box2D(x, y, b.Max[0], b.Max[1])}
}

// leastRadius is the smallest radius of curvature that the ellipsoid has anywhere, that of
// the meridian at the equator: an angle seen on it is never shorter on the ground.
const leastRadius = semiMinor * semiMinor / semiMajor

// slack and slackMetres are what boxes about a point and atLeast allow for: roundings, and
// edges that are straight in degrees and are taken for straight in Distance's plane.
const (
	slack       = 1.0001
	slackMetres = 0.1
)

// box returns a box around everything that lies within the radius of the point.
func (n *Near) box(radius float64) Box { return Box2D(n.Lon, n.Lat, n.Lon, n.Lat).reach(radius) }

// atLeast returns a distance that nothing in the box falls short of: that on the sphere of
// leastRadius. Beside the box the nearest point lies on the nearer meridian, at an end or
// where a great circle meets it squarely.
func (n *Near) atLeast(b Box) float64 {
	const rad = math.Pi / 180
	if n.Lon >= b.Min[0] && n.Lon <= b.Max[0] {
		return atLeast(max(b.Min[1]-n.Lat, n.Lat-b.Max[1], 0) * rad)
	}
	aside := rad * min(math.Abs(math.Remainder(b.Min[0]-n.Lon, 360)), math.Abs(math.Remainder(b.Max[0]-n.Lon, 360)))
	sin, cos := math.Sincos(n.Lat * rad)
	across := cos * math.Cos(aside)
	square := math.Atan2(sin, across)
	best := math.Pi
	for _, lat := range [3]float64{b.Min[1] * rad, b.Max[1] * rad, min(max(square, b.Min[1]*rad), b.Max[1]*rad)} {
		s, c := math.Sincos(lat)
		// The angle by its sine and cosine: near 0 the cosine alone would lose metres.
		best = min(best, math.Atan2(math.Hypot(cos*math.Sin(aside), sin*c-across*s), sin*s+across*c))
	}
	return atLeast(best)
}

func atLeast(angle float64) float64 { return max(angle*leastRadius/slack-slackMetres, 0) }
