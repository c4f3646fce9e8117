package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lines is a log that a test can read while the server writes.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type oneToken struct{}

func (oneToken) Check(_ context.Context, token string) (string, bool) {
	return "team", token == "right"
}

func newServer(t *testing.T, o api.Options) *api.Server {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	o.Version = "test"
	s, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request to the handler and returns what it answered. Headers are "Name: value".
func ask(t *testing.T, h http.Handler, method, target string, header ...string) reply {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

// fetch sends a request to an address and returns what it answered.
func fetch(t testing.TB, method, url string, header ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v behind %d bytes", url, err, len(body))
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

func decode[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("status %d, %v: %s", r.status, err, r.body)
	}
	return v
}

type problem struct {
	Type, Title, Code, Detail, Hint, Instance, Parameter, Value string
	Status                                                      int
}

func TestWrongRequestsAreProblemsThatNameWhatIsWrong(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct {
		method, target, accept string
		status                 int
		code, parameter, value string
	}{
		"the address is unknown":                       {"GET", "/nowhere", "", 404, "not-found", "", ""},
		"a file below the root is unknown":             {"GET", "/assets/x.js", "", 404, "not-found", "", ""},
		"the method is unknown there":                  {"PUT", "/collections", "", 405, "method-not-allowed", "", ""},
		"the collection is unknown":                    {"GET", "/collections/x/items", "", 404, "collection-not-found", "", ""},
		"the feature is unknown":                       {"GET", "/collections/houses/items/zz", "", 404, "feature-not-found", "", ""},
		"the feature does not stand then":              {"GET", "/collections/houses/items/c?datetime=2024-01-01", "", 404, "feature-not-found", "", ""},
		"the parameter is unknown":                     {"GET", "/collections/houses/items?bbx=1", "", 400, "unknown-parameter", "bbx", "1"},
		"a parameter where none is known":              {"GET", "/healthz?x=1", "", 400, "unknown-parameter", "x", "1"},
		"a parameter is given twice":                   {"GET", "/collections/houses/items?limit=1&limit=2", "", 400, "invalid-parameter", "limit", "2"},
		"a number is none":                             {"GET", "/collections/houses/items?storeys=three", "", 400, "invalid-parameter", "storeys", "three"},
		"a truth value is none":                        {"GET", "/collections/houses/items?underground=deep", "", 400, "invalid-parameter", "underground", "deep"},
		"a place by its name":                          {"GET", "/collections/houses/items?geometry=POINT(1%202)", "", 400, "unknown-parameter", "geometry", "POINT(1 2)"},
		"an offset":                                    {"GET", "/collections/houses/items?offset=10", "", 400, "unknown-parameter", "offset", "10"},
		"the box has three numbers":                    {"GET", "/collections/houses/items?bbox=1,2,3", "", 400, "invalid-parameter", "bbox", "1,2,3"},
		"the box holds a word":                         {"GET", "/collections/houses/items?bbox=1,2,3,NaN", "", 400, "invalid-parameter", "bbox", "1,2,3,NaN"},
		"the box runs backwards":                       {"GET", "/collections/houses/items?bbox=1,4,3,2", "", 400, "invalid-bbox", "bbox", "1,4,3,2"},
		"the box lies off the Earth":                   {"GET", "/collections/houses/items?bbox=1,2,3,91", "", 400, "invalid-bbox", "bbox", "1,2,3,91"},
		"the reference system is not offered":          {"GET", "/collections/houses/items?crs=EPSG:25832x", "", 400, "invalid-parameter", "crs", "EPSG:25832x"},
		"the datum needs a transform":                  {"GET", "/collections/houses/items?crs=EPSG:31467", "", 400, "invalid-parameter", "crs", "EPSG:31467"},
		"the heights are of another system":            {"GET", "/collections/houses/items?crs=http://www.opengis.net/def/crs/EPSG/0/4979", "", 400, "invalid-parameter", "crs", "http://www.opengis.net/def/crs/EPSG/0/4979"},
		"a box with its axes exchanged":                {"GET", "/collections/houses/items?bbox-crs=EPSG:4326&bbox=114,22,115,23", "", 400, "invalid-bbox", "bbox", "114,22,115,23"},
		"a box outside the map":                        {"GET", "/collections/houses/items?bbox-crs=EPSG:4547&bbox=9e9,9e9,9.1e9,9.1e9", "", 400, "invalid-bbox", "bbox", "9e9,9e9,9.1e9,9.1e9"},
		"ellipsoidal heights are not known":            {"GET", "/collections/houses/items?bbox-crs=http://www.opengis.net/def/crs/OGC/0/CRS84h&bbox=1,2,3,4", "", 400, "invalid-parameter", "bbox-crs", "http://www.opengis.net/def/crs/OGC/0/CRS84h"},
		"the time is a word":                           {"GET", "/collections/houses/items?datetime=yesterday", "", 400, "invalid-time", "datetime", "yesterday"},
		"the interval runs backwards":                  {"GET", "/collections/houses/items?datetime=2024-05-01/2023-01-01", "", 400, "invalid-parameter", "datetime", "2024-05-01/2023-01-01"},
		"the recorded time is an interval":             {"GET", "/collections/houses/items?recorded=../..", "", 400, "invalid-time", "recorded", "../.."},
		"the limit is zero":                            {"GET", "/collections/houses/items?limit=0", "", 400, "invalid-parameter", "limit", "0"},
		"the limit is no number":                       {"GET", "/collections/houses/items?limit=ten", "", 400, "invalid-parameter", "limit", "ten"},
		"the token of the page is made up":             {"GET", "/collections/houses/items?next=abc", "", 400, "invalid-cursor", "next", "abc"},
		"the property is unknown":                      {"GET", "/collections/houses/items?properties=use,colour", "", 400, "invalid-parameter", "properties", "colour"},
		"the filter breaks off":                        {"GET", "/collections/houses/items?filter=use%3D", "", 400, "invalid-filter", "filter", "use="},
		"the filter asks for what is not there":        {"GET", "/collections/houses/items?filter=colour%3D'red'", "", 400, "invalid-filter", "filter", "colour='red'"},
		"the filter is no condition":                   {"GET", "/collections/houses/nearest?point=1,2&filter=1%2B1", "", 400, "invalid-filter", "filter", "1+1"},
		"the language of the filter is unknown":        {"GET", "/collections/houses/items?filter=TRUE&filter-lang=sql", "", 400, "invalid-parameter", "filter-lang", "sql"},
		"the filter's reference system is not offered": {"GET", "/collections/houses/items?filter=TRUE&filter-crs=EPSG:1", "", 400, "invalid-parameter", "filter-crs", "EPSG:1"},
		"the point is missing":                         {"GET", "/collections/houses/nearest", "", 400, "invalid-parameter", "point", ""},
		"the point has its axes swapped":               {"GET", "/collections/houses/nearest?point=22.5,114", "", 400, "invalid-parameter", "point", "22.5,114"},
		"the distance is negative":                     {"GET", "/collections/houses/nearest?point=114,22&max=-1", "", 400, "invalid-parameter", "max", "-1"},
		"the format is unknown":                        {"GET", "/collections?f=xml", "", 400, "invalid-parameter", "f", "xml"},
		"no format asked for is to be had":             {"GET", "/collections", "application/xml", 406, "not-acceptable", "", ""},
		"the escape is broken":                         {"GET", "/collections?f=%zz", "", 400, "invalid-query", "", ""},
		"the model is unknown":                         {"GET", "/models/houses/x", "", 404, "model-not-found", "", ""},
		"the server takes no imports":                  {"GET", "/imports", "", 403, "imports-disabled", "", ""},
		"the server takes no writes":                   {"DELETE", "/models/houses/plan", "", 403, "writing-disabled", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, c.method, c.target, "Accept: "+c.accept)
			p := decode[problem](t, res)
			got := problem{Type: p.Type, Code: p.Code, Parameter: p.Parameter, Value: p.Value, Status: p.Status}
			want := problem{Type: "about:blank", Code: c.code, Parameter: c.parameter, Value: c.value, Status: c.status}
			if diff := cmp.Diff(want, got); diff != "" || res.status != c.status {
				t.Errorf("status %d, -want +got:\n%s", res.status, diff)
			}
			if media := res.header.Get("Content-Type"); media != "application/problem+json" {
				t.Errorf("Content-Type %s", media)
			}
			if p.Instance != "urn:shikong:request:"+res.header.Get("X-Request-Id") || p.Detail == "" {
				t.Errorf("instance %q, detail %q", p.Instance, p.Detail)
			}
			if c.parameter != "" && !strings.Contains(p.Detail, c.parameter+"="+c.value) {
				t.Errorf("detail %q does not name %s=%s", p.Detail, c.parameter, c.value)
			}
		})
	}
}

