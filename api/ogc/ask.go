package ogc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// ask is a request for features, read.
type ask struct {
	coll  spatial.Collection
	query spatial.Query
	shape Shape
	// format is what the answer is given in.
	format rest.Format
	// now is the clock's instant, or the one that the first page was asked at.
	now time.Time
	// floating says that the answer depends on now: nobody gave a datetime.
	floating bool
	// filtered says that somebody asked with a filter: what is counted then is much work.
	filtered bool
	// matched is the number of all features, known from the first page; -1 for unknown.
	matched int64
	// more than the parameters says what the listing is about, see queryTag.
	more []string
}

// askOf reads the parameters that all requests for features share: datetime, recorded, crs
// and properties.
func (s *Service) askOf(c echo.Context) (a ask, err error) {
	if a.coll, err = s.collection(c); err != nil {
		return a, err
	}
	a.now, a.matched = s.now().UTC(), -1
	a.query = spatial.Query{Collection: a.coll.Name, AtRevision: a.coll.Revision}
	valid, given, err := rest.Param(c, "datetime", rest.ParseDatetime)
	if err != nil {
		return a, err
	}
	if a.query.Valid = valid; !given {
		a.floating, a.query.Valid = true, spatial.At(a.now)
	}
	if err := s.readRecorded(c, &a); err != nil {
		return a, err
	}
	a.shape.Fields = a.coll.Fields
	if a.shape.system, err = s.readCRS(c, "crs", &a.coll); err != nil {
		return a, err
	}
	names, given, err := rest.Param(c, "properties", rest.ParseNames)
	if err != nil {
		return a, err
	}
	if given {
		err = a.selectProperties(names)
	}
	return a, err
}

// askIn is askOf for an answer in one of some formats. JSON-FG shows solids.
func (s *Service) askIn(c echo.Context, offers []rest.Format) (ask, error) {
	format, err := rest.Negotiate(c, offers...)
	if err != nil {
		return ask{}, err
	}
	a, err := s.askOf(c)
	a.format, a.query.Body = format, format.Name == rest.JSONFG().Name
	return a, err
}

// readFilter reads filter, filter-lang and filter-crs.
func (s *Service) readFilter(c echo.Context, a *ask) error {
	sys, err := s.readCRS(c, "filter-crs", &a.coll)
	if err != nil {
		return err
	}
	position := sys.position()
	if a.coll.Local { // its coordinates are no longitudes and latitudes
		position = func(x, y float64) (float64, float64, error) { return x, y, nil }
	}
	f, err := rest.ReadFilter(c, a.coll.Fields, position)
	if err == nil && f != nil {
		a.filtered = true
		a.also(f)
	}
	return err
}

// errSlow is why a filtered answer is given up, errWide why one in a box of another system is.
var (
	errSlow = &spatial.Problem{Kind: spatial.ErrInvalid, Code: "filter-too-slow", Message: "the filter takes longer than this server allows",
		Hint: "narrow it with bbox, or with simpler geometries"}
	errWide = &spatial.Problem{Kind: spatial.ErrInvalid, Code: "bbox-too-slow", Message: "to look at all in this box takes longer than this server allows",
		Hint: "ask for a smaller one, or for one in longitude and latitude"}
)

// bounded returns a context in which a filter, or a box of another system, has its time.
func (s *Service) bounded(ctx context.Context, a *ask) (context.Context, context.CancelFunc) {
	if a.query.Filter == nil {
		return ctx, func() {}
	}
	why := errWide
	if a.filtered {
		why = errSlow
	}
	return context.WithTimeoutCause(ctx, s.limits.FilterTime, why)
}

// inTime says that it was the filter, or the box, that took too long.
func inTime(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case err != nil && errors.Is(cause, errSlow):
		return &rest.ParamError{Name: "filter", Err: errSlow}
	case err != nil && errors.Is(cause, errWide):
		return &rest.ParamError{Name: "bbox", Err: errWide}
	}
	return err
}

// readRecorded reads recorded. What lies behind the store's last change is the state now,
// and is pinned by the revision like it.
func (s *Service) readRecorded(c echo.Context, a *ask) error {
	t, given, err := rest.Param(c, "recorded", spatial.ParseTime)
	if err != nil || !given {
		return err
	}
	meta, err := s.reader.Meta(c.Request().Context())
	if err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	if t.Before(meta.Recorded) {
		a.query.Recorded, a.query.AtRevision = t, 0
	}
	return nil
}

// selectProperties narrows the answer to names; one that the collection does not have is
// refused, since a slip of the pen would otherwise look like missing data.
func (a *ask) selectProperties(names []string) error {
	stored := []string{}
	for _, name := range names {
		isField := a.has(name)
		if !isField && !slices.Contains(members, name) {
			return rest.BadParam("properties", name, "the collection has no property of this name", "see its queryables")
		}
		if isField {
			stored = append(stored, name)
		}
	}
	a.shape.Properties, a.query.Properties = names, stored
	return nil
}

