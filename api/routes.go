package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// kind says how long a request may last and how much it may bring.
type kind int

const (
	plain  kind = iota // bounded in time and body
	upload             // brings a file; sets its own bounds
	stream             // lasts until somebody leaves
)

// route is one address: where it leads, and all that the OpenAPI document says of it.
type route struct {
	method string
	path   string // as OpenAPI writes it; a suffix behind a parameter belongs to the address
	handle echo.HandlerFunc
	about  string
	answer string   // of answers in openapi.go
	params []string // query parameters, of parameters in openapi.go; others are 400
	open   bool     // other query parameters ask for properties
	kind   kind
	write  bool // needs a token
}

// table is the one page of all addresses.
func (s *Server) table() []route {
	get, post, put, patch, del, head := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead
	o, in := s.ogc, s.imports()
	list := []route{
		{method: get, path: "/", handle: s.home, about: "Landing page; for browsers the map", answer: "landing", params: []string{"f"}},
		{method: get, path: "/conformance", handle: o.Conformance, about: "Conformance classes", answer: "conformance", params: []string{"f"}},
		{method: get, path: "/functions", handle: o.Functions, about: "The functions that filters can use beyond the standard's", answer: "functions", params: []string{"f"}},
		{method: get, path: "/api", handle: s.openAPI, about: "This document", answer: "openapi", params: []string{"f"}},

		{method: get, path: "/collections", handle: o.Collections, about: "All collections", answer: "collections", params: []string{"f"}},
		{method: get, path: "/collections/{collectionId}", handle: o.Collection, about: "One collection", answer: "collection", params: []string{"f"}},
		{method: get, path: "/collections/{collectionId}/queryables", handle: o.Queryables, about: "What can be asked for", answer: "schema", params: []string{"f"}},
		{method: get, path: "/collections/{collectionId}/sortables", handle: o.Sortables, about: "What can be sorted by", answer: "schema", params: []string{"f"}},
		{method: get, path: "/collections/{collectionId}/schema", handle: o.Schema, about: "Schema of the features", answer: "schema", params: []string{"f"}},
		{method: get, path: "/collections/{collectionId}/items", handle: o.Items, about: "Features, a page at a time", answer: "features", open: true,
			params: []string{"bbox", "bbox-crs", "crs", "datetime", "recorded", "limit", "next", "properties", "sortby", "filter", "filter-lang", "filter-crs", "f"}},
		{method: get, path: "/collections/{collectionId}/items/{featureId}", handle: o.Item, about: "One feature", answer: "feature",
			params: []string{"crs", "datetime", "recorded", "properties", "f"}},
		{method: post, path: "/collections/{collectionId}/items", handle: o.Create, about: "A new feature", answer: "madeFeature", write: true},
		{method: put, path: "/collections/{collectionId}/items/{featureId}", handle: o.Replace, about: "Other content of a feature", answer: "changedFeature", write: true},
		{method: patch, path: "/collections/{collectionId}/items/{featureId}", handle: o.Update, about: "Some members of a feature anew", answer: "changedFeature", write: true},
		{method: del, path: "/collections/{collectionId}/items/{featureId}", handle: o.Delete, about: "End a feature as of now", answer: "changedFeature", write: true},
		{method: get, path: "/collections/{collectionId}/items/{featureId}/versions", handle: o.Versions, about: "Every version of one feature", answer: "features",
			params: []string{"crs", "recorded", "history", "properties", "f"}},
		{method: get, path: "/collections/{collectionId}/changes", handle: o.Changes, about: "What each revision did to the collection", answer: "changes",
			params: []string{"since", "limit", "f"}},
		{method: get, path: "/collections/{collectionId}/diff", handle: o.Diff, about: "What was added, changed, moved and removed between two times", answer: "diff",
			params: []string{"between", "recorded-between", "datetime", "recorded", "bbox", "bbox-crs", "crs", "limit", "next", "properties",
				"filter", "filter-lang", "filter-crs", "f"}},
		{method: get, path: "/collections/{collectionId}/nearest", handle: o.Nearest, about: "The features nearest to a point", answer: "features",
			params: []string{"point", "k", "max", "crs", "datetime", "recorded", "properties", "filter", "filter-lang", "filter-crs", "f"}},

		{method: get, path: "/collections/{collectionId}/stack", handle: o.Stack, about: "Everything above and below a point", answer: "features",
			params: []string{"point", "distance", "z", "limit", "crs", "datetime", "recorded", "properties", "filter", "filter-lang", "filter-crs", "f"}},
		{method: get, path: "/collections/{collectionId}/storeys", handle: o.Storeys, about: "The storeys with elevations and counts", answer: "storeys",
			params: []string{"model", "datetime", "recorded", "filter", "filter-lang", "filter-crs", "f"}},
		{method: get, path: "/collections/{collectionId}/stats", handle: o.Stats, about: "Counts, areas, lengths and volumes", answer: "stats",
			params: []string{"group", "solids", "bbox", "bbox-crs", "datetime", "recorded", "filter", "filter-lang", "filter-crs", "f"}},
		{method: get, path: "/collections/{collectionId}/within", handle: o.Within, about: "The features within a distance of a geometry", answer: "features",
			params: []string{"geometry", "distance", "bbox", "bbox-crs", "crs", "datetime", "recorded", "limit", "next", "properties", "sortby", "filter", "filter-lang", "filter-crs", "f"}},
		{method: post, path: "/collections/{collectionId}/within", handle: o.Within, about: "The features within a distance of a geometry in the body", answer: "features",
			params: []string{"distance", "bbox", "bbox-crs", "crs", "datetime", "recorded", "limit", "next", "properties", "sortby", "filter", "filter-lang", "filter-crs", "f"}},

		{method: get, path: "/search", handle: o.Search, about: "Features by id, GlobalId, name, address or coordinates, over all collections", answer: "features",
			params: []string{"q", "collections", "limit", "bbox", "datetime", "recorded", "f"}},

		{method: get, path: "/tiles/{collections}/{z}/{x}/{y}.mvt", handle: s.tile, about: "Vector tile (XYZ order); collections are parted by commas", answer: "tile",
			params: narrowed()},
		{method: get, path: "/tiles/{collections}/{z}/{x}/{y}.pbf", handle: s.tile, about: "The same, for clients who know no other ending", answer: "tile",
			params: narrowed()},
		{method: get, path: "/tiles/{collections}.json", handle: s.tileJSON, about: "TileJSON of some collections", answer: "tilejson",
			params: narrowed()},
		{method: get, path: "/tileMatrixSets", handle: s.matrixSets, about: "The grids in which there are tiles", answer: "matrixSets", params: []string{"f"}},
		{method: get, path: "/tileMatrixSets/{tileMatrixSetId}", handle: s.matrixSet, about: "One grid", answer: "matrixSet", params: []string{"f"}},
		{method: get, path: "/tiles", handle: s.tilesets, about: "Sets of tiles of all collections", answer: "tilesets", params: narrowed("collections", "f")},
		{method: get, path: "/tiles/{tileMatrixSetId}", handle: s.tileset, about: "A set of tiles of all collections, or of some", answer: "tileset",
			params: narrowed("collections", "f")},
		{method: get, path: "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", handle: s.ogcTile, about: "Vector tile of all collections, or of some",
			answer: "tile", params: narrowed("collections", "f")},
		{method: get, path: "/collections/{collectionId}/tiles", handle: s.tilesets, about: "Sets of tiles of a collection", answer: "tilesets", params: narrowed("f")},
		{method: get, path: "/collections/{collectionId}/tiles/{tileMatrixSetId}", handle: s.tileset, about: "A set of tiles of a collection", answer: "tileset",
			params: narrowed("f")},
		{method: get, path: "/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", handle: s.ogcTile, about: "Vector tile of a collection",
			answer: "tile", params: narrowed("f")},
		{method: get, path: "/styles", handle: s.styles, about: "The styles", answer: "styles", params: []string{"f"}},
		{method: http.MethodPut, path: "/styles/{name}.json", handle: s.putStyle, about: "Keep a style", answer: "kept", write: true},
		{method: del, path: "/styles/{name}.json", handle: s.dropStyle, about: "Forget a style that was kept: the default one shows again", answer: "kept", write: true},
		{method: get, path: "/styles/{name}.json", handle: s.style, about: "MapLibre style of all collections (default) or of one", answer: "style"},

		{method: get, path: "/models", handle: s.models, about: "Models and where they came from", answer: "models", params: []string{"collection", "f"}},
		{method: get, path: "/models/{collectionId}/{modelId}", handle: s.model, about: "One model with its import report", answer: "model", params: []string{"f"}},
		{method: del, path: "/models/{collectionId}/{modelId}", handle: s.endModel, about: "End a model as of now", answer: "applied", write: true},

		{method: get, path: "/imports", handle: in.List, about: "Imports, the newest first", answer: "imports", params: []string{"state", "sha256", "limit", "f"}},
		{method: post, path: "/imports", handle: in.Create, about: "Upload a file, at once as multipart or piece by piece", answer: "created", kind: upload, write: true},
		{method: get, path: "/imports/{importId}", handle: in.Get, about: "State, progress and report of an import", answer: "import", params: []string{"f"}},
		{method: head, path: "/imports/{importId}", handle: in.Offset, about: "How much of the file has arrived", answer: "offset"},
		{method: patch, path: "/imports/{importId}", handle: in.Append, about: "The next piece of the file", answer: "offset", kind: upload, write: true},
		{method: del, path: "/imports/{importId}", handle: in.Cancel, about: "Cancel an import", answer: "cancelled", write: true},

		{method: get, path: "/events", handle: s.events, about: "Server-sent events: change", answer: "events", kind: stream},
		{method: get, path: "/healthz", handle: s.health, about: "Whether the process lives", answer: "health"},
		{method: get, path: "/readyz", handle: s.ready, about: "Whether queries can be answered", answer: "health"},
		{method: get, path: "/metrics", handle: s.metrics.handler, about: "Metrics for Prometheus", answer: "text"},
	}
	for i := range list {
		if page := answers[list[i].answer]["200"]; page != nil && page["content"] != nil && page["content"].(object)["text/html"] != nil {
			list[i].params = append(slices.Clip(list[i].params), "lang")
		}
	}
	return list
}

