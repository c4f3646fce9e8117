package spatial_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

// boxReader yields what meets a box, and counts what it was made to yield.
type boxReader struct {
	list []spatial.Feature
	read int
}

func (r *boxReader) inBox(b spatial.Box) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for _, f := range r.list {
			if !b.Intersects(f.Geometry, spatial.ZRange{}) {
				continue
			}
			if r.read++; !yield(f, nil) {
				return
			}
		}
	}
}

// simple is Nearest without any index.
func simple(n spatial.Near, limit int, list []spatial.Feature) []string {
	type hit struct {
		spatial.Cursor
		distance float64
	}
	var hits []hit
	for _, f := range list {
		if d := n.Distance(f.Geometry, f.Z); n.Max == 0 || d <= n.Max {
			hits = append(hits, hit{spatial.CursorOf(&f), d})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		if a.distance != b.distance {
			return int(math.Copysign(1, a.distance-b.distance))
		}
		return a.Compare(b.Cursor)
	})
	if limit > 0 && len(hits) > limit {
		hits = hits[:limit]
	}
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%s %v", h.ID, h.distance))
	}
	return out
}

func nearest(t rapid.TB, n spatial.Near, limit int, r *boxReader) []string {
	var out []string
	for f, err := range spatial.Nearest(context.Background(), n, limit, r.inBox) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %v", f.ID, f.Distance))
	}
	return out
}

func pointAt(i int, lon, lat float64) spatial.Feature {
	return spatial.Feature{ID: fmt.Sprintf("%05d", i), Geometry: geom.NewPointFlat(geom.XY, []float64{lon, lat})}
}

func TestNearestFindsWhatGoingThroughAllFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(-180, 180), rapid.Float64Range(-90, 90)
		n := spatial.Near{Lon: lon.Draw(t, "lon"), Lat: lat.Draw(t, "lat"), Max: rapid.SampledFrom([]float64{0, 0, 1000, 1e6}).Draw(t, "max")}
		var r boxReader
		spread := rapid.SampledFrom([]float64{0, 1e-4, 0.1, 180}).Draw(t, "spread")
		cx, cy := lon.Draw(t, "centre lon"), lat.Draw(t, "centre lat")
		for i := range rapid.IntRange(0, 40).Draw(t, "points") {
			x := min(max(cx+spread*rapid.Float64Range(-1, 1).Draw(t, "x"), -180), 180)
			y := min(max(cy+spread*rapid.Float64Range(-1, 1).Draw(t, "y"), -90), 90)
			r.list = append(r.list, pointAt(i, x, y))
		}
		limit := rapid.IntRange(0, 5).Draw(t, "limit")
		if got, want := nearest(t, n, limit, &r), simple(n, limit, r.list); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestNearestReadsLittleOfACity(t *testing.T) {
	var r boxReader
	for i := range 100_000 {
		r.list = append(r.list, pointAt(i, 113.8+float64(i%400)*0.002, 22.4+float64(i/400)*0.002))
	}
	for _, c := range []struct {
		name string
		near spatial.Near
		most int
	}{
		{"in its middle", spatial.Near{Lon: 114.2, Lat: 22.6}, 100},
		{"at its edge", spatial.Near{Lon: 113.79, Lat: 22.39}, 1000},
		{"a day's walk away", spatial.Near{Lon: 113.3, Lat: 22}, 20_000},
		{"in another country", spatial.Near{Lon: 100, Lat: 10}, 70_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.read = 0
			if got, want := nearest(t, c.near, 10, &r), simple(c.near, 10, r.list); !slices.Equal(got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
			if r.read > c.most {
				t.Errorf("%d features were read", r.read)
			}
		})
	}
}

func TestNearestOfManyAtOnePlace(t *testing.T) {
	var r boxReader
	for i := range 5000 {
		r.list = append(r.list, pointAt(i, 114, 22))
	}
	n := spatial.Near{Lon: 114.01, Lat: 22}
	if got, want := nearest(t, n, 3, &r), simple(n, 3, r.list); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestNearestEndsWithTheReadersError(t *testing.T) {
	broken := errors.New("the store is gone")
	for _, err := range spatial.Nearest(t.Context(), spatial.Near{}, 1, func(spatial.Box) iter.Seq2[spatial.Feature, error] {
		return func(yield func(spatial.Feature, error) bool) { yield(spatial.Feature{}, broken) }
	}) {
		if !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		return
	}
	t.Fatal("no error")
}
