package spatial

import (
	"context"
	"iter"
	"math"
	"slices"
)

// Nearest answers Query.Near over anything that can answer boxes: it asks in growing boxes
// until the nearest are sure to be among what was found, and yields them by distance, then
// in the default order, at most limit of them (0 for no bound), each with its Distance.
// inBox may yield more than meets the box; it must yield all that does and has a place.
func Nearest(ctx context.Context, n Near, limit int, inBox func(Box) iter.Seq2[Feature, error]) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		found, err := nearest(ctx, n, limit, inBox)
		if err != nil {
			yield(Feature{}, err)
			return
		}
		for i := range found {
			if !yield(found[i], nil) {
				return
			}
		}
	}
}

const (
	firstRadius  = 100.0   // metres: a block of houses
	growth       = 4.0     // so that the last box costs most
	worldRadius  = 5.0e6   // beyond it everything is looked at
	metresDegree = 110_574 // shortest degree of latitude on the ellipsoid
)

func nearest(ctx context.Context, n Near, limit int, inBox func(Box) iter.Seq2[Feature, error]) ([]Feature, error) {
	reach := math.Inf(1)
	if n.Max > 0 {
		reach = n.Max
	}
	radius := firstRadius
	if limit == 0 {
		radius = reach
	}
	for {
		radius = min(radius, reach)
		if radius > worldRadius {
			radius = math.Inf(1)
		}
		found, err := within(ctx, n, min(radius, reach), inBox(n.around(radius)))
		if err != nil {
			return nil, err
		}
		if len(found) >= limit && limit > 0 {
			return found[:limit], nil
		}
		if math.IsInf(radius, 1) || radius >= reach {
			return found, nil
		}
		radius *= growth
	}
}

// within returns what lies no farther than reach, nearest first.
func within(ctx context.Context, n Near, reach float64, features iter.Seq2[Feature, error]) ([]Feature, error) {
	var found []Feature
	for f, err := range features {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		f.Distance = n.Distance(f.Geometry, f.Z)
		if f.Distance <= reach && !BoxOf(f.Geometry).IsEmpty() {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b Feature) int {
		if a.Distance != b.Distance {
			if a.Distance < b.Distance {
				return -1
			}
			return 1
		}
		return CursorOf(&a).Compare(CursorOf(&b))
	})
	return found, nil
}

// around returns a box that holds every place no farther from the point than radius metres.
func (n Near) around(radius float64) Box {
	dLat := radius / metresDegree * 1.001
	south, north := n.Lat-dLat, n.Lat+dLat
	if math.IsInf(radius, 1) || south <= -90 || north >= 90 {
		return Box2D(-180, max(south, -90), 180, min(north, 90))
	}
	dLon := dLat / math.Cos(max(math.Abs(south), math.Abs(north))*math.Pi/180)
	if dLon >= 180 {
		return Box2D(-180, south, 180, north)
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
