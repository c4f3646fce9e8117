package filter

import (
	"slices"
	"sync"

	"github.com/shikong-cim/shikong/spatial"
)

// Member is what a feature has besides the properties of its source. What the store knows
// of a member wins over a property of the same name.
type Member uint8

// The members, under the names that answers give them.
const (
	NoMember Member = iota
	ID
	Class
	Name
	Model
	Storey
	ZMin
	ZMax
	Underground
	ValidFrom
	ValidTo
	RecordedFrom
	RecordedTo
	Valid // the interval of validity
	Shape // the geometry
)

var memberNames = map[string]Member{"id": ID, "class": Class, "name": Name, "model": Model, "storey": Storey, "z_min": ZMin, "z_max": ZMax,
	"underground": Underground, "valid_from": ValidFrom, "valid_to": ValidTo, "recorded_from": RecordedFrom, "recorded_to": RecordedTo,
	"valid": Valid, "geometry": Shape}

// Ref is a member or a property that a condition asks for.
type Ref struct {
	Name   string
	Member Member // NoMember for a property of the source
}

// Filter is a condition that was checked; it is a spatial.Filter.
type Filter struct {
	root  Expr
	text  string
	prog  node
	refs  []Ref
	boxes []spatial.Box
	memos int
	pool  sync.Pool // *Evaluator
}

// New checks a condition against the properties that a collection has and makes it a
// Filter. A property that is neither among the fields nor a member of every feature, a
// function that nobody knows and a geometry that is none are SyntaxErrors. With nil fields
// every property may be asked for.
func New(root Expr, fields []spatial.Field) (*Filter, error) {
	f := &Filter{root: root}
	if err := isCondition(place{}, root); err != nil {
		return nil, err
	}
	c := compiler{filter: f, fields: fields}
	if err := c.check(root); err != nil {
		return nil, err
	}
	f.prog = c.compile(root)
	f.text = Text(root)
	f.pool.New = func() any { return f.Evaluator() }
	return f, nil
}

// Root returns the condition.
func (f *Filter) Root() Expr { return f.root }

// String returns the condition as CQL2 text, or as JSON where a text cannot say it.
func (f *Filter) String() string { return f.text }

// Refs returns what the condition asks of a row; Row gets the places in this list.
func (f *Filter) Refs() []Ref { return f.refs }

// Boxes returns rectangles around geometries of the condition that features are related
// with; Row.Apart gets the places in this list.
func (f *Filter) Boxes() []spatial.Box { return f.boxes }

// Matches reports whether the condition is true of the feature.
func (f *Filter) Matches(feature *spatial.Feature) bool {
	e, ok := f.pool.Get().(*Evaluator)
	if !ok {
		e = f.Evaluator()
	}
	e.feature = featureRow{Feature: feature, refs: f.refs, boxes: f.boxes}
	match := e.Matches(&e.feature)
	e.feature = featureRow{}
	f.pool.Put(e)
	return match
}

var _ spatial.Filter = (*Filter)(nil)

// Fields returns what New is to check a condition on several collections against: a property
// that one of them has, with a type that holds the values of all. It is never nil.
func Fields(lists ...[]spatial.Field) []spatial.Field {
	out := []spatial.Field{}
	at := map[string]int{}
	for _, list := range lists {
		for _, f := range list {
			i, known := at[f.Name]
			if !known {
				at[f.Name] = len(out)
				out = append(out, f)
				continue
			}
			out[i].Type = out[i].Type.Widen(f.Type)
		}
	}
	return out
}

// Names returns the names that a condition on a collection with these fields may use, the
// collection's own first.
func Names(fields []spatial.Field) []string {
	var names, members []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	for name := range memberNames {
		if !slices.Contains(names, name) {
			members = append(members, name)
		}
	}
	slices.Sort(members)
	return append(names, members...)
}
