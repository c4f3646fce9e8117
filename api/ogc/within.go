package ogc

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
	"github.com/shikong-cim/shikong/spatial/geojson"
)

// Within answers the features within a distance of a point, line or polygon, a page at a
// time, in the order of their ids or of sortby, each with its distance: true metres on the ellipsoid, and
// in space where the geometry and the features have heights. The geometry is WKT in the
// query, or GeoJSON in the body of a POST.
func (s *Service) Within(c echo.Context) error {
	a, err := s.askIn(c, listForms())
	if err != nil {
		return err
	}
	if err := s.readBox(c, &a); err != nil {
		return err
	}
	if err := a.readSort(c); err != nil {
		return err
	}
	if err := s.readFilter(c, &a); err != nil {
		return err
	}
	body, err := readWithin(c, &a)
	if err != nil {
		return err
	}
	if err := s.readPage(c, &a, body); err != nil {
		return err
	}
	if c.Request().Method == http.MethodPost {
		a.head(c)
		c.Response().Header().Set(echo.HeaderContentType, a.format.Media[0])
		return s.streamItems(c, &a)
	}
	return s.answer(c, &a, s.streamItems)
}

// readWithin reads distance, and geometry from the query or the body. It returns what stands
// for the body in the token of a page.
func readWithin(c echo.Context, a *ask) (body string, err error) {
	w := spatial.Within{}
	var given bool
	if w.Distance, given, err = rest.Param(c, "distance", rest.ParseNumber); err != nil {
		return "", err
	}
	if !given {
		return "", rest.BadParam("distance", "", "the parameter is missing", "give distance=METRES; 0 finds what touches")
	}
	if c.Request().Method == http.MethodPost {
		w.Geometry, body, err = bodyGeometry(c)
	} else {
		w.Geometry, given, err = rest.Param(c, "geometry", ParseWKT)
		if err == nil && !given {
			err = rest.BadParam("geometry", "", "the parameter is missing", "give WKT such as POINT(114.057 22.543), or POST GeoJSON")
		}
	}
	if err != nil {
		return "", err
	}
	q := spatial.Query{Collection: a.coll.Name, Within: &w}
	if err := q.Validate(); err != nil {
		return "", err
	}
	a.query.Within, a.shape.Distance = &w, true
	return body, nil
}

// ParseWKT reads a geometry in longitude and latitude, and height in metres where it has one,
// written as OGC 06-103r4 has it (POINT, LINESTRING Z, …).
func ParseWKT(text string) (geom.T, error) {
	g, err := filter.ParseWKT(text)
	if err != nil {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-geometry", Message: "this is no geometry in WKT: " + reasonOf(err),
			Hint: "write POINT(lon lat), LINESTRING(lon lat, …), POLYGON((…)), with Z for heights"}
	}
	return g, nil
}

// jsonTypes are the media types of bodies that hold a geometry.
func jsonTypes() []string {
	return []string{rest.MediaGeoJSON, rest.MediaJSON, "application/vnd.geo+json"}
}

// bodyGeometry reads a GeoJSON geometry, or that of a Feature; those of several come together.
func bodyGeometry(c echo.Context) (g geom.T, sum string, err error) {
	media, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains(jsonTypes(), media) {
		return nil, "", &spatial.Problem{Kind: rest.ErrMediaType, Code: "media-type", Message: "the body is not GeoJSON", Hint: "send it as " + rest.MediaGeoJSON}
	}
	text, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, "", fmt.Errorf("body: %w", err)
	}
	r, err := geojson.NewReader(bytes.NewReader(text), geojson.Options{}, nil)
	if err != nil {
		return nil, "", fmt.Errorf("body: %w", err)
	}
	var all []geom.T
	for f, err := range r.Features() {
		if err != nil {
			return nil, "", fmt.Errorf("body: %w", err)
		}
		if f.Geometry != nil {
			all = append(all, f.Geometry)
		}
	}
	hash := sha256.Sum256(text)
	sum = hex.EncodeToString(hash[:])
	switch len(all) {
	case 0:
		return nil, "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-geometry", Message: "the body has no geometry",
			Hint: `send a GeoJSON geometry or Feature, such as {"type":"Point","coordinates":[114.057,22.543]}`}
	case 1:
		return all[0], sum, nil
	}
	together := geom.NewGeometryCollection()
	if err := together.Push(all...); err != nil {
		return nil, "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-geometry", Message: "the geometries of the body do not go together"}
	}
	return together, sum, nil
}
