package memory_test

import (
	"math"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

func TestAValueOfTheDictionaryIsTheNumberThatItWas(t *testing.T) {
	list := []spatial.Value{spatial.IntOf(0), spatial.IntOf(-1), spatial.IntOf(300), spatial.IntOf(math.MaxInt64), spatial.IntOf(math.MinInt64),
		spatial.FloatOf(0.5), spatial.FloatOf(0.1), spatial.FloatOf(-1e300), spatial.StringOf("12"), spatial.BoolOf(true), spatial.JSONOf("[1]"), spatial.StringOf("")}
	var props []spatial.Property
	for i, v := range list {
		props = append(props, spatial.Property{Name: string(rune('a' + i)), Value: v})
	}
	s, err := memory.NewSnapshot(spatial.Collection{Name: "c"}, func(yield func(spatial.Feature, error) bool) {
		yield(spatial.Feature{ID: "x", Properties: spatial.NewProperties(props)}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	table, i := s.At(0)
	_, ids := table.Shape(i)
	for k, id := range ids {
		kind := list[k].Kind()
		got, ok := s.Values.Number(id)
		if ok != (kind == spatial.Int || kind == spatial.Float) || (ok && got != list[k].Float()) {
			t.Errorf("%v is the number %v, %v", list[k], got, ok)
		}
	}
}
