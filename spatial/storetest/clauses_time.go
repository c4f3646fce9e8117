package storetest

import (
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// timeClauses say which versions a query sees by valid and by recorded time.
var timeClauses = []clause{
	{"valid keeps versions whose interval overlaps, half open on both sides", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2020-01-01", "2024-01-01")), thing("a", "2", valid("2024-01-01", "")), thing("b", "1", valid("", "2020-01-01")), thing("c", "1")))
		p.want(on("2019-12-31"), "b 1 ..2020-01-01", "c 1")
		p.want(on("2020-01-01"), "a 1 2020-01-01..2024-01-01", "c 1")
		p.want(on("2024-01-01"), "a 2 2024-01-01..", "c 1")
		p.want(spatial.Query{Collection: city, Valid: span("2019-01-01", "2020-01-01")}, "b 1 ..2020-01-01", "c 1")
		p.want(spatial.Query{Collection: city, Valid: span("2023-01-01", "2025-01-01")}, "a 1 2020-01-01..2024-01-01", "a 2 2024-01-01..", "c 1")
		p.want(spatial.Query{Collection: city, Valid: span("2024-01-01", "")}, "a 2 2024-01-01..", "c 1")
		p.want(spatial.Query{Collection: city, Valid: span("", "2020-01-01")}, "b 1 ..2020-01-01", "c 1")
		p.want(all(), "a 1 2020-01-01..2024-01-01", "a 2 2024-01-01..", "b 1 ..2020-01-01", "c 1")
	}},
	{"valid times from the year 1005 to 9999 are kept to the tick", func(p *play) {
		old := spatial.Interval{Start: time.Date(1005, 3, 1, 1, 2, 3, 456789000, time.UTC), End: time.Date(1582, 10, 4, 23, 59, 59, 999999000, time.UTC)}
		far := spatial.Interval{Start: time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), End: time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)}
		a, b := thing("a", "1"), thing("b", "1")
		a.Valid, b.Valid = old, far
		p.put(replace("m", a, b))
		p.want(all(), "a 1 1005-03-01T01:02:03.456789..1582-10-04T23:59:59.999999", "b 1 1969-12-31T23:59:59.999999..9999-12-31T23:59:59.999999")
		p.want(spatial.Query{Collection: city, Valid: spatial.At(old.Start)}, "a 1 1005-03-01T01:02:03.456789..1582-10-04T23:59:59.999999")
		p.want(spatial.Query{Collection: city, Valid: spatial.At(old.Start.Add(-spatial.Tick))})
		p.want(spatial.Query{Collection: city, Valid: spatial.At(far.End)})
		p.check()
	}},
	{"times come back in UTC", func(p *play) {
		f := thing("a", "1")
		f.Valid.Start = time.Date(2024, 5, 1, 0, 0, 0, 0, time.FixedZone("+08:00", 8*3600))
		p.put(replace("m", f))
		got := p.ask(all())[0]
		if got.Valid.Start.Location() != time.UTC || got.Recorded.Start.Location() != time.UTC {
			p.Fatalf("valid from %v, recorded from %v", got.Valid.Start, got.Recorded.Start)
		}
	}},
	{"every past revision answers as it did then", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		p.put(continueFrom("2024-05-01", "m", thing("a", "2")))
		p.put(replace("m", thing("c", "1")))
		p.want(spatial.Query{Collection: city, AtRevision: 1}, "a 1", "b 1")
		p.want(spatial.Query{Collection: city, AtRevision: 2}, "a 1 ..2024-05-01", "a 2 2024-05-01..", "b 1 ..2024-05-01")
		p.want(spatial.Query{Collection: city, AtRevision: 3}, "c 1")
		p.want(spatial.Query{Collection: city, AtRevision: 2, Valid: spatial.At(day("2024-05-01"))}, "a 2 2024-05-01..")
		p.want(spatial.Query{Collection: city, AtRevision: 2, Valid: spatial.At(day("2024-04-30"))}, "a 1 ..2024-05-01", "b 1 ..2024-05-01")
	}},
	{"recorded asks for what was known at an instant", func(p *play) {
		one := p.put(replace("m", thing("a", "1")))
		two := p.put(replace("m", thing("a", "2")))
		if !two.Recorded.After(one.Recorded) {
			p.Fatalf("revision 2 was recorded at %v, revision 1 at %v", two.Recorded, one.Recorded)
		}
		p.want(spatial.Query{Collection: city, Recorded: one.Recorded.Add(-spatial.Tick)})
		p.want(spatial.Query{Collection: city, Recorded: one.Recorded}, "a 1")
		p.want(spatial.Query{Collection: city, Recorded: two.Recorded.Add(-spatial.Tick)}, "a 1")
		p.want(spatial.Query{Collection: city, Recorded: two.Recorded}, "a 2")
		p.want(spatial.Query{Collection: city, Recorded: day("9998-01-01")}, "a 2")
		p.want(spatial.Query{Collection: city, Recorded: day("1005-01-01")})
	}},
	{"valid and recorded are asked together", func(p *play) {
		one := p.put(replace("m", thing("a", "1", valid("2020-01-01", ""))))
		p.put(replace("m", thing("a", "2", valid("2022-01-01", ""))))
		q := on("2021-01-01")
		p.want(q)
		q.Recorded = one.Recorded
		p.want(q, "a 1 2020-01-01..")
	}},
	{"a revision wins over a time of recording", func(p *play) {
		one := p.put(replace("m", thing("a", "1")))
		p.put(replace("m", thing("a", "2")))
		p.want(spatial.Query{Collection: city, AtRevision: 2, Recorded: one.Recorded}, "a 2")
	}},
	{"a revision that is still to come is not found", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		q := spatial.Query{Collection: city, AtRevision: 2}
		p.wantError(fails(p, p.reader.Features(p.ctx, q)), spatial.ErrNotFound, "")
		_, err := p.reader.Count(p.ctx, q)
		p.wantError(err, spatial.ErrNotFound, "")
	}},
	{"a collection answers emptily for revisions before it began", func(p *play) {
		p.put(in("other", replace("m", thing("a", "1"))))
		p.put(replace("m", thing("a", "1")))
		p.want(spatial.Query{Collection: city, AtRevision: 1})
	}},
	{"a version says since when it is recorded", func(p *play) {
		one := p.put(replace("m", thing("a", "1"), thing("b", "1")))
		two := p.put(replace("m", thing("a", "1"), thing("b", "2")))
		got := p.ask(all())
		for i, want := range []time.Time{one.Recorded, two.Recorded} {
			if !got[i].Recorded.Start.Equal(want) || !got[i].Recorded.End.IsZero() {
				p.Fatalf("%s is recorded %v, want from %v", got[i].ID, got[i].Recorded, want)
			}
		}
	}},
}

