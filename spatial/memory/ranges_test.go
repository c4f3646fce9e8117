package memory_test

import (
	"fmt"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

func TestRangesAreThoseOfWhatIsRecorded(t *testing.T) {
	store := storetest.NewReference()
	m := memory.NewMirror(store, memory.Options{})
	with := func(id, json string) spatial.Feature {
		f := point(id, 114, 22)
		p, err := spatial.ParseProperties([]byte(json))
		if err != nil {
			t.Fatal(err)
		}
		f.Properties = p
		return f
	}
	check := func(want string) {
		t.Helper()
		if err := m.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := m.Ranges(t.Context(), "city")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, r := range list {
			got += fmt.Sprint(r.Name, " ", r.Min.Text(), "…", r.Max.Text(), " ", len(r.Values))
			for _, v := range r.Values {
				got += " " + v.Text()
			}
			got += "; "
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	import1(t, store, spatial.Import{}, with("a", `{"n":3,"use":"shop"}`), with("b", `{"n":-1.5,"use":"home","x":null}`), with("c", `{"n":10,"use":"home"}`))
	check("n -1.5…10 3 -1.5 3 10; use … 2 home shop; ")
	import1(t, store, spatial.Import{}, with("a", `{"n":3,"use":"office"}`), with("c", `{"n":4,"use":"home"}`))
	check("n 3…4 2 3 4; use … 2 home office; ")
	var many []spatial.Feature
	for i := range 100 {
		many = append(many, with(fmt.Sprint(i), fmt.Sprintf(`{"n":%d,"use":"u%d"}`, i, i%30)))
	}
	import1(t, store, spatial.Import{}, many...)
	list, err := m.Ranges(t.Context(), "city")
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	check("n 0…99 0; use … 30 " + "u0 u1 u10 u11 u12 u13 u14 u15 u16 u17 u18 u19 u2 u20 u21 u22 u23 u24 u25 u26 u27 u28 u29 u3 u4 u5 u6 u7 u8 u9; ")
	if _, err := m.Ranges(t.Context(), "nowhere"); err == nil {
		t.Error("no error")
	}
}
