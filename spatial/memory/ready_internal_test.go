package memory

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

func TestValuesAreWrittenTheSameReadyOrNot(t *testing.T) {
	value := rapid.OneOf(
		rapid.Map(rapid.String(), spatial.StringOf),
		rapid.Map(rapid.StringN(11, 17, 20), spatial.StringOf),
		rapid.Map(rapid.Int64(), spatial.IntOf),
		rapid.Map(rapid.Int64Range(-20_000, 3_000_000), spatial.IntOf),
		rapid.Map(rapid.Float64(), spatial.FloatOf),
		rapid.Map(rapid.Int64Range(-9999, 9999), func(n int64) spatial.Value { return spatial.FloatOf(float64(n) / 10) }),
		rapid.Map(rapid.Bool(), spatial.BoolOf),
		rapid.Map(rapid.IntRange(0, 20), func(n int) spatial.Value { return spatial.JSONOf(`["` + strings.Repeat("x", n) + `"]`) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(value).Draw(t, "values")
		d := newDict()
		ids := []ValueID{0}
		for _, v := range list {
			ids = append(ids, d.id(v))
		}
		d.prepare(ValueID(rapid.IntRange(0, d.Len()).Draw(t, "ready")))
		for i, v := range append([]spatial.Value{{}}, list...) {
			room := rapid.IntRange(0, 40).Draw(t, "room")
			dst := append(make([]byte, 0, room), "x"...)
			if got, want := d.appendJSON(dst, ids[i], false), v.AppendJSON([]byte("x")); string(got) != string(want) {
				t.Fatalf("%q, want %q", got, want)
			}
			if got, want := d.appendJSON(dst, ids[i], true), v.AppendJSONText([]byte("x")); string(got) != string(want) {
				t.Fatalf("in a column of text %q, want %q", got, want)
			}
		}
	})
}