func TestAnErrorInsideIsA500ThatTellsNothingAndALogLineThatTellsAll(t *testing.T) {
	for name, spoil := range map[string]func(*fake){
		"the reader fails":  func(f *fake) { f.failAfter = 1 },
		"the reader panics": func(f *fake) { f.panics = true },
	} {
		t.Run(name, func(t *testing.T) {
			f, log := city(), &lines{}
			spoil(f)
			s := newServer(t, api.Options{Reader: f, Logger: slog.New(slog.NewJSONHandler(log, nil))})
			res := ask(t, s, "GET", "/collections/houses/items?limit=5")
			body := res.body
			id := res.header.Get("X-Request-Id")
			if res.status != 500 || strings.Contains(body, "secret") || !strings.Contains(body, id) {
				t.Errorf("status %d: %s", res.status, body)
			}
			if l := log.String(); !strings.Contains(l, "secret-of-the-house") || !strings.Contains(l, id) || !strings.Contains(l, `"query":"limit=5"`) {
				t.Errorf("log: %s", l)
			}
			f.panics, f.failAfter = false, 0
			if res := ask(t, s, "GET", "/collections/houses/items"); res.status != 200 {
				t.Errorf("afterwards the server answers %d", res.status)
			}
		})
	}
}

func TestAStoreOutOfReachIs503WithoutItsAddress(t *testing.T) {
	f := city()
	s := newServer(t, api.Options{Reader: f})
	f.err = &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-unreachable", Message: "dial db.internal:5432: refused"}
	res := ask(t, s, "GET", "/collections")
	body := res.body
	if res.status != 503 || strings.Contains(body, "internal") || !strings.Contains(body, "store-unreachable") || res.header.Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q: %s", res.status, res.header.Get("Retry-After"), body)
	}
}

