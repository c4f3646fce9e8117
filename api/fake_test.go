package api_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// fake is a store that keeps every version in a list and looks at all of them.
type fake struct {
	mu       sync.Mutex
	meta     spatial.Meta
	colls    []spatial.Collection
	models   []spatial.Model
	versions []spatial.Feature
	changes  []spatial.Change
	applied  []spatial.Import
	// failAfter makes Features fail behind so many features when it is above 0.
	failAfter int
	err       error
	panics    bool
	hang      bool // until the context ends
	slow      bool // to count, until the context ends
	calls     int  // of Features
}

var _ spatial.Store = (*fake)(nil)

func (f *fake) Meta(context.Context) (spatial.Meta, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.meta, f.err
}

func (f *fake) Collections(context.Context) ([]spatial.Collection, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.colls), f.err
}

func (f *fake) Collection(_ context.Context, name string) (spatial.Collection, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.colls {
		if c.Name == name {
			return c, f.err
		}
	}
	return spatial.Collection{}, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "collection-not-found", Message: fmt.Sprintf("there is no collection %q", name)}
}

func (f *fake) Models(_ context.Context, collection string) ([]spatial.Model, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []spatial.Model
	for _, m := range f.models {
		if collection == "" || m.Collection == collection {
			out = append(out, m)
		}
	}
	return out, f.err
}

func (f *fake) matching(q spatial.Query) []spatial.Feature {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []spatial.Feature
	var within *spatial.Reach
	if q.Within != nil {
		within = spatial.NewReach(q.Within)
	}
	for _, v := range f.versions {
		known := v.Recorded.End.IsZero()
		if !q.Recorded.IsZero() {
			known = v.Recorded.Contains(q.Recorded)
		}
		switch {
		case v.Collection != q.Collection, !known, !q.Valid.Overlaps(v.Valid),
			q.IDs != nil && !slices.Contains(q.IDs, v.ID),
			q.Box != nil && !q.Box.Intersects(v.Geometry, v.Z),
			q.Filter != nil && !q.Filter.Matches(&v),
			q.Changing != nil && !v.Valid.Turns(*q.Changing),
			q.After != nil && q.Compare(q.CursorOf(&v), *q.After) <= 0:
			continue
		}
		if within != nil {
			if v.Distance = within.Distance(v.Geometry, v.Z); math.IsInf(v.Distance, 1) {
				continue
			}
		}
		if q.Near != nil {
			if v.Distance = q.Near.Distance(v.Geometry, v.Z); q.Near.Max > 0 && v.Distance > q.Near.Max {
				continue
			}
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b spatial.Feature) int {
		if q.Near != nil && a.Distance != b.Distance {
			return cmp.Compare(a.Distance, b.Distance)
		}
		return q.Compare(q.CursorOf(&a), q.CursorOf(&b))
	})
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	for i := range out {
		out[i].Properties = out[i].Properties.Select(q.Properties)
	}
	return out
}

