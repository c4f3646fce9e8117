package ogc

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// hit is one result of a search: a feature, or the place that the text is.
type hit struct {
	spatial.Found
	place bool
}

// Search answers features by id, GlobalId, name, address or coordinates over all collections,
// the best match first. Coordinates are a place, and what stands nearest to it.
func (s *Service) Search(c echo.Context) error {
	format, err := rest.Negotiate(c, rest.GeoJSON(), rest.HTML())
	if err != nil {
		return err
	}
	f, now, err := s.readSearch(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	meta, err := s.reader.Meta(ctx)
	if err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	// Names do not change with every tick of the clock, but what stands now does: a minute is
	// what a result may be behind.
	if done, err := s.fresh(c, format, strconv.FormatInt(meta.Revision, 10), now.Truncate(time.Minute).String()); done {
		return err
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	var hits []hit
	if lon, lat, ok := spatial.ParsePlace(f.Text); ok {
		if hits, err = s.around(ctx, &f, lon, lat); err != nil {
			return err
		}
	}
	found, err := spatial.FindAll(ctx, s.reader, f)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	for _, one := range found {
		hits = append(hits, hit{Found: one})
	}
	hits = hits[:min(len(hits), f.Limit)]
	if format.Name == "html" {
		return s.searchPage(c, f.Text, hits)
	}
	return s.writeHits(c, hits)
}

// readSearch reads q and what bounds it.
func (s *Service) readSearch(c echo.Context) (f spatial.Find, now time.Time, err error) {
	const most, length, usual = 100, 200, 10
	now = s.now().UTC()
	f.Text, f.Limit = strings.TrimSpace(c.QueryParam("q")), usual
	switch {
	case f.Text == "":
		return f, now, rest.BadParam("q", "", "there is nothing to search for", "give q=name, id, address or lon,lat")
	case len(f.Text) > length:
		return f, now, rest.BadParam("q", f.Text, "the text is longer than 200 bytes", "")
	}
	limit, given, err := rest.Param(c, "limit", rest.ParseCount(most))
	if err != nil {
		return f, now, err
	}
	if given {
		f.Limit = limit
	}
	f.Query.Valid = spatial.At(now)
	valid, given, err := rest.Param(c, "datetime", rest.ParseDatetime)
	if err != nil {
		return f, now, err
	}
	if given {
		f.Query.Valid = valid
	}
	if f.Query.Recorded, _, err = rest.Param(c, "recorded", spatial.ParseTime); err != nil {
		return f, now, err
	}
	box, given, err := rest.Param(c, "bbox", rest.ParseBBox)
	if err != nil {
		return f, now, err
	}
	if given {
		f.Query.Box = &box
	}
	f.Collections, _, err = rest.Param(c, "collections", rest.ParseNames)
	return f, now, err
}

// around returns a place and what stands within a hundred metres of it.
func (s *Service) around(ctx context.Context, f *spatial.Find, lon, lat float64) ([]hit, error) {
	const reach = 100
	names := f.Collections
	if names == nil {
		all, err := s.reader.Collections(ctx)
		if err != nil {
			return nil, fmt.Errorf("collections: %w", err)
		}
		for _, coll := range all {
			names = append(names, coll.Name)
		}
	}
	var list []spatial.Feature
	for _, name := range names {
		q := f.Query
		q.Collection, q.Limit, q.Near = name, f.Limit, &spatial.Near{Lon: lon, Lat: lat, Max: reach}
		for one, err := range s.reader.Features(ctx, q) {
			if err != nil {
				return nil, fmt.Errorf("search about %g,%g in %s: %w", lon, lat, name, err)
			}
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(a, b spatial.Feature) int {
		if a.Distance < b.Distance {
			return -1
		}
		if a.Distance > b.Distance {
			return 1
		}
		return 0
	})
	place := spatial.Feature{ID: fmt.Sprintf("%.7g,%.7g", lon, lat), Name: fmt.Sprintf("%.7g, %.7g", lon, lat), Geometry: geom.NewPointFlat(geom.XY, []float64{lon, lat})}
	hits := []hit{{Found: spatial.Found{Feature: place, Field: "coordinates"}, place: true}}
	for _, one := range list {
		hits = append(hits, hit{Found: spatial.Found{Feature: one, Field: "coordinates"}})
	}
	return hits, nil
}

// writeHits writes a FeatureCollection whose features say where they come from: collection,
// matched (id, name, a property, coordinates), bbox, and a link to themselves.
func (s *Service) writeHits(c echo.Context, hits []hit) error {
	plain, far := NewEncoder(Shape{}), NewEncoder(Shape{Distance: true})
	buf := []byte(`{"type":"FeatureCollection","features":[`)
	for i := range hits {
		h := &hits[i]
		enc := plain
		if h.Field == "coordinates" {
			enc = far
		}
		if i > 0 {
			buf = append(buf, ',')
		}
		more := struct {
			Collection string      `json:"collection,omitempty"`
			Matched    string      `json:"matched"`
			BBox       []float64   `json:"bbox,omitempty"`
			Links      []rest.Link `json:"links"`
		}{h.Feature.Collection, h.Field, nil, []rest.Link{}}
		if box := spatial.BoxOf(h.Feature.Geometry); !box.IsEmpty() {
			more.BBox = []float64{round9(box.Min[0]), round9(box.Min[1]), round9(box.Max[0]), round9(box.Max[1])}
		}
		if !h.place {
			more.Links = append(more.Links, rest.Link{Href: itemURL(c, h.Feature.Collection, h.Feature.ID), Rel: "item", Type: rest.MediaGeoJSON})
		}
		tail, err := rest.JSONText(more)
		if err != nil {
			return fmt.Errorf("search: %w", err)
		}
		tail[0] = ','
		if buf, err = enc.open(buf, &h.Feature); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		buf = append(append(buf, tail...), '\n')
	}
	end := tail{Returned: int64(len(hits)), TimeStamp: s.timeStamp(), Links: []rest.Link{
		{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaGeoJSON, Title: "this answer"},
		{Href: rest.Self(c, map[string]string{"f": "html"}), Rel: "alternate", Type: "text/html", Title: "this answer to read"},
	}}
	return c.Blob(http.StatusOK, rest.MediaGeoJSON, end.append(append(buf, ']')))
}

func (s *Service) searchPage(c echo.Context, text string, hits []hit) error {
	pg := page{Title: text, What: "search", Path: s.way(c), Head: []string{"name", "id", "class", "collection", "found in"},
		Facts: []fact{{Name: "found", Value: strconv.Itoa(len(hits))}},
		Links: []rest.Link{{Href: rest.Self(c, map[string]string{"f": "json"}), Rel: "alternate", Title: "GeoJSON"}}}
	for i := range hits {
		h := &hits[i]
		f, at := &h.Feature, ""
		if !h.place {
			at = itemURL(c, f.Collection, f.ID) + "?f=html"
		}
		pg.Rows = append(pg.Rows, []Cell{{f.Name, at}, {f.ID, at}, {f.Kind, ""}, {f.Collection, ""}, {h.Field, ""}})
	}
	return s.pages.render(c, pg)
}
