package sorting

// Runs returns how many runs were spilled.
func (s *Sorter) Runs() int { return len(s.runs) }
