package memory

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

func TestValuesLookedUpTogetherAreThoseLookedUpOneByOne(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) spatial.Value {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return spatial.Value{}
		case 1:
			return spatial.BoolOf(rapid.Bool().Draw(t, "bool"))
		case 2:
			return spatial.IntOf(rapid.Int64Range(-40, 400).Draw(t, "int"))
		case 3:
			return spatial.FloatOf(rapid.Float64().Draw(t, "float"))
		case 4:
			return spatial.JSONOf(`"` + rapid.StringMatching("[a-c]{0,2}").Draw(t, "json") + `"`)
		}
		return spatial.StringOf(rapid.String().Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		together, single := newDict(), newDict()
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			var list []spatial.Version
			var want []ValueID
			for range rapid.IntRange(0, 40).Draw(t, "features") {
				var v spatial.Version
				name := spatial.Value{}
				if v.Feature.Name = rapid.StringMatching("[a-c]{0,2}").Draw(t, "name"); v.Feature.Name != "" {
					name = spatial.StringOf(v.Feature.Name)
				}
				want = append(want, single.id(name))
				for _, x := range rapid.SliceOfN(value, 0, 9).Draw(t, "values") {
					v.Feature.Properties = append(v.Feature.Properties, spatial.Property{Name: "p", Value: x})
					want = append(want, single.id(x))
				}
				list = append(list, v)
			}
			got := together.appendIDs(nil, list)
			if len(got) != len(want) {
				t.Fatalf("%d ids for %d values", len(got), len(want))
			}
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("value %d is %d, one by one %d", i, got[i], want[i])
				}
			}
		}
		if together.Len() != single.Len() {
			t.Fatalf("%d values, one by one %d", together.Len(), single.Len())
		}
	})
}
