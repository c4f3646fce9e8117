package vector

import (
	"math"
	"sync"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// stays remember of tiles that the store was asked for how long they stay as they are while
// nothing changes in their collection, so that what is asked about "now" keeps its key.
type stays struct {
	mu   sync.Mutex
	list map[string]stay
}

// stay is a span of time from ≤ t < until, in microseconds, at each instant of which a tile is the same.
type stay struct{ from, until int64 }

const maxStays = 1 << 16

// since returns the first instant known from which on a tile is as it is at another.
func (s *stays) since(tile string, at int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.list[tile]; ok && known.from <= at && at < known.until {
		return known.from
	}
	return at
}

// learn takes from what the store said of a tile from an instant on how long that stays true.
func (s *stays) learn(tile string, at int64, snap *memory.Snapshot) {
	until := int64(math.MaxInt64)
	for _, boundary := range snap.Boundaries(worldRect) {
		if boundary > at {
			until = boundary
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.list[tile]; ok && known.from <= at && at < known.until {
		return
	}
	if s.list == nil || len(s.list) >= maxStays {
		s.list = map[string]stay{}
	}
	s.list[tile] = stay{at, until}
}
