package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/fixtures/samples"
)

// asked returns the ids that a query finds, sorted.
func asked(t *testing.T, args ...string) []string {
	t.Helper()
	ids := []string{}
	for line := range strings.Lines(must(t, append([]string{"query", "--format", "ndjson", "--limit", "100000"}, args...)...)) {
		var f struct{ ID string }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		ids = append(ids, f.ID)
	}
	slices.Sort(ids)
	return ids
}

// The Dutch register of addresses says of each when it began and ended. The judge is SQL on the
// file itself. A day is one of Beijing here; the file's have no time of day.
func TestAnAddressRegisterKeepsItsTimes(t *testing.T) {
	path := samples.Path(t, "temporal/bag/bag-temporal.gpkg")
	store := filepath.Join(t.TempDir(), "bag.gpkg")
	must(t, "import", path, "--store", store, "--layer", "verblijfsobjecten", "--collection", "bag", "--id", "nummer_id", "--valid-from", "datum_strt", "--valid-to", "datum_eind")
	db, err := sqlite.OpenConn(path, sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	last := 0
	for _, day := range []string{"1005-01-02", "1950-01-01", "1994-07-01", "2010-09-09", "2015-01-01", "2024-01-01"} {
		want := []string{}
		err := sqlitex.Execute(db, "SELECT nummer_id FROM verblijfsobjecten WHERE datum_strt <= ? AND (datum_eind IS NULL OR datum_eind > ?)", &sqlitex.ExecOptions{
			Args: []any{day, day}, ResultFunc: func(r *sqlite.Stmt) error { want = append(want, r.ColumnText(0)); return nil }})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		if got := asked(t, "bag", "--store", store, "--at", day); !slices.Equal(got, want) {
			t.Errorf("at %s: %d addresses, the file has %d", day, len(got), len(want))
		}
		last = max(last, len(want))
	}
	if last < 1000 {
		t.Errorf("at most %d addresses at any time", last)
	}
	if then := asked(t, "bag", "--store", store, "--as-of", "2020-01-01"); len(then) != 0 {
		t.Errorf("%d addresses were recorded before the import", len(then))
	}
}

// Three states of a city model, each delivered with the day from which it holds.
func TestACityModelIsContinued(t *testing.T) {
	folder := filepath.Dir(samples.Path(t, "cityjson/versioning/Examples/rotterdam/initial.json"))
	store := filepath.Join(t.TempDir(), "r.gpkg")
	for _, state := range [][2]string{{"initial.json", "2008-11-01"}, {"initial_moved_roof.json", "2015-01-01"}, {"initial_deleted_building.json", "2020-01-01"}} {
		must(t, "import", filepath.Join(folder, state[0]), "--store", store, "--collection", "rotterdam", "--model", "city", "--crs", "EPSG:28992", "--from", state[1])
	}
	count := func(at string) int { return len(asked(t, "rotterdam", "--store", store, "--at", at)) }
	if got := [4]int{count("2008-10-31"), count("2008-11-01"), count("2019-12-31"), count("2020-01-01")}; got != [4]int{0, 853, 853, 852} {
		t.Errorf("buildings by time: %v", got)
	}
	for between, want := range map[string]string{"2010-01-01,2016-01-01": "1 moved, 0 removed", "2016-01-01,2021-01-01": "1 moved, 1 removed", "2010-01-01,2021-01-01": "0 moved, 1 removed"} {
		if out := must(t, "diff", "rotterdam", "--store", store, "--between", between); !strings.Contains(out, "0 added, 0 changed, "+want) {
			t.Errorf("between %s:\n%s", between, out)
		}
	}
}

// Two states of one building in one file, whose name does not say what it is.
func TestAFileOfSeveralStatesIsImported(t *testing.T) {
	path := samples.Path(t, "cityjson/versioning/Examples/dummy/buildingBeforeAndAfter.json")
	store := filepath.Join(t.TempDir(), "v.gpkg")
	must(t, "import", path, "--store", store, "--collection", "shire", "--crs", "EPSG:28992")
	for at, want := range map[string]string{"2019-01-01": "", "2019-01-15": "Bilbo Baggins", "2019-02-15": "Frodo Baggins", "2019-03-06": ""} {
		if out := must(t, "query", "shire", "--store", store, "--at", at, "--format", "ndjson"); (want == "") != (out == "") || !strings.Contains(out, want) {
			t.Errorf("at %s: %s", at, out)
		}
	}
}
