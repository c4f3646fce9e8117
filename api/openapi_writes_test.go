package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/api/imports"
)

// write is a request that changes something, and how it is answered.
type write struct {
	method, path string // as the document has them
	target       string // ID stands for the upload begun before
	media, body  string
	header       []string
	status       int
	wrong        bool // the document does not allow the request either
}

const (
	itemPath = itemsPath + "/{featureId}"
	patchAs  = "application/merge-patch+json"
	pieceAs  = "application/offset+octet-stream"
	kiosk    = `{"type":"Feature","id":"k","geometry":{"type":"Point","coordinates":[114.05,22.54]},"properties":{"use":"kiosk"}}`
	someone  = "Authorization: Bearer somebody"
)

// writes are made one after the other on one server.
var writes = []write{
	{"POST", itemsPath, "/collections/houses/items", geo, kiosk, nil, 201, false},
	{"POST", itemsPath, "/collections/houses/items", geo, kiosk, nil, 409, false},
	{"POST", itemsPath, "/collections/houses/items", geo, `{"type":"Feature","geometry":{"type":"Point","coordinates":[500,5]},"properties":{}}`, nil, 400, false},
	{"POST", itemsPath, "/collections/houses/items", geo, `{"type":"Point","coordinates":[1,2]}`, nil, 400, true},
	{"POST", itemsPath, "/collections/houses/items", "text/plain", kiosk, nil, 415, true},
	{"POST", itemsPath, "/collections/houses/items", geo, kiosk, []string{someone}, 401, false},
	{"POST", itemsPath, "/collections/none/items", geo, kiosk, nil, 404, false},
	{"POST", itemsPath, "/collections/houses/items?dry=1", geo, kiosk, nil, 400, false},
	{"PUT", itemPath, "/collections/houses/items/k", geo, kiosk, nil, 204, false},
	{"PUT", itemPath, "/collections/houses/items/a", geo, kiosk, nil, 409, false},
	{"PUT", itemPath, "/collections/houses/items/none", geo, kiosk, nil, 404, false},
	{"PUT", itemPath, "/collections/houses/items/k", geo, kiosk, []string{`If-Match: W/"other"`}, 412, false},
	{"PATCH", itemPath, "/collections/houses/items/k", patchAs, `{"properties":{"use":"shop"}}`, nil, 204, false},
	{"PATCH", itemPath, "/collections/houses/items/k", patchAs, `{"properties":{"storeys":"many"}}`, nil, 400, false},
	{"PATCH", itemPath, "/collections/houses/items/k", patchAs, `[1]`, nil, 400, true},
	{"DELETE", itemPath, "/collections/houses/items/k", "", "", nil, 204, false},
	{"DELETE", itemPath, "/collections/houses/items/k", "", "", nil, 404, false},
	{"DELETE", itemPath, "/collections/houses/items/a", "", "", []string{someone}, 401, false},

	{"POST", "/collections/{collectionId}/within", "/collections/houses/within?distance=5", geo, `{"type":"Point","coordinates":[114.051,22.54]}`, nil, 200, false},
	{"POST", "/collections/{collectionId}/within", "/collections/houses/within?distance=5", geo, `{}`, nil, 400, false},

	{"PUT", "/styles/{name}.json", "/styles/houses.json", "application/json", `{"version":8,"sources":{},"layers":[]}`, nil, 204, false},
	{"PUT", "/styles/{name}.json", "/styles/houses.json", "application/json", `{"version":7}`, nil, 400, false},
	{"DELETE", "/styles/{name}.json", "/styles/houses.json", "", "", nil, 204, false},
	{"DELETE", "/styles/{name}.json", "/styles/houses.json", "", "", []string{someone}, 401, false},

	{"POST", "/imports", "/imports", "application/json", `{"name":"a.geojson","bytes":8}`, nil, 201, false},
	{"HEAD", "/imports/{importId}", "/imports/ID", "", "", nil, 200, false},
	{"PATCH", "/imports/{importId}", "/imports/ID", pieceAs, "1234", []string{"Upload-Offset: 0"}, 204, false},
	{"PATCH", "/imports/{importId}", "/imports/ID", pieceAs, "1234", []string{"Upload-Offset: 0"}, 409, false},
	{"PATCH", "/imports/{importId}", "/imports/ID", pieceAs, "1234", nil, 400, false},
	{"PATCH", "/imports/{importId}", "/imports/none", pieceAs, "1234", []string{"Upload-Offset: 0"}, 404, false},
	{"DELETE", "/imports/{importId}", "/imports/ID", "", "", nil, 204, false},
	{"POST", "/imports", "/imports", "application/json", `{"name":"a.geojson"}`, nil, 400, true},
	{"POST", "/imports", "/imports", "text/plain", `?`, nil, 415, true},

	{"DELETE", "/models/{collectionId}/{modelId}", "/models/houses/plan", "", "", nil, 200, false},
	{"DELETE", "/models/{collectionId}/{modelId}", "/models/houses/none", "", "", nil, 404, false},
}

