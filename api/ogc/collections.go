package ogc

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Link relations that are URIs.
const (
	relConformance   = "http://www.opengis.net/def/rel/ogc/1.0/conformance"
	relData          = "http://www.opengis.net/def/rel/ogc/1.0/data"
	relQueryables    = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relSortables     = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
	relSchema        = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	relTilingSchemes = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
	relTiles         = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
)

// Classes returns the conformance classes that this release fulfils.
func Classes() []string {
	var out []string
	add := func(base string, names ...string) {
		for _, n := range names {
			out = append(out, "http://www.opengis.net/spec/"+base+"/conf/"+n)
		}
	}
	add("ogcapi-common-1/1.0", "core", "landing-page", "json", "html", "oas30")
	add("ogcapi-common-2/1.0", "collections", "json", "html")
	add("ogcapi-features-1/1.0", "core", "geojson", "html", "oas30")
	add("ogcapi-features-2/1.0", "crs")
	add("ogcapi-features-5/1.0", "schemas", "core-roles-features", "returnables-and-receivables")
	add("json-fg-1/1.0", "core", "types-schemas", "polyhedra")
	add("ogcapi-features-3/1.0", "queryables", "queryables-query-parameters", "filter", "features-filter")
	add("cql2/1.0", "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
		"accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions",
		"temporal-functions", "array-functions", "property-property", "functions", "arithmetic")
	return out
}

// tileClasses are those of a server that gives tiles.
func tileClasses() (out []string) {
	for _, n := range []string{"core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection", "datetime", "mvt", "oas30"} {
		out = append(out, "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"+n)
	}
	return append(out, "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset", "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
		"http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata", "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata")
}

func (s *Service) classes() []string {
	list := Classes()
	if s.tiles {
		list = append(list, tileClasses()...)
	}
	if s.edits.Store != nil {
		for _, n := range []string{"create-replace-delete", "update", "features", "optimistic-locking-etags"} {
			list = append(list, "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"+n)
		}
	}
	return list
}

// LandingDoc is the landing page.
type LandingDoc struct {
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Links       []rest.Link `json:"links"`
}

// LandingOf returns the landing page as a document, for the page of the map to carry.
func (s *Service) LandingOf(c echo.Context) LandingDoc {
	base := rest.Base(c)
	links := []rest.Link{
		{Href: base + "/?f=json", Rel: "self", Type: rest.MediaJSON, Title: "this document"},
		{Href: base + "/?f=html", Rel: "alternate", Type: "text/html", Title: "the map"},
		{Href: base + "/api?f=json", Rel: "service-desc", Type: rest.MediaOpenAPI, Title: "the interface as OpenAPI"},
		{Href: base + "/api?f=html", Rel: "service-doc", Type: "text/html", Title: "the interface to read"},
		{Href: base + "/conformance", Rel: "conformance", Type: rest.MediaJSON, Title: "conformance classes"},
		{Href: base + "/conformance", Rel: relConformance, Type: rest.MediaJSON, Title: "conformance classes"},
		{Href: base + "/collections", Rel: "data", Type: rest.MediaJSON, Title: "the collections"},
		{Href: base + "/collections", Rel: relData, Type: rest.MediaJSON, Title: "the collections"},
		{Href: base + "/search?q={q}", Rel: "search", Type: rest.MediaGeoJSON, Title: "find by name, address, id or coordinates", Templated: true},
		{Href: base + "/functions", Rel: "related", Type: rest.MediaJSON, Title: "the functions that filters can use"},
		{Href: base + "/models", Rel: "related", Type: rest.MediaJSON, Title: "the models and where they came from"},
	}
	if s.tiles {
		links = append(links, rest.Link{Href: base + "/tiles", Rel: relTiles, Type: rest.MediaJSON, Title: "vector tiles of all collections"},
			rest.Link{Href: base + "/tileMatrixSets", Rel: relTilingSchemes, Type: rest.MediaJSON, Title: "the grids of the tiles"})
	}
	if s.imports {
		links = append(links, rest.Link{Href: base + "/imports", Rel: "related", Type: rest.MediaJSON, Title: "imports"})
	}
	return LandingDoc{Title: s.title, Description: s.about, Links: links}
}

