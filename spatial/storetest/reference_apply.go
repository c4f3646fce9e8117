package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Apply imports one model: it reads everything, works out id by id what the model holds
// afterwards, and only then changes the store.
func (r *Reference) Apply(ctx context.Context, in spatial.Import) (spatial.Applied, error) {
	if err := in.Prepare(); err != nil {
		return spatial.Applied{}, err
	}
	in.From = cut(in.From)
	given, err := read(ctx, &in)
	if err != nil {
		return spatial.Applied{}, err
	}
	if given, err = unique(given, in.NumberRepeats); err != nil {
		return spatial.Applied{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p, err := r.plan(&in, given)
	if err != nil {
		return spatial.Applied{}, err
	}
	if err := ctx.Err(); err != nil {
		return spatial.Applied{}, err
	}
	if !p.changes(r, &in) {
		p.applied.Revision, p.applied.Recorded = r.revision(), r.recordedAt(r.revision())
		return p.applied, nil
	}
	return r.commit(&in, p), nil
}

func cut(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// read takes the delivery in and checks each feature by itself.
func read(ctx context.Context, in *spatial.Import) ([]spatial.Feature, error) {
	var given []spatial.Feature
	var hasher spatial.Hasher
	if in.Features == nil {
		return nil, nil
	}
	for f, err := range in.Features {
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.Valid = spatial.Interval{Start: cut(f.Valid.Start), End: cut(f.Valid.End)}
		if err := f.Validate(); err != nil {
			return nil, err
		}
		if err := checkLayout(f.Geometry); err != nil {
			return nil, err
		}
		if !in.From.IsZero() {
			if !f.Valid.IsAll() {
				return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "valid-with-from",
					Message: fmt.Sprintf("feature %q has a validity of its own in an import that continues", f.ID)}
			}
			f.Valid.Start = in.From
		}
		if f.Body != nil && len(f.Body.Instances) == 0 {
			f.Body = nil
		}
		f.Collection, f.Model, f.Hash = in.Collection.Name, in.Model, hasher.Content(&f)
		given = append(given, f)
	}
	return given, nil
}

func checkLayout(g geom.T) error {
	bad := &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-geometry", Message: "a geometry is neither all XY nor all XYZ"}
	c, ok := g.(*geom.GeometryCollection)
	if !ok {
		if g == nil || g.Layout() == geom.XY || g.Layout() == geom.XYZ {
			return nil
		}
		return bad
	}
	for _, m := range c.Geoms() {
		if err := checkLayout(m); err != nil {
			return err
		}
		if m.Layout() != geom.NoLayout && m.Layout() != c.Layout() {
			return bad
		}
	}
	return nil
}

// unique finds ids that are given twice for the same time, and numbers them when asked to.
func unique(given []spatial.Feature, number bool) ([]spatial.Feature, error) {
	before := map[string][]spatial.Interval{}
	for i := range given {
		f := &given[i]
		id := f.ID
		for n := 2; slices.ContainsFunc(before[f.ID], f.Valid.Overlaps); n++ {
			if !number {
				return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "duplicate-id", Message: fmt.Sprintf("the id %q is given twice", id)}
			}
			f.ID = fmt.Sprintf("%s~%d", id, n)
		}
		before[f.ID] = append(before[f.ID], f.Valid)
	}
	return given, nil
}

// plan is what an import comes to.
type plan struct {
	ended   []int // versions that end being recorded
	added   []version
	applied spatial.Applied
}

func (r *Reference) plan(in *spatial.Import, given []spatial.Feature) (plan, error) {
	window := spatial.Interval{Start: in.From}
	held := map[string][]int{} // id → recorded versions of the model in the window
	others := map[string][]*version{}
	wanted := map[string][]version{}
	for i := range r.versions {
		v := &r.versions[i]
		switch {
		case v.to != 0 || v.f.Collection != in.Collection.Name:
		case v.f.Model != in.Model:
			others[v.f.ID] = append(others[v.f.ID], v)
		case v.f.Valid.Overlaps(window) && (in.Only == nil || slices.Contains(in.Only, v.f.ID)):
			held[v.f.ID] = append(held[v.f.ID], i)
		}
	}
	for _, f := range given {
		wanted[f.ID] = append(wanted[f.ID], version{f: f, frame: in.Frame})
	}
	var p plan
	for _, id := range ids(held, wanted) {
		var before []version
		for _, i := range held[id] {
			before = append(before, r.versions[i])
		}
		after := wanted[id]
		if !in.From.IsZero() {
			after = continued(before, after, in.From)
		}
		p.id(held[id], before, after, window)
	}
	for _, v := range p.added {
		for _, o := range others[v.f.ID] {
			if o.f.Valid.Overlaps(v.f.Valid) {
				return plan{}, &spatial.Problem{Kind: spatial.ErrConflict, Code: "id-taken",
					Message: fmt.Sprintf("the id %q belongs to the model %q", v.f.ID, o.f.Model)}
			}
		}
	}
	return p, nil
}

func ids(held map[string][]int, wanted map[string][]version) []string {
	var list []string
	for id := range held {
		list = append(list, id)
	}
	for id := range wanted {
		list = append(list, id)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// continued returns the versions of one id after an import from an instant on: before are
// those that overlap [from, ∞), given is at most one.
func continued(before, given []version, from time.Time) []version {
	for _, v := range before {
		if len(given) == 1 && !v.f.Valid.Start.After(from) && sameContent(v, given[0]) {
			v.f.Valid.End = time.Time{}
			return []version{v}
		}
	}
	var after []version
	for _, v := range before {
		if v.f.Valid.Start.Before(from) { // an unbounded start is the zero time, before all
			v.f.Valid.End = from
			after = append(after, v)
		}
	}
	return append(after, given...)
}

func sameContent(a, b version) bool {
	return a.f.Hash == b.f.Hash && (a.f.Body == nil || sameFrame(a.frame, b.frame))
}

func sameFrame(a, b *spatial.Frame) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// id compares one id before and after, and counts it.
func (p *plan) id(held []int, before, after []version, window spatial.Interval) {
	same := func(list []version, v version) bool {
		return slices.ContainsFunc(list, func(o version) bool { return o.f.Valid.Equal(v.f.Valid) && sameContent(o, v) })
	}
	changed := false
	for i, v := range before {
		if !same(after, v) {
			p.ended, changed = append(p.ended, held[i]), true
		}
	}
	for _, v := range after {
		if !same(before, v) {
			p.added, changed = append(p.added, v), true
		}
	}
	heldAfter := slices.ContainsFunc(after, func(v version) bool { return v.f.Valid.Overlaps(window) })
	switch {
	case len(before) == 0:
		p.applied.Added++
	case !heldAfter:
		p.applied.Ended++
	case changed:
		p.applied.Changed++
	default:
		p.applied.Unchanged++
	}
}

// changes reports whether the import changes anything that a reader can see.
func (p *plan) changes(r *Reference, in *spatial.Import) bool {
	c, m := r.collections[in.Collection.Name], r.models[modelKey{in.Collection.Name, in.Model}]
	if c == nil || m == nil || len(p.ended) > 0 || len(p.added) > 0 {
		return true
	}
	updated := *c
	update(&updated, &in.Collection)
	return updated.Title != c.Title || updated.Description != c.Description || updated.Licence != c.Licence ||
		updated.Attribution != c.Attribution || updated.VerticalCRS != c.VerticalCRS || !sameFrame(m.Frame, frameAfter(m, in))
}

func update(c, with *spatial.Collection) {
	for _, s := range [][2]*string{{&c.Title, &with.Title}, {&c.Description, &with.Description}, {&c.Licence, &with.Licence},
		{&c.Attribution, &with.Attribution}, {&c.VerticalCRS, &with.VerticalCRS}} {
		if *s[1] != "" {
			*s[0] = *s[1]
		}
	}
}

func frameAfter(m *spatial.Model, in *spatial.Import) *spatial.Frame {
	if in.Frame == nil && !in.From.IsZero() {
		return m.Frame
	}
	return in.Frame
}

// commit changes the store.
func (r *Reference) commit(in *spatial.Import, p plan) spatial.Applied {
	revision, recorded := r.raise()
	p.applied.Revision, p.applied.Recorded = revision, recorded
	change := spatial.Change{Revision: revision, Recorded: recorded, Collection: in.Collection.Name, Model: in.Model,
		Added: p.applied.Added, Changed: p.applied.Changed, Ended: p.applied.Ended}
	var touched []*spatial.Feature
	for _, i := range p.ended {
		r.versions[i].to = revision
		touched = append(touched, &r.versions[i].f)
	}
	for i, v := range p.added {
		r.lastNumber++
		v.number, v.from, v.to = r.lastNumber, revision, 0
		v.f.Num = r.num(v.f.Collection, v.f.ID)
		r.versions = append(r.versions, v)
		touched = append(touched, &p.added[i].f)
	}
	change.Box, change.Valid = boxOf(touched)
	r.changes = append(r.changes, change)

	c := r.collections[in.Collection.Name]
	if c == nil {
		c = &spatial.Collection{Name: in.Collection.Name, Local: in.Collection.Local}
		r.collections[c.Name] = c
	}
	update(c, &in.Collection)
	c.Revision = revision
	key := modelKey{in.Collection.Name, in.Model}
	m := r.models[key]
	if m == nil {
		m = &spatial.Model{Collection: key.collection, Name: key.model}
		r.models[key] = m
	}
	m.Frame, m.Source, m.Revision, m.Recorded, m.Report = frameAfter(m, in), in.Source, revision, recorded, nil
	if in.Report != nil {
		m.Report = in.Report(p.applied)
	}
	return p.applied
}

// raise begins a revision; its time is later than that of the one before.
func (r *Reference) raise() (int64, time.Time) {
	now := time.Now()
	if r.Now != nil {
		now = r.Now()
	}
	now = cut(now)
	if last := r.recordedAt(r.revision()); !now.After(last) {
		now = last.Add(spatial.Tick)
	}
	r.revisions = append(r.revisions, now)
	return r.revision(), now
}

func (r *Reference) num(collection, id string) uint64 {
	key := idKey{collection, id}
	if r.nums[key] == 0 {
		r.nums[key] = uint64(r.lastNumber)
	}
	return r.nums[key]
}

// boxOf returns the box and the interval around features; an unknown height is unbounded.
func boxOf(list []*spatial.Feature) (spatial.Box, spatial.Interval) {
	box := spatial.EmptyBox()
	var times []spatial.Interval
	for _, f := range list {
		times = append(times, f.Valid)
		b := spatial.BoxOf(f.Geometry)
		if b.IsEmpty() {
			continue
		}
		all := spatial.Box2D(0, 0, 0, 0)
		b.Min[2], b.Max[2] = all.Min[2], all.Max[2]
		if f.Z.Known {
			b.Min[2], b.Max[2] = f.Z.Min, f.Z.Max
		}
		box = box.Extend(b)
	}
	return box, around(times)
}

// Purge removes a model or a collection with all its history.
func (r *Reference) Purge(ctx context.Context, collection, model string) (spatial.Applied, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.collections[collection] == nil {
		return spatial.Applied{}, notFound("collection", collection)
	}
	if model != "" && r.models[modelKey{collection, model}] == nil {
		return spatial.Applied{}, notFound("model", model)
	}
	revision, recorded := r.raise()
	var gone []*spatial.Feature
	held := map[string]bool{}
	kept := []version{}
	for _, v := range r.versions {
		if v.f.Collection != collection || (model != "" && v.f.Model != model) {
			kept = append(kept, v)
			continue
		}
		gone = append(gone, &v.f)
		if v.to == 0 {
			held[v.f.ID] = true
		}
	}
	r.versions = kept
	for key := range r.models {
		if key.collection == collection && (model == "" || key.model == model) {
			delete(r.models, key)
		}
	}
	r.collections[collection].Revision = revision
	if model == "" {
		delete(r.collections, collection)
	}
	c := spatial.Change{Revision: revision, Recorded: recorded, Collection: collection, Model: model, Ended: int64(len(held)), Purged: true}
	c.Box, c.Valid = boxOf(gone)
	r.changes = append(r.changes, c)
	return spatial.Applied{Revision: revision, Recorded: recorded, Ended: c.Ended}, nil
}

// Prune removes the versions that had ended being recorded at an instant.
func (r *Reference) Prune(_ context.Context, recordedBefore time.Time) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	horizon, err := r.resolve(spatial.Query{Recorded: recordedBefore})
	if err != nil {
		return 0, nil // pruned already, so nothing is left to do
	}
	var kept []version
	gone := map[string][]*spatial.Feature{}
	removed := int64(0)
	for _, v := range r.versions {
		if v.to == 0 || v.to > horizon {
			kept = append(kept, v)
			continue
		}
		gone[v.f.Collection] = append(gone[v.f.Collection], &v.f)
		removed++
	}
	if removed == 0 {
		return 0, nil
	}
	r.versions, r.pruned = kept, horizon
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		revision, recorded := r.raise()
		c := spatial.Change{Revision: revision, Recorded: recorded, Collection: name, Purged: true}
		c.Box, c.Valid = boxOf(gone[name])
		r.changes = append(r.changes, c)
		r.collections[name].Revision = revision
	}
	return removed, nil
}
