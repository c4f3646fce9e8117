package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// TileDescriber is what a source of tiles may offer beside tiles: the TileJSON of a set of
// collections, with the zoom levels that it draws and what it leaves out. The server fills
// in the address of the tiles. Without it the server says what it knows of the collections.
type TileDescriber interface {
	TileJSON(ctx context.Context, collections []string) (tiles.TileJSON, error)
}

// tile answers a vector tile. What the client holds already is answered before the tile is
// made; compressed bytes pass as they lie in the cache.
func (s *Server) tile(c echo.Context) error {
	r, err := s.tileRequest(c)
	if err != nil {
		return err
	}
	if r.Coord, err = coordOf(c); err != nil {
		return err
	}
	ctx, compressed := c.Request().Context(), acceptsGzip(c.Request())
	pinned, err := s.o.Tiles.Pin(ctx, r)
	if err != nil {
		return fmt.Errorf("tile %s of %s: %w", r.Coord, strings.Join(r.Collections, ","), err)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-cache")
	if rest.NotModified(c, pinned.ETag(compressed)) {
		return c.NoContent(http.StatusNotModified)
	}
	body, err := pinned.Body(ctx, compressed)
	if err != nil {
		return fmt.Errorf("tile %s of %s: %w", r.Coord, strings.Join(r.Collections, ","), err)
	}
	if len(body) == 0 {
		return c.NoContent(http.StatusNoContent)
	}
	if compressed {
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, rest.MediaMVT, body)
}

// tileRequest reads all of a request for tiles but the place.
func (s *Server) tileRequest(c echo.Context) (r tiles.Request, err error) {
	if s.o.Tiles == nil {
		return r, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "no-tiles", Message: "this server gives no tiles"}
	}
	r.Collections = strings.Split(rest.PathParam(c, "collections"), ",")
	if len(r.Collections) > s.o.Limits.TileCollections {
		return r, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-many-collections",
			Message: fmt.Sprintf("a tile holds at most %d collections", s.o.Limits.TileCollections)}
	}
	var given bool
	if r.Valid, given, err = rest.Param(c, "datetime", rest.ParseDatetime); err != nil {
		return r, err
	}
	if !given {
		r.Valid = spatial.At(s.o.Now())
	}
	if r.Recorded, _, err = rest.Param(c, "recorded", spatial.ParseTime); err != nil {
		return r, err
	}
	if r.Z, _, err = rest.Param(c, "z", rest.ParseHeights); err != nil {
		return r, err
	}
	r.Properties, _, err = rest.Param(c, "properties", rest.ParseNames)
	return r, err
}

func coordOf(c echo.Context) (tiles.Coord, error) {
	var n [3]uint64
	for i, name := range []string{"z", "x", "y"} {
		v, err := strconv.ParseUint(rest.PathParam(c, name), 10, 32)
		if err != nil || (name == "z" && v > math.MaxUint8) {
			return tiles.Coord{}, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-outside", Message: "there is no such tile",
				Hint: "tiles are under /tiles/{collections}/{z}/{x}/{y}.mvt"}
		}
		n[i] = v
	}
	coord := tiles.Coord{Z: uint8(n[0]), X: uint32(n[1]), Y: uint32(n[2])}
	return coord, coord.Validate()
}

// tileJSON describes the tiles of some collections. What narrows the tiles is carried over
// into their address.
func (s *Server) tileJSON(c echo.Context) error {
	r, err := s.tileRequest(c)
	if err != nil {
		return err
	}
	doc, err := s.describeTiles(c.Request().Context(), r.Collections)
	if err != nil {
		return err
	}
	address := rest.Base(c) + "/tiles/" + escapedList(r.Collections) + "/{z}/{x}/{y}.mvt"
	query := url.Values{}
	for _, name := range []string{"datetime", "recorded", "z", "properties"} {
		if v := c.QueryParam(name); v != "" {
			query.Set(name, v)
		}
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	doc.Tiles = []string{address}
	return s.answer(c, doc)
}

func escapedList(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = url.PathEscape(n)
	}
	return strings.Join(out, ",")
}

