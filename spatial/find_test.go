package spatial_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/spatial"
)

func called(id, name string, properties ...string) spatial.Feature {
	f := spatial.Feature{Collection: "c", ID: id, Name: name}
	var list []spatial.Property
	for i := 0; i+1 < len(properties); i += 2 {
		list = append(list, spatial.Property{Name: properties[i], Value: spatial.StringOf(properties[i+1])})
	}
	f.Properties = spatial.NewProperties(list)
	return f
}

func TestWhatIsFound(t *testing.T) {
	r := answering{list: []spatial.Feature{
		called("b1", "前海大厦"), called("b2", "新前海大厦"), called("b3", "前海"), called("b4", "Harbour Tower"), called("b5", "Old Harbour", "addr:street", "深南大道", "addr:housenumber", "100"),
		called("b6", "", "地址", "深南大道 1００号"), called("0Gdu7YbEHDPgpWhZhqSPtU", "wall"), called("b7", "tower", "colour", "harbour"), called("B8", "７栋"),
	}}
	rows := []struct {
		text string
		want []string
	}{
		{"b1", []string{"b1 id 0"}},
		{"前海", []string{"b3 name 1", "b1 name 3", "b2 name 5"}},
		{"harbour", []string{"b4 name 3", "b5 name 4"}},
		{"HARBOUR  tower", []string{"b4 name 1"}},
		{"tower harbour", []string{"b4 name 5"}},
		{"深南大道 100", []string{"b6 地址 3", "b5 addr:housenumber 5"}},
		{"7栋", []string{"B8 name 1"}},
		{"10A77F1E-965A-4B36-8A8F-AB2B-nonsense", nil},
		{"109f81e2-94e4-4d66-ace0-ae3af4719dde", []string{"0Gdu7YbEHDPgpWhZhqSPtU id 0"}},
		{"0Gdu7Yb", []string{"0Gdu7YbEHDPgpWhZhqSPtU id 2"}},
		{"  ", nil},
		{"nothing of the kind", nil},
	}
	for _, row := range rows {
		t.Run(row.text, func(t *testing.T) {
			list, err := spatial.FindAll(t.Context(), r, spatial.Find{Text: row.text, Collections: []string{"c"}, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range list {
				got = append(got, fmt.Sprintf("%s %s %d", f.Feature.ID, f.Field, f.Match))
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlacesAsPeopleWriteThem(t *testing.T) {
	rows := []struct {
		text     string
		lon, lat float64
		ok       bool
	}{
		{"114.057,22.543", 114.057, 22.543, true},
		{"22.543, 114.057", 114.057, 22.543, true},
		{"22.543 114.057", 114.057, 22.543, true},
		{"13.4,52.5", 13.4, 52.5, true},
		{"-0.1276, 51.5072", -0.1276, 51.5072, true},
		{`22°32'35.5"N 114°3'25"E`, 114.05694444, 22.54319444, true},
		{"S22.5 W43.2", -43.2, -22.5, true},
		{"43.2W 22.5S", -43.2, -22.5, true},
		{"北纬22.543 东经114.057", 114.057, 22.543, true},
		{"１１４．０５７，２２．５４３", 114.057, 22.543, true},
		{"lat: 22.543, lon: 114.057", 114.057, 22.543, true},
		{"200,100", 0, 0, false},
		{"12,95,3", 0, 0, false},
		{"N22 N23", 0, 0, false},
		{"12栋", 0, 0, false},
		{"22.543", 0, 0, false},
		{"深南大道 100", 0, 0, false},
		{"", 0, 0, false},
	}
	for _, r := range rows {
		lon, lat, ok := spatial.ParsePlace(r.text)
		if ok != r.ok || (ok && (math.Abs(lon-r.lon) > 1e-7 || math.Abs(lat-r.lat) > 1e-7)) {
			t.Errorf("%q is %v, %v, %v", r.text, lon, lat, ok)
		}
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add("114.057,22.543")
	f.Add(`22°32'35.5"N 114°3'25"E`)
	f.Fuzz(func(t *testing.T, text string) {
		lon, lat, ok := spatial.ParsePlace(text)
		if ok && !(math.Abs(lon) <= 180 && math.Abs(lat) <= 90) {
			t.Errorf("%q is %v, %v", text, lon, lat)
		}
	})
}
