package benchmarks_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/spatial"
)

// answerPeers starts what there is to compare with; what there is not is said.
func answerPeers(b *testing.B, city *tileCity) (list []peer) {
	b.Helper()
	if dsn := os.Getenv("SHIKONG_TEST_POSTGIS"); dsn != "" {
		db, columns := city.places(b, cityFile(b, size()))
		flatly, truly := plainAnswers(b, db, columns)
		list = append(list, flatly, truly)
		if path, err := exec.LookPath("pg_featureserv"); err == nil {
			list = append(list, featureServer(b, path, dsn, backends(b, db)))
		} else {
			b.Log("no pg_featureserv in PATH")
		}
	} else {
		b.Log("no PostGIS: SHIKONG_TEST_POSTGIS is not set")
	}
	if path, err := exec.LookPath("tile38-server"); err == nil {
		list = append(list, tile38(b, path, city))
	} else {
		b.Log("no tile38-server in PATH")
	}
	return list
}

// places loads the city into two tables: bench_places in longitude and latitude, and
// bench_ways with the same and places in Web Mercator and on the ellipsoid.
func (c *tileCity) places(b *testing.B, path string) (db *pgxpool.Pool, columns string) {
	b.Helper()
	db, columns = c.raw(b, path, "bench_places", "bench_ways")
	if _, err := db.Exec(b.Context(), `CREATE UNLOGGED TABLE bench_places AS SELECT * FROM (
			SELECT n AS id, `+columns+`, ST_SetSRID(ST_GeomFromWKB(wkb), 4326)::geometry(Geometry, 4326) AS geom FROM bench_raw) r ORDER BY geom;
		ALTER TABLE bench_places ADD PRIMARY KEY (id); CREATE INDEX ON bench_places USING gist (geom);
		CREATE UNLOGGED TABLE bench_ways AS SELECT p.*, ST_Transform(geom, 3857)::geometry(Geometry, 3857) AS way, geom::geography AS ground FROM bench_places p;
		CREATE INDEX ON bench_ways USING gist (way); CREATE INDEX ON bench_ways USING gist (ground); DROP TABLE bench_raw; ANALYZE bench_places; ANALYZE bench_ways`); err != nil {
		b.Fatal(err)
	}
	return db, columns
}

// plainAnswers is a Go handler that sends PostGIS a question and the client what comes back:
// as little as a server of PostGIS can be. What is near it finds in the plane of Web Mercator, several
// times as fast as on the ellipsoid, which the second peer asks.
func plainAnswers(b *testing.B, db *pgxpool.Pool, columns string) (flatly, truly peer) {
	b.Helper()
	const (
		point  = "ST_SetSRID(ST_MakePoint($1, $2), 4326)"
		flat   = "ST_Transform(" + point + ", 3857)"
		metres = "ST_Distance(way, " + flat + ") * cos(radians($2)) AS distance FROM bench_ways "
	)
	queries := map[string]string{}
	for name, rest := range map[string]string{
		"bbox":    "geom FROM bench_places WHERE geom && ST_MakeEnvelope($1, $2, $3, $4, 4326)",
		"within":  "geom, " + metres + "WHERE ST_DWithin(way, " + flat + ", $3 / cos(radians($2)))",
		"ground":  "geom, ST_Distance(ground, " + point + "::geography) AS distance FROM bench_ways WHERE ST_DWithin(ground, " + point + "::geography, $3)",
		"polygon": "geom FROM bench_places WHERE ST_Intersects(geom, ST_GeomFromText($1, 4326))",
		"nearest": "geom, " + metres + "ORDER BY way <-> " + flat + " LIMIT 10",
	} {
		queries[name] = `SELECT '{"type":"FeatureCollection","features":[' || coalesce(string_agg(ST_AsGeoJSON(t.*, 'geom', 7), ','), '') || ']}'
			FROM (SELECT id, ` + columns + `, ` + rest + `) t`
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		var args []any
		for _, text := range query["a"] {
			if v, err := strconv.ParseFloat(text, 64); err == nil {
				args = append(args, v)
			} else {
				args = append(args, text)
			}
		}
		var body []byte
		if err := db.QueryRow(r.Context(), queries[strings.TrimPrefix(r.URL.Path, "/")], args...).Scan(&body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/geo+json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}))
	b.Cleanup(srv.Close)
	flatly = peer{name: "postgis", address: srv.Listener.Addr().String(), used: backends(b, db)}
	truly = flatly
	truly.name, truly.path = "postgis_ellipsoid", func(question string, p place) string {
		if question != "within 500 m" {
			return ""
		}
		return fmt.Sprintf("/ground?a=%.7f&a=%.7f&a=500", p.Lon, p.Lat)
	}
	flatly.path = func(question string, p place) string {
		switch question {
		case "within 500 m":
			return fmt.Sprintf("/within?a=%.7f&a=%.7f&a=500", p.Lon, p.Lat)
		case "polygon":
			return "/polygon?a=" + url.QueryEscape("POLYGON(("+p.ring()+"))")
		case "nearest 10":
			return fmt.Sprintf("/nearest?a=%.7f&a=%.7f", p.Lon, p.Lat)
		}
		west, south, east, north := boxOf(question, p)
		return fmt.Sprintf("/bbox?a=%.7f&a=%.7f&a=%.7f&a=%.7f", west, south, east, north)
	}
	return flatly, truly
}

