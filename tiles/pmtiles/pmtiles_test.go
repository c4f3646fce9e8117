package pmtiles_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/pmtiles"
)

// The table of the specification (Tile ID Encoding).
func TestTileNumbersAreThoseOfTheSpecification(t *testing.T) {
	for _, row := range []struct {
		z    uint8
		x, y uint32
		id   uint64
	}{
		{0, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 1, 2}, {1, 1, 1, 3}, {1, 1, 0, 4}, {2, 0, 0, 5}, {2, 0, 1, 8}, {2, 1, 0, 6}, {12, 3423, 1763, 19078479},
	} {
		if id := pmtiles.ID(row.z, row.x, row.y); id != row.id {
			t.Errorf("%d/%d/%d has the number %d, not %d", row.z, row.x, row.y, id, row.id)
		}
	}
}

func TestANumberLeadsBackToItsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := uint8(rapid.IntRange(0, pmtiles.MaxZoom).Draw(t, "z"))
		n := uint64(1) << z
		x, y := uint32(rapid.Uint64Range(0, n-1).Draw(t, "x")), uint32(rapid.Uint64Range(0, n-1).Draw(t, "y"))
		id := pmtiles.ID(z, x, y)
		if a, b, c := pmtiles.ZXY(id); a != z || b != x || c != y {
			t.Fatalf("%d/%d/%d has the number %d, which is that of %d/%d/%d", z, x, y, id, a, b, c)
		}
		// The four tiles below follow each other where the tile stands on its own level.
		if z < pmtiles.MaxZoom {
			begin := pmtiles.ID(z+1, 0, 0) + 4*(id-pmtiles.ID(z, 0, 0))
			if below := pmtiles.ID(z+1, 2*x+1, 2*y); below < begin || below > begin+3 {
				t.Fatalf("a tile below %d/%d/%d has the number %d, not %d to %d", z, x, y, below, begin, begin+3)
			}
		}
	})
}

func TestADirectoryIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []pmtiles.Entry
		id, offset := uint64(0), uint64(0)
		for range rapid.IntRange(1, 50).Draw(t, "n") {
			e := pmtiles.Entry{ID: id + rapid.Uint64Range(0, 1<<40).Draw(t, "gap"), Offset: offset, Run: rapid.Uint32Range(1, 1000).Draw(t, "run"),
				Length: rapid.Uint32Range(1, math.MaxUint32).Draw(t, "length")}
			if rapid.Bool().Draw(t, "again") {
				e.Offset = rapid.Uint64Range(0, 1<<40).Draw(t, "offset")
			}
			list = append(list, e)
			id, offset = e.ID+uint64(e.Run), e.Offset+uint64(e.Length)
		}
		got, err := pmtiles.ParseDirectory(pmtiles.AppendDirectory(nil, list))
		if diff := cmp.Diff(list, got); diff != "" || err != nil {
			t.Fatalf("%v -want +got:\n%s", err, diff)
		}
	})
}

func doc(maxZoom uint8) tiles.TileJSON {
	return tiles.TileJSON{Name: "test", Attribution: "© the city", MaxZoom: maxZoom, Bounds: [4]float64{113.7, 22.4, 114.6, 22.9}, Center: &[3]float64{114, 22.5, 9},
		VectorLayers: []tiles.VectorLayer{{ID: "a", Fields: map[string]string{"use": "String"}, MaxZoom: maxZoom}}}
}

