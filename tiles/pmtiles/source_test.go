package pmtiles_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/pmtiles"
)

func TestAnArchiveIsServedAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "district.pmtiles")
	w, err := pmtiles.Create(path, "one")
	if err != nil {
		t.Fatal(err)
	}
	body := packed(t, "a tile")
	for _, c := range []tiles.Coord{{}, {Z: 1, X: 1, Y: 1}} {
		if err := w.Put(c, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(doc(1)); err != nil {
		t.Fatal(err)
	}
	s, err := pmtiles.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := s.TileJSON(); s.Name() != "district" || got.MaxZoom != 1 || got.VectorLayers[0].ID != "a" || got.VectorLayers[0].Fields["use"] != "String" || got.Attribution != "© the city" {
		t.Errorf("%s is described as %+v", s.Name(), got)
	}
	cache, err := tiles.NewCache(s, tiles.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[tiles.Coord]string{{}: "a tile", {Z: 1, X: 1, Y: 1}: "a tile", {Z: 1}: "", {Z: 7, X: 3}: ""} {
		p, err := cache.Pin(t.Context(), tiles.Request{Coord: c, Collections: []string{"district"}, Valid: spatial.At(time.Now())})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := p.Body(t.Context(), false)
		if err != nil || string(raw) != want {
			t.Errorf("%s is %q, %v", c, raw, err)
		}
		zip, err := p.Body(t.Context(), true)
		if err != nil || (want != "" && string(zip) != string(body)) || (want == "" && len(zip) > 0) {
			t.Errorf("%s has %d bytes, %v", c, len(zip), err)
		}
	}
	for name, r := range map[string]tiles.Request{
		"another grid": {Coord: tiles.Coord{Grid: tiles.CGCS2000Quad}},
		"properties":   {Properties: []string{"use"}},
		"heights":      {Z: spatial.ZRange{Known: true}},
		"as recorded":  {Recorded: time.Now()},
	} {
		r.Collections = []string{"district"}
		if _, err := s.Pin(t.Context(), r); !errors.Is(err, spatial.ErrInvalid) && !errors.Is(err, spatial.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatCannotBeServedIsRefused(t *testing.T) {
	for name, code := range map[string]string{
		"js/test/data/test_fixture_mlt.pmtiles":             "pmtiles-kind",
		"spec/v3/stamen_toner(raster)CC-BY+ODbL_z3.pmtiles": "pmtiles-kind",
		"js/test/data/empty.pmtiles":                        "pmtiles-empty",
		"js/test/data/invalid.pmtiles":                      "not-pmtiles",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.pmtiles")
			if err := os.WriteFile(path, realFile(t, name), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := pmtiles.Open(path)
			var p *spatial.Problem
			if !errors.As(err, &p) || p.Code != code {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := pmtiles.Open(filepath.Join(t.TempDir(), "none.pmtiles")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
