package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// WeakTag returns a weak entity tag (RFC 9110 §8.8.3) that stands for the parts: what the
// answer is made from, such as the collection's revision and the query.
func WeakTag(parts ...string) string { return "W/" + StrongTag(parts...) }

// StrongTag returns a strong entity tag that stands for the parts.
func StrongTag(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12]) + `"`
}

// NotModified sets the ETag header and reports whether the client holds this version
// already; then the handler answers 304 before any work.
func NotModified(c echo.Context, tag string) bool {
	c.Response().Header().Set("ETag", tag)
	m := c.Request().Method
	if m != http.MethodGet && m != http.MethodHead {
		return false
	}
	return TagMatches(c.Request().Header.Values("If-None-Match"), tag)
}

// TagMatches reports whether an If-None-Match header names the tag, by the weak comparison
// that RFC 9110 §13.1.2 asks for.
func TagMatches(header []string, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for _, line := range header {
		for part := range strings.SplitSeq(line, ",") {
			part = strings.TrimSpace(part)
			if part == "*" || strings.TrimPrefix(part, "W/") == tag {
				return true
			}
		}
	}
	return false
}
