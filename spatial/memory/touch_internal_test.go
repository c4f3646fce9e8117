package memory

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

// TestALongLogIsKeptShort compares with the whole log: what is said to have changed last may
// be later than it was and never earlier, recent changes are told exactly, and no snapshot
// that shares the list sees it change.
func TestALongLogIsKeptShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5*maxTouches).Draw(t, "changes")
		seed := rapid.Uint32().Draw(t, "seed")
		var all, log []touch
		var shared, before []touch
		for i := range n {
			seed = seed*1664525 + 1013904223
			x, y := seed>>8&0xfff, seed>>20
			c := touch{revision: int64(i + 1), start: int64(seed % 7), end: int64(seed%7 + 1)}
			if seed%13 > 0 { // some changes have no place
				c.rects = []Rect{{MinX: x, MinY: y, MaxX: x + seed%64, MaxY: y + seed%32}}
			}
			all, log = append(all, c), logged(log, c)
			if i == n/2 {
				shared, before = log[:len(log):len(log)], slices.Clone(log)
			}
		}
		if len(log) >= maxTouches {
			t.Fatalf("the log has %d entries", len(log))
		}
		for i := range shared {
			if shared[i].revision != before[i].revision || !slices.Equal(shared[i].rects, before[i].rects) {
				t.Fatal("what a snapshot sees has changed")
			}
		}
		exact, short := Snapshot{log: all}, Snapshot{log: log}
		for i := range 50 {
			q := Rect{MinX: uint32(i * 80), MinY: uint32(i * 70), MaxX: uint32(i*80 + 40), MaxY: uint32(i*70 + 40)}
			want, got := exact.Touched(q, spatial.Interval{}), short.Touched(q, spatial.Interval{})
			if got < want || (want > int64(n-maxTouches/4) && got != want) {
				t.Fatalf("%v: last touched by %d, the whole log says %d of %d", q, got, want, n)
			}
		}
	})
}
