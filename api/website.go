package api

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/api/rest"
)

// policy keeps pages from loading or sending anything beyond their origin. The map makes
// its workers and images from blobs and styles its controls inline.
const policy = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; " +
	"script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"

// asset is one file of the web map, compressed once.
type asset struct {
	media   string
	plain   []byte
	gzipped []byte // nil when compression does not pay
	tag     string
	forever bool // its name holds a hash of its content
}

// website serves the built web map.
type website struct {
	index  []byte // nil without a web map
	assets map[string]asset
	head   *template.Template
}

// newWebsite reads the files once; they are a few megabytes and embedded in the binary.
func newWebsite(files fs.FS) (*website, error) {
	w := &website{assets: map[string]asset{}, head: template.Must(template.New("head").Parse(headSource))}
	if files == nil {
		return w, nil
	}
	index, err := fs.ReadFile(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil // built without the web map
	}
	if err != nil {
		return nil, fmt.Errorf("web map: %w", err)
	}
	w.index = index
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "index.html" || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		w.assets[name], err = newAsset(name, body)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("web map: %w", err)
	}
	return w, nil
}

func newAsset(name string, body []byte) (asset, error) {
	a := asset{media: mime.TypeByExtension(path.Ext(name)), plain: body, tag: rest.StrongTag(string(body)),
		forever: strings.HasPrefix(name, "assets/")}
	switch path.Ext(name) { // what the system's table may not know
	case ".js", ".mjs":
		a.media = "text/javascript; charset=utf-8"
	case ".wasm":
		a.media = "application/wasm"
	case ".webmanifest":
		a.media = "application/manifest+json"
	case ".map":
		a.media = rest.MediaJSON
	}
	if a.media == "" {
		a.media = "application/octet-stream"
	}
	if !isText(a.media) || len(body) < gzipLeast {
		return a, nil
	}
	var buf bytes.Buffer
	gz, err := gzip.NewWriterLevel(&buf, gzip.DefaultCompression)
	if err != nil {
		return a, err
	}
	if _, err := gz.Write(body); err != nil {
		return a, err
	}
	if err := gz.Close(); err != nil {
		return a, err
	}
	a.gzipped = buf.Bytes()
	return a, nil
}

// home answers / : the map for browsers, the landing page for programs.
func (s *Server) home(c echo.Context) error {
	format, err := rest.Negotiate(c, rest.JSON(), rest.HTML())
	if err != nil {
		return err
	}
	if format.Name == "json" || s.web.index == nil {
		return s.ogc.Landing(c)
	}
	page, err := s.web.page(s.ogc.LandingOf(c))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-cache")
	h.Set(echo.HeaderContentSecurityPolicy, policy)
	if rest.NotModified(c, rest.WeakTag(string(page))) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, rest.MediaHTML, page)
}

// headSource is what the landing page says, as HTML that programs and people without
// scripts can read.
const headSource = `<title>{{.Title}}</title>
<meta name="description" content="{{.Description}}">
{{range .Links}}{{if ne .Rel "self"}}<link rel="{{.Rel}}" type="{{.Type}}" title="{{.Title}}" href="{{.Href}}">
{{end}}{{end}}`

// page returns the map's page with the landing page's title, description and links in it.
func (w *website) page(doc ogc.LandingDoc) ([]byte, error) {
	var head bytes.Buffer
	if err := w.head.Execute(&head, doc); err != nil {
		return nil, fmt.Errorf("head of the map: %w", err)
	}
	page := w.index
	if i, j := bytes.Index(page, []byte("<title>")), bytes.Index(page, []byte("</title>")); i >= 0 && j > i {
		return join(page[:i], head.Bytes(), page[j+len("</title>"):]), nil
	}
	if i := bytes.Index(page, []byte("</head>")); i >= 0 {
		return join(page[:i], head.Bytes(), page[i:]), nil
	}
	return page, nil
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// files answers addresses that no route has with a file of the web map, if there is one.
func (s *Server) files(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if !errors.Is(err, echo.ErrNotFound) {
			return err
		}
		a, ok := s.web.assets[strings.TrimPrefix(c.Request().URL.Path, "/")]
		if m := c.Request().Method; !ok || (m != http.MethodGet && m != http.MethodHead) {
			return err
		}
		return a.serve(c)
	}
}

// serve answers the file, compressed for those who take it.
func (a asset) serve(c echo.Context) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentSecurityPolicy, policy)
	h.Set(echo.HeaderCacheControl, "no-cache")
	if a.forever {
		h.Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	body, tag := a.plain, a.tag
	if a.gzipped != nil && acceptsGzip(c.Request()) {
		h.Set(echo.HeaderContentEncoding, "gzip")
		body, tag = a.gzipped, strings.TrimSuffix(a.tag, `"`)+`-gz"`
	}
	if rest.NotModified(c, tag) {
		h.Del(echo.HeaderContentEncoding)
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, a.media, body)
}