func TestARequestThatTakesTooLongIs503(t *testing.T) {
	f := city()
	f.hang = true
	s := newServer(t, api.Options{Reader: f, Limits: api.Limits{RequestTimeout: 20 * time.Millisecond}})
	res := ask(t, s, "GET", "/collections/houses/items")
	if p := decode[problem](t, res); res.status != 503 || p.Code != "timeout" {
		t.Errorf("status %d, %+v", res.status, p)
	}
}

func TestTheLogLineSaysWhoAskedWhat(t *testing.T) {
	log := &lines{}
	s := newServer(t, api.Options{Reader: city(), Logger: slog.New(slog.NewJSONHandler(log, nil))})
	res := ask(t, s, "GET", "/collections/houses/items/a")
	var line map[string]any
	if err := json.Unmarshal([]byte(log.String()), &line); err != nil {
		t.Fatalf("%v: %s", err, log.String())
	}
	for _, volatile := range []string{"time", "took", "bytes"} {
		if line[volatile] == nil {
			t.Errorf("the line has no %s", volatile)
		}
		delete(line, volatile)
	}
	want := map[string]any{"level": "INFO", "msg": "request", "method": "GET", "route": "/collections/:collectionId/items/:featureId",
		"path": "/collections/houses/items/a", "status": 200.0, "request": res.header.Get("X-Request-Id"), "client": "192.0.2.1"}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestHeadersOfProxiesAreBelievedOnlyFromThoseNamed(t *testing.T) {
	forwarded := []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: city.example", "X-Forwarded-Prefix: /sk/", "X-Request-Id: abc"}
	for name, c := range map[string]struct {
		o                  api.Options
		base, client, path string
	}{
		"nobody is trusted":          {api.Options{}, "http://example.com", "192.0.2.1", "/conformance"},
		"another peer is trusted":    {api.Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, "http://example.com", "192.0.2.1", "/conformance"},
		"the peer is trusted":        {api.Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, "https://city.example/sk", "203.0.113.9", "/conformance"},
		"the base path is set":       {api.Options{BasePath: "sk"}, "http://example.com/sk", "192.0.2.1", "/sk/conformance"},
		"the proxy cuts it off":      {api.Options{BasePath: "/sk/"}, "http://example.com/sk", "192.0.2.1", "/conformance"},
		"the public address is set":  {api.Options{PublicURL: "https://p.example/x/"}, "https://p.example/x", "192.0.2.1", "/conformance"},
		"the root of the base path":  {api.Options{BasePath: "/sk"}, "http://example.com/sk", "192.0.2.1", "/sk/"},
		"a path that only begins so": {api.Options{BasePath: "/con"}, "http://example.com/con", "192.0.2.1", "/conformance"},
	} {
		t.Run(name, func(t *testing.T) {
			log := &lines{}
			c.o.Reader, c.o.Logger = city(), slog.New(slog.NewTextHandler(log, nil))
			s := newServer(t, c.o)
			if res := ask(t, s, "GET", c.path, forwarded...); res.status != 200 {
				t.Errorf("%s: status %d", c.path, res.status)
			}
			doc := decode[struct{ Links []struct{ Rel, Href string } }](t, ask(t, s, "GET", "/", forwarded...))
			if got := doc.Links[0].Href; got != c.base+"/?f=json" {
				t.Errorf("self is %s, want %s", got, c.base+"/?f=json")
			}
			if !strings.Contains(log.String(), "client="+c.client+"\n") {
				t.Errorf("client %s is not in the log:\n%s", c.client, log)
			}
			if trusted := strings.Contains(log.String(), "request=abc"); trusted != (c.client == "203.0.113.9") {
				t.Errorf("the proxy's request id is used: %v", trusted)
			}
		})
	}
}

func TestConditionalRequestsAreAnsweredBeforeAnyWork(t *testing.T) {
	for name, target := range map[string]string{
		"a page of features": "/collections/houses/items?limit=2",
		"nearest":            "/collections/houses/nearest?point=114.05,22.54",
		"a collection":       "/collections/houses",
		"all collections":    "/collections",
		"the schema":         "/collections/houses/schema",
		"the interface":      "/api",
		"versions":           "/collections/houses/items/b/versions",
		"one feature":        "/collections/houses/items/b",
		"the models":         "/models",
	} {
		t.Run(name, func(t *testing.T) {
			f := city()
			s := newServer(t, api.Options{Reader: f})
			first := ask(t, s, "GET", target)
			tag := first.header.Get("ETag")
			if first.status != 200 || !strings.HasPrefix(tag, `W/"`) {
				t.Fatalf("status %d, ETag %s", first.status, tag)
			}
			f.calls = 0
			again := ask(t, s, "GET", target, `If-None-Match: "other", `+tag)
			if again.status != 304 || again.body != "" || again.header.Get("ETag") != tag {
				t.Errorf("asked again: status %d, ETag %s", again.status, again.header.Get("ETag"))
			}
			if f.calls > 0 && name != "one feature" {
				t.Error("304 cost a query")
			}
			if res := ask(t, s, "GET", target, `If-None-Match: "other"`); res.status != 200 {
				t.Errorf("with another tag: status %d", res.status)
			}
			if strings.HasPrefix(target, "/collections") {
				f.raise("houses")
				if name == "one feature" { // whose tag changes only when it changes itself
					if res := ask(t, s, "GET", target, "If-None-Match: "+tag); res.status != 304 {
						t.Errorf("after a change of others: status %d", res.status)
					}
					f.versions[2].Hash = spatial.Hash{99}
				}
				if res := ask(t, s, "GET", target, "If-None-Match: "+tag); res.status != 200 || res.header.Get("ETag") == tag {
					t.Errorf("after a change: status %d", res.status)
				}
			}
		})
	}
}

func TestAnAnswerAboutNowChangesItsTagWithTheClock(t *testing.T) {
	clock := now
	s := newServer(t, api.Options{Reader: city(), Now: func() time.Time { return clock }})
	tag := func(target string) string { return ask(t, s, "GET", target).header.Get("ETag") }
	floating, fixed := tag("/collections/houses/items"), tag("/collections/houses/items?datetime=2024-05-01")
	clock = clock.Add(time.Hour)
	if tag("/collections/houses/items") == floating {
		t.Error("the answer about now has the tag of an hour ago")
	}
	if tag("/collections/houses/items?datetime=2024-05-01") != fixed {
		t.Error("the answer about a fixed time has another tag an hour later")
	}
}

func TestEveryGetHasAHead(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Store: city()})
	for _, target := range []string{"/", "/conformance", "/api", "/collections", "/collections/houses", "/collections/houses/items",
		"/collections/houses/items/a", "/collections/houses/items/b/versions", "/collections/houses/queryables",
		"/collections/houses/nearest?point=114,22", "/models", "/healthz", "/readyz", "/metrics", "/events"} {
		t.Run(target, func(t *testing.T) {
			if res := ask(t, s, "HEAD", target); res.status != 200 {
				t.Errorf("status %d", res.status)
			}
		})
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	if res := fetch(t, http.MethodHead, srv.URL+"/collections/houses/items/zz"); res.status != 404 || res.body != "" {
		t.Errorf("HEAD of a feature that is not there: status %d, body %q", res.status, res.body)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestTextIsCompressedForThoseWhoTakeIt(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	plain := ask(t, s, "GET", "/api").body
	for name, c := range map[string]struct {
		target, accept, encoding string
	}{
		"the client takes gzip":         {"/api", "br, gzip;q=0.8", "gzip"},
		"the client takes anything":     {"/api", "*", "gzip"},
		"the client refuses gzip":       {"/api", "gzip;q=0", ""},
		"the client says nothing":       {"/api", "", ""},
		"the answer is small":           {"/healthz", "gzip", ""},
		"the answer is an error":        {"/nowhere", "gzip", ""},
		"the answer is streamed":        {"/collections/houses/items?datetime=../..", "gzip", "gzip"},
		"the answer is for people":      {"/collections?f=html", "gzip", "gzip"},
		"only other encodings are took": {"/api", "br, zstd", ""},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", c.target, "Accept-Encoding: "+c.accept)
			if got := res.header.Get("Content-Encoding"); got != c.encoding {
				t.Fatalf("Content-Encoding %q, want %q", got, c.encoding)
			}
			if !strings.Contains(strings.Join(res.header.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("Vary %v", res.header.Values("Vary"))
			}
			if c.encoding != "gzip" {
				return
			}
			z, err := gzip.NewReader(strings.NewReader(res.body))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(z)
			if err != nil || (c.target == "/api" && string(body) != plain) {
				t.Errorf("unpacked %d bytes, %v; plain are %d", len(body), err, len(plain))
			}
		})
	}
}

func TestCORSIsAListOrOff(t *testing.T) {
	off := newServer(t, api.Options{Reader: city()})
	if got := ask(t, off, "GET", "/collections", "Origin: https://a.example").header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("off: allowed %q", got)
	}
	on := newServer(t, api.Options{Reader: city(), CORS: []string{"https://a.example"}})
	if got := ask(t, on, "GET", "/collections", "Origin: https://a.example").header.Get("Access-Control-Allow-Origin"); got != "https://a.example" {
		t.Errorf("on the list: allowed %q", got)
	}
	if got := ask(t, on, "GET", "/collections", "Origin: https://b.example").header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("not on the list: allowed %q", got)
	}
	if got := ask(t, on, "GET", "/nowhere", "Origin: https://a.example").header.Get("Access-Control-Allow-Origin"); got != "https://a.example" {
		t.Errorf("an error: allowed %q", got)
	}
	res := ask(t, on, "OPTIONS", "/imports", "Origin: https://a.example", "Access-Control-Request-Method: PATCH")
	if res.status != 204 || !strings.Contains(res.header.Get("Access-Control-Allow-Methods"), "PATCH") {
		t.Errorf("preflight: status %d, methods %q", res.status, res.header.Get("Access-Control-Allow-Methods"))
	}
}

