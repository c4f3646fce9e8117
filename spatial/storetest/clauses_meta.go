package storetest

import (
	"fmt"
	"sync"

	"github.com/shikong-cim/shikong/spatial"
)

// metaClauses say what a reader tells of the store, its collections and models.
var metaClauses = []clause{
	{"an empty store says so", func(p *play) {
		meta, err := p.reader.Meta(p.ctx)
		p.must(err)
		if meta.Revision != 0 || !meta.Recorded.IsZero() || meta.SchemaVersion < 1 || (meta.Datum != "wgs84" && meta.Datum != "cgcs2000") {
			p.Fatalf("meta: %+v", meta)
		}
		p.check()
	}},
	{"the store says its last revision", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		a := p.put(replace("m", thing("a", "2")))
		meta, err := p.reader.Meta(p.ctx)
		p.must(err)
		if meta.Revision != 2 || !meta.Recorded.Equal(a.Recorded) {
			p.Fatalf("meta: %+v after %+v", meta, a)
		}
	}},
	{"extent, time, count and fields are of what is currently recorded", func(p *play) {
		p.put(replace("m",
			thing("a", "", at(114, 22), heights(-5, 10), valid("2001-01-01", "2002-01-01"), properties(`{"x":1,"y":null,"n":null}`)),
			thing("b", "", at(115, 23), valid("2010-01-01", ""), properties(`{"x":2.5,"z":"s"}`)),
			thing("c", "", shape(nil), heights(-500, 500), valid("2001-06-01", "2003-01-01"), properties(`{"y":true,"w":[1]}`)),
			thing("d", "", shape(point(113, 24, 7)), valid("2005-01-01", "2006-01-01"), properties(`{"x":3}`))))
		p.check()
		p.put(replace("m",
			thing("b", "", at(115, 23), valid("2010-01-01", ""), properties(`{"x":2.5,"z":"s"}`)),
			thing("d", "", shape(point(113, 24, 7)), valid("2005-01-01", "2006-01-01"), properties(`{"x":3}`))))
		p.check()
		p.put(replace("m", thing("d", "", shape(point(113, 24, 7)), valid("2005-01-01", "2006-01-01"), properties(`{"x":3}`))))
		p.check()
		p.put(replace("m"))
		p.check()
	}},
	{"fields widen over all rows of all models", func(p *play) {
		p.put(replace("m", thing("a", "", properties(`{"i":1,"n":1,"s":1,"b":true,"j":{"a":1},"o":[1],"z":null}`))))
		p.put(replace("n", thing("b", "", properties(`{"i":2,"n":1.0,"s":"x","b":1,"j":[2],"o":"x","z":null}`))))
		p.check()
		p.purge(city, "n")
		p.check()
	}},
	{"a collection knows the revision that touched it last", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.put(in("other", replace("m", thing("a", "1"))))
		p.check()
		p.put(replace("n", thing("b", "1")))
		p.purge(city, "m")
		p.check()
	}},
	{"a collection may be local", func(p *play) {
		i := replace("m", thing("a", "", shape(nil), body(stand(tetrahedron(1), 0, 0, 0, ""))))
		i.Collection.Local = true
		p.put(i)
		p.check()
		p.put(replace("n", thing("b", "", shape(nil))))
		p.check()
	}},
	{"models are listed with source and frame", func(p *play) {
		i := replace("模型", thing("a", "1"))
		i.Source = spatial.Source{Name: "塔.ifc", SHA256: "00ff", Bytes: 1 << 40, Schema: "IFC4", Tool: "工具 \"x\""}
		i.Frame = frame(114, 22)
		p.put(i)
		p.put(replace("b", thing("b", "1")))
		p.put(in("a", replace("z")))
		p.check()
	}},
}

// followerClauses say what a follower of the store is told.
var followerClauses = []clause{
	{"the change log tells every revision in order, with box and time", func(p *play) {
		p.put(replace("m", thing("a", "1", at(114, 22), heights(0, 10), valid("2001-01-01", "2002-01-01")), thing("b", "1", at(115, 23), heights(5, 20), valid("2003-01-01", "2004-01-01"))))
		p.put(in("other", replace("n", thing("a", "1", shape(nil)))))
		p.put(replace("m", thing("a", "1", at(114, 22), heights(0, 10), valid("2001-01-01", "2002-01-01")), thing("b", "1", at(116, 21), heights(5, 30), valid("2003-01-01", ""))))
		p.put(continueFrom("2005-01-01", "m", thing("c", "2", at(100, 10))))
		p.put(replace("x"))
		p.purge(city, "m")
		p.purge("other", "")
		p.check()
		for since := range int64(9) {
			var got, want string
			for _, c := range collect(p, p.store.Changes(p.ctx, since)) {
				got += showChange(c)
			}
			for _, c := range collect(p, p.ref.Changes(p.ctx, since)) {
				want += showChange(c)
			}
			p.same(fmt.Sprintf("changes since %d", since), got, want)
		}
	}},
	{"a follower reaches every revision from every other", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1"), thing("c", "1", properties(`{"x":1}`))))
		p.put(replace("m", thing("a", "2"), thing("b", "1"), thing("d", "1")))
		p.put(in("other", replace("m", thing("a", "1"))))
		p.put(continueFrom("2024-05-01", "m", thing("a", "2"), thing("b", "3")))
		p.put(replace("n", thing("n", "1")))
		p.put(replace("m", thing("a", "2"), thing("b", "1"), thing("d", "1")))
		p.follow(city)
		p.follow("other")
	}},
	{"followers of a collection that is not there are told so", func(p *play) {
		p.wantError(fails(p, p.store.Versions(p.ctx, "nowhere", 0, 1)), spatial.ErrNotFound, "")
	}},
	{"numbers of versions are never used again", func(p *play) {
		seen := map[int64]bool{}
		last := int64(0)
		for n := range 4 {
			a := p.put(replace("m", thing("a", fmt.Sprint(n)), thing("b", fmt.Sprint(n))))
			for _, v := range collect(p, p.store.Versions(p.ctx, city, last, a.Revision)) {
				if !v.Ended && seen[v.Number] {
					p.Fatalf("number %d was used before", v.Number)
				}
				seen[v.Number] = true
			}
			last = a.Revision
			if n%2 == 1 {
				last = p.purge(city, "").Revision
			}
		}
	}},
}