// describeTiles asks whoever draws the tiles, or says what the collections tell.
func (s *Server) describeTiles(ctx context.Context, names []string) (tiles.TileJSON, error) {
	if s.o.TileInfo != nil {
		doc, err := s.o.TileInfo.TileJSON(ctx, names)
		if err != nil {
			return doc, fmt.Errorf("describe tiles: %w", err)
		}
		return doc, nil
	}
	const deepest = 16
	doc := tiles.TileJSON{TileJSON: "3.0.0", Name: strings.Join(names, ", "), Scheme: "xyz", MaxZoom: deepest,
		Bounds: [4]float64{-180, -tiles.MaxLatitude, 180, tiles.MaxLatitude}}
	box, credits := spatial.EmptyBox(), []string{}
	for _, name := range names {
		coll, err := s.o.Reader.Collection(ctx, name)
		if err != nil {
			return doc, fmt.Errorf("describe tiles: %w", err)
		}
		box = box.Extend(coll.Extent)
		if a := coll.Attribution; a != "" && !slices.Contains(credits, a) {
			credits = append(credits, a)
		}
		fields := map[string]string{"id": "String"}
		for _, f := range coll.Fields {
			fields[f.Name] = string(f.Type)
		}
		doc.VectorLayers = append(doc.VectorLayers, tiles.VectorLayer{ID: name, Fields: fields, Description: coll.Description, MaxZoom: deepest})
	}
	doc.Attribution = strings.Join(credits, "; ")
	if !box.IsEmpty() {
		doc.Bounds = [4]float64{box.Min[0], max(box.Min[1], -tiles.MaxLatitude), box.Max[0], min(box.Max[1], tiles.MaxLatitude)}
	}
	return doc, nil
}

// style answers a small MapLibre style that works offline: every collection, or the one
// named, as areas, lines and points. It is for QGIS and for a first look; the web map brings
// its own.
func (s *Server) style(c echo.Context) error {
	name := rest.PathParam(c, "name")
	list, err := s.o.Reader.Collections(c.Request().Context())
	if err != nil {
		return fmt.Errorf("collections: %w", err)
	}
	sources, layers := object{}, []object{{"id": "background", "type": "background", "paint": object{"background-color": "#f4f3ef"}}}
	box := spatial.EmptyBox()
	for i := range list {
		coll := &list[i]
		if coll.Local || (name != "default" && name != coll.Name) {
			continue
		}
		box = box.Extend(coll.Extent)
		sources[coll.Name] = object{"type": "vector", "url": rest.Base(c) + "/tiles/" + url.PathEscape(coll.Name) + ".json"}
		layers = append(layers, styleLayers(coll.Name, palette[i%len(palette)])...)
	}
	if name != "default" && len(sources) == 0 {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "style-not-found", Message: fmt.Sprintf("there is no style %.60q", name),
			Hint: "there is default, and one of each collection's name"}
	}
	doc := object{"version": 8, "name": name, "sources": sources, "layers": layers}
	if !box.IsEmpty() {
		doc["center"] = [2]float64{(box.Min[0] + box.Max[0]) / 2, (box.Min[1] + box.Max[1]) / 2}
		doc["zoom"] = zoomFor(box)
	}
	return s.answer(c, doc)
}

// zoomFor returns the level at which the box fills a window of about 1,000 pixels.
func zoomFor(box spatial.Box) float64 {
	width := max(box.Max[0]-box.Min[0], box.Max[1]-box.Min[1], 1e-4)
	return math.Round(10*min(max(math.Log2(360*2/width), 0), 18)) / 10
}

var palette = [...]string{"#8c6d5a", "#3f6fa0", "#5f8f4e", "#a0527a", "#b7862e", "#4a8d8d"}

func styleLayers(name, colour string) []object {
	layer := func(kind, is string, paint object) object {
		return object{"id": name + "-" + kind, "type": kind, "source": name, "source-layer": name, "paint": paint,
			"filter": []any{"==", []any{"geometry-type"}, is}}
	}
	return []object{
		layer("fill", "Polygon", object{"fill-color": colour, "fill-opacity": 0.6, "fill-outline-color": "#00000066"}),
		layer("line", "LineString", object{"line-color": colour, "line-width": 1.5}),
		layer("circle", "Point", object{"circle-color": colour, "circle-radius": 4, "circle-stroke-color": "#fff", "circle-stroke-width": 1}),
	}
}
