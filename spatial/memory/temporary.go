package memory

import (
	"iter"

	"github.com/shikong-cim/shikong/spatial"
)

// NewSnapshot packs features into a snapshot of their own, so that an answer of a store (a
// state of the past, a collection that is not held) can be drawn like what is held.
func NewSnapshot(info spatial.Collection, features iter.Seq2[spatial.Feature, error]) (*Snapshot, error) {
	b := newBuilder()
	n := int64(0)
	for f, err := range features {
		if err != nil {
			return nil, err
		}
		n++
		if err := b.add(spatial.Version{Number: n, Feature: f}); err != nil {
			return nil, err
		}
	}
	return newState(b).snapshot(info, info.Revision), nil
}
