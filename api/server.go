package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/api/rest"
)

// Server answers HTTP. Make it with New. It is an http.Handler, so that tests and other
// servers can use it without a port.
type Server struct {
	o       Options
	echo    *echo.Echo
	ogc     *ogc.Service
	metrics *metrics
	guard   *guard
	feed    *feed
	web     *website
	routes  []route
	zippers zippers

	// closing ends what does not end by itself: event streams.
	closing context.Context
	close   context.CancelFunc

	mu   sync.Mutex
	http *http.Server
}

// New wires a server. It starts nothing and opens no port.
func New(o Options) (*Server, error) {
	o = o.filled()
	s := &Server{o: o, metrics: newMetrics(o.Registry), guard: newGuard(o.Tokens, o.Limits.TokenFailures, o.Now)}
	s.closing, s.close = context.WithCancel(context.Background()) //nolint:forbidigo // ends with Shutdown
	editing := ogc.Editing{RequireMatch: o.RequireMatch}
	if o.Writable {
		editing.Store = o.Store
	}
	s.ogc = ogc.New(ogc.Options{Reader: o.Reader, Title: o.Title, Description: o.Description, Limits: o.Limits.Limits,
		Now: o.Now, Release: o.Version, Imports: o.Imports != nil, Tiles: o.Tiles != nil, Editing: editing})
	s.feed = newFeed(o.Reader, o.Limits.Poll)
	web, err := newWebsite(o.Web)
	if err != nil {
		return nil, err
	}
	s.web = web
	s.echo = s.router()
	return s, nil
}

// router makes the Echo instance: middleware, and the routes of routes.go.
func (s *Server) router() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(discard{})
	e.IPExtractor = s.clientIP()
	// Errors are answered by the middleware; this is what Echo itself cannot bring there.
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if !c.Response().Committed {
			rest.WriteProblem(c, err)
		}
	}
	e.Use(s.account, s.recovered)
	if len(s.o.CORS) > 0 {
		e.Use(s.cors())
	}
	e.Use(s.compress, s.files)
	s.routes = s.table()
	s.register(e, s.routes)
	return e
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// ServeHTTP answers one request. A path that begins with the base path is understood
// without it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	base := s.o.BasePath
	switch {
	case base == "":
	case r.URL.Path == base:
		// The map loads what it needs by relative addresses: it must stand in the folder.
		http.Redirect(w, r, base+"/", http.StatusPermanentRedirect)
		return
	case strings.HasPrefix(r.URL.Path, base+"/"):
		inner, u := *r, *r.URL
		u.Path, u.RawPath = strings.TrimPrefix(u.Path, base), strings.TrimPrefix(u.RawPath, base)
		inner.URL = &u
		r = &inner
	}
	s.echo.ServeHTTP(w, r)
}

// Serve answers on the listener until Shutdown, and then closes it and returns nil. It sets the limits on
// headers and idle connections that an http.Handler alone cannot have.
func (s *Server) Serve(l net.Listener) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.o.Limits.HeaderTimeout,
		IdleTimeout:       s.o.Limits.IdleTimeout,
		MaxHeaderBytes:    s.o.Limits.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.o.Logger.Handler(), slog.LevelDebug),
	}
	s.mu.Lock()
	before, over := s.http, s.closing.Err() != nil
	if before == nil && !over {
		s.http = srv
	}
	s.mu.Unlock()
	switch {
	case over:
		return l.Close()
	case before != nil:
		return errors.New("serve: the server serves already")
	}
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}

// Shutdown ends event streams, lets requests that are under way finish until ctx ends, and
// then breaks them off. Uploads are broken off at once where they stand: their clients go on
// when the server is back. Imports under way are the business of their Service.
func (s *Server) Shutdown(ctx context.Context) error {
	s.close()
	if s.o.Imports != nil {
		s.o.Imports.Interrupt()
	}
	s.mu.Lock()
	srv := s.http
	s.mu.Unlock()
	var err error
	if srv != nil {
		if err = srv.Shutdown(ctx); err != nil {
			err = fmt.Errorf("shutdown: %w", errors.Join(err, srv.Close()))
		}
	}
	s.feed.wait()
	return err
}

// imports returns the handlers of uploads.
func (s *Server) imports() imports.Handlers { return imports.HandlersOf(s.o.Imports) }
