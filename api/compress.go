package api

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

const (
	// gzipLevel is the sweet spot of the library: about half the size at 150 MB/s.
	gzipLevel = 2
	// gzipLeast is the size below which compression does not pay.
	gzipLeast = 1024
)

// zippers are the gzip writers that all requests of a server share: each takes a megabyte.
type zippers struct{ pool sync.Pool }

// compress answers text in gzip to clients that take it. What is compressed already, small
// or streamed event by event passes as it is.
func (s *Server) compress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
		if !acceptsGzip(c.Request()) || c.Request().Method == http.MethodHead {
			return next(c)
		}
		res := c.Response()
		plainWriter := res.Writer
		w := &gzipWriter{ResponseWriter: plainWriter, shared: &s.zippers}
		res.Writer = w
		err := next(c)
		res.Writer = plainWriter
		if err != nil && !res.Committed {
			return err // the problem document is written plain
		}
		if err != nil {
			w.drop()
			return err
		}
		return w.finish()
	}
}

// acceptsGzip reports whether the client takes gzip (RFC 9110 §12.5.3).
func acceptsGzip(r *http.Request) bool {
	for _, line := range r.Header.Values(echo.HeaderAcceptEncoding) {
		for part := range strings.SplitSeq(line, ",") {
			name, q, _ := strings.Cut(part, ";")
			if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
				continue
			}
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
		}
	}
	return false
}

// gzipWriter decides at the first write whether the body is worth compressing; until then
// it holds the status back.
type gzipWriter struct {
	http.ResponseWriter
	shared *zippers
	status int
	gz     *gzip.Writer
	begun  bool
}

func (w *gzipWriter) WriteHeader(status int) {
	if status >= 100 && status < 200 {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.status = status
}

func (w *gzipWriter) Write(p []byte) (int, error) {
	if !w.begun {
		w.begin(len(p))
	}
	if w.gz != nil {
		return w.gz.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

func (w *gzipWriter) begin(first int) {
	w.begun = true
	h := w.Header()
	if first >= gzipLeast && h.Get(echo.HeaderContentEncoding) == "" && isText(h.Get(echo.HeaderContentType)) {
		h.Set(echo.HeaderContentEncoding, "gzip")
		h.Del(echo.HeaderContentLength)
		gz, ok := w.shared.pool.Get().(*gzip.Writer)
		if !ok {
			gz, _ = gzip.NewWriterLevel(nil, gzipLevel) // the level is a constant that is valid
		}
		gz.Reset(w.ResponseWriter)
		w.gz = gz
	}
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
}

// Flush sends what is there, for event streams.
func (w *gzipWriter) Flush() {
	if !w.begun {
		w.begin(0)
	}
	if w.gz != nil {
		_ = w.gz.Flush() // the next write tells
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush() // a writer that cannot flush has nothing to flush
}

// Unwrap lets http.ResponseController reach the connection.
func (w *gzipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *gzipWriter) finish() error {
	if !w.begun && w.status != 0 {
		w.begin(0)
	}
	if w.gz == nil {
		return nil
	}
	err := w.gz.Close()
	w.drop()
	return err
}

func (w *gzipWriter) drop() {
	if w.gz != nil {
		w.gz.Reset(io.Discard)
		w.shared.pool.Put(w.gz)
		w.gz = nil
	}
}

// isText reports whether a media type is worth compressing.
func isText(media string) bool {
	media, _, _ = strings.Cut(media, ";")
	switch {
	case media == "text/event-stream":
		return false
	case strings.HasPrefix(media, "text/"), strings.HasSuffix(media, "json"), strings.HasSuffix(media, "xml"), strings.HasSuffix(media, "javascript"):
		return true
	}
	return media == "application/wasm"
}
