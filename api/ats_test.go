package api_test

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// abstractTest is a test of the abstract test suite of a standard, under the identifier that
// it has there, as far as a program can hold it.
type abstractTest struct {
	id   string
	hold func(t *testing.T, x *examined)
}

// suites are the abstract test suites of the classes that the server declares. What is
// written down about a class stands with its standard: 17-069r4 (Features 1), 18-058r1
// (Features 2), 19-079r2 (Features 3), 20-002 (Features 4), 23-058r2 (Features 5), 20-057
// (Tiles 1).
var suites = []struct {
	standard string
	tests    []abstractTest
}{
	{"ogcapi-features-1", featuresCore}, {"ogcapi-features-2", featuresCRS}, {"ogcapi-features-3", featuresFilter},
	{"ogcapi-features-4", featuresEdit}, {"ogcapi-features-5", featuresSchema}, {"ogcapi-tiles-1", tilesCore},
}

func TestAbstractTestSuites(t *testing.T) {
	for _, suite := range suites {
		t.Run(suite.standard, func(t *testing.T) {
			x := examine(t)
			for _, one := range suite.tests {
				t.Run(strings.TrimPrefix(one.id, "/conf/"), func(t *testing.T) { one.hold(t, x) })
			}
		})
	}
}

// examined is a server with what a test engine reads from it before anything else.
type examined struct {
	*workshop
	doc         *openapi3.T
	collections []collectionDoc
}

type collectionDoc struct {
	ID, Title, Description string
	ItemType               string
	CRS                    []string
	StorageCRS             string
	Extent                 *struct {
		Spatial  *struct{ BBox [][]float64 }
		Temporal *struct{ Interval [][2]*string }
	}
	Links []typedLink
}

// box returns the rectangle of a collection, nil where it says none.
func (c *collectionDoc) box() []float64 {
	if c.Extent == nil || c.Extent.Spatial == nil {
		return nil
	}
	b := c.Extent.Spatial.BBox[0]
	if len(b) == 6 {
		return []float64{b[0], b[1], b[3], b[4]}
	}
	return b
}

type typedLink struct{ Href, Rel, Type string }

// worldwideFeatures stand where test engines look for trouble, and nowhere.
func worldwideFeatures() []spatial.Feature {
	at := func(id string, lon, lat float64) spatial.Feature {
		return spatial.Feature{Collection: "world", ID: id, Model: "world", Geometry: geom.NewPointFlat(geom.XY, []float64{lon, lat}),
			Properties: spatial.NewProperties([]spatial.Property{{Name: "rank", Value: spatial.IntOf(int64(len(id)))}})}
	}
	return []spatial.Feature{at("greenwich", 0, 51.48), at("quito", -78.5, -0.2), at("arctic", 10, 86), at("antarctic", 10, -86),
		at("east of the line", 179.5, 67), at("west of the line", -179.5, 68), {Collection: "world", ID: "nowhere", Model: "world"}}
}

