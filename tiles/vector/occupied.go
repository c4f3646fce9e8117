package vector

import (
	"context"

	"github.com/shikong-cim/shikong/tiles"
)

// Occupied reports whether something may stand in a tile at any time: false is certain, and
// holds for all tiles below it. For a collection that is not held in memory it is always
// true.
func (s *Source) Occupied(_ context.Context, r tiles.Request) (bool, error) {
	if err := r.Validate(); err != nil {
		return false, err
	}
	view := s.reader.View()
	if view == nil {
		return true, nil
	}
	e := s.encoder()
	defer s.release(e)
	f := frameOf(r.Coord, int64(s.options.Buffer))
	for _, name := range r.Collections {
		snap := view.Present(name, r.Recorded)
		if snap == nil {
			return true, nil
		}
		if e.rows = snap.AppendRows(e.rows[:0], f.search); len(e.rows) > 0 {
			return true, nil
		}
	}
	return false, nil
}
