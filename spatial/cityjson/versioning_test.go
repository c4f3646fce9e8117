package cityjson_test

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/cityjson"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/intaketest"
)

// states reads the features of a file of several states: id, storeys and validity of each.
func states(open func() (io.ReadCloser, error), branch string) (list, notes []string, err error) {
	r, err := cityjson.NewReader(open, cityjson.Options{Options: intake.Options{CRS: "EPSG:4979"}, Branch: branch}, func(spatial.Issue) {})
	if err != nil {
		return nil, nil, err
	}
	for f, err := range r.Features() {
		if err != nil {
			return nil, nil, err
		}
		v, _ := f.Properties.Get("storeysAboveGround")
		day := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.Format("0102")
		}
		list = append(list, fmt.Sprintf("%s %s %s-%s", f.ID, v.Text(), day(f.Valid.Start), day(f.Valid.End)))
	}
	for _, n := range r.Notes() {
		notes = append(notes, n.Code)
	}
	slices.Sort(list)
	return list, notes, nil
}

const versioned = `{"type":"CityJSON","version":"1.1","transform":{"scale":[1,1,1],"translate":[0,0,0]},"vertices":[[114,22,0]],
	"CityObjects":{
		"a1":{"type":"Building","attributes":{"storeysAboveGround":1}},
		"a2":{"type":"Building","cityobject_id":"a","attributes":{"storeysAboveGround":2}},
		"b":{"type":"Building","attributes":{"storeysAboveGround":3}},
		"c":{"type":"Building","attributes":{"storeysAboveGround":4}}},
	"versioning":{"branches":{"main":"v4","side":"s"},"tags":{"then":"v2"},"versions":{
		"v1":{"date":"2019-01-01T00:00:00Z","objects":{"a":"a1","b":"b"}},
		"v2":{"date":"2019-02-01T00:00:00Z","parents":["v1"],"objects":{"a":"a2"}},
		"s":{"date":"2019-01-15T00:00:00Z","parents":["v1"],"objects":{"c":"c"}},
		"v3":{"date":"2019-03-01T00:00:00Z","parents":["v2","s"],"objects":{"b":"b"}},
		"v4":{"date":"2019-04-01T00:00:00Z","parents":["v3"],"objects":{"b":"b","a":"a2"}}}}}`

func TestStatesOfACityStandAfterEachOther(t *testing.T) {
	for branch, want := range map[string][]string{
		"":     {"a 1 0101-0201", "a 2 0201-0301", "a 2 0401-", "b 3 0101-0201", "b 3 0301-"},
		"main": {"a 1 0101-0201", "a 2 0201-0301", "a 2 0401-", "b 3 0101-0201", "b 3 0301-"},
		"side": {"a 1 0101-0115", "b 3 0101-0115", "c 4 0115-"},
		"then": {"a 1 0101-0201", "a 2 0201-", "b 3 0101-0201"},
		"v1":   {"a 1 0101-", "b 3 0101-"},
	} {
		got, notes, err := states(opener(versioned), branch)
		if err != nil || !slices.Equal(got, want) || len(notes) != 1 {
			t.Errorf("%q: %q, %v %v", branch, got, notes, err)
		}
	}
	// An object of which only the object itself knows what it is a state of.
	listed := strings.NewReplacer(`{"a":"a1","b":"b"}`, `["a1","b"]`, `"objects":{"a":"a2"}`, `"objects":["a2"]`).Replace(versioned)
	if got, _, err := states(opener(listed), "then"); err != nil || !slices.Equal(got, []string{"a 2 0201-", "a1 1 0101-0201", "b 3 0101-0201"}) {
		t.Errorf("%q %v", got, err)
	}
}

func TestStatesThatMakeNoSense(t *testing.T) {
	for name, c := range map[string]struct{ old, by, branch, code string }{
		"the branch is not there":            {"", "", "none", "branch-missing"},
		"no branch is the main one":          {`"main":"v4"`, `"other":"v4"`, "", "branch-missing"},
		"a version is not there":             {`"main":"v4"`, `"main":"v9"`, "", "invalid-versioning"},
		"a version comes before itself":      {`{"date":"2019-01-01T00:00:00Z",`, `{"date":"2019-01-01T00:00:00Z","parents":["v4"],`, "", "invalid-versioning"},
		"a version is older than its parent": {"2019-02-01", "2018-02-01", "", "invalid-versioning"},
		"a version is as old as its parent":  {"2019-02-01", "2019-01-01", "", "invalid-versioning"},
		"a date is none":                     {"2019-02-01T00:00:00Z", "once", "", "invalid-versioning"},
	} {
		if _, _, err := states(opener(strings.Replace(versioned, c.old, c.by, 1)), c.branch); err == nil || intaketest.Code(t, err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := strings.Replace(versioned, `"main":"v4","side":"s"`, `"other":"v2"`, 1)
	if got, _, err := states(opener(one), ""); err != nil || len(got) != 3 {
		t.Errorf("the only branch: %q %v", got, err)
	}
}

func TestTheExamplesOfTheVersioningExtension(t *testing.T) {
	for _, name := range []string{"buildingBeforeAndAfter.json", "buildingBeforeAndAfterWithHashes.json"} {
		t.Run(name, func(t *testing.T) {
			path := samples.Path(t, "cityjson/versioning/Examples/dummy/"+name)
			want := []string{"building01 1 0102-0204", "building01 2 0204-0304"}
			if got, _, err := states(func() (io.ReadCloser, error) { return os.Open(path) }, ""); err != nil || !slices.Equal(got, want) {
				t.Errorf("%q %v", got, err)
			}
		})
	}
}
