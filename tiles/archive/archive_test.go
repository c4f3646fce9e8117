package archive_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"go.uber.org/goleak"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/archive"
	"github.com/shikong-cim/shikong/tiles/mbtiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/pmtiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// town is a thousand houses, three roads and a lake as large as a district.
type town struct{ view *memory.View }

func (w town) View() *memory.View { return w.view }

func (w town) Features(context.Context, spatial.Query) iter.Seq2[spatial.Feature, error] { return nil }

const houses = 1000

func newTown(t *testing.T) (*vector.Source, tiles.Request) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var list []spatial.Feature
	add := func(g geom.T) {
		list = append(list, spatial.Feature{ID: fmt.Sprint("f", len(list)), Num: uint64(len(list) + 1), Geometry: g})
	}
	for range houses {
		x, y, s := 113.9+0.2*r.Float64(), 22.5+0.1*r.Float64(), 0.0001+0.0003*r.Float64()
		add(geom.NewPolygonFlat(geom.XY, []float64{x, y, x + s, y, x + s, y + s, x, y + s, x, y}, []int{10}))
	}
	for range 3 {
		add(geom.NewLineStringFlat(geom.XY, []float64{113.8 + 0.1*r.Float64(), 22.4, 114, 22.5 + 0.1*r.Float64(), 114.2, 22.7}))
	}
	add(geom.NewPolygonFlat(geom.XY, []float64{114.1, 22.3, 114.3, 22.3, 114.3, 22.5, 114.1, 22.5, 114.1, 22.3}, []int{10}))
	extent := spatial.EmptyBox()
	for i := range list {
		extent = extent.Extend(spatial.BoxOf(list[i].Geometry))
	}
	snap, err := memory.NewSnapshot(spatial.Collection{Name: "town", Extent: extent}, func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return vector.NewSource(town{memory.NewView(spatial.Meta{}, snap)}, vector.Options{MaxZoom: deepest}), tiles.Request{Collections: []string{"town"}}
}

const deepest = 14

// sink is what both formats can.
type sink interface {
	archive.Sink
	Finish(doc tiles.TileJSON) error
	Close() error
}

func finish(t *testing.T, source *vector.Source, r tiles.Request, to sink) {
	t.Helper()
	doc, err := source.TileJSON(t.Context(), r, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Finish(doc); err != nil {
		t.Fatal(err)
	}
}

// pmtilesOf writes the whole archive.
func pmtilesOf(t *testing.T, source *vector.Source, r tiles.Request) (string, archive.Summary) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.pmtiles")
	to, err := pmtiles.Create(path, "town")
	if err != nil {
		t.Fatal(err)
	}
	summary, err := archive.Write(t.Context(), archive.Job{Source: source, Request: r, MaxZoom: deepest, Workers: 3}, to)
	if err != nil {
		t.Fatal(err)
	}
	finish(t, source, r, to)
	return path, summary
}