// narrowed are the parameters of what shows tiles.
func narrowed(more ...string) []string { return append(slices.Clip(narrowings), more...) }

// register gives routes to the router, each with all that it declares around its handler.
// Those whose addresses differ in their suffix alone are one to the router, which knows
// only whole segments.
func (s *Server) register(e *echo.Echo, routes []route) {
	var order []string
	alike := map[string][]route{}
	for _, r := range routes {
		key := r.method + " " + shape.ReplaceAllString(r.path, "{}")
		if alike[key] == nil {
			order = append(order, key)
		}
		alike[key] = append(alike[key], r)
	}
	for _, key := range order {
		list := alike[key]
		path, _, _ := routerPath(list[0].path)
		h := s.chosen(list)
		e.Add(list[0].method, path, h)
		if list[0].method == http.MethodGet && !s.declares(http.MethodHead, list[0].path) {
			e.Add(http.MethodHead, path, h)
		}
	}
}

// shape matches a parameter and its suffix in a path.
var shape = regexp.MustCompile(`\{[^/]*`)

// chosen leads a request to the route whose suffix its address has, or else to the one
// without a suffix.
func (s *Server) chosen(list []route) echo.HandlerFunc {
	type way struct {
		names  []string
		suffix string
		handle echo.HandlerFunc
	}
	ways := make([]way, len(list))
	for i, r := range list {
		_, names, suffix := routerPath(r.path)
		ways[i] = way{names, suffix, s.within(r.kind, checked(r, s.allowed(r)))}
	}
	slices.SortStableFunc(ways, func(a, b way) int { return len(b.suffix) - len(a.suffix) })
	return func(c echo.Context) error {
		values := c.ParamValues()
		for _, w := range ways {
			if w.suffix != "" {
				last := len(values) - 1
				if !strings.HasSuffix(values[last], w.suffix) || len(values[last]) == len(w.suffix) {
					continue
				}
				values[last] = strings.TrimSuffix(values[last], w.suffix)
			}
			c.SetParamNames(w.names...)
			c.SetParamValues(values...)
			return w.handle(c)
		}
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "not-found", Message: "there is nothing under this address",
			Hint: "it ends in " + ways[0].suffix}
	}
}

func (s *Server) declares(method, path string) bool {
	for _, r := range s.routes {
		if r.method == method && r.path == path {
			return true
		}
	}
	return false
}

// allowed puts the guard before what writes; elsewhere a token is known but not needed.
func (s *Server) allowed(r route) echo.HandlerFunc {
	if r.write {
		return s.guard.protect(r.handle)
	}
	return s.guard.known(r.handle)
}

// checked refuses parameters that the route does not declare.
func checked(r route, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := rest.CheckParams(c, r.params, r.open); err != nil {
			return err
		}
		if err := rest.CheckLanguage(c); err != nil {
			return err
		}
		return next(c)
	}
}

// routerPath turns /tiles/{c}/{z}/{x}/{y}.mvt into /tiles/:c/:z/:x/:y, the names and the
// suffix .mvt.
func routerPath(path string) (router string, names []string, suffix string) {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		name, ok := strings.CutPrefix(p, "{")
		if !ok {
			continue
		}
		name, suffix, _ = strings.Cut(name, "}")
		parts[i] = ":" + name
		names = append(names, name)
	}
	return strings.Join(parts, "/"), names, suffix
}
