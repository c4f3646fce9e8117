package ogc

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Stack answers everything above and below a point, from the lowest to the highest, what has
// no known heights last. With distance, what passes the point within so many metres counts
// too: lines and points hardly ever lie exactly under one.
func (s *Service) Stack(c echo.Context) error {
	a, err := s.askIn(c, listForms())
	if err != nil {
		return err
	}
	if err := s.readFilter(c, &a); err != nil {
		return err
	}
	limit, err := s.readStack(c, &a)
	if err != nil {
		return err
	}
	state, err := s.state(c, &a)
	if err != nil {
		return err
	}
	a.head(c)
	if done, err := s.fresh(c, a.format, state...); done {
		return err
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	list, err := s.stack(c, &a)
	if err != nil {
		return err
	}
	total := int64(len(list))
	list = list[:min(len(list), limit)]
	if a.format.Name == "html" {
		return s.stackPage(c, &a, list)
	}
	out, done := s.stream(c, &a)
	defer done()
	for i := range list {
		if err := out.feature(&list[i]); err != nil {
			return err
		}
	}
	return out.finish(tail{Matched: &total, Returned: out.count, TimeStamp: s.timeStamp(), Links: itemsLinks(c, &a)})
}

// readStack reads point, distance, z and limit.
func (s *Service) readStack(c echo.Context, a *ask) (limit int, err error) {
	point, given, err := rest.Param(c, "point", rest.ParsePoint)
	switch {
	case err != nil:
		return 0, err
	case !given:
		return 0, rest.BadParam("point", "", "the parameter is missing", "give point=lon,lat")
	case point.HasH:
		return 0, rest.BadParam("point", c.QueryParam("point"), "a stack has all heights", "give point=lon,lat; z=low,high bounds the heights")
	}
	w := spatial.Within{Geometry: geom.NewPointFlat(geom.XY, []float64{point.Lon, point.Lat})}
	if w.Distance, a.shape.Distance, err = rest.Param(c, "distance", rest.ParseNumber); err != nil {
		return 0, err
	}
	if w.Distance < 0 {
		return 0, rest.BadParam("distance", c.QueryParam("distance"), "a distance is at least 0", "")
	}
	a.query.Within = &w
	heights, given, err := rest.Param(c, "z", rest.ParseHeights)
	if err != nil {
		return 0, err
	}
	if given {
		box := spatial.Box2D(-180, -90, 180, 90)
		box.Min[2], box.Max[2] = heights.Min, heights.Max
		a.query.Box = &box
	}
	limit, given, err = rest.Param(c, "limit", rest.ParseCount(s.limits.ItemsMax))
	if !given {
		limit = s.limits.NearestMax
	}
	return limit, err
}

// maxStack is how many features one place may hold: a circle of kilometres is no stack.
const maxStack = 100_000

func (s *Service) stack(c echo.Context, a *ask) (list []spatial.Feature, err error) {
	ctx, cancel := s.bounded(c.Request().Context(), a)
	defer cancel()
	q := a.query
	q.Limit = maxStack + 1
	for f, err := range s.reader.Features(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("stack of %s: %w", a.coll.Name, inTime(ctx, err))
		}
		list = append(list, f)
	}
	if len(list) > maxStack {
		return nil, rest.BadParam("distance", c.QueryParam("distance"), "too much lies within the distance for a stack", "use within, or a smaller distance")
	}
	slices.SortStableFunc(list, func(a, b spatial.Feature) int {
		low, high := bounds(a.Z)
		low2, high2 := bounds(b.Z)
		return cmp.Or(cmp.Compare(low, low2), cmp.Compare(high, high2))
	})
	return list, nil
}

// bounds puts unknown heights behind all others.
func bounds(z spatial.ZRange) (low, high float64) {
	if !z.Known {
		return math.Inf(1), math.Inf(1)
	}
	return z.Min, z.Max
}

func (s *Service) stackPage(c echo.Context, a *ask, list []spatial.Feature) error {
	pg := page{Title: a.coll.Name + " " + c.QueryParam("point"), What: "above and below", About: a.coll.Description, Path: s.way(c),
		Links: []rest.Link{{Href: rest.Self(c, map[string]string{"f": "json"}), Rel: "alternate", Title: "GeoJSON"}},
		Head:  []string{"from", "to", "storey", "class", "name", "id"}}
	// A section is read from the top.
	for i := range slices.Backward(list) {
		f := &list[i]
		low, high := "", ""
		if f.Z.Known {
			low, high = metresText(f.Z.Min), metresText(f.Z.Max)
		}
		pg.Rows = append(pg.Rows, []Cell{{low, ""}, {high, ""}, {f.Storey, ""}, {f.Kind, ""}, {f.Name, ""}, {f.ID, itemURL(c, a.coll.Name, f.ID) + "?f=html"}})
	}
	return s.pages.render(c, pg)
}

func metresText(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + " m" }
