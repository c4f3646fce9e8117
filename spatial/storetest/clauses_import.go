package storetest

import (
	"encoding/json"

	"github.com/shikong-cim/shikong/spatial"
)

// importClauses say what an import does to what was there.
var importClauses = []clause{
	{"an import of some ids leaves the others as they are", func(p *play) {
		p.put(replace("m", thing("a", "1", body(stand(tetrahedron(1), 0, 0, 0, "x"))), thing("b", "1", valid("", "2020-01-01")), thing("b", "2", valid("2020-01-01", "")), thing("c", "1")))
		p.put(replace("k", thing("z", "1")))
		p.put(only(replace("m", thing("b", "1", valid("", "2020-01-01")), thing("b", "3", valid("2020-01-01", ""))), "b"))
		p.want(all(), "a 1", "b 1 ..2020-01-01", "b 3 2020-01-01..", "c 1", "z 1")
		p.put(only(replace("m"), "c", "nobody"))
		p.put(only(replace("m", thing("n", "1")), "n"))
		p.put(only(replace("m", thing("n", "1")), "n"))
		p.want(all(), "a 1", "b 1 ..2020-01-01", "b 3 2020-01-01..", "n 1", "z 1")
		p.put(only(continueFrom("2024-01-01", "m", thing("a", "2")), "a", "b"))
		p.want(all(), "a 1 ..2024-01-01", "a 2 2024-01-01..", "b 1 ..2020-01-01", "b 3 2020-01-01..2024-01-01", "n 1", "z 1")
		p.put(only(replace("new", thing("q", "1")), "q"))
		p.want(spatial.Query{Collection: city, AtRevision: 1}, "a 1", "b 1 ..2020-01-01", "b 2 2020-01-01..", "c 1")
		p.check()
		p.refuse(only(replace("m", thing("a", "9"), thing("b", "9")), "a"), spatial.ErrInvalid, "id-not-meant")
		p.refuse(only(replace("m", thing("z", "9")), "z"), spatial.ErrConflict, "id-taken")
		repeats := only(replace("m", thing("a", "9")), "a")
		repeats.NumberRepeats = true
		p.refuse(repeats, spatial.ErrInvalid, "invalid-import")
	}},
	{"a first import is all new", func(p *play) {
		a := p.put(replace("m", thing("b", "1"), thing("a", "1")))
		p.same("applied", showApplied(spatial.Applied{Revision: a.Revision, Recorded: a.Recorded, Added: a.Added, Changed: a.Changed, Ended: a.Ended, Unchanged: a.Unchanged}),
			"revision=1 recorded="+showTime(a.Recorded)+" +2 ~0 -0 =0")
		p.want(all(), "a 1", "b 1")
		p.check()
	}},
	{"replacing keeps the same, records the new, and ends the rest of the record", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1"), thing("c", "1")))
		a := p.put(replace("m", thing("a", "1"), thing("b", "2"), thing("d", "1")))
		p.counts(a, 1, 1, 1, 1)
		p.want(all(), "a 1", "b 2", "d 1")
		p.want(spatial.Query{Collection: city, AtRevision: 1}, "a 1", "b 1", "c 1")
		p.check()
	}},
	{"the same import twice changes nothing and raises no revision", func(p *play) {
		first := p.put(replace("m", thing("a", "1", valid("2020-01-01", "2024-01-01")), thing("a", "2", valid("2024-01-01", "")), thing("b", "1")))
		again := p.put(replace("m", thing("b", "1"), thing("a", "2", valid("2024-01-01", "")), thing("a", "1", valid("2020-01-01", "2024-01-01"))))
		p.counts(again, 0, 0, 0, 2)
		if again.Revision != first.Revision || !again.Recorded.Equal(first.Recorded) {
			p.Fatalf("revision %d at %v became %d at %v", first.Revision, first.Recorded, again.Revision, again.Recorded)
		}
		p.check()
	}},
	{"another validity of the same content is a change", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.counts(p.put(replace("m", thing("a", "1", valid("2020-01-01", "")))), 0, 1, 0, 0)
		p.want(all(), "a 1 2020-01-01..")
		p.check()
	}},
	{"replacing with nothing ends everything", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		p.counts(p.put(replace("m")), 0, 0, 2, 0)
		p.want(all())
		p.want(spatial.Query{Collection: city, AtRevision: 1}, "a 1", "b 1")
		p.check()
	}},
	{"an import without features makes the collection and the model", func(p *play) {
		p.counts(p.put(replace("m")), 0, 0, 0, 0)
		p.want(all())
		p.check()
		p.put(replace("m"))
		p.check()
	}},
	{"continuing ends the gone, begins the new and leaves the same untouched", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1", valid("2010-01-01", "")), thing("c", "1")))
		a := p.put(continueFrom("2024-05-01", "m", thing("a", "1"), thing("b", "2"), thing("d", "1")))
		p.counts(a, 1, 1, 1, 1)
		p.want(all(), "a 1", "b 1 2010-01-01..2024-05-01", "b 2 2024-05-01..", "c 1 ..2024-05-01", "d 1 2024-05-01..")
		p.want(on("2024-04-30"), "a 1", "b 1 2010-01-01..2024-05-01", "c 1 ..2024-05-01")
		p.want(on("2024-05-01"), "a 1", "b 2 2024-05-01..", "d 1 2024-05-01..")
		p.want(spatial.Query{Collection: city, AtRevision: 1}, "a 1", "b 1 2010-01-01..", "c 1")
		p.check()
	}},
	{"continuing twice with the same changes nothing", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		p.put(continueFrom("2024-05-01", "m", thing("a", "2"), thing("c", "1")))
		p.counts(p.put(continueFrom("2024-05-01", "m", thing("a", "2"), thing("c", "1"))), 0, 0, 0, 2)
		p.check()
	}},
	{"continuing with nothing ends the model from then on", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1", valid("2025-01-01", "")), thing("c", "1", valid("2001-01-01", "2002-01-01"))))
		p.counts(p.put(continueFrom("2024-05-01", "m")), 0, 0, 2, 0)
		p.want(all(), "a 1 ..2024-05-01", "c 1 2001-01-01..2002-01-01")
		p.check()
		p.counts(p.put(continueFrom("2024-05-01", "m")), 0, 0, 0, 0)
		p.check()
	}},
	{"continuing supersedes what was to come", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2020-01-01", "2026-01-01")), thing("a", "2", valid("2026-01-01", "2028-01-01")), thing("a", "3", valid("2028-01-01", ""))))
		p.counts(p.put(continueFrom("2024-05-01", "m", thing("a", "4"))), 0, 1, 0, 0)
		p.want(all(), "a 1 2020-01-01..2024-05-01", "a 4 2024-05-01..")
		p.check()
	}},
	{"continuing with the same content lets a version go on that was to end", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2020-01-01", "2026-01-01")), thing("a", "2", valid("2027-01-01", ""))))
		p.counts(p.put(continueFrom("2024-05-01", "m", thing("a", "1"))), 0, 1, 0, 0)
		p.want(all(), "a 1 2020-01-01..")
		p.check()
	}},
	{"continuing from the very start of a version puts the new one in its place", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2024-05-01", "")), thing("b", "1", valid("2024-05-01", ""))))
		p.counts(p.put(continueFrom("2024-05-01", "m", thing("a", "2"), thing("b", "1"))), 0, 1, 0, 1)
		p.want(all(), "a 2 2024-05-01..", "b 1 2024-05-01..")
		p.check()
	}},
	{"an id that ended before comes back as added", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2001-01-01", "2002-01-01"))))
		p.counts(p.put(continueFrom("2024-05-01", "m", thing("a", "1"))), 1, 0, 0, 0)
		p.want(all(), "a 1 2001-01-01..2002-01-01", "a 1 2024-05-01..")
		p.check()
	}},
	{"replacing after continuing puts the whole history right", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.put(continueFrom("2024-05-01", "m", thing("a", "2")))
		p.counts(p.put(replace("m", thing("a", "1", valid("", "2023-01-01")), thing("a", "2", valid("2023-01-01", "")))), 0, 1, 0, 0)
		p.want(all(), "a 1 ..2023-01-01", "a 2 2023-01-01..")
		p.want(spatial.Query{Collection: city, AtRevision: 2}, "a 1 ..2024-05-01", "a 2 2024-05-01..")
		p.check()
	}},
	{"models do not touch each other", func(p *play) {
		p.put(replace("arch", thing("a", "1"), thing("b", "1")))
		p.put(replace("struct", thing("c", "1"), thing("d", "1")))
		p.counts(p.put(replace("arch", thing("b", "1"))), 0, 0, 1, 1)
		p.want(all(), "b 1", "c 1", "d 1")
		p.put(continueFrom("2024-05-01", "struct"))
		p.want(all(), "b 1", "c 1 ..2024-05-01", "d 1 ..2024-05-01")
		p.want(spatial.Query{Collection: city, Model: "arch"}, "b 1")
		p.want(spatial.Query{Collection: city, Model: "nobody"})
		p.check()
	}},
	{"collections do not touch each other", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.put(in("other", replace("m", thing("a", "2"), thing("b", "2"))))
		p.want(all(), "a 1")
		p.want(spatial.Query{Collection: "other"}, "a 2", "b 2")
		p.put(in("other", replace("m")))
		p.want(all(), "a 1")
		p.check()
	}},
	{"an id may pass from one model to another at an instant, and keeps its number", func(p *play) {
		p.put(replace("old", thing("a", "1", valid("", "2024-05-01"))))
		p.put(replace("new", thing("a", "2", valid("2024-05-01", ""))))
		p.want(all(), "a 1 ..2024-05-01", "a 2 2024-05-01..")
		p.check()
	}},
	{"an id that another model gave up is free", func(p *play) {
		p.put(replace("old", thing("a", "1"), thing("b", "1")))
		p.put(replace("old", thing("b", "1")))
		p.put(replace("new", thing("a", "2")))
		p.want(all(), "a 2", "b 1")
		p.check()
	}},
	{"a number stays with its id when the id is gone for a while", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		p.ask(all())
		p.put(replace("m"))
		p.put(replace("m", thing("b", "3"), thing("c", "3"), thing("a", "3")))
		p.want(all(), "a 3", "b 3", "c 3")
	}},
	{"repeats of an id are numbered in the order of delivery when asked to", func(p *play) {
		i := replace("m", thing("a", "1"), thing("b", "1"), thing("a", "2"), thing("a", "3"), thing("b", "2", valid("", "2020-01-01")))
		i.NumberRepeats = true
		p.put(i)
		p.want(all(), "a 1", "a~2 2", "a~3 3", "b 1", "b~2 2 ..2020-01-01")
		p.counts(p.put(i), 0, 0, 0, 5)
		p.check()
	}},
	{"only repeats for the same time are numbered", func(p *play) {
		i := replace("m", thing("a", "1", valid("", "2020-01-01")), thing("a", "2", valid("2020-01-01", "")))
		i.NumberRepeats = true
		p.put(i)
		p.want(all(), "a 1 ..2020-01-01", "a 2 2020-01-01..")
		p.check()
	}},
	{"repeats are numbered in a continuing import too", func(p *play) {
		i := continueFrom("2024-05-01", "m", thing("a", "1"), thing("a", "1"), thing("b", "1"))
		i.NumberRepeats = true
		p.put(i)
		p.want(all(), "a 1 2024-05-01..", "a~2 1 2024-05-01..", "b 1 2024-05-01..")
		p.counts(p.put(i), 0, 0, 0, 3)
		p.check()
	}},
	{"numbers already taken by other repeats are passed over", func(p *play) {
		i := replace("m", thing("a", "1"), thing("a~2", "1"), thing("a", "2"))
		i.NumberRepeats = true
		p.put(i)
		p.want(all(), "a 1", "a~2 1", "a~3 2")
		p.check()
	}},
	{"the report is asked once, learns what was done, and is kept with the model", func(p *play) {
		var told []spatial.Applied
		i := replace("m", thing("a", "1"))
		i.Report = func(a spatial.Applied) json.RawMessage {
			told = append(told, a)
			return json.RawMessage(`{"features": 1, "名": ["a"]}`)
		}
		a, err := p.store.Apply(p.ctx, i)
		p.must(err)
		p.catchUp()
		if len(told) != 1 || showApplied(told[0]) != showApplied(a) {
			p.Fatalf("the report was told %+v, Apply returned %+v", told, a)
		}
		models, err := p.reader.Models(p.ctx, city)
		p.must(err)
		if len(models) != 1 || string(models[0].Report) != `{"features": 1, "名": ["a"]}` {
			p.Fatalf("models: %+v", models)
		}
	}},
	{"an import that changes nothing leaves source and report of the model", func(p *play) {
		i := replace("m", thing("a", "1"))
		i.Report = func(spatial.Applied) json.RawMessage { return json.RawMessage(`{"n":1}`) }
		p.put(i)
		again := replace("m", thing("a", "1"))
		again.Source.Name = "other.geojson"
		p.put(again)
		p.check()
		models, err := p.reader.Models(p.ctx, city)
		p.must(err)
		if models[0].Source.Name != "m.geojson" || string(models[0].Report) != `{"n":1}` {
			p.Fatalf("model: %+v", models[0])
		}
	}},
	{"another title is a change, an empty one leaves the old", func(p *play) {
		i := replace("m", thing("a", "1"))
		i.Collection = spatial.Collection{Name: city, Title: "建筑", Description: "d", Licence: "l", Attribution: "a", VerticalCRS: "EPSG:5737"}
		first := p.put(i)
		p.check()
		if a := p.put(replace("m", thing("a", "1"))); a.Revision != first.Revision {
			p.Fatalf("an import without title raised revision %d", a.Revision)
		}
		p.check()
		i.Collection.Title = "Buildings"
		if a := p.put(i); a.Revision == first.Revision {
			p.Fatal("another title raised no revision")
		}
		p.check()
	}},
	{"times finer than a tick are cut", func(p *play) {
		f := thing("a", "1")
		f.Valid = spatial.Interval{Start: day("2020-01-01").Add(1999), End: day("2021-01-01").Add(999)}
		p.put(replace("m", f))
		p.want(all(), "a 1 2020-01-01T00:00:00.000001..2021-01-01")
		i := replace("m", thing("a", "2"))
		i.From = day("2020-05-01").Add(1500)
		p.put(i)
		p.want(all(), "a 1 2020-01-01T00:00:00.000001..2020-05-01T00:00:00.000001", "a 2 2020-05-01T00:00:00.000001..")
		p.check()
	}},
	{"purging a model removes its history and nothing else", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		p.put(replace("n", thing("c", "1")))
		p.put(replace("m", thing("a", "2")))
		p.counts(p.purge(city, "m"), 0, 0, 1, 0)
		p.want(all(), "c 1")
		p.want(spatial.Query{Collection: city, AtRevision: 2}, "c 1")
		p.check()
		p.put(replace("m", thing("a", "3")))
		p.want(all(), "a 3", "c 1")
		p.check()
	}},
	{"pruning removes what had ended by then, and every later state stays", func(p *play) {
		p.put(replace("m", thing("a", "1", body(stand(tetrahedron(1), 0, 0, 0, "x"))), thing("b", "1")))
		p.put(replace("m", thing("a", "2"), thing("b", "1")))
		p.put(replace("m", thing("a", "3"), thing("c", "1")))
		p.put(in("other", replace("m", thing("z", "1"))))
		if n := p.prune(2); n != 1 {
			p.Fatalf("pruned %d versions, want the first of a", n)
		}
		p.check()
		p.want(spatial.Query{Collection: city, AtRevision: 2}, "a 2", "b 1")
		p.want(spatial.Query{Collection: city, AtRevision: 3}, "a 3", "c 1")
		p.wantError(fails(p, p.reader.Features(p.ctx, spatial.Query{Collection: city, AtRevision: 1})), spatial.ErrNotFound, "recorded-pruned")
		p.wantError(fails(p, p.reader.Features(p.ctx, spatial.Query{Collection: city, Recorded: day("1999-01-01")})), spatial.ErrNotFound, "recorded-pruned")
		p.put(replace("m", thing("a", "4")))
		p.check()
	}},
	{"a collection that nothing has touched since answers from before what is pruned", func(p *play) {
		p.put(in("other", replace("m", thing("z", "1", body(stand(tetrahedron(1), 0, 0, 0, "x"))))))
		p.put(replace("m", thing("a", "1")))
		p.put(replace("m", thing("a", "2")))
		p.put(replace("m", thing("b", "1")))
		if n := p.prune(4); n != 2 {
			p.Fatalf("pruned %d versions, want both of a", n)
		}
		p.want(spatial.Query{Collection: "other", AtRevision: 1, Body: true}, "z 1")
		p.want(spatial.Query{Collection: "other", AtRevision: 2, Ever: true}, "z 1")
		p.wantError(fails(p, p.reader.Features(p.ctx, spatial.Query{Collection: city, AtRevision: 3})), spatial.ErrNotFound, "recorded-pruned")
		p.wantError(fails(p, p.reader.Features(p.ctx, spatial.Query{Collection: "other", Recorded: day("1999-01-01")})), spatial.ErrNotFound, "recorded-pruned")
		p.check()
	}},
	{"pruning what is pruned, or where nothing has ended, changes nothing", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		before := p.state()
		if n := p.prune(1); n != 0 {
			p.Fatalf("pruned %d versions", n)
		}
		p.same("the store", p.state(), before)
		p.put(replace("m", thing("a", "2")))
		p.prune(2)
		before = p.state()
		if n := p.prune(2) + p.prune(1); n != 0 {
			p.Fatalf("pruned %d versions again", n)
		}
		p.same("the store", p.state(), before)
		p.check()
	}},
	{"purging a collection removes it", func(p *play) {
		p.put(replace("m", thing("a", "1", body(stand(tetrahedron(1), 0, 0, 0, "x")))))
		p.put(replace("n", thing("c", "1")))
		p.put(in("other", replace("m", thing("a", "1"))))
		p.counts(p.purge(city, ""), 0, 0, 2, 0)
		_, err := p.reader.Collection(p.ctx, city)
		p.wantError(err, spatial.ErrNotFound, "")
		p.wantError(fails(p, p.reader.Features(p.ctx, all())), spatial.ErrNotFound, "")
		p.want(spatial.Query{Collection: "other"}, "a 1")
		p.check()
		p.put(replace("m", thing("a", "2")))
		p.want(all(), "a 2")
		p.check()
	}},
}

func (p *play) counts(a spatial.Applied, added, changed, ended, unchanged int64) {
	p.Helper()
	if a.Added != added || a.Changed != changed || a.Ended != ended || a.Unchanged != unchanged {
		p.Fatalf("applied %s, want +%d ~%d -%d =%d", showApplied(a), added, changed, ended, unchanged)
	}
}
