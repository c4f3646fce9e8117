package api_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// house makes a version of a feature; floors tell its versions apart.
func house(id string, lon float64, floors int64, from, to string) spatial.Feature {
	at := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		return date(s)
	}
	return spatial.Feature{ID: id, Kind: "Building", Name: "house " + id,
		Geometry:   geom.NewPolygonFlat(geom.XY, []float64{lon, 22.5, lon + 0.0001, 22.5, lon + 0.0001, 22.5001, lon, 22.5001, lon, 22.5}, []int{10}),
		Valid:      spatial.Interval{Start: at(from), End: at(to)},
		Properties: spatial.NewProperties([]spatial.Property{{Name: "floors", Value: spatial.IntOf(floors)}})}
}

func listed(list ...spatial.Feature) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// story imports twice: the second delivery corrects the first.
func story(t *testing.T) (r *real, first, second time.Time) {
	t.Helper()
	r = newReal(t)
	for i, list := range [][]spatial.Feature{
		{house("old", 114, 3, "1990-01-01", "2010-01-01"), house("new", 114.001, 20, "2010-01-01", ""), house("wrong", 114.002, 1, "", "")},
		{house("old", 114, 3, "1990-01-01", "2005-01-01"), house("old", 114, 4, "2005-01-01", "2010-01-01"), house("new", 114.001, 22, "2010-01-01", "2024-01-01"),
			house("new", 114.0011, 22, "2024-01-01", "")},
	} {
		done, err := r.store.Apply(t.Context(), spatial.Import{Collection: spatial.Collection{Name: "houses"}, Model: "survey", Features: listed(list...)})
		if err != nil {
			t.Fatal(err)
		}
		if first, second = second, done.Recorded; i == 1 {
			break
		}
	}
	if err := r.mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, first, second
}

func (r *real) fetch(t *testing.T, path string) reply {
	t.Helper()
	return fetch(t, "GET", "http://"+r.address+path)
}

func TestAFeatureAtATime(t *testing.T) {
	r, first, _ := story(t)
	then := url.QueryEscape(spatial.FormatTime(first))
	rows := []struct {
		name, target string
		status       int
		floors       string
		memento      string
	}{
		{"as it stood", "old?datetime=2000-06-01", 200, `"floors":3`, "Sun, 31 Dec 1989 16:00:00 GMT"},
		{"as it was rebuilt", "old?datetime=2007-06-01", 200, `"floors":4`, "Fri, 31 Dec 2004 16:00:00 GMT"},
		{"as it was known then", "old?datetime=2007-06-01&recorded=" + then, 200, `"floors":3`, "Sun, 31 Dec 1989 16:00:00 GMT"},
		{"after its end", "old?datetime=2010-01-01", 410, "", ""},
		{"before its beginning", "old?datetime=1989-01-01", 404, "", ""},
		{"the last instant", "old?datetime=2009-12-31T23:59:59.999999%2B08:00", 200, `"floors":4`, "Fri, 31 Dec 2004 16:00:00 GMT"},
		{"without a time, ended: its last", "old", 200, `"floors":4`, ""},
		{"known once", "wrong?recorded=" + then, 200, `"floors":1`, first.Format(http.TimeFormat)},
		{"no longer known", "wrong", 404, "", ""},
		{"known once, at a time without bounds", "wrong?datetime=2000-01-01&recorded=" + then, 200, `"floors":1`, "Fri, 31 Dec 1999 16:00:00 GMT"},
		{"never known", "nobody?datetime=2000-01-01", 404, "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := r.fetch(t, "/collections/houses/items/"+row.target)
			if got.status != row.status || !strings.Contains(got.body, row.floors) || got.header.Get("Memento-Datetime") != row.memento {
				t.Fatalf("%d %q %s", got.status, got.header.Get("Memento-Datetime"), got.body)
			}
			pinned := strings.Contains(row.target, "datetime=") && strings.Contains(row.target, "recorded=")
			if strings.Contains(got.header.Get("Cache-Control"), "immutable") != pinned {
				t.Errorf("Cache-Control %s", got.header.Get("Cache-Control"))
			}
		})
	}
}

func TestVersionsLeadToEachOther(t *testing.T) {
	r, _, _ := story(t)
	var f feature
	r.get(t, "/collections/houses/items/new", &f)
	if rel(f.Links, "successor-version") != "" {
		t.Errorf("the last version has a successor: %v", f.Links)
	}
	before := rel(f.Links, "predecessor-version")
	got := fetch(t, "GET", before)
	if err := json.Unmarshal([]byte(got.body), &f); err != nil {
		t.Fatal(err)
	}
	if f.Properties["valid_from"] != "2009-12-31T16:00:00Z" || rel(f.Links, "successor-version") == "" || rel(f.Links, "predecessor-version") != "" {
		t.Errorf("behind %s is %s", before, got.body)
	}
}

