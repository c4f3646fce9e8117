package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/api"
)

type link struct{ Href, Rel, Type string }

type feature struct {
	Type       string
	ID         string
	Geometry   json.RawMessage
	Distance   *float64
	Properties map[string]any
	Links      []link
}

type features struct {
	Type           string
	Features       []feature
	NumberMatched  *int
	NumberReturned int
	TimeStamp      string
	Datum          string
	Links          []link
}

func (f features) ids() string {
	list := []string{}
	for _, one := range f.Features {
		list = append(list, one.ID)
	}
	return strings.Join(list, ",")
}

func rel(links []link, name string) string {
	for _, l := range links {
		if l.Rel == name {
			return l.Href
		}
	}
	return ""
}

func TestAFeatureIsWrittenInFull(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct{ target, want string }{
		"a house": {"/collections/houses/items/b", `{"type":"Feature","id":"b","geometry":{"type":"Polygon","coordinates":[[` +
			`[114.052,22.54],[114.0525,22.54],[114.0525,22.5405],[114.052,22.5405],[114.052,22.54]]]},` +
			`"properties":{"class":"Building","name":"House b","model":"plan","z_min":0,"z_max":12,"underground":false,` +
			`"valid_from":"2019-12-31T16:00:00Z","recorded_from":"2023-01-01T00:00:00Z","storeys":30,"use":"office"}`},
		"a tunnel, with heights, whose id has a slash and a space": {"/collections/metro/items/line%2F1%20tunnel",
			`{"type":"Feature","id":"line/1 tunnel","geometry":{"type":"LineString","coordinates":[[114.05,22.54,-20],[114.06,22.55,-25.5]]},` +
				`"properties":{"class":"Tunnel","model":"metro","z_min":-25.5,"z_max":-20,"underground":true,"recorded_from":"2023-01-01T00:00:00Z"}`},
		"chosen properties only": {"/collections/houses/items/b?properties=use,z_max",
			`{"type":"Feature","id":"b","geometry":{"type":"Polygon","coordinates":[[[114.052,22.54],[114.0525,22.54],[114.0525,22.5405],[114.052,22.5405],[114.052,22.54]]]},` +
				`"properties":{"z_max":12,"use":"office"}`},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", c.target)
			got, tail, _ := strings.Cut(res.body, `,"links":`)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if res.header.Get("Content-Type") != "application/geo+json" {
				t.Errorf("Content-Type %s", res.header.Get("Content-Type"))
			}
			var links []link
			if err := json.Unmarshal([]byte(strings.TrimSuffix(tail, "}")), &links); err != nil {
				t.Fatal(err)
			}
			if self := rel(links, "self"); self != "http://example.com"+c.target {
				t.Errorf("self is %s", self)
			}
			if again := ask(t, s, "GET", strings.TrimPrefix(rel(links, "version-history"), "http://example.com")); again.status != 200 {
				t.Errorf("%s: status %d", rel(links, "version-history"), again.status)
			}
		})
	}
}

func TestFeaturesAreSorted(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct{ query, want string }{
		"by a property, what has none last":      {"sortby=storeys", "a,b,d"},
		"descending, what has none last as well": {"sortby=-storeys", "b,a,d"},
		"by two, a plus as it is":                {"sortby=+class,-name", "d,b,a"},
		"a plus escaped":                         {"sortby=%2Bz_max", "a,b,d"},
		"by id, descending":                      {"sortby=-id", "d,b,a"},
		"by the time from which it stands":       {"sortby=-valid_from&datetime=../..", "c,b,b,a,d,e"},
		"by what is not shown":                   {"sortby=-storeys&properties=use", "b,a,d"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, limit := range []string{"", "&limit=2", "&limit=1"} {
				ids, next := "", "/collections/houses/items?"+c.query+limit
				for next != "" {
					res := ask(t, s, "GET", strings.TrimPrefix(next, "http://example.com"))
					if res.status != 200 {
						t.Fatal(res.body)
					}
					page := decode[features](t, res)
					ids = strings.Trim(ids+","+page.ids(), ",")
					next = rel(page.Links, "next")
				}
				if ids != c.want {
					t.Errorf("%s%s: %s, want %s", c.query, limit, ids, c.want)
				}
			}
		})
	}
	for _, bad := range []string{"sortby=nothing", "sortby=geometry", "sortby=,", "sortby=-", "sortby=a,b,c,d,e,f,g,h,i"} {
		if res := ask(t, s, "GET", "/collections/houses/items?"+bad); res.status != 400 || !strings.Contains(res.body, `"parameter":"sortby"`) {
			t.Errorf("%s: %d %s", bad, res.status, res.body)
		}
	}
}

