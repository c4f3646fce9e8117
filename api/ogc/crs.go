package ogc

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/labstack/echo/v4"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// The reference systems that coordinates are given in when nobody asks for another.
const (
	CRS84  = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	CRS84h = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
)

const ellipsoidal = "ellipsoidal"

// system is a reference system at the door: how the store's coordinates become its own.
type system struct {
	uri  string
	to   *crs.Operation // nil where the store's coordinates are given as they are
	swap bool           // north before east
	// digits are written behind the point: horizontally, and of heights.
	digits, zDigits int
}

// systemOf makes the system for a store's datum and what heights are measured from. The
// error says why there is none.
func systemOf(datum, vertical string, c *crs.CRS) (system, error) {
	s := system{uri: c.URI(), swap: c.AxisOrder() == crs.NorthEast, digits: metreDigits, zDigits: metreDigits}
	if c.Geographic() {
		s.digits = degreeDigits
	}
	if s.uri == CRS84 || s.uri == CRS84h {
		// The datums that a store can have are taken as the same as WGS 84, see crs.Transform.
		if s.uri == CRS84h && vertical != ellipsoidal {
			return s, unknownHeights(c)
		}
		return s, nil
	}
	if c.Kind() != crs.Geographic && c.Kind() != crs.Projected {
		return s, &spatial.Problem{Kind: spatial.ErrInvalid, Code: crs.CodeUnsupported, Message: c.String() + " is no system for features on a map"}
	}
	v := c.Vertical()
	if (v.Ellipsoidal && vertical != ellipsoidal) || (v.Code != 0 && vertical != fmt.Sprintf("EPSG:%d", v.Code)) {
		return s, unknownHeights(c)
	}
	from := stored(datum)
	if v.Ellipsoidal {
		from = crs.CRS84h()
	}
	if v.Code != 0 {
		c = c.Horizontal() // heights are given as they are
	}
	var err error
	s.to, err = crs.Transform(from, c)
	return s, err
}

func unknownHeights(c *crs.CRS) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "crs-heights", Message: "the heights of the collection are not those of " + c.String(),
		Hint: "ask for the horizontal system; heights are then given as they are"}
}

// stored is the system of a store's longitudes and latitudes.
func stored(datum string) *crs.CRS {
	if datum == "cgcs2000" {
		return crs.CGCS2000()
	}
	return crs.WGS84()
}

// systems are the lists of reference systems that a store of some datum and heights offers,
// made when first asked for.
type systems struct {
	sync.Mutex
	lists map[[2]string][]offer
}

// offer is a system of a list, with the rectangle that it is made for.
type offer struct {
	uri  string
	area crs.Box
}

// of returns all systems that are offered for the datum and heights, the default one first.
func (s *systems) of(datum, vertical string) []offer {
	s.Lock()
	defer s.Unlock()
	key := [2]string{datum, vertical}
	if list := s.lists[key]; list != nil {
		return list
	}
	list := []offer{{uri: CRS84}}
	if vertical == ellipsoidal {
		list = []offer{{uri: CRS84h}, {uri: CRS84}}
	}
	for _, code := range crs.Codes() {
		c, err := crs.ByCode(code)
		if err != nil {
			continue
		}
		if _, err := systemOf(datum, vertical, c); err == nil {
			list = append(list, offer{c.URI(), c.Area()})
		}
	}
	if s.lists == nil {
		s.lists = map[[2]string][]offer{}
	}
	s.lists[key] = list
	return list
}

// worldwide are the codes that every collection names beside those made for its place.
var worldwide = []string{epsgURI(4326), epsgURI(4490), epsgURI(3857), epsgURI(4979), epsgURI(4480)}

func epsgURI(code int) string { return fmt.Sprintf("http://www.opengis.net/def/crs/EPSG/0/%d", code) }

// crsOf lists the reference systems of a collection: the default, the usual ones and those
// made for a place that it reaches into.
func (s *Service) crsOf(datum string, coll *spatial.Collection) []string {
	if coll.Local {
		return []string{contentCRS(coll)}
	}
	var out []string
	for _, o := range s.systems.of(datum, coll.VerticalCRS) {
		if o.uri == CRS84 || o.uri == CRS84h || slices.Contains(worldwide, o.uri) || madeFor(o.area, coll.Extent) {
			out = append(out, o.uri)
		}
	}
	return out
}

