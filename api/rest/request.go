package rest

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/spatial"
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

// AppendJSON appends the link as encoding/json writes it, but for the & of addresses, which
// stays as it is.
func (l *Link) AppendJSON(dst []byte) []byte {
	text := func(key, v string) { dst = spatial.StringOf(v).AppendJSON(append(dst, key...)) }
	text(`{"href":`, l.Href)
	text(`,"rel":`, l.Rel)
	if l.Type != "" {
		text(`,"type":`, l.Type)
	}
	if l.Title != "" {
		text(`,"title":`, l.Title)
	}
	if l.Templated {
		dst = append(dst, `,"templated":true`...)
	}
	return append(dst, '}')
}

// Self returns the URL of the request, with the query parameters in set put in or, where
// the value is "", taken out.
func Self(c echo.Context, set map[string]string) string {
	q := c.QueryParams()
	names := make([]string, 0, len(q)+len(set))
	for name := range q {
		if _, other := set[name]; !other {
			names = append(names, name)
		}
	}
	for name, v := range set {
		if v != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	u, path := Base(c), c.Request().URL.EscapedPath()
	if path != "/" || !strings.HasSuffix(u, "/") {
		u += path
	}
	return string(appendQuery([]byte(u), names, q, set))
}

// appendQuery appends the parameters of these names, of set before those of q.
func appendQuery(dst []byte, names []string, q url.Values, set map[string]string) []byte {
	sign := byte('?')
	for _, name := range names {
		values := q[name]
		if v, ok := set[name]; ok {
			values = []string{v}
		}
		for _, v := range values {
			dst = appendEscaped(append(dst, sign), name)
			dst = appendEscaped(append(dst, '='), v)
			sign = '&'
		}
	}
	return dst
}

// appendEscaped appends text as url.QueryEscape does, but for commas and colons of bbox and
// datetime, which are legal in a query and easier to read.
func appendEscaped(dst []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		switch b := text[i]; {
		case b == ' ':
			dst = append(dst, '+')
		case b >= '0' && b <= '9', b >= 'A' && b <= 'Z', b >= 'a' && b <= 'z', strings.IndexByte("-_.~,:", b) >= 0:
			dst = append(dst, b)
		default:
			dst = append(dst, '%', hex[b>>4], hex[b&15])
		}
	}
	return dst
}
