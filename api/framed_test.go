package api_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// rectangle is a box in a projected system, east before north.
type rectangle struct {
	code                   int
	west, south, east, top float64
}

// asked is the value of bbox, in the order of the axes.
func (r rectangle) asked(north bool) string {
	if north {
		return fmt.Sprintf("%f,%f,%f,%f", r.south, r.west, r.top, r.east)
	}
	return fmt.Sprintf("%f,%f,%f,%f", r.west, r.south, r.east, r.top)
}

func (r rectangle) grown(by float64) rectangle {
	return rectangle{r.code, r.west - by, r.south - by, r.east + by, r.top + by}
}

// Rectangles near Shenzhen in systems whose grids stand askew there, and one around it all.
var rectangles = []rectangle{
	{32650, 170000, 2480000, 230000, 2520000}, {32650, 195000, 2494000, 199000, 2495000}, {4526, 38480000, 2480000, 38560000, 2530000},
	{4547, 505000, 2493000, 505600, 2494000}, {4509, 700000, 2480000, 760000, 2500000}, {32649, 700000, 2400000, 900000, 2600000},
}

// along scatters small features along the sides of rectangles, inside them and outside.
func along(t *testing.T, r *rand.Rand) []spatial.Feature {
	t.Helper()
	var list []spatial.Feature
	for _, rect := range rectangles {
		c, err := crs.ByCode(rect.code)
		if err != nil {
			t.Fatal(err)
		}
		to, err := crs.Transform(crs.CGCS2000(), c)
		if err != nil {
			t.Fatal(err)
		}
		for range 150 {
			w, h := rect.east-rect.west, rect.top-rect.south
			x, y := rect.west+r.Float64()*w, rect.south+r.Float64()*h
			off := (r.Float64() - 0.5) * []float64{10, 300, 0.1 * min(w, h)}[r.IntN(3)]
			switch r.IntN(4) {
			case 0:
				x = rect.west + off
			case 1:
				x = rect.east + off
			case 2:
				y = rect.south + off
			case 3:
				y = rect.top + off
			}
			lon, lat, _, err := to.Inverse().Point(x, y, 0)
			if err != nil {
				t.Fatal(err)
			}
			d := 1e-5 * (1 + 50*r.Float64())
			g := []geom.T{geom.NewPointFlat(geom.XY, []float64{lon, lat}), geom.NewLineStringFlat(geom.XY, []float64{lon, lat, lon + d, lat - d}), square(lon, lat, d)}[r.IntN(3)]
			list = append(list, spatial.Feature{Collection: "houses", ID: fmt.Sprintf("f%05d", len(list)), Geometry: g})
		}
	}
	return list
}

// found asks for the ids in a box of a system.
func found(t *testing.T, s *api.Server, rect rectangle, more string) []string {
	t.Helper()
	c, err := crs.ByCode(rect.code)
	if err != nil {
		t.Fatal(err)
	}
	res := ask(t, s, "GET", fmt.Sprintf("/collections/houses/items?limit=10000&bbox-crs=EPSG:%d&bbox=%s%s", rect.code, rect.asked(c.AxisOrder() == crs.NorthEast), more))
	if res.status != 200 {
		t.Fatal(res.body)
	}
	page := decode[features](t, res)
	if *page.NumberMatched != len(page.Features) {
		t.Errorf("%d matched, %d given", *page.NumberMatched, len(page.Features))
	}
	return strings.Split(page.ids(), ",")
}

func TestABoxOfAnotherSystemIsDecidedInThatSystem(t *testing.T) {
	f := city()
	f.versions = along(t, rand.New(rand.NewPCG(1, 2)))
	s := newServer(t, api.Options{Reader: f})
	for _, rect := range rectangles {
		c, _ := crs.ByCode(rect.code)
		to, err := crs.Transform(crs.CGCS2000(), c)
		if err != nil {
			t.Fatal(err)
		}
		box, around := spatial.Box2D(rect.west, rect.south, rect.east, rect.top), spatial.EmptyBox()
		var want []string
		for _, v := range f.versions {
			flat := slices.Clone(v.Geometry.FlatCoords())
			if err := to.Apply(flat, 2); err != nil {
				t.Fatal(err)
			}
			if moved := withFlat(v.Geometry, flat); box.Intersects(moved, spatial.ZRange{}) {
				want, around = append(want, v.ID), around.Extend(spatial.BoxOf(v.Geometry))
			}
		}
		got := found(t, s, rect, "")
		if !slices.Equal(got, want) {
			t.Errorf("%v: %d found, %d wanted", rect, len(got), len(want))
		}
		loose := 0
		for _, v := range f.versions {
			if around.Intersects(v.Geometry, spatial.ZRange{}) {
				loose++
			}
		}
		if loose <= len(want) {
			t.Errorf("%v: a rectangle of longitudes would have done", rect)
		}
		if both := found(t, s, rect, "&filter=id%20LIKE%20%27%250%27"); slices.ContainsFunc(both, func(id string) bool { return !strings.HasSuffix(id, "0") || !slices.Contains(want, id) }) {
			t.Errorf("with a filter too: %v", both)
		}
	}
}

