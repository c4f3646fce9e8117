package storetest

import (
	"fmt"

	"github.com/shikong-cim/shikong/spatial"
)

// listClauses say how answers are ordered, cut into pages and counted.
var listClauses = []clause{
	{"the order is by id bytewise, then by start of validity, unbounded first", func(p *play) {
		p.put(replace("m", thing("b", "1"), thing("B", "1"), thing("a", "3", valid("2022-01-01", "")), thing("a", "1", valid("", "2020-01-01")),
			thing("a", "2", valid("2020-01-01", "2022-01-01")), thing("a0", "1"), thing("é", "1"), thing("10", "1"), thing("9", "1"), thing("楼", "1"), thing("Z", "1"), thing("a-", "1"), thing("𠮷", "1"), thing("ｱ", "1")))
		p.want(all(), "10 1", "9 1", "B 1", "Z 1", "a 1 ..2020-01-01", "a 2 2020-01-01..2022-01-01", "a 3 2022-01-01..", "a- 1", "a0 1", "b 1", "é 1", "楼 1", "ｱ 1", "𠮷 1")
		p.want(spatial.Query{Collection: city, Limit: 6}, "10 1", "9 1", "B 1", "Z 1", "a 1 ..2020-01-01", "a 2 2020-01-01..2022-01-01")
		p.want(spatial.Query{Collection: city, After: &spatial.Cursor{ID: "a"}, Limit: 2}, "a 2 2020-01-01..2022-01-01", "a 3 2022-01-01..")
		p.want(spatial.Query{Collection: city, After: &spatial.Cursor{ID: "a", ValidStart: day("2021-01-01")}, Limit: 2}, "a 3 2022-01-01..", "a- 1")
		p.want(spatial.Query{Collection: city, After: &spatial.Cursor{ID: "é"}}, "楼 1", "ｱ 1", "𠮷 1")
		p.want(spatial.Query{Collection: city, After: &spatial.Cursor{ID: "𠮷"}})
	}},
	{"ids narrow to what is there, each once", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("", "2020-01-01")), thing("a", "2", valid("2020-01-01", "")), thing("b", "1"), thing("c", "1")))
		p.want(spatial.Query{Collection: city, IDs: []string{"c", "a", "x", "c"}}, "a 1 ..2020-01-01", "a 2 2020-01-01..", "c 1")
		p.want(spatial.Query{Collection: city, IDs: []string{"c", "a"}, Limit: 1, After: &spatial.Cursor{ID: "a"}}, "a 2 2020-01-01..")
		p.want(spatial.Query{Collection: city, IDs: []string{}})
		p.want(spatial.Query{Collection: city, IDs: []string{"A", "", "a "}})
		p.want(spatial.Query{Collection: city, IDs: []string{"b"}, Valid: spatial.At(day("2020-01-01")), Model: "m"}, "b 1")
	}},
	{"a thousand ids are asked at once", func(p *play) {
		var list []spatial.Feature
		var ids []string
		for i := range 1500 {
			list = append(list, thing(fmt.Sprintf("id-%04d", i), "1"))
			if i%3 > 0 {
				ids = append(ids, fmt.Sprintf("id-%04d", i))
			}
		}
		p.put(replace("m", list...))
		if n := len(p.ask(spatial.Query{Collection: city, IDs: ids})); n != 1000 {
			p.Fatalf("%d answers", n)
		}
	}},
	{"pages at a revision stay as they are while imports land", func(p *play) {
		var list []spatial.Feature
		for i := range 25 {
			list = append(list, thing(fmt.Sprintf("id-%02d", i), "1"), thing(fmt.Sprintf("v-%02d", i), "1", valid("", "2020-01-01")), thing(fmt.Sprintf("v-%02d", i), "2", valid("2020-01-01", "")))
		}
		p.put(replace("m", list...))
		q := spatial.Query{Collection: city, AtRevision: 1, Limit: 7}
		var got []spatial.Feature
		for n := 0; ; n++ {
			page := p.ask(q)
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
			after := spatial.CursorOf(&page[len(page)-1])
			q.After = &after
			p.put(replace("m", list[n:2*n+1]...))
		}
		want := collect(p, p.ref.Features(p.ctx, spatial.Query{Collection: city, AtRevision: 1}))
		p.same("all pages together", showFeatures(got), showFeatures(want))
	}},
	{"pages go through a box, too", func(p *play) {
		var list []spatial.Feature
		for i := range 40 {
			list = append(list, thing(fmt.Sprintf("id-%02d", (i*7)%40), "1", at(float64(i), 0)))
		}
		p.put(replace("m", list...))
		q := box(4.5, -1, 30.5, 1)
		q.Limit = 4
		seen := 0
		for {
			page := p.ask(q)
			if seen += len(page); len(page) == 0 {
				break
			}
			after := spatial.CursorOf(&page[len(page)-1])
			q.After = &after
		}
		if seen != 26 {
			p.Fatalf("%d seen", seen)
		}
	}},
	{"an answer is ordered by properties, what has none last, ties in the default order", func(p *play) {
		p.put(replace("m", thing("a", "1", properties(`{"x":2}`)), thing("b", "1", properties(`{"x":10,"y":"b"}`)), thing("c", "1"), thing("d", "1", properties(`{"x":2.0,"y":"a"}`)),
			thing("e", "1", properties(`{"x":"10"}`)), thing("f", "1", properties(`{"x":null}`)), thing("g", "1", properties(`{"x":true}`)), thing("h", "1", properties(`{"x":-9007199254740993}`)),
			thing("i", "1", properties(`{"x":-9007199254740992.0}`)), thing("j", "1", properties(`{"x":[1]}`)), thing("k", "1", properties(`{"x":false}`)), thing("l", "1", properties(`{"x":2.5}`)),
			thing("m", "1", properties(`{"x":9223372036854775807}`)), thing("n", "1", properties(`{"x":9223372036854775808.0}`)), thing("o", "1", properties(`{"x":"é"}`))))
		p.want(sorted("x"), "k 1", "g 1", "h 1", "i 1", "a 1", "d 1", "l 1", "b 1", "m 1", "n 1", "e 1", "o 1", "j 1", "c 1", "f 1")
		p.want(sorted("-x"), "j 1", "o 1", "e 1", "n 1", "m 1", "b 1", "l 1", "a 1", "d 1", "i 1", "h 1", "g 1", "k 1", "c 1", "f 1")
		q := sorted("y", "-id")
		q.Limit, q.Properties = 4, []string{"x"}
		p.want(q, "d 1", "b 1", "o 1", "n 1")
		p.want(sorted("nothing"), "a 1", "b 1", "c 1", "d 1", "e 1", "f 1", "g 1", "h 1", "i 1", "j 1", "k 1", "l 1", "m 1", "n 1", "o 1")
	}},
	{"an answer is ordered by what the store knows, and by a property where it knows nothing", func(p *play) {
		class := func(kind, storey string, under spatial.Truth) trait {
			return func(f *spatial.Feature) { f.Kind, f.Storey, f.Underground = kind, storey, under }
		}
		p.put(replace("m", thing("a", "3", class("wall", "2F", spatial.Yes), heights(3, 9), valid("2020-01-01", "")), thing("b", "2", class("", "1F", spatial.Unknown), properties(`{"class":"door","z_min":1}`)),
			thing("c", "", class("beam", "", spatial.No), heights(-3, 100), valid("", "2021-01-01"), properties(`{"name":"4"}`)), thing("d", "1", valid("2019-01-01", "2020-01-01"))))
		p.put(replace("k", thing("e", "0", heights(0.5, 0.5))))
		for _, name := range []string{"id", "class", "name", "model", "storey", "z_min", "z_max", "underground", "valid_from", "valid_to", "recorded_from"} {
			p.ask(sorted(name))
			p.ask(sorted("-" + name))
		}
		p.want(sorted("class"), "c  ..2021-01-01", "b 2", "a 3 2020-01-01..", "d 1 2019-01-01..2020-01-01", "e 0")
		p.want(sorted("-z_min"), "a 3 2020-01-01..", "b 2", "e 0", "c  ..2021-01-01", "d 1 2019-01-01..2020-01-01")
		p.want(sorted("-name"), "c  ..2021-01-01", "a 3 2020-01-01..", "b 2", "d 1 2019-01-01..2020-01-01", "e 0")
	}},
	{"pages of an ordered answer at a revision stay as they are while imports land", func(p *play) {
		var list []spatial.Feature
		for i := range 25 {
			list = append(list, thing(fmt.Sprintf("id-%02d", i), "1", at(float64(i), 0), properties(fmt.Sprintf(`{"x":%d}`, i*7%5))),
				thing(fmt.Sprintf("v-%02d", i), "1", valid("", "2020-01-01")), thing(fmt.Sprintf("v-%02d", i), "2", valid("2020-01-01", ""), properties(`{"x":2}`)))
		}
		p.put(replace("m", list...))
		q := sorted("-x", "name")
		q.AtRevision, q.Limit, q.Body = 1, 7, true
		var got []spatial.Feature
		for n := 0; ; n++ {
			page := p.ask(q)
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
			after := q.CursorOf(&page[len(page)-1])
			q.After = &after
			p.put(replace("m", list[n:2*n+1]...))
		}
		q.After, q.Limit = nil, 0
		p.same("all pages together", showFeatures(got), showFeatures(collect(p, p.ref.Features(p.ctx, q))))
	}},
	{"an answer may be left in the middle", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1"), thing("c", "1")))
		for range 50 {
			for f, err := range p.reader.Features(p.ctx, all()) {
				p.must(err)
				if f.ID == "b" {
					break
				}
			}
		}
		p.want(all(), "a 1", "b 1", "c 1")
		p.put(replace("m", thing("a", "2")))
		p.want(all(), "a 2")
	}},
	{"questions may be asked while an answer is read", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		n := 0
		for range p.reader.Features(p.ctx, all()) {
			for range p.reader.Features(p.ctx, all()) {
				for range p.reader.Features(p.ctx, all()) {
					n++
				}
			}
		}
		if n != 8 {
			p.Fatalf("%d answers", n)
		}
	}},
	{"a query without meaning is refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		for _, q := range []spatial.Query{
			{},
			{Collection: city, Limit: -1},
			{Collection: city, AtRevision: -1},
			{Collection: city, Valid: span("2020-01-01", "2020-01-01")},
			{Collection: city, Near: &spatial.Near{}, After: &spatial.Cursor{ID: "a"}},
			{Collection: city, Near: &spatial.Near{}, Sort: []spatial.SortKey{{Name: "x"}}},
			{Collection: city, Sort: []spatial.SortKey{{}}},
			{Collection: city, Sort: []spatial.SortKey{{Name: "x"}}, After: &spatial.Cursor{ID: "a"}},
			{Collection: city, After: &spatial.Cursor{Keys: []spatial.Value{{}}, ID: "a"}},
			{Collection: city, Sort: make([]spatial.SortKey, spatial.MaxSort+1)},
		} {
			p.wantError(fails(p, p.reader.Features(p.ctx, q)), spatial.ErrInvalid, "")
			_, err := p.reader.Count(p.ctx, q)
			p.wantError(err, spatial.ErrInvalid, "")
		}
	}},
	{"a collection that is not there is not found", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.wantError(fails(p, p.reader.Features(p.ctx, spatial.Query{Collection: "City"})), spatial.ErrNotFound, "")
		_, err := p.reader.Count(p.ctx, spatial.Query{Collection: "nowhere"})
		p.wantError(err, spatial.ErrNotFound, "")
		_, err = p.reader.Collection(p.ctx, "nowhere")
		p.wantError(err, spatial.ErrNotFound, "")
		_, err = p.reader.Models(p.ctx, "nowhere")
		p.wantError(err, spatial.ErrNotFound, "")
	}},
	{"properties are selected by name", func(p *play) {
		p.put(replace("m", thing("a", "1", properties(`{"b":1,"a":"x","名":true}`)), thing("b", "1")))
		if got := p.ask(spatial.Query{Collection: city, Properties: []string{"名", "b", "none"}}); string(got[0].Properties.AppendJSON(nil)) != `{"b":1,"名":true}` {
			p.Fatalf("got %s", got[0].Properties.AppendJSON(nil))
		}
		if got := p.ask(spatial.Query{Collection: city, Properties: []string{}}); len(got[0].Properties) != 0 {
			p.Fatalf("got %s", got[0].Properties.AppendJSON(nil))
		}
	}},
	{"what is counted is what is listed without a limit and a cursor", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1", valid("2020-01-01", "")), thing("c", "1", at(0, 0))))
		q := box(113, 22, 115, 23)
		q.Limit, q.After = 1, &spatial.Cursor{ID: "a"}
		p.want(q, "b 1 2020-01-01..")
		n, err := p.reader.Count(p.ctx, q)
		p.must(err)
		if n != 2 {
			p.Fatalf("Count is %d", n)
		}
	}},
	{"a cancelled context ends an answer", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		ctx, cancel := contextWithCancel(p)
		cancel()
		if err := fails(p, p.reader.Features(ctx, all())); err == nil {
			p.Fatal("no error")
		}
	}},
}
