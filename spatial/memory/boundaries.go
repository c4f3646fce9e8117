package memory

import "slices"

// Boundaries returns the times at which something in the world rectangle begins or ends to
// be valid, ascending, each once. Between two of them everything there stays as it is.
func (s *Snapshot) Boundaries(q Rect) []int64 {
	seen := map[int64]struct{}{}
	var list []int64
	last := int64(never)
	add := func(t int64) {
		if t == never || t == forever || t == last {
			return
		}
		last = t
		if _, ok := seen[t]; !ok {
			seen[t] = struct{}{}
			list = append(list, t)
		}
	}
	for _, r := range s.AppendRows(nil, q) {
		t, i := s.At(r)
		add(t.start[i])
		add(t.end[i])
	}
	slices.Sort(list)
	return list
}
