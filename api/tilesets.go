package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// Link relations of OGC API Tiles (20-057).
const (
	relTilingScheme  = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	relTilingSchemes = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
	relGeodata       = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
	crs84            = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
)

// matrixSetItem is a grid in the list of grids.
type matrixSetItem struct {
	ID    string      `json:"id"`
	Title string      `json:"title"`
	URI   string      `json:"uri"`
	CRS   string      `json:"crs"`
	Links []rest.Link `json:"links"`
}

// matrixSets answers the list of grids (17-083r4 §8.1, 20-057 §7.2).
func (s *Server) matrixSets(c echo.Context) error {
	doc := struct {
		Sets  []matrixSetItem `json:"tileMatrixSets"`
		Links []rest.Link     `json:"links"`
	}{Links: []rest.Link{{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaJSON}}}
	for _, g := range tiles.Grids() {
		doc.Sets = append(doc.Sets, matrixSetItem{ID: g.String(), Title: g.Title(), URI: gridURI(c, g), CRS: g.CRS(),
			Links: []rest.Link{{Href: gridURL(c, g), Rel: "self", Type: rest.MediaJSON, Title: g.Title()}}})
	}
	return s.ogc.Document(c, doc, "tile matrix sets")
}

// gridOf returns the grid that the address names. Where it names collections instead, as other
// servers of tiles have it, the hint says how tiles of collections are asked for here.
func (s *Server) gridOf(c echo.Context) (tiles.Grid, error) {
	id := rest.PathParam(c, "tileMatrixSetId")
	g, err := tiles.GridOf(id)
	if p := (*spatial.Problem)(nil); errors.As(err, &p) && s.o.Reader != nil {
		if _, unknown := s.o.Reader.Collection(c.Request().Context(), strings.Split(id, ",")[0]); unknown == nil {
			p.Hint = fmt.Sprintf("tiles of collections are under %s/tiles/%.60s/{z}/{x}/{y}.mvt", rest.Base(c), id)
		}
	}
	return g, err
}

// matrixSet answers one grid.
func (s *Server) matrixSet(c echo.Context) error {
	g, err := s.gridOf(c)
	if err != nil {
		return err
	}
	doc := g.MatrixSet()
	doc.URI = gridURI(c, g)
	return s.ogc.Document(c, doc, g.Title())
}

func gridURL(c echo.Context, g tiles.Grid) string {
	return rest.Base(c) + "/tileMatrixSets/" + g.String()
}

// gridURI names a grid: as OGC has registered it, or by where it is described.
func gridURI(c echo.Context, g tiles.Grid) string {
	if uri := g.URI(); uri != "" {
		return uri
	}
	return gridURL(c, g)
}

// tileScope is what the tiles of a request show: one collection, or several of the store.
type tileScope struct {
	path        string // from the base to the tiles
	title       string
	collections []string
	about       []spatial.Collection
}

// scopeOf reads which collections a request for tiles is about: the one of the path, those
// of the parameter collections, or all that have a place on Earth.
func (s *Server) scopeOf(c echo.Context) (tileScope, error) {
	if s.o.Tiles == nil {
		return tileScope{}, noTiles()
	}
	ctx := c.Request().Context()
	if name := rest.PathParam(c, "collectionId"); name != "" {
		coll, err := s.o.Reader.Collection(ctx, name)
		if err != nil {
			return tileScope{}, fmt.Errorf("collection %s: %w", name, err)
		}
		return tileScope{path: "/collections/" + url.PathEscape(name) + "/tiles", title: nonEmpty(coll.Title, name), collections: []string{name},
			about: []spatial.Collection{coll}}, nil
	}
	scope := tileScope{path: "/tiles", title: s.ogc.Info().Title}
	names, given, err := rest.Param(c, "collections", rest.ParseNames)
	if err != nil {
		return scope, err
	}
	if given && len(names) > s.o.Limits.TileCollections {
		return scope, rest.BadParam("collections", c.QueryParam("collections"), fmt.Sprintf("a tile holds at most %d collections", s.o.Limits.TileCollections), "")
	}
	list, err := s.o.Reader.Collections(ctx)
	if err != nil {
		return scope, fmt.Errorf("collections: %w", err)
	}
	byName := map[string]spatial.Collection{}
	for _, coll := range list {
		byName[coll.Name] = coll
		if !given && !coll.Local {
			names = append(names, coll.Name)
		}
	}
	if len(names) > tiles.MaxCollections {
		return scope, rest.BadParam("collections", "", fmt.Sprintf("there are %d collections, more than a tile can hold", len(names)), "name some")
	}
	for _, name := range names {
		coll, ok := byName[name]
		if !ok {
			return scope, rest.BadParam("collections", name, "there is no such collection", "")
		}
		scope.about = append(scope.about, coll)
	}
	scope.collections = names
	return scope, nil
}

