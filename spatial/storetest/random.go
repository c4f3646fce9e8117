package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

func sortDefault(list []spatial.Feature) {
	slices.SortFunc(list, func(a, b spatial.Feature) int { return spatial.CursorOf(&a).Compare(spatial.CursorOf(&b)) })
}

// random plays sequences of imports and purges on the store and the reference, asks both
// the same questions after each, and at the end asks about every revision again.
func (s suite) random(t *testing.T) {
	played := 0
	rapid.Check(t, func(rt *rapid.T) {
		// A play that fails is not counted, so that it can be repeated and made smaller.
		if played == s.plays {
			return
		}
		p := s.play(t, rt)
		if s.follow == nil {
			defer p.store.Close() // not all hundred at the end: connections may be few
		}
		steps := rapid.IntRange(1, 8).Draw(rt, "steps")
		var then []string // the whole answer at each revision, as it was given then
		for range steps {
			purged := p.step(rt)
			meta, err := p.store.Meta(p.ctx)
			p.must(err)
			if purged {
				then = nil
			}
			for int64(len(then)) < meta.Revision {
				then = append(then, "")
			}
			if meta.Revision > 0 {
				then[meta.Revision-1] = p.history(meta.Revision)
			}
			p.check()
			for range 3 {
				p.ask(p.drawQuery(rt, meta.Revision))
			}
		}
		meta, err := p.store.Meta(p.ctx)
		p.must(err)
		p.diffRandom(rt, meta.Revision)
		for i, want := range then {
			if want != "" {
				p.same(fmt.Sprintf("revision %d, asked again", i+1), p.history(int64(i+1)), want)
			}
		}
		if s.follow == nil {
			p.followRandom(rt)
		}
		if !rt.Failed() {
			played++
		}
	})
}

// history is all that both collections answer at a revision.
func (p *play) history(revision int64) string {
	p.Helper()
	text := ""
	for _, c := range []string{"c1", "c2"} {
		if _, err := p.ref.Collection(p.ctx, c); err == nil {
			text += showFeatures(p.ask(spatial.Query{Collection: c, AtRevision: revision, Body: true}))
		}
	}
	return text
}

func (p *play) followRandom(rt *rapid.T) {
	p.Helper()
	meta, err := p.store.Meta(p.ctx)
	p.must(err)
	for _, c := range []string{"c1", "c2"} {
		if _, err := p.ref.Collection(p.ctx, c); err != nil || meta.Revision == 0 {
			continue
		}
		since := rapid.Int64Range(0, meta.Revision).Draw(rt, "since")
		p.followFrom(c, since, rapid.Int64Range(since, meta.Revision).Draw(rt, "until"))
	}
}

// step draws one import or purge and does it on both; both must agree on whether it works.
func (p *play) step(rt *rapid.T) (purged bool) {
	p.Helper()
	collection := rapid.SampledFrom([]string{"c1", "c2"}).Draw(rt, "collection")
	model := rapid.SampledFrom([]string{"m1", "m2"}).Draw(rt, "model")
	if rapid.IntRange(0, 11).Draw(rt, "purge") == 0 {
		if rapid.Bool().Draw(rt, "whole") {
			model = ""
		}
		return p.tryPurge(collection, model)
	}
	p.tryPut(drawImport(rt, collection, model))
	return false
}

func (p *play) tryPurge(collection, model string) bool {
	p.Helper()
	_, missing := p.ref.Collection(p.ctx, collection)
	models, _ := p.ref.Models(p.ctx, collection)
	known := model == "" || slices.ContainsFunc(models, func(m spatial.Model) bool { return m.Name == model })
	if missing == nil && known {
		p.purge(collection, model)
		return true
	}
	_, err := p.store.Purge(p.ctx, collection, model)
	p.wantError(err, spatial.ErrNotFound, "")
	return false
}

func (p *play) tryPut(in spatial.Import) {
	p.Helper()
	got, err := p.store.Apply(p.ctx, in)
	p.clock = got.Recorded
	if p.clock.IsZero() {
		p.clock = time.Unix(0, 0)
	}
	want, wantErr := p.ref.Apply(p.ctx, in)
	// Of several mistakes in one delivery any may be named.
	if (err == nil) != (wantErr == nil) || (err != nil && !errors.Is(err, spatial.ErrInvalid) && !errors.Is(err, spatial.ErrConflict)) {
		p.Fatalf("Apply: got %v, want %v", err, wantErr)
	}
	p.same("what the import did", showApplied(got), showApplied(want))
	p.catchUp()
}

var dates = []string{"1005-01-01", "1999-12-31", "2020-01-01", "2021-01-01", "2022-01-01", "2023-01-01", "9999-01-01"}