// packed is a text in gzip.
func packed(t *testing.T, text string) []byte {
	t.Helper()
	body, err := zip.Append(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

var zip tiles.Gzip

func open(t *testing.T, path string) *pmtiles.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	r, err := pmtiles.NewReader(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// level lists all tiles of a zoom level in the order of their numbers.
func level(z uint8) (list []tiles.Coord) {
	for id := pmtiles.ID(z, 0, 0); id < pmtiles.ID(z+1, 0, 0); id++ {
		z, x, y := pmtiles.ZXY(id)
		list = append(list, tiles.Coord{Z: z, X: x, Y: y})
	}
	return list
}

func TestAnArchiveHoldsWhatWasPutIntoIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	w, err := pmtiles.Create(path, "one")
	if err != nil {
		t.Fatal(err)
	}
	// Every tile of the south is sea, and kept once; one in five is empty.
	content := func(c tiles.Coord) string {
		switch {
		case c.Y >= 1<<c.Z/2:
			return "the sea"
		case (c.X+c.Y)%5 == 0:
			return ""
		}
		h := sha256.Sum256([]byte(c.String()))
		return fmt.Sprintf("tile %s %x", c, h[:h[0]%32])
	}
	const deepest = 8 // so many that the root directory has no room for them
	sea := packed(t, "the sea")
	for z := range uint8(deepest + 1) {
		for _, c := range level(z) {
			body := sea
			if text := content(c); text == "" {
				body = nil
			} else if text != "the sea" {
				body = packed(t, text)
			}
			if err := w.Put(c, body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Put(tiles.Coord{Z: 1}, sea); err == nil {
		t.Error("a tile was put behind those that come after it")
	}
	if err := w.Finish(doc(deepest)); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	r := open(t, path)
	if !r.Clustered || r.Kind != pmtiles.MVT || r.Tiles != pmtiles.Gzip || r.MaxZoom != deepest || r.Bounds != doc(0).Bounds || r.Center != [2]float64{114, 22.5} || r.CenterZoom != 8 {
		t.Errorf("the header is %+v", r.Header)
	}
	if r.Addressed <= r.Contents || r.Entries >= r.Addressed {
		t.Errorf("%d tiles in %d runs of %d contents", r.Addressed, r.Entries, r.Contents)
	}
	var z gzip.Reader
	for zoom := range uint8(deepest + 1) {
		for _, c := range level(zoom) {
			body, err := r.Tile(c.Z, c.X, c.Y)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if body != nil {
				if err := z.Reset(bytes.NewReader(body)); err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(&z)
				if err != nil {
					t.Fatal(err)
				}
				got = string(text)
			}
			if want := content(c); got != want {
				t.Fatalf("%s holds %q, not %q", c, got, want)
			}
		}
	}
	for _, c := range []tiles.Coord{{Z: 9}, {Z: 2, X: 4}, {Z: 2, Y: 9}} {
		if body, err := r.Tile(c.Z, c.X, c.Y); body != nil || err != nil {
			t.Errorf("%s beyond the archive: %d bytes, %v", c, len(body), err)
		}
	}
	if n := r.Leaves(); n < 2 {
		t.Errorf("%d leaf directories", n)
	}
	counted := uint64(0)
	if err := r.Runs(func(e pmtiles.Entry) bool { counted += uint64(e.Run); return true }); err != nil || counted != r.Addressed {
		t.Errorf("%d of %d tiles are found one after the other, %v", counted, r.Addressed, err)
	}
	metadata, err := r.Metadata()
	if err != nil || !bytes.Contains(metadata, []byte(`"vector_layers":[{"id":"a"`)) || !bytes.Contains(metadata, []byte("© the city")) {
		t.Errorf("the metadata are %s, %v", metadata, err)
	}
}

// An archive that is broken off anywhere and continued is the one that was never broken off.
func TestABrokenOffArchiveIsContinued(t *testing.T) {
	dir := t.TempDir()
	var list []tiles.Coord
	for z := range uint8(6) {
		list = append(list, level(z)...)
	}
	body := func(c tiles.Coord) []byte { return packed(t, fmt.Sprint(c.X/3, c.Y/3, c.Z)) }
	write := func(path, content string, behind int, stop int) *pmtiles.Writer {
		t.Helper()
		w, err := pmtiles.Create(path, content)
		if err != nil {
			t.Fatal(err)
		}
		if kept, ok := w.Kept(); ok {
			for behind = 0; list[behind] != kept; behind++ {
				continue
			}
			behind++
		}
		for _, c := range list[behind:stop] {
			if err := w.Put(c, body(c)); err != nil {
				t.Fatal(err)
			}
		}
		return w
	}
	whole := filepath.Join(dir, "whole.pmtiles")
	if err := write(whole, "a", 0, len(list)).Finish(doc(5)); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(path string) error{
		"closed":                       func(string) error { return nil },
		"the log ends in a record":     func(p string) error { return cutBy(p+".part.log", 10) },
		"the tiles end in a tile":      func(p string) error { return cutBy(p+".part", 10) },
		"the tiles are gone":           func(p string) error { return os.Truncate(p+".part", 0) },
		"the log is gone":              func(p string) error { return os.Remove(p + ".part.log") },
		"the log is of something else": func(p string) error { return os.WriteFile(p+".part.log", []byte("b\nxyz"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.pmtiles")
			if err := write(path, "a", 0, 700).Close(); err != nil {
				t.Fatal(err)
			}
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			if err := write(path, "a", 0, len(list)).Finish(doc(5)); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes differ from the %d of one go, %v", len(got), len(want), err)
			}
		})
	}
	t.Run("another content begins anew", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.pmtiles")
		if err := write(path, "a", 0, 700).Close(); err != nil {
			t.Fatal(err)
		}
		w, err := pmtiles.Create(path, "b")
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if _, ok := w.Kept(); ok {
			t.Error("tiles of something else were kept")
		}
	})
}

func cutBy(path string, n int64) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Truncate(path, info.Size()-n)
}

// realFile returns a file of the specification's own tests, or skips.
func realFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(samples.Path(t, "conformance/pmtiles/"+name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestArchivesOfOthersAreRead(t *testing.T) {
	for _, row := range []struct {
		name             string
		kind             pmtiles.Kind
		minZoom, maxZoom uint8
		tiles            uint64
	}{
		{"js/test/data/test_fixture_1.pmtiles", pmtiles.MVT, 0, 0, 1},
		{"js/test/data/test_fixture_2.pmtiles", pmtiles.MVT, 0, 0, 1},
		{"js/test/data/test_fixture_mlt.pmtiles", pmtiles.MLT, 0, 0, 0},
		{"spec/v3/stamen_toner(raster)CC-BY+ODbL_z3.pmtiles", pmtiles.PNG, 0, 3, 85},
		{"spec/v3/usgs-mt-whitney-8-15-webp-512.pmtiles", pmtiles.WebP, 8, 15, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			data := realFile(t, row.name)
			r, err := pmtiles.NewReader(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			found := uint64(0)
			err = r.Runs(func(e pmtiles.Entry) bool {
				z, x, y := pmtiles.ZXY(e.ID)
				body, err := r.Tile(z, x, y)
				if err != nil || len(body) != int(e.Length) {
					t.Fatalf("%d/%d/%d: %d bytes, %v", z, x, y, len(body), err)
				}
				found += uint64(e.Run)
				return true
			})
			if err != nil || r.Kind != row.kind || r.MinZoom != row.minZoom || r.MaxZoom != row.maxZoom || found < row.tiles || found != r.Addressed {
				t.Errorf("%+v: %d tiles, %v", r.Header, found, err)
			}
			if m, err := r.Metadata(); err != nil || !bytes.HasPrefix(m, []byte("{")) {
				t.Errorf("metadata %.40s, %v", m, err)
			}
		})
	}
}

func TestABadFileIsToldFromAGoodOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	w, err := pmtiles.Create(path, "one")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put(tiles.Coord{}, packed(t, "x")); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(doc(0)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	with := func(at int, b ...byte) []byte {
		out := bytes.Clone(good)
		copy(out[at:], b)
		return out
	}
	for _, row := range []struct {
		name, code string
		data       []byte
	}{
		{"an empty file", "pmtiles-empty", nil},
		{"a text", "not-pmtiles", []byte(`{"type":"FeatureCollection"}`)},
		{"version 4", "pmtiles-version", with(7, 4)},
		{"half a header", "pmtiles-truncated", good[:100]},
		{"a file that was not copied to its end", "pmtiles-truncated", good[:len(good)-1]},
		{"a root directory beyond 16 KiB", "pmtiles-root", with(8, 0, 0x40)},
		{"zoom levels that run backwards", "pmtiles-zoom", with(100, 9)},
		{"directories in brotli", "pmtiles-compression", with(97, 3)},
		{"directories that are no gzip", "pmtiles-directory", with(127, 0, 0)},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := pmtiles.NewReader(bytes.NewReader(row.data), int64(len(row.data)))
			var p *spatial.Problem
			if !errors.As(err, &p) || p.Code != row.code {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, name := range []string{"js/test/data/invalid.pmtiles", "js/test/data/invalid_v4.pmtiles", "js/test/data/empty.pmtiles"} {
		t.Run(name, func(t *testing.T) {
			data := realFile(t, name)
			if _, err := pmtiles.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
				t.Error("it was taken for an archive")
			}
		})
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("PMTiles\x03"))
	path := filepath.Join(f.TempDir(), "a.pmtiles")
	w, err := pmtiles.Create(path, "one")
	if err != nil {
		f.Fatal(err)
	}
	for id := range uint64(50) {
		z, x, y := pmtiles.ZXY(id)
		if err := w.Put(tiles.Coord{Z: z, X: x, Y: y}, []byte{31, 139, byte(x), byte(y)}); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Finish(doc(3)); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := pmtiles.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
			_, _ = r.Metadata()
			n := 0
			_ = r.Runs(func(e pmtiles.Entry) bool {
				_, _ = r.Read(e)
				n++
				return n < 100
			})
			_, _ = r.Tile(2, 1, 3)
		}
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add(pmtiles.AppendDirectory(nil, []pmtiles.Entry{{ID: 1, Offset: 0, Length: 5, Run: 2}, {ID: 9, Offset: 5, Length: 1}}))
	f.Add([]byte{0})
	f.Add([]byte{255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := pmtiles.ParseDirectory(data)
		if err != nil {
			return
		}
		again, err := pmtiles.ParseDirectory(pmtiles.AppendDirectory(nil, list))
		if diff := cmp.Diff(list, again); diff != "" || err != nil {
			t.Fatalf("%v -first +second:\n%s", err, diff)
		}
	})
}
