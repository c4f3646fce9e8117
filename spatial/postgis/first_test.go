package postgis_test

import (
	"errors"
	"iter"
	"slices"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/postgis"
)

// points yields n points a little apart from each other, and then err, if there is one.
func points(n int, err error) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for i := range n {
			p := geom.NewPointFlat(geom.XY, []float64{113.9 + float64(i%200)*1e-4, 22.5 + float64(i/200)*1e-4})
			if !yield(spatial.Feature{ID: strconv.Itoa(i), Geometry: p}, nil) {
				return
			}
		}
		if err != nil {
			yield(spatial.Feature{}, err)
		}
	}
}

// indexes lists the definitions of all indexes of the store.
func indexes(t *testing.T, address string) []string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	rows, err := c.Query(t.Context(), `select indexdef from pg_indexes where schemaname = 'shikong' order by indexdef collate "C"`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestALargeFirstLoadLeavesTheSameIndexes(t *testing.T) {
	for _, c := range []struct {
		name       string
		partitions int
	}{{"plain tables", 0}, {"partitioned tables", 3}} {
		t.Run(c.name, func(t *testing.T) {
			address := database(t)
			s, err := postgis.Open(t.Context(), address, postgis.Options{Create: true, Partitions: c.partitions})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			before := indexes(t, address)
			const n = 10_500
			in := spatial.Import{Collection: spatial.Collection{Name: "c"}, Model: "m", Features: points(n, errors.New("broken"))}
			if _, err := s.Apply(t.Context(), in); err == nil {
				t.Fatal("a broken import went through")
			}
			in.Features = points(n, nil)
			if done, err := s.Apply(t.Context(), in); err != nil || done.Added != n {
				t.Fatal(done, err)
			}
			if after := indexes(t, address); !slices.Equal(before, after) {
				t.Errorf("indexes before: %q\nafter: %q", before, after)
			}
			if issues, err := s.Verify(t.Context()); err != nil || len(issues) > 0 {
				t.Error(issues, err)
			}
			if done, err := s.Apply(t.Context(), in); err != nil || done.Unchanged != n {
				t.Error(done, err)
			}
			box := spatial.Box2D(113.9, 22.5, 113.90005, 22.50005)
			if got, err := s.Count(t.Context(), spatial.Query{Collection: "c", Box: &box}); err != nil || got != 1 {
				t.Error(got, err)
			}
		})
	}
}

func TestASourceThatPanicsLeavesTheStoreUsable(t *testing.T) {
	s := open(t, postgis.Options{})
	in := spatial.Import{Collection: spatial.Collection{Name: "c"}, Model: "m", Features: func(yield func(spatial.Feature, error) bool) {
		for f, err := range points(3000, nil) {
			yield(f, err)
		}
		panic("boom")
	}}
	func() {
		defer func() {
			if r := recover(); r != "boom" {
				t.Errorf("recovered %v", r)
			}
		}()
		_, _ = s.Apply(t.Context(), in)
	}()
	in.Features = points(3, nil)
	if done, err := s.Apply(t.Context(), in); err != nil || done.Added != 3 || done.Revision != 1 {
		t.Error(done, err)
	}
}
