package postgis_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/postgis"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

const crashFeatures = 1000

func generation(g int64) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for f, err := range points(crashFeatures, nil) {
			f.Name = strconv.FormatInt(g, 10)
			if !yield(f, err) {
				return
			}
		}
	}
}

// importForever replaces the content of a collection by generation after generation and says
// on standard output which are done.
func importForever(address string) {
	ctx := context.Background()
	err := func() error {
		s, err := postgis.Open(ctx, address, postgis.Options{Create: true})
		if err != nil {
			return err
		}
		for {
			meta, err := s.Meta(ctx)
			if err != nil {
				return err
			}
			done, err := s.Apply(ctx, spatial.Import{Collection: spatial.Collection{Name: "city"}, Model: "m", Features: generation(meta.Revision + 1)})
			if err != nil {
				return err
			}
			storetest.Imported(done.Revision, strconv.FormatInt(meta.Revision+1, 10))
		}
	}()
	fmt.Println("error", err)
	os.Exit(1)
}

// TestAKilledImportLeavesTheOldStateOrTheNew kills a process that imports at random moments,
// and waits until the database has finished what it was sent last.
func TestAKilledImportLeavesTheOldStateOrTheNew(t *testing.T) {
	address := database(t)
	s, err := postgis.Open(t.Context(), address, postgis.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	look := connect(t, address)
	crashes, as := storetest.NewCrashes(t, 5, address)
	settled(t, look)
	meta, err := s.Meta(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := meta.Revision
	as[before] = strconv.FormatInt(before, 10)
	olds, news := 0, 0
	for k := range crashes.Kills {
		reported := before
		for revision, name := range crashes.Kill(t, address) {
			as[revision] = name
			reported = max(reported, revision)
		}
		settled(t, look)
		meta, err := s.Meta(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		switch meta.Revision {
		case reported:
			olds++
		case reported + 1:
			news++
			as[meta.Revision] = strconv.FormatInt(meta.Revision, 10)
		default:
			t.Fatalf("kill %d: the store is at revision %d, the process had reported %d", k, meta.Revision, reported)
		}
		if before = meta.Revision; before > 0 {
			checkGeneration(t, s, before, as[before], k)
		}
	}
	if issues, err := s.Verify(t.Context()); err != nil || len(issues) > 0 {
		t.Error(issues, err)
	}
	t.Logf("%d kills, %d revisions: %d times the old state, %d times the new", crashes.Kills, before, olds, news)
}

// settled waits until nobody works in the database.
func settled(t *testing.T, c *pgx.Conn) {
	t.Helper()
	for busy := true; busy; {
		err := c.QueryRow(t.Context(), `select exists (select 1 from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle')`).Scan(&busy)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkGeneration compares the whole content at a revision with what it should be.
func checkGeneration(t *testing.T, s *postgis.Store, revision int64, name string, kill int) {
	t.Helper()
	n := 0
	for f, err := range s.Features(t.Context(), spatial.Query{Collection: "city", AtRevision: revision}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; f.Name != name {
			t.Fatalf("kill %d: %s is of generation %s at revision %d, not %s", kill, f.ID, f.Name, revision, name)
		}
	}
	if n != crashFeatures {
		t.Fatalf("kill %d: %d features at revision %d", kill, n, revision)
	}
}
