package sorting_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shikong-cim/shikong/spatial/sorting"
)

// sortKeys sorts entries and returns their keys, and how many runs were spilled.
func sortKeys(keys []uint64) (sorted []uint64, runs int, err error) {
	var s sorting.Sorter
	defer func() { _ = s.Close() }()
	for i, k := range keys {
		if err := s.Add(sorting.Entry{Key: k, Number: int64(i)}); err != nil {
			return nil, 0, err
		}
	}
	err = s.Each(func(e *sorting.Entry) error {
		if keys[e.Number] != e.Key {
			return fmt.Errorf("entry %d came with the key %d", e.Number, e.Key)
		}
		sorted = append(sorted, e.Key)
		return nil
	})
	return sorted, s.Runs(), err
}

func TestSortingSpillsAndMerges(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 1000, 64 << 10, 64<<10 + 1, 300_000} {
		keys := make([]uint64, n)
		for i := range keys {
			keys[i] = r.Uint64() >> (r.IntN(3) * 20)
		}
		got, runs, err := sortKeys(slices.Clone(keys))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(keys)
		if !slices.Equal(got, keys) {
			t.Fatalf("%d keys come out of order", n)
		}
		if want := max(n-1, 0) >> 16; runs != want {
			t.Errorf("%d keys made %d runs, want %d", n, runs, want)
		}
	}
}

// TestTheCurveGoesFromCellToCell: the cells of a grid in the order of the curve are
// neighbours one by one, which only a Hilbert curve's are.
func TestTheCurveGoesFromCellToCell(t *testing.T) {
	const side = 32
	type cell struct {
		x, y int
		d    uint64
	}
	var cells []cell
	for x := range side {
		for y := range side {
			lon, lat := -180+360*(float64(x)+0.5)/side, -90+180*(float64(y)+0.5)/side
			cells = append(cells, cell{x, y, sorting.OnEarth([4]float64{lon, lon, lat, lat})})
		}
	}
	slices.SortFunc(cells, func(a, b cell) int {
		if a.d < b.d {
			return -1
		}
		return 1
	})
	for i := range cells[1:] {
		a, b := cells[i], cells[i+1]
		if step := max(a.x-b.x, b.x-a.x) + max(a.y-b.y, b.y-a.y); step != 1 {
			t.Fatalf("from %d,%d the curve goes to %d,%d", a.x, a.y, b.x, b.y)
		}
	}
}