// follow plays a follower from every revision to every later one.
func (p *play) follow(collection string) {
	p.Helper()
	meta, err := p.store.Meta(p.ctx)
	p.must(err)
	for since := int64(0); since <= meta.Revision; since++ {
		for until := since; until <= meta.Revision; until++ {
			p.followFrom(collection, since, until)
		}
	}
}

func (p *play) followFrom(collection string, since, until int64) {
	p.Helper()
	held := map[int64]spatial.Feature{}
	if since > 0 {
		p.catchUpTo(held, collection, 0, since)
	}
	p.catchUpTo(held, collection, since, until)
	if until == 0 {
		return
	}
	var got []spatial.Feature
	for _, f := range held {
		got = append(got, f)
	}
	sortDefault(got)
	want := collect(p, p.ref.Features(p.ctx, spatial.Query{Collection: collection, AtRevision: until}))
	p.same(fmt.Sprintf("the follower of %s at %d, come from %d", collection, until, since), showFeatures(got), showFeatures(want))
	p.numbered(got)
}

// catchUpTo does to held what a follower does with Versions.
func (p *play) catchUpTo(held map[int64]spatial.Feature, collection string, since, until int64) {
	p.Helper()
	fresh := false
	for _, v := range collect(p, p.store.Versions(p.ctx, collection, since, until)) {
		_, known := held[v.Number]
		if v.Ended != known || (v.Ended && fresh) {
			p.Fatalf("%s %d→%d: version %d of %q, ended %t, known %t, after new ones %t", collection, since, until, v.Number, v.Feature.ID, v.Ended, known, fresh)
		}
		if v.Ended {
			delete(held, v.Number)
			continue
		}
		fresh = true
		held[v.Number] = v.Feature
	}
}

// concurrencyClauses say what goroutines may do at once.
var concurrencyClauses = []clause{
	{"readers see whole imports while others write", func(p *play) {
		state := func(name string) spatial.Import {
			var list []spatial.Feature
			for i := range 200 {
				list = append(list, thing(fmt.Sprintf("id-%03d", i), name))
			}
			return replace("m", list...)
		}
		p.put(state("0"))
		var wg sync.WaitGroup
		done := startReaders(p, &wg)
		for n := range 10 {
			p.put(state(fmt.Sprint(n + 1)))
		}
		close(done)
		wg.Wait()
		p.check()
	}},
	{"imports by many goroutines come one after another", func(p *play) {
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for n := range errs {
			wg.Go(func() {
				for i := range 3 {
					_, errs[n] = p.store.Apply(p.ctx, replace(fmt.Sprintf("m%d", n), thing(fmt.Sprintf("id-%d", n), fmt.Sprint(i))))
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			p.must(err)
		}
		p.catchUp()
		meta, err := p.reader.Meta(p.ctx)
		p.must(err)
		if meta.Revision != 24 {
			p.Fatalf("revision %d after 24 imports", meta.Revision)
		}
		list := collect(p, p.store.Changes(p.ctx, 0))
		for i, c := range list {
			if c.Revision != int64(i+1) || (i > 0 && !c.Recorded.After(list[i-1].Recorded)) {
				p.Fatalf("change %d: %+v", i, c)
			}
		}
		if n := len(collect(p, p.reader.Features(p.ctx, all()))); n != 8 {
			p.Fatalf("%d features", n)
		}
	}},
}

// startReaders reads until done is closed and reports any answer that mixes two imports.
func startReaders(p *play, wg *sync.WaitGroup) chan struct{} {
	done := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				names := map[string]int{}
				for f, err := range p.reader.Features(p.ctx, all()) {
					if err != nil {
						p.Errorf("read: %v", err)
						return
					}
					names[f.Name]++
				}
				if len(names) != 1 {
					p.Errorf("an answer mixes imports: %v", names)
					return
				}
			}
		})
	}
	return done
}