func TestTheMapCarriesTheLandingPage(t *testing.T) {
	files := fstest.MapFS{
		"index.html":     {Data: []byte("<!doctype html><html><head><meta charset=utf-8><title>x</title></head><body></body></html>")},
		"assets/a-1.js":  {Data: []byte("console.log(1)//" + strings.Repeat("x", 2000))},
		"favicon.svg":    {Data: []byte("<svg/>")},
		"assets/b.woff2": {Data: []byte("font")},
	}
	s := newServer(t, api.Options{Reader: city(), Web: files, Title: "City <of> tests"})
	page := ask(t, s, "GET", "/", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	body := page.body
	for _, want := range []string{"<title>City &lt;of&gt; tests</title>", `<meta name="description" content="What stands where`,
		`<link rel="service-desc" type="application/vnd.oai.openapi&#43;json;version=3.0" title="the interface as OpenAPI" href="http://example.com/api?f=json">`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s\n%s", want, body)
		}
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") {
		t.Errorf("Content-Security-Policy %q", csp)
	}
	if res := ask(t, s, "GET", "/?f=json", "Accept: text/html"); res.header.Get("Content-Type") != "application/json" {
		t.Errorf("f=json answers %s", res.header.Get("Content-Type"))
	}
	if res := ask(t, s, "GET", "/", "Accept: */*"); res.header.Get("Content-Type") != "application/json" {
		t.Errorf("a program gets %s", res.header.Get("Content-Type"))
	}
	script := ask(t, s, "GET", "/assets/a-1.js", "Accept-Encoding: gzip")
	tag := script.header.Get("ETag")
	if script.header.Get("Content-Encoding") != "gzip" || !strings.Contains(script.header.Get("Cache-Control"), "immutable") ||
		script.header.Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.HasSuffix(tag, `-gz"`) {
		t.Errorf("script: %v", script.header)
	}
	if res := ask(t, s, "GET", "/assets/a-1.js", "Accept-Encoding: gzip", "If-None-Match: "+tag); res.status != 304 {
		t.Errorf("script again: %d", res.status)
	}
	if res := ask(t, s, "GET", "/assets/a-1.js"); res.header.Get("ETag") == tag || res.body != string(files["assets/a-1.js"].Data) {
		t.Error("the plain script has the tag of the compressed one, or another text")
	}
}