// A BBOX in a filter is followed as closely: what is near its sides is found there too.
func TestABoxInAFilterIsOneOfItsSystem(t *testing.T) {
	f := city()
	f.versions = along(t, rand.New(rand.NewPCG(5, 6)))
	s := newServer(t, api.Options{Reader: f})
	for _, rect := range rectangles {
		c, err := crs.ByCode(rect.code)
		if err != nil {
			t.Fatal(err)
		}
		box := rect.asked(c.AxisOrder() == crs.NorthEast)
		res := ask(t, s, "GET", fmt.Sprintf("/collections/houses/items?limit=10000&filter-crs=EPSG:%d&filter=S_INTERSECTS(geometry,BBOX(%s))", rect.code, box))
		if res.status != 200 {
			t.Fatal(res.body)
		}
		const unsure = 0.01 // metres
		got, least, most := decode[features](t, res), found(t, s, rect.grown(-unsure), ""), found(t, s, rect.grown(unsure), "")
		ids := strings.Split(got.ids(), ",")
		if slices.ContainsFunc(least, func(id string) bool { return !slices.Contains(ids, id) }) || slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(most, id) }) {
			t.Errorf("%v: %d in the filter, from %d to %d in the box", rect, len(ids), len(least), len(most))
		}
	}
}

func withFlat(g geom.T, flat []float64) geom.T {
	switch g := g.(type) {
	case *geom.Point:
		return geom.NewPointFlat(geom.XY, flat)
	case *geom.LineString:
		return geom.NewLineStringFlat(geom.XY, flat)
	case *geom.Polygon:
		return geom.NewPolygonFlat(geom.XY, flat, g.Ends())
	}
	return nil
}

// The judge transforms every feature and compares it with the envelope. What lies closer to a
// side than the two programs agree about places may be in or out.
func TestPostGISFindsTheSameInBoxesOfOtherSystems(t *testing.T) {
	dsn := os.Getenv("SHIKONG_TEST_POSTGIS")
	if dsn == "" {
		t.Skip("SKIPPED: SHIKONG_TEST_POSTGIS is not set: boxes of other systems were not held against PostGIS")
	}
	db, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	f := city()
	f.versions = along(t, rand.New(rand.NewPCG(3, 4)))
	s := newServer(t, api.Options{Reader: f})
	var ids, shapes []string
	for _, v := range f.versions {
		text, err := wkt.Marshal(v.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		ids, shapes = append(ids, v.ID), append(shapes, text)
	}
	judge := func(r rectangle) (list []string) {
		rows, err := db.Query(t.Context(), `select id from unnest($1::text[], $2::text[]) as f(id, shape)
			where ST_Intersects(ST_Transform(ST_GeomFromText(shape, 4490), $3::int), ST_MakeEnvelope($4, $5, $6, $7, $3::int)) order by id collate "C"`,
			ids, shapes, r.code, r.west, r.south, r.east, r.top)
		if err == nil {
			list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	const tolerance = 2e-3 // metres, by which the projections of the two may differ 3 degrees from a meridian
	for _, rect := range rectangles {
		got, least, most := found(t, s, rect, ""), judge(rect.grown(-tolerance)), judge(rect.grown(tolerance))
		for _, id := range least {
			if !slices.Contains(got, id) {
				t.Errorf("%v lacks %s", rect, id)
			}
		}
		for _, id := range got {
			if !slices.Contains(most, id) {
				t.Errorf("%v has %s", rect, id)
			}
		}
		if unsure := len(most) - len(least); math.Abs(float64(unsure)) > 5 {
			t.Errorf("%v: the judge is not sure about %d of %d", rect, unsure, len(most))
		}
	}
}