func TestFeaturesAreChosenByPlaceAndTime(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct{ query, want string }{
		"now when nobody says":                      {"", "a,b,d"},
		"an instant in the past":                    {"datetime=2005-01-01", "a,b,d,e"},
		"an instant in the future":                  {"datetime=2031-01-01T00:00:00Z", "a,b,c,d"},
		"the day on which it was rebuilt":           {"datetime=2020-01-01", "a,b,d"},
		"an interval that sees both versions":       {"datetime=2019-01-01/2021-01-01", "a,b,b,d"},
		"the closed end belongs to the interval":    {"datetime=2019-01-01/2019-12-31T16:00:00Z", "a,b,b,d"},
		"an instant before the closed end does not": {"datetime=2019-01-01/2019-12-31T15:59:59Z", "a,b,d"},
		"an end that is a day is the whole day":     {"datetime=2019-01-01/2020-01-01", "a,b,b,d"},
		"open to the past":                          {"datetime=../1989-01-01", "a,d,e"},
		"open to the future":                        {"datetime=2025-01-01/..", "a,b,c,d"},
		"all of time":                               {"datetime=../..", "a,b,b,c,d,e"},
		"a property by its name":                    {"use=office", "b"},
		"a number by its name":                      {"storeys=3", "a"},
		"a member of every feature by its name":     {"name=House%20d", "d"},
		"a truth value by its name":                 {"underground=true", ""},
		"a height by its name":                      {"z_max=11", "a"},
		"an id":                                     {"id=b", "b"},
		"two properties and a filter":               {"use=office&storeys=30&filter=z_max%3E1", "b"},
		"two properties that exclude each other":    {"use=office&storeys=3", ""},
		"a box":                                     {"bbox=114.0521,22.5401,114.0531,22.5402", "b"},
		"a box between the houses":                  {"bbox=114.0526,22.54,114.0529,22.5405", ""},
		"a box in the air":                          {"bbox=114,22,12.5,115,23,99", "d"},
		"a box across the antimeridian":             {"bbox=170,-30,114.0511,30", "a"},
		"before anything was known":                 {"recorded=2022-01-01", ""},
		"as known in the future":                    {"recorded=2030-01-01", "a,b,d"},
		"a filter":                                  {"filter=" + url.QueryEscape("use = 'office'"), "b"},
		"a filter in JSON":                          {"filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":"=","args":[{"property":"use"},"office"]}`), "b"},
		"JSON shows by itself":                      {"filter=" + url.QueryEscape(`{"op":"=","args":[{"property":"use"},"office"]}`), "b"},
		"a filter with geometry, box and time": {"bbox=114.05,22.5,114.0531,22.6&datetime=2031-01-01&filter=" +
			url.QueryEscape("S_INTERSECTS(geometry, BBOX(114.0521,22.5401,114.0531,22.5402)) OR id = 'c'"), "b,c"},
		"a filter on validity": {"datetime=../..&filter=" + url.QueryEscape("T_AFTER(valid, DATE('2019-01-01'))"), "b,c"},
		"both box and time":    {"bbox=114.05,22.5,114.0531,22.6&datetime=2031-01-01", "a,b,c"},
		"CRS84 by its name":    {"crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84&bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84&bbox=114.0521,22.5401,114.0531,22.5402", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", "/collections/houses/items?"+c.query)
			if res.status != 200 {
				t.Fatal(res.body)
			}
			got := decode[features](t, res)
			if got.ids() != c.want || *got.NumberMatched != len(got.Features) || got.NumberReturned != len(got.Features) {
				t.Errorf("got %q (matched %d, returned %d), want %q", got.ids(), *got.NumberMatched, got.NumberReturned, c.want)
			}
			if got.Type != "FeatureCollection" || got.TimeStamp != "2024-05-01T08:00:00Z" || got.Datum != "cgcs2000" {
				t.Errorf("type %s, timeStamp %s, datum %s", got.Type, got.TimeStamp, got.Datum)
			}
			if crs := res.header.Get("Content-Crs"); crs != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
				t.Errorf("Content-Crs %s", crs)
			}
		})
	}
	res := ask(t, s, "GET", "/collections/metro/items")
	if crs := res.header.Get("Content-Crs"); crs != "<http://www.opengis.net/def/crs/OGC/0/CRS84h>" {
		t.Errorf("ellipsoidal heights: Content-Crs %s", crs)
	}
}

func TestASingleFeatureIsTheOneOfItsTime(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct {
		target string
		status int
		use    any
	}{
		"valid now":                       {"b", 200, "office"},
		"the version of a time":           {"b?datetime=2000-01-01", 200, "shop"},
		"none of that time":               {"b?datetime=1980-01-01", 404, nil},
		"ended: the latest":               {"e", 200, "home"},
		"planned: the first":              {"c", 200, "home"},
		"not known then":                  {"b?recorded=2020-01-01", 404, nil},
		"the last version of an interval": {"b?datetime=1995-01-01/2021-01-01", 200, "office"},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", "/collections/houses/items/"+c.target)
			f := decode[feature](t, res)
			if res.status != c.status || f.Properties["use"] != c.use {
				t.Errorf("status %d, use %v; want %d, %v", res.status, f.Properties["use"], c.status, c.use)
			}
		})
	}
	list := decode[features](t, ask(t, s, "GET", "/collections/houses/items/b/versions"))
	if list.ids() != "b,b" || list.Features[0].Properties["use"] != "shop" {
		t.Errorf("versions: %+v", list)
	}
}

func TestNearestIsOrderedByDistance(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct{ target, want string }{
		"two of them":                   {"/collections/houses/nearest?point=114.0513,22.5402&k=2", "a 0.0; b 72.0"},
		"within a distance":             {"/collections/houses/nearest?point=114.0513,22.5402&max=80", "a 0.0; b 72.0"},
		"in the future":                 {"/collections/houses/nearest?point=114.0533,22.5402&k=1&datetime=2031-01-01", "c 0.0"},
		"from above":                    {"/collections/houses/nearest?point=114.0513,22.5402,111&k=1", "a 100.0"},
		"of those that a filter leaves": {"/collections/houses/nearest?point=114.0513,22.5402&k=2&filter=" + url.QueryEscape("id <> 'a'"), "b 72.0; d 277.7"},
		"more than are kept":            {"/collections/houses/nearest?point=114.0513,22.5402&k=99999999", "a 0.0; b 72.0; d 277.7"},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", c.target)
			got := decode[features](t, res)
			list := []string{}
			for _, f := range got.Features {
				if f.Distance == nil || f.Properties["distance"] != *f.Distance {
					t.Fatalf("distance %v, among the properties %v", f.Distance, f.Properties["distance"])
				}
				list = append(list, fmt.Sprintf("%s %.1f", f.ID, *f.Distance))
			}
			if s := strings.Join(list, "; "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestNextLinksGiveEachFeatureOnceWhileTheStoreAndTheClockGoOn(t *testing.T) {
	f, clock := city(), now
	s := newServer(t, api.Options{Reader: f, Now: func() time.Time { return clock }})
	target, seen, pages := "/collections/houses/items?limit=1&bbox=114,22,115,23&f=json", []string{}, 0
	for target != "" {
		page := decode[features](t, ask(t, s, "GET", target))
		if *page.NumberMatched != 3 {
			t.Errorf("page %d: matched %d", pages, *page.NumberMatched)
		}
		seen = append(seen, page.ids())
		target = strings.TrimPrefix(rel(page.Links, "next"), "http://example.com")
		clock = clock.AddDate(4, 0, 0) // by the third page c stands, and e is long gone
		if pages++; pages > 10 {
			t.Fatal("paging does not end")
		}
	}
	if got := strings.Join(seen, " "); got != "a b d" {
		t.Errorf("pages gave %s", got)
	}
}

func TestANextTokenFitsItsQueryOnly(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	page := decode[features](t, ask(t, s, "GET", "/collections/houses/items?limit=1"))
	u, err := url.Parse(rel(page.Links, "next"))
	if err != nil {
		t.Fatal(err)
	}
	token := u.Query().Get("next")
	for query, status := range map[string]int{"": 200, "&limit=2": 200, "&f=html": 200, "&bbox=1,2,3,4": 400, "&datetime=2020-01-01": 400} {
		if res := ask(t, s, "GET", "/collections/houses/items?next="+token+query); res.status != status {
			t.Errorf("%s: status %d, want %d", query, res.status, status)
		}
	}
}

// crsList is what a collection names: the systems of the OGC, those of EPSG, and the
// reference to all others.
func crsList(ogc string, codes ...int) []string {
	var out []string
	for _, name := range strings.Fields(ogc) {
		out = append(out, "http://www.opengis.net/def/crs/"+name)
	}
	for _, code := range codes {
		out = append(out, fmt.Sprint(epsg, code))
	}
	return out
}

func TestCollectionsSayWhatTheyHold(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	type doc struct {
		ID, Title, StorageCrs, VerticalCrs, Datum, ItemType string
		Crs                                                 []string
		ItemCount                                           int
		Extent                                              json.RawMessage
		Links                                               []link
	}
	list := decode[struct{ Collections []doc }](t, ask(t, s, "GET", "/collections"))
	if len(list.Collections) != 2 {
		t.Fatalf("%d collections", len(list.Collections))
	}
	for i := range list.Collections {
		for _, l := range list.Collections[i].Links {
			if res := ask(t, s, "GET", strings.TrimPrefix(l.Href, "http://example.com")); res.status != 200 {
				t.Errorf("%s: status %d", l.Href, res.status)
			}
		}
		list.Collections[i].Links = nil
	}
	want := []doc{
		{ID: "houses", Title: "Houses <of> the city", StorageCrs: epsg + "4490", VerticalCrs: "EPSG:5737",
			Datum: "cgcs2000", ItemType: "feature", Crs: crsList("OGC/1.3/CRS84", 2326, 3832, 3857, 4326, 4490, 4498, 4509, 4526, 4547, 4611, 32650), ItemCount: 7,
			Extent: json.RawMessage(`{"spatial":{"bbox":[[114.051,22.54,114.0555,22.5405]],"crs":"http://www.opengis.net/def/crs/OGC/1.3/CRS84"},` +
				`"temporal":{"interval":[["1989-12-31T16:00:00Z",null]],"trs":"http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}}`)},
		{ID: "metro", Title: "metro", StorageCrs: epsg + "4480", VerticalCrs: "ellipsoidal",
			Datum: "cgcs2000", ItemType: "feature", ItemCount: 1,
			Crs: crsList("OGC/0/CRS84h OGC/1.3/CRS84", 2326, 3832, 3857, 4326, 4480, 4490, 4498, 4509, 4526, 4547, 4611, 4979, 32650),
			Extent: json.RawMessage(`{"spatial":{"bbox":[[114.05,22.54,-25.5,114.06,22.55,-20]],"crs":"http://www.opengis.net/def/crs/OGC/0/CRS84h"},` +
				`"temporal":{"interval":[[null,null]],"trs":"http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}}`)},
	}
	if diff := cmp.Diff(want, list.Collections); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestThePropertiesAreDescribed(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	doc := decode[struct {
		Type       string
		Properties map[string]struct{ Type, Format string }
	}](t, ask(t, s, "GET", "/collections/houses/queryables"))
	for name, want := range map[string]string{"storeys": "integer", "use": "string", "z_max": "number", "class": "string", "valid_from": "string"} {
		if got := doc.Properties[name].Type; got != want {
			t.Errorf("%s has the type %q, want %q", name, got, want)
		}
	}
}

func TestPagesForPeopleEscapeWhatFilesHold(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for target, want := range map[string]string{
		"/collections?f=html":                          "Houses &lt;of&gt; the city",
		"/collections/houses/items?f=html":             "House b",
		"/collections/houses/items/d?f=html":           "&lt;script&gt;alert(1)&lt;/script&gt;",
		"/collections/houses/nearest?point=1,1&f=html": "House b",
		"/api?f=html": "/collections/{collectionId}/items",
	} {
		t.Run(target, func(t *testing.T) {
			res := ask(t, s, "GET", target)
			body := res.body
			if res.status != 200 || !strings.Contains(body, want) || strings.Contains(body, "<script") || strings.Contains(body, "<of>") {
				t.Errorf("status %d:\n%s", res.status, body)
			}
			if csp := res.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'none'") && !strings.Contains(csp, "script-src 'self'") {
				t.Errorf("Content-Security-Policy %q", csp)
			}
		})
	}
}

func TestAnAnswerThatBreaksInTheMiddleIsNotTakenForWhole(t *testing.T) {
	f := city()
	for i := range 5000 {
		v := f.versions[0]
		v.ID = fmt.Sprintf("n%05d", i)
		f.versions = append(f.versions, v)
	}
	f.failAfter = 4000
	s := newServer(t, api.Options{Reader: f})
	srv := httptest.NewServer(s)
	defer srv.Close()
	res, err := srv.Client().Get(srv.URL + "/collections/houses/items?limit=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("half an answer ended like a whole one")
	}
}