// ogcTile answers a vector tile at an address of OGC API Tiles, where the row stands before
// the column.
func (s *Server) ogcTile(c echo.Context) error {
	if _, err := rest.Negotiate(c, rest.MVT()); err != nil {
		return err
	}
	grid, err := s.gridOf(c)
	if err != nil {
		return err
	}
	scope, err := s.scopeOf(c)
	if err != nil {
		return err
	}
	r := tiles.Request{Collections: scope.collections}
	if err := s.narrowTiles(c, &r); err != nil {
		return err
	}
	if r.Coord, err = coordOf(c, grid, "tileMatrix", "tileCol", "tileRow"); err != nil {
		return err
	}
	if len(r.Collections) == 0 {
		return c.NoContent(204) // an empty store
	}
	return s.sendTile(c, r)
}

// tilesetDoc describes the tiles of a scope in a grid (17-083r4 §9, tile set metadata).
type tilesetDoc struct {
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	Attribution string         `json:"attribution,omitempty"`
	DataType    string         `json:"dataType"`
	CRS         string         `json:"crs"`
	GridURI     string         `json:"tileMatrixSetURI"`
	Links       []rest.Link    `json:"links"`
	Limits      []matrixLimits `json:"tileMatrixSetLimits,omitempty"`
	Layers      []tileLayer    `json:"layers,omitempty"`
	BoundingBox *tileBox       `json:"boundingBox,omitempty"`
	Centre      *tileCentre    `json:"centerPoint,omitempty"`
	MediaTypes  []string       `json:"mediaTypes,omitempty"`
}

type matrixLimits struct {
	Matrix string `json:"tileMatrix"`
	MinRow uint32 `json:"minTileRow"`
	MaxRow uint32 `json:"maxTileRow"`
	MinCol uint32 `json:"minTileCol"`
	MaxCol uint32 `json:"maxTileCol"`
}

type tileLayer struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Description string      `json:"description,omitempty"`
	Attribution string      `json:"attribution,omitempty"`
	DataType    string      `json:"dataType"`
	Min         string      `json:"minTileMatrix"`
	Max         string      `json:"maxTileMatrix"`
	BoundingBox *tileBox    `json:"boundingBox,omitempty"`
	Properties  object      `json:"propertiesSchema"`
	Links       []rest.Link `json:"links"`
}

type tileBox struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

type tileCentre struct {
	Coordinates [2]float64 `json:"coordinates"`
	CRS         string     `json:"crs"`
	Matrix      string     `json:"tileMatrix"`
}

// tilesets answers the list of a scope's sets of tiles, one in each grid.
func (s *Server) tilesets(c echo.Context) error {
	scope, err := s.scopeOf(c)
	if err != nil {
		return err
	}
	doc := struct {
		Links    []rest.Link  `json:"links"`
		Tilesets []tilesetDoc `json:"tilesets"`
	}{Links: []rest.Link{{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaJSON}}}
	for _, g := range tiles.Grids() {
		doc.Tilesets = append(doc.Tilesets, scope.head(c, g))
	}
	if scope.path == "/tiles" {
		for _, name := range s.o.Archives {
			doc.Tilesets = append(doc.Tilesets, archiveHead(c, name))
		}
	}
	return s.ogc.Document(c, doc, scope.title+" › tiles")
}

// head is what the list of sets of tiles says of one.
func (scope *tileScope) head(c echo.Context, g tiles.Grid) tilesetDoc {
	at := rest.Base(c) + scope.path + "/" + g.String()
	doc := tilesetDoc{Title: scope.title + " (" + g.Title() + ")", DataType: "vector", CRS: g.CRS(), GridURI: gridURI(c, g), Links: []rest.Link{
		{Href: at + carried(c, "collections"), Rel: "self", Type: rest.MediaJSON, Title: "this set of tiles"},
		{Href: gridURL(c, g), Rel: relTilingScheme, Type: rest.MediaJSON, Title: g.Title()},
		{Href: at + "/{tileMatrix}/{tileRow}/{tileCol}" + carried(c, "collections"), Rel: "item", Type: rest.MediaMVT, Title: "vector tiles", Templated: true},
	}}
	for i := range scope.about {
		doc.Links = append(doc.Links, rest.Link{Href: collectionURL(c, scope.about[i].Name), Rel: relGeodata, Type: rest.MediaJSON, Title: scope.about[i].Name})
	}
	return doc
}