func TestVersionsOfOneFeature(t *testing.T) {
	r, first, second := story(t)
	var now, all, then features
	r.get(t, "/collections/houses/items/new/versions", &now)
	r.get(t, "/collections/houses/items/new/versions?history=true", &all)
	r.get(t, "/collections/houses/items/new/versions?history=true&recorded="+url.QueryEscape(spatial.FormatTime(first)), &then)
	show := func(f features) (list []string) {
		for _, v := range f.Features {
			p := v.Properties
			list = append(list, fmt.Sprintln(p["floors"], p["valid_from"], p["valid_to"], p["recorded_from"], p["recorded_to"]))
		}
		return list
	}
	one, two := spatial.FormatTime(first), spatial.FormatTime(second)
	want := []string{"22 2009-12-31T16:00:00Z 2023-12-31T16:00:00Z " + two + " <nil>\n", "22 2023-12-31T16:00:00Z <nil> " + two + " <nil>\n"}
	if diff := cmp.Diff(want, show(now)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(append([]string{"20 2009-12-31T16:00:00Z <nil> " + one + " " + two + "\n"}, want...), show(all)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"20 2009-12-31T16:00:00Z <nil> " + one + " <nil>\n"}, show(then)); diff != "" {
		t.Error(diff)
	}
	if page := r.fetch(t, "/collections/houses/items/new/versions?f=html&history=true"); page.status != 200 || !strings.Contains(page.body, "floors") {
		t.Errorf("%d %s", page.status, page.body)
	}
	if got := r.fetch(t, "/collections/houses/items/nobody/versions"); got.status != 404 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

type changeList struct {
	Revision int64
	Changes  []struct{ Revision, Added, Changed, Ended int64 }
	Links    []link
}

func TestTheChangeFeed(t *testing.T) {
	r, first, _ := story(t)
	var all, page, rest, since changeList
	r.get(t, "/collections/houses/changes", &all)
	if got := fmt.Sprint(all.Changes); got != "[{1 3 0 0} {2 0 2 1}]" || all.Revision != 2 {
		t.Errorf("%s up to %d", got, all.Revision)
	}
	r.get(t, "/collections/houses/changes?limit=1", &page)
	next := fetch(t, "GET", rel(page.Links, "next"))
	if err := json.Unmarshal([]byte(next.body), &rest); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(page.Changes, rest.Changes) != "[{1 3 0 0}] [{2 0 2 1}]" {
		t.Errorf("the pages are %v and %v", page.Changes, rest.Changes)
	}
	r.get(t, "/collections/houses/changes?since="+url.QueryEscape(spatial.FormatTime(first)), &since)
	if fmt.Sprint(since.Changes) != "[{2 0 2 1}]" {
		t.Errorf("since the first: %v", since.Changes)
	}
	var none changeList
	r.get(t, "/collections/houses/changes?since=2", &none)
	if none.Changes == nil || len(none.Changes) != 0 || !strings.HasSuffix(rel(none.Links, "next"), "since=2") {
		t.Errorf("since the last: %+v", none)
	}
}

type diffDoc struct {
	Counts  map[string]int
	Changes []struct {
		ID, Change string
		Changed    []string
		Moved      float64
		Before     *feature
		After      *feature
	}
	Links []link
}

func (d diffDoc) String() string {
	var out []string
	for _, c := range d.Changes {
		s := c.ID + " " + c.Change
		if c.Changed != nil {
			s += fmt.Sprintf(" %s %.2f", strings.Join(c.Changed, ","), c.Moved)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestWhatDiffers(t *testing.T) {
	r, first, second := story(t)
	one, two := spatial.FormatTime(first), spatial.FormatTime(second)
	rows := []struct{ name, query, want string }{
		{"rebuilt", "between=2000-01-01,2007-01-01", "old changed floors 0.00"},
		{"one goes, one comes", "between=2000-01-01,2012-01-01", "new added; old removed"},
		{"moved", "between=2012-01-01,2025-01-01", "new moved geometry 10.29"},
		{"as it was known then", "between=2000-01-01,2007-01-01&recorded=" + one, ""},
		{"what became known of now", "recorded-between=" + one + "," + two, "new changed floors,geometry 10.29; wrong removed"},
		{"what became known of then", "datetime=2007-01-01&recorded-between=" + one + "," + two, "old changed floors 0.00; wrong removed"},
		{"before anything was known", "recorded-between=2000-01-01," + one, "new added; wrong added"},
		{"in a box", "between=2000-01-01,2012-01-01&bbox=114.0005,22,115,23", "new added"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var d diffDoc
			r.get(t, "/collections/houses/diff?"+row.query, &d)
			if d.String() != row.want {
				t.Fatalf("got %s, want %s", d, row.want)
			}
			if n := d.Counts["added"] + d.Counts["changed"] + d.Counts["moved"] + d.Counts["removed"]; n != len(d.Changes) {
				t.Errorf("counts %v", d.Counts)
			}
		})
	}
	var page, rest diffDoc
	r.get(t, "/collections/houses/diff?between=2000-01-01,2012-01-01&limit=1", &page)
	if err := json.Unmarshal([]byte(fetch(t, "GET", rel(page.Links, "next")).body), &rest); err != nil {
		t.Fatal(err)
	}
	if page.String() != "new added" || rest.String() != "old removed" || page.Counts["removed"] != 1 || rel(rest.Links, "next") != "" {
		t.Errorf("the pages are %s %v and %s", page, page.Counts, rest)
	}
	for query, parameter := range map[string]string{"": "between", "between=2000-01-01": "between", "between=2001-01-01,2000-01-01": "between",
		"between=2000-01-01,2001-01-01&recorded-between=2000-01-01,2001-01-01": "between", "between=2000-01-01,2001-01-01&datetime=2000-01-01": "datetime",
		"recorded-between=2000-01-01,2001-01-01&recorded=2000-01-01": "recorded", "between=2000-01-01,2016-12-31T23:59:60Z": "between"} {
		if got := r.fetch(t, "/collections/houses/diff?"+query); got.status != 400 || !strings.Contains(got.body, `"parameter":"`+parameter+`"`) {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	if page := r.fetch(t, "/collections/houses/diff?between=2000-01-01,2012-01-01&f=html"); page.status != 200 || !strings.Contains(page.body, "removed") {
		t.Errorf("%d %s", page.status, page.body)
	}
}
