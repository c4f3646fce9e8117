package rest

import (
	"strings"

	"github.com/labstack/echo/v4"
)

const keyCaller = "shikong.caller"

// SetCaller leaves the name of the token that the request was let in with.
func SetCaller(c echo.Context, name string) { c.Set(keyCaller, name) }

// Caller returns the name of the token that the request was let in with, "" for nobody.
func Caller(c echo.Context) string {
	name, _ := c.Get(keyCaller).(string)
	return name
}

// Bearer returns the token of the Authorization header (RFC 6750 §2.1), "" for none.
func Bearer(c echo.Context) string {
	scheme, token, ok := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