// historyClauses say what Changing and Ever find.
var historyClauses = []clause{
	{"changing keeps what begins or ends to be valid in the interval, half open", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2020-01-01", "2024-01-01")), thing("a", "2", valid("2024-01-01", "")), thing("b", "1", valid("", "2020-01-01")), thing("c", "1"),
			thing("d", "1", valid("1005-01-01", "9999-01-01"))))
		changing := func(from, to string) spatial.Query {
			v := span(from, to)
			return spatial.Query{Collection: city, Changing: &v}
		}
		p.want(changing("2024-01-01", "2024-01-02"), "a 1 2020-01-01..2024-01-01", "a 2 2024-01-01..")
		p.want(changing("2020-01-01", "2024-01-01"), "a 1 2020-01-01..2024-01-01", "b 1 ..2020-01-01")
		p.want(changing("2020-01-02", "2024-01-01"))
		p.want(changing("", "1900-01-01"), "d 1 1005-01-01..9999-01-01")
		p.want(changing("", ""), "a 1 2020-01-01..2024-01-01", "a 2 2024-01-01..", "b 1 ..2020-01-01", "d 1 1005-01-01..9999-01-01")
		q := changing("2024-01-01", "")
		q.Valid = spatial.At(day("2023-01-01"))
		p.want(q, "a 1 2020-01-01..2024-01-01", "d 1 1005-01-01..9999-01-01")
		p.put(continueFrom("2024-01-01", "m", thing("c", "2")))
		p.want(changing("2024-01-01", "2024-01-02"), "a 1 2020-01-01..2024-01-01", "c 1 ..2024-01-01", "c 2 2024-01-01..", "d 1 1005-01-01..2024-01-01")
	}},
	{"ever asks for what was recorded at any time up to then, and until when", func(p *play) {
		one := p.put(replace("m", thing("a", "1"), thing("b", "1")))
		two := p.put(continueFrom("2024-05-01", "m", thing("a", "2")))
		p.put(replace("m", thing("c", "1")))
		q := spatial.Query{Collection: city, Ever: true}
		p.want(q, "a 1", "a 1 ..2024-05-01", "a 2 2024-05-01..", "b 1", "b 1 ..2024-05-01", "c 1")
		q.IDs = []string{"a"}
		got := p.ask(q)
		for i, want := range []spatial.Interval{{Start: one.Recorded, End: two.Recorded}, {Start: two.Recorded, End: p.clock}, {Start: two.Recorded, End: p.clock}} {
			if !got[i].Recorded.Equal(want) {
				p.Fatalf("version %d of a is recorded %v, want %v", i, got[i].Recorded, want)
			}
		}
		q.AtRevision = 1
		if got := p.ask(q); len(got) != 1 || !got[0].Recorded.End.IsZero() {
			p.Fatalf("at the first revision nothing had ended: %s", showFeatures(got))
		}
		q.AtRevision, q.IDs = 0, nil
		end := spatial.EndOf("a")
		q.After, q.Limit = &end, 2
		p.want(q, "b 1", "b 1 ..2024-05-01")
		p.wantError(fails(p, p.reader.Features(p.ctx, spatial.Query{Collection: city, Ever: true, Near: &spatial.Near{}})), spatial.ErrInvalid, "invalid-query")
	}},
	{"many versions of one id are listed in the order in which they were recorded", func(p *play) {
		const n = 6
		for i := range n {
			p.put(replace("m", thing("a", string(rune('一'+i)))))
		}
		for _, limit := range []int{0, n - 1} {
			got := p.ask(spatial.Query{Collection: city, Ever: true, Limit: limit})
			for i := range got {
				if got[i].Name != string(rune('一'+i)) {
					p.Fatalf("the version at %d is %s", i, got[i].Name)
				}
			}
		}
	}},
	{"what stands at a time is counted without what begins later or has ended", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2020-01-01", "2024-01-01")), thing("a", "2", valid("2024-01-01", "")), thing("b", "1", valid("", "2020-01-01")), thing("c", "1")))
		p.put(replace("n", thing("d", "1", valid("2022-01-01", "2023-01-01")), thing("e", "1", valid("2022-01-01", ""))))
		for _, date := range []string{"1005-01-01", "2019-12-31", "2020-01-01", "2022-06-01", "2023-01-01", "2024-01-01", "9998-01-01"} {
			p.ask(on(date))
		}
		for _, v := range []spatial.Interval{span("2020-01-01", "2024-01-01"), span("", "2020-01-01"), span("2024-01-01", ""), {}} {
			p.ask(spatial.Query{Collection: city, Valid: v})
		}
		p.put(continueFrom("2023-06-01", "n", thing("e", "2")))
		for _, date := range []string{"2022-06-01", "2023-06-01", "2024-01-01"} {
			p.ask(on(date))
		}
	}},
}
