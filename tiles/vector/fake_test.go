package vector_test

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// shelf is a store of one collection for a mirror to follow: as little of one as the tests
// of tiles need. A put replaces a model.
type shelf struct {
	info     spatial.Collection
	versions []version
	changes  []spatial.Change
	clock    time.Time // of the last revision; an hour later each
	nums     map[string]uint64
}

// version is recorded in the revisions from ≤ r < to, or to now when to is 0.
type version struct {
	spatial.Version
	from, to int64
}

func newShelf(name string) *shelf {
	return &shelf{info: spatial.Collection{Name: name, Extent: spatial.EmptyBox()}, clock: time.Unix(1_700_000_000, 0), nums: map[string]uint64{}}
}

func (s *shelf) revision() int64 { return int64(len(s.changes)) }

func (s *shelf) put(model string, list []spatial.Feature) {
	s.clock = s.clock.Add(time.Hour)
	change := spatial.Change{Revision: s.revision() + 1, Recorded: s.clock, Collection: s.info.Name, Model: model, Box: spatial.EmptyBox()}
	var times []spatial.Interval
	touch := func(f *spatial.Feature) {
		if box := spatial.BoxOf(f.Geometry); !box.IsEmpty() {
			change.Box = change.Box.Extend(box)
		}
		times = append(times, f.Valid)
	}
	for i := range s.versions {
		if v := &s.versions[i]; v.to == 0 && v.Feature.Model == model {
			v.to = change.Revision
			touch(&v.Feature)
		}
	}
	for _, f := range list {
		f.Collection, f.Recorded.Start = s.info.Name, s.clock
		f.Model = cmp.Or(f.Model, model)
		if f.Num == 0 {
			if s.nums[f.ID] == 0 {
				s.nums[f.ID] = uint64(len(s.nums) + 1)
			}
			f.Num = s.nums[f.ID]
		}
		s.versions = append(s.versions, version{Version: spatial.Version{Number: int64(len(s.versions) + 1), Feature: f}, from: change.Revision})
		touch(&f)
	}
	change.Valid = around(times)
	s.changes = append(s.changes, change)
	s.describe()
}

// around is the smallest interval around all.
func around(list []spatial.Interval) spatial.Interval {
	if len(list) == 0 || slices.ContainsFunc(list, spatial.Interval.IsAll) {
		return spatial.Interval{}
	}
	out := list[0]
	for _, i := range list {
		if i.Start.IsZero() || (!out.Start.IsZero() && i.Start.Before(out.Start)) {
			out.Start = i.Start
		}
		if i.End.IsZero() || (!out.End.IsZero() && i.End.After(out.End)) {
			out.End = i.End
		}
	}
	return out
}

func (s *shelf) describe() {
	types := map[string]spatial.FieldType{}
	s.info.Count, s.info.Revision, s.info.Extent = 0, s.revision(), spatial.EmptyBox()
	for i := range s.versions {
		v := &s.versions[i]
		if v.to != 0 {
			continue
		}
		s.info.Count++
		if box := spatial.BoxOf(v.Feature.Geometry); !box.IsEmpty() {
			s.info.Extent = s.info.Extent.Extend(box)
		}
		for _, p := range v.Feature.Properties {
			types[p.Name] = types[p.Name].Widen(spatial.TypeOf(p.Value))
		}
	}
	s.info.Fields = nil
	for name, t := range types {
		s.info.Fields = append(s.info.Fields, spatial.Field{Name: name, Type: t})
	}
	slices.SortFunc(s.info.Fields, func(a, b spatial.Field) int { return cmp.Compare(a.Name, b.Name) })
}

func (s *shelf) Meta(context.Context) (spatial.Meta, error) {
	return spatial.Meta{Datum: "wgs84", Revision: s.revision(), Recorded: s.clock}, nil
}

func (s *shelf) Collections(context.Context) ([]spatial.Collection, error) {
	return []spatial.Collection{s.info}, nil
}

func (s *shelf) Collection(context.Context, string) (spatial.Collection, error) { return s.info, nil }

func (s *shelf) Models(context.Context, string) ([]spatial.Model, error) { return nil, nil }

func (s *shelf) Count(context.Context, spatial.Query) (int64, error) { return 0, nil }

// Features answers a query for a box at a time of recording.
func (s *shelf) Features(_ context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	at := s.revision()
	for at > 0 && s.changes[at-1].Recorded.After(q.Recorded) {
		at--
	}
	return func(yield func(spatial.Feature, error) bool) {
		for i := range s.versions {
			v := &s.versions[i]
			if v.from > at || (v.to != 0 && v.to <= at) || !v.Feature.Valid.Overlaps(q.Valid) || !q.Box.Intersects(v.Feature.Geometry, v.Feature.Z) {
				continue
			}
			if q.Filter != nil && !q.Filter.Matches(&v.Feature) {
				continue
			}
			if !yield(v.Feature, nil) {
				return
			}
		}
	}
}

func (s *shelf) Changes(_ context.Context, since int64) iter.Seq2[spatial.Change, error] {
	return func(yield func(spatial.Change, error) bool) {
		for _, c := range s.changes[since:] {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (s *shelf) Versions(_ context.Context, _ string, since, until int64) iter.Seq2[spatial.Version, error] {
	return func(yield func(spatial.Version, error) bool) {
		for _, ended := range []bool{true, false} {
			for _, v := range s.versions {
				gone := v.to != 0 && v.to <= until
				if v.Ended = ended; ended && !(gone && v.from <= since && v.to > since) || !ended && (gone || v.from <= since) {
					continue
				}
				if !yield(v.Version, nil) {
					return
				}
			}
		}
	}
}

// mirrorOf returns a mirror that holds one collection of the features.
func mirrorOf(tb testing.TB, name string, list []spatial.Feature, change ...func(*spatial.Collection)) *memory.Mirror {
	tb.Helper()
	s := newShelf(name)
	s.put("", list)
	for _, f := range change {
		f(&s.info)
	}
	m := memory.NewMirror(s, memory.Options{})
	if err := m.Sync(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return m
}
