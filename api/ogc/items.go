package ogc

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Items answers the features of a collection, a page at a time, in the order of their ids or
// of sortby.
func (s *Service) Items(c echo.Context) error {
	a, err := s.askIn(c, listForms())
	if err != nil {
		return err
	}
	if err := s.readBox(c, &a); err != nil {
		return err
	}
	if err := s.readFilter(c, &a); err != nil {
		return err
	}
	if err := a.readSort(c); err != nil {
		return err
	}
	if err := s.readPage(c, &a); err != nil {
		return err
	}
	link(c, rest.Link{Href: collectionURL(c, a.coll.Name) + "/queryables", Rel: relQueryables, Type: rest.Schema().Type()})
	return s.answer(c, &a, s.streamItems)
}

// answer ends a request for features: the client has the answer already, or reads it as a page,
// or asks for its head alone, or write streams it.
func (s *Service) answer(c echo.Context, a *ask, write func(echo.Context, *ask) error) error {
	state, err := s.state(c, a)
	if err != nil {
		return err
	}
	a.head(c)
	if done, err := s.fresh(c, a.format, state...); done {
		return err
	}
	if a.format.Name == "html" {
		return s.itemsPage(c, a)
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	return write(c, a)
}

// streamItems writes the page. One feature more than asked for tells whether there is a
// next page.
func (s *Service) streamItems(c echo.Context, a *ask) error {
	ctx, cancel := s.bounded(c.Request().Context(), a)
	defer cancel()
	out, done := s.stream(c, a)
	defer done()
	q := a.query
	q.Limit++
	more, err := s.read(ctx, q, a.query.Limit, out)
	if err != nil {
		return fmt.Errorf("features of %s: %w", a.coll.Name, inTime(ctx, err))
	}
	if err := s.match(ctx, a, out.count, more); err != nil {
		return err
	}
	meta, err := s.reader.Meta(ctx)
	if err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	t := tail{Returned: out.count, TimeStamp: s.timeStamp(), Datum: meta.Datum, Links: itemsLinks(c, a)}
	if a.matched >= 0 {
		t.Matched = &a.matched
	}
	if more {
		t.Links = append(t.Links, nextLink(c, a, out.last()))
	}
	return out.finish(t)
}

// countable is the size up to which a collection is counted through a filter however long it
// takes: every feature of it must be looked at.
const countable = 100_000

// match finds the number of features on all pages: the first page counts, unless it is the
// only one; the others learn it from their cursor. Where to count takes longer than its time it
// stays unknown.
func (s *Service) match(ctx context.Context, a *ask, returned int64, more bool) error {
	switch {
	case a.matched >= 0:
		return nil
	case a.query.After == nil && !more:
		a.matched = returned
		return nil
	case a.query.After != nil:
		return nil // the first page did not know
	}
	counting, cancel := ctx, func() {}
	if a.filtered && a.coll.Count > countable {
		counting, cancel = context.WithTimeout(ctx, s.limits.CountTime)
	}
	defer cancel()
	q := a.query
	q.After, q.Limit = nil, 0
	n, err := s.reader.Count(counting, q)
	switch {
	case err == nil:
		a.matched = n
	case counting.Err() == nil || ctx.Err() != nil:
		return fmt.Errorf("count %s: %w", a.coll.Name, inTime(ctx, err))
	}
	return nil
}

// itemsLinks leads to this list and its other forms.
func itemsLinks(c echo.Context, a *ask) []rest.Link {
	here, forms := rest.AddressOf(c), listForms()
	links := make([]rest.Link, 0, len(forms)+2) // and a next page
	links = append(links, rest.Link{Href: here.String(), Rel: "self", Type: a.format.Type(), Title: "this page"})
	for _, f := range forms {
		if f.Name != a.format.Name {
			links = append(links, rest.Link{Href: here.With("f", f.Name), Rel: "alternate", Type: f.Type(), Title: "this page as " + f.Name})
		}
	}
	return append(links, rest.Link{Href: collectionURL(c, a.coll.Name), Rel: "collection", Type: rest.MediaJSON, Title: "the collection"})
}

func nextLink(c echo.Context, a *ask, last spatial.Cursor) rest.Link {
	here := rest.AddressOf(c)
	return rest.Link{Href: here.With("next", a.cursor(c, last)), Rel: "next", Type: a.format.Type(), Title: "the next page"}
}

func collectionURL(c echo.Context, name string) string {
	return rest.Base(c) + "/collections/" + url.PathEscape(name)
}

func itemURL(c echo.Context, collection, id string) string {
	return collectionURL(c, collection) + "/items/" + url.PathEscape(id)
}

// itemsPage answers the page to read.
func (s *Service) itemsPage(c echo.Context, a *ask) error {
	ctx, cancel := s.bounded(c.Request().Context(), a)
	defer cancel()
	var list []spatial.Feature
	q := a.query
	q.Limit++
	more, err := take(s.reader.Features(ctx, q), a.query.Limit, func(f *spatial.Feature) error {
		list = append(list, *f)
		return nil
	})
	if err != nil {
		return fmt.Errorf("features of %s: %w", a.coll.Name, inTime(ctx, err))
	}
	links := []rest.Link{{Href: rest.Self(c, map[string]string{"f": "json"}), Rel: "alternate", Title: "GeoJSON"}}
	if a.query.Near != nil {
		return s.featuresPage(c, a, list, links)
	}
	if err := s.match(ctx, a, int64(len(list)), more); err != nil {
		return err
	}
	if more {
		links = append(links, nextLink(c, a, spatial.CursorOf(&list[len(list)-1])))
	}
	return s.featuresPage(c, a, list, links)
}
