package ogc

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
)

// Nearest answers the k features nearest to a point by true metric distance, in three
// dimensions when the point has a height; each carries its distance in metres, both as a
// member of the feature and, for clients that read nothing else, among its properties.
func (s *Service) Nearest(c echo.Context) error {
	a, err := s.askIn(c, listForms())
	if err != nil {
		return err
	}
	if err := s.readNear(c, &a); err != nil {
		return err
	}
	if err := s.readFilter(c, &a); err != nil {
		return err
	}
	return s.answer(c, &a, s.streamNearest)
}

func (s *Service) streamNearest(c echo.Context, a *ask) error {
	ctx, cancel := s.bounded(c.Request().Context(), a)
	defer cancel()
	out, done := s.stream(c, a)
	defer done()
	if _, err := s.read(ctx, a.query, a.query.Limit, out); err != nil {
		return fmt.Errorf("nearest of %s: %w", a.coll.Name, inTime(ctx, err))
	}
	return out.finish(tail{Returned: out.count, TimeStamp: s.timeStamp(), Links: itemsLinks(c, a)})
}

// readNear reads point, k and max.
func (s *Service) readNear(c echo.Context, a *ask) error {
	near, given, err := rest.Param(c, "point", rest.ParsePoint)
	if err != nil {
		return err
	}
	if !given {
		return rest.BadParam("point", "", "the parameter is missing", "give point=lon,lat or point=lon,lat,h")
	}
	const k = 10
	a.query.Limit = k
	if n, given, err := rest.Param(c, "k", rest.ParseCount(s.limits.NearestMax)); err != nil {
		return err
	} else if given {
		a.query.Limit = n
	}
	reach, given, err := rest.Param(c, "max", rest.ParseNumber)
	if err != nil {
		return err
	}
	if given && reach <= 0 {
		return rest.BadParam("max", c.QueryParam("max"), "a distance is greater than 0", "leave it out for no bound")
	}
	near.Max = reach
	a.query.Near, a.shape.Distance = &near, true
	return nil
}