func drawImport(rt *rapid.T, collection, model string) spatial.Import {
	i := spatial.Import{Collection: spatial.Collection{Name: collection}, Model: model, Source: spatial.Source{Name: "f", Bytes: 1}}
	if rapid.IntRange(0, 2).Draw(rt, "continue") == 0 {
		i.From = day(rapid.SampledFrom(dates).Draw(rt, "from"))
	}
	if n := rapid.IntRange(0, 3).Draw(rt, "frame"); n > 0 {
		i.Frame = frame(113+float64(n/2), 22)
	}
	i.NumberRepeats = rapid.IntRange(0, 3).Draw(rt, "number repeats") == 0
	var list []spatial.Feature
	n := rapid.IntRange(0, 7).Draw(rt, "features")
	if rapid.IntRange(0, 9).Draw(rt, "many") == 0 {
		n = 40
	}
	for k := range n {
		list = append(list, drawFeature(rt, model, n, k, i.From.IsZero()))
	}
	i.Features = stream(list)
	return i
}

// drawFeature draws from few ids and contents, so that imports meet; large imports have
// ids of their own, or hardly any would be free of repeats.
func drawFeature(rt *rapid.T, model string, n, k int, dated bool) spatial.Feature {
	id := rapid.SampledFrom([]string{"a", "b", "c", "甲", "B", "~"}).Draw(rt, "id")
	if rapid.IntRange(0, 2).Draw(rt, "own id") > 0 {
		id = fmt.Sprintf("%s-%s", model, id)
	}
	if n > 7 {
		id = fmt.Sprintf("%s-%d", model, k)
	}
	f := thing(id, rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "content"))
	f.Geometry = drawGeometry(rt)
	if dated {
		f.Valid = drawInterval(rt)
	}
	if rapid.Bool().Draw(rt, "heights") {
		low := rapid.IntRange(-30, 100).Draw(rt, "low")
		f.Z = spatial.ZRange{Min: float64(low), Max: float64(low + rapid.IntRange(0, 50).Draw(rt, "rise")), Known: true}
	}
	if rapid.IntRange(0, 4).Draw(rt, "body") == 0 {
		f.Body = &spatial.Body{}
		f.Body.Instances = append(f.Body.Instances, stand(tetrahedron(float64(rapid.IntRange(1, 2).Draw(rt, "size"))), 1, 2, 3, f.Name))
	}
	properties(rapid.SampledFrom([]string{`{}`, `{"x":1}`, `{"x":1.0,"y":"楼"}`, `{"x":[1,{"z":null}],"w":false}`, `{"y":null}`}).Draw(rt, "properties"))(&f)
	return f
}

func drawInterval(rt *rapid.T) spatial.Interval {
	if rapid.Bool().Draw(rt, "always") {
		return spatial.Interval{}
	}
	i := rapid.IntRange(-1, len(dates)-1).Draw(rt, "start")
	j := rapid.IntRange(i+1, len(dates)).Draw(rt, "end")
	v := spatial.Interval{}
	if i >= 0 {
		v.Start = day(dates[i])
	}
	if j < len(dates) {
		v.End = day(dates[j])
	}
	return v
}

// drawGeometry draws shapes of a city's size on a coarse grid, so that boxes touch them,
// and now and then one near the antimeridian.
func drawGeometry(rt *rapid.T) geom.T {
	grid := func(name string) float64 { return float64(rapid.IntRange(0, 20).Draw(rt, name)) / 1000 }
	x, y := 114+grid("x"), 22+grid("y")
	switch rapid.IntRange(0, 9).Draw(rt, "shape") {
	case 0:
		return nil
	case 1:
		return geom.NewPointEmpty(geom.XY)
	case 2, 3:
		return point(x, y)
	case 4:
		return point(rapid.SampledFrom([]float64{180, -180, 179.99, -179.99}).Draw(rt, "lon"), y, 5)
	case 5:
		return line(x, y, x+grid("dx"), y+grid("dy"))
	case 6:
		return geom.NewMultiPointFlat(geom.XYZ, []float64{x, y, 1, x + grid("dx"), y, 2})
	}
	w, h := 0.001+grid("w"), 0.001+grid("h")
	if rapid.Bool().Draw(rt, "hole") {
		return square(x, y, x+w, y+h, x+w/4, y+h/4, x+w/2, y+h/2)
	}
	return square(x, y, x+w, y+h)
}

