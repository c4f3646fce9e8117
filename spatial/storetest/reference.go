package storetest

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Reference is a store in memory that is obviously right and slow. Its zero value does not
// work; use NewReference.
type Reference struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time

	mu          sync.RWMutex
	versions    []version
	collections map[string]*spatial.Collection // without what is derived
	models      map[modelKey]*spatial.Model
	nums        map[idKey]uint64
	revisions   []time.Time // of revision i+1
	changes     []spatial.Change
	lastNumber  int64
	pruned      int64 // states before this revision are gone
	styles      map[string]spatial.Style
}

type modelKey struct{ collection, model string }
type idKey struct{ collection, id string }

// version is a row: the feature as it was given, and the revisions that it is recorded in.
type version struct {
	number   int64
	f        spatial.Feature
	frame    *spatial.Frame
	from, to int64 // revisions from ≤ r < to; to is 0 while it is recorded
}

func (v *version) recordedAt(revision int64) bool {
	return v.from <= revision && (v.to == 0 || revision < v.to)
}

// asked reports whether the query is about the version, as to when it was recorded.
func (v *version) asked(q *spatial.Query, revision int64) bool {
	return v.recordedAt(revision) || (q.Ever && v.from <= revision)
}

// NewReference returns an empty reference store.
func NewReference() *Reference {
	return &Reference{
		collections: map[string]*spatial.Collection{},
		models:      map[modelKey]*spatial.Model{},
		nums:        map[idKey]uint64{},
	}
}

// OpenReference returns an empty Reference as a store for Run and RunReader.
func OpenReference(*testing.T) spatial.Store { return NewReference() }

// Close does nothing.
func (r *Reference) Close() error { return nil }

// Meta describes the store.
func (r *Reference) Meta(context.Context) (spatial.Meta, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	m := spatial.Meta{Datum: "wgs84", SchemaVersion: 1, Revision: r.revision()}
	m.Recorded = r.recordedAt(m.Revision)
	return m, nil
}

func (r *Reference) revision() int64 { return int64(len(r.revisions)) }

func (r *Reference) recordedAt(revision int64) time.Time {
	if revision == 0 {
		return time.Time{}
	}
	return r.revisions[revision-1]
}

func notFound(what, name string) error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "not-found", Message: fmt.Sprintf("there is no %s %q", what, name)}
}

