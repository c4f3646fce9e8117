package vector_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// still is a store that holds one collection and never changes, for a mirror to follow.
type still struct {
	info     spatial.Collection
	features []spatial.Feature
}

func (s *still) Meta(context.Context) (spatial.Meta, error) {
	return spatial.Meta{Datum: "wgs84", Revision: 1, Recorded: time.Unix(1, 0)}, nil
}

func (s *still) Collections(context.Context) ([]spatial.Collection, error) {
	return []spatial.Collection{s.info}, nil
}

func (s *still) Collection(context.Context, string) (spatial.Collection, error) { return s.info, nil }

func (s *still) Models(context.Context, string) ([]spatial.Model, error) { return nil, nil }

func (s *still) Features(context.Context, spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(func(spatial.Feature, error) bool) {}
}

func (s *still) Count(context.Context, spatial.Query) (int64, error) { return 0, nil }

func (s *still) Changes(_ context.Context, since int64) iter.Seq2[spatial.Change, error] {
	return func(yield func(spatial.Change, error) bool) {
		if since == 0 {
			yield(spatial.Change{Revision: 1, Recorded: time.Unix(1, 0), Collection: s.info.Name, Box: s.info.Extent}, nil)
		}
	}
}

func (s *still) Versions(context.Context, string, int64, int64) iter.Seq2[spatial.Version, error] {
	return func(yield func(spatial.Version, error) bool) {
		for i, f := range s.features {
			if !yield(spatial.Version{Number: int64(i + 1), Feature: f}, nil) {
				return
			}
		}
	}
}

// mirrorOf returns a mirror that holds one collection of the features.
func mirrorOf(tb testing.TB, name string, list []spatial.Feature, change ...func(*spatial.Collection)) *memory.Mirror {
	tb.Helper()
	info := spatial.Collection{Name: name, Fields: fieldsOf(list), Revision: 1, Count: int64(len(list)), Extent: spatial.EmptyBox()}
	for i := range list {
		if box := spatial.BoxOf(list[i].Geometry); !box.IsEmpty() {
			info.Extent = info.Extent.Extend(box)
		}
	}
	for _, f := range change {
		f(&info)
	}
	m := memory.NewMirror(&still{info: info, features: list}, memory.Options{})
	if err := m.Sync(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return m
}
