package vector_test

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/twpayne/go-geom"
	"go.uber.org/goleak"

	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// TestTwoGoroutinesDrawTheSameTile draws tiles of more and more features: some with several kinds
// of geometry, which take more than one place in what is handed over, some with no geometry that
// is left.
func TestTwoGoroutinesDrawTheSameTile(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	list := generated(9000)
	for i := range list {
		if at := list[i].Geometry.FlatCoords()[:2]; i%50 == 0 {
			both := geom.NewGeometryCollection()
			both.MustPush(list[i].Geometry, geom.NewPointFlat(geom.XY, at))
			list[i].Geometry = both
		}
		if i%70 == 0 {
			list[i].Properties = nil
		}
	}
	alone, together := &vector.Encoder{}, &vector.Encoder{Together: true}
	c := tiles.At(114, 22.6, 6)
	for _, n := range []int{100, 2047, 2048, 2049, 3000, 3071, 3072, 3073, 4096, 9000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			s := snapshot(t, list[:n])
			want, err := alone.Tile(nil, c, s)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				got, err := together.Tile(nil, c, s)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Fatalf("%d bytes with %d features, alone %d bytes with %d", len(got), together.Features(), len(want), alone.Features())
				}
			}
			if alone.Features() < n {
				t.Fatalf("the tile holds %d of %d features", alone.Features(), n)
			}
		})
	}
}

// TestTwoGoroutinesStopWhenNobodyWaits: what was handed over until then is in no later tile.
func TestTwoGoroutinesStopWhenNobodyWaits(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, c := snapshot(t, generated(9000)), tiles.At(114, 22.6, 6)
	want, err := (&vector.Encoder{}).Tile(nil, c, s)
	if err != nil {
		t.Fatal(err)
	}
	e := &vector.Encoder{Together: true}
	for _, after := range []int{0, 1, 3} {
		ctx := &ending{Context: t.Context(), looks: after}
		if _, err := e.TileFor(ctx, nil, c, s); !errors.Is(err, context.Canceled) {
			t.Errorf("after %d looks at the context: %v", after, err)
		}
	}
	if got, err := e.Tile(nil, c, s); err != nil || !bytes.Equal(got, want) {
		t.Errorf("afterwards another tile is drawn: %d bytes, %v; want %d", len(got), err, len(want))
	}
}

// ending is a context that ends when it was looked at so many times.
type ending struct {
	context.Context
	looks int
}

func (c *ending) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

// TestWhatBreaksInTheOtherGoroutineBreaksHere, where a server can catch it.
func TestWhatBreaksInTheOtherGoroutineBreaksHere(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer func() {
		if recover() == nil {
			t.Error("nothing broke")
		}
	}()
	_ = (&vector.Encoder{}).DrawNothing(t.Context())
}
