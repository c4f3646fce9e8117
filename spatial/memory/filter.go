package memory

import (
	"slices"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// Matcher decides a filter for rows of a snapshot. It reads the columns that the filter asks
// for and makes no features, unless the filter is of another make than package filter. It
// belongs to one goroutine.
type Matcher struct {
	s       *Snapshot
	reading reading
	other   spatial.Filter // of another make
	eval    *filter.Evaluator
	refs    []columnRef
	boxes   [][]Rect
	region  region
	t       *Table
	i       int
}

// columnRef is where a snapshot keeps what a filter asks for.
type columnRef struct {
	member filter.Member
	column Column
	exists bool
}

// Matcher returns a matcher of the filter.
func (s *Snapshot) Matcher(f spatial.Filter) *Matcher {
	m := &Matcher{s: s, reading: reading{collection: s.Collection.Name, values: s.Values, schema: s.Schema}, other: f}
	known, ok := f.(*filter.Filter)
	if !ok {
		return m
	}
	m.other, m.eval, m.reading.exact.keep = nil, known.Evaluator(), true
	for _, r := range known.Refs() {
		c := slices.Index(s.Schema.Names, r.Name)
		m.refs = append(m.refs, columnRef{member: r.Member, column: Column(max(c, 0)), exists: c >= 0})
	}
	for _, b := range known.Boxes() {
		m.boxes = append(m.boxes, RectsOf(b))
	}
	if known.IsRegional() {
		m.region = region{known.In, newDegrees(bounds(f))}
	}
	return m
}

// Match reports whether the filter is true of a row.
func (m *Matcher) Match(row Row) bool {
	m.t, m.i = m.s.At(row)
	if m.other != nil {
		feature := m.reading.feature(m.t, m.i)
		return m.other.Matches(&feature)
	}
	if match, sure := m.region.of(m.t.box[m.i]); sure {
		return match
	}
	return m.eval.Matches(m)
}

// id returns the dictionary's id of what a filter asks for, 0 for null and for what is not
// in the dictionary.
func (m *Matcher) id(ref int) ValueID {
	r := &m.refs[ref]
	id := ValueID(0)
	switch r.member {
	case filter.Class:
		id = m.t.kind[m.i]
	case filter.Name:
		id = m.t.name[m.i]
	case filter.Model:
		id = m.t.model[m.i]
	case filter.Storey:
		id = m.t.storey[m.i]
	}
	if id != 0 || !r.exists {
		return id
	}
	start, _ := m.t.attrEnds.span(m.i)
	if at := slices.Index(m.s.Schema.Shapes[m.t.shape[m.i]], r.column); at >= 0 {
		return m.t.attrs[start+at]
	}
	return 0
}

// Value returns what a Ref of the filter stands for.
func (m *Matcher) Value(ref int) spatial.Value {
	switch member := m.refs[ref].member; member {
	case filter.ID:
		return spatial.StringOf(m.t.id(m.i))
	case filter.ZMin, filter.ZMax, filter.Underground:
		if v := filter.MemberOf(member, m.t.zRange(m.i), spatial.Truth(m.t.flags[m.i]&flagTruth)); v.Kind() != spatial.Null {
			return v
		}
	}
	id := m.id(ref)
	if id == 0 {
		return spatial.Value{}
	}
	return m.s.Values.Value(id)
}

// Code returns the dictionary's id, which is the same only for the same value.
func (m *Matcher) Code(ref int) uint32 { return uint32(m.id(ref)) }

// Valid returns when the row stands.
func (m *Matcher) Valid() spatial.Interval {
	return spatial.Interval{Start: timeOf(m.t.start[m.i]), End: timeOf(m.t.end[m.i])}
}

// Recorded returns since when it is known.
func (m *Matcher) Recorded() spatial.Interval {
	return spatial.Interval{Start: timeOf(m.t.recorded[m.i])}
}

// Geometry returns the row's geometry, good until the next row.
func (m *Matcher) Geometry() geom.T {
	m.reading.exact.buf = m.t.exactOf(m.i)
	return m.reading.exact.geometry()
}

// Heights returns the heights of the row.
func (m *Matcher) Heights() spatial.ZRange { return m.t.zRange(m.i) }

// Apart reports that the row's rectangle and a box of the filter share nothing. A row without
// a rectangle may have no geometry, of which nothing is known.
func (m *Matcher) Apart(box int) bool {
	own := m.t.box[m.i]
	if own.IsEmpty() {
		return false
	}
	for _, r := range m.boxes[box] {
		if r.Overlaps(own) {
			return false
		}
	}
	return true
}

// bounds returns the rectangles that a filter's matches meet, nil when it has none.
func bounds(f spatial.Filter) []Rect {
	known, ok := f.(*filter.Filter)
	if !ok {
		return nil
	}
	box, ok := known.Bounds()
	if !ok {
		return nil
	}
	return RectsOf(box)
}
