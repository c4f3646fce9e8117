package postgis_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/postgis"
)

// PostGIS transforms with PROJ, which nobody here wrote. Codes are drawn among those whose
// datum PROJ takes for WGS 84 as we do; the rest differ by datum shifts, which crs tests.
func TestTransformsAgreeWithPostGIS(t *testing.T) {
	conn := connect(t, database(t))
	codes := []int{3857, 4490, 4491, 4501, 4502, 4512, 4513, 4533, 4534, 4547, 4554, 32601, 32649, 32650, 32660, 32701, 32760,
		6669, 6677, 6687, 25829, 25832, 25837}
	r := rand.New(rand.NewPCG(1, 2))
	const points, mm = 10_000, 1e-3
	worst := 0.0
	batch := &pgx.Batch{}
	type probe struct {
		code int
		x, y float64
	}
	var probes []probe
	for range points {
		c, err := crs.ByCode(codes[r.IntN(len(codes))])
		if err != nil {
			t.Fatal(err)
		}
		a := c.Area()
		lon, lat := a.West+r.Float64()*(a.East-a.West), a.South+r.Float64()*(a.North-a.South)
		lat = math.Max(-84, math.Min(84, lat))
		x, y, _, err := c.Forward(lon, lat, 0)
		if err != nil {
			t.Fatalf("%d at %g, %g: %v", c.Code(), lon, lat, err)
		}
		probes = append(probes, probe{c.Code(), x, y})
		batch.Queue(`select st_x(p), st_y(p) from (select st_transform(st_setsrid(st_makepoint($1, $2), $3), $4::integer) as p) x`, lon, lat, geographic(c), c.Code())
	}
	results := conn.SendBatch(t.Context(), batch)
	for i, p := range probes {
		var x, y float64
		if err := results.QueryRow().Scan(&x, &y); err != nil {
			t.Fatalf("point %d, EPSG:%d: %v", i, p.code, err)
		}
		d := math.Hypot(x-p.x, y-p.y)
		if p.code == 4490 {
			d *= 111_000
		}
		if worst = math.Max(worst, d); d > mm {
			t.Errorf("EPSG:%d: PostGIS says %.4f, %.4f, ours is %.4f, %.4f", p.code, x, y, p.x, p.y)
		}
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d points in %d systems, at most %.2g m apart", points, len(codes), worst)
}

// geographic returns the code of the system of longitude and latitude on the same datum.
func geographic(c *crs.CRS) int {
	switch code := c.Code(); {
	case code >= 4490 && code <= 4554:
		return 4490
	case code >= 6669 && code <= 6687:
		return 6668
	case code >= 25828 && code <= 25838:
		return 4258
	}
	return 4326
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func building(id string, height float64) spatial.Feature {
	return spatial.Feature{ID: id, Kind: "building", Name: "大厦",
		Geometry:   geom.NewPolygonFlat(geom.XY, []float64{114, 22, 114.001, 22, 114.001, 22.001, 114, 22}, []int{8}),
		Z:          spatial.ZRange{Min: 0, Max: height, Known: true},
		Properties: spatial.NewProperties([]spatial.Property{{Name: "高度", Value: spatial.FloatOf(height)}, {Name: "id", Value: spatial.IntOf(7)}})}
}

func delivery(features ...spatial.Feature) spatial.Import {
	return spatial.Import{Collection: spatial.Collection{Name: "楼"}, Model: "m", Features: func(yield func(spatial.Feature, error) bool) {
		for _, f := range features {
			if !yield(f, nil) {
				return
			}
		}
	}}
}

// QGIS and plain SQL see ordinary layers: typed columns, valid geometry with its system,
// nothing that can be written to.
func TestViewsAreOrdinaryLayers(t *testing.T) {
	dsn := database(t)
	s, err := postgis.Open(t.Context(), dsn, postgis.Options{Create: true, Datum: "cgcs2000"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, in := range []spatial.Import{delivery(building("a", 30), building("b", 60)), delivery(building("a", 33))} {
		if _, err := s.Apply(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	conn := connect(t, dsn)
	var n, srid int
	var height, id float64
	var valid bool
	err = conn.QueryRow(t.Context(), `select count(*), max("高度"), max(id_2), bool_and(st_isvalid(geom)), max(st_srid(geom)) from layers."楼"`).Scan(&n, &height, &id, &valid, &srid)
	if err != nil || n != 1 || height != 33 || id != 7 || !valid || srid != 4490 {
		t.Fatalf("%d rows, height %g, id_2 %g, valid %v, srid %d, %v", n, height, id, valid, srid, err)
	}
	if err := conn.QueryRow(t.Context(), `select count(*) from layers."楼_history"`).Scan(&n); err != nil || n != 3 {
		t.Fatalf("%d rows in the history, %v", n, err)
	}
	var kind string
	err = conn.QueryRow(t.Context(), `select type from geometry_columns where f_table_schema = 'layers' and f_table_name = '楼' and srid = 4490`).Scan(&kind)
	if err != nil || kind != "GEOMETRY" {
		t.Fatalf("geometry_columns says %q, %v", kind, err)
	}
	if _, err := conn.Exec(t.Context(), `delete from layers."楼"`); err == nil {
		t.Fatal("a layer can be written to")
	}
}

// makeOlder makes a store with three features and takes back all migrations.
func makeOlder(t *testing.T, address string) {
	t.Helper()
	s, err := postgis.Open(t.Context(), address, postgis.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), spatial.Import{Collection: spatial.Collection{Name: "c"}, Model: "m", Features: points(3, nil)}); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if _, err := connect(t, address).Exec(t.Context(), `alter table shikong.head drop column pruned; drop table shikong.style; update shikong.meta set value = '1' where key = 'schema_version'`); err != nil {
		t.Fatal(err)
	}
}

func TestAnOlderStoreIsMigratedWhenAskedTo(t *testing.T) {
	address := database(t)
	makeOlder(t, address)
	for _, o := range []postgis.Options{{Migrate: true}, {}, {Migrate: true}} {
		s, err := postgis.Open(t.Context(), address, o)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.Count(t.Context(), spatial.Query{Collection: "c"}); err != nil || n != 3 {
			t.Error(n, err)
		}
		if _, err := s.Prune(t.Context(), time.Now()); err != nil {
			t.Error(err)
		}
		_ = s.Close()
	}
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	newer := database(t)
	s, err := postgis.Open(t.Context(), newer, postgis.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if _, err := connect(t, newer).Exec(t.Context(), `update shikong.meta set value = '99' where key = 'schema_version'`); err != nil {
		t.Fatal(err)
	}
	older := database(t)
	makeOlder(t, older)
	empty := database(t)
	rows := []struct {
		name, dsn, code string
		kind            error
	}{
		{"no store in the database", empty, "store-missing", spatial.ErrNotFound},
		{"made by a newer program", newer, "store-newer", spatial.ErrConflict},
		{"made by an older program", older, "store-older", spatial.ErrConflict},
		{"no such database", empty + "&dbname=nowhere", "store-denied", spatial.ErrUnavailable},
		{"nobody listens", "postgres://u:secret@127.0.0.1:1/x?connect_timeout=2", "store-unavailable", spatial.ErrUnavailable},
		{"no address at all", "postgres://%zz", "invalid-store", spatial.ErrInvalid},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			_, err := postgis.Open(t.Context(), r.dsn, postgis.Options{})
			var p *spatial.Problem
			if !errors.As(err, &p) || p.Code != r.code || !errors.Is(err, r.kind) {
				t.Fatalf("got %v, want %s", err, r.code)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Fatalf("the password is shown: %v", err)
			}
		})
	}
}

// The database ends our connection in the middle of a delivery: the import fails and
// nothing of it is there.
func TestDatabaseGoesAwayInTheMiddle(t *testing.T) {
	dsn := database(t)
	s, err := postgis.Open(t.Context(), dsn, postgis.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Apply(t.Context(), delivery(building("a", 30))); err != nil {
		t.Fatal(err)
	}
	other := connect(t, dsn)
	in := delivery()
	in.Features = func(yield func(spatial.Feature, error) bool) {
		yield(building("b", 1), nil)
		_, err := other.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`)
		if err != nil {
			t.Error(err)
		}
		yield(building("c", 1), nil)
	}
	_, err = s.Apply(t.Context(), in)
	if !errors.Is(err, spatial.ErrUnavailable) {
		t.Fatalf("got %v, want ErrUnavailable", err)
	}
	var ids []string
	for f, err := range s.Features(t.Context(), spatial.Query{Collection: "楼"}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, f.ID)
	}
	if len(ids) != 1 || ids[0] != "a" {
		t.Fatalf("the store holds %v", ids)
	}
}
