package spatial

import (
	"fmt"
	"math"
	"time"
)

// Query asks a Reader for features of one collection. Its zero value (with a Collection)
// asks for every currently recorded version of every valid time, in the default order.
//
// The default order is by id, bytewise, then by start of validity, unbounded first. An
// answer to Near is ordered by distance, then by id; one with Sort by its keys, then in the
// default order.
type Query struct {
	Collection string
	// Model narrows to one model when not "".
	Model string
	// IDs narrows to these ids when not nil.
	IDs []string
	// Box narrows to features that intersect it when not nil: the geometry itself meets the
	// rectangle (touching counts) and the heights overlap, an unknown height always does.
	// Features without geometry never match.
	Box *Box
	// Near orders by true distance from a point and keeps what lies within its Max.
	Near *Near
	// Within narrows to features within a distance of a geometry when not nil: those for which
	// Reach.Distance is finite. Without Near the answer carries that distance; its order is the
	// default.
	Within *Within
	// Filter narrows to features that it matches when not nil. It sees the whole feature but
	// its body, whatever Properties and Body ask for.
	Filter Filter

	// Valid keeps versions whose valid interval overlaps; the zero interval keeps all.
	// Ask for an instant with At.
	Valid Interval
	// Changing narrows to versions that begin or end to be valid at an instant of the interval
	// when not nil: what an answer about its start and one about its end can differ in.
	Changing *Interval
	// Recorded asks for the state as it was known at that instant; zero is now.
	Recorded time.Time
	// AtRevision asks for the state right after that revision; zero is the latest. It wins
	// over Recorded.
	AtRevision int64
	// Ever asks for every version that was recorded up to then, also if it no longer was; what
	// came to an end since is not known yet. Versions of an id that begin to be valid at the
	// same instant are in the order in which they were recorded. Such an answer can be continued
	// only behind all versions of an id, with a Cursor of EndOf.
	Ever bool

	// Properties are the names to return, nil for all.
	Properties []string
	// Sort orders by these keys, see Feature.SortValue and Value.Compare. A feature that has no
	// value comes last in both directions; ties are in the default order.
	Sort []SortKey
	// After continues a listing behind this key, made by Query.CursorOf; not with Near.
	After *Cursor
	// Limit bounds the number of features, 0 for no bound.
	Limit int
	// Body asks for solids.
	Body bool
}

// Filter is a condition on features, such as one written in CQL2 (spatial/filter). It may be
// used by many goroutines at once. Readers that know how a filter is made may look for what
// matches in another way than asking one feature after the other, with the same answer.
type Filter interface {
	// Matches reports whether the condition is true of the feature.
	Matches(f *Feature) bool
	// String is the condition in writing; filters that are written the same mean the same.
	String() string
}

// Near is the point of a nearest query.
type Near struct {
	Lon, Lat float64
	// H is the height of the point; with HasH distances are in three dimensions, from the
	// point to the footprint extruded over the feature's heights.
	H    float64
	HasH bool
	// Max is the largest distance in metres, 0 for no bound.
	Max float64
}

// Cursor is the key of the last feature seen.
type Cursor struct {
	Keys       []Value // of Query.Sort
	ID         string
	ValidStart time.Time
}

// CursorOf returns the key of a feature in the default order.
func CursorOf(f *Feature) Cursor { return Cursor{ID: f.ID, ValidStart: f.Valid.Start} }

// EndOf returns the key behind all versions of an id.
func EndOf(id string) Cursor { return Cursor{ID: id, ValidStart: endOfTime} }

// Compare orders keys in the default order: id bytewise, then start of validity with the
// unbounded (zero) one first. It does not look at Keys.
func (c Cursor) Compare(o Cursor) int {
	switch {
	case c.ID < o.ID:
		return -1
	case c.ID > o.ID:
		return 1
	}
	return c.ValidStart.Compare(o.ValidStart)
}

// Keeps decides of a feature that an index found what an index only guesses: Box, Within and
// Filter. It notes the distance, and selects the properties of what stays where a filter had to
// see them all. Within is the reach of q.Within, nil without.
func (q *Query) Keeps(f *Feature, within *Reach) bool {
	if q.Box != nil && !q.Box.Intersects(f.Geometry, f.Z) {
		return false
	}
	if within != nil {
		f.Distance = within.Distance(f.Geometry, f.Z)
	}
	if math.IsInf(f.Distance, 1) {
		return false
	}
	if q.Filter == nil {
		return true
	}
	if !q.Filter.Matches(f) {
		return false
	}
	f.Properties = f.Properties.Select(q.Properties)
	return true
}

// Validate returns ErrInvalid for a query that has no meaning.
func (q *Query) Validate() error {
	if q.Collection == "" {
		return &Problem{Kind: ErrInvalid, Code: "invalid-query", Message: "the query names no collection"}
	}
	if q.Box != nil {
		if err := q.Box.Validate(); err != nil {
			return err
		}
	}
	if q.Within != nil {
		if err := q.Within.validate(); err != nil {
			return err
		}
	}
	if q.Near != nil && q.Ever {
		return &Problem{Kind: ErrInvalid, Code: "invalid-query", Message: "an answer ordered by distance is about one state of knowledge"}
	}
	if q.Near != nil {
		if q.After != nil {
			return &Problem{Kind: ErrInvalid, Code: "invalid-query", Message: "an answer ordered by distance cannot be continued behind a key"}
		}
		if err := q.Near.validate(); err != nil {
			return err
		}
	}
	if q.Limit < 0 || q.AtRevision < 0 {
		return &Problem{Kind: ErrInvalid, Code: "invalid-query", Message: "limit and revision cannot be negative"}
	}
	if q.Changing != nil {
		if err := q.Changing.Validate(); err != nil {
			return err
		}
	}
	if err := q.validateSort(); err != nil {
		return err
	}
	return q.Valid.Validate()
}

func (n *Near) validate() error {
	// Written so that NaN fails.
	if !(math.Abs(n.Lon) <= 180 && math.Abs(n.Lat) <= 90 && n.Max >= 0) || math.IsNaN(n.H) {
		return &Problem{Kind: ErrInvalid, Code: "invalid-point",
			Message: fmt.Sprintf("%g,%g is no longitude and latitude with a distance of at least 0", n.Lon, n.Lat)}
	}
	return nil
}