// Info returns the landing page without links.
func (s *Service) Info() LandingDoc { return LandingDoc{Title: s.title, Description: s.about} }

// Landing answers the landing page as JSON, or as a plain page for people.
func (s *Service) Landing(c echo.Context) error {
	return s.document(c, s.LandingOf(c), page{Title: s.title, About: s.about, Path: s.way(c)})
}

// Conformance answers the list of conformance classes.
func (s *Service) Conformance(c echo.Context) error {
	pg := page{What: "conformance", Head: []string{"class of conformance"}}
	for _, class := range s.classes() {
		pg.Rows = append(pg.Rows, []Cell{{class, class}})
	}
	return s.document(c, struct {
		ConformsTo []string `json:"conformsTo"`
	}{s.classes()}, pg)
}

// CollectionDoc is the description of a collection.
type CollectionDoc struct {
	ID          string      `json:"id"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Attribution string      `json:"attribution,omitempty"`
	Licence     string      `json:"license,omitempty"`
	Extent      *Extent     `json:"extent,omitempty"`
	ItemType    string      `json:"itemType"`
	CRS         []string    `json:"crs"`
	StorageCRS  string      `json:"storageCrs"`
	VerticalCRS string      `json:"verticalCrs,omitempty"`
	Datum       string      `json:"datum"`
	Local       bool        `json:"local,omitempty"`
	ItemCount   int64       `json:"itemCount"`
	Revision    int64       `json:"revision"`
	Links       []rest.Link `json:"links"`
}

// Extent says where and when the features of a collection lie.
type Extent struct {
	Spatial  *SpatialExtent  `json:"spatial,omitempty"`
	Temporal *TemporalExtent `json:"temporal,omitempty"`
}

// SpatialExtent is a list of boxes of 4 or 6 numbers.
type SpatialExtent struct {
	BBox [][]float64 `json:"bbox"`
	CRS  string      `json:"crs"`
}

// TemporalExtent is a list of pairs of RFC 3339 times, null for an open side.
type TemporalExtent struct {
	Interval [][2]*string `json:"interval"`
	TRS      string       `json:"trs"`
}

// Collections answers the list of all collections.
func (s *Service) Collections(c echo.Context) error {
	ctx := c.Request().Context()
	meta, err := s.reader.Meta(ctx)
	if err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	list, err := s.reader.Collections(ctx)
	if err != nil {
		return fmt.Errorf("collections: %w", err)
	}
	doc := struct {
		Links       []rest.Link     `json:"links"`
		Collections []CollectionDoc `json:"collections"`
	}{selfLinks(c), []CollectionDoc{}}
	state := []string{"collections"}
	for i := range list {
		doc.Collections = append(doc.Collections, s.describe(rest.Base(c), meta, &list[i]))
		state = append(state, list[i].Name, strconv.FormatInt(list[i].Revision, 10))
	}
	return s.document(c, doc, collectionsPage(c, list), state...)
}

// Collection answers the description of one collection.
func (s *Service) Collection(c echo.Context) error {
	coll, err := s.collection(c)
	if err != nil {
		return err
	}
	meta, err := s.reader.Meta(c.Request().Context())
	if err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	doc := s.describe(rest.Base(c), meta, &coll)
	return s.document(c, doc, s.collectionPage(c, &doc, &coll), strconv.FormatInt(coll.Revision, 10))
}

// describe makes the description.
func (s *Service) describe(base string, meta spatial.Meta, coll *spatial.Collection) CollectionDoc {
	doc := CollectionDoc{ID: coll.Name, Title: coll.Title, Description: coll.Description, Attribution: coll.Attribution,
		Licence: coll.Licence, ItemType: "feature", CRS: s.crsOf(meta.Datum, coll), StorageCRS: storageCRS(meta.Datum, coll),
		VerticalCRS: coll.VerticalCRS, Datum: meta.Datum, Local: coll.Local, ItemCount: coll.Count, Revision: coll.Revision}
	if doc.Title == "" {
		doc.Title = coll.Name
	}
	doc.Extent = extentOf(coll)
	at := base + "/collections/" + url.PathEscape(coll.Name)
	doc.Links = []rest.Link{
		{Href: at, Rel: "self", Type: rest.MediaJSON, Title: "this collection"},
		{Href: at + "?f=html", Rel: "alternate", Type: "text/html", Title: "this collection as a page"},
		{Href: at + "/items", Rel: "items", Type: rest.MediaGeoJSON, Title: "its features"},
		{Href: at + "/items?f=html", Rel: "items", Type: "text/html", Title: "its features as a page"},
		{Href: at + "/queryables", Rel: relQueryables, Type: rest.MediaSchema, Title: "what can be asked for"},
		{Href: at + "/sortables", Rel: relSortables, Type: rest.MediaSchema, Title: "what can be sorted by"},
		{Href: at + "/schema", Rel: relSchema, Type: rest.MediaSchema, Title: "the schema of its features"},
		{Href: at + "/stats", Rel: "related", Type: rest.MediaJSON, Title: "counts, areas and volumes"},
		{Href: at + "/storeys", Rel: "related", Type: rest.MediaJSON, Title: "its storeys"},
		{Href: at + "/changes", Rel: "related", Type: rest.MediaJSON, Title: "what each import did"},
		{Href: base + "/models?collection=" + url.QueryEscape(coll.Name), Rel: "related", Type: rest.MediaJSON, Title: "its models"},
	}
	if s.tiles && !coll.Local {
		doc.Links = append(doc.Links, rest.Link{Href: at + "/tiles", Rel: relTiles, Type: rest.MediaJSON, Title: "its vector tiles"},
			rest.Link{Href: base + "/tiles/" + url.PathEscape(coll.Name) + ".json", Rel: "describedby", Type: rest.MediaJSON, Title: "its vector tiles as TileJSON"})
	}
	return doc
}

func extentOf(coll *spatial.Collection) *Extent {
	out := Extent{}
	if b := coll.Extent; !coll.Local && !b.IsEmpty() {
		box := []float64{round9(b.Min[0]), round9(b.Min[1]), round9(b.Max[0]), round9(b.Max[1])}
		crs := CRS84
		if coll.VerticalCRS == ellipsoidal && !math.IsInf(b.Min[2], 0) && !math.IsInf(b.Max[2], 0) {
			crs = CRS84h
			box = []float64{box[0], box[1], b.Min[2], box[2], box[3], b.Max[2]}
		}
		out.Spatial = &SpatialExtent{BBox: [][]float64{box}, CRS: crs}
	}
	if coll.Count > 0 {
		out.Temporal = &TemporalExtent{Interval: [][2]*string{{timeOrNull(coll.Time.Start), timeOrNull(coll.Time.End)}},
			TRS: "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
	}
	if out.Spatial == nil && out.Temporal == nil {
		return nil
	}
	return &out
}

func round9(v float64) float64 { return math.Round(v*1e9) / 1e9 }

// round3 rounds metres to millimetres.
func round3(v float64) float64 { return math.Round(v*1e3) / 1e3 }

func timeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := spatial.FormatTime(t)
	return &s
}

// selfLinks returns the links of a document to itself and its other forms.
func selfLinks(c echo.Context) []rest.Link {
	return []rest.Link{
		{Href: rest.Self(c, map[string]string{"f": ""}), Rel: "self", Type: rest.MediaJSON, Title: "this document"},
		{Href: rest.Self(c, map[string]string{"f": "html"}), Rel: "alternate", Type: "text/html", Title: "this document as a page"},
	}
}