func (f *fake) Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	f.mu.Lock()
	f.calls++
	hang, panics := f.hang, f.panics
	f.mu.Unlock()
	if panics {
		panic("the reader is broken: secret-of-the-house")
	}
	return func(yield func(spatial.Feature, error) bool) {
		if hang {
			<-ctx.Done()
			yield(spatial.Feature{}, ctx.Err())
			return
		}
		for i, v := range f.matching(q) {
			if f.failAfter > 0 && i == f.failAfter {
				yield(spatial.Feature{}, fmt.Errorf("read row: secret-of-the-house"))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (f *fake) Count(ctx context.Context, q spatial.Query) (int64, error) {
	if f.slow {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	q.After, q.Limit = nil, 0
	return int64(len(f.matching(q))), nil
}

func (f *fake) Apply(_ context.Context, in spatial.Import) (spatial.Applied, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.applied = append(f.applied, in)
	return spatial.Applied{Revision: f.meta.Revision + 1, Ended: 3}, nil
}

func (f *fake) Prune(context.Context, time.Time) (int64, error) { return 0, spatial.ErrUnsupported }

func (f *fake) Purge(context.Context, string, string) (spatial.Applied, error) {
	return spatial.Applied{}, spatial.ErrUnsupported
}

func (f *fake) Changes(_ context.Context, since int64) iter.Seq2[spatial.Change, error] {
	f.mu.Lock()
	list := slices.Clone(f.changes)
	f.mu.Unlock()
	return func(yield func(spatial.Change, error) bool) {
		for _, c := range list {
			if c.Revision > since && !yield(c, nil) {
				return
			}
		}
	}
}

func (f *fake) Versions(context.Context, string, int64, int64) iter.Seq2[spatial.Version, error] {
	return func(func(spatial.Version, error) bool) {}
}

func (f *fake) Close() error { return nil }

// raise records a change of a collection.
func (f *fake) raise(collection string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.meta.Revision++
	f.meta.Recorded = f.meta.Recorded.Add(time.Minute)
	for i := range f.colls {
		if f.colls[i].Name == collection {
			f.colls[i].Revision = f.meta.Revision
		}
	}
	f.changes = append(f.changes, spatial.Change{Revision: f.meta.Revision, Recorded: f.meta.Recorded, Collection: collection,
		Model: "plan", Box: spatial.Box2D(114.05, 22.54, 114.06, 22.55), Added: 1})
}

func date(s string) time.Time {
	t, err := spatial.ParseTime(s)
	if err != nil {
		panic(err)
	}
	return t
}

// now is the instant at which the tests live.
var now = date("2024-05-01T08:00:00Z")

func square(lon, lat, size float64) geom.T {
	return geom.NewPolygonFlat(geom.XY, []float64{lon, lat, lon, lat + size, lon + size, lat + size, lon + size, lat, lon, lat}, []int{10})
}

// city is a small district: five houses in a row, of which the second was rebuilt in 2020,
// the third is planned for 2030 and the fifth was demolished in 2010; and a tunnel.
func city() *fake {
	first := date("2023-01-01T00:00:00Z")
	known := spatial.Interval{Start: first}
	house := func(id string, i float64, valid spatial.Interval, props ...spatial.Property) spatial.Feature {
		return spatial.Feature{Collection: "houses", ID: id, Num: uint64(i), Model: "plan", Kind: "Building", Name: "House " + id,
			Geometry: square(114.05+i/1000, 22.54, 0.0005), Z: spatial.ZRange{Min: 0, Max: 10 + i, Known: true}, Underground: spatial.No,
			Valid: valid, Recorded: known, Hash: spatial.Hash{byte(i)}, Properties: spatial.NewProperties(props)}
	}
	use := func(v string) spatial.Property { return spatial.Property{Name: "use", Value: spatial.StringOf(v)} }
	storeys := func(n int64) spatial.Property { return spatial.Property{Name: "storeys", Value: spatial.IntOf(n)} }
	tunnel := spatial.Feature{Collection: "metro", ID: "line/1 tunnel", Model: "metro", Kind: "Tunnel", Underground: spatial.Yes,
		Geometry: geom.NewLineStringFlat(geom.XYZ, []float64{114.05, 22.54, -20, 114.06, 22.55, -25.5}),
		Z:        spatial.ZRange{Min: -25.5, Max: -20, Known: true}, Recorded: known}
	return &fake{
		meta: spatial.Meta{Datum: "cgcs2000", SchemaVersion: 1, Revision: 7, Recorded: date("2024-01-01T00:00:00Z")},
		colls: []spatial.Collection{
			{Name: "houses", Title: "Houses <of> the city", Extent: spatial.Box2D(114.051, 22.54, 114.0555, 22.5405), Revision: 7, Count: 7,
				Time: spatial.Interval{Start: date("1990-01-01"), End: time.Time{}}, VerticalCRS: "EPSG:5737",
				Fields: []spatial.Field{{Name: "storeys", Type: spatial.FieldInteger}, {Name: "use", Type: spatial.FieldString}}},
			{Name: "metro", VerticalCRS: "ellipsoidal", Revision: 3, Count: 1,
				Extent: spatial.Box{Min: [3]float64{114.05, 22.54, -25.5}, Max: [3]float64{114.06, 22.55, -20}}},
		},
		models: []spatial.Model{{Collection: "houses", Name: "plan", Source: spatial.Source{Name: "plan.geojson", Bytes: 1234, Schema: "GeoJSON"},
			Revision: 7, Recorded: date("2024-01-01T00:00:00Z"), Count: 7, Report: []byte(`{"features":7}`)}},
		versions: []spatial.Feature{
			house("a", 1, spatial.Interval{}, use("home"), storeys(3)),
			house("b", 2, spatial.Interval{Start: date("1990-01-01"), End: date("2020-01-01")}, use("shop")),
			house("b", 2, spatial.Interval{Start: date("2020-01-01")}, use("office"), storeys(30)),
			house("c", 3, spatial.Interval{Start: date("2030-01-01")}, use("home")),
			house("d", 4, spatial.Interval{}, use("<script>alert(1)</script>")),
			house("e", 5, spatial.Interval{End: date("2010-01-01")}, use("home")),
			tunnel,
		},
	}
}
