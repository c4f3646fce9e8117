package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api"
)

const epsg = "http://www.opengis.net/def/crs/EPSG/0/"

// The figures of the projected systems are those of PROJ 9.
func TestCoordinatesAreGivenInTheSystemAskedFor(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct{ target, want, uri string }{
		"nobody asks": {"/collections/houses/items/b", "[114.052,22.54]", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
		"heights are ellipsoidal and nobody asks": {"/collections/metro/items/line%2F1%20tunnel", "[114.05,22.54,-20]", "http://www.opengis.net/def/crs/OGC/0/CRS84h"},
		"latitude first": {"/collections/houses/items/b?crs=" + epsg + "4326", "[22.54,114.052]", epsg + "4326"},
		"the system of the store, latitude first": {"/collections/houses/items/b?crs=" + epsg + "4490", "[22.54,114.052]", epsg + "4490"},
		"web maps": {"/collections/houses/items/b?crs=" + epsg + "3857", "[12696210.564,2576483.3985]", epsg + "3857"},
		"Gauss-Krüger, north first, by short name": {"/collections/houses/items/b?crs=EPSG:4547", "[2493597.7358,505349.0658]", epsg + "4547"},
		"with the zone before the easting":         {"/collections/houses/items/b?crs=EPSG:4526", "[2493597.7358,38505349.0658]", epsg + "4526"},
		"UTM":                                      {"/collections/houses/items/b?crs=[EPSG:32650]", "[196775.3234,2495591.4453]", epsg + "32650"},
		"heights with a system that has none":      {"/collections/metro/items/line%2F1%20tunnel?crs=EPSG:4326", "[22.54,114.05,-20]", epsg + "4326"},
		"heights with a system that has them":      {"/collections/metro/items/line%2F1%20tunnel?crs=EPSG:4979", "[22.54,114.05,-20]", epsg + "4979"},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", c.target)
			if res.status != 200 || !strings.Contains(res.body, c.want) || res.header.Get("Content-Crs") != "<"+c.uri+">" {
				t.Errorf("status %d, Content-Crs %s, %s", res.status, res.header.Get("Content-Crs"), res.body)
			}
		})
	}
}

func TestBoxesAreReadInTheSystemNamed(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	for name, c := range map[string]struct{ query, want string }{
		"latitude first": {"bbox-crs=EPSG:4326&bbox=22.5401,114.0521,22.5402,114.0531", "b"},
		"latitude first, across the antimeridian": {"bbox-crs=EPSG:4326&bbox=-30,170,30,114.0511", "a"},
		"heights in the middle":                   {"bbox-crs=EPSG:4326&bbox=22,114,12.5,23,115,99", "d"},
		"web maps":                                {"bbox-crs=EPSG:3857&bbox=12696222,2576496,12696333,2576507", "b"},
		"the whole web map":                       {"bbox-crs=EPSG:3857&bbox=-20037508.34,-20037508.34,20037508.34,20037508.34", "a,b,d"},
		"north first":                             {"bbox-crs=EPSG:4547&bbox=2493600,505350,2493640,505390", "b"},
		"a filter, north first":                   {"filter-crs=EPSG:4547&filter=S_INTERSECTS(geometry,POLYGON((2493600%20505350,2493640%20505350,2493640%20505390,2493600%20505350)))", "b"},
		"a filter, latitude first":                {"filter-crs=EPSG:4326&filter=S_INTERSECTS(geometry,POINT(22.5401%20114.0521))", "b"},
		"a box and an answer of other systems":    {"bbox-crs=EPSG:4547&bbox=2493600,505350,2493640,505390&crs=EPSG:3857", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			res := ask(t, s, "GET", "/collections/houses/items?"+c.query)
			if res.status != 200 {
				t.Fatal(res.body)
			}
			if got := decode[features](t, res).ids(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// A collection names the systems of its place; each of them is one that is really given.
func TestEverySystemThatIsNamedIsGiven(t *testing.T) {
	s := newServer(t, api.Options{Reader: city()})
	type collection struct {
		CRS        []string
		StorageCRS string
	}
	for _, name := range []string{"houses", "metro"} {
		one := decode[collection](t, ask(t, s, "GET", "/collections/"+name))
		list := strings.Join(one.CRS, " ")
		for _, want := range []string{"OGC/1.3/CRS84", "/4326", "/4490", "/3857", "/4547", "/32650"} {
			if !strings.Contains(list+" ", want+" ") {
				t.Errorf("%s does not name %s: %s", name, want, list)
			}
		}
		if !strings.Contains(list, one.StorageCRS) {
			t.Errorf("%s is stored in %s, which it does not name", name, one.StorageCRS)
		}
		if strings.Contains(list, "CRS84h") != (name == "metro") {
			t.Errorf("%s: %s", name, list)
		}
		for _, uri := range one.CRS {
			if res := ask(t, s, "GET", "/collections/"+name+"/items?crs="+uri); res.status != 200 || res.header.Get("Content-Crs") != "<"+uri+">" || !json.Valid([]byte(res.body)) {
				t.Errorf("%s in %s: status %d, Content-Crs %s", name, uri, res.status, res.header.Get("Content-Crs"))
			}
		}
	}
	for _, uri := range []string{epsg + "4978", epsg + "31467", epsg + "0", "http://www.opengis.net/def/crs/0/unsupported", "urn:x", "GCJ-02"} {
		if res := ask(t, s, "GET", "/collections/houses/items?crs="+uri); res.status != 400 {
			t.Errorf("%s: status %d", uri, res.status)
		}
	}
}

func TestAFeatureThatASystemCannotShowIsNamed(t *testing.T) {
	f := city()
	f.versions[0].Geometry = geom.NewPointFlat(geom.XY, []float64{114, 90})
	s := newServer(t, api.Options{Reader: f})
	res := ask(t, s, "GET", "/collections/houses/items?crs=EPSG:3857")
	if res.status != 400 || !strings.Contains(res.body, `"parameter":"crs"`) || !strings.Contains(res.body, `feature \"a\"`) {
		t.Errorf("%d %s", res.status, res.body)
	}
}

func TestDifferencesAreGivenInTheSystemAskedFor(t *testing.T) {
	s := newServer(t, api.Options{Reader: city(), Store: city()})
	res := ask(t, s, "GET", "/collections/houses/diff?between=1985-01-01,1995-01-01&crs=EPSG:4547")
	if res.status != 200 || res.header.Get("Content-Crs") != "<"+epsg+"4547>" || !strings.Contains(res.body, "[2493597.7358,505349.0658]") || strings.Contains(res.body, "114.0") {
		t.Errorf("%d %s %s", res.status, res.header.Get("Content-Crs"), res.body)
	}
}
