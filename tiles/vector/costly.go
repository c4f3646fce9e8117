package vector

import (
	"slices"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

const (
	sampleRuns = 8   // looks at a collection
	sampleRows = 512 // neighbours at each
	// dear is how many bytes of new values a feature may bring for a text to stay in a lean
	// level: a class brings next to none, a name or an address ten and more.
	dear = 2
)

// costly returns the texts that cost most in tiles: those of which nearly each feature has its
// own. It looks at a few runs of neighbours, and at versions of every time, so that the same
// texts are left out at all zoom levels and moments.
func costly(s *memory.Snapshot, rows []memory.Row) []string {
	names := map[string]*usage{}
	use := func(name string) *usage {
		u := names[name]
		if u == nil {
			u = &usage{seen: map[memory.ValueID]struct{}{}}
			names[name] = u
		}
		return u
	}
	step := max(len(rows)/sampleRuns, sampleRows)
	looked := 0
	for from := 0; from < len(rows); from += step {
		for _, u := range names {
			clear(u.seen)
		}
		for _, row := range rows[from:min(from+sampleRows, len(rows))] {
			looked++
			t, i := s.At(row)
			_, _, name, _ := t.Labels(i)
			use(houseProperties[propName].name).see(s, name)
			shape, values := t.Shape(i)
			for pos, c := range s.Schema.Shapes[shape] {
				if !isNumber(s.Types[c]) && s.Types[c] != spatial.FieldBoolean {
					use(s.Schema.Names[c]).see(s, values[pos])
				}
			}
		}
	}
	var out []string
	for name, u := range names {
		if u.bytes > dear*looked {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// usage is what the values of a property take where each is written once.
type usage struct {
	seen  map[memory.ValueID]struct{}
	bytes int
}

func (u *usage) see(s *memory.Snapshot, id memory.ValueID) {
	if _, ok := u.seen[id]; ok || id == 0 {
		return
	}
	u.seen[id] = struct{}{}
	u.bytes += len(s.Values.Wire(id))
}
