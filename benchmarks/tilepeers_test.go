package benchmarks_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// A tileServer is asked for tiles over HTTP.
type tileServer struct {
	name, address string
	path          func(tiles.Coord) string
	// used is the processor time of other processes that answer.
	used func() time.Duration
}

// notZipped asks for a body that is not compressed. tegola has to be forbidden it.
const notZipped = "identity, gzip;q=0"

// asked is what clients found who asked for each tile of a list once.
type asked struct {
	each spans
	wall time.Duration
	cpu  time.Duration // of all processes that take part, the clients' too
}

func (a asked) rate() float64 { return float64(len(a.each)) / a.wall.Seconds() }

func (a asked) perRequest() float64 { return float64(a.cpu.Microseconds()) / float64(len(a.each)) }

// tilePeers starts what there is to compare with, all on one table with an index and with all
// properties of all features; what there is not is said.
func tilePeers(b *testing.B, city *tileCity) (list []tileServer) {
	b.Helper()
	dsn := os.Getenv("SHIKONG_TEST_POSTGIS")
	if dsn == "" {
		b.Log("no PostGIS: SHIKONG_TEST_POSTGIS is not set")
		return nil
	}
	db, columns := city.postgis(b, cityFile(b, size()))
	used := backends(b, db)
	list = append(list, plainServer(b, db, fmt.Sprintf(asMVT, columns), used))
	for _, peer := range []struct {
		program string
		start   func(*testing.B, string, tilePeer) tileServer
	}{{"pg_tileserv", tileserv}, {"tegola", tegola}, {"martin", martin}} {
		path, err := exec.LookPath(peer.program)
		if err != nil {
			b.Logf("no %s in PATH", peer.program)
			continue
		}
		port := freePort(b)
		s := peer.start(b, path, tilePeer{dsn: dsn, columns: columns, port: port, address: net.JoinHostPort("127.0.0.1", port)})
		own := s.used
		s.name, s.used = peer.program, func() time.Duration { return own() + used() }
		list = append(list, s)
	}
	return list
}

// tilePeer is what a server is told: where the table is, its columns beside id and geom, and
// where to listen.
type tilePeer struct{ dsn, columns, port, address string }

// run writes a server's configuration into a folder of its own and starts the server there.
func (p tilePeer) run(b *testing.B, config, name string, cmd *exec.Cmd) (used func() time.Duration) {
	b.Helper()
	cmd.Dir = b.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, name), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "DATABASE_URL="+p.dsn)
	return started(b, p.address, cmd)
}

// tileserv runs pg_tileserv, with as wide a margin as the others have and without its limit.
func tileserv(b *testing.B, path string, p tilePeer) tileServer {
	config := fmt.Sprintf("HttpHost = \"127.0.0.1\"\nHttpPort = %s\nDbPoolMaxConns = 16\nDefaultBuffer = 64\nMaxFeaturesPerTile = -1\nDbTimeout = 120\n", p.port)
	used := p.run(b, config, "config.toml", exec.Command(path, "--config", "config.toml"))
	return tileServer{address: p.address, used: used, path: func(c tiles.Coord) string { return "/public.bench_buildings/" + c.String() + ".pbf" }}
}

// tegola runs tegola with the provider that has PostGIS make the tiles, which is the fastest
// it has. It asks for what stands in the tile itself and nothing around it.
func tegola(b *testing.B, path string, p tilePeer) tileServer {
	config := fmt.Sprintf(`[webserver]
port = %q
[[providers]]
name = "mvt"
type = "mvt_postgis"
uri = %q
srid = 3857
  [[providers.layers]]
  name = "buildings"
  id_fieldname = "id"
  geometry_fieldname = "geom"
  geometry_type = "Polygon"
  srid = 3857
  sql = '''SELECT id, %s, ST_AsMVTGeom(geom, !BBOX!, 4096, 64, true) AS geom FROM bench_buildings WHERE geom && !BBOX!'''
[[maps]]
name = "city"
  [[maps.layers]]
  provider_layer = "mvt.buildings"
  min_zoom = 0
  max_zoom = 20
`, p.address, p.dsn+"&pool_max_conns=16", p.columns)
	used := p.run(b, config, "config.toml", exec.Command(path, "serve", "--no-cache", "--config", "config.toml"))
	return tileServer{address: p.address, used: used, path: func(c tiles.Coord) string { return "/maps/city/" + c.String() + ".pbf" }}
}

