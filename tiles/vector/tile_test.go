package vector_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// here is the tile that the tables speak of: Shenzhen, at a zoom where a unit is 60 cm.
var here = tiles.Coord{Z: 14, X: 13382, Y: 7138}

// lonLat returns the place of the middle of a tile's unit.
func lonLat(c tiles.Coord, x, y float64) (lon, lat float64) {
	n := math.Exp2(float64(c.Z))
	u, v := (float64(c.X)+x/4096)/n, (float64(c.Y)+y/4096)/n
	return u*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*v))) * 180 / math.Pi
}

// flat places positions given in units of the tile.
func flat(xy ...float64) []float64 {
	out := make([]float64, len(xy))
	for i := 0; i < len(xy); i += 2 {
		out[i], out[i+1] = lonLat(here, xy[i], xy[i+1])
	}
	return out
}

// polygon makes a polygon of closed rings in units of the tile.
func polygon(rings ...[]float64) *geom.Polygon {
	var all []float64
	var ends []int
	for _, r := range rings {
		all = append(all, flat(append(r, r[0], r[1])...)...)
		ends = append(ends, len(all))
	}
	return geom.NewPolygonFlat(geom.XY, all, ends)
}

func multi(parts ...*geom.Polygon) *geom.MultiPolygon {
	m := geom.NewMultiPolygon(geom.XY)
	for _, p := range parts {
		if err := m.Push(p); err != nil {
			panic(err)
		}
	}
	return m
}

func lineString(xy ...float64) *geom.LineString { return geom.NewLineStringFlat(geom.XY, flat(xy...)) }

func pointAt(x, y float64) *geom.Point { return geom.NewPointFlat(geom.XY, flat(x, y)) }

func collection(parts ...geom.T) *geom.GeometryCollection {
	return geom.NewGeometryCollection().MustPush(parts...)
}

func xy(list ...int32) []mvt.XY {
	var out []mvt.XY
	for i := 0; i < len(list); i += 2 {
		out = append(out, mvt.XY{X: list[i], Y: list[i+1]})
	}
	return out
}

