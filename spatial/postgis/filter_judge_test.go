package postgis_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// relations are the spatial functions of CQL2 and what PostGIS calls them.
var relations = [][2]string{{"S_INTERSECTS", "st_intersects"}, {"S_DISJOINT", "st_disjoint"}, {"S_EQUALS", "st_equals"}, {"S_TOUCHES", "st_touches"},
	{"S_WITHIN", "st_within"}, {"S_CONTAINS", "st_contains"}, {"S_OVERLAPS", "st_overlaps"}, {"S_CROSSES", "st_crosses"}}

// figure draws a geometry of a city's size: on a grid, where shapes touch and coincide, or
// with coordinates that no decimal has. Rings may cross themselves; PostGIS says so.
func figure(r *rand.Rand) geom.T {
	free := r.IntN(3) == 0
	at := func() []float64 {
		if free {
			return []float64{114 + r.Float64()/100, 22 + r.Float64()/100}
		}
		return []float64{114 + float64(r.IntN(6))/500, 22 + float64(r.IntN(6))/500}
	}
	run := func(n int) (flat []float64) {
		for range n {
			flat = append(flat, at()...)
		}
		return flat
	}
	switch r.IntN(6) {
	case 0:
		return geom.NewPointFlat(geom.XY, at())
	case 1:
		return geom.NewMultiPointFlat(geom.XY, run(2+r.IntN(2)))
	case 2:
		return geom.NewLineStringFlat(geom.XY, run(2+r.IntN(3)))
	}
	flat := run(3 + r.IntN(2))
	flat = append(flat, flat[:2]...)
	return geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})
}

// PostGIS, which is GEOS here, judges the spatial functions of filters on random pairs.
func TestSpatialFiltersAgreeWithPostGIS(t *testing.T) {
	conn := connect(t, database(t))
	r := rand.New(rand.NewPCG(9, 65))
	columns := make([]string, len(relations))
	for i, n := range relations { // GEOS may stumble over what is not valid
		columns[i] = "case when ok then " + n[1] + "(a, b) else false end"
	}
	sql := "select " + strings.Join(columns, ", ") + ", ok from (select a, b, st_isvalid(a) and st_isvalid(b) as ok " +
		"from (select st_geomfromtext($1) as a, st_geomfromtext($2) as b offset 0) x offset 0) y"
	const pairs = 2000
	texts, shapes, batch := make([][2]string, pairs), make([]geom.T, pairs), &pgx.Batch{}
	for i := range texts {
		shapes[i] = figure(r)
		other := figure(r)
		if r.IntN(20) == 0 {
			other = shapes[i]
		}
		for k, g := range []geom.T{shapes[i], other} {
			text, err := wkt.Marshal(g)
			if err != nil {
				t.Fatal(err)
			}
			texts[i][k] = text
		}
		batch.Queue(sql, texts[i][0], texts[i][1])
	}
	results := conn.SendBatch(t.Context(), batch)
	defer results.Close()
	yes, judged := map[string]int{}, 0
	for i, text := range texts {
		var want [9]bool
		targets := make([]any, len(want))
		for k := range want {
			targets[k] = &want[k]
		}
		if err := results.QueryRow().Scan(targets...); err != nil {
			t.Fatalf("%v: %v", text, err)
		}
		if !want[len(relations)] {
			continue
		}
		judged++
		for k, n := range relations {
			root, err := filter.ParseText(fmt.Sprintf("%s(geometry, %s)", n[0], text[1]))
			if err != nil {
				t.Fatal(err)
			}
			f, err := filter.New(root, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Matches(&spatial.Feature{Geometry: shapes[i]}); got != want[k] {
				t.Errorf("%s of %s and %s: PostGIS says %v", n[0], text[0], text[1], want[k])
			}
			if want[k] {
				yes[n[0]]++
			}
		}
	}
	t.Logf("%d pairs: %v", judged, yes)
	for _, n := range relations {
		if yes[n[0]] < 5 {
			t.Errorf("%s was true of %d pairs only", n[0], yes[n[0]])
		}
	}
}
