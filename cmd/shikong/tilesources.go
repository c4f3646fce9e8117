package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/pmtiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// tileSources are what a server's tiles come from: the store's collections, and archives.
type tileSources struct {
	vector   *vector.Source
	archives map[string]*pmtiles.Source
}

// openArchives opens the archives that are to be served beside the store's collections.
func openArchives(ctx context.Context, paths []string, store spatial.Reader) (map[string]*pmtiles.Source, error) {
	all := map[string]*pmtiles.Source{}
	for _, path := range paths {
		one, err := pmtiles.Open(path)
		if err != nil {
			return nil, errors.Join(archiveProblem(path, err), closeArchives(all))
		}
		name := one.Name()
		_, err = store.Collection(ctx, name)
		if taken := err == nil; all[name] != nil || taken {
			return nil, errors.Join(&spatial.Problem{Kind: spatial.ErrConflict, Code: "name-taken",
				Message: fmt.Sprintf("--archives: %s would be served as %q, which is taken", path, name), Hint: "give the file another name"}, one.Close(), closeArchives(all))
		}
		all[name] = one
	}
	return all, nil
}

// archiveProblem is what keeps an archive from being served.
func archiveProblem(path string, err error) error {
	if errors.As(err, new(*fs.PathError)) {
		return wrapf(fileProblem(err), "--archives %s", path)
	}
	return wrapf(err, "--archives")
}

func closeArchives(all map[string]*pmtiles.Source) (err error) {
	for _, one := range all {
		err = errors.Join(err, one.Close())
	}
	return err
}

// source returns all of them as one.
func (s *tileSources) source() tiles.Source {
	if len(s.archives) == 0 {
		return s.vector
	}
	choice := &tiles.Choice{Own: map[string]tiles.Source{}, Others: s.vector}
	for name, one := range s.archives {
		choice.Own[name] = one
	}
	return choice
}

// names lists the archives.
func (s *tileSources) names() (list []string) {
	for name := range s.archives {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// TileJSON describes the tiles of some collections to the server, which fills in their
// address itself.
func (s *tileSources) TileJSON(ctx context.Context, collections []string) (doc tiles.TileJSON, err error) {
	var stored []string
	var docs []tiles.TileJSON
	for _, name := range collections {
		if one := s.archives[name]; one != nil {
			docs = append(docs, one.TileJSON())
		} else {
			stored = append(stored, name)
		}
	}
	if len(stored) > 0 {
		if doc, err = s.vector.TileJSON(ctx, tiles.Request{Collections: stored}, ""); err != nil {
			return doc, err
		}
		docs = slices.Insert(docs, 0, doc)
	}
	if len(docs) == 0 {
		return doc, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-collections", Message: "no collection is named"}
	}
	doc = docs[0]
	for _, other := range docs[1:] {
		doc = doc.With(other)
	}
	return doc, nil
}
