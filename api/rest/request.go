package rest

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// Media types of answers.
const (
	MediaJSON       = "application/json"
	MediaGeoJSON    = "application/geo+json"
	MediaJSONFG     = "application/vnd.ogc.fg+json"
	MediaGeoJSONSeq = "application/geo+json-seq"
	MediaCSV        = "text/csv; charset=utf-8"
	MediaProblem    = "application/problem+json"
	MediaHTML       = "text/html; charset=utf-8"
	MediaSchema     = "application/schema+json"
	MediaOpenAPI    = "application/vnd.oai.openapi+json;version=3.0"
	MediaMVT        = "application/vnd.mapbox-vector-tile"
	MediaEvents     = "text/event-stream"
)

// Keys of what the server's middleware leaves in the context.
const (
	keyRequestID = "shikong.request"
	keyBase      = "shikong.base"
)

// SetRequest leaves the id of the request and the base of links for the handlers: scheme,
// host and path before which every path of the interface stands, without a slash at its end.
func SetRequest(c echo.Context, id, base string) {
	c.Set(keyRequestID, id)
	c.Set(keyBase, base)
}

// RequestID returns the id of the request, as in the log.
func RequestID(c echo.Context) string {
	id, _ := c.Get(keyRequestID).(string)
	return id
}

// Base returns the URL before which every path of the interface stands, without a slash at
// its end, such as "https://city.example/shikong".
func Base(c echo.Context) string {
	base, _ := c.Get(keyBase).(string)
	return base
}

// PathParam returns a decoded path parameter. The router matches the escaped path when it
// differs from the plain one (an id with a slash in it), and then hands out escaped text.
func PathParam(c echo.Context, name string) string {
	v := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return v
	}
	if plain, err := url.PathUnescape(v); err == nil {
		return plain
	}
	return v
}

// Link is a web link as OGC API writes it.
type Link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// Self returns the URL of the request, with the query parameters in set put in or, where
// the value is "", taken out.
func Self(c echo.Context, set map[string]string) string {
	q := c.QueryParams()
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	for k, v := range set {
		out.Del(k)
		if v != "" {
			out.Set(k, v)
		}
	}
	path := c.Request().URL.EscapedPath()
	u := Base(c) + path
	if path == "/" && strings.HasSuffix(Base(c), "/") {
		u = Base(c)
	}
	if len(out) > 0 {
		// Commas and colons of bbox and datetime are legal in a query and easier to read.
		u += "?" + strings.NewReplacer("%2C", ",", "%3A", ":").Replace(out.Encode())
	}
	return u
}
