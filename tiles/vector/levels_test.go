package vector_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// sums are what the tiles of a zoom level say of a layer.
type sums struct {
	ids     map[string]bool // of what is drawn by itself
	merged  int             // features in blocks
	blocks  int
	dropped int
	metres  float64 // areas that blocks speak of
	units   float64 // areas drawn, of blocks
	floors  float64 // sum of means by counts
}

func (s *sums) count() int { return len(s.ids) + s.merged }

// numberOf reads a number of whatever type.
func numberOf(v any) float64 {
	switch v := v.(type) {
	case uint64:
		return float64(v)
	case int64:
		return float64(v)
	case float32:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// sumOf draws all tiles of a level of a grid that have something of a box, and adds up what they
// say. What lies in a tile's buffer belongs to its neighbour.
func sumOf(t testing.TB, source *vector.Source, r tiles.Request, box spatial.Box, level uint8, budget int) (out sums) {
	t.Helper()
	out.ids = map[string]bool{}
	cache, err := tiles.NewCache(source, tiles.CacheOptions{MaxBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	l := r.Coord.Grid.Limits(box, level)
	for x := l.MinX; x <= l.MaxX; x++ {
		for y := l.MinY; y <= l.MaxY; y++ {
			r.Coord.Z, r.Coord.X, r.Coord.Y = level, x, y
			p, err := cache.Pin(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			packed, err := p.Body(t.Context(), true)
			if err != nil {
				t.Fatal(err)
			}
			if budget > 0 && len(packed) > budget {
				t.Errorf("%s has %d bytes", r.Coord, len(packed))
			}
			raw, err := p.Body(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			var zip tiles.Gzip
			if again, err := zip.Append(nil, raw); err != nil || len(raw) > 0 && !bytes.Equal(packed, again) {
				t.Errorf("%s is compressed to something else (%v)", r.Coord, err)
			}
			got, err := mvt.Decode(raw)
			if err != nil {
				t.Fatalf("%s is not sound: %v", r.Coord, err)
			}
			for _, layer := range got {
				for _, f := range layer.Features {
					out.add(f)
				}
			}
		}
	}
	return out
}

func (s *sums) add(f mvt.Feature) {
	if d, ok := f.Properties["dropped"]; ok {
		s.dropped = int(numberOf(d))
	}
	n, ok := f.Properties["merged"]
	if !ok {
		s.ids[fmt.Sprint(f.Properties["id"])] = true
		return
	}
	var x, y, corners int
	for _, ring := range f.Parts {
		for _, p := range ring {
			x, y, corners = x+int(p.X), y+int(p.Y), corners+1
		}
	}
	if x < 0 || y < 0 || x >= 4096*corners || y >= 4096*corners {
		return
	}
	s.merged += int(numberOf(n))
	s.blocks++
	if v, ok := f.Properties["merged_area"]; ok {
		s.metres += numberOf(v)
	}
	if v, ok := f.Properties["floors"]; ok {
		s.floors += numberOf(v) * numberOf(n)
	}
	for _, ring := range f.Parts {
		s.units += float64(mvt.Area(ring)) / 2
	}
}

func boxOf(list []spatial.Feature) spatial.Box {
	box := spatial.EmptyBox()
	for i := range list {
		box = box.Extend(spatial.BoxOf(list[i].Geometry))
	}
	return box
}

// metresOf is the area of buildings on the ground.
func metresOf(list []spatial.Feature) (sum float64) {
	for i := range list {
		p, ok := list[i].Geometry.(*geom.Polygon)
		if !ok {
			panic("no polygon")
		}
		lat := spatial.BoxOf(p).Min[1] * math.Pi / 180
		sum += math.Abs(p.Area()) * 111_320 * math.Cos(lat) * (111_132.95 - 559.85*math.Cos(2*lat))
	}
	return sum
}

func filtered(t *testing.T, text string) spatial.Filter {
	t.Helper()
	root, err := filter.ParseText(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := filter.New(root, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var layers = []string{"buildings"}

func TestALayerTooLargeForItsBudgetIsMergedAndNothingIsLost(t *testing.T) {
	const budget, n = 20_000, 6000
	list := generated(n)
	source := vector.NewSource(mirrorOf(t, "buildings", list), vector.Options{Budget: budget})
	doc, err := source.TileJSON(t.Context(), tiles.Request{Collections: layers}, "u")
	if err != nil {
		t.Fatal(err)
	}
	told := map[uint8]tiles.Thinned{}
	for _, z := range doc.VectorLayers[0].Thinned {
		told[z.Zoom] = z
	}
	box, truth := boxOf(list), metresOf(list)
	floors := 0.0
	for i := range list {
		v, _ := list[i].Properties.Get("floors")
		floors += v.Float()
	}
	for _, zoom := range []uint8{0, 3, 5, 8, 10, 11, 12, 13, 16} {
		got := sumOf(t, source, tiles.Request{Collections: layers}, box, zoom, budget)
		if got.count() != n || got.dropped != 0 {
			t.Errorf("zoom %d: %d drawn, %d merged, %d dropped of %d", zoom, len(got.ids), got.merged, got.dropped, n)
		}
		if z := told[zoom]; got.merged > 0 && (int(z.Kept) != len(got.ids) || int(z.Merged) != got.merged || int(z.Into) != got.blocks || z.Of != n) {
			t.Errorf("zoom %d: TileJSON says %+v of %d drawn, %d merged into %d", zoom, z, len(got.ids), got.merged, got.blocks)
		}
		if got.merged == n && math.Abs(got.metres/truth-1) > 0.01 {
			t.Errorf("zoom %d: blocks speak of %.0f m², the buildings cover %.0f", zoom, got.metres, truth)
		}
		if got.merged == n && math.Abs(got.floors/floors-1) > 0.05 {
			t.Errorf("zoom %d: blocks speak of %.0f floors, there are %.0f", zoom, got.floors, floors)
		}
		unit := 40_075_016.686 * math.Cos(22.6*math.Pi/180) / math.Exp2(float64(zoom)) / 4096
		if drawn := got.units * unit * unit; got.merged == n && zoom >= 8 && math.Abs(drawn/truth-1) > 0.05 {
			t.Errorf("zoom %d: blocks cover %.0f m², the buildings %.0f", zoom, drawn, truth)
		}
	}
	if told[3].Merged != n || told[16].Zoom != 0 {
		t.Errorf("thinned as %+v", doc.VectorLayers[0].Thinned)
	}
}

func TestWithoutABudgetNothingIsMerged(t *testing.T) {
	list := generated(3000)
	for name, o := range map[string]vector.Options{
		"no layer has one":    {Budget: -1},
		"this layer has none": {Budget: 1000, Budgets: map[string]int{"buildings": -1}},
		"all of it fits":      {Budget: 300_000},
	} {
		source := vector.NewSource(mirrorOf(t, "buildings", list), o)
		got := sumOf(t, source, tiles.Request{Collections: layers}, boxOf(list), 6, -1)
		if len(got.ids) != len(list) || got.blocks != 0 {
			t.Errorf("%s: %d drawn, %d blocks", name, len(got.ids), got.blocks)
		}
		doc, err := source.TileJSON(t.Context(), tiles.Request{Collections: layers}, "u")
		if err != nil || doc.VectorLayers[0].Thinned != nil {
			t.Errorf("%s: %+v, %v", name, doc.VectorLayers[0].Thinned, err)
		}
	}
}

// Blocks are as true of a time long gone, of a slice by height and of another grid as of all
// there is now.
func TestBlocksSpeakOfWhatIsAskedFor(t *testing.T) {
	const budget = 10_000
	list := generated(4000)
	for i := range list {
		bottom := float64(i%7) * 10
		list[i].Z = spatial.ZRange{Min: bottom, Max: bottom + 9, Known: true}
	}
	source := vector.NewSource(mirrorOf(t, "buildings", list), vector.Options{Budget: budget})
	then := spatial.At(day("1995-06-01"))
	window := spatial.ZRange{Min: 12, Max: 18, Known: true}
	for name, c := range map[string]struct {
		r    tiles.Request
		keep func(*spatial.Feature) bool
	}{
		"at a time":              {tiles.Request{Valid: then}, func(f *spatial.Feature) bool { return f.Valid.Overlaps(then) }},
		"at some heights":        {tiles.Request{Z: window}, func(f *spatial.Feature) bool { return f.Z.Min <= window.Max && f.Z.Max >= window.Min }},
		"by a filter":            {tiles.Request{Filter: filtered(t, "floors > 20")}, func(f *spatial.Feature) bool { v, _ := f.Properties.Get("floors"); return v.Int() > 20 }},
		"in a grid of latitudes": {tiles.Request{Coord: tiles.Coord{Grid: tiles.WorldCRS84Quad}}, func(*spatial.Feature) bool { return true }},
	} {
		var kept []spatial.Feature
		for i := range list {
			if c.keep(&list[i]) {
				kept = append(kept, list[i])
			}
		}
		c.r.Collections = layers
		for _, level := range []uint8{2, 7, 10} {
			got := sumOf(t, source, c.r, boxOf(list), level, budget)
			if got.count() != len(kept) {
				t.Errorf("%s, level %d: %d of %d", name, level, got.count(), len(kept))
			}
			if truth := metresOf(kept); got.merged == len(kept) && math.Abs(got.metres/truth-1) > 0.01 {
				t.Errorf("%s, level %d: %.0f m² of %.0f", name, level, got.metres, truth)
			}
		}
	}
}

func TestAnEditChangesItsBlockAndNoOtherTile(t *testing.T) {
	const budget = 8000
	source, store := vector.NewSource, newShelf("buildings")
	list := generated(3000)
	store.put("all", list)
	mirror := memory.NewMirror(store, memory.Options{})
	if err := mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := source(mirror, vector.Options{Budget: budget})
	box := boxOf(list)
	keys := func() map[tiles.Coord]string {
		out := map[tiles.Coord]string{}
		l := tiles.WebMercatorQuad.Limits(box, 13)
		for x := l.MinX; x <= l.MaxX; x++ {
			for y := l.MinY; y <= l.MaxY; y++ {
				r := tiles.Request{Coord: tiles.Coord{Z: 13, X: x, Y: y}, Collections: layers}
				c, err := s.Pin(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				out[r.Coord] = c.Key()
			}
		}
		return out
	}
	before := keys()
	extra := list[17]
	extra.ID, extra.Num = "extra", 0
	store.put("edit", []spatial.Feature{extra})
	if err := mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	changed := 0
	for c, key := range keys() {
		if before[c] != key {
			changed++
		}
	}
	if changed == 0 || changed > 4 {
		t.Errorf("%d of %d tiles changed", changed, len(before))
	}
	if got := sumOf(t, s, tiles.Request{Collections: layers}, box, 13, budget); got.count() != len(list)+1 || got.merged == 0 {
		t.Errorf("%d features after the edit, %d of them merged", got.count(), got.merged)
	}
}

func TestPointsClusterAndShortLinesAreLeftOut(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var points, lines []spatial.Feature
	for i := range 5000 {
		x, y := 4096*r.Float64(), 4096*r.Float64()
		points = append(points, spatial.Feature{ID: fmt.Sprint(i), Num: uint64(i + 1), Geometry: pointAt(x, y),
			Properties: spatial.NewProperties([]spatial.Property{{Name: "floors", Value: spatial.IntOf(3)}, {Name: "kind", Value: spatial.StringOf("tree")}})})
		length := math.Exp2(r.Float64() * 10)
		lines = append(lines, spatial.Feature{ID: fmt.Sprint(i), Num: uint64(i + 1), Geometry: lineString(x, y, x+length, y)})
	}
	const budget = 12_000
	s := vector.NewSource(mirrorOf(t, "buildings", points), vector.Options{Budget: budget})
	for _, zoom := range []uint8{4, 12, 14} {
		got := sumOf(t, s, tiles.Request{Collections: layers}, boxOf(points), zoom, budget)
		if got.count() != len(points) || got.blocks == 0 || got.floors != 3*float64(got.merged) {
			t.Errorf("zoom %d: %d points in %d clusters and %d alone", zoom, got.count(), got.blocks, len(got.ids))
		}
	}
	s = vector.NewSource(mirrorOf(t, "buildings", lines), vector.Options{Budget: budget})
	got := sumOf(t, s, tiles.Request{Collections: layers}, boxOf(lines), 12, budget)
	if len(got.ids)+got.dropped != len(lines) || got.dropped == 0 {
		t.Errorf("%d lines drawn and %d dropped", len(got.ids), got.dropped)
	}
	length := func(f *spatial.Feature) float64 { b := spatial.BoxOf(f.Geometry); return b.Max[0] - b.Min[0] }
	shortest := math.Inf(1)
	for i := range lines {
		if got.ids[lines[i].ID] {
			shortest = min(shortest, length(&lines[i]))
		}
	}
	for i := range lines {
		if !got.ids[lines[i].ID] && length(&lines[i]) > shortest*1.01 {
			t.Fatalf("line %d is left out and shorter ones are not", i)
		}
	}
}

func TestATextOfItsOwnForEachFeatureIsLeftOutBeforeAnythingIsMerged(t *testing.T) {
	const lean = 80_000
	list := generated(2000)
	for i := range list {
		list[i].Properties = spatial.NewProperties(append(slices.Clone(list[i].Properties), spatial.Property{Name: "remark", Value: spatial.StringOf(fmt.Sprintf("%x", rand.New(rand.NewPCG(1, uint64(i))).Uint64()))}))
	}
	s := vector.NewSource(mirrorOf(t, "buildings", list), vector.Options{Budget: lean})
	doc, err := s.TileJSON(t.Context(), tiles.Request{Collections: layers}, "u")
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range doc.VectorLayers[0].Thinned {
		if z.Zoom == 8 && (z.Kept != 2000 || z.Merged != 0 || !slices.Contains(z.Without, "remark") || slices.Contains(z.Without, "floors")) {
			t.Errorf("zoom 8 is thinned as %+v", z)
		}
	}
	if all := sumOf(t, s, tiles.Request{Collections: layers}, boxOf(list), 8, lean); len(all.ids) != 2000 {
		t.Errorf("zoom 8 shows %d of 2000 buildings", len(all.ids))
	}
	got := tile(t, s, tiles.Request{Coord: tiles.At(114, 22.6, 8), Collections: layers})
	if p := got[0].Features[0].Properties; p["remark"] != nil || p["floors"] == nil {
		t.Errorf("zoom 8 shows %v", p)
	}
	// Who asks for it gets it, and blocks instead of features.
	named := sumOf(t, s, tiles.Request{Collections: layers, Properties: []string{"id", "remark"}}, boxOf(list), 8, lean)
	if named.count() != 2000 {
		t.Errorf("%d features with their remarks", named.count())
	}
}

// Whatever stands in a tile, it keeps its budget, and every feature is in it once.
func TestEveryTileKeepsItsBudgetAndEveryFeature(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(50, 400).Draw(t, "features")
		spread := math.Exp2(rapid.Float64Range(0, 13).Draw(t, "spread"))
		size := math.Exp2(rapid.Float64Range(-2, 10).Draw(t, "size"))
		r := rand.New(rand.NewPCG(uint64(n), math.Float64bits(spread)))
		var list []spatial.Feature
		for i := range n {
			x, y := spread*r.Float64(), spread*r.Float64()
			w, h := size*r.ExpFloat64()+0.1, size*r.ExpFloat64()+0.1
			list = append(list, spatial.Feature{ID: fmt.Sprint(i), Num: uint64(i + 1), Geometry: polygon([]float64{x, y, x + w, y, x + w, y + h, x, y + h})})
		}
		m := mirrorOf(outer, "buildings", list)
		budget := rapid.IntRange(400, 4000).Draw(t, "budget")
		level := uint8(rapid.IntRange(8, 16).Draw(t, "zoom"))
		got := sumOf(outer, vector.NewSource(m, vector.Options{Budget: budget}), tiles.Request{Collections: layers}, boxOf(list), level, budget)
		// A tile that is still too large by itself merges more than its neighbours, so a
		// feature on an edge may be alone in one and merged in the other.
		if got.count() < n || got.count() > n+len(got.ids) {
			t.Fatalf("%d drawn and %d merged of %d", len(got.ids), got.merged, n)
		}
	})
}

// A server that has followed edits shows what one shows that has just begun: the same levels,
// the same tiles, the same counts.
func TestLevelsThatAreTakenOverAreThoseThatWouldBeChosen(t *testing.T) {
	const budget = 20_000
	store := newShelf("buildings")
	store.put("all", generated(6000))
	mirror := memory.NewMirror(store, memory.Options{})
	if err := mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	source := vector.NewSource(mirror, vector.Options{Budget: budget})
	r := tiles.Request{Collections: layers, Valid: spatial.At(day("2026-01-01"))}
	if _, err := source.TileJSON(t.Context(), r, "u"); err != nil {
		t.Fatal(err)
	}
	before, anew := source.Choices(), int64(0)
	extra := generated(60)[30:]
	box := boxOf(extra)
	for edit := range 3 {
		list := slices.Clone(extra[edit : edit+1])
		for i := range list {
			list[i].ID, list[i].Num, list[i].Valid.Start = fmt.Sprint("extra", edit, i), 0, day("2020-01-01").AddDate(0, edit, 0)
		}
		store.put(fmt.Sprint("edit", edit%2), list)
		if err := mirror.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		fresh := vector.NewSource(mirror, vector.Options{Budget: budget})
		got, err := source.TileJSON(t.Context(), r, "u")
		if err != nil {
			t.Fatal(err)
		}
		want, err := fresh.TileJSON(t.Context(), r, "u")
		if err != nil {
			t.Fatal(err)
		}
		anew += fresh.Choices()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("after edit %d, -new +followed:\n%s", edit, diff)
		}
		for _, zoom := range []uint8{0, 8, 12, 14} {
			for _, c := range []tiles.Coord{tiles.At(box.Min[0], box.Min[1], zoom), tiles.At(114, 22.6, zoom)} {
				r.Coord = c
				a, err := source.Pin(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				b, err := fresh.Pin(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				x, err := a.Append(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				y, err := b.Append(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if a.Key() != b.Key() || !slices.Equal(x, y) {
					t.Fatalf("after edit %d %s differs: %s and %s", edit, c, a.Key(), b.Key())
				}
			}
		}
	}
	if got := source.Choices() - before; got*4 > anew*3 {
		t.Errorf("levels were chosen %d times, from nothing it would have been %d times", got, anew)
	}
}

// Tiles are drawn and described by many while edits come in.
func TestLevelsAreFoundByManyWhileEditsComeIn(t *testing.T) {
	store := newShelf("buildings")
	list := generated(1500)
	store.put("all", list)
	mirror := memory.NewMirror(store, memory.Options{})
	if err := mirror.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := vector.NewSource(mirror, vector.Options{Budget: 8000})
	var wait sync.WaitGroup
	for n := range 4 {
		wait.Go(func() {
			for k := range 12 {
				r := tiles.Request{Collections: layers, Valid: spatial.At(day("2026-01-01"))}
				if k%4 == n {
					if _, err := s.TileJSON(t.Context(), r, "u"); err != nil {
						t.Error(err)
					}
				}
				r.Coord = tiles.At(114, 22.6, uint8(8+k%6))
				c, err := s.Pin(t.Context(), r)
				if err == nil {
					_, err = c.Append(t.Context(), nil)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for edit := range 8 {
		extra := list[edit]
		extra.ID, extra.Num = fmt.Sprint("extra", edit), 0
		store.put(fmt.Sprint("edit", edit), []spatial.Feature{extra})
		if err := mirror.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wait.Wait()
}
