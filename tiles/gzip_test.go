package tiles_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/tiles"
)

// noise returns n bytes of which some repeat.
func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.IntN(1 + r.IntN(64)))
	}
	return b
}

func TestBodiesOfEverySizeAreOneStream(t *testing.T) {
	var z tiles.Gzip // as a cache does, the same for all
	rapid.Check(t, func(t *rapid.T) {
		raw := noise(rapid.Uint64().Draw(t, "seed"), rapid.OneOf(rapid.IntRange(0, 3000), rapid.IntRange(90_000, 110_000), rapid.IntRange(0, 2_000_000)).Draw(t, "size"))
		packed, err := z.Append([]byte("before"), raw)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(packed, []byte("before")) {
			t.Fatal("what stood before is gone")
		}
		body := bytes.NewReader(packed[len("before"):])
		r, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		r.Multistream(false) // as browsers read it
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, raw) || body.Len() != 0 {
			t.Fatalf("%d bytes became %d, and %d are left behind the stream", len(raw), len(got), body.Len())
		}
	})
}

func TestABodyDoesNotDependOnTheMachine(t *testing.T) {
	raw := noise(1, 3<<20)
	var want []byte
	for _, processors := range []int{1, 2, 16} {
		before := runtime.GOMAXPROCS(processors)
		packed, err := new(tiles.Gzip).Append(nil, raw)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = packed
		}
		if !bytes.Equal(packed, want) {
			t.Errorf("with %d processors the body is another", processors)
		}
	}
}
