package ogc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// shown is a reader of one snapshot, which gives records too.
type shown struct{ *memory.Snapshot }

func (s shown) Meta(context.Context) (spatial.Meta, error) {
	return spatial.Meta{Datum: "cgcs2000", Revision: 1}, nil
}

func (s shown) Collections(context.Context) ([]spatial.Collection, error) {
	return []spatial.Collection{s.info()}, nil
}

func (s shown) Collection(context.Context, string) (spatial.Collection, error) {
	return s.info(), nil
}

func (s shown) info() spatial.Collection { return s.Snapshot.Collection }

func (s shown) Models(context.Context, string) ([]spatial.Model, error) { return nil, nil }

func (s shown) Records(ctx context.Context, q spatial.Query) (iter.Seq2[*memory.Record, error], bool) {
	return s.Snapshot.Records(ctx, q), true
}

// plain hides that a reader gives records.
type plain struct{ spatial.Reader }

var instants = []time.Time{{}, time.Date(2020, 2, 29, 16, 0, 0, 0, time.UTC), time.Date(1949, 10, 1, 7, 0, 0, 1000, time.UTC), time.Date(2024, 5, 1, 0, 0, 0, 120_000_000, time.UTC)}

// drawNumber draws a coordinate about a middle: what sources write, or any float.
func drawNumber(t *rapid.T, middle, reach float64) float64 {
	digits := rapid.IntRange(0, 12).Draw(t, "digits")
	v := middle + rapid.Float64Range(-reach, reach).Draw(t, "v")
	if digits == 12 {
		return v
	}
	scale := math.Pow10(digits)
	return math.Round(v*scale) / scale
}

// drawFlat draws n positions that are all of one layout.
func drawFlat(t *rapid.T, layout geom.Layout, n int) (flat []float64) {
	for range n {
		flat = append(flat, drawNumber(t, 114, 0.01), drawNumber(t, 22.5, 0.01))
		if layout == geom.XYZ {
			flat = append(flat, drawNumber(t, 10, 20))
		}
	}
	return flat
}

// drawParts draws lines or closed rings and their ends.
func drawParts(t *rapid.T, layout geom.Layout, closed bool, start int) (flat []float64, ends []int) {
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		part := drawFlat(t, layout, rapid.IntRange(3, 6).Draw(t, "positions"))
		if closed {
			part = append(part, part[:layout.Stride()]...)
		}
		flat = append(flat, part...)
		ends = append(ends, start+len(flat))
	}
	return flat, ends
}

func drawShape(t *rapid.T, layout geom.Layout, collections bool) geom.T {
	most := 7
	if collections {
		most = 8
	}
	switch rapid.IntRange(0, most).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return geom.NewPointFlat(layout, drawFlat(t, layout, 1))
	case 2:
		return geom.NewLineStringFlat(layout, drawFlat(t, layout, 3))
	case 3:
		return geom.NewMultiPointFlat(layout, drawFlat(t, layout, 3))
	case 4:
		flat, ends := drawParts(t, layout, false, 0)
		return geom.NewMultiLineStringFlat(layout, flat, ends)
	case 5, 6:
		flat, ends := drawParts(t, layout, true, 0)
		return geom.NewPolygonFlat(layout, flat, ends)
	case 7:
		var flat []float64
		var endss [][]int
		for range rapid.IntRange(1, 3).Draw(t, "polygons") {
			part, ends := drawParts(t, layout, true, len(flat))
			flat, endss = append(flat, part...), append(endss, ends)
		}
		return geom.NewMultiPolygonFlat(layout, flat, endss)
	}
	c := geom.NewGeometryCollection()
	for range 2 {
		if g := drawShape(t, layout, false); g != nil {
			c.MustPush(g)
		}
	}
	return c
}

func drawValue(t *rapid.T) spatial.Value {
	return rapid.OneOf(
		rapid.Just(spatial.Value{}),
		rapid.Map(rapid.Bool(), spatial.BoolOf),
		rapid.Map(rapid.Int64(), spatial.IntOf),
		rapid.Map(rapid.SampledFrom([]int64{0, 9, 10, 99, 100, 127, 128, 999, 1000, 2024, 9999, 10_000, 16_383, 16_384, -5}), spatial.IntOf),
		rapid.Map(rapid.Float64(), spatial.FloatOf),
		rapid.Map(rapid.SampledFrom([]float64{0, 14, -2.5, 11.1, 1e-7, 1e22, 0.1 + 0.2}), spatial.FloatOf),
		rapid.Map(rapid.SampledFrom([]string{"", "前海 \"大厦\"", "a\\b", "tab\tline\n\x01", "<b>&amp;</b>\u2028"}), spatial.StringOf),
		rapid.Just(spatial.JSONOf(`{"a":["b",1]}`)),
	).Draw(t, "value")
}

