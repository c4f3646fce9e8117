package tiles_test

import (
	"context"
	"errors"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// scribe writes its name and the collections asked of it.
type scribe string

type script struct {
	by scribe
	r  tiles.Request
}

func (s scribe) Pin(_ context.Context, r tiles.Request) (tiles.Content, error) {
	if r.Collections[0] == "none" {
		return nil, spatial.ErrNotFound
	}
	return script{s, r}, nil
}

func (s script) Key() string {
	key := string(s.by)
	for _, name := range s.r.Collections {
		key += " " + name
	}
	return key
}

func (s script) Append(_ context.Context, dst []byte) ([]byte, error) {
	return append(append(dst, s.Key()...), ';'), nil
}

// zipped is a content that has its compressed form already.
type zipped struct{ script }

func (zipped) Compressed(context.Context) ([]byte, bool, error) {
	return []byte("as it was"), true, nil
}

type zipper struct{ scribe }

func (z zipper) Pin(_ context.Context, r tiles.Request) (tiles.Content, error) {
	return zipped{script{z.scribe, r}}, nil
}

func TestEachCollectionIsAskedOfItsSource(t *testing.T) {
	choice := &tiles.Choice{Own: map[string]tiles.Source{"old": scribe("archive")}, Others: scribe("store")}
	for _, row := range []struct {
		names []string
		want  string
	}{
		{[]string{"a"}, "store a;"},
		{[]string{"old"}, "archive old;"},
		{[]string{"a", "b", "old", "c"}, "store a b;archive old;store c;"},
	} {
		c, err := choice.Pin(t.Context(), tiles.Request{Collections: row.names})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Append(t.Context(), nil); string(got) != row.want || err != nil {
			t.Errorf("%v: %q, %v", row.names, got, err)
		}
	}
	keys := map[string]bool{}
	for _, names := range [][]string{{"a"}, {"old"}, {"a", "old"}, {"old", "a"}, {"a", "old", "b"}, {"a", "b", "old"}} {
		c, err := choice.Pin(t.Context(), tiles.Request{Collections: names})
		if err != nil || keys[c.Key()] {
			t.Errorf("%v: the key %q is that of others, %v", names, c.Key(), err)
		}
		keys[c.Key()] = true
	}
	if _, err := choice.Pin(t.Context(), tiles.Request{Collections: []string{"old", "none"}}); !errors.Is(err, spatial.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := choice.Pin(t.Context(), tiles.Request{}); !errors.Is(err, spatial.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsCompressedAlreadyPassesAsItIs(t *testing.T) {
	cache, err := tiles.NewCache(zipper{"archive"}, tiles.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := cache.Pin(t.Context(), tiles.Request{Collections: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := p.Body(t.Context(), true); string(body) != "as it was" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	if body, err := p.Body(t.Context(), false); string(body) != "archive a;" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
}

func TestDescriptionsOfTwoSourcesAreOne(t *testing.T) {
	a := tiles.TileJSON{Name: "a", Attribution: "© x", MinZoom: 2, MaxZoom: 9, Bounds: [4]float64{1, 2, 3, 4}, VectorLayers: []tiles.VectorLayer{{ID: "a"}}}
	b := tiles.TileJSON{Name: "b", Attribution: "© y", MinZoom: 4, MaxZoom: 14, Bounds: [4]float64{0, 3, 2, 9}, VectorLayers: []tiles.VectorLayer{{ID: "b"}}}
	both := a.With(b)
	if both.Name != "a,b" || both.Attribution != "© x, © y" || both.MinZoom != 2 || both.MaxZoom != 14 || both.Bounds != [4]float64{0, 2, 3, 9} || len(both.VectorLayers) != 2 || len(a.VectorLayers) != 1 {
		t.Errorf("got %+v", both)
	}
}
