package rest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/api/rest"
)

// An address of the request itself is what net/url makes of it, with commas and colons as
// they are.
func TestSelfIsTheRequestWithOtherParameters(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"113.9,22.5", "2024-05-01T08:00:00Z", "a b+c&d=e%2C", "", "时空/~-_."}))
	rapid.Check(t, func(t *rapid.T) {
		q, set := url.Values(rapid.MapOf(text, rapid.SliceOfN(text, 1, 2)).Draw(t, "query")), rapid.MapOf(text, text).Draw(t, "set")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/collections/h/items", nil)
		r.URL.RawQuery = q.Encode()
		c := echo.New().NewContext(r, httptest.NewRecorder())
		rest.SetRequest(c, "id", "http://city.example/base")
		for name, v := range set {
			q.Del(name)
			if v != "" {
				q.Set(name, v)
			}
		}
		want := "http://city.example/base/collections/h/items"
		if len(q) > 0 {
			want += "?" + strings.NewReplacer("%2C", ",", "%3A", ":").Replace(q.Encode())
		}
		if got := rest.Self(c, set); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}