// readBox reads bbox and bbox-crs.
func (s *Service) readBox(c echo.Context, a *ask) error {
	sys, err := s.readCRS(c, "bbox-crs", &a.coll)
	if err != nil {
		return err
	}
	var exact spatial.Filter
	box, given, err := rest.Param(c, "bbox", func(text string) (b spatial.Box, err error) {
		if b, err = rest.ParseBBox(text); err != nil {
			return b, err
		}
		if b, exact, err = sys.box(b); err != nil {
			return b, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-bbox", Message: reasonOf(err), Hint: "the numbers are in the order of the axes of " + sys.uri}
		}
		return b, nil
	})
	if given {
		a.query.Box = &box
	}
	if exact != nil {
		a.also(exact)
	}
	return err
}

// readSort reads sortby.
func (a *ask) readSort(c echo.Context) error {
	keys, given, err := rest.Param(c, "sortby", rest.ParseSort)
	if err != nil || !given {
		return err
	}
	for _, k := range keys {
		if !a.has(k.Name) && !slices.Contains(sortableMembers, k.Name) {
			return rest.BadParam("sortby", k.Name, "the collection has no property of this name to sort by", "see its sortables")
		}
	}
	a.query.Sort = keys
	return nil
}

// has reports whether the features of the collection have a property of that name from their
// source.
func (a *ask) has(name string) bool {
	return slices.ContainsFunc(a.coll.Fields, func(f spatial.Field) bool { return f.Name == name })
}

// sortableMembers are the names under which the store knows something to sort by.
var sortableMembers = []string{"id", "class", "name", "model", "storey", "z_min", "z_max", "underground", "valid_from", "valid_to", "recorded_from"}

// readPage reads limit and next. What more than the parameters says what the listing is about
// is handed in.
func (s *Service) readPage(c echo.Context, a *ask, more ...string) error {
	a.more = more
	limit, given, err := rest.Param(c, "limit", rest.ParseCount(s.limits.ItemsMax))
	if err != nil {
		return err
	}
	if !given {
		limit = s.limits.ItemsDefault
	}
	a.query.Limit = limit
	cur, given, err := rest.Param(c, "next", rest.ParseCursor)
	if err != nil || !given {
		return err
	}
	if cur.Query != a.tag(c) {
		return rest.BadParam("next", c.QueryParam("next"), "the token belongs to another query", "follow the next link as it is")
	}
	a.query.After = &cur.After
	a.matched = cur.Matched
	if a.query.Recorded.IsZero() {
		a.query.AtRevision = cur.Revision
	}
	if a.floating {
		a.now, a.query.Valid = cur.Now, spatial.At(cur.Now)
	}
	return s.findCursor(c, a)
}

// findCursor looks up what the last feature of the page before is sorted by. The token holds
// only which one it is: values can be long, and at the token's revision it is still there.
func (s *Service) findCursor(c echo.Context, a *ask) error {
	if len(a.query.Sort) == 0 {
		return nil
	}
	q := spatial.Query{Collection: a.query.Collection, IDs: []string{a.query.After.ID}, Valid: a.query.Valid,
		Recorded: a.query.Recorded, AtRevision: a.query.AtRevision}
	for f, err := range s.reader.Features(c.Request().Context(), q) {
		if err != nil {
			return fmt.Errorf("feature %s of %s: %w", a.query.After.ID, a.coll.Name, err)
		}
		if f.Valid.Start.Equal(a.query.After.ValidStart) {
			after := a.query.CursorOf(&f)
			a.query.After = &after
			return nil
		}
	}
	return rest.BadParam("next", c.QueryParam("next"), "the feature that the page before ended with is no longer known", "begin again without next")
}

// queryTag stands for what a listing is about: all parameters but those of the page.
func queryTag(c echo.Context, more ...string) [8]byte {
	q := url.Values{}
	for name, v := range c.QueryParams() {
		if name != "limit" && name != "next" && name != "f" && name != "lang" {
			q[name] = v
		}
	}
	return rest.QueryTag(append([]string{rest.PathParam(c, "collectionId"), q.Encode()}, more...)...)
}

// tag stands for what the listing is about.
func (a *ask) tag(c echo.Context) [8]byte { return queryTag(c, a.more...) }

// cursor returns the token that goes on behind a key.
func (a *ask) cursor(c echo.Context, last spatial.Cursor) string {
	return rest.Cursor{Revision: a.query.AtRevision, Now: a.now, Matched: a.matched, After: last, Query: a.tag(c)}.String()
}

// state names what the answer depends on beside the request itself.
func (s *Service) state(c echo.Context, a *ask) ([]string, error) {
	state := []string{a.coll.Name, strconv.FormatInt(a.coll.Revision, 10), strconv.FormatInt(a.query.AtRevision, 10)}
	if !a.floating {
		return state, nil
	}
	m, err := s.moment(c.Request().Context(), a.coll.Name, a.now)
	return append(state, m), err
}

// head sets the headers that say what the coordinates are.
func (a *ask) head(c echo.Context) {
	c.Response().Header().Set("Content-Crs", "<"+a.shape.system.uri+">")
}
