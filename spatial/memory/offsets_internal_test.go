package memory

import (
	"testing"

	"pgregory.net/rapid"
)

func TestOffsetsAreWhereRowsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Rows of one length, and behind them as often as not some that differ.
		alike := rapid.IntRange(0, 3*pageRows).Draw(t, "alike")
		width := rapid.IntRange(0, 9).Draw(t, "width")
		others := rapid.SliceOfN(rapid.IntRange(0, 12), 0, pageRows+9).Draw(t, "others")
		o := makeOffsets(rapid.IntRange(0, 20).Draw(t, "room"))
		var ends []int
		end := 0
		push := func(length int) {
			end += length
			ends = append(ends, end)
			if !o.push(end) {
				t.Fatalf("row %d of %d bytes does not fit", len(ends)-1, length)
			}
		}
		for range alike {
			push(width)
		}
		early := o
		if room := rapid.Float64Range(0, 1).Draw(t, "part"); room > 0.5 {
			o.reserve(room)
		}
		for _, length := range others {
			push(length)
		}
		check := func(o offsets, rows int) {
			if o.len() != rows {
				t.Fatalf("%d rows, want %d", o.len(), rows)
			}
			for i := range rows {
				want := 0
				if i > 0 {
					want = ends[i-1]
				}
				if start, end := o.span(i); start != want || end != ends[i] || o.end(i) != ends[i] {
					t.Fatalf("row %d lies from %d to %d (%d), want %d to %d", i, start, end, o.end(i), want, ends[i])
				}
			}
		}
		check(o, len(ends))
		check(early, alike) // a copy is a snapshot
	})
}

func TestOffsetsRefuseAPageTooLarge(t *testing.T) {
	var o offsets
	const long = 1 << 31
	for i := range 5 {
		if !o.push((i + 1) * long) {
			t.Fatal("rows of one length take no list")
		}
	}
	if o.push(5*long + 1) {
		t.Error("a page of more than 2³² is listed")
	}
	if o.len() != 5 {
		t.Errorf("%d rows after one was refused", o.len())
	}
}
