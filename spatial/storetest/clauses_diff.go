package storetest

import (
	"fmt"
	"iter"
	"math"
	"strings"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
)

// diffClauses say what differs between two times.
var diffClauses = []clause{
	{"what differs between two valid times is added, changed, moved or removed", func(p *play) {
		p.put(replace("m", thing("gone", "1", valid("2000-01-01", "2010-01-01")), thing("new", "1", valid("2010-01-01", "")), thing("same", "1"),
			thing("brief", "1", valid("2006-01-01", "2007-01-01")), thing("rebuilt", "1", valid("", "2008-01-01")), thing("rebuilt", "2", valid("2008-01-01", "")),
			thing("again", "1", valid("", "2006-01-01")), thing("again", "1", valid("2007-01-01", ""))))
		p.put(replace("n", thing("shifted", "1", heights(0, 9), valid("", "2008-01-01")), thing("shifted", "1", heights(0, 9), at(114.0001, 22.5), valid("2008-01-01", "")),
			thing("raised", "1", heights(0, 9), valid("", "2008-01-01")), thing("raised", "1", heights(0, 12), valid("2008-01-01", "")),
			thing("painted", "1", properties(`{"a":1,"b":2,"c":3}`), valid("", "2008-01-01")), thing("painted", "1", properties(`{"b":5,"c":3,"d":4}`), at(114.0001, 22.5), valid("2008-01-01", ""))))
		p.wantDiff(p.diffValid(spatial.Query{Collection: city}, "2005-01-01", "2015-01-01"),
			"gone removed", "new added", "painted changed a,b,d,geometry 10.290m", "raised moved z_max", "rebuilt changed name", "shifted moved geometry 10.290m")
		p.wantDiff(p.diffValid(spatial.Query{Collection: city}, "2010-01-01", "2015-01-01"))
		p.wantDiff(p.diffValid(spatial.Query{Collection: city}, "2009-12-31", "2010-01-01"), "gone removed", "new added")
		p.wantDiff(p.diffValid(spatial.Query{Collection: city, Model: "m"}, "2005-01-01", "2006-06-01"), "again removed", "brief added")
		end := spatial.EndOf("raised")
		p.wantDiff(p.diffValid(spatial.Query{Collection: city, After: &end}, "2005-01-01", "2015-01-01"), "rebuilt changed name", "shifted moved geometry 10.290m")
		p.wantDiff(p.diffValid(spatial.Query{Collection: city, AtRevision: 1}, "2005-01-01", "2015-01-01"), "gone removed", "new added", "rebuilt changed name")
		b := spatial.Box2D(114.00005, 22, 115, 23)
		p.wantDiff(p.diffValid(spatial.Query{Collection: city, Box: &b}, "2005-01-01", "2015-01-01"), "painted added", "shifted added")
		p.wantError(fails(p, spatial.DiffValid(p.ctx, p.reader, all(), day("2020-01-01"), day("2020-01-01"))), spatial.ErrInvalid, "empty-interval")
	}},
	{"what differs between two states of knowledge is found from the log", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1"), thing("c", "1")))
		p.put(replace("n", thing("d", "1")))
		p.put(replace("m", thing("a", "2"), thing("c", "1"), thing("e", "1")))
		p.put(continueFrom("2020-01-01", "m", thing("a", "2"), thing("e", "1")))
		now := on("2021-01-01")
		p.wantDiff(spatial.DiffRecorded(p.ctx, p.reader, p.store, now, 0, 1), "a added", "b added", "c added")
		p.wantDiff(spatial.DiffRecorded(p.ctx, p.reader, p.store, now, 1, 3), "a changed name", "b removed", "d added", "e added")
		p.wantDiff(spatial.DiffRecorded(p.ctx, p.reader, p.store, now, 3, 4), "c removed")
		p.wantDiff(spatial.DiffRecorded(p.ctx, p.reader, p.store, on("2019-01-01"), 3, 4))
		p.wantError(fails(p, spatial.DiffRecorded(p.ctx, p.reader, p.store, now, 2, 2)), spatial.ErrInvalid, "empty-interval")
	}},
}

func (p *play) diffValid(q spatial.Query, from, to string) iter.Seq2[spatial.Difference, error] {
	return spatial.DiffValid(p.ctx, p.reader, q, day(from), day(to))
}

func (p *play) wantDiff(got iter.Seq2[spatial.Difference, error], lines ...string) {
	p.Helper()
	p.same("the difference", strings.Join(showDiff(collect(p, got)), "\n"), strings.Join(lines, "\n"))
}

func showDiff(list []spatial.Difference) []string {
	out := []string{}
	for _, d := range list {
		s := d.ID + " " + string(d.Kind)
		if len(d.Changed) > 0 {
			s += " " + strings.Join(d.Changed, ",")
		}
		if d.Moved != 0 && !math.IsNaN(d.Moved) {
			s += fmt.Sprintf(" %.3fm", d.Moved)
		}
		out = append(out, s)
	}
	return out
}

// diffRandom compares differences with those of two whole answers.
func (p *play) diffRandom(rt *rapid.T, last int64) {
	p.Helper()
	i := rapid.IntRange(0, len(dates)-2).Draw(rt, "diff from")
	from, to := day(dates[i]), day(dates[rapid.IntRange(i+1, len(dates)-1).Draw(rt, "diff to")])
	known := rapid.Int64Range(0, last).Draw(rt, "known before")
	for _, c := range []string{"c1", "c2"} {
		if _, err := p.ref.Collection(p.ctx, c); err != nil {
			continue
		}
		q := spatial.Query{Collection: c, AtRevision: last}
		before, after := q, q
		before.Valid, after.Valid = spatial.At(from), spatial.At(to)
		p.wantDiff(spatial.DiffValid(p.ctx, p.reader, q, from, to), showDiff(p.naive(before, after))...)
		if known == last || known == 0 {
			continue
		}
		before.AtRevision, before.Valid = known, after.Valid
		p.wantDiff(spatial.DiffRecorded(p.ctx, p.reader, p.store, after, known, last), showDiff(p.naive(before, after))...)
	}
}

// naive compares two whole answers.
func (p *play) naive(before, after spatial.Query) (list []spatial.Difference) {
	p.Helper()
	a, b := collect(p, p.ref.Features(p.ctx, before)), collect(p, p.ref.Features(p.ctx, after))
	for len(a) > 0 || len(b) > 0 {
		var x, y *spatial.Feature
		if len(b) == 0 || (len(a) > 0 && a[0].ID <= b[0].ID) {
			x, a = &a[0], a[1:]
		}
		if len(b) > 0 && (x == nil || x.ID == b[0].ID) {
			y, b = &b[0], b[1:]
		}
		if d, ok := spatial.Compare(x, y); ok {
			list = append(list, d)
		}
	}
	return list
}
