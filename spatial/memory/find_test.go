package memory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

// The index finds what going through all finds, in its packed part and behind it, while it
// is being made and when it is there.
func TestFindAgreesWithGoingThroughAll(t *testing.T) {
	parts := []string{"前海", "大厦", "harbour", "Tower", " ", "7", "栋", "north", "ｎ", "b"}
	text := func(t *rapid.T, label string) string {
		s := ""
		for range rapid.IntRange(1, 3).Draw(t, label+" parts") {
			s += rapid.SampledFrom(parts).Draw(t, label)
		}
		return s
	}
	rapid.Check(t, func(rt *rapid.T) {
		store := storetest.NewReference()
		m := memory.NewMirror(store, memory.Options{})
		for revision := range rapid.IntRange(1, 3).Draw(rt, "imports") {
			var list []spatial.Feature
			for i := range rapid.IntRange(1, 12).Draw(rt, "features") {
				f := spatial.Feature{ID: fmt.Sprintf("%c%d", 'a'+i%3, i), Name: text(rt, "name"), Geometry: geom.NewPointFlat(geom.XY, []float64{114, 22}),
					Properties: spatial.NewProperties([]spatial.Property{{Name: "地址", Value: spatial.StringOf(text(rt, "address"))}, {Name: "note", Value: spatial.StringOf(text(rt, "note"))},
						{Name: "number", Value: spatial.IntOf(int64(i))}})}
				if rapid.IntRange(0, 4).Draw(rt, "ended") == 0 {
					f.Valid.End = time.Unix(0, 0)
				}
				list = append(list, f)
			}
			in := spatial.Import{Collection: spatial.Collection{Name: "c"}, Model: fmt.Sprint("m", revision), NumberRepeats: true, Features: func(yield func(spatial.Feature, error) bool) {
				for _, f := range list {
					f.ID = fmt.Sprint(f.ID, "-", revision)
					if !yield(f, nil) {
						return
					}
				}
			}}
			if _, err := store.Apply(rt.Context(), in); err != nil {
				rt.Fatal(err)
			}
			if err := m.Sync(rt.Context()); err != nil {
				rt.Fatal(err)
			}
			find := spatial.Find{Text: rapid.SampledFrom([]string{"a1", "b", text(rt, "asked")}).Draw(rt, "text"), Limit: rapid.IntRange(1, 100).Draw(rt, "limit")}
			if rapid.Bool().Draw(rt, "now") {
				find.Query.Valid = spatial.At(time.Unix(100, 0))
			}
			got, err := spatial.FindAll(rt.Context(), m, find)
			if err != nil {
				rt.Fatal(err)
			}
			want, err := spatial.FindAll(rt.Context(), store, find)
			if err != nil {
				rt.Fatal(err)
			}
			show := func(list []spatial.Found) (out []string) {
				for _, f := range list {
					out = append(out, fmt.Sprint(f.Feature.ID, " ", f.Feature.Name, " ", f.Field, " ", f.Match))
				}
				return out
			}
			// A page that is full of texts that begin with the word need not look for others.
			if len(want) < find.Limit || len(got) != len(want) {
				if diff := cmp.Diff(show(want), show(got)); diff != "" {
					rt.Fatalf("%q: %s", find.Text, diff)
				}
			}
		}
	})
}
