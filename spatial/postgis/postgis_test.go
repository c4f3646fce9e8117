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
}

// openCluster is made once for all tests of the package, by TestMain.
var openCluster = sync.OnceValues(func() (*cluster, error) {
	c := &cluster{dsn: os.Getenv("SHIKONG_TEST_POSTGIS")}
	if c.dsn == "" {
		return nil, nil
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
	name := c.name(fmt.Sprint("db", c.n.Add(1)))
	if _, err := c.admin.Exec(t.Context(), "create database "+name+" template "+c.name("template")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	return c.address(name)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if c, err := openCluster(); c != nil && err == nil {
		_, _ = c.admin.Exec(context.Background(), "drop database "+c.name("template")+" with (force)")
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
	storetest.Run(t, func(t *testing.T) spatial.Store { return open(t, postgis.Options{}) })
}

// A store whose large tables are spread over partitions by cell gives the same answers: no
// key and no join may leave the cell out.
func TestPartitionedStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) spatial.Store { return open(t, postgis.Options{Partitions: 4}) })
}