// Requests that change something are such as the document describes, and so is what they are
// answered, also when they are refused.
func TestWritesAreWhatIsDescribed(t *testing.T) {
	service, err := imports.Open(imports.Options{Dir: filepath.Join(t.TempDir(), "spool"), Import: (&real{}).importGeoJSON})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(t.Context()); err != nil {
			t.Log(err) // the test is over, and so is its context
		}
	})
	w := newWorkshop(t, api.Options{Imports: service})
	doc := load(t, w.s)
	upload, made := "", map[string]bool{}
	for i, one := range writes {
		made[one.method+" "+one.path] = true
		one.target = strings.Replace(one.target, "ID", upload, 1)
		t.Run(strconv.Itoa(i)+" "+one.method+" "+one.target, func(t *testing.T) {
			item := doc.Paths.Value(one.path)
			if item == nil || item.GetOperation(one.method) == nil {
				t.Fatalf("%s %s is not described", one.method, one.path)
			}
			res := w.described(t, one, &routers.Route{Spec: doc, Server: doc.Servers[0], Path: one.path, PathItem: item, Method: one.method, Operation: item.GetOperation(one.method)})
			if res.status == 201 && one.path == "/imports" {
				at := res.header.Get("Location")
				upload = at[strings.LastIndex(at, "/")+1:]
			}
		})
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if !slices.Contains([]string{"GET"}, method) && !made[method+" "+path] {
				t.Errorf("%s %s has no example in this test", method, path)
			}
		}
	}
}

// described sends a request and holds it and its answer against the document.
func (w *workshop) described(t *testing.T, one write, route *routers.Route) reply {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), one.method, "http://example.com"+one.target, strings.NewReader(one.body))
	if one.media != "" {
		r.Header.Set("Content-Type", one.media)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeRequestBody: one.media == pieceAs}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters(t, route.Path, r.URL), Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(t.Context(), in); (err != nil) != one.wrong {
		t.Errorf("the document says of the request: %v", err)
	}
	res := w.send(one.method, one.target, one.media, one.body, one.header...)
	if res.status != one.status {
		t.Errorf("status %d, want %d: %s", res.status, one.status, res.body)
	}
	if res.status < 400 && route.Operation.Responses.Status(res.status) == nil {
		t.Errorf("status %d is not described", res.status)
	}
	media, _, _ := strings.Cut(res.header.Get("Content-Type"), ";")
	if res.status >= 400 && media != "application/problem+json" {
		t.Errorf("a problem of type %s", media)
	}
	if want, ok := contentOf(route.Operation, res.status); ok != (res.body != "") && one.method != "HEAD" {
		t.Errorf("content described: %v, body %q", want, res.body)
	}
	if res.body == "" {
		return res
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.status, Header: http.Header{"Content-Type": {media}},
		Body: io.NopCloser(strings.NewReader(res.body)), Options: options}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%v\n%s", err, res.body)
	}
	return res
}

// contentOf returns what the document says that an answer of a status holds.
func contentOf(op *openapi3.Operation, status int) (openapi3.Content, bool) {
	r := op.Responses.Status(status)
	if r == nil {
		r = op.Responses.Default()
	}
	return r.Value.Content, len(r.Value.Content) > 0
}
