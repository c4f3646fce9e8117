package spatial

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Group is what features that share some values come to.
type Group struct {
	// Key are the shared values, in the order in which they were asked for; null for features
	// that have none.
	Key   []Value
	Count int64
	// Area is that of polygons in square metres, Length that of lines in metres.
	Area, Length float64
	// Volume in cubic metres is that of solids where the query asks for them, and else of
	// polygons extruded over their heights.
	Volume float64
	Z      ZRange
}

// Stats groups the answer to q by members (class, name, storey, model, underground) or
// properties of these names, all together without any, and returns the groups by count, the
// largest first, then by key. Distinct groups beyond most are ErrInvalid: nobody reads them.
func Stats(ctx context.Context, r Reader, q Query, by []string, most int) ([]Group, error) {
	q.Properties = append([]string{}, by...)
	groups := map[string]*Group{}
	var key []byte
	for f, err := range r.Features(ctx, q) {
		if err != nil {
			return nil, err
		}
		key = key[:0]
		for _, name := range by {
			key = append(f.SortValue(name).AppendJSON(key), ',')
		}
		g := groups[string(key)]
		if g == nil {
			if len(groups) == most {
				return nil, &Problem{Kind: ErrInvalid, Code: "too-many-groups", Message: "the features have more different values than can be listed",
					Hint: "group by something that many features share"}
			}
			g = &Group{}
			for _, name := range by {
				g.Key = append(g.Key, f.SortValue(name))
			}
			groups[string(key)] = g
		}
		g.add(&f)
	}
	list := make([]Group, 0, len(groups))
	for _, g := range groups {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), slices.CompareFunc(a.Key, b.Key, func(x, y Value) int { return strings.Compare(x.Text(), y.Text()) }))
	})
	return list, nil
}

// groupMembers are what Stats can group by without a property of that name.
var groupMembers = []string{"class", "name", "storey", "model", "underground"}

// IsGroupMember reports whether Stats can group by the name without a property of it.
func IsGroupMember(name string) bool { return slices.Contains(groupMembers, name) }

func (g *Group) add(f *Feature) {
	g.Count++
	area := Area(f.Geometry)
	g.Area += area
	g.Length += Length(f.Geometry)
	g.Z = g.Z.Extend(f.Z)
	switch {
	case f.Body != nil:
		g.Volume += mesh.Volume(f.Body.Instances)
	case f.Z.Known:
		g.Volume += area * (f.Z.Max - f.Z.Min)
	}
}

// Storey is a storey of a model, with what it holds.
type Storey struct {
	Name, Model  string
	ID           string  // of the feature that is the storey itself, "" without one
	Elevation    float64 // in metres over the zero of its building, when HasElevation
	HasElevation bool
	Count        int64 // features in it, itself not counted
	Z            ZRange
}

// storeyClass is the class of features that are storeys (ISO 16739).
const storeyClass = "IfcBuildingStorey"

// Storeys returns the storeys of the answer to q, from the lowest to the highest: by
// elevation, or else by their lowest height, those of which neither is known last.
func Storeys(ctx context.Context, r Reader, q Query) ([]Storey, error) {
	q.Properties = []string{"elevation"}
	type key struct{ model, name string }
	all := map[key]*Storey{}
	for f, err := range r.Features(ctx, q) {
		if err != nil {
			return nil, err
		}
		if f.Storey == "" {
			continue
		}
		s := all[key{f.Model, f.Storey}]
		if s == nil {
			s = &Storey{Name: f.Storey, Model: f.Model}
			all[key{f.Model, f.Storey}] = s
		}
		if f.Kind != storeyClass {
			s.Count++
			s.Z = s.Z.Extend(f.Z)
			continue
		}
		s.ID = f.ID
		if v, ok := f.Properties.Get("elevation"); ok && (v.Kind() == Float || v.Kind() == Int) {
			s.Elevation, s.HasElevation = v.Float(), true
		}
	}
	list := make([]Storey, 0, len(all))
	for _, s := range all {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Storey) int {
		return cmp.Or(strings.Compare(a.Model, b.Model), cmp.Compare(a.level(), b.level()), strings.Compare(a.Name, b.Name))
	})
	return list, nil
}

// level is what storeys of one model are ordered by.
func (s *Storey) level() float64 {
	const unknown = 1e9
	switch {
	case s.HasElevation:
		return s.Elevation
	case s.Z.Known:
		return s.Z.Min
	}
	return unknown
}