// madeFor reports whether a system is made for a part of the Earth into which a collection
// reaches.
func madeFor(area crs.Box, extent spatial.Box) bool {
	const broad = 180 // degrees: beyond that it is made for nowhere
	if width := area.East - area.West; extent.IsEmpty() || width == 0 || width >= broad {
		return false
	}
	parts := spatial.Box2D(area.West, area.South, area.East, area.North).Split()
	return slices.ContainsFunc(parts, func(b spatial.Box) bool { return b.Overlaps2D(extent) })
}

// storageCRS is the system whose coordinates the store keeps; it is one of those offered.
func storageCRS(datum string, coll *spatial.Collection) string {
	switch {
	case coll.Local:
		return contentCRS(coll)
	case datum != "cgcs2000":
		return contentCRS(coll)
	case coll.VerticalCRS == ellipsoidal:
		return epsgURI(4480)
	}
	return epsgURI(4490)
}

// contentCRS is the reference system of coordinates when nobody asked for another.
func contentCRS(coll *spatial.Collection) string {
	if coll.VerticalCRS == ellipsoidal {
		return CRS84h
	}
	return CRS84
}

// readCRS reads a parameter that names a reference system by its URI, or as EPSG:4547.
func (s *Service) readCRS(c echo.Context, name string, coll *spatial.Collection) (system, error) {
	text := c.QueryParam(name)
	if text == "" {
		return system{uri: contentCRS(coll), digits: degreeDigits, zDigits: metreDigits}, nil
	}
	meta, err := s.reader.Meta(c.Request().Context())
	if err != nil {
		return system{}, fmt.Errorf("meta: %w", err)
	}
	known, err := crs.Parse(text)
	if err == nil && (known.URI() == "" || coll.Local && known.URI() != contentCRS(coll)) {
		err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: crs.CodeUnsupported, Message: "this reference system is not offered for the collection"}
	}
	var sys system
	if err == nil {
		sys, err = systemOf(meta.Datum, coll.VerticalCRS, known)
	}
	if err != nil {
		return sys, rest.BadParam(name, text, reasonOf(err), "the collection's description lists what is offered, such as "+CRS84)
	}
	return sys, nil
}

// reasonOf is what an error says, without its hint.
func reasonOf(err error) string {
	if e, ok := errors.AsType[*crs.Error](err); ok {
		return e.Message
	}
	if p, ok := errors.AsType[*spatial.Problem](err); ok {
		return p.Message
	}
	return err.Error()
}

// position takes a position, its values in the order of the system's axes, to longitude and
// latitude; nil where it stays as it is.
func (s *system) position() rest.Position {
	if s.to == nil && !s.swap {
		return nil
	}
	var back *crs.Operation
	if s.to != nil {
		back = s.to.Inverse()
	}
	return func(x, y float64) (float64, float64, error) {
		if s.swap {
			x, y = y, x
		}
		if back == nil {
			return x, y, nil
		}
		lon, lat, _, err := back.Point(x, y, 0)
		if err != nil {
			return 0, 0, &spatial.Problem{Kind: spatial.ErrInvalid, Code: crs.CodeOutsideExtent, Message: reasonOf(err)}
		}
		return lon, lat, nil
	}
}

// geometry returns the geometry in the system, east first; the one given is not changed.
func (s *system) geometry(g geom.T) (geom.T, error) {
	if s == nil || s.to == nil || g == nil {
		return g, nil
	}
	if c, ok := g.(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection()
		for _, m := range c.Geoms() {
			moved, err := s.geometry(m)
			if err != nil {
				return nil, err
			}
			out.MustPush(moved) // fails only against a fixed layout, which is not set
		}
		return out, nil
	}
	g = cloned(g)
	flat := g.FlatCoords()
	if len(flat) == 0 {
		return g, nil
	}
	if err := s.to.Apply(flat, g.Stride()); err != nil {
		return nil, err
	}
	return g, nil
}

func cloned(g geom.T) geom.T {
	switch g := g.(type) {
	case *geom.Point:
		return g.Clone()
	case *geom.LineString:
		return g.Clone()
	case *geom.LinearRing:
		return g.Clone()
	case *geom.MultiPoint:
		return g.Clone()
	case *geom.MultiLineString:
		return g.Clone()
	case *geom.Polygon:
		return g.Clone()
	case *geom.MultiPolygon:
		return g.Clone()
	}
	return g
}

// outsideSystem says which feature cannot be shown in the system.
func outsideSystem(s *system, f *spatial.Feature, err error) error {
	return &rest.ParamError{Name: "crs", Value: s.uri, Err: &spatial.Problem{Kind: spatial.ErrInvalid, Code: crs.CodeOutsideExtent,
		Message: fmt.Sprintf("feature %.100q: %s", f.ID, reasonOf(err)), Hint: "narrow the answer with bbox, or ask for another system"}}
}
