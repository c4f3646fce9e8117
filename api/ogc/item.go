package ogc

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Item answers one feature: the version valid at datetime; without one the version valid
// now, else the one that was valid last, else the one that will be first. A feature that had
// ended by datetime is gone, one that had not begun is not found.
func (s *Service) Item(c echo.Context) error {
	a, err := s.askIn(c, itemForms())
	if err != nil {
		return err
	}
	id := rest.PathParam(c, "featureId")
	a.head(c)
	p, err := s.pick(c, &a, id)
	if err != nil {
		return err
	}
	f := p.list[p.chosen]
	// Whether there is such a feature is known only now; what costs is behind the tag.
	if done, err := s.fresh(c, a.format, p.state(&a.coll)...); done {
		return err
	}
	a.memento(c, &f)
	if a.format.Name == "html" {
		return s.featurePage(c, &a, f, p.links(c, &a))
	}
	tail, err := rest.JSONText(struct {
		Links []rest.Link `json:"links"`
	}{p.links(c, &a)})
	if err != nil {
		return fmt.Errorf("links of %s: %w", id, err)
	}
	tail[0] = ','
	body, err := s.opened(c, &a, &f)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, a.format.Media[0], append(body, tail...))
}

// opened returns the feature without the brace that closes it.
func (s *Service) opened(c echo.Context, a *ask, f *spatial.Feature) ([]byte, error) {
	if a.format.Name == rest.JSONFG().Name {
		return newFeaturesAndGeometries(c, a).members(nil, f, true)
	}
	return NewEncoder(a.shape).open(nil, f)
}

// memento says which state of the feature is given, when a time was asked for (RFC 7089), and
// that what is pinned in both times never changes.
func (a *ask) memento(c echo.Context, f *spatial.Feature) {
	at := f.Recorded.Start
	if !a.floating {
		if at = f.Valid.Start; at.IsZero() {
			at = a.query.Valid.Start
		}
	}
	if at.IsZero() || (a.floating && a.query.Recorded.IsZero()) {
		return
	}
	c.Response().Header().Set("Memento-Datetime", at.UTC().Format(http.TimeFormat))
	if !a.floating && !a.query.Recorded.IsZero() {
		c.Response().Header().Set(echo.HeaderCacheControl, "max-age=86400, immutable")
	}
}

// picked is the version of a feature that is asked for, among all that are recorded.
type picked struct {
	list   []spatial.Feature // in the order of their validity
	chosen int
}

// state names what an answer about the feature depends on: all its versions, and which is
// chosen. Changes of other features leave it as it is.
func (p picked) state(coll *spatial.Collection) []string {
	out := []string{strconv.Itoa(p.chosen), coll.Title, coll.VerticalCRS}
	for i := range p.list {
		f := &p.list[i]
		out = append(out, f.Model, f.ID, f.Hash.String(), spatial.FormatTime(f.Valid.Start), spatial.FormatTime(f.Valid.End),
			spatial.FormatTime(f.Recorded.Start), spatial.FormatTime(f.Recorded.End))
	}
	return out
}

// pick returns the version of the id that the request is about.
func (s *Service) pick(c echo.Context, a *ask, id string) (p picked, err error) {
	q := a.query
	q.IDs, q.Valid = []string{id}, spatial.Interval{}
	p.chosen = -1
	for f, err := range s.reader.Features(c.Request().Context(), q) {
		if err != nil {
			return p, fmt.Errorf("feature %s of %s: %w", id, a.coll.Name, err)
		}
		// The last one that began by now is the one valid now or, after its end, the latest.
		begun := p.chosen < 0 || f.Valid.Start.IsZero() || !f.Valid.Start.After(a.now)
		if (a.floating && begun) || (!a.floating && f.Valid.Overlaps(a.query.Valid)) {
			p.chosen = len(p.list)
		}
		p.list = append(p.list, f)
	}
	if p.chosen < 0 {
		return p, p.missing(a, id)
	}
	return p, nil
}

// missing says why no version is given.
func (p picked) missing(a *ask, id string) error {
	for i := len(p.list) - 1; i >= 0; i-- {
		if end := p.list[i].Valid.End; !end.IsZero() && !end.After(a.query.Valid.Start) {
			return &spatial.Problem{Kind: rest.ErrGone, Code: "feature-gone",
				Message: fmt.Sprintf("the feature %.100q of %s ended at %s", id, a.coll.Name, spatial.FormatTime(end)),
				Hint:    "ask for an earlier datetime, or for its versions"}
		}
	}
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "feature-not-found",
		Message: fmt.Sprintf("the collection %s has no feature %.100q at the time asked for", a.coll.Name, id),
		Hint:    "datetime=../.. asks for every valid time, recorded= for what was known then"}
}

