package ogc

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Item answers one feature: the version valid at datetime; without one the version valid
// now, else the one that was valid last, else the one that will be first.
func (s *Service) Item(c echo.Context) error {
	format, err := rest.Negotiate(c, rest.GeoJSON(), rest.HTML())
	if err != nil {
		return err
	}
	a, err := s.askOf(c)
	if err != nil {
		return err
	}
	id := rest.PathParam(c, "featureId")
	state, err := s.state(c, &a)
	if err != nil {
		return err
	}
	a.head(c)
	f, err := s.pick(c, &a, id)
	if err != nil {
		return err
	}
	// Whether there is such a feature is known only now; what costs is behind the tag.
	if done, err := s.fresh(c, format, append(state, id, f.Hash.String())...); done {
		return err
	}
	if format.Name == "html" {
		return s.featurePage(c, &a, f)
	}
	links := []rest.Link{
		{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaGeoJSON, Title: "this feature"},
		{Href: rest.Self(c, map[string]string{"f": "html"}), Rel: "alternate", Type: "text/html", Title: "this feature as a page"},
		{Href: collectionURL(c, a.coll.Name), Rel: "collection", Type: rest.MediaJSON, Title: "the collection"},
		{Href: itemURL(c, a.coll.Name, id) + "/versions", Rel: "version-history", Type: rest.MediaGeoJSON, Title: "all versions of this feature"},
	}
	tail, err := rest.JSONText(struct {
		Links []rest.Link `json:"links"`
	}{links})
	if err != nil {
		return fmt.Errorf("links of %s: %w", id, err)
	}
	tail[0] = ','
	return c.Blob(http.StatusOK, format.Media[0], append(NewEncoder(a.shape).open(nil, &f), tail...))
}

// pick returns the version of the id that the request is about.
func (s *Service) pick(c echo.Context, a *ask, id string) (best spatial.Feature, err error) {
	q := a.query
	q.IDs = []string{id}
	if a.floating {
		q.Valid = spatial.Interval{}
	}
	found := false
	for f, err := range s.reader.Features(c.Request().Context(), q) {
		if err != nil {
			return best, fmt.Errorf("feature %s of %s: %w", id, a.coll.Name, err)
		}
		// Versions come in the order of their validity: the last one that began by now is the
		// one valid now or, after its end, the latest.
		if !found || f.Valid.Start.IsZero() || !f.Valid.Start.After(a.now) || !a.floating {
			best, found = f, true
		}
	}
	if !found {
		return best, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "feature-not-found",
			Message: fmt.Sprintf("the collection %s has no feature %.100q at the time asked for", a.coll.Name, id),
			Hint:    "datetime=../.. asks for every valid time, recorded= for what was known then"}
	}
	return best, nil
}

// Versions answers every version of one feature that is recorded, by default now, in the
// order of their validity.
func (s *Service) Versions(c echo.Context) error {
	format, err := rest.Negotiate(c, rest.GeoJSON())
	if err != nil {
		return err
	}
	a, err := s.askOf(c)
	if err != nil {
		return err
	}
	a.floating, a.query.Valid = false, spatial.Interval{}
	id := rest.PathParam(c, "featureId")
	a.query.IDs = []string{id}
	a.head(c)
	if rest.NotModified(c, s.tag(c, format, a.coll.Name, strconv.FormatInt(a.coll.Revision, 10), id)) {
		return c.NoContent(http.StatusNotModified)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	out := stream{c: c, enc: NewEncoder(a.shape)}
	if _, err := take(s.reader.Features(c.Request().Context(), a.query), 0, out.feature); err != nil {
		return fmt.Errorf("versions of %s: %w", id, err)
	}
	if out.count == 0 {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "feature-not-found",
			Message: fmt.Sprintf("the collection %s has no feature %.100q", a.coll.Name, id)}
	}
	c.Response().Header().Set(echo.HeaderContentType, format.Media[0])
	return out.finish(tail{Matched: &out.count, Returned: out.count, TimeStamp: s.timeStamp(), Links: []rest.Link{
		{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaGeoJSON, Title: "this list"},
		{Href: itemURL(c, a.coll.Name, id), Rel: "latest-version", Type: rest.MediaGeoJSON, Title: "the feature now"},
	}})
}
