package memory_test

import (
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// BenchmarkFiltered asks for about 1,000 of 100,000 features in a box, with filters that most
// of them match and that few match. Without a filter is what they are to be compared with.
func BenchmarkFiltered(b *testing.B) {
	m, _ := held(b, 100_000)
	snap := m.View().Snapshot("city")
	box := spatial.Box2D(114.4, 22.4, 114.5, 22.5)
	for _, c := range []struct{ name, text string }{
		{"none", ""},
		{"number", "floors >= 5"},
		{"number-few", "floors = 7"},
		{"text", "class = 'Building' AND name LIKE '楼%'"},
		{"letters", "CASEI(name) LIKE CASEI('%1%')"},
		{"arithmetic", "height / (floors + 1) > 1"},
		{"time", "T_INTERSECTS(valid, DATE('2020-01-01'))"},
		{"polygon", "S_INTERSECTS(geometry, POLYGON((114.3 22.3, 114.6 22.3, 114.6 22.6, 114.3 22.6, 114.3 22.3)))"},
		{"half-polygon", "S_INTERSECTS(geometry, POLYGON((114.4 22.4, 114.5 22.4, 114.4 22.5, 114.4 22.4)))"},
		{"within", "S_WITHIN(geometry, POLYGON((114.4 22.4, 114.5 22.4, 114.4 22.5, 114.4 22.4)))"},
	} {
		b.Run(c.name, func(b *testing.B) {
			q := spatial.Query{Collection: "city", Box: &box}
			if c.text != "" {
				root, err := filter.ParseText(c.text)
				if err != nil {
					b.Fatal(err)
				}
				f, err := filter.New(root, nil)
				if err != nil {
					b.Fatal(err)
				}
				q.Filter = f
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = 0
				for _, err := range snap.Features(b.Context(), q) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			b.ReportMetric(float64(n), "features")
		})
	}
}

// BenchmarkFilteredByPlace lets a polygon alone say where to look.
func BenchmarkFilteredByPlace(b *testing.B) {
	m, _ := held(b, 100_000)
	snap := m.View().Snapshot("city")
	root, err := filter.ParseText("S_INTERSECTS(geometry, POLYGON((114.4 22.4, 114.43 22.41, 114.42 22.44, 114.41 22.43, 114.4 22.4)))")
	if err != nil {
		b.Fatal(err)
	}
	f, err := filter.New(root, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = 0
		for _, err := range snap.Features(b.Context(), spatial.Query{Collection: "city", Filter: f}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64(n), "features")
}
