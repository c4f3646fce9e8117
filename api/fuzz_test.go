package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/api"
)

// FuzzRequest holds that no address, parameter or header makes the server fail: whatever is
// wrong with a request is the client's fault and said in a problem document.
func FuzzRequest(f *testing.F) {
	for _, path := range []string{"/", "/collections/houses/items", "/collections/houses/items/a", "/collections/houses/nearest", "/tiles/houses/14/13382/7138.mvt",
		"/tiles/houses.json", "/styles/default.json", "/models/houses/plan", "/imports", "/api", "/collections/houses/items/b/versions"} {
		f.Add(path, "bbox=1,2,3,4&datetime=2024-05-01/..", "text/html, */*;q=0.1")
	}
	f.Add("/collections/houses/items", "next=AQAAAW40C5z_s3qYAOX4uiY&limit=9", "application/geo+json")
	f.Add("/collections/houses/nearest", "point=114,22,5&k=3&max=1e300", "gzip")
	f.Add("/tiles/houses,metro/2/1/1.mvt", "z=-1,..&properties=a,b&recorded=2020", "")
	f.Add("/collections/houses/items", "filter=use%20LIKE%20'o%25'%20AND%20S_INTERSECTS(geometry,BBOX(1,2,3,4))", "")
	f.Add("//..;/%2e%2e/%00", "f=%zz", "\x00")
	city := city()
	cache, err := newCache(&drawn{})
	if err != nil {
		f.Fatal(err)
	}
	s, err := api.New(api.Options{Reader: city, Store: city, Tiles: cache, Now: func() time.Time { return now }, BasePath: "/sk"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path, query, accept string) {
		u, err := url.Parse(path)
		if err != nil || u.Path == "/events" || u.Path == "/sk/events" {
			return
		}
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: query}, Host: "example.com",
			Header: http.Header{"Accept": {accept}, "Accept-Encoding": {accept}, "If-None-Match": {accept}, "Authorization": {accept}}, Body: http.NoBody, RemoteAddr: "192.0.2.1:1"}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(t.Context()))
		switch {
		case w.Code >= 500 && w.Code != http.StatusNotImplemented:
			t.Errorf("%s?%s: status %d: %s", path, query, w.Code, w.Body)
		case w.Code >= 400:
			if !json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s?%s: status %d, no problem document: %s", path, query, w.Code, w.Body)
			}
		}
	})
}
