package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
)

// tile asks for a tile; tag is what the client holds already.
func (s *server) tile(t *testing.T, path, tag string) (status int, etag string, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("ETag"), body
}

// layers decodes a tile: of each layer its features by id, with their properties and places.
func layers(t *testing.T, body []byte) map[string]map[string]mvt.Feature {
	t.Helper()
	tile, err := mvt.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]mvt.Feature{}
	for _, l := range tile {
		out[l.Name] = map[string]mvt.Feature{}
		for _, f := range l.Features {
			out[l.Name][fmt.Sprint(f.Properties["id"])] = f
		}
	}
	return out
}

// xyz is the address of the tile around a place in the middle of what features writes.
func xyz(collection string, zoom uint8) string {
	return "/tiles/" + collection + "/" + tiles.At(114.00001, 22.50001, zoom).String() + ".mvt"
}

// What one process commits, every server on the store shows: the tile that it touches has
// another tag, is announced, and the tile beside it stays as it was.
func TestTilesAreFreshInEveryServer(t *testing.T) {
	eachStore(t, func(t *testing.T, store string) {
		must(t, "import", "--store", store, features(t, "a.geojsonl", 300, 10), "--collection", "c", "--model", "near")
		far := filepath.Join(t.TempDir(), "far.geojsonl")
		if err := os.WriteFile(far, []byte(`{"type":"Feature","id":"far","properties":{},"geometry":{"type":"Point","coordinates":[113.5,22.3]}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, "import", "--store", store, far, "--collection", "c", "--model", "far")
		servers := []*server{serve(t, "--store", store), serve(t, "--store", store)}
		near, beside := xyz("c", 16), "/tiles/c/"+tiles.At(113.5, 22.3, 16).String()+".mvt"
		var tags, still [2]string
		events := make(chan string, 100)
		for i, s := range servers {
			_, tags[i], _ = s.tile(t, near, "")
			_, still[i], _ = s.tile(t, beside, "")
			listen(t, s, events)
		}
		if tags[0] != tags[1] || tags[0] == "" {
			t.Fatalf("one tile has the tags %q", tags)
		}
		must(t, "import", "--store", store, features(t, "b.geojsonl", 300, 99), "--collection", "c", "--model", "near")
		for i, s := range servers {
			waited := eventually(t, "the tile has changed", func() bool {
				status, _, _ := s.tile(t, near, tags[i])
				return status == http.StatusOK
			})
			t.Logf("server %d has the new tile %v after the import's end", i, waited)
			_, _, body := s.tile(t, near, "")
			if got := layers(t, body)["c"]["f000000"].Properties["height"]; fmt.Sprint(got) != "99" {
				t.Errorf("the height is %v", got)
			}
			if status, _, _ := s.tile(t, beside, still[i]); status != http.StatusNotModified {
				t.Errorf("a tile far away: status %d", status)
			}
			if e := <-events; !strings.Contains(e, `"collection":"c","model":"near"`) || !strings.Contains(e, `"bbox":[114,22.5,`) {
				t.Errorf("announced is %s", e)
			}
		}
		for _, s := range servers {
			s.stop(t)
		}
	})
}

// listen sends the data of change events.
func listen(t *testing.T, s *server, to chan<- string) {
	t.Helper()
	res, err := http.Get(s.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data:") {
		continue // hello: what follows is behind it
	}
	go func() {
		change := false
		for lines.Scan() {
			line := lines.Text()
			if data, ok := strings.CutPrefix(line, "data: "); ok && change {
				to <- data
			}
			change = line == "event: change" || (change && line != "")
		}
	}()
}

// A collection that is not held in memory shows the same, at every zoom level, in every
// grid, with and without filters.
func TestWhatIsNotHeldInMemoryShowsTheSame(t *testing.T) {
	eachStore(t, func(t *testing.T, store string) {
		must(t, "import", "--store", store, features(t, "a.geojsonl", 400, 10), "--collection", "c", "--model", "m", "--from", "2000-01-01")
		must(t, "import", "--store", store, features(t, "b.geojsonl", 600, 20), "--collection", "c", "--model", "m", "--from", "2020-01-01")
		config := filepath.Join(t.TempDir(), "shikong.yaml")
		if err := os.WriteFile(config, []byte("collections:\n  c: {resident: false}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		held := serve(t, "--store", store)
		others := []*server{serve(t, "--store", store, "--not-resident", "c"), serve(t, "--store", store, "--config", config)}
		var paths []string
		for _, zoom := range []uint8{0, 8, 12, 14, 16, 18} {
			paths = append(paths, xyz("c", zoom))
		}
		g := tiles.CGCS2000Quad.At(114.00001, 22.50001, 14)
		paths = append(paths, xyz("c", 15)+"?datetime=2010-01-01", xyz("c", 15)+"?properties=id,height", xyz("c", 15)+"?datetime=../..&z=0,5",
			fmt.Sprintf("/collections/c/tiles/CGCS2000Quad/%d/%d/%d", g.Z, g.Y, g.X))
		for _, path := range paths {
			_, _, want := held.tile(t, path, "")
			for i, s := range others {
				_, _, got := s.tile(t, path, "")
				if diff := cmp.Diff(layers(t, want), layers(t, got)); diff != "" || len(want) == 0 {
					t.Errorf("%s: server %d has %d bytes of %d -held +not:\n%.1000s", path, i, len(got), len(want), diff)
				}
			}
		}
		for i, s := range others {
			_, tag, _ := s.tile(t, xyz("c", 14), "")
			if status, _, _ := s.tile(t, xyz("c", 14), tag); status != http.StatusNotModified {
				t.Errorf("server %d: the tile of now again: status %d", i, status)
			}
		}
		var all, some page
		for _, path := range []string{"/collections/c/items?limit=50", "/collections/c/items?bbox=114,22.5,114.001,22.51&limit=1000", "/collections/c/nearest?point=114.003,22.5&k=7"} {
			held.get(t, path, &all)
			others[0].get(t, path, &some)
			if diff := cmp.Diff(all, some); diff != "" {
				t.Errorf("%s: -held +not:\n%.1000s", path, diff)
			}
		}
		for _, s := range slices.Insert(others, 0, held) {
			s.stop(t)
		}
	})
}

func TestAnArchiveIsServedBesideTheStore(t *testing.T) {
	dir := t.TempDir()
	store, archive := filepath.Join(dir, "city.gpkg"), filepath.Join(dir, "then.pmtiles")
	must(t, "import", "--store", store, features(t, "a.geojsonl", 300, 10), "--collection", "c", "--model", "m")
	s := serve(t, "--store", store)
	_, _, want := s.tile(t, xyz("c", 14), "")
	s.stop(t)
	must(t, "export", "c", "-o", archive, "--store", store)
	must(t, "import", "--store", store, features(t, "b.geojsonl", 5, 10), "--collection", "d")
	s = serve(t, "--store", store, "--archives", archive)
	_, tag, got := s.tile(t, xyz("then", 14), "")
	if diff := cmp.Diff(layers(t, want), layers(t, got)); diff != "" || len(got) == 0 {
		t.Errorf("-served +from the archive:\n%.1000s", diff)
	}
	if status, _, _ := s.tile(t, xyz("then", 14), tag); status != http.StatusNotModified {
		t.Errorf("the tile again: status %d", status)
	}
	_, _, both := s.tile(t, xyz("then,d", 14), "")
	if l := layers(t, both); len(l["c"]) == 0 || len(l["d"]) != 5 {
		t.Errorf("the tile of both has %d and %d features", len(l["c"]), len(l["d"]))
	}
	var doc tiles.TileJSON
	s.get(t, "/tiles/then,d.json", &doc)
	if len(doc.VectorLayers) != 2 || doc.Tiles[0] != s.url+"/tiles/then,d/{z}/{x}/{y}.mvt" {
		t.Errorf("both are described as %+v", doc)
	}
	s.get(t, "/tiles/then.json", &doc)
	if doc.MaxZoom != 14 || doc.Name != "c" {
		t.Errorf("the archive is described as %+v", doc)
	}
	for path, status := range map[string]int{
		"/tiles/then/20/0/0.mvt": http.StatusNoContent, "/tiles/then/2/9/9.mvt": http.StatusNotFound, xyz("then", 14) + "?properties=id": http.StatusBadRequest,
	} {
		if got := s.status(t, path); got != status {
			t.Errorf("%s: status %d, want %d", path, got, status)
		}
	}
	s.stop(t)
	// What cannot be served is told at the start.
	broken, taken := filepath.Join(dir, "broken.pmtiles"), filepath.Join(dir, "c.pmtiles")
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string][]byte{broken: data[:len(data)/2], taken: data} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, code := range map[string]string{broken: "pmtiles-truncated", taken: "name-taken", filepath.Join(dir, "none.pmtiles"): "no such file"} {
		out, err := program(t, "serve", "--store", store, "--listen", "127.0.0.1:0", "--archives", path).CombinedOutput()
		if err == nil || !strings.Contains(string(out), code) {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
	}
}
