package tiles_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/tiles"
)

// sheets is a source whose tiles have a layer for each collection: its text, or nothing.
type sheets map[string]string

type sheet struct {
	of    sheets
	names []string
}

func (s sheets) Pin(_ context.Context, r tiles.Request) (tiles.Content, error) {
	return sheet{s, r.Collections}, nil
}

func (s sheet) Key() string {
	key := ""
	for _, name := range s.names {
		key += name + "|"
	}
	return key
}

func (s sheet) Append(_ context.Context, dst []byte) ([]byte, error) {
	for _, name := range s.names {
		dst = append(dst, s.of[name]...)
	}
	return dst, nil
}

func (s sheet) Layers() []tiles.Content {
	list := make([]tiles.Content, len(s.names))
	for i, name := range s.names {
		list[i] = sheet{s.of, []string{name}}
	}
	return list
}

func TestCompressedLayersAreJoinedIntoOneStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source, names, want := sheets{}, []string{}, ""
		for _, name := range []string{"a", "b", "c", "d"}[:rapid.IntRange(1, 4).Draw(t, "layers")] {
			text := bytes.Repeat([]byte(rapid.String().Draw(t, "text")), rapid.IntRange(0, 3000).Draw(t, "times"))
			source[name] = string(text)
			names = append(names, name)
			want += string(text)
		}
		cache, err := tiles.NewCache(source, tiles.CacheOptions{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := cache.Pin(context.Background(), tiles.Request{Collections: names})
		if err != nil {
			t.Fatal(err)
		}
		body, err := p.Body(context.Background(), true)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			if len(body) > 0 {
				t.Fatalf("nothing has %d bytes", len(body))
			}
			return
		}
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		z.Multistream(false) // as browsers read it; the checksum is looked at
		got, err := io.ReadAll(z)
		if err != nil || string(got) != want {
			t.Fatalf("%d bytes of %d, %v", len(got), len(want), err)
		}
	})
}

func TestALayerIsMadeOnceForAllTilesThatHaveIt(t *testing.T) {
	cache, err := tiles.NewCache(sheets{"a": "aaa", "b": "bbb", "c": ""}, tiles.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{{"a", "b"}, {"b", "a"}, {"a", "b", "c"}, {"b"}} {
		p, err := cache.Pin(t.Context(), tiles.Request{Collections: names})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Body(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	if s := cache.Stats(); s.Misses != 3 {
		t.Errorf("%d layers were made of three", s.Misses)
	}
}
