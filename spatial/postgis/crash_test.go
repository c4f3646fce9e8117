package postgis_test

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/postgis"
)

// crashStore names the variable that makes the test binary the process to be killed.
const crashStore = "SHIKONG_CRASH_STORE"

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
			fmt.Println("done", done.Revision, meta.Revision+1)
		}
	}()
	fmt.Println("error", err)
	os.Exit(1)
}

// TestAKilledImportLeavesTheOldStateOrTheNew kills a process that imports at random moments,
// and waits until the database has finished what it was sent last. SHIKONG_KILLS says how
// often.
func TestAKilledImportLeavesTheOldStateOrTheNew(t *testing.T) {
	kills := 5
	if n, err := strconv.Atoi(os.Getenv("SHIKONG_KILLS")); err == nil {
		kills = n
	}
	address, seed := database(t), uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	s, err := postgis.Open(t.Context(), address, postgis.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	look := connect(t, address)
	// The moments lie within what a few imports take, however fast the machine is.
	began := time.Now()
	as := killed(t, address, time.Minute, 4)
	span := time.Since(began)
	settled(t, look)
	meta, err := s.Meta(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := meta.Revision
	as[before] = strconv.FormatInt(before, 10)
	olds, news := 0, 0
	for k := range kills {
		reported := before
		for revision, name := range killed(t, address, time.Duration(random.Int64N(int64(span))), 1<<30) {
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
	t.Logf("%d kills, %d revisions: %d times the old state, %d times the new", kills, before, olds, news)
}

// killed starts the process, kills it after a while or when it has reported so many imports,
// and returns the revisions that it reported as done, with the names that their features have.
func killed(t *testing.T, address string, after time.Duration, most int) map[int64]string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=none")
	cmd.Env = append(os.Environ(), crashStore+"="+address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	reports := 0
	done := map[int64]string{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if reports++; reports == most {
			_ = cmd.Process.Kill()
		}
		words := strings.Fields(lines.Text())
		if len(words) != 3 || words[0] != "done" {
			t.Fatalf("the process says %q", lines.Text())
		}
		revision, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		done[revision] = words[2]
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process ended by itself")
	}
	return done
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
