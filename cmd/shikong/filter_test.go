package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/spatial/postgis"
)

// natural are the layers of the GeoPackage that the conformance tests of CQL2 are about, and
// what is asked of them: the tests of annex A with its queryables in place. What matches is
// decided by the filter itself on every feature; few of them must match none or all.
var natural = map[string]string{
	"ne_110m_admin_0_countries": `NAME = 'Luxembourg' | NAME <> 'Luxembourg' | NAME > 'Luxembourg' | NAME <= 'Luxembourg' | POP_EST = 37589262 | POP_EST <> 37589262
		| POP_EST > 37589262 | POP_EST <= 37589262.0 | POP_EST BETWEEN 1000000 AND 5000000 | NAME IS NULL | NAME IS NOT NULL | NAME LIKE 'B_r%' | NAME LIKE 'b%' | NAME NOT LIKE '%a%'
		| NAME IN ('Kiribati', 'Kazakhstan', 'Germany') | NAME NOT IN ('Kiribati', 'Germany') | CASEI(NAME) IN (CASEI('kiribati'), CASEI('GERMANY')) | CASEI(NAME) LIKE CASEI('%LAND')
		| ACCENTI(NAME_EL) LIKE ACCENTI('Γερμ%') | ACCENTI(CASEI(NAME)) LIKE ACCENTI(CASEI('CÔTE%')) | S_INTERSECTS(geometry, BBOX(0, 40, 10, 50)) | S_INTERSECTS(geometry, BBOX(150, -90, -150, 90))
		| S_INTERSECTS(geometry, POINT(7.02 49.92)) | S_INTERSECTS(geometry, LINESTRING(-180 -45, 0 -45)) | S_INTERSECTS(geometry, LINESTRING(7 50, 10 51, 40 51)) | S_DISJOINT(geometry, BBOX(-180, -90, 180, 0))
		| S_DISJOINT(geometry, POLYGON((-180 -90, 180 -90, 180 0, -180 0, -180 -90))) | S_WITHIN(geometry, BBOX(-180, -90, 180, 0)) | S_CONTAINS(geometry, POINT(7.02 49.92))
		| S_CROSSES(geometry, LINESTRING(0 0, 40 51)) | S_OVERLAPS(geometry, BBOX(-180, -90, 180, 0)) | S_TOUCHES(geometry, BBOX(-180, -90, 180, 0)) | NAME = CONTINENT | NAME <> CONTINENT | POP_EST / 2 > 5000000
		| S_INTERSECTS(geometry, BBOX(0, 40, 10, 50)) AND NOT (POP_EST < 10000000) OR NAME = 'Fiji' | S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))))`,
	"ne_110m_populated_places_simple": `"date" = DATE('2022-04-16') | "date" <> DATE('2022-04-16') | "date" > DATE('2022-04-16') | "date" < DATE('2022-04-16') | "start" = TIMESTAMP('2022-04-16T10:13:19Z')
		| "start" < TIMESTAMP('2022-04-16T10:13:19Z') | "start" >= TIMESTAMP('2022-04-16T10:13:19Z') | "boolean" = TRUE | "boolean" = FALSE | "boolean" IS NULL | T_AFTER("date", DATE('2022-04-16'))
		| T_BEFORE("date", DATE('2022-04-16')) | T_DISJOINT("date", DATE('2022-04-16')) | T_EQUALS("date", DATE('2022-04-16')) | T_INTERSECTS("date", INTERVAL('2022-01-01', '2022-12-31'))
		| T_INTERSECTS(INTERVAL("start", "end"), INTERVAL('2023-01-01T00:00:00Z', '..')) | T_DURING(INTERVAL("start", "end"), INTERVAL('..', '2022-12-31')) | T_OVERLAPS(INTERVAL("start", "end"), INTERVAL('2022-06-01', '2023-06-01'))
		| T_CONTAINS(INTERVAL("start", "end"), INTERVAL('2022-05-01', '2022-06-01')) | pop_other > pop_max | pop_other = 1038288 | pop_other % 2 = 0 AND pop_max > 100000 | S_WITHIN(geometry, BBOX(0, 40, 10, 50))
		| S_INTERSECTS(geometry, MULTIPOINT((7.02 49.92), (90 180))) | S_EQUALS(geometry, POINT(6.1300028 49.6116604)) | name LIKE 'Kø%' | nameascii = name | distance(geometry, POINT(6.13 49.61)) < 500000`,
	"ne_110m_rivers_lake_centerlines": `name = 'Rhein' OR name LIKE 'A%' | S_CROSSES(geometry, BBOX(0, -10, 60, 10)) | S_WITHIN(geometry, BBOX(-80, -20, 0, 20)) | S_INTERSECTS(geometry, LINESTRING(-180 0, 180 0))
		| S_TOUCHES(geometry, BBOX(-180, -90, 180, 0)) | S_OVERLAPS(geometry, LINESTRING(0 0, 1 1)) | CASEI(name_de) LIKE CASEI('%FLUSS%')`,
}

