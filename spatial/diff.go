package spatial

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/twpayne/go-geom"
)

// Difference is what became of one feature between two states.
type Difference struct {
	ID     string
	Kind   DifferenceKind
	Before *Feature // nil for one that was added
	After  *Feature // nil for one that was removed
	// Changed names what differs, sorted: members (class, name, storey, model, z_min, z_max,
	// underground, geometry, body) and properties. Of one added or removed it is nil.
	Changed []string
	// Moved is the distance in metres between the middles of the two geometries, and Deviation
	// the largest distance in metres of a position of one from the other; both 0 when the
	// geometry is the same, NaN when only one of the two has a place. The deviation of
	// geometries of many thousand positions is NaN, too.
	Moved, Deviation float64
}

// DifferenceKind says in a word what became of a feature.
type DifferenceKind string

// The kinds. What moved differs in nothing but geometry and heights.
const (
	Added   DifferenceKind = "added"
	Changed DifferenceKind = "changed"
	Moved   DifferenceKind = "moved"
	Removed DifferenceKind = "removed"
)

// Log is what a difference between two states of knowledge is found with. Every Store is one.
type Log interface {
	Changes(ctx context.Context, since int64) iter.Seq2[Change, error]
	Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[Version, error]
}

// DiffValid streams what differs between the answers to q about two instants of valid time,
// in the order of ids. Only what begins or ends to be valid between them is looked at. Valid,
// Changing, Near, Ever, Properties and Limit of q are not used; After goes on behind an id.
func DiffValid(ctx context.Context, r Reader, q Query, from, to time.Time) iter.Seq2[Difference, error] {
	from, to = from.Truncate(Tick), to.Truncate(Tick)
	q.Changing = &Interval{Start: from.Add(Tick), End: to.Add(Tick)}
	q.Valid, q.Limit, q.Near, q.Ever, q.Properties = Interval{}, 0, nil, false, nil
	return func(yield func(Difference, error) bool) {
		if !from.Before(to) {
			yield(Difference{}, &Problem{Kind: ErrInvalid, Code: "empty-interval", Message: "the first of the two times is not before the second"})
			return
		}
		var p pairing
		for f, err := range r.Features(ctx, q) {
			if err != nil {
				yield(Difference{}, err)
				return
			}
			if !p.begin(f.ID, yield) {
				return
			}
			// A version may begin and end between the two, and then belongs to neither.
			switch {
			case f.Valid.Contains(from):
				p.before = &f
			case f.Valid.Contains(to):
				p.after = &f
			}
		}
		p.begin("", yield)
	}
}

// DiffRecorded streams what differs between the answers to q as of two revisions, in the
// order of ids. Valid should be an instant: of several versions of an id the last is compared.
// Only what changed between the revisions is looked at. Recorded, AtRevision, Near, Ever,
// Properties and Limit of q are not used; After goes on behind an id.
func DiffRecorded(ctx context.Context, r Reader, log Log, q Query, from, to int64) iter.Seq2[Difference, error] {
	q.Recorded, q.Limit, q.Near, q.Ever, q.Properties = time.Time{}, 0, nil, false, nil
	return func(yield func(Difference, error) bool) {
		ids, err := touchedIDs(ctx, log, &q, from, to)
		for len(ids) > 0 && err == nil {
			batch := ids[:min(len(ids), diffBatch)]
			ids = ids[len(batch):]
			var goOn bool
			if goOn, err = diffBatchOf(ctx, r, q, batch, [2]int64{from, to}, yield); !goOn && err == nil {
				return
			}
		}
		if err != nil {
			yield(Difference{}, err)
		}
	}
}

// RevisionAt returns the last revision that was recorded at or before a time, 0 for none.
func RevisionAt(ctx context.Context, log Log, t time.Time) (revision int64, err error) {
	for c, err := range log.Changes(ctx, 0) {
		if err != nil {
			return 0, err
		}
		if c.Recorded.After(t) {
			break
		}
		revision = c.Revision
	}
	return revision, nil
}

// diffBatch is how many ids are compared at a time.
const diffBatch = 1000