func (p *play) drawQuery(rt *rapid.T, last int64) spatial.Query {
	known, err := p.ref.Collections(p.ctx)
	p.must(err)
	if len(known) == 0 {
		rt.SkipNow()
	}
	q := spatial.Query{Collection: rapid.SampledFrom(known).Draw(rt, "asked").Name, Body: rapid.Bool().Draw(rt, "bodies")}
	maybe := func(name string, one int) bool { return rapid.IntRange(0, one-1).Draw(rt, name) == 0 }
	if maybe("by model", 4) {
		q.Model = rapid.SampledFrom([]string{"m1", "m2"}).Draw(rt, "model asked")
	}
	if maybe("by id", 5) {
		q.IDs = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "m1-a", "m2-B", "甲", "a~2"}), 0, 4).Draw(rt, "ids")
	}
	if maybe("by box", 2) {
		q.Box = drawBox(rt)
	}
	if maybe("at a time", 2) {
		q.Valid = drawInterval(rt)
	}
	if maybe("changing", 4) {
		v := drawInterval(rt)
		q.Changing = &v
	}
	q.Ever = maybe("ever", 4)
	if maybe("at a revision", 3) {
		q.AtRevision = rapid.Int64Range(0, last).Draw(rt, "revision")
	} else if maybe("as of", 4) {
		q.Recorded = p.clock.Add(-spatial.Tick * time.Duration(rapid.IntRange(0, 1).Draw(rt, "before")))
	}
	if maybe("selected", 5) {
		q.Properties = []string{"y"}
	}
	if maybe("limited", 3) {
		q.Limit = rapid.IntRange(1, 5).Draw(rt, "limit")
	}
	if maybe("within reach", 3) {
		q.Within = drawWithin(rt)
	}
	if !q.Ever && maybe("in an order", 3) {
		q.Sort = drawSort(rt)
	}
	switch {
	case !q.Ever && q.Sort == nil && maybe("near", 4):
		q.Near = &spatial.Near{Lon: 114 + float64(rapid.IntRange(0, 20).Draw(rt, "lon"))/1000, Lat: 22.005, HasH: maybe("3D", 2), H: 20}
		if maybe("within", 2) {
			q.Near.Max = float64(rapid.IntRange(1, 3000).Draw(rt, "max"))
		}
	case maybe("after", 4):
		id := rapid.SampledFrom([]string{"a", "m1-a", "x"}).Draw(rt, "after id")
		q.After = &spatial.Cursor{ID: id, ValidStart: drawInterval(rt).Start}
		if q.Ever {
			end := spatial.EndOf(id)
			q.After = &end
		}
		for range q.Sort {
			q.After.Keys = append(q.After.Keys, rapid.SampledFrom([]spatial.Value{{}, spatial.IntOf(1), spatial.StringOf("2"), spatial.StringOf("楼"), spatial.BoolOf(false)}).Draw(rt, "after key"))
		}
	}
	return q
}

// drawWithin draws a point, a line on the ground or in space, or a zone.
func drawWithin(rt *rapid.T) *spatial.Within {
	grid := func(name string) float64 { return float64(rapid.IntRange(0, 20).Draw(rt, name)) / 1000 }
	x, y := 114+grid("from x"), 22+grid("from y")
	w := spatial.Within{Distance: float64(rapid.IntRange(0, 1500).Draw(rt, "reach"))}
	switch rapid.IntRange(0, 4).Draw(rt, "reach from") {
	case 0:
		w.Geometry = point(x, y)
	case 1:
		w.Geometry = point(rapid.SampledFrom([]float64{180, -179.995}).Draw(rt, "side"), y, 10)
	case 2:
		w.Geometry = line(x, y, x+grid("to x"), y+grid("to y"), x, y+0.02)
	case 3:
		w.Geometry = geom.NewLineStringFlat(geom.XYZ, []float64{x, y, -20, x + grid("to x"), y + grid("to y"), 40})
	case 4:
		w.Geometry = square(x, y, x+0.001+grid("width"), y+0.001+grid("height"))
	}
	return &w
}

func drawSort(rt *rapid.T) []spatial.SortKey {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) spatial.SortKey {
		return spatial.SortKey{Name: rapid.SampledFrom([]string{"x", "y", "w", "name", "z_min", "valid_to", "id", "recorded_from"}).Draw(rt, "key"), Descending: rapid.Bool().Draw(rt, "descending")}
	}), 1, 3).Draw(rt, "sort")
}

func drawBox(rt *rapid.T) *spatial.Box {
	grid := func(name string) float64 { return float64(rapid.IntRange(0, 20).Draw(rt, name)) / 1000 }
	x, y := 114+grid("west"), 22+grid("south")
	b := spatial.Box2D(x, y, x+grid("width"), y+grid("height"))
	if rapid.IntRange(0, 5).Draw(rt, "wide") == 0 {
		b = spatial.Box2D(179, -10, -179, 50)
	}
	if rapid.Bool().Draw(rt, "3D box") {
		b.Min[2] = float64(rapid.IntRange(-40, 60).Draw(rt, "bottom"))
		b.Max[2] = b.Min[2] + float64(rapid.IntRange(0, 60).Draw(rt, "thickness"))
	}
	return &b
}
