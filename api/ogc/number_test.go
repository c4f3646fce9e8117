package ogc_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/api/ogc"
)

func TestNumbersAreWrittenWithoutNeedlessDigits(t *testing.T) {
	for want, c := range map[string]struct {
		v      float64
		digits int
	}{
		"0": {math.Copysign(0, -1), 9}, "-0.000000001": {-1e-9, 9}, "179.999999999": {179.999999999, 9}, "114.05": {114.05, 9},
		"7": {7.00004, 4}, "-12.3457": {-12.34567, 4}, "99": {99, 1}, "100.5": {100.5, 1}, "0.0001": {1e-4, 4}, "10.01": {10.01, 3},
		"12345678.9": {12345678.9, 4}, "1000000000000000000000": {1e21, 9},
	} {
		if got := string(ogc.AppendFixed(nil, c.v, c.digits)); got != want {
			t.Errorf("%g with %d digits is %s, want %s", c.v, c.digits, got, want)
		}
	}
}

// The first number has nothing before it that it could share digits with.
func TestTheFirstNumberIsWrittenWhole(t *testing.T) {
	for n, want := range map[int64]string{
		0: "x 0", 1: "x 0.000001", -1: "x -0.000001", 999_999: "x 0.999999", 1_000_000: "x 1", -1_000_000: "x -1",
		1_000_000_000_001: "x 1000000.000001", 114_000_000: "x 114",
	} {
		if got := string(ogc.AppendAll([]byte("x"), []int64{n}, 6)); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestNeighboursAreWrittenAsTheyAreAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(0, 9).Draw(t, "digits")
		middle := rapid.SampledFrom([]int64{0, 1, -1, 999_999, 1_000_000, -1_000_000, 114_057_123_400, -1_799_999_999, 1<<53 - 1, -1<<53 + 1}).Draw(t, "middle")
		list := rapid.SliceOf(rapid.OneOf(rapid.Map(rapid.Int64Range(-2_000_001, 2_000_001), func(d int64) int64 {
			return max(min(middle+d, 1<<53-1), -1<<53+1)
		}), rapid.Int64Range(-1<<53+1, 1<<53-1), rapid.Map(rapid.Int64Range(-400, 400), func(n int64) int64 { return n * 100_000 }))).Draw(t, "list")
		want := ""
		for _, n := range list {
			text := fmt.Sprintf("%0*d", digits+1, max(n, -n))
			text = text[:len(text)-digits] + "." + text[len(text)-digits:]
			text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
			if n < 0 {
				text = "-" + text
			}
			want += " " + text
		}
		if got := string(ogc.AppendAll([]byte("x"), list, digits)); got != "x"+want {
			t.Fatalf("%v with %d digits are %s, want %s", list, digits, got, want)
		}
	})
}

func TestNumbersAreThoseOfTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(1, 9).Draw(t, "digits")
		// Multiples of the last digit: what lies between is rounded once here and twice there.
		v := float64(rapid.Int64Range(-1e14, 1e14).Draw(t, "v")) / math.Pow10(digits)
		want := strconv.FormatFloat(v, 'f', digits, 64)
		want = strings.TrimSuffix(strings.TrimRight(want, "0"), ".")
		if want == "-0" {
			want = "0"
		}
		if got := string(ogc.AppendFixed([]byte("x"), v, digits)); got != "x"+want {
			t.Fatalf("%v with %d digits is %s, want %s", v, digits, got, want)
		}
	})
}
