package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/shikong-cim/shikong/api"
)

// examples are requests for each GET of the document; what is missing here fails the test.
var examples = map[string][]string{
	"/":                                      {"/", "/?f=html"},
	"/conformance":                           {"/conformance"},
	"/api":                                   {"/api"},
	"/functions":                             {"/functions", "/functions?f=html"},
	"/collections":                           {"/collections"},
	"/collections/{collectionId}":            {"/collections/houses", "/collections/metro", "/collections/none"},
	"/collections/{collectionId}/schema":     {"/collections/houses/schema"},
	"/collections/{collectionId}/queryables": {"/collections/houses/queryables"},
	"/collections/{collectionId}/sortables":  {"/collections/houses/sortables"},
	"/collections/{collectionId}/items": {"/collections/houses/items", "/collections/houses/items?limit=1", "/collections/metro/items",
		"/collections/houses/items?bbox=114,22,115,23&datetime=2020-01-01%2F..&recorded=2024-01-01&properties=use,name", "/collections/houses/items?f=html"},
	"/collections/{collectionId}/items/{featureId}":          {"/collections/houses/items/a", "/collections/houses/items/zz"},
	"/collections/{collectionId}/items/{featureId}/versions": {"/collections/houses/items/b/versions", "/collections/houses/items/b/versions?history=true", "/collections/houses/items/b/versions?f=html"},
	"/collections/{collectionId}/nearest":                    {"/collections/houses/nearest?point=114,22&k=3&max=1000000"},
	"/collections/{collectionId}/stack": {"/collections/houses/stack?point=114.0511,22.5401", "/collections/metro/stack?point=114.05,22.54&distance=5&z=-100,..",
		"/collections/houses/stack?point=114,22,5", "/collections/houses/stack?point=114.0511,22.5401&f=html"},
	"/collections/{collectionId}/storeys": {"/collections/houses/storeys", "/collections/houses/storeys?model=plan&f=html"},
	"/collections/{collectionId}/stats": {"/collections/houses/stats", "/collections/houses/stats?group=class,use&datetime=../..", "/collections/houses/stats?group=nothing",
		"/collections/houses/stats?group=use&f=html"},
	"/search":                             {"/search?q=a", "/search?q=114.0511,22.5401&limit=3", "/search?q=tunnel&collections=metro", "/search?q=house&f=html"},
	"/collections/{collectionId}/changes": {"/collections/houses/changes", "/collections/houses/changes?since=2020-01-01&limit=1", "/collections/houses/changes?since=7"},
	"/collections/{collectionId}/diff": {"/collections/houses/diff?between=2000-01-01,2025-01-01", "/collections/houses/diff?recorded-between=2000-01-01,2025-01-01",
		"/collections/houses/diff?between=2000-01-01,2025-01-01&limit=1", "/collections/houses/diff", "/collections/houses/diff?between=2000-01-01,2025-01-01&f=html"},
	"/collections/{collectionId}/within": {"/collections/houses/within?geometry=POINT(114.051%2022.54)&distance=60",
		"/collections/metro/within?geometry=LINESTRING%20Z(114.05%2022.54%200,114.06%2022.54%200)&distance=3000&limit=1", "/collections/houses/within?geometry=POINT(1)&distance=1"},
	"/models":                              {"/models", "/models?collection=houses"},
	"/models/{collectionId}/{modelId}":     {"/models/houses/plan", "/models/houses/none"},
	"/tiles/{collections}/{z}/{x}/{y}.mvt": {"/tiles/houses,metro/14/13382/7138.mvt", "/tiles/houses/14/0/0.mvt", "/tiles/houses/2/9/9.mvt"},
	"/tiles/{collections}/{z}/{x}/{y}.pbf": {"/tiles/houses,metro/14/13382/7138.pbf", "/tiles/houses/14/0/0.pbf", "/tiles/houses/2/9/9.pbf"},
	"/tiles/{collections}.json":            {"/tiles/houses,metro.json?datetime=2020-01-01"},
	"/styles/{name}.json":                  {"/styles/default.json", "/styles/houses.json", "/styles/none.json"},
	"/imports":                             {"/imports"},
	"/imports/{importId}":                  {"/imports/none"},
	"/events":                              nil, // does not end
	"/healthz":                             {"/healthz"},
	"/readyz":                              {"/readyz"},
	"/metrics":                             {"/metrics"},

	// Tiles of OGC API Tiles.
	"/styles":                           {"/styles"},
	"/tileMatrixSets":                   {"/tileMatrixSets"},
	"/tileMatrixSets/{tileMatrixSetId}": {"/tileMatrixSets/CGCS2000Quad", "/tileMatrixSets/WebMercatorQuad"},
	"/tiles":                            {"/tiles", "/tiles?collections=houses"},
	"/tiles/{tileMatrixSetId}":          {"/tiles/WorldCRS84Quad", "/tiles/CGCS2000Quad?collections=houses&datetime=2020-01-01"},
	"/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}":                            {"/tiles/WorldCRS84Quad/13/3069/13382", "/tiles/WorldCRS84Quad/3/9/0"},
	"/collections/{collectionId}/tiles":                                                    {"/collections/houses/tiles", "/collections/none/tiles"},
	"/collections/{collectionId}/tiles/{tileMatrixSetId}":                                  {"/collections/houses/tiles/WebMercatorQuad"},
	"/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": {"/collections/houses/tiles/CGCS2000Quad/13/3069/13382?f=mvt"},
}