// martin runs Martin without its cache.
func martin(b *testing.B, path string, p tilePeer) tileServer {
	config := fmt.Sprintf(`listen_addresses: %s
postgres:
  connection_string: %q
  pool_size: 16
  auto_bounds: skip
  tables:
    buildings:
      schema: public
      table: bench_buildings
      srid: 3857
      geometry_column: geom
      geometry_type: GEOMETRY
      id_column: id
      extent: 4096
      buffer: 64
      clip_geom: true
      properties:
`, p.address, p.dsn)
	for name := range strings.SplitSeq(p.columns, ", ") {
		config += "        " + name + ": text\n"
	}
	used := p.run(b, config, "config.yaml", exec.Command(path, "--cache-size", "0", "--config", "config.yaml"))
	return tileServer{address: p.address, used: used, path: func(c tiles.Coord) string { return "/buildings/" + c.String() }}
}

// plainServer answers tiles with ST_AsMVT and does nothing else but compress them: as little
// as a server of PostGIS can be.
func plainServer(b *testing.B, db *pgxpool.Pool, query string, used func() time.Duration) tileServer {
	b.Helper()
	var zippers sync.Pool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var z, x, y int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d/%d/%d", &z, &x, &y); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		var tile []byte
		if err := db.QueryRow(r.Context(), query, z, x, y).Scan(&tile); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if r.Header.Get("Accept-Encoding") == "gzip" {
			zip, ok := zippers.Get().(*tiles.Gzip)
			if !ok {
				zip = new(tiles.Gzip)
			}
			defer zippers.Put(zip)
			var err error
			if tile, err = zip.Append(nil, tile); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(tile)))
		_, _ = w.Write(tile)
	}))
	b.Cleanup(srv.Close)
	return tileServer{name: "postgis", address: srv.Listener.Addr().String(), used: used, path: func(c tiles.Coord) string { return "/" + c.String() }}
}

// contents says what a server's tiles hold: whoever answers with less has less to do.
func contents(b *testing.B, s tileServer, list []tiles.Coord) string {
	b.Helper()
	c := dial(b, s.address)
	defer c.conn.Close()
	var features, properties int
	var plain, zipped int64
	for _, at := range list {
		var body bytes.Buffer
		n, err := c.get(s.path(at), notZipped, &body)
		if err != nil {
			b.Fatalf("%s: %v", s.name, err)
		}
		tile, err := mvt.Decode(body.Bytes())
		if err != nil {
			b.Fatalf("%s, %v: %v", s.name, at, err)
		}
		for _, layer := range tile {
			features += len(layer.Features)
			for _, f := range layer.Features {
				properties += len(f.Properties)
			}
		}
		plain += n
		body.Reset()
		if n, err = c.get(s.path(at), "gzip", &body); err != nil {
			b.Fatalf("%s: %v", s.name, err)
		}
		zipped += n
		if err := readsAsGzip(&body); err != nil {
			b.Fatalf("%s, %v: %v", s.name, at, err)
		}
	}
	n := float64(len(list))
	return fmt.Sprintf("%7.1f features of %4.1f properties in a tile, %8.0f bytes, %8.0f gzipped",
		float64(features)/n, float64(properties)/float64(features), float64(plain)/n, float64(zipped)/n)
}

// readsAsGzip reads a compressed body to its end.
func readsAsGzip(body io.Reader) error {
	r, err := gzip.NewReader(body)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}
