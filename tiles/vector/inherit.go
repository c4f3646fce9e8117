package vector

import (
	"slices"

	"github.com/shikong-cim/shikong/spatial/memory"
)

// patience is the part of a collection, one in so many, that may change before levels are
// chosen from nothing again.
const patience = 50

// evidence is a tile that a level was chosen by, and how many rows may change in it before it
// would have to be looked at again.
type evidence struct {
	rect  memory.Rect
	slack int
}

// inherit takes over what a change cannot have touched, so that an edit costs what it touches
// and not the collection. Levels that a few rows could not have changed stay, and so do the
// texts that are left out.
func (m *memo) inherit(old *memo, s *memory.Snapshot) {
	limit := s.Len() / patience
	touched := s.Since(old.revision)
	changed := max(m.rows-old.rows, old.rows-m.rows)
	var rows []memory.Row
	for _, r := range touched {
		rows = s.AppendRows(rows[:0], r)
		if changed += len(rows); old.drift+changed > limit {
			return
		}
	}
	m.drift = old.drift + changed
	if old.knowsTexts.Load() {
		m.once.Do(func() { m.setCostly(old.costly) })
	}
	old.mu.Lock()
	defer old.mu.Unlock()
	fresh := m.inheritMoments(old, s, touched)
	for key, one := range old.levels {
		if !one.done.Load() {
			continue
		}
		next := one.showing
		next.old, next.evidence = true, slices.Clone(next.evidence)
		for i := range next.evidence {
			next.evidence[i].slack -= changed
		}
		if slices.ContainsFunc(next.evidence, func(e evidence) bool { return e.slack < 0 && slices.ContainsFunc(touched, e.rect.Overlaps) }) {
			continue
		}
		m.levels[key] = decided(next)
		// What begins or ends with the change makes moments that differ from those before them
		// in what the change brought, and in nothing else.
		for _, f := range fresh {
			if key.moment == (moment{f.before, f.before}) {
				key.moment = moment{f.at, f.at}
				m.levels[key] = decided(next)
			}
		}
	}
}

func decided(v showing) *levelOnce {
	one := &levelOnce{showing: v}
	one.once.Do(func() {})
	one.done.Store(true)
	return one
}

// onset is a boundary that came with a change, and the one before it.
type onset struct{ before, at int64 }

// maxOnsets bounds for how many moments of a change levels are taken over.
const maxOnsets = 16

// inheritMoments takes over the boundaries of tiles that a change did not touch, and adds its
// own to those of the whole collection. Some there may be gone by now: more boundaries than
// there are tell apart more moments than there are, which is no harm. It returns those that
// are new, when they are few.
func (m *memo) inheritMoments(old *memo, s *memory.Snapshot, touched []memory.Rect) (fresh []onset) {
	for c, b := range old.boundaries {
		if c == everywhere || slices.ContainsFunc(touched, b.rect.Overlaps) {
			continue
		}
		m.boundaries[c] = b
		m.held += len(b.list) + 8
	}
	all, ok := old.boundaries[everywhere]
	if !ok {
		return nil
	}
	list := slices.Clone(all.list)
	for _, r := range touched {
		for _, at := range s.Boundaries(r) {
			i, found := slices.BinarySearch(list, at)
			if found {
				continue
			}
			if i > 0 && len(fresh) <= maxOnsets {
				fresh = append(fresh, onset{list[i-1], at})
			}
			list = slices.Insert(list, i, at)
		}
	}
	m.boundaries[everywhere] = moments{all.rect, list}
	m.held += len(list) + 8
	if len(fresh) > maxOnsets {
		return nil
	}
	return fresh
}
