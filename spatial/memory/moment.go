package memory

import (
	"context"
	"slices"
	"sync"
	"time"
)

// moments are the times at which anything in a snapshot begins or ends to be valid, found
// when somebody first asks.
type moments struct {
	once sync.Once
	list []int64 // microseconds, ascending
}

// LastBoundary returns the last time at or before t at which something in the collection
// began or ended to be valid, the zero time when nothing did: until the next one, and while
// the collection's revision stays, answers about "now" stay the same. For a collection that
// is not held in memory it is t itself, to the second.
func (m *Mirror) LastBoundary(_ context.Context, collection string, t time.Time) (time.Time, error) {
	v, err := m.loaded()
	if err != nil {
		return time.Time{}, err
	}
	if _, ok := v.Collection(collection); !ok {
		return time.Time{}, unknown(collection)
	}
	s := v.Snapshot(collection)
	if s == nil {
		return t.Truncate(time.Second), nil
	}
	list := s.boundaries()
	i, found := slices.BinarySearch(list, t.UnixMicro())
	if found {
		i++
	}
	if i == 0 {
		return time.Time{}, nil
	}
	return time.UnixMicro(list[i-1]).UTC(), nil
}

// boundaries goes through every row once in the snapshot's life.
func (s *Snapshot) boundaries() []int64 {
	s.moments.once.Do(func() {
		list := &s.moments.list
		base := &s.base.Table
		starts, ends := s.base.turns.of(base)
		for _, turn := range [2][]turn{starts, ends} {
			for _, t := range turn {
				if n := len(*list); (n == 0 || (*list)[n-1] != t.at) && !s.dead.has(int(t.row)) {
					*list = append(*list, t.at)
				}
			}
		}
		for _, row := range s.tail.order {
			for _, at := range [2]int64{s.tail.start[row], s.tail.end[row]} {
				if at != never && at != forever {
					*list = append(*list, at)
				}
			}
		}
		slices.Sort(*list)
		*list = slices.Compact(*list)
	})
	return s.moments.list
}