func (p picked) links(c echo.Context, a *ask) []rest.Link {
	id := p.list[p.chosen].ID
	item := itemURL(c, a.coll.Name, id)
	links := []rest.Link{
		{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaGeoJSON, Title: "this feature"},
		{Href: rest.Self(c, map[string]string{"f": "html"}), Rel: "alternate", Type: "text/html", Title: "this feature as a page"},
		{Href: collectionURL(c, a.coll.Name), Rel: "collection", Type: rest.MediaJSON, Title: "the collection"},
		{Href: item + "/versions", Rel: "version-history", Type: rest.MediaGeoJSON, Title: "all versions of this feature"},
		{Href: item, Rel: "latest-version", Type: rest.MediaGeoJSON, Title: "the feature now"},
	}
	if p.chosen > 0 {
		links = append(links, versionLink(c, &p.list[p.chosen-1], "predecessor-version", "the version before"))
	}
	if p.chosen+1 < len(p.list) {
		links = append(links, versionLink(c, &p.list[p.chosen+1], "successor-version", "the version behind"))
	}
	return links
}

// versionLink leads to a version by its first instant, or by its last where it has no first.
func versionLink(c echo.Context, f *spatial.Feature, rel, title string) rest.Link {
	at := f.Valid.Start
	if at.IsZero() {
		at = f.Valid.End.Add(-spatial.Tick)
	}
	return rest.Link{Href: rest.Self(c, map[string]string{"datetime": spatial.FormatTime(at)}), Rel: rel, Type: rest.MediaGeoJSON, Title: title}
}

// Versions answers every version of one feature that is recorded, by default now, in the
// order of their validity; with history=true also those that were recorded once and no longer
// are, in the order in which they were recorded.
func (s *Service) Versions(c echo.Context) error {
	a, err := s.askIn(c, listForms())
	if err != nil {
		return err
	}
	id := rest.PathParam(c, "featureId")
	a.floating, a.query.Valid, a.query.IDs = false, spatial.Interval{}, []string{id}
	if a.query.Ever, _, err = rest.Param(c, "history", rest.ParseBool); err != nil {
		return err
	}
	a.head(c)
	if done, err := s.fresh(c, a.format, a.coll.Name, strconv.FormatInt(a.coll.Revision, 10), id); done {
		return err
	}
	if a.format.Name == "html" {
		return s.versionsPage(c, &a, id)
	}
	out, done := s.stream(c, &a)
	defer done()
	if _, err := s.read(c.Request().Context(), a.query, 0, out); err != nil {
		return fmt.Errorf("versions of %s: %w", id, err)
	}
	if out.count == 0 {
		return noFeature(&a, id)
	}
	return out.finish(tail{Matched: &out.count, Returned: out.count, TimeStamp: s.timeStamp(), Links: []rest.Link{
		{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaGeoJSON, Title: "this list"},
		{Href: rest.Self(c, map[string]string{"f": "html"}), Rel: "alternate", Type: "text/html", Title: "this list to read"},
		{Href: itemURL(c, a.coll.Name, id), Rel: "latest-version", Type: rest.MediaGeoJSON, Title: "the feature now"},
	}})
}

func noFeature(a *ask, id string) error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "feature-not-found",
		Message: fmt.Sprintf("the collection %s has no feature %.100q", a.coll.Name, id)}
}

// versionsPage answers the versions as a table.
func (s *Service) versionsPage(c echo.Context, a *ask, id string) error {
	pg := page{Title: id, What: "versions", About: a.coll.Title,
		Path: s.way(c, rest.Link{Href: collectionURL(c, a.coll.Name) + "/items?f=html", Title: "features"},
			rest.Link{Href: itemURL(c, a.coll.Name, id) + "?f=html", Title: id}),
		Head:  []string{"valid from", "valid to", "known since", "known until", "name", "what changed"},
		Links: []rest.Link{{Href: rest.Self(c, map[string]string{"f": "json"}), Rel: "alternate", Title: "GeoJSON"}}}
	var before *spatial.Feature
	_, err := take(s.reader.Features(c.Request().Context(), a.query), 0, func(f *spatial.Feature) error {
		what := ""
		if d, ok := spatial.Compare(before, f); ok && before != nil {
			what = strings.Join(d.Changed, ", ")
		}
		before = f
		at := versionLink(c, f, "", "").Href
		at = strings.Replace(at, "/versions?", "?", 1)
		pg.Rows = append(pg.Rows, []Cell{{openSide(f.Valid.Start), at}, {openSide(f.Valid.End), ""}, {openSide(f.Recorded.Start), ""},
			{openSide(f.Recorded.End), ""}, {f.Name, ""}, {what, ""}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("versions of %s: %w", id, err)
	}
	if pg.Rows == nil {
		return noFeature(a, id)
	}
	return s.pages.render(c, pg)
}

// openSide writes one side of an interval.
func openSide(t time.Time) string {
	if t.IsZero() {
		return ".."
	}
	return TimeText(t)
}