// examine starts a server on a real store that is writable and has tiles, and reads what it
// says of itself.
func examine(t *testing.T) *examined {
	t.Helper()
	store, err := gpkg.Open(t.Context(), t.TempDir()+"/s.gpkg", gpkg.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	all := append(city().versions, worldwideFeatures()...)
	all[0].Properties = append(slices.Clone(all[0].Properties), spatial.Property{Name: "owner"}, spatial.Property{Name: "parts", Value: spatial.JSONOf(`[1,"x"]`)})
	all[1].Properties = append(slices.Clone(all[1].Properties), spatial.Property{Name: "storeys"}, spatial.Property{Name: "parts", Value: spatial.StringOf("x")})
	for _, coll := range []spatial.Collection{{Name: "houses", Title: "Houses", Description: "of the city"}, {Name: "metro", VerticalCRS: "ellipsoidal"}, {Name: "world"}} {
		_, err := store.Apply(t.Context(), spatial.Import{Collection: coll, Model: coll.Name, Features: func(yield func(spatial.Feature, error) bool) {
			for _, f := range all {
				if f.Model = coll.Name; f.Collection == coll.Name && !yield(f, nil) {
					return
				}
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	mirror := memory.NewMirror(store, memory.Options{})
	if err := mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, api.Options{Reader: mirror, Store: store, Tokens: editorToken{}, Writable: true, Tiles: newTiles(t, vector.NewSource(mirror, vector.Options{}))})
	x := &examined{workshop: &workshop{t: t, s: s, store: store}, doc: load(t, s)}
	var list struct{ Collections []collectionDoc }
	x.read(t, "/collections", &list)
	x.collections = list.Collections
	return x
}

// read decodes the JSON of an address, which must be 200. Addresses may be whole.
func (x *examined) read(t *testing.T, target string, into any) reply {
	t.Helper()
	res := ask(t, x.s, "GET", target, "Accept: application/json")
	if media, _, _ := strings.Cut(res.header.Get("Content-Type"), ";"); res.status != 200 || !strings.HasSuffix(media, "json") {
		t.Fatalf("%s: %d %s %.300s", target, res.status, res.header.Get("Content-Type"), res.body)
	}
	if err := json.Unmarshal([]byte(res.body), into); err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return res
}

// page is the answer to a request for features, with all that a test engine looks at.
type page struct {
	Type           string
	Features       []geoFeature
	Links          []typedLink
	TimeStamp      string
	NumberMatched  *int
	NumberReturned *int
	header         http.Header
}

type geoFeature struct {
	Type, ID   string
	Geometry   *shape
	Properties map[string]any
	Links      []typedLink
}

type shape struct {
	Type        string
	Coordinates any
}

// positions returns the longitudes and latitudes of a geometry one behind the other.
func (g *shape) positions() (flat [][]float64) {
	var walk func(v any)
	walk = func(v any) {
		list, _ := v.([]any)
		if len(list) > 0 {
			if _, number := list[0].(float64); number {
				var p []float64
				for _, c := range list {
					p = append(p, c.(float64))
				}
				flat = append(flat, p)
				return
			}
		}
		for _, one := range list {
			walk(one)
		}
	}
	if g != nil {
		walk(g.Coordinates)
	}
	return flat
}

func (p *page) ids() []string {
	ids := []string{}
	for _, f := range p.Features {
		ids = append(ids, f.ID)
	}
	slices.Sort(ids)
	return ids
}

// items asks for features of a collection as GeoJSON; parameters are name, value.
func (x *examined) items(t *testing.T, collection string, params ...string) *page {
	t.Helper()
	res := x.try(t, collection, params...)
	if res.status != 200 || res.header.Get("Content-Type") != geo {
		t.Fatalf("%s %v: %d %s", collection, params, res.status, res.body)
	}
	p := &page{header: res.header}
	if err := json.Unmarshal([]byte(res.body), p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (x *examined) try(t *testing.T, collection string, params ...string) reply {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Set(params[i], params[i+1])
	}
	return ask(t, x.s, "GET", "/collections/"+collection+"/items?"+q.Encode(), "Accept: "+geo)
}

// each runs a test for every collection.
func (x *examined) each(t *testing.T, hold func(t *testing.T, c *collectionDoc)) {
	t.Helper()
	for i := range x.collections {
		t.Run(x.collections[i].ID, func(t *testing.T) { hold(t, &x.collections[i]) })
	}
}

func rels(links []typedLink, name string) (out []typedLink) {
	for _, l := range links {
		if l.Rel == name {
			out = append(out, l)
		}
	}
	return out
}

// wellLinked holds that a document names itself and its other form, each with its type.
func wellLinked(t *testing.T, links []typedLink, others ...string) {
	t.Helper()
	if len(rels(links, "self")) != 1 {
		t.Errorf("links to itself: %v", rels(links, "self"))
	}
	var types []string
	for _, l := range rels(links, "alternate") {
		types = append(types, l.Type)
	}
	for _, o := range others {
		if !slices.Contains(types, o) {
			t.Errorf("no alternate of type %s: %v", o, types)
		}
	}
	for _, l := range links {
		if l.Rel == "" || l.Type == "" || l.Href == "" {
			t.Errorf("half a link: %+v", l)
		}
	}
}

// wellFormed is /conf/core/fc-response with what it leads to.
func (x *examined) wellFormed(t *testing.T, p *page) {
	t.Helper()
	if p.Type != "FeatureCollection" || p.Features == nil {
		t.Errorf("type %q, features %v", p.Type, p.Features)
	}
	wellLinked(t, p.Links, "text/html")
	if _, err := time.Parse(time.RFC3339, p.TimeStamp); err != nil {
		t.Error(err)
	}
	if p.NumberReturned == nil || *p.NumberReturned != len(p.Features) {
		t.Errorf("numberReturned of %d features: %v", len(p.Features), p.NumberReturned)
	}
	if p.NumberMatched == nil {
		t.Fatal("no numberMatched")
	}
	if all := x.follow(t, p); len(all) != *p.NumberMatched {
		t.Errorf("numberMatched is %d, the pages have %d", *p.NumberMatched, len(all))
	}
	for _, f := range p.Features {
		for _, c := range f.Geometry.positions() {
			if math.Abs(c[0]) > 180 || math.Abs(c[1]) > 90 {
				t.Errorf("%s: %v is no longitude and latitude", f.ID, c)
			}
		}
	}
}

// follow returns the features of a page and of all pages behind it. A test engine asks for
// those with the largest limit that there is.
func (x *examined) follow(t *testing.T, p *page) []geoFeature {
	t.Helper()
	all := slices.Clone(p.Features)
	for next := rels(p.Links, "next"); len(next) > 0; {
		if len(next) != 1 || next[0].Type != geo {
			t.Fatalf("next: %v", next)
		}
		var q page
		x.read(t, next[0].Href, &q)
		all, next = append(all, q.Features...), rels(q.Links, "next")
	}
	return all
}

// parameter returns a query parameter of an operation in the OpenAPI document.
func (x *examined) parameter(t *testing.T, path, name string) *openapi3.Parameter {
	t.Helper()
	p := x.doc.Paths.Value(path).Get.Parameters.GetByInAndName("query", name)
	if p == nil {
		t.Fatalf("%s has no parameter %s", path, name)
	}
	return p
}

// conforms holds that classes are declared.
func conforms(standard string, names ...string) func(t *testing.T, x *examined) {
	return func(t *testing.T, x *examined) {
		var doc struct{ ConformsTo []string }
		x.read(t, "/conformance", &doc)
		for _, name := range names {
			if uri := "http://www.opengis.net/spec/" + standard + "/1.0/conf/" + name; !slices.Contains(doc.ConformsTo, uri) {
				t.Errorf("%s is not declared", uri)
			}
		}
	}
}