// archiveHead is what the list of sets of tiles says of an archive, which has XYZ addresses.
func archiveHead(c echo.Context, name string) tilesetDoc {
	at := rest.Base(c) + "/tiles/" + url.PathEscape(name)
	g := tiles.WebMercatorQuad
	return tilesetDoc{Title: name, DataType: "vector", CRS: g.CRS(), GridURI: g.URI(), Links: []rest.Link{
		{Href: at + ".json", Rel: "self", Type: rest.MediaJSON, Title: "TileJSON"},
		{Href: gridURL(c, g), Rel: relTilingScheme, Type: rest.MediaJSON, Title: g.Title()},
		{Href: at + "/{tileMatrix}/{tileCol}/{tileRow}.mvt", Rel: "item", Type: rest.MediaMVT, Title: "vector tiles", Templated: true},
	}}
}

func collectionURL(c echo.Context, name string) string {
	return rest.Base(c) + "/collections/" + url.PathEscape(name)
}

// tileset answers the description of a scope's tiles in one grid.
func (s *Server) tileset(c echo.Context) error {
	g, err := s.gridOf(c)
	if err != nil {
		return err
	}
	scope, err := s.scopeOf(c)
	if err != nil {
		return err
	}
	doc := scope.head(c, g)
	doc.MediaTypes = []string{rest.MediaMVT}
	if err := s.fillTileset(c.Request().Context(), c, &doc, g, &scope); err != nil {
		return err
	}
	return s.ogc.Document(c, doc, doc.Title)
}

func (s *Server) fillTileset(ctx context.Context, c echo.Context, doc *tilesetDoc, g tiles.Grid, scope *tileScope) error {
	if len(scope.collections) == 0 {
		return nil
	}
	info, err := s.describeTiles(ctx, scope.collections)
	if err != nil {
		return err
	}
	doc.Attribution, doc.Description = info.Attribution, info.Description
	if len(scope.about) > 1 {
		doc.Description = s.ogc.Info().Description
	}
	deepest := gridLevel(g, info.MaxZoom)
	all := spatial.EmptyBox()
	for i := range scope.about {
		coll := &scope.about[i]
		layer := tileLayer{ID: coll.Name, Title: nonEmpty(coll.Title, coll.Name), Description: coll.Description, Attribution: coll.Attribution,
			DataType: "vector", Min: "0", Max: strconv.Itoa(int(deepest)), BoundingBox: boxIn(g, coll.Extent), Properties: object{"type": "object", "properties": object{}},
			Links: []rest.Link{{Href: collectionURL(c, coll.Name), Rel: relGeodata, Type: rest.MediaJSON}}}
		for _, l := range info.VectorLayers {
			if l.ID == coll.Name {
				layer.Properties["properties"] = propertySchemas(l.Fields)
			}
		}
		doc.Layers = append(doc.Layers, layer)
		if !coll.Extent.IsEmpty() {
			all = all.Extend(coll.Extent)
		}
	}
	if doc.BoundingBox = boxIn(g, all); doc.BoundingBox == nil {
		return nil
	}
	for level := uint8(0); level <= deepest; level++ {
		l := g.Limits(all, level)
		doc.Limits = append(doc.Limits, matrixLimits{Matrix: strconv.Itoa(int(level)), MinRow: l.MinY, MaxRow: l.MaxY, MinCol: l.MinX, MaxCol: l.MaxX})
	}
	b := doc.BoundingBox
	doc.Centre = &tileCentre{Coordinates: [2]float64{(b.LowerLeft[0] + b.UpperRight[0]) / 2, (b.LowerLeft[1] + b.UpperRight[1]) / 2}, CRS: crs84,
		Matrix: strconv.Itoa(int(min(gridLevel(g, uint8(zoomFor(all))), deepest)))}
	return nil
}

// gridLevel returns the level of a grid whose tiles are as wide as those of a zoom level.
func gridLevel(g tiles.Grid, zoom uint8) uint8 {
	ahead := tiles.Coord{Grid: g}.Zoom()
	return max(zoom, ahead) - ahead
}

// boxIn returns the part of a box that a grid covers, nil for none.
func boxIn(g tiles.Grid, b spatial.Box) *tileBox {
	edge := g.Bounds()
	if b.IsEmpty() || !b.Overlaps2D(edge) {
		return nil
	}
	return &tileBox{LowerLeft: [2]float64{b.Min[0], max(b.Min[1], edge.Min[1])}, UpperRight: [2]float64{b.Max[0], min(b.Max[1], edge.Max[1])}, CRS: crs84}
}

// propertySchemas turns TileJSON's fields, whose text begins with the type, into JSON
// Schemas.
func propertySchemas(fields map[string]string) object {
	out := object{}
	for name, about := range fields {
		kind, says, _ := strings.Cut(about, ".")
		schema := object{"type": strings.ToLower(kind)}
		if says = strings.TrimSpace(says); says != "" {
			schema["description"] = says
		}
		out[name] = schema
	}
	return out
}
