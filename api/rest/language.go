package rest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// Languages are those that pages are written in.
func Languages() []string { return []string{"en", "zh"} }

// Language chooses the language of a page: lang wins, then Accept-Language (RFC 9110 §12.5.4);
// without either, or where it names no other, it is English. It sets Vary.
func Language(c echo.Context) string {
	if lang := c.QueryParam("lang"); slices.Contains(Languages(), lang) {
		return lang
	}
	if h := c.Response().Header(); !slices.Contains(h.Values(echo.HeaderVary), "Accept-Language") {
		h.Add(echo.HeaderVary, "Accept-Language")
	}
	best, bestQ := Languages()[0], 0.0
	for part := range strings.SplitSeq(strings.Join(c.Request().Header.Values("Accept-Language"), ","), ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		q := 1.0
		if _, weight, ok := strings.Cut(params, "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(strings.TrimSpace(weight), 64); err != nil {
				continue
			}
		}
		if q > bestQ && slices.Contains(Languages(), lang) {
			best, bestQ = lang, q
		}
	}
	return best
}

// CheckLanguage refuses a lang that no page is written in.
func CheckLanguage(c echo.Context) error {
	if lang := c.QueryParam("lang"); lang != "" && !slices.Contains(Languages(), lang) {
		return BadParam("lang", lang, "no page is written in this language", "it is "+strings.Join(Languages(), " or "))
	}
	return nil
}