// Collections lists all collections by name.
func (r *Reference) Collections(ctx context.Context) ([]spatial.Collection, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := []spatial.Collection{}
	for name := range r.collections {
		list = append(list, r.describe(name))
	}
	slices.SortFunc(list, func(a, b spatial.Collection) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Collection returns one.
func (r *Reference) Collection(ctx context.Context, name string) (spatial.Collection, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.collections[name] == nil {
		return spatial.Collection{}, notFound("collection", name)
	}
	return r.describe(name), nil
}

// describe derives extent, time, count and fields from what is currently recorded.
func (r *Reference) describe(name string) spatial.Collection {
	c := *r.collections[name]
	c.Extent = spatial.EmptyBox()
	var z spatial.ZRange
	var times []spatial.Interval
	types := map[string]spatial.FieldType{}
	for i := range r.versions {
		v := &r.versions[i]
		if v.f.Collection != name || v.to != 0 {
			continue
		}
		c.Count++
		times = append(times, v.f.Valid)
		if box := spatial.BoxOf(v.f.Geometry); !box.IsEmpty() {
			c.Extent = c.Extent.Extend(box)
			z = z.Extend(v.f.Z)
		}
		for _, p := range v.f.Properties {
			if types[p.Name] == "" {
				types[p.Name] = spatial.FieldNull
			}
			types[p.Name] = types[p.Name].Widen(spatial.TypeOf(p.Value))
		}
	}
	if !c.Extent.IsEmpty() {
		all := spatial.Box2D(0, 0, 0, 0)
		c.Extent.Min[2], c.Extent.Max[2] = all.Min[2], all.Max[2]
		if z.Known {
			c.Extent.Min[2], c.Extent.Max[2] = z.Min, z.Max
		}
	}
	c.Time = around(times)
	for name, t := range types {
		c.Fields = append(c.Fields, spatial.Field{Name: name, Type: t})
	}
	slices.SortFunc(c.Fields, func(a, b spatial.Field) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// around returns the smallest interval around all of them.
func around(list []spatial.Interval) spatial.Interval {
	if len(list) == 0 {
		return spatial.Interval{}
	}
	out := list[0]
	for _, i := range list[1:] {
		if i.Start.IsZero() || (!out.Start.IsZero() && i.Start.Before(out.Start)) {
			out.Start = i.Start
		}
		if i.End.IsZero() || (!out.End.IsZero() && i.End.After(out.End)) {
			out.End = i.End
		}
	}
	return out
}

// Models lists the models of a collection, or of all collections for "".
func (r *Reference) Models(ctx context.Context, collection string) ([]spatial.Model, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if collection != "" && r.collections[collection] == nil {
		return nil, notFound("collection", collection)
	}
	list := []spatial.Model{}
	for key, m := range r.models {
		if collection != "" && key.collection != collection {
			continue
		}
		model := *m
		for i := range r.versions {
			v := &r.versions[i]
			if v.to == 0 && v.f.Collection == key.collection && v.f.Model == key.model {
				model.Count++
			}
		}
		list = append(list, model)
	}
	slices.SortFunc(list, func(a, b spatial.Model) int {
		if c := strings.Compare(a.Collection, b.Collection); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, nil
}

// Features streams the answer to q.
func (r *Reference) Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		list, err := r.answer(q)
		if err != nil {
			yield(spatial.Feature{}, err)
			return
		}
		for _, f := range list {
			if err := ctx.Err(); err != nil {
				yield(spatial.Feature{}, err)
				return
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Count returns how many features q has without After and Limit.
func (r *Reference) Count(ctx context.Context, q spatial.Query) (int64, error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	q.After, q.Limit = nil, 0
	list, err := r.answer(q)
	return int64(len(list)), err
}

func (r *Reference) answer(q spatial.Query) ([]spatial.Feature, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if err := q.Validate(); err != nil {
		return nil, err
	}
	if r.collections[q.Collection] == nil {
		return nil, notFound("collection", q.Collection)
	}
	revision, err := r.resolve(q)
	if err != nil {
		return nil, err
	}
	var list []spatial.Feature
	var within *spatial.Reach
	if q.Within != nil {
		within = spatial.NewReach(q.Within)
	}
	for i := range r.versions {
		v := &r.versions[i]
		if !v.asked(&q, revision) || !matches(&q, &v.f) {
			continue
		}
		f := r.shown(v, &q, revision)
		if q.After != nil && q.Compare(q.CursorOf(&f), *q.After) <= 0 {
			continue
		}
		if within != nil {
			if f.Distance = within.Distance(f.Geometry, f.Z); math.IsInf(f.Distance, 1) {
				continue
			}
		}
		if q.Filter != nil && !q.Filter.Matches(&f) {
			continue
		}
		if q.Near != nil {
			f.Distance = q.Near.Distance(f.Geometry, f.Z)
			if spatial.BoxOf(f.Geometry).IsEmpty() || (q.Near.Max > 0 && f.Distance > q.Near.Max) {
				continue
			}
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b spatial.Feature) int {
		if q.Near != nil && a.Distance != b.Distance {
			if a.Distance < b.Distance {
				return -1
			}
			return 1
		}
		if c := q.Compare(q.CursorOf(&a), q.CursorOf(&b)); c != 0 {
			return c
		}
		return a.Recorded.Start.Compare(b.Recorded.Start)
	})
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	for i := range list {
		list[i].Properties = list[i].Properties.Select(q.Properties)
	}
	return list, nil
}

// resolve turns Recorded into the revision that was the last at that instant. One that is pruned
// is refused, unless nothing has touched the collection since.
func (r *Reference) resolve(q spatial.Query) (n int64, err error) {
	switch {
	case q.AtRevision > r.revision():
		return 0, notFound("revision", fmt.Sprint(q.AtRevision))
	case q.AtRevision > 0:
		n = q.AtRevision
	case q.Recorded.IsZero():
		return r.revision(), nil
	default:
		for n < r.revision() && !r.revisions[n].After(q.Recorded) {
			n++
		}
	}
	if c := r.collections[q.Collection]; n < r.pruned && (c == nil || n < c.Revision) {
		return 0, spatial.RecordedPruned()
	}
	return n, nil
}

func matches(q *spatial.Query, f *spatial.Feature) bool {
	return f.Collection == q.Collection &&
		(q.Model == "" || f.Model == q.Model) &&
		(q.IDs == nil || slices.Contains(q.IDs, f.ID)) &&
		(q.Box == nil || q.Box.Intersects(f.Geometry, f.Z)) &&
		f.Valid.Overlaps(q.Valid) &&
		(q.Changing == nil || f.Valid.Turns(*q.Changing))
}

// shown returns the feature as an answer shows it.
func (r *Reference) shown(v *version, q *spatial.Query, revision int64) spatial.Feature {
	f := v.f
	f.Recorded = spatial.Interval{Start: r.recordedAt(v.from)}
	if q.Ever && v.to != 0 && v.to <= revision {
		f.Recorded.End = r.recordedAt(v.to)
	}
	if f.Body != nil {
		f.Body = nil
		if q.Body {
			f.Body = &spatial.Body{Frame: v.frame, Instances: v.f.Body.Instances}
		}
	}
	return f
}

// Changes streams the change log.
func (r *Reference) Changes(ctx context.Context, since int64) iter.Seq2[spatial.Change, error] {
	r.mu.RLock()
	list := slices.Clone(r.changes)
	r.mu.RUnlock()
	return func(yield func(spatial.Change, error) bool) {
		for _, c := range list {
			if c.Revision > since && !yield(c, nil) {
				return
			}
		}
	}
}

// Versions streams what happened to a collection.
func (r *Reference) Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[spatial.Version, error] {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []spatial.Version
	if r.collections[collection] == nil {
		return func(yield func(spatial.Version, error) bool) {
			yield(spatial.Version{}, notFound("collection", collection))
		}
	}
	for i := range r.versions {
		v := &r.versions[i]
		if v.f.Collection == collection && v.recordedAt(since) && !v.recordedAt(until) {
			list = append(list, spatial.Version{Number: v.number, Ended: true, Feature: spatial.Feature{ID: v.f.ID}})
		}
	}
	for i := range r.versions {
		v := &r.versions[i]
		if v.f.Collection == collection && v.recordedAt(until) && v.from > since {
			list = append(list, spatial.Version{Number: v.number, Feature: r.shown(v, &spatial.Query{}, until)})
		}
	}
	return func(yield func(spatial.Version, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}
