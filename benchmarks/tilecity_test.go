package benchmarks_test

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/geojson"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
)

// tileCity is a city of buildings in a mirror, and for comparison in a PostGIS table of its
// own with an index on its geometry.
type tileCity struct {
	*spatial.Collection
	mirror *memory.Mirror
	list   []tiles.Coord
}

// shelf is as little of a store as a mirror needs to be filled once.
type shelf struct {
	info     spatial.Collection
	features iter.Seq2[spatial.Feature, error]
}

func (s *shelf) Meta(context.Context) (spatial.Meta, error) {
	return spatial.Meta{Datum: "wgs84", Revision: 1, Recorded: time.Unix(1_700_000_000, 0)}, nil
}

func (s *shelf) Collections(context.Context) ([]spatial.Collection, error) {
	return []spatial.Collection{s.info}, nil
}

func (s *shelf) Collection(context.Context, string) (spatial.Collection, error) { return s.info, nil }

func (s *shelf) Models(context.Context, string) ([]spatial.Model, error) { return nil, nil }

func (s *shelf) Count(context.Context, spatial.Query) (int64, error) { return 0, nil }

func (s *shelf) Features(context.Context, spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(func(spatial.Feature, error) bool) {}
}

func (s *shelf) Changes(_ context.Context, since int64) iter.Seq2[spatial.Change, error] {
	return func(yield func(spatial.Change, error) bool) {
		if since == 0 {
			yield(spatial.Change{Revision: 1, Collection: s.info.Name, Box: s.info.Extent}, nil)
		}
	}
}

func (s *shelf) Versions(context.Context, string, int64, int64) iter.Seq2[spatial.Version, error] {
	return func(yield func(spatial.Version, error) bool) {
		n := int64(0)
		for f, err := range s.features {
			n++
			f.Num = uint64(n)
			if !yield(spatial.Version{Number: n, Feature: f}, err) || err != nil {
				return
			}
		}
	}
}

// featuresOf reads the first n features of a GeoJSON sequence.
func featuresOf(tb testing.TB, path string, n int) iter.Seq2[spatial.Feature, error] {
	tb.Helper()
	return func(yield func(spatial.Feature, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(spatial.Feature{}, err)
			return
		}
		defer file.Close()
		reader, err := geojson.NewReader(bufio.NewReaderSize(file, 1<<20), geojson.Options{}, nil)
		if err != nil {
			yield(spatial.Feature{}, err)
			return
		}
		left := n
		for f, err := range reader.Features() {
			if left--; left < 0 || !yield(f, err) {
				return
			}
		}
	}
}

// cityFile is a file of at least n buildings: SHIKONG_BENCH_GEOJSONL or one that is made.
func cityFile(tb testing.TB, n int) string {
	tb.Helper()
	if path := os.Getenv("SHIKONG_BENCH_GEOJSONL"); path != "" {
		return path
	}
	return buildingsFile(tb, n)
}

