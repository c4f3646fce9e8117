package gpkg_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial/gpkg"
)

// memory returns an empty database with an empty R-tree called tree.
func memory(t testing.TB) *sqlite.Conn {
	t.Helper()
	c, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := sqlitex.ExecuteTransient(c, "CREATE VIRTUAL TABLE tree USING rtree(id, minx, maxx, miny, maxy)", nil); err != nil {
		t.Fatal(err)
	}
	return c
}

func textOf(t testing.TB, c *sqlite.Conn, query string) (text string) {
	t.Helper()
	err := sqlitex.ExecuteTransient(c, query, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error { text = s.ColumnText(0); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func idsIn(t testing.TB, c *sqlite.Conn, b [4]float64) (ids []int64) {
	t.Helper()
	err := sqlitex.Execute(c, "SELECT id FROM tree WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?", &sqlitex.ExecOptions{
		Args:       []any{b[0], b[1], b[2], b[3]},
		ResultFunc: func(s *sqlite.Stmt) error { ids = append(ids, s.ColumnInt64(0)); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}

func randomBoxes(r *rand.Rand, n int) [][4]float64 {
	var list [][4]float64
	for range n {
		x, y := 113+2*r.Float64(), 22+r.Float64()
		list = append(list, [4]float64{x, x + r.ExpFloat64()*1e-3, y, y + r.ExpFloat64()*1e-3})
	}
	return list
}

// TestAPackedTreeIsOneThatSQLiteAccepts takes rtreecheck as the judge of the form and going
// through all boxes as the judge of the answers, before and after SQLite inserts and
// deletes in the tree.
func TestAPackedTreeIsOneThatSQLiteAccepts(t *testing.T) {
	for _, n := range []int{0, 1, 2, 50, 51, 52, 93, 46 * 51, 46*51 + 1, 2400, 46 * 46 * 3, 130_000 / slow} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(n), 3))
			c, boxes := memory(t), randomBoxes(r, n)
			if err := gpkg.Pack(c, "tree", boxes); err != nil {
				t.Fatal(err)
			}
			check := func() {
				t.Helper()
				if got := textOf(t, c, "SELECT rtreecheck('tree')"); got != "ok" {
					t.Fatal(got)
				}
				for range 20 {
					q := randomBoxes(r, 1)[0]
					q[1], q[3] = q[0]+0.1*r.Float64(), q[2]+0.1*r.Float64()
					compareHits(t, idsIn(t, c, q), boxes, q)
				}
			}
			check()
			for i, b := range randomBoxes(r, 200) {
				boxes = append(boxes, b)
				if err := sqlitex.Execute(c, "INSERT INTO tree VALUES (?, ?, ?, ?, ?)", &sqlitex.ExecOptions{Args: []any{n + i + 1, b[0], b[1], b[2], b[3]}}); err != nil {
					t.Fatal(err)
				}
			}
			for i := range boxes {
				if i%3 == 0 && i < 3000 {
					boxes[i] = [4]float64{math.NaN()}
					if err := sqlitex.Execute(c, "DELETE FROM tree WHERE id = ?", &sqlitex.ExecOptions{Args: []any{i + 1}}); err != nil {
						t.Fatal(err)
					}
				}
			}
			check()
		})
	}
}

// compareHits allows what the rounding to 32 bits adds at the rim and nothing else.
func compareHits(t *testing.T, got []int64, boxes [][4]float64, q [4]float64) {
	t.Helper()
	const float32Step = 2e-5 // degrees; twice the distance of floats near 114
	meets := func(b [4]float64, slack float64) bool {
		return b[1] >= q[0]-slack && b[0] <= q[1]+slack && b[3] >= q[2]-slack && b[2] <= q[3]+slack
	}
	k := 0
	for i, b := range boxes {
		found := k < len(got) && got[k] == int64(i+1)
		if found {
			k++
		}
		if (meets(b, 0) && !found) || (found && !meets(b, float32Step)) {
			t.Fatalf("box %d %v, query %v: found %t", i+1, b, q, found)
		}
	}
	if k != len(got) {
		t.Fatalf("%d answers of %d are boxes", k, len(got))
	}
}

func BenchmarkPack(b *testing.B) {
	boxes := randomBoxes(rand.New(rand.NewPCG(1, 3)), 100_000)
	b.ReportAllocs()
	for b.Loop() {
		c := memory(b)
		if err := gpkg.Pack(c, "tree", boxes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(boxes))*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
