package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/postgis"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

// cluster is a PostgreSQL that tests may do with as they like, with a database that has
// PostGIS to copy from.
type cluster struct {
	dsn   string
	admin *pgxpool.Pool
	n     atomic.Int64

	mu   sync.Mutex
	free []string // databases that tests have given back, emptied
}

// take returns an empty database with PostGIS. Making and dropping one takes the cluster a
// checkpoint, so they are emptied and used again.
func (c *cluster) take(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.free); n > 0 {
		name := c.free[n-1]
		c.free = c.free[:n-1]
		return name, nil
	}
	name := c.name(fmt.Sprint("db", c.n.Add(1)))
	_, err := c.admin.Exec(ctx, "create database "+name+" template "+c.name("template"))
	return name, err
}

func (c *cluster) giveBack(ctx context.Context, name string) error {
	if _, err := c.admin.Exec(ctx, "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, c.address(name))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "set client_min_messages = error; drop schema if exists shikong cascade; drop schema if exists layers cascade")
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.free = append(c.free, name)
	return nil
}

// openCluster is made once for all tests of the package, by TestMain.
var openCluster = sync.OnceValues(func() (*cluster, error) {
	c := &cluster{dsn: os.Getenv("SHIKONG_TEST_POSTGIS")}
	if c.dsn == "" {
		return nil, nil //nolint:nilnil // no cluster: tests skip
	}
	var err error
	if c.admin, err = pgxpool.New(context.Background(), c.dsn); err != nil {
		return nil, err
	}
	template := c.name("template")
	if _, err := c.admin.Exec(context.Background(), "create database "+template+" template template0"); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(context.Background(), c.address(template))
	if err != nil {
		return nil, err
	}
	_, err = conn.Exec(context.Background(), "create extension postgis")
	return c, errors.Join(err, conn.Close(context.Background()))
})

func (c *cluster) name(what string) string { return fmt.Sprintf("shikong_%d_%s", os.Getpid(), what) }

func (c *cluster) address(database string) string {
	u, err := url.Parse(c.dsn)
	if err != nil {
		panic(err) // pgx has read the same address
	}
	u.Path = "/" + database
	return u.String()
}

// database makes an empty database with PostGIS that goes with the test.
func database(t *testing.T) string {
	t.Helper()
	c, err := openCluster()
	if err != nil {
		t.Fatal(err)
	}
	if c == nil {
		t.Skip("SKIPPED: SHIKONG_TEST_POSTGIS is not set, so nothing here is tested against PostGIS")
	}
	name, err := c.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.giveBack(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return c.address(name)
}

func TestMain(m *testing.M) {
	if address := os.Getenv(storetest.CrashStore); address != "" {
		importForever(address)
	}
	code := m.Run()
	if c, err := openCluster(); c != nil && err == nil {
		for _, name := range append(c.free, c.name("template")) {
			if _, err := c.admin.Exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 1
			}
		}
		c.admin.Close()
	}
	os.Exit(code)
}

func open(t *testing.T, o postgis.Options) *postgis.Store {
	t.Helper()
	o.Create = true
	s, err := postgis.Open(t.Context(), database(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStore(t *testing.T) {
	storetest.RunSlow(t, func(t *testing.T) spatial.Store { return open(t, postgis.Options{}) })
}

// A store whose large tables are spread over partitions by cell gives the same answers: no
// key and no join may leave the cell out.
func TestPartitionedStore(t *testing.T) {
	storetest.RunSlow(t, func(t *testing.T) spatial.Store { return open(t, postgis.Options{Partitions: 4}) })
}
