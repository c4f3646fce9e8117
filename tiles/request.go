package tiles

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Request asks for one tile.
type Request struct {
	Coord Coord
	// Collections are the layers wanted, in this order.
	Collections []string
	// Valid keeps what stands at some time in the interval; the zero interval keeps all. Doors
	// pass spatial.At(now) when nothing was said.
	Valid spatial.Interval
	// Recorded asks for what was known at that time; zero is now.
	Recorded time.Time
	// Properties are the names to carry, nil for all; an empty list for none.
	Properties []string
	// Filter keeps what it matches when not nil, in every collection. Its text is part of the
	// name of the tile's content.
	Filter spatial.Filter
	// Z, when known, keeps what lies at least partly at these heights, and what has no known
	// height.
	Z spatial.ZRange
}

// MaxCollections bounds the layers of one tile.
const MaxCollections = 64

// Validate returns ErrInvalid or ErrNotFound for a request that has no answer.
func (r *Request) Validate() error {
	if err := r.Coord.Validate(); err != nil {
		return err
	}
	if len(r.Collections) == 0 || len(r.Collections) > MaxCollections {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-collections",
			Message: fmt.Sprintf("a tile has between 1 and %d collections, not %d", MaxCollections, len(r.Collections))}
	}
	for i, name := range r.Collections {
		if slices.Contains(r.Collections[:i], name) {
			return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-collections", Message: fmt.Sprintf("the collection %q is asked for twice", name)}
		}
	}
	if r.Z.Known && !(r.Z.Min <= r.Z.Max) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-z", Message: fmt.Sprintf("the heights run from %g to %g", r.Z.Min, r.Z.Max)}
	}
	return r.Valid.Validate()
}

// Source makes tiles of one kind. It may be used by many goroutines at once.
//
// Errors are of the kinds in spatial/errors.go: ErrNotFound for a tile or a collection that
// is not there, ErrInvalid for a request without meaning, ErrUnsupported for a collection
// that has no place on Earth, ErrUnavailable when the data are out of reach now.
type Source interface {
	// Pin finds out from which state a request is answered, cheaply, and holds on to it.
	Pin(ctx context.Context, r Request) (Content, error)
}

// Content is a tile that is determined but perhaps not made yet.
type Content interface {
	// Key names the bytes: contents of equal keys have equal bytes, on every server that
	// runs the same release on the same store.
	Key() string
	// Append makes the tile and appends it, uncompressed, to dst. A tile in which nothing
	// stands has no bytes.
	Append(ctx context.Context, dst []byte) ([]byte, error)
}

// Layered is what a content of several layers may offer beside Content: each of them by
// itself, in order. A cache then keeps each once for all tiles that have it.
type Layered interface {
	// Layers returns contents whose bytes on end are those of the whole.
	Layers() []Content
}

// Compressed is what a content may offer beside Content: its bytes compressed with gzip, as
// it has them already or comes by them while it makes the tile. A tile in which nothing stands has no bytes.
type Compressed interface {
	// Compressed returns the bytes, which belong to the caller; ok is false when the content
	// must be made and compressed after all.
	Compressed(ctx context.Context) (body []byte, ok bool, err error)
}