func drawFeature(t *rapid.T, i int) spatial.Feature {
	text := rapid.SampledFrom([]string{"", "IfcWall", "楼 \"1\"", "b\\c"})
	f := spatial.Feature{Collection: "city", ID: fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"", "楼/", "\""}).Draw(t, "id"), i), Num: uint64(i + 1),
		Model: text.Draw(t, "model"), Kind: text.Draw(t, "class"), Name: text.Draw(t, "name"), Storey: text.Draw(t, "storey"),
		Underground: spatial.Truth(rapid.IntRange(0, 2).Draw(t, "underground"))}
	f.Geometry = drawShape(t, rapid.SampledFrom([]geom.Layout{geom.XY, geom.XYZ}).Draw(t, "layout"), true)
	if rapid.Bool().Draw(t, "heights") {
		f.Z = spatial.ZRange{Min: drawNumber(t, -5, 3), Max: drawNumber(t, 50, 30), Known: true}
	}
	f.Valid.Start = rapid.SampledFrom(instants[:2]).Draw(t, "from")
	if f.Valid.Start.IsZero() {
		f.Valid.End = rapid.SampledFrom(instants).Draw(t, "to")
	}
	f.Recorded.Start = rapid.SampledFrom(instants).Draw(t, "recorded")
	var list []spatial.Property
	for _, name := range []string{"name", "class", "floors", "z_min", "valid_from", "recorded_to", "distance", "a\"b", "高"} {
		if rapid.Bool().Draw(t, "has") {
			list = append(list, spatial.Property{Name: name, Value: drawValue(t)})
		}
	}
	f.Properties = spatial.NewProperties(list)
	return f
}

// answerOf asks a service of a reader.
func answerOf(t *rapid.T, r spatial.Reader, path string) (status int, head http.Header, body string) {
	s := ogc.New(ogc.Options{Reader: r, Now: func() time.Time { return time.Date(2024, 5, 1, 8, 0, 0, 0, time.UTC) }})
	e := echo.New()
	e.GET("/collections/:collectionId/items", s.Items)
	e.GET("/collections/:collectionId/nearest", s.Nearest)
	e.GET("/collections/:collectionId/within", s.Within)
	e.HTTPErrorHandler = func(err error, c echo.Context) { t.Fatalf("%s: %v", path, err) }
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Header(), w.Body.String()
}

// What is written from columns is what is written from features, to the byte.
func TestRecordsAreWrittenAsFeaturesAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []spatial.Feature
		types := map[string]spatial.FieldType{"floors": rapid.SampledFrom([]spatial.FieldType{spatial.FieldInteger, spatial.FieldString}).Draw(t, "floors")}
		for i := range rapid.IntRange(0, 12).Draw(t, "features") {
			f := drawFeature(t, i)
			if err := f.Validate(); err != nil {
				t.Fatal(err)
			}
			for _, p := range f.Properties {
				types[p.Name] = types[p.Name].Widen(spatial.TypeOf(p.Value))
			}
			list = append(list, f)
		}
		info := spatial.Collection{Name: "city", Revision: 1, Count: int64(len(list)), Extent: spatial.EmptyBox()}
		for name, typ := range types {
			info.Fields = append(info.Fields, spatial.Field{Name: name, Type: typ})
		}
		slices.SortFunc(info.Fields, func(a, b spatial.Field) int { return strings.Compare(a.Name, b.Name) })
		snapshot, err := memory.NewSnapshot(info, func(yield func(spatial.Feature, error) bool) {
			for _, f := range list {
				if !yield(f, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		path := rapid.SampledFrom([]string{"items?limit=5&", "items?bbox=114,22.495,114.005,22.505&", "items?sortby=-floors&limit=7&",
			"within?geometry=POINT(114%2022.5)&distance=500&", "within?geometry=LINESTRING(113.999%2022.499,114%2022.5)&distance=900&sortby=-floors&", "nearest?point=114,22.5,3&k=4&"}).Draw(t, "path")
		path = "/collections/city/" + path + rapid.SampledFrom([]string{"", "datetime=../..", "f=geojsonseq", "properties=floors,name", "properties=",
			"crs=EPSG:4326", "crs=EPSG:4547", "f=jsonfg", "f=csv"}).Draw(t, "form")
		status, head, body := answerOf(t, shown{snapshot}, path)
		wantStatus, wantHead, want := answerOf(t, plain{shown{snapshot}}, path)
		if status != wantStatus || body != want || fmt.Sprint(head) != fmt.Sprint(wantHead) {
			t.Fatalf("%s: %d %v\n%s\nwant %d %v\n%s", path, status, head, body, wantStatus, wantHead, want)
		}
		if head.Get("Content-Type") == "application/geo+json" && !json.Valid([]byte(body)) {
			t.Fatalf("%s: no JSON: %s", path, body)
		}
	})
}
