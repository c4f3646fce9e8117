package tiles

import (
	"context"
	"strings"
)

// Choice is a source that leads each collection to the source that has it.
type Choice struct {
	Own    map[string]Source // by name of the collection
	Others Source            // has all that have none of their own
}

func (s *Choice) of(collection string) Source {
	if own, ok := s.Own[collection]; ok {
		return own
	}
	return s.Others
}

// Pin pins the layers of each source; what they show follows each other in one tile, in the
// order asked for.
func (s *Choice) Pin(ctx context.Context, r Request) (Content, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	var list contents
	names := r.Collections
	for len(names) > 0 {
		n, source := 1, s.of(names[0])
		for n < len(names) && s.of(names[n]) == source {
			n++
		}
		r.Collections, names = names[:n], names[n:]
		c, err := source.Pin(ctx, r)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return list, nil
}

// contents are a tile of several sources.
type contents []Content

// Key names all of them.
func (list contents) Key() string {
	keys := make([]string, len(list))
	for i, c := range list {
		keys[i] = c.Key()
	}
	return strings.Join(keys, " & ")
}

// Layers returns the layers of all of them.
func (list contents) Layers() (all []Content) {
	for _, c := range list {
		if layered, ok := c.(Layered); ok {
			if layers := layered.Layers(); len(layers) > 0 {
				all = append(all, layers...)
				continue
			}
		}
		all = append(all, c)
	}
	return all
}

// Append makes them one after the other: layers on end are a tile (Vector Tile 2.1, §4.1).
func (list contents) Append(ctx context.Context, dst []byte) ([]byte, error) {
	for _, c := range list {
		var err error
		if dst, err = c.Append(ctx, dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}
