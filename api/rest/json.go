package rest

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"
)

// JSONText returns the JSON of a value. The & of links stays as it is: what is shown in a
// page is escaped where the page is made.
func JSONText(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// WriteJSON answers a value that may not be kept by anybody on the way.
func WriteJSON(c echo.Context, status int, v any) error {
	body, err := JSONText(v)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		body = nil
	}
	return c.Blob(status, MediaJSON, body)
}