func TestModelsAreListedAndEndedWithAToken(t *testing.T) {
	f := city()
	s := newServer(t, api.Options{Reader: f, Store: f, Tokens: oneToken{}, Limits: api.Limits{TokenFailures: 2}})
	list := decode[struct {
		Models []struct{ Collection, Model string }
	}](t, ask(t, s, "GET", "/models?collection=houses"))
	if len(list.Models) != 1 || list.Models[0].Model != "plan" {
		t.Errorf("models %+v", list)
	}
	one := decode[struct{ Report json.RawMessage }](t, ask(t, s, "GET", "/models/houses/plan"))
	if string(one.Report) != `{"features":7}` {
		t.Errorf("report %s", one.Report)
	}
	for i, c := range []struct {
		header string
		status int
		code   string
	}{
		{"X: y", 403, "token-missing"},
		{"Authorization: Basic right", 403, "token-missing"},
		{"Authorization: Bearer wrong", 401, "token-unknown"},
		{"Authorization: Bearer wrong", 401, "token-unknown"},
		{"Authorization: Bearer wrong", 429, "too-many-wrong-tokens"},
	} {
		res := ask(t, s, "DELETE", "/models/houses/plan", c.header)
		if p := decode[problem](t, res); res.status != c.status || p.Code != c.code {
			t.Errorf("%d %s: status %d, code %s", i, c.header, res.status, p.Code)
		}
		if challenged := res.header.Get("WWW-Authenticate") != ""; challenged != (c.status != 429) {
			t.Errorf("%d %s: WWW-Authenticate %q", i, c.header, res.header.Get("WWW-Authenticate"))
		}
	}
	if len(f.applied) > 0 {
		t.Fatal("a model was ended without a token")
	}
	res := ask(t, s, "DELETE", "/models/houses/plan", "Authorization: Bearer right")
	if done := decode[struct{ Ended int }](t, res); res.status != 200 || done.Ended != 3 {
		t.Errorf("with the token: status %d, %+v", res.status, done)
	}
	if len(f.applied) != 1 || !f.applied[0].From.Equal(now) || f.applied[0].Model != "plan" || f.applied[0].Collection.Name != "houses" {
		t.Errorf("applied %+v", f.applied)
	}
}
