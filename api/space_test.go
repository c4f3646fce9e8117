package api_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/api"
)

// post sends a body and returns what was answered.
func post(t *testing.T, s *api.Server, target, media, body string) reply {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "POST", target, strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

func featuresOf(t *testing.T, r reply) features {
	t.Helper()
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	var out features
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWithinADistance(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	rows := []struct{ name, target, ids string }{
		{"of a point", "/collections/houses/within?geometry=POINT(114.051+22.54)&distance=110", "a,b"},
		{"of a line", "/collections/houses/within?geometry=LINESTRING(114.051+22.53,114.051+22.55)&distance=10", "a"},
		{"in a polygon", "/collections/houses/within?geometry=POLYGON((114+22,115+22,115+23,114+23,114+22))&distance=0&datetime=2000-01-01", "a,b,d,e"},
		{"in space", "/collections/metro/within?geometry=POINT+Z(114.05+22.54+100)&distance=125", "line/1 tunnel"},
		{"in space, too far", "/collections/metro/within?geometry=POINT+Z(114.05+22.54+100)&distance=119", ""},
		{"and in a box", "/collections/houses/within?geometry=POINT(114.051+22.54)&distance=110&bbox=114.0516,22,115,23", "b"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got := featuresOf(t, ask(t, s, "GET", r.target))
			if got.ids() != r.ids {
				t.Fatalf("got %s, want %s", got.ids(), r.ids)
			}
			for _, f := range got.Features {
				if f.Distance == nil {
					t.Errorf("%s has no distance", f.ID)
				}
			}
		})
	}
}

func TestWithinADistanceOfABody(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	const at = "/collections/houses/within?distance=110"
	point := `{"type":"Point","coordinates":[114.051,22.54]}`
	for name, body := range map[string]string{"a geometry": point, "a feature": `{"type":"Feature","properties":null,"geometry":` + point + `}`,
		"a collection": `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":` + point + `}]}`} {
		t.Run(name, func(t *testing.T) {
			if got := featuresOf(t, post(t, s, at, "application/geo+json", body)); got.ids() != "a,b" {
				t.Fatalf("got %s", got.ids())
			}
		})
	}
	first := featuresOf(t, post(t, s, at+"&limit=1", "application/json", point))
	next := strings.TrimPrefix(rel(first.Links, "next"), "http://example.com")
	if got := featuresOf(t, post(t, s, next, "application/json", point)); first.ids() != "a" || got.ids() != "b" || *got.NumberMatched != 2 {
		t.Errorf("the pages hold %s and %s of %v", first.ids(), got.ids(), *got.NumberMatched)
	}
	for name, r := range map[string]struct {
		reply
		status int
	}{
		"another body under the token of a page": {post(t, s, next, "application/json", strings.Replace(point, "114.051", "114.052", 1)), 400},
		"no GeoJSON":                             {post(t, s, at, "application/json", `{"a":1}`), 400},
		"no geometry":                            {post(t, s, at, "application/json", `{"type":"Feature","properties":{},"geometry":null}`), 400},
		"another type":                           {post(t, s, at, "text/plain", point), 415},
		"metres":                                 {post(t, s, at, "application/json", `{"type":"Point","coordinates":[505952,2493940]}`), 400},
	} {
		if r.reply.status != r.status {
			t.Errorf("%s: %d %s", name, r.reply.status, r.body)
		}
	}
}

func TestWithinSaysWhatIsMissing(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for target, parameter := range map[string]string{
		"geometry=POINT(1+1)":                      "distance",
		"distance=5":                               "geometry",
		"distance=x&geometry=POINT(1+1)":           "distance",
		"distance=5&geometry=PUNKT(1+1)":           "geometry",
		"distance=5&geometry=POINT(1+1)&point=1,1": "point",
	} {
		r := ask(t, s, "GET", "/collections/houses/within?"+target)
		if r.status != 400 || !strings.Contains(r.body, `"parameter":"`+parameter+`"`) {
			t.Errorf("%s: %d %s", target, r.status, r.body)
		}
	}
}