// processorTime is what processes have used of processors, as Linux counts it.
func processorTime(pids ...int) (sum time.Duration) {
	const tick = time.Second / 100
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may hold anything; user and system time are fields 14 and 15.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		for _, f := range fields[11:13] {
			n, _ := strconv.Atoi(f) // written by the kernel
			sum += time.Duration(n) * tick
		}
	}
	return sum
}

// backends is the processor time of the database's processes for clients.
func backends(b *testing.B, db *pgxpool.Pool) func() time.Duration {
	return func() time.Duration {
		rows, err := db.Query(b.Context(), "SELECT pid FROM pg_stat_activity WHERE backend_type IN ('client backend', 'parallel worker')")
		if err != nil {
			b.Fatal(err)
		}
		pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			b.Fatal(err)
		}
		return processorTime(pids...)
	}
}

// started runs a program until the benchmark ends, and waits until it listens.
func started(b *testing.B, address string, cmd *exec.Cmd) (used func() time.Duration) {
	b.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	})
	const patience = 30 * time.Second
	for began := time.Now(); ; {
		conn, err := net.DialTimeout("tcp", address, patience)
		if err == nil {
			_ = conn.Close()
			return func() time.Duration { return processorTime(cmd.Process.Pid) }
		}
		if time.Since(began) > patience {
			_ = cmd.Process.Kill()
			b.Fatalf("%s does not listen at %s: %s", cmd.Path, address, said.String())
		}
		<-time.After(100 * time.Millisecond)
	}
}

// featureServer runs pg_featureserv on the table in longitude and latitude. It knows no
// nearest, and takes the distance in degrees.
func featureServer(b *testing.B, path, dsn string, db func() time.Duration) peer {
	b.Helper()
	port, dir := freePort(b), b.TempDir()
	config := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "[Server]\nHttpHost = \"127.0.0.1\"\nHttpPort = %s\n[Database]\nDbPoolMaxConns = 16\n[Paging]\nLimitDefault = 20\nLimitMax = %d\n",
		port, mostAnswered), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(path, "--config", config)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "DATABASE_URL="+dsn)
	address := net.JoinHostPort("127.0.0.1", port)
	own := started(b, address, cmd)
	used := func() time.Duration { return own() + db() }
	return peer{name: "pg_featureserv", address: address, used: used, path: func(question string, p place) string {
		base := fmt.Sprintf("/collections/public.bench_places/items.json?limit=%d&", mostAnswered)
		switch question {
		case "within 500 m":
			return base + "filter=" + url.QueryEscape(fmt.Sprintf("DWITHIN(geom, POINT(%.7f %.7f), %.7f)", p.Lon, p.Lat, 500/106_500.0))
		case "polygon":
			return base + "filter=" + url.QueryEscape("INTERSECTS(geom, POLYGON(("+p.ring()+")))")
		case "nearest 10":
			return ""
		}
		west, south, east, north := boxOf(question, p)
		return base + fmt.Sprintf("bbox=%.7f,%.7f,%.7f,%.7f", west, south, east, north)
	}}
}

// tile38 runs Tile38 and fills it with the features of the city, which it answers with.
func tile38(b *testing.B, path string, city *tileCity) peer {
	b.Helper()
	port := freePort(b)
	address := net.JoinHostPort("127.0.0.1", port)
	used := started(b, address, exec.Command(path, "-h", "127.0.0.1", "-p", port, "-d", b.TempDir(), "--appendonly", "no"))
	c := dial(b, address)
	sent := make(chan error, 1)
	go func() { sent <- city.send(b.Context(), c.conn) }()
	for range city.Count {
		if _, err := c.reply(nil); err != nil {
			b.Fatal(err)
		}
	}
	if err := <-sent; err != nil {
		b.Fatal(err)
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 7, 64) }
	return peer{name: "tile38", address: address, used: used, command: func(question string, p place) []string {
		ask := []string{"INTERSECTS", "b", "LIMIT", strconv.Itoa(mostAnswered), "OBJECTS"}
		switch question {
		case "within 500 m":
			return append(ask, "CIRCLE", number(p.Lat), number(p.Lon), "500")
		case "polygon":
			ring := "[" + strings.NewReplacer(" ", ",", ",", "],[").Replace(p.ring()) + "]"
			return append(ask, "OBJECT", `{"type":"Polygon","coordinates":[[`+ring+`]]}`)
		case "nearest 10":
			return []string{"NEARBY", "b", "LIMIT", "10", "OBJECTS", "POINT", number(p.Lat), number(p.Lon)}
		}
		west, south, east, north := boxOf(question, p)
		return append(ask, "BOUNDS", number(south), number(west), number(north), number(east))
	}}
}

// send writes the features of the city as commands.
func (c *tileCity) send(ctx context.Context, w io.Writer) error {
	var buf, object []byte
	n := 0
	for f, err := range c.mirror.Features(ctx, spatial.Query{Collection: "buildings"}) {
		if err != nil {
			return err
		}
		n++
		object = f.Properties.AppendJSON(append(object[:0], `{"type":"Feature","properties":`...))
		object = append(ogc.AppendGeometry(append(object, `,"geometry":`...), f.Geometry), '}')
		buf = appendCommand(buf, []string{"SET", "b", strconv.Itoa(n), "OBJECT", string(object)})
		if len(buf) > 1<<20 {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	_, err := w.Write(buf)
	return err
}
