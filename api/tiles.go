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
	"github.com/shikong-cim/shikong/spatial/filter"
	"github.com/shikong-cim/shikong/tiles"
)

// TileDescriber is what a source of tiles may offer beside tiles: the TileJSON of a set of
// collections, with the zoom levels that it draws and what it leaves out. The server fills
// in the address of the tiles. Without it the server says what it knows of the collections.
type TileDescriber interface {
	TileJSON(ctx context.Context, collections []string) (tiles.TileJSON, error)
}

// tile answers a vector tile at an XYZ address.
func (s *Server) tile(c echo.Context) error {
	r, err := s.tileRequest(c, strings.Split(rest.PathParam(c, "collections"), ","))
	if err != nil {
		return err
	}
	if r.Coord, err = coordOf(c, tiles.WebMercatorQuad, "z", "x", "y"); err != nil {
		return err
	}
	return s.sendTile(c, r)
}

// sendTile answers a tile. What the client holds already is answered before the tile is
// made; compressed bytes pass as they lie in the cache. A tile in which nothing stands is
// 204, wherever it lies in its grid.
func (s *Server) sendTile(c echo.Context, r tiles.Request) error {
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

// tileRequest reads all of a request for tiles of collections but the place.
func (s *Server) tileRequest(c echo.Context, collections []string) (r tiles.Request, err error) {
	if s.o.Tiles == nil {
		return r, noTiles()
	}
	r.Collections = collections
	if len(r.Collections) > s.o.Limits.TileCollections {
		return r, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-many-collections",
			Message: fmt.Sprintf("a tile holds at most %d collections", s.o.Limits.TileCollections)}
	}
	err = s.narrowTiles(c, &r)
	return r, err
}

func noTiles() error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "no-tiles", Message: "this server gives no tiles"}
}

// narrowings are the parameters that narrow what a tile shows; addresses of tiles carry
// them on.
var narrowings = []string{"datetime", "recorded", "properties", "z", "filter", "filter-lang"}

// narrowTiles reads the narrowings.
func (s *Server) narrowTiles(c echo.Context, r *tiles.Request) (err error) {
	var given bool
	if r.Valid, given, err = rest.Param(c, "datetime", rest.ParseDatetime); err != nil {
		return err
	}
	if !given {
		r.Valid = spatial.At(s.o.Now())
	}
	if r.Recorded, _, err = rest.Param(c, "recorded", spatial.ParseTime); err != nil {
		return err
	}
	if r.Z, _, err = rest.Param(c, "z", rest.ParseHeights); err != nil {
		return err
	}
	if r.Properties, _, err = rest.Param(c, "properties", rest.ParseNames); err != nil {
		return err
	}
	return s.filterTiles(c, r)
}

// filterTiles reads a filter on all collections of a tile: a property that one of them has
// may be asked for, and is null in the others.
func (s *Server) filterTiles(c echo.Context, r *tiles.Request) error {
	if c.QueryParam("filter") == "" {
		_, err := rest.ReadFilter(c, nil, nil)
		return err
	}
	var lists [][]spatial.Field
	for _, name := range r.Collections {
		coll, err := s.o.Reader.Collection(c.Request().Context(), name)
		if err != nil {
			return fmt.Errorf("collection %s: %w", name, err)
		}
		lists = append(lists, coll.Fields)
	}
	f, err := rest.ReadFilter(c, filter.Fields(lists...), nil)
	if err == nil && f != nil {
		r.Filter = f
	}
	return err
}

// coordOf reads a place in a grid from the parameters of the path that hold level, column
// and row.
func coordOf(c echo.Context, grid tiles.Grid, level, column, row string) (tiles.Coord, error) {
	var n [3]uint64
	for i, name := range []string{level, column, row} {
		v, err := strconv.ParseUint(rest.PathParam(c, name), 10, 32)
		if err != nil || (name == level && v > math.MaxUint8) {
			return tiles.Coord{}, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-outside", Message: "there is no such tile",
				Hint: "tiles are under /tiles/{collections}/{z}/{x}/{y}.mvt and /tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"}
		}
		n[i] = v
	}
	coord := tiles.Coord{Grid: grid, Z: uint8(n[0]), X: uint32(n[1]), Y: uint32(n[2])}
	return coord, coord.Validate()
}

// carried returns the narrowings of a request as the query of an address, "" for none.
func carried(c echo.Context, more ...string) string {
	query := url.Values{}
	for _, name := range append(more, narrowings...) {
		if v := c.QueryParam(name); v != "" {
			query.Set(name, v)
		}
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// tileJSON describes the tiles of some collections. What narrows the tiles is carried over
// into their address.
func (s *Server) tileJSON(c echo.Context) error {
	r, err := s.tileRequest(c, strings.Split(rest.PathParam(c, "collections"), ","))
	if err != nil {
		return err
	}
	doc, err := s.describeTiles(c.Request().Context(), r.Collections)
	if err != nil {
		return err
	}
	doc.Tiles = []string{rest.Base(c) + "/tiles/" + escapedList(r.Collections) + "/{z}/{x}/{y}.mvt" + carried(c)}
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
