package storetest

import (
	"github.com/shikong-cim/shikong/spatial"
)

// condition is a filter that no reader knows how to look for: it must be asked.
type condition func(f *spatial.Feature) bool

func (c condition) Matches(f *spatial.Feature) bool { return c(f) }
func (c condition) String() string                  { return "a condition" }

// tall holds of features whose property h is at least so much.
func tall(least int64) condition {
	return func(f *spatial.Feature) bool {
		h, _ := f.Properties.Get("h")
		return h.Int() >= least
	}
}

// towers are five features whose ids, heights and places run the same way.
func towers() []spatial.Feature {
	var list []spatial.Feature
	for i, id := range []string{"a", "b", "c", "d", "e"} {
		list = append(list, thing(id, "1", at(114+float64(i)/1000, 22.5), properties(`{"h":`+string(rune('1'+i))+`,"w":0}`)))
	}
	return list
}

// filterClauses say that a filter narrows like any other part of a query.
var filterClauses = []clause{
	{"a filter narrows a listing, and the limit counts what is left", func(p *play) {
		p.put(replace("m", towers()...))
		p.want(spatial.Query{Collection: city, Filter: tall(3)}, "c 1", "d 1", "e 1")
		p.want(spatial.Query{Collection: city, Filter: tall(3), Limit: 2}, "c 1", "d 1")
		p.want(spatial.Query{Collection: city, Filter: tall(3), After: &spatial.Cursor{ID: "c"}, Limit: 1}, "d 1")
		p.want(spatial.Query{Collection: city, Filter: tall(9)})
	}},
	{"a filter narrows what boxes, ids, models and times have left", func(p *play) {
		p.put(replace("m", towers()...))
		p.put(replace("n", thing("x", "1", properties(`{"h":7}`), valid("2020-01-01", "2021-01-01"))))
		q := box(114.0005, 22, 114.0035, 23)
		q.Filter = tall(3)
		p.want(q, "c 1", "d 1")
		p.want(spatial.Query{Collection: city, IDs: []string{"a", "e", "x"}, Filter: tall(3)}, "e 1", "x 1 2020-01-01..2021-01-01")
		p.want(spatial.Query{Collection: city, Model: "n", Filter: tall(3)}, "x 1 2020-01-01..2021-01-01")
		p.want(spatial.Query{Collection: city, Valid: spatial.At(day("2022-01-01")), Filter: tall(5)}, "e 1")
	}},
	{"the nearest are the nearest of what the filter leaves", func(p *play) {
		p.put(replace("m", towers()...))
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 114, Lat: 22.5}, Filter: tall(3), Limit: 2}, "c 1 206m", "d 1 309m")
	}},
	{"a filter sees properties that are not asked for", func(p *play) {
		p.put(replace("m", towers()...))
		for _, q := range []spatial.Query{
			{Collection: city, Filter: tall(5), Properties: []string{"w"}},
			{Collection: city, Filter: tall(5), Properties: []string{"w"}, Near: &spatial.Near{Lon: 114, Lat: 22.5}},
		} {
			if got := p.ask(q); len(got) != 1 || string(got[0].Properties.AppendJSON(nil)) != `{"w":0}` {
				p.Fatalf("got %s", showFeatures(got))
			}
		}
	}},
	{"a filter sees what a feature was at the revision asked for", func(p *play) {
		p.put(replace("m", thing("a", "1", properties(`{"h":1}`))))
		p.put(replace("m", thing("a", "2", properties(`{"h":5}`))))
		p.want(spatial.Query{Collection: city, Filter: tall(3)}, "a 2")
		p.want(spatial.Query{Collection: city, Filter: tall(3), AtRevision: 1})
		p.want(spatial.Query{Collection: city, Filter: tall(1), AtRevision: 1}, "a 1")
	}},
	{"a filter sees id, model, validity, heights and place", func(p *play) {
		p.put(replace("m", thing("a", "1", heights(3, 4), valid("2020-01-01", ""), at(114.25, 22))))
		p.want(spatial.Query{Collection: city, Filter: condition(func(f *spatial.Feature) bool {
			return f.ID == "a" && f.Model == "m" && f.Name == "1" && f.Valid.Equal(span("2020-01-01", "")) && f.Z.Max == 4 &&
				spatial.BoxOf(f.Geometry).Min[0] == 114.25 && !f.Recorded.Start.IsZero()
		})}, "a 1 2020-01-01..")
	}},
}