func touchedIDs(ctx context.Context, log Log, q *Query, from, to int64) ([]string, error) {
	if from >= to {
		return nil, &Problem{Kind: ErrInvalid, Code: "empty-interval", Message: fmt.Sprintf("revision %d is not before revision %d", from, to)}
	}
	var ids []string
	for v, err := range log.Versions(ctx, q.Collection, from, to) {
		if err != nil {
			return nil, err
		}
		id := v.Feature.ID
		if (q.IDs == nil || slices.Contains(q.IDs, id)) && (q.After == nil || id > q.After.ID) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func diffBatchOf(ctx context.Context, r Reader, q Query, ids []string, at [2]int64, yield func(Difference, error) bool) (goOn bool, err error) {
	states := [2]map[string]*Feature{{}, {}}
	q.IDs, q.After = ids, nil
	for i := range states {
		if q.AtRevision = at[i]; at[i] == 0 {
			continue // nothing was known before the first revision
		}
		for f, err := range r.Features(ctx, q) {
			if err != nil {
				return false, err
			}
			states[i][f.ID] = &f
		}
	}
	for _, id := range ids {
		p := pairing{id: id, before: states[0][id], after: states[1][id]}
		if !p.begin("", yield) {
			return false, nil
		}
	}
	return true, nil
}

// pairing is an id with what it was before and after.
type pairing struct {
	id            string
	before, after *Feature
}

// begin yields the difference of the id so far when another begins, and reports whether more
// is wanted.
func (p *pairing) begin(id string, yield func(Difference, error) bool) bool {
	if id == p.id {
		return true
	}
	d, differs := Compare(p.before, p.after)
	*p = pairing{id: id}
	return !differs || yield(d, nil)
}

// Compare returns what differs between two versions of a feature, of which one may be nil;
// ok is false when nothing does.
func Compare(before, after *Feature) (d Difference, ok bool) {
	switch {
	case before == nil && after == nil:
		return d, false
	case before == nil:
		return Difference{ID: after.ID, Kind: Added, After: after}, true
	case after == nil:
		return Difference{ID: before.ID, Kind: Removed, Before: before}, true
	case before.Hash == after.Hash && before.Hash != (Hash{}) && before.Model == after.Model:
		return d, false
	}
	d = Difference{ID: after.ID, Kind: Moved, Before: before, After: after}
	d.members()
	d.properties()
	if len(d.Changed) == 0 {
		d.Changed = []string{"body"} // all else that the hash is of is the same
	}
	for _, name := range d.Changed {
		if name != "geometry" && name != "z_min" && name != "z_max" {
			d.Kind = Changed
		}
	}
	slices.Sort(d.Changed)
	d.Changed = slices.Compact(d.Changed)
	return d, true
}

// members compares what every feature has.
func (d *Difference) members() {
	a, b := d.Before, d.After
	for _, m := range []struct {
		name string
		same bool
	}{
		{"class", a.Kind == b.Kind}, {"name", a.Name == b.Name}, {"storey", a.Storey == b.Storey}, {"model", a.Model == b.Model},
		{"underground", a.Underground == b.Underground},
		{"z_min", a.Z.Known == b.Z.Known && a.Z.Min == b.Z.Min}, {"z_max", a.Z.Known == b.Z.Known && a.Z.Max == b.Z.Max},
	} {
		if !m.same {
			d.Changed = append(d.Changed, m.name)
		}
	}
	if !sameGeometry(a.Geometry, b.Geometry) {
		d.Changed = append(d.Changed, "geometry")
		d.Moved, d.Deviation = middleOf(a.Geometry, b.Geometry), deviation(a.Geometry, b.Geometry)
	}
}

// properties compares two lists that are sorted by name.
func (d *Difference) properties() {
	a, b := d.Before.Properties, d.After.Properties
	for len(a) > 0 || len(b) > 0 {
		var order int
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = cmp.Compare(a[0].Name, b[0].Name)
		}
		switch {
		case order < 0:
			d.Changed, a = append(d.Changed, a[0].Name), a[1:]
		case order > 0:
			d.Changed, b = append(d.Changed, b[0].Name), b[1:]
		default:
			if a[0].Value != b[0].Value {
				d.Changed = append(d.Changed, a[0].Name)
			}
			a, b = a[1:], b[1:]
		}
	}
}

func sameGeometry(a, b geom.T) bool {
	var h Hasher
	return h.Content(&Feature{Geometry: a}) == h.Content(&Feature{Geometry: b})
}

// middleOf returns the distance between the middles of two boxes, NaN unless there are two.
func middleOf(a, b geom.T) float64 {
	x, y := BoxOf(a), BoxOf(b)
	if x.IsEmpty() || y.IsEmpty() {
		return math.NaN()
	}
	d, _ := Geodesic((x.Min[0]+x.Max[0])/2, (x.Min[1]+x.Max[1])/2, (y.Min[0]+y.Max[0])/2, (y.Min[1]+y.Max[1])/2)
	return d
}

// maxDeviation bounds the pairs of positions that are measured between.
const maxDeviation = 20_000_000

func positions(g geom.T) (n int) {
	flatEach(g, func(flat []float64, stride int, _ bool) { n += len(flat) / stride })
	return n
}

// deviation returns the largest distance of a position of one geometry from the other, NaN
// unless there are two, or when they are too large. Within an area it is measured to its edge.
func deviation(a, b geom.T) float64 {
	n, m := positions(a), positions(b)
	if n == 0 || m == 0 || n*m > maxDeviation {
		return math.NaN()
	}
	worst := 0.0
	for _, pair := range [2][2]geom.T{{a, b}, {b, a}} {
		flatEach(pair[0], func(flat []float64, stride int, _ bool) {
			for i := 0; i+stride <= len(flat); i += stride {
				p := newPlane(flat[i], flat[i+1])
				worst = max(worst, p.toOutline(pair[1]))
			}
		})
	}
	return worst
}
