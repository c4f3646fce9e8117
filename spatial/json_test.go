package spatial_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

func TestNumbersAreWrittenInTheirShortestForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(rapid.Float64(),
			rapid.Map(rapid.Int64Range(-2e10, 2e10), func(n int64) float64 { return float64(n) / 1000 }),
			rapid.Map(rapid.Int64Range(-1e6, 1e6), func(n int64) float64 { return float64(n) / 100 }),
			rapid.Map(rapid.Int64Range(-1e4, 1e4), func(n int64) float64 { return math.Nextafter(float64(n)/10, math.Inf(1)) }),
		).Draw(t, "f")
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return
		}
		want := strconv.FormatFloat(f, 'f', -1, 64)
		if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
			want = strconv.FormatFloat(f, 'e', -1, 64)
		}
		if !strings.ContainsAny(want, ".e") {
			want += ".0"
		}
		if got := string(spatial.FloatOf(f).AppendJSON([]byte("x"))); got != "x"+want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func TestTextsAreEscapedAsJSONAsks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\"", "\\", "\x00", "\x1f", " ", "!", "#", "[", "]", "\x7f", "前海", "\u2028", "abcdefgh"})))
		text := strings.ToValidUTF8(strings.Join(parts.Draw(t, "parts"), ""), "?")
		got := spatial.StringOf(text).AppendJSON(nil)
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != text {
			t.Fatalf("%q is written %s, which reads back as %q (%v)", text, got, back, err)
		}
	})
}
