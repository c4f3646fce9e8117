package spatial_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

var cmpValues = cmp.AllowUnexported(spatial.Value{})

func TestParseProperties(t *testing.T) {
	got, err := spatial.ParseProperties([]byte(`{"z":1,"a":"x\u4e2d\n","h":14.0,"big":123456789012345678901234567890,"e":1e3,"t":true,"n":null,"l":[1, {"k":2}],"a":"last"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := spatial.Properties{
		{Name: "a", Value: spatial.StringOf("last")},
		{Name: "big", Value: spatial.JSONOf("123456789012345678901234567890")},
		{Name: "e", Value: spatial.FloatOf(1000)},
		{Name: "h", Value: spatial.FloatOf(14)},
		{Name: "l", Value: spatial.JSONOf(`[1, {"k":2}]`)},
		{Name: "n"},
		{Name: "t", Value: spatial.BoolOf(true)},
		{Name: "z", Value: spatial.IntOf(1)},
	}
	if d := cmp.Diff(want, got, cmpValues); d != "" {
		t.Fatal(d)
	}
	for _, bad := range []string{"", "[]", `{"a":}`, `{"a":1`, `{"a":NaN}`} {
		if got, err := spatial.ParseProperties([]byte(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func TestPropertiesSurviveJSON(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) spatial.Value {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return spatial.BoolOf(rapid.Bool().Draw(t, "b"))
		case 1:
			return spatial.IntOf(rapid.Int64().Draw(t, "i"))
		case 2:
			return spatial.FloatOf(rapid.Float64().Draw(t, "f"))
		case 3:
			return spatial.StringOf(rapid.String().Draw(t, "s"))
		case 4:
			return spatial.JSONOf(`{"k":[1,null]}`)
		}
		return spatial.Value{}
	})
	rapid.Check(t, func(t *rapid.T) {
		var list []spatial.Property
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			list = append(list, spatial.Property{Name: rapid.String().Draw(t, "name"), Value: value.Draw(t, "value")})
		}
		want := spatial.NewProperties(list)
		text := want.AppendJSON(nil)
		if !json.Valid(text) {
			t.Fatalf("not JSON: %s", text)
		}
		got, err := spatial.ParseProperties(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 && len(got) == 0 {
			return
		}
		if d := cmp.Diff(want, got, cmpValues); d != "" {
			t.Fatalf("%s\n%s", text, d)
		}
	})
}

func TestFieldTypesWidenInAnyOrder(t *testing.T) {
	types := []spatial.FieldType{"", "null", "boolean", "integer", "number", "string", "json"}
	for _, a := range types {
		for _, b := range types {
			if a.Widen(b) != b.Widen(a) {
				t.Errorf("%s with %s: %s or %s", a, b, a.Widen(b), b.Widen(a))
			}
			for _, c := range types {
				if a.Widen(b).Widen(c) != a.Widen(b.Widen(c)) {
					t.Errorf("%s, %s, %s: order matters", a, b, c)
				}
			}
		}
	}
	if got := spatial.IntOf(14).As(spatial.FieldNumber); got != spatial.FloatOf(14) {
		t.Errorf("14 as a number is %v", got)
	}
	if got := spatial.FloatOf(14.5).As(spatial.FieldString); got != spatial.StringOf("14.5") {
		t.Errorf("14.5 as a string is %v", got)
	}
}