func TestTheReadersAgreeOnTheOfficialTestData(t *testing.T) {
	source := samples.Path(t, "conformance/cql2/data/ne110m4cql2.gpkg")
	stores := map[string]spatial.Store{}
	file, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "world.gpkg"), gpkg.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	stores["gpkg"] = file
	if os.Getenv("SHIKONG_TEST_POSTGIS") != "" {
		shared, err := postgis.Open(t.Context(), database(t), postgis.Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shared.Close() })
		stores["postgis"] = shared
	} else {
		t.Log("SKIPPED: PostGIS is not asked, SHIKONG_TEST_POSTGIS is not set")
	}
	for layer := range natural {
		for _, s := range stores {
			copyLayer(t, source, layer, s)
		}
	}
	mirror := memory.NewMirror(file, memory.Options{})
	if err := mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	readers := map[string]spatial.Reader{"memory": mirror}
	for name, s := range stores {
		readers[name] = s
	}
	for layer, conditions := range natural {
		agree(t, readers, layer, strings.Split(conditions, "|"))
	}
}

func copyLayer(t *testing.T, source, layer string, to spatial.Store) {
	t.Helper()
	r, err := gpkg.OpenLayer(t.Context(), source, gpkg.LayerOptions{Options: intake.Options{}, Layer: layer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = to.Apply(t.Context(), spatial.Import{Collection: spatial.Collection{Name: layer}, Model: "m", NumberRepeats: true, Features: r.Features()})
	if err != nil {
		t.Fatal(err)
	}
}

func agree(t *testing.T, readers map[string]spatial.Reader, layer string, conditions []string) {
	t.Helper()
	coll, err := readers["memory"].Collection(t.Context(), layer)
	if err != nil {
		t.Fatal(err)
	}
	all := idsOf(t, readers["memory"], spatial.Query{Collection: layer})
	plain := 0
	for _, text := range conditions {
		root, err := filter.ParseText(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		f, err := filter.New(root, coll.Fields)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var want []string
		for feature, err := range readers["gpkg"].Features(t.Context(), spatial.Query{Collection: layer}) {
			if err != nil {
				t.Fatal(err)
			}
			if f.Matches(&feature) {
				want = append(want, feature.ID)
			}
		}
		if len(want) == 0 || len(want) == len(all) {
			plain++
			t.Logf("%s matches %d of %d", f, len(want), len(all))
		}
		for name, r := range readers {
			if got := idsOf(t, r, spatial.Query{Collection: layer, Filter: f}); !slices.Equal(got, want) {
				t.Errorf("%s of %s: %s finds %d, not %d", f, layer, name, len(got), len(want))
			}
		}
	}
	if 2*plain > len(conditions) {
		t.Errorf("%s: %d of %d conditions match none or all", layer, plain, len(conditions))
	}
}

func idsOf(t *testing.T, r spatial.Reader, q spatial.Query) []string {
	t.Helper()
	var ids []string
	for f, err := range r.Features(t.Context(), q) {
		if err != nil {
			t.Fatal(fmt.Errorf("%s: %w", q.Collection, err))
		}
		ids = append(ids, f.ID)
	}
	return ids
}
