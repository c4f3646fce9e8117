package memory_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// What a filter knows of a place it says of each feature there, however large the polygon is
// and wherever its edges run: rows are answered as the filter answers feature by feature.
func TestAFilterByPlaceIsTheFilter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	list := footprints(4000)
	for i := range list {
		if i%11 == 0 {
			list[i].Feature.Geometry = nil
		}
	}
	m := memory.NewMirror(&stack{versions: list}, memory.Options{})
	if err := m.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	hits := 0
	for round := range 60 {
		x, y, size := 114+r.Float64(), 22+r.Float64(), math.Pow(10, -3*r.Float64())
		var ring []string
		for k := range 9 {
			a, d := 2*math.Pi*float64(k)/9, size*(0.2+r.Float64())
			ring = append(ring, fmt.Sprintf("%.7f %.7f", x+d*math.Cos(a), y+d*math.Sin(a)))
		}
		polygon := "POLYGON((" + strings.Join(append(ring, ring[0]), ",") + "))"
		for _, text := range []string{"S_INTERSECTS(geometry,%s)", "S_WITHIN(geometry,%s)", "S_DISJOINT(geometry,%s)", "S_CONTAINS(%s,geometry)",
			"S_INTERSECTS(geometry,%s) AND floors > 20", "NOT S_INTERSECTS(geometry,%s)", "S_TOUCHES(%s,geometry)"} {
			root, err := filter.ParseText(fmt.Sprintf(text, polygon))
			if err != nil {
				t.Fatal(err)
			}
			f, err := filter.New(root, []spatial.Field{{Name: "floors", Type: spatial.FieldInteger}})
			if err != nil {
				t.Fatal(err)
			}
			want := int64(0)
			for i := range list {
				if f.Matches(&list[i].Feature) {
					want++
				}
			}
			q := spatial.Query{Collection: "city", Filter: f}
			found := int64(0)
			for _, err := range m.Features(t.Context(), q) {
				if err != nil {
					t.Fatal(err)
				}
				found++
			}
			counted, err := m.Count(t.Context(), q)
			if err != nil || found != want || counted != want {
				t.Fatalf("round %d, %s: found %d, counted %d, want %d (%v)", round, f, found, counted, want, err)
			}
			hits += int(found)
		}
	}
	if hits == 0 {
		t.Fatal("no polygon meets anything")
	}
}
