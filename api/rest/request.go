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
	a, list := AddressOf(c), make([]param, 0, len(set))
	for name, v := range set {
		list = append(list, change(name, v))
	}
	slices.SortFunc(list, paramOrder)
	return a.with(list...)
}

// Address is the URL of a request, of which links are made that differ in a parameter.
type Address struct {
	path   string  // all before the query
	params []param // by name
	size   int     // of their texts
}

// param is a query parameter and how it is written, "" for not at all.
type param struct{ name, text string }

// paramOf is a parameter with these values.
func paramOf(name string, values ...string) param {
	var dst []byte
	for i, v := range values {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendEscaped(append(appendEscaped(dst, name), '='), v)
	}
	return param{name, string(dst)}
}

// change is a parameter that is put in or, where the value is "", taken out.
func change(name, value string) param {
	if value == "" {
		return param{name: name}
	}
	return paramOf(name, value)
}

func paramOrder(a, b param) int { return strings.Compare(a.name, b.name) }

// AddressOf returns the URL of the request.
func AddressOf(c echo.Context) Address {
	q := c.QueryParams()
	path := c.Request().URL.EscapedPath()
	a := Address{path: Base(c), params: make([]param, 0, len(q))}
	if path != "/" || !strings.HasSuffix(a.path, "/") {
		a.path += path
	}
	for name, values := range q {
		p := paramOf(name, values...)
		a.params, a.size = append(a.params, p), a.size+1+len(p.text)
	}
	slices.SortFunc(a.params, paramOrder)
	return a
}

// String returns the URL.
func (a *Address) String() string { return a.with() }

// With returns the URL with a query parameter put in or, where the value is "", taken out.
func (a *Address) With(name, value string) string { return a.with(change(name, value)) }

// with returns the URL with parameters, sorted by name, in place of those of the request.
func (a *Address) with(set ...param) string {
	size := len(a.path) + a.size
	for _, p := range set {
		size += 1 + len(p.text)
	}
	dst, sign := append(make([]byte, 0, size), a.path...), byte('?')
	add := func(p param) {
		if p.text != "" {
			dst = append(append(dst, sign), p.text...)
			sign = '&'
		}
	}
	for _, p := range a.params {
		for len(set) > 0 && set[0].name < p.name {
			add(set[0])
			set = set[1:]
		}
		if len(set) > 0 && set[0].name == p.name {
			p, set = set[0], set[1:]
		}
		add(p)
	}
	for _, p := range set {
		add(p)
	}
	return string(dst)
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
