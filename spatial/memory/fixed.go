package memory

import "github.com/shikong-cim/shikong/spatial"

// NewView returns a view that no store stands behind: snapshots, such as those of
// NewSnapshot, in the state in which they are.
func NewView(meta spatial.Meta, list ...*Snapshot) *View {
	v := &View{meta: meta, all: map[string]*Snapshot{}}
	for _, s := range list {
		v.all[s.Collection.Name] = s
	}
	v.names = sortedNames(v.all)
	return v
}
