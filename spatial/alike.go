package spatial

import "strings"

// Alike returns which of some names another one was probably meant to be: that with the fewest
// letters to add, leave out, change or swap with the next, at most one in four of them, and
// without regard to case and to "-" for "_". It is "" when none is so near.
func Alike(name string, names []string) string {
	plain := func(s string) []rune { return []rune(strings.ReplaceAll(strings.ToLower(s), "-", "_")) }
	wanted, best, least := plain(name), "", len(name)
	for _, n := range names {
		is := plain(n)
		if d := slips(wanted, is); d < least && d <= max(len(wanted), len(is))/4 {
			best, least = n, d
		}
	}
	return best
}

// slips is the number of slips of the pen between two words: the optimal string alignment
// distance.
func slips(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			changed := last[j]
			if a[i] != b[j] {
				changed++
			}
			row[j+1] = min(changed, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