func newTileCity(tb testing.TB, n int) *tileCity {
	tb.Helper()
	path := cityFile(tb, n)
	s := &shelf{info: spatial.Collection{Name: "buildings", Revision: 1, Extent: spatial.EmptyBox()}}
	types := map[string]spatial.FieldType{}
	var corners [][2]float64
	for f, err := range featuresOf(tb, path, n) {
		if err != nil {
			tb.Fatal(err)
		}
		box := spatial.BoxOf(f.Geometry)
		s.info.Extent = s.info.Extent.Extend(box)
		s.info.Count++
		if s.info.Count%64 == 0 {
			corners = append(corners, [2]float64{box.Min[0], box.Min[1]})
		}
		for _, p := range f.Properties {
			types[p.Name] = types[p.Name].Widen(spatial.TypeOf(p.Value))
		}
	}
	for name, t := range types {
		s.info.Fields = append(s.info.Fields, spatial.Field{Name: name, Type: t})
	}
	slices.SortFunc(s.info.Fields, func(a, b spatial.Field) int { return strings.Compare(a.Name, b.Name) })
	s.features = featuresOf(tb, path, n)
	c := &tileCity{Collection: &s.info, mirror: memory.NewMirror(s, memory.Options{}), list: tileList(tb, corners)}
	if err := c.mirror.Sync(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return c
}

// tileList is the list of tiles that is measured: SHIKONG_BENCH_TILES, lines that begin with
// z/x/y, or 200 tiles in which a building drawn by lot stands.
func tileList(tb testing.TB, corners [][2]float64) (list []tiles.Coord) {
	tb.Helper()
	if path := os.Getenv("SHIKONG_BENCH_TILES"); path != "" {
		file, err := os.Open(path)
		if err != nil {
			tb.Fatal(err)
		}
		defer file.Close()
		for scan := bufio.NewScanner(file); scan.Scan(); {
			var c tiles.Coord
			if _, err := fmt.Sscanf(scan.Text(), "%d/%d/%d", &c.Z, &c.X, &c.Y); err != nil {
				tb.Fatal(err)
			}
			list = append(list, c)
		}
		return list
	}
	r := rand.New(rand.NewPCG(200, 1))
	seen := map[tiles.Coord]bool{}
	for _, z := range []struct {
		zoom  uint8
		tiles int
	}{{10, 4}, {12, 32}, {13, 41}, {14, 41}, {15, 41}, {16, 41}} {
		for tries, n := 0, 0; n < z.tiles && tries < 10_000; tries++ {
			at := corners[r.IntN(len(corners))]
			if c := tiles.At(at[0], at[1], z.zoom); !seen[c] {
				seen[c] = true
				list = append(list, c)
				n++
			}
		}
	}
	return list
}

// asMVT is the query of a server of tiles that has nothing but PostGIS, with all properties.
const asMVT = `WITH m AS (SELECT id, %s, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom
	FROM bench_buildings WHERE geom && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096))
	SELECT ST_AsMVT(m.*, 'buildings', 4096, 'geom', 'id') FROM m WHERE geom IS NOT NULL`

// postgis loads the city's features into a table, in the order of their places, and returns a
// pool and the columns of the properties.
func (c *tileCity) postgis(b *testing.B, path string) (db *pgxpool.Pool, columns string) {
	b.Helper()
	db, columns = c.raw(b, path, "bench_buildings")
	if _, err := db.Exec(b.Context(), `CREATE UNLOGGED TABLE bench_buildings AS SELECT * FROM (
			SELECT n AS id, `+columns+`, ST_Transform(ST_SetSRID(ST_GeomFromWKB(wkb), 4326), 3857)::geometry(Geometry, 3857) AS geom FROM bench_raw) r ORDER BY geom;
		DROP TABLE bench_raw; ALTER TABLE bench_buildings ADD PRIMARY KEY (id); CREATE INDEX ON bench_buildings USING gist (geom); ANALYZE bench_buildings`); err != nil {
		b.Fatal(err)
	}
	return db, columns
}

// raw loads the city's features into bench_raw and returns a pool and the columns of the
// properties. That table and those that are to be made of it are dropped, now and at the end.
func (c *tileCity) raw(b *testing.B, path string, tables ...string) (db *pgxpool.Pool, list string) {
	b.Helper()
	dsn := os.Getenv("SHIKONG_TEST_POSTGIS")
	if dsn == "" {
		b.Skip("SKIPPED: SHIKONG_TEST_POSTGIS is not set")
	}
	ctx := b.Context()
	db, err := pgxpool.New(ctx, dsn)
	if err != nil {
		b.Fatal(err)
	}
	drop := "DROP TABLE IF EXISTS bench_raw, " + strings.Join(tables, ", ")
	b.Cleanup(func() {
		_, err := db.Exec(context.Background(), drop)
		if err != nil {
			b.Error(err)
		}
		db.Close()
	})
	columns, names := []string{"n", "wkb", "p_name"}, []string{"p_name"}
	ddl := drop + "; CREATE UNLOGGED TABLE bench_raw (n bigint, wkb bytea, p_name text"
	for _, f := range c.Fields {
		name := pgx.Identifier{"p_" + f.Name}.Sanitize()
		ddl += ", " + name + " " + map[spatial.FieldType]string{spatial.FieldInteger: "bigint", spatial.FieldNumber: "float8"}[f.Type]
		if f.Type != spatial.FieldInteger && f.Type != spatial.FieldNumber {
			ddl += "text"
		}
		columns, names = append(columns, "p_"+f.Name), append(names, name)
	}
	if _, err := db.Exec(ctx, ddl+")"); err != nil {
		b.Fatal(err)
	}
	if _, err := db.CopyFrom(ctx, pgx.Identifier{"bench_raw"}, columns, c.copied(b, path)); err != nil {
		b.Fatal(err)
	}
	return db, strings.Join(names, ", ")
}

// copied gives the features as rows to COPY.
func (c *tileCity) copied(b *testing.B, path string) pgx.CopyFromSource {
	next, stop := iter.Pull2(featuresOf(b, path, int(c.Count)))
	b.Cleanup(stop)
	n := int64(0)
	return pgx.CopyFromFunc(func() ([]any, error) {
		f, err, ok := next()
		if !ok || err != nil {
			return nil, err
		}
		n++
		wkb, err := ewkb.Marshal(f.Geometry, ewkb.NDR)
		if err != nil {
			return nil, fmt.Errorf("feature %s: %w", f.ID, err)
		}
		row := []any{n, wkb, nil}
		if f.Name != "" {
			row[2] = f.Name
		}
		for _, field := range c.Fields {
			v, _ := f.Properties.Get(field.Name)
			switch {
			case v.Kind() == spatial.Null:
				row = append(row, nil)
			case field.Type == spatial.FieldInteger:
				row = append(row, v.Int())
			case field.Type == spatial.FieldNumber:
				row = append(row, v.Float())
			default:
				row = append(row, v.Text())
			}
		}
		return row, nil
	})
}