func load(t *testing.T, s *api.Server) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(ask(t, s, "GET", "/api").body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheInterfaceIsAValidDocument(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	if err := load(t, s).Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if res := ask(t, s, "GET", "/api"); res.header.Get("Content-Type") != "application/vnd.oai.openapi+json;version=3.0" {
		t.Errorf("Content-Type %s", res.header.Get("Content-Type"))
	}
}

func TestWhatIsDescribedIsWhatIsAnswered(t *testing.T) {
	f := city()
	s := newServer(t, api.Options{Reader: f, Store: f, Tiles: newTiles(t, &drawn{})})
	doc := load(t, s)
	for path, item := range doc.Paths.Map() {
		if item.Get == nil {
			continue
		}
		requests, known := examples[path]
		if !known {
			t.Errorf("%s has no example in this test", path)
		}
		for _, target := range requests {
			t.Run(target, func(t *testing.T) {
				contract(t, s, target, &routers.Route{Spec: doc, Server: doc.Servers[0], Path: path, PathItem: item, Method: "GET", Operation: item.Get})
			})
		}
	}
}

// placeholder is a path parameter as the document writes it, escaped for a pattern.
var placeholder = regexp.MustCompile(`\\\{(\w+)\\\}`)

// parameters takes the path parameters out of an address. The routers that come with the
// validator know no parameter with something behind it, such as {y}.mvt.
func parameters(t *testing.T, path string, u *url.URL) map[string]string {
	t.Helper()
	pattern := regexp.MustCompile("^" + placeholder.ReplaceAllString(regexp.QuoteMeta(path), "(?P<$1>[^/]+)") + "$")
	found := pattern.FindStringSubmatch(u.Path)
	if found == nil {
		t.Fatalf("%s is no example of %s", u, path)
	}
	out := map[string]string{}
	for i, name := range pattern.SubexpNames() {
		if name != "" {
			out[name] = found[i]
		}
	}
	return out
}

func contract(t *testing.T, s *api.Server, target string, route *routers.Route) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://example.com"+target, nil)
	params := parameters(t, route.Path, r.URL)
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	res := ask(t, s, "GET", target)
	media, _, _ := strings.Cut(res.header.Get("Content-Type"), ";")
	for status, answer := range route.Operation.Responses.Map() {
		if status == "200" && res.status == 200 && answer.Value.Content.Get(res.header.Get("Content-Type")) == nil {
			t.Errorf("an answer of type %s is not described", media)
		}
	}
	if !strings.HasSuffix(media, "json") {
		return
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.status, Header: http.Header{"Content-Type": {media}},
		Body: io.NopCloser(strings.NewReader(res.body)), Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if strings.Contains(media, "openapi") {
		return
	}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%v\n%s", err, res.body)
	}
}