func unpacked(t *testing.T, body []byte) []byte {
	t.Helper()
	if body == nil {
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// around lists every tile of the pyramid that touches the town, and those beside them.
func around() (list []tiles.Coord) {
	for zoom := range uint8(deepest + 1) {
		l := tiles.WebMercatorQuad.Limits(spatial.Box2D(113.79, 22.29, 114.31, 22.71), zoom)
		for y := l.MinY; y <= l.MaxY; y++ {
			for x := l.MinX; x <= l.MaxX; x++ {
				list = append(list, tiles.Coord{Z: zoom, X: x, Y: y})
			}
		}
	}
	return list
}

func TestAnArchiveHoldsEveryTileThatIsServed(t *testing.T) {
	source, request := newTown(t)
	path, summary := pmtilesOf(t, source, request)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	pm, err := pmtiles.NewReader(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	mb := mbtilesOf(t, source, request)
	found, ids := uint64(0), map[uint64]bool{}
	for _, c := range around() {
		r := request
		r.Coord = c
		content, err := source.Pin(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		want, err := content.Append(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := pm.Tile(c.Z, c.X, c.Y)
		if err != nil {
			t.Fatal(err)
		}
		if got := unpacked(t, body); !bytes.Equal(got, want) {
			t.Errorf("%s has %d bytes in the PMTiles archive, not %d", c, len(got), len(want))
		}
		if got := unpacked(t, mb(c)); !bytes.Equal(got, want) {
			t.Errorf("%s has %d bytes in the MBTiles archive, not %d", c, len(got), len(want))
		}
		if len(want) == 0 {
			continue
		}
		found++
		if tile, err := mvt.Decode(want); err != nil {
			t.Error(err)
		} else if c.Z == deepest {
			for _, f := range tile[0].Features {
				ids[f.ID] = true
			}
		}
	}
	if found != pm.Addressed || int64(found) != summary.Tiles || pm.Contents == pm.Addressed || summary.Largest == 0 {
		t.Errorf("%d tiles, of which the archive has %d in %d contents; %+v", found, pm.Addressed, pm.Contents, summary)
	}
	if len(ids) != houses+4 {
		t.Errorf("%d of %d features stand at zoom %d", len(ids), houses+4, deepest)
	}
}

// mbtilesOf writes the whole archive and returns how to find a tile in it.
func mbtilesOf(t *testing.T, source *vector.Source, r tiles.Request) func(tiles.Coord) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.mbtiles")
	to, err := mbtiles.Create(path, "town")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Write(t.Context(), archive.Job{Source: source, Request: r, MaxZoom: deepest}, to); err != nil {
		t.Fatal(err)
	}
	finish(t, source, r, to)
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	metadata := map[string]string{}
	err = sqlitex.Execute(conn, "SELECT name, value FROM metadata", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		metadata[s.ColumnText(0)] = s.ColumnText(1)
		return nil
	}})
	if err != nil || metadata["format"] != "pbf" || metadata["maxzoom"] != "14" || metadata["minzoom"] != "0" || metadata["name"] != "town" ||
		!strings.Contains(metadata["json"], `"vector_layers":[{"id":"town"`) || strings.Count(metadata["bounds"], ",") != 3 {
		t.Errorf("the metadata are %v, %v", metadata, err)
	}
	return func(c tiles.Coord) (body []byte) {
		err := sqlitex.Execute(conn, "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", &sqlitex.ExecOptions{
			Args: []any{int(c.Z), int(c.X), 1<<c.Z - 1 - int(c.Y)},
			ResultFunc: func(s *sqlite.Stmt) error {
				body, err = io.ReadAll(s.ColumnReader(0))
				return err
			}})
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
}

// stopper ends its context behind so many tiles.
type stopper struct {
	sink
	left   int
	cancel context.CancelFunc
}

func (s *stopper) Put(c tiles.Coord, body []byte) error {
	if s.left--; s.left < 0 {
		s.cancel()
		return nil
	}
	return s.sink.Put(c, body)
}

func TestAnExportThatWasStoppedGoesOn(t *testing.T) {
	source, request := newTown(t)
	whole, summary := pmtilesOf(t, source, request)
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for format, create := range map[string]func(path string) (sink, error){
		"pmtiles": func(path string) (sink, error) { return pmtiles.Create(path, "town") },
		"mbtiles": func(path string) (sink, error) { return mbtiles.Create(path, "town") },
	} {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "town."+format)
			before := int64(0)
			for _, tiles := range []int{0, 5, 200} {
				to, err := create(path)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				s, err := archive.Write(ctx, archive.Job{Source: source, Request: request, MaxZoom: deepest, Workers: 2}, &stopper{to, tiles, cancel})
				if !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				if s.Kept < before {
					t.Errorf("%d tiles are kept of %d", s.Kept, before)
				}
				before = s.Kept
				if err := to.Close(); err != nil {
					t.Fatal(err)
				}
				if _, err := os.Stat(path); err == nil {
					t.Fatal("an unfinished archive has the name of a finished one")
				}
			}
			to, err := create(path)
			if err != nil {
				t.Fatal(err)
			}
			var last [3]int
			s, err := archive.Write(t.Context(), archive.Job{Source: source, Request: request, MaxZoom: deepest,
				Progress: func(zoom uint8, done, of int) { last = [3]int{int(zoom), done, of} }}, to)
			if err != nil || s.Tiles >= summary.Tiles || s.Kept < 205 || last[0] != deepest || last[1] != last[2] {
				t.Errorf("%+v after %+v, told %v, %v", s, summary, last, err)
			}
			finish(t, source, request, to)
			if format != "pmtiles" {
				return
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes differ from the %d of one go, %v", len(got), len(want), err)
			}
		})
	}
}

func TestWhatASourceOrASinkCannotEndsTheExport(t *testing.T) {
	source, request := newTown(t)
	fails := errors.New("the disk is full")
	full := &refusing{err: fails}
	if _, err := archive.Write(t.Context(), archive.Job{Source: source, Request: request, MaxZoom: 12}, full); !errors.Is(err, fails) {
		t.Errorf("got %v", err)
	}
	request.Collections = []string{"village"}
	if _, err := archive.Write(t.Context(), archive.Job{Source: source, Request: request, MaxZoom: 12}, full); !errors.Is(err, spatial.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := archive.Write(t.Context(), archive.Job{Source: source, Request: request, MinZoom: 3, MaxZoom: 2}, full); err == nil {
		t.Error("zoom levels 3 to 2 were written")
	}
}

type refusing struct{ err error }

func (r *refusing) Kept() (tiles.Coord, bool)     { return tiles.Coord{}, false }
func (r *refusing) Put(tiles.Coord, []byte) error { return r.err }

// The reader of the format's authors finds the same tiles, and the same features in them.
func TestTheReaderOfItsAuthorsReadsAnArchive(t *testing.T) {
	modules, err := filepath.Abs(filepath.Join("..", "..", "api", "web", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(modules, "pmtiles")); err != nil || missing != nil {
		t.Skip("SKIPPED: node or its package pmtiles is missing (make web installs it), so no judge for PMTiles")
	}
	source, request := newTown(t)
	path, _ := pmtilesOf(t, source, request)
	list := around()
	var input bytes.Buffer
	want := map[string]map[string][]uint64{}
	for _, c := range list {
		fmt.Fprintln(&input, c.Z, c.X, c.Y)
		r := request
		r.Coord = c
		content, err := source.Pin(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := content.Append(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		tile, err := mvt.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range tile {
			want[c.String()] = map[string][]uint64{}
			for _, f := range l.Features {
				want[c.String()][l.Name] = append(want[c.String()][l.Name], f.ID)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "judge.mjs"), modules, path)
	cmd.Stdin = &input
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var got struct {
		Header   struct{ SpecVersion, MinZoom, MaxZoom, TileType, NumAddressedTiles int }
		Metadata struct {
			VectorLayers []struct{ ID string } `json:"vector_layers"`
		}
		Tiles map[string]map[string][]uint64
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Tiles); diff != "" {
		t.Errorf("-written +read:\n%.2000s", diff)
	}
	if h := got.Header; h.SpecVersion != 3 || h.MaxZoom != deepest || h.TileType != 1 || h.NumAddressedTiles != len(want) ||
		!slices.Equal([]string{"town"}, []string{got.Metadata.VectorLayers[0].ID}) {
		t.Errorf("the header is %+v, the metadata %+v", h, got.Metadata)
	}
}
