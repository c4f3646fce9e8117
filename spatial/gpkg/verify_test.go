package gpkg_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// withEverything makes a store with history, bodies and two models, and returns its path.
func withEverything(t *testing.T) string {
	t.Helper()
	s, path := created(t)
	put(t, s, replaceAll(500, 1))
	put(t, s, replaceAll(400, 2))
	m := &mesh.Mesh{Positions: []float64{0, 0, 0, 1, 0, 0, 0, 1, 0}, Triangles: []uint32{0, 1, 2}}
	solid := func(id string) spatial.Feature {
		return spatial.Feature{ID: id, Geometry: geom.NewPointFlat(geom.XYZ, []float64{114, 22, 3}), Body: &spatial.Body{Instances: []mesh.Instance{{Mesh: m, Transform: mesh.Identity()}}}}
	}
	in := spatial.Import{Collection: spatial.Collection{Name: "bim"}, Model: "m", Features: features(solid("w1"), solid("w2")), Frame: &spatial.Frame{Axes: [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}}}
	put(t, s, in)
	sound(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestVerifyFindsWhatIsWrong(t *testing.T) {
	healthy, err := os.ReadFile(withEverything(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, sql, code, message string }{
		{"a version of an id twice", `INSERT INTO shikong_version_1 SELECT version_id + 500, model_id, rev_from, rev_to, valid_from, valid_to, version_id, frame_id, bodies, underground, z_min, z_max, hash, id, kind, name, storey, geom, properties
			FROM shikong_version_1 WHERE version_id = 501`, "overlap", "overlap"},
		{"another name", "UPDATE shikong_version_1 SET name = 'x' WHERE version_id = 501", "hash", "has the hash"},
		{"another material", "UPDATE shikong_body SET material = 'x' WHERE version_id = 901", "hash", "has the hash"},
		{"a torn geometry", "UPDATE shikong_version_1 SET geom = substr(geom, 1, 60) WHERE version_id = 502", "version", "cannot be read"},
		{"a validity that runs backwards", "UPDATE shikong_version_1 SET valid_from = 5, valid_to = 4 WHERE version_id = 503", "version", "interval"},
		{"a revision to come", "UPDATE shikong_version_1 SET rev_from = 99 WHERE version_id = 504", "version", "revision 99 is missing"},
		{"two numbers of one id", "UPDATE shikong_version_1 SET num = 12345 WHERE version_id = 505", "version", "have the numbers"},
		{"an entry too few in the spatial index", "DELETE FROM shikong_rtree_1 WHERE id = 506", "spatial-index", "is not where the index has it"},
		{"an entry elsewhere in the spatial index", "UPDATE shikong_rtree_1 SET minx = 1, maxx = 2 WHERE id = 506", "spatial-index", "is not where the index has it"},
		{"an entry too many in the spatial index", "INSERT INTO shikong_rtree_1 VALUES (77777, 1, 1, 1, 1)", "spatial-index", "entries for"},
		{"a torn spatial index", "UPDATE shikong_rtree_1_node SET data = zeroblob(1228) WHERE nodeno = 2", "spatial-index", ""},
		{"another count", "UPDATE shikong_collection SET count = 7", "derived", "count 7"},
		{"another extent", "UPDATE shikong_collection SET min_x = 100", "derived", "extent"},
		{"another field", "UPDATE shikong_field SET name = 'other' WHERE name = 'year'", "derived", "fields"},
		{"another count of a model", "UPDATE shikong_model SET count = 7", "derived", "model"},
		{"a mesh that was changed", "UPDATE shikong_mesh SET hash = zeroblob(32)", "body", "hash"},
		{"a mesh without a body", "INSERT INTO shikong_mesh (collection_id, hash, mesh) VALUES (2, sha, mesh) -- see below", "orphan-mesh", "belongs to no body"},
		{"a body too few", "DELETE FROM shikong_body WHERE version_id = 902", "body", "instances"},
		{"a revision too few", "DELETE FROM shikong_revision WHERE revision = 2", "log", "follows"},
		{"times that do not rise", "UPDATE shikong_revision SET recorded = 1 WHERE revision = 2", "log", "revision 2"},
		{"a layer that is gone", "DROP VIEW buildings", "layer", "buildings"},
		{"a layer that is not registered", "DELETE FROM gpkg_contents WHERE table_name = 'buildings'", "layer", "registered 0 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.gpkg")
			if err := os.WriteFile(path, healthy, 0o644); err != nil {
				t.Fatal(err)
			}
			text := strings.Replace(c.sql, "VALUES (2, sha, mesh) -- see below", "SELECT 7, hash, mesh FROM shikong_mesh", 1)
			script(t, path, text)
			issues, err := open(t, path, gpkg.Options{}).Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range issues {
				if i.Code == c.code && strings.Contains(i.Message, c.message) {
					return
				}
			}
			t.Errorf("found %v, want %s", issues, c.code)
		})
	}
}

func TestABackupIsAStoreOfItsOwn(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(500, 1))
	put(t, s, replaceAll(400, 2))
	before := stateOf(t, s)

	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() { // the store lives on meanwhile
		for seed := uint64(3); ctx.Err() == nil; seed++ {
			if _, err := s.Apply(ctx, replaceAll(300, seed)); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
	copied := filepath.Join(filepath.Dir(path), "备份 copy.gpkg")
	err := s.Backup(t.Context(), copied)
	cancel()
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, copied, gpkg.Options{})
	sound(t, b)
	meta, err := b.Meta(t.Context())
	if err != nil || meta.Revision < 2 {
		t.Fatal(meta, err)
	}
	if got := stateAt(t, b, 2); got != before {
		t.Errorf("at revision 2 the copy holds\n%s\nthe store held\n%s", got, before)
	}
	wantProblem(t, s.Backup(t.Context(), copied), spatial.ErrConflict, "backup-exists", copied)
	put(t, b, replaceAll(10, 99))
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".part") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestABackupThatIsCancelledLeavesNothing(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(500, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	copied := path + ".copy"
	if err := s.Backup(ctx, copied); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for _, name := range []string{copied, copied + ".part"} {
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func stateOf(t *testing.T, s *gpkg.Store) string {
	t.Helper()
	meta, err := s.Meta(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stateAt(t, s, meta.Revision)
}

// stateAt is what the collection held at a revision, as text.
func stateAt(t *testing.T, s *gpkg.Store, revision int64) string {
	t.Helper()
	var b strings.Builder
	for f, err := range s.Features(t.Context(), spatial.Query{Collection: "buildings", AtRevision: revision}) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, f.ID, f.Num, f.Hash, f.Recorded.Start, f.Geometry.FlatCoords(), string(f.Properties.AppendJSON(nil)))
	}
	return b.String()
}
