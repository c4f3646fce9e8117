package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/shikong-cim/shikong/api/rest"
)

// account gives the request its id and the base of its links, turns an error into its
// answer, and writes the log line and the metrics when all is over.
func (s *Server) account(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		trusted := s.trusts(c.Request())
		id := requestID(c.Request(), trusted)
		rest.SetRequest(c, id, s.base(c.Request(), trusted))
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		c.Response().Header().Set(echo.HeaderXContentTypeOptions, "nosniff")
		s.metrics.inFlight.Inc()
		var err error
		defer func() {
			s.metrics.inFlight.Dec()
			s.record(c, start, err)
		}()
		if err = next(c); err != nil {
			rest.WriteProblem(c, err)
		}
		return nil
	}
}

// record writes the log line and the metrics of a request that is over.
func (s *Server) record(c echo.Context, start time.Time, err error) {
	status, took := c.Response().Status, time.Since(start)
	if err != nil && !c.Response().Committed {
		status = rest.Status(err)
	}
	route := c.Path()
	if route == "" || route == "/*" {
		route = "-"
	}
	s.metrics.observe(c.Request().Method, route, status, took, c.Response().Size)
	level, ctx := slog.LevelInfo, context.WithoutCancel(c.Request().Context())
	switch {
	case status == http.StatusServiceUnavailable:
		level = slog.LevelWarn // nothing is broken: the client is asked to come again
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case status < http.StatusBadRequest && strings.Contains(route, "/tiles/"):
		level = slog.LevelDebug // twenty for each move of a map
	}
	if !s.o.Logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", c.Request().Method),
		slog.String("route", route),
		slog.String("path", clipped(c.Request().URL.EscapedPath())),
		slog.Int("status", status),
		slog.Int64("bytes", c.Response().Size),
		slog.Duration("took", took),
		slog.String("request", rest.RequestID(c)),
		slog.String("client", c.RealIP()),
	}
	if name := rest.Caller(c); name != "" {
		attrs = append(attrs, slog.String("token", name))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	if level == slog.LevelError {
		attrs = append(attrs, slog.String("query", clipped(c.Request().URL.RawQuery)))
	}
	s.o.Logger.LogAttrs(ctx, level, "request", attrs...)
}

func clipped(s string) string {
	const most = 300
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// recovered turns a panic in a handler into an error with its stack, so that it becomes a
// 500 and a log line, and the server goes on.
func (s *Server) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch r := recover(); {
			case r == nil:
			case r == http.ErrAbortHandler: //nolint:errorlint // the very value is what net/http compares with
				panic(r) //nolint:forbidigo // net/http breaks the connection off, which is what was meant
			default:
				s.metrics.panics.Inc()
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// cors lets the listed origins in and lets their pages read the headers that matter.
func (s *Server) cors() echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins: s.o.CORS,
		AllowMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders: []string{echo.HeaderAuthorization, echo.HeaderContentType, "If-Match", "If-None-Match", "Content-Crs", "Last-Event-Id", "Tus-Resumable",
			"Upload-Length", "Upload-Metadata", "Upload-Offset"},
		ExposeHeaders: []string{"Content-Crs", "ETag", "Link", "OGC-NumberMatched", "OGC-NumberReturned", "OGC-Revision", echo.HeaderLocation, echo.HeaderXRequestID, "Tus-Resumable",
			"Upload-Length", "Upload-Offset"},
		MaxAge: int((time.Hour).Seconds()),
	})
}

// within bounds a request in time and body. The deadlines of the connection hold also while
// a slow client reads.
func (s *Server) within(k kind, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		rc := http.NewResponseController(c.Response().Writer)
		if k != plain {
			// Uploads and event streams last as long as they show life: they set their own.
			ignore(rc.SetWriteDeadline(time.Time{}))
			return next(c)
		}
		limit := s.o.Limits.RequestTimeout
		ctx, cancel := context.WithTimeout(c.Request().Context(), limit)
		defer cancel()
		r := c.Request().WithContext(ctx)
		if r.Body != nil && r.Body != http.NoBody {
			ignore(rc.SetReadDeadline(time.Now().Add(limit)))
			r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, s.o.Limits.BodyBytes)
		}
		ignore(rc.SetWriteDeadline(time.Now().Add(2 * limit)))
		c.SetRequest(r)
		err := next(c)
		if err != nil && ctx.Err() != nil && c.Request().Context().Err() != nil {
			// Whatever a store makes of it, the cause is the clock or the client.
			return errors.Join(context.Cause(ctx), err)
		}
		return err
	}
}

// ignore marks an error that has no consequence: a connection that knows no deadlines, as
// in tests.
func ignore(error) {}

// trusts reports whether the peer of the connection is a proxy whose headers are believed.
func (s *Server) trusts(r *http.Request) bool {
	if len(s.o.TrustedProxies) == 0 {
		return false
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range s.o.TrustedProxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// clientIP finds the client's address: the peer's, or what trusted proxies say of it.
func (s *Server) clientIP() echo.IPExtractor {
	if len(s.o.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range s.o.TrustedProxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

func requestID(r *http.Request, trusted bool) string {
	if id := r.Header.Get(echo.HeaderXRequestID); trusted && id != "" && len(id) <= 64 &&
		strings.Trim(strings.ToLower(id), "abcdefghijklmnopqrstuvwxyz0123456789-_.") == "" {
		return id
	}
	return rand.Text()[:16]
}

// base returns what links begin with.
func (s *Server) base(r *http.Request, trusted bool) string {
	if s.o.PublicURL != "" {
		return s.o.PublicURL
	}
	scheme, host, prefix := "http", r.Host, s.o.BasePath
	if r.TLS != nil {
		scheme = "https"
	}
	if trusted {
		if v := r.Header.Get(echo.HeaderXForwardedProto); v == "http" || v == "https" {
			scheme = v
		}
		if v := r.Header.Get("X-Forwarded-Host"); v != "" {
			host = strings.TrimSpace(strings.Split(v, ",")[0])
		}
		if v := r.Header.Get("X-Forwarded-Prefix"); v != "" && prefix == "" {
			prefix = cleanBase(v)
		}
	}
	if strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-_.:[]") != "" {
		host = "localhost" // no name that a link could hold
	}
	return scheme + "://" + host + prefix
}
