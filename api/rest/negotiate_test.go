package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

func TestTheFormatIsWhatTheClientPrefers(t *testing.T) {
	for name, c := range map[string]struct {
		query, accept string
		want          string
	}{
		"nothing is said":                 {"", "", "json"},
		"a program that takes anything":   {"", "*/*", "json"},
		"a browser":                       {"", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "html"},
		"GeoJSON":                         {"", "application/geo+json", "json"},
		"plain JSON":                      {"", "application/json", "json"},
		"HTML is liked less":              {"", "text/html;q=0.5, application/json", "json"},
		"JSON is excluded":                {"", "application/*;q=0, */*", "html"},
		"any text":                        {"", "text/*", "html"},
		"f wins":                          {"?f=json", "text/html", "json"},
		"f for a page":                    {"?f=html", "application/json", "html"},
		"GDAL":                            {"", "application/geo+json, application/json", "json"},
		"nothing that is to be had":       {"", "image/png", ""},
		"an unknown f":                    {"?f=gml", "", ""},
		"a weight beyond all":             {"", "text/html;q=7, application/json;q=0.1", "json"},
		"a header that cannot be read":    {"", ";;;", ""},
		"a header of which a part can be": {"", "///, text/html", "html"},
		"the more specific range decides": {"", "application/json;q=0.1, application/*;q=0.9, text/html;q=0.5, application/geo+json;q=0.1, application/vnd.geo+json;q=0", "html"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+c.query, nil)
			r.Header.Set("Accept", c.accept)
			ctx := echo.New().NewContext(r, httptest.NewRecorder())
			got, err := rest.Negotiate(ctx, rest.GeoJSON(), rest.HTML())
			if got.Name != c.want || (err == nil) != (c.want != "") {
				t.Errorf("got %q, %v", got.Name, err)
			}
			if ctx.Response().Header().Get("Vary") != "Accept" {
				t.Errorf("Vary %q", ctx.Response().Header().Get("Vary"))
			}
		})
	}
}

func TestAnEntityTagMatchesByItsText(t *testing.T) {
	tag := rest.WeakTag("a", "b")
	for name, c := range map[string]struct {
		header []string
		want   bool
	}{
		"the tag":                  {[]string{tag}, true},
		"the tag without its mark": {[]string{tag[2:]}, true},
		"a list":                   {[]string{`"x", ` + tag + `,"y"`}, true},
		"two headers":              {[]string{`"x"`, tag}, true},
		"anything":                 {[]string{"*"}, true},
		"another":                  {[]string{rest.WeakTag("ab")}, false},
		"a part":                   {[]string{tag[:8]}, false},
		"none":                     {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rest.TagMatches(c.header, tag); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestEveryKindOfErrorHasItsStatus(t *testing.T) {
	wrap := func(err error) error {
		return fmt.Errorf("outer: %w", &spatial.Problem{Kind: err, Code: "c", Message: "m", Hint: "h"})
	}
	for _, c := range []struct {
		err  error
		want rest.Problem
	}{
		{wrap(spatial.ErrNotFound), rest.Problem{Title: "Not Found", Status: 404, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(spatial.ErrInvalid), rest.Problem{Title: "Bad Request", Status: 400, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(spatial.ErrConflict), rest.Problem{Title: "Conflict", Status: 409, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(spatial.ErrUnsupported), rest.Problem{Title: "Not Implemented", Status: 501, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(spatial.ErrUnavailable), rest.Problem{Title: "Service Unavailable", Status: 503, Code: "c", Detail: "the store cannot answer now; try again later"}},
		{wrap(rest.ErrBusy), rest.Problem{Title: "Service Unavailable", Status: 503, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(rest.ErrUnauthorized), rest.Problem{Title: "Unauthorized", Status: 401, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(rest.ErrForbidden), rest.Problem{Title: "Forbidden", Status: 403, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(rest.ErrTooLarge), rest.Problem{Title: "Request Entity Too Large", Status: 413, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(rest.ErrTooMany), rest.Problem{Title: "Too Many Requests", Status: 429, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(rest.ErrChecksum), rest.Problem{Title: "Unprocessable Entity", Status: 422, Code: "c", Detail: "m", Hint: "h"}},
		{wrap(rest.ErrFull), rest.Problem{Title: "Insufficient Storage", Status: 507, Code: "c", Detail: "m", Hint: "h"}},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), rest.Problem{Title: "Service Unavailable", Status: 503, Code: "timeout", Detail: "the request took longer than this server allows; ask for less"}},
		{&http.MaxBytesError{Limit: 5}, rest.Problem{Title: "Request Entity Too Large", Status: 413, Code: "too-large", Detail: "the body is larger than 5 bytes"}},
		{errors.New("disk /dev/sda"), rest.Problem{Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "something went wrong on the server; the log has it under request r1"}},
		{echo.NewHTTPError(500, "secret"), rest.Problem{Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "something went wrong on the server; the log has it under request r1"}},
	} {
		t.Run(fmt.Sprint(c.err), func(t *testing.T) {
			c.want.Type, c.want.Instance = "about:blank", "urn:shikong:request:r1"
			if diff := cmp.Diff(c.want, rest.ProblemOf(c.err, "r1")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAProblemComesBackAsAnError(t *testing.T) {
	for _, kind := range []error{spatial.ErrNotFound, spatial.ErrInvalid, spatial.ErrConflict, rest.ErrForbidden, rest.ErrTooLarge, rest.ErrChecksum} {
		err := &spatial.Problem{Kind: kind, Code: "c", Message: "m", Hint: "h"}
		p := rest.ProblemOf(err, "")
		back := rest.ErrorOf(p.Status, []byte(`{"code":"c","detail":"m","hint":"h"}`))
		if !errors.Is(back, kind) || back.Error() != "m; h" {
			t.Errorf("%v came back as %v", err, back)
		}
	}
	if err := rest.ErrorOf(502, []byte("<html>")); !errors.Is(err, spatial.ErrUnavailable) || err.Error() != "the server answered 502 Bad Gateway" {
		t.Errorf("a proxy's error: %v", err)
	}
}