// tile has the source draw a tile and decodes it.
func tile(t *testing.T, s *vector.Source, r tiles.Request) mvt.Tile {
	t.Helper()
	c, err := s.Pin(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.Append(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mvt.Decode(data)
	if err != nil {
		t.Fatalf("the tile is not sound: %v", err)
	}
	return got
}

type drawn struct {
	Type  mvt.GeomType
	Parts [][]mvt.XY
}

func TestGeometryInATile(t *testing.T) {
	for _, c := range []struct {
		name string
		in   geom.T
		want []drawn
	}{
		{"a polygon keeps its corners and runs clockwise, whichever way it was given",
			polygon([]float64{100, 100, 100, 300, 200, 300, 200, 100}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(100, 100, 200, 100, 200, 300, 100, 300)}}}},
		{"a hole runs the other way round",
			polygon([]float64{100, 100, 400, 100, 400, 400, 100, 400}, []float64{200, 200, 300, 200, 300, 300, 200, 300}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(100, 100, 400, 100, 400, 400, 100, 400), xy(200, 200, 200, 300, 300, 300, 300, 200)}}}},
		{"polygons of several parts are one feature, each hole behind its own exterior",
			multi(polygon([]float64{0, 0, 90, 0, 90, 90, 0, 90}, []float64{10, 10, 20, 10, 20, 20, 10, 20}), polygon([]float64{500, 0, 600, 0, 600, 90})),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(0, 0, 90, 0, 90, 90, 0, 90), xy(10, 10, 10, 20, 20, 20, 20, 10), xy(500, 0, 600, 0, 600, 90)}}}},
		{"positions in the middle of a straight edge are left out",
			polygon([]float64{0, 0, 50, 0, 100, 0, 100, 100, 60, 100, 0, 100}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(0, 0, 100, 0, 100, 100, 0, 100)}}}},
		{"a spike thinner than a unit is left out",
			polygon([]float64{0, 0, 100, 0, 100, 50, 300, 50.2, 100, 50.4, 100, 100, 0, 100}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(0, 0, 100, 0, 100, 100, 0, 100)}}}},
		{"a polygon over the edge is cut at the buffer of 64 units",
			polygon([]float64{4000, 1000, 5000, 1000, 5000, 2000, 4000, 2000}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(4160, 2000, 4000, 2000, 4000, 1000, 4160, 1000)}}}},
		{"a polygon that falls into two parts at the edge is two rings",
			polygon([]float64{4000, 0, 5000, 0, 5000, 900, 4000, 900, 4000, 800, 4800, 800, 4800, 100, 4000, 100}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(4160, 100, 4000, 100, 4000, 0, 4160, 0), xy(4160, 900, 4000, 900, 4000, 800, 4160, 800)}}}},
		{"a polygon around the tile is the tile with its buffer",
			polygon([]float64{-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(-64, -64, 4160, -64, 4160, 4160, -64, 4160)}}}},
		{"a hole that is cut at the edge opens the exterior",
			polygon([]float64{-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000}, []float64{2000, 1000, 9000 - 1, 1000, 9000 - 1, 3000, 2000, 3000}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(4160, 1000, 2000, 1000, 2000, 3000, 4160, 3000, 4160, 4160, -64, 4160, -64, -64, 4160, -64)}}}},
		{"a tile in the hole of a polygon is empty",
			polygon([]float64{-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000}, []float64{-5000, -5000, 8000, -5000, 8000, 8000, -5000, 8000}),
			nil},
		{"two wings joined by less than a unit are two rings",
			polygon([]float64{0, 0, 10, 0, 10, 4.8, 20, 4.8, 20, 0, 30, 0, 30, 10, 20, 10, 20, 5.2, 10, 5.2, 10, 10, 0, 10}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(10, 10, 0, 10, 0, 0, 10, 0), xy(20, 0, 30, 0, 30, 10, 20, 10)}}}},
		{"a courtyard that rounding brings to the outer wall opens it",
			polygon([]float64{0, 0, 20, 0, 20, 20, 0, 20}, []float64{0.3, 5, 10, 5, 10, 15, 0.3, 15}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(0, 0, 20, 0, 20, 20, 0, 20, 0, 15, 10, 15, 10, 5, 0, 5)}}}},
		{"a building smaller than a unit is a unit square",
			polygon([]float64{700, 700, 700.3, 700, 700.3, 700.3, 700, 700.3}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(700, 700, 701, 700, 701, 701, 700, 701)}}}},
		{"a wall thinner than a unit is a unit thick",
			polygon([]float64{700, 700, 900, 700, 900, 700.3, 700, 700.3}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(700, 700, 900, 700, 900, 701, 700, 701)}}}},
		{"a line keeps its direction, its straight middle is left out",
			lineString(10, 10, 50, 50, 90, 90, 90, 200),
			[]drawn{{mvt.LineString, [][]mvt.XY{xy(10, 10, 90, 90, 90, 200)}}}},
		{"a line that leaves the tile and comes back is two lines of one feature",
			lineString(4000, 100, 5000, 100, 5000, 300, 4000, 300),
			[]drawn{{mvt.LineString, [][]mvt.XY{xy(4000, 100, 4160, 100), xy(4160, 300, 4000, 300)}}}},
		{"a line shorter than a unit is a unit long",
			lineString(10, 10, 10.2, 10.2),
			[]drawn{{mvt.LineString, [][]mvt.XY{xy(10, 10, 11, 10)}}}},
		{"points are one feature, without those beyond the buffer",
			geom.NewMultiPointFlat(geom.XY, flat(1, 2, 3, 4, 9000, 1)),
			[]drawn{{mvt.Point, [][]mvt.XY{xy(1, 2), xy(3, 4)}}}},
		{"a collection is a feature for each kind of geometry in it",
			collection(pointAt(5, 5), lineString(0, 0, 9, 0), polygon([]float64{0, 0, 90, 0, 90, 90})),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(0, 0, 90, 0, 90, 90)}}, {mvt.LineString, [][]mvt.XY{xy(0, 0, 9, 0)}}, {mvt.Point, [][]mvt.XY{xy(5, 5)}}}},
		{"a feature without a place is in no tile", nil, nil},
		{"what lies in the next tile but one is not in this", pointAt(9000, 0), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mirrorOf(t, "things", []spatial.Feature{{ID: "a", Num: 7, Geometry: c.in}})
			var got []drawn
			for _, layer := range tile(t, vector.NewSource(m, vector.Options{}), tiles.Request{Coord: here, Collections: []string{"things"}}) {
				for _, f := range layer.Features {
					if f.ID != 7 {
						t.Errorf("the id is %d", f.ID)
					}
					got = append(got, drawn{f.Type, f.Parts})
				}
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
}

func day(s string) time.Time {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestWhatAFeatureSays(t *testing.T) {
	place := pointAt(10, 10)
	props := func(list ...spatial.Property) spatial.Properties { return spatial.NewProperties(list) }
	str, num, whole := spatial.StringOf, spatial.FloatOf, spatial.IntOf
	full := spatial.Feature{ID: "0aB$", Num: 1, Model: "tower", Kind: "IfcWall", Name: "墙", Storey: "F2", Geometry: place,
		Z: spatial.ZRange{Min: -3, Max: 0.3, Known: true}, Underground: spatial.Yes,
		Properties: props(spatial.Property{Name: "material", Value: str("concrete")}, spatial.Property{Name: "load", Value: num(2.5)}, spatial.Property{Name: "none"})}
	for _, c := range []struct {
		name   string
		in     []spatial.Feature
		wanted []string
		want   map[string]any
	}{
		{"all that the house knows and all that the source says, but no nulls", []spatial.Feature{full}, nil,
			map[string]any{"id": "0aB$", "model": "tower", "class": "IfcWall", "name": "墙", "storey": "F2", "z_min": float32(-3), "z_max": 0.3,
				"underground": true, "height": 3.3, "material": "concrete", "load": float32(2.5)}},
		{"only what was asked for", []spatial.Feature{full}, []string{"name", "load", "nothing"}, map[string]any{"name": "墙", "load": float32(2.5)}},
		{"nothing at all", []spatial.Feature{full}, []string{}, map[string]any{}},
		{"what is not known is not said", []spatial.Feature{{ID: "a", Num: 1, Geometry: place}}, nil, map[string]any{"id": "a"}},
		{"the house's id, class and name stand before the source's own",
			[]spatial.Feature{{ID: "a", Num: 1, Model: "m", Kind: "Building", Geometry: place,
				Properties: props(spatial.Property{Name: "id", Value: whole(5)}, spatial.Property{Name: "class", Value: str("house")}, spatial.Property{Name: "name", Value: str("own")})}}, nil,
			map[string]any{"id": "a", "model": "m", "class": "Building", "name": "own"}},
		{"the source's own height stands before the one from heights",
			[]spatial.Feature{{ID: "a", Num: 1, Geometry: place, Z: spatial.ZRange{Min: 0, Max: 10, Known: true}, Properties: props(spatial.Property{Name: "height", Value: whole(12)})}}, nil,
			map[string]any{"id": "a", "z_min": float32(0), "z_max": float32(10), "height": uint64(12)}},
		{"a column of whole and broken numbers has numbers",
			[]spatial.Feature{{ID: "a", Num: 1, Geometry: place, Properties: props(spatial.Property{Name: "n", Value: whole(3)})},
				{ID: "b", Num: 2, Geometry: pointAt(9000, 9000), Properties: props(spatial.Property{Name: "n", Value: num(0.1)})}}, nil,
			map[string]any{"id": "a", "n": float32(3)}},
		{"a column of numbers and texts has texts",
			[]spatial.Feature{{ID: "a", Num: 1, Geometry: place, Properties: props(spatial.Property{Name: "n", Value: whole(3)})},
				{ID: "b", Num: 2, Geometry: pointAt(9000, 9000), Properties: props(spatial.Property{Name: "n", Value: str("x")})}}, nil,
			map[string]any{"id": "a", "n": "3"}},
		{"every kind of value",
			[]spatial.Feature{{ID: "a", Num: 1, Geometry: place, Properties: props(
				spatial.Property{Name: "yes", Value: spatial.BoolOf(true)}, spatial.Property{Name: "minus", Value: whole(-5)},
				spatial.Property{Name: "big", Value: whole(1 << 60)}, spatial.Property{Name: "list", Value: spatial.JSONOf("[1,2]")}, spatial.Property{Name: "empty", Value: str("")})}}, nil,
			map[string]any{"id": "a", "yes": true, "minus": int64(-5), "big": uint64(1 << 60), "list": "[1,2]", "empty": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := vector.NewSource(mirrorOf(t, "things", c.in), vector.Options{})
			got := tile(t, s, tiles.Request{Coord: here, Collections: []string{"things"}, Properties: c.wanted})
			want := mvt.Tile{{Name: "things", Version: 2, Extent: 4096, Features: []mvt.Feature{
				{ID: 1, HasID: true, Type: mvt.Point, Properties: c.want, Parts: [][]mvt.XY{xy(10, 10)}}}}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhenAndAtWhatHeightAFeatureIsInATile(t *testing.T) {
	at := func(id string, num uint64, from, to string, z spatial.ZRange) spatial.Feature {
		f := spatial.Feature{ID: id, Num: num, Geometry: pointAt(float64(num), 0), Z: z}
		if from != "" {
			f.Valid.Start = day(from)
		}
		if to != "" {
			f.Valid.End = day(to)
		}
		return f
	}
	low := spatial.ZRange{Min: -20, Max: -10, Known: true}
	s := vector.NewSource(mirrorOf(t, "things", []spatial.Feature{
		at("always", 1, "", "", spatial.ZRange{}), at("old", 2, "", "2000-01-01", low), at("new", 3, "2000-01-01", "", spatial.ZRange{Min: 0, Max: 5, Known: true}),
	}), vector.Options{})
	for _, c := range []struct {
		name  string
		valid spatial.Interval
		z     spatial.ZRange
		want  []string
	}{
		{"at all times", spatial.Interval{}, spatial.ZRange{}, []string{"always", "old", "new"}},
		{"at the last moment of the old", spatial.At(day("2000-01-01").Add(-time.Microsecond)), spatial.ZRange{}, []string{"always", "old"}},
		{"at the first moment of the new", spatial.At(day("2000-01-01")), spatial.ZRange{}, []string{"always", "new"}},
		{"over both", spatial.Interval{Start: day("1999-01-01"), End: day("2001-01-01")}, spatial.ZRange{}, []string{"always", "old", "new"}},
		{"below the ground, with what has no known height", spatial.Interval{}, spatial.ZRange{Min: -100, Max: -10, Known: true}, []string{"always", "old"}},
		{"between the two", spatial.Interval{}, spatial.ZRange{Min: -9, Max: -1, Known: true}, []string{"always"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range tile(t, s, tiles.Request{Coord: here, Collections: []string{"things"}, Valid: c.valid, Z: c.z})[0].Features {
				got = append(got, f.Properties["id"].(string))
			}
			less := cmpopts.SortSlices(func(a, b string) bool { return a < b })
			if diff := cmp.Diff(c.want, got, less); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhatHasNoTilesIsRefused(t *testing.T) {
	m := mirrorOf(t, "things", nil)
	s := vector.NewSource(m, vector.Options{})
	for _, c := range []struct {
		name string
		r    tiles.Request
		kind error
	}{
		{"a collection that is not there", tiles.Request{Collections: []string{"others"}}, spatial.ErrNotFound},
		{"no collection", tiles.Request{}, spatial.ErrInvalid},
		{"a collection twice", tiles.Request{Collections: []string{"things", "things"}}, spatial.ErrInvalid},
		{"a zoom that is not there", tiles.Request{Coord: tiles.Coord{Z: 25}, Collections: []string{"things"}}, spatial.ErrNotFound},
		{"a column that is not there", tiles.Request{Coord: tiles.Coord{Z: 1, X: 2}, Collections: []string{"things"}}, spatial.ErrNotFound},
		{"heights that run backwards", tiles.Request{Collections: []string{"things"}, Z: spatial.ZRange{Min: 1, Known: true}}, spatial.ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := s.Pin(context.Background(), c.r); !errors.Is(err, c.kind) {
				t.Fatalf("got %v, want %v", err, c.kind)
			}
		})
	}
	local := mirrorOf(t, "things", nil, func(c *spatial.Collection) { c.Local = true })
	if _, err := vector.NewSource(local, vector.Options{}).Pin(context.Background(), tiles.Request{Collections: []string{"things"}}); !errors.Is(err, spatial.ErrNotFound) {
		t.Fatalf("a local collection: got %v", err)
	}
}

func TestWhatLiesBeyondTheMapIsCutOff(t *testing.T) {
	world := tiles.Coord{}
	for _, c := range []struct {
		name string
		in   geom.T
		want []drawn
	}{
		{"a polygon to the pole ends at the edge of the map",
			geom.NewPolygonFlat(geom.XY, []float64{-90, 0, 90, 0, 90, 90, -90, 90, -90, 0}, []int{10}),
			[]drawn{{mvt.Polygon, [][]mvt.XY{xy(1024, 2048, 1024, 0, 3072, 0, 3072, 2048)}}}},
		{"a line over the edge ends there", geom.NewLineStringFlat(geom.XY, []float64{0, 0, 0, 89}),
			[]drawn{{mvt.LineString, [][]mvt.XY{xy(2048, 2048, 2048, 0)}}}},
		{"a line from pole to pole runs over the whole map", geom.NewLineStringFlat(geom.XY, []float64{0, -90, 0, 90}),
			[]drawn{{mvt.LineString, [][]mvt.XY{xy(2048, 4096, 2048, 0)}}}},
		{"a point at the pole is nowhere", geom.NewPointFlat(geom.XY, []float64{0, 90}), nil},
		{"a polygon beyond the edge is nowhere", geom.NewPolygonFlat(geom.XY, []float64{0, 86, 10, 86, 10, 88, 0, 88, 0, 86}, []int{10}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := vector.NewSource(mirrorOf(t, "things", []spatial.Feature{{ID: "a", Num: 1, Geometry: c.in}}), vector.Options{})
			var got []drawn
			for _, layer := range tile(t, s, tiles.Request{Coord: world, Collections: []string{"things"}}) {
				for _, f := range layer.Features {
					got = append(got, drawn{f.Type, f.Parts})
				}
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
}
