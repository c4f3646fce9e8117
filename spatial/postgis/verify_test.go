package postgis_test

import (
	"slices"
	"testing"

	"github.com/shikong-cim/shikong/spatial/postgis"
)

func TestVerify(t *testing.T) {
	dsn := database(t)
	s, err := postgis.Open(t.Context(), dsn, postgis.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Apply(t.Context(), delivery(building("a", 30), building("b", 60))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), delivery(building("a", 31))); err != nil {
		t.Fatal(err)
	}
	codes := func() []string {
		issues, err := s.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, i := range issues {
			list = append(list, i.Code)
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	if got := codes(); got != nil {
		t.Fatalf("a sound store: %v", got)
	}
	damage := []struct{ name, do, undo, code string }{
		{"two versions at once", `update shikong.version set rev_to = null, recorded_to = null where id = 'a'`,
			`update shikong.version v set rev_to = 2, recorded_to = r.recorded from shikong.revision r where r.revision = 2 and v.id = 'a' and v.rev_from = 1`, "versions-overlap"},
		{"content changed by hand", `update shikong.version set name = 'x' where id = 'a' and rev_to is null`,
			`update shikong.version set name = '大厦' where id = 'a'`, "hash-differs"},
		{"another number", `update shikong.feature_cell set num = num + 100 where id = 'a'`, `update shikong.feature_cell set num = num - 100 where id = 'a'`, "cell-differs"},
		{"a bow tie", `update shikong.version set geom = 'SRID=4326;POLYGON((0 0,1 1,1 0,0 1,0 0))' where id = 'b'`, ``, "geometry-invalid"},
	}
	conn := connect(t, dsn)
	for _, d := range damage {
		t.Run(d.name, func(t *testing.T) {
			if _, err := conn.Exec(t.Context(), d.do); err != nil {
				t.Fatal(err)
			}
			if got := codes(); !slices.Contains(got, d.code) {
				t.Errorf("found %v, want %s", got, d.code)
			}
			if _, err := conn.Exec(t.Context(), d.undo); err != nil {
				t.Fatal(err)
			}
		})
	}
}
