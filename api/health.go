package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// health answers that the process lives.
func (s *Server) health(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return rest.WriteJSON(c, http.StatusOK, map[string]string{"status": "ok"})
}

// ready answers whether queries can be answered: the mirror is loaded, the store in reach,
// and the server not shutting down.
func (s *Server) ready(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	err := s.o.Ready(c.Request().Context())
	if err == nil && s.closing.Err() != nil {
		err = errors.New("shutting down")
	}
	if err != nil {
		// The reason is for the log: it may name files and hosts.
		p := &spatial.Problem{Kind: rest.ErrBusy, Code: "not-ready", Message: "the server is not ready to answer yet"}
		return fmt.Errorf("%w: %s", p, err.Error())
	}
	return rest.WriteJSON(c, http.StatusOK, map[string]string{"status": "ready"})
}
