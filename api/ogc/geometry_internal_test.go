package ogc

import (
	"testing"

	"pgregory.net/rapid"
)

// What is decided in 64 bits is what is decided in 128.
func TestTheShortWayRoundIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stride, reach := rapid.IntRange(2, 3).Draw(t, "stride"), rapid.SampledFrom([]int64{3, 1000, 1 << 25, 1 << 26, 1 << 27, 1 << 52}).Draw(t, "reach")
		number := rapid.Int64Range(-reach, reach)
		var ring []int64
		for range rapid.IntRange(1, 9).Draw(t, "positions") {
			ring = append(ring, 1_140_000_000+number.Draw(t, "x"), 225_000_000+number.Draw(t, "y"), 7)[:len(ring)+stride]
		}
		ring = append(ring, ring[:stride]...)
		if got, want := counterclockwise(ring, stride), counterclockwiseExactly(ring, stride); got != want {
			t.Fatalf("%v counterclockwise: %v, want %v", ring, got, want)
		}
	})
}
