package api

import (
	"errors"
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
		s.o.Logger.Warn("not ready", "error", err.Error(), "request", rest.RequestID(c))
		return &spatial.Problem{Kind: rest.ErrBusy, Code: "not-ready", Message: "the server is not ready to answer yet"}
	}
	return rest.WriteJSON(c, http.StatusOK, map[string]string{"status": "ready"})
}
