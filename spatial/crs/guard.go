package crs

import (
	"fmt"
	"math"
)

// guardMargin lets coordinates lie this many degrees outside the area of use: cities
// keep to one zone although they reach into the next.
const guardMargin = 3

// Check tells a coordinate, east first, that cannot be meant in this system. The error's
// code is zone-prefix for an easting with a zone number where none belongs, without one
// where one does, or with another zone's; axis-swap when only the exchanged coordinate
// lies in the area of use; outside-extent when nothing helps. A system of unknown area
// accepts all that it can convert.
func (c *CRS) Check(x, y float64) error {
	h := c.Horizontal()
	if h.inArea(x, y) {
		return nil
	}
	if h.inArea(y, x) {
		return &Error{Code: CodeAxisSwap, Message: fmt.Sprintf("the coordinate %.10g, %.10g only fits %s with its axes exchanged", x, y, c),
			Hint: "exchange easting and northing"}
	}
	if fixed, zone, ok := h.otherPrefix(x); ok && h.inArea(fixed, y) {
		return h.prefixError(x, y, zone)
	}
	if fixed, zone, ok := h.otherPrefix(y); ok && h.inArea(fixed, x) {
		err := h.prefixError(y, x, zone)
		err.Code = CodeAxisSwap
		err.Message = "the axes are exchanged, and " + err.Message
		return err
	}
	return c.outsideArea(x, y)
}

func (c *CRS) outsideArea(x, y float64) *Error {
	hint := "check the coordinate system, the unit and the axis order"
	lon, lat, _, ok := c.conv.inverse(x, y, 0)
	if !ok {
		return outside(hint, "the coordinate %.10g, %.10g is none of %s", x, y, c)
	}
	return outside(hint, "the coordinate %.10g, %.10g of %s lies at longitude %.4f, latitude %.4f, outside its area of use %s", x, y, c, lon, lat, c.area)
}

// inArea reports whether a coordinate converts to a place in the area of use.
func (c *CRS) inArea(x, y float64) bool {
	lon, lat, _, ok := c.conv.inverse(x, y, 0)
	if c.kind == Geocentric || c.kind == Topocentric {
		return ok
	}
	return ok && c.area.Grow(guardMargin).Contains(lon, lat)
}

// Zoned returns the systems of the table whose eastings carry a zone number and in whose area
// of use a coordinate in metres, east first, lies: with the zone number there are few.
func Zoned(x, y float64) []*CRS {
	if !(x > millions && x < 121*millions) {
		return nil
	}
	var fit []*CRS
	for _, t := range described() {
		if !t.zoned() || math.Floor(t.params.FalseEasting/millions) != math.Floor(x/millions) {
			continue
		}
		c := mustByCode(t.code)
		if lon, lat, _, ok := c.conv.inverse(x, y, 0); ok && c.area.Contains(lon, lat) {
			fit = append(fit, c)
		}
	}
	return fit
}

// millions is the step of zone numbers in an easting.
const millions = 1e6

// zoned reports whether eastings of the system may be written with a zone number: those
// of a transverse Mercator in metres whose zone is narrower than the step.
func (c *CRS) zoned() bool {
	return c.method == MethodTransverseMercator && c.unit.Factor == 1 && c.params.FalseEasting > 0
}

// otherPrefix returns the easting as the system would write it, and the zone number that
// it carries instead of the system's own.
func (c *CRS) otherPrefix(easting float64) (fixed float64, zone int, ok bool) {
	if !c.zoned() || !(easting >= 0 && easting < 121*millions) {
		return 0, 0, false
	}
	own, got := math.Floor(c.params.FalseEasting/millions), math.Floor(easting/millions)
	return easting + (own-got)*millions, int(got), own != got
}

func (c *CRS) prefixError(easting, northing float64, zone int) *Error {
	own := int(c.params.FalseEasting / millions)
	err := &Error{Code: CodeZonePrefix}
	switch {
	case own == 0:
		err.Message = fmt.Sprintf("the easting %.10g carries the zone number %d, but %s has none", easting, zone, c)
	case zone == 0:
		err.Message = fmt.Sprintf("the easting %.10g carries no zone number, but %s has zone %d in it", easting, c, own)
	default:
		err.Message = fmt.Sprintf("the easting %.10g carries the zone number %d, but %s is zone %d", easting, zone, c, own)
	}
	err.Hint = "correct the eastings or the coordinate system"
	if s := c.sibling(zone); s != nil && s.inArea(easting, northing) {
		err.Hint = "use " + s.String()
	}
	return err
}

// sibling returns the system of the table that differs in the zone number of its false
// easting: on the same meridian if there is one, else the one of that zone.
func (c *CRS) sibling(zone int) *CRS {
	want := c.params
	want.FalseEasting += (float64(zone) - math.Floor(want.FalseEasting/millions)) * millions
	var other *CRS
	for t := range c.relatives() {
		if t.unit != c.unit {
			continue
		}
		if want.same(t.params) {
			return mustByCode(t.code)
		}
		p := want
		p.Lon0 = t.params.Lon0
		if other == nil && zone != 0 && p.same(t.params) {
			other = mustByCode(t.code)
		}
	}
	return other
}

// Check returns an error with code outside-extent for a longitude and latitude outside
// the box, which is where the data is expected, say a city.
func (b Box) Check(lon, lat float64) error {
	if b.Contains(lon, lat) {
		return nil
	}
	return outside("check the coordinate system, or widen the expected extent",
		"longitude %.6f, latitude %.6f lies outside the expected extent %s", lon, lat, b)
}

// Factors returns the grid convergence in degrees, which is the bearing of grid north
// from true north, positive to the east, and the scale along the meridian, of a projected
// system at a longitude and latitude in degrees. Errors are as for Forward.
func (c *CRS) Factors(lon, lat float64) (convergence, scale float64, err error) {
	if c.kind != Projected {
		return 0, 1, nil
	}
	const step = 1e-4 // degrees: about 11 m each way, where both errors are near 1e-10
	south, north := max(-90, lat-step), min(90, lat+step)
	x1, y1, _, err := c.Forward(lon, south, 0)
	if err != nil {
		return 0, 0, err
	}
	x2, y2, _, err := c.Forward(lon, north, 0)
	if err != nil {
		return 0, 0, err
	}
	dx, dy := x2-x1, y2-y1
	e2 := c.datum.ellipsoid.e2()
	s := math.Sin(rad(lat))
	w := 1 - e2*s*s
	meridian := c.datum.ellipsoid.A * (1 - e2) / (w * math.Sqrt(w)) * rad(north-south)
	return deg(math.Atan2(-dx, dy)), math.Hypot(dx, dy) * c.unit.Factor / meridian, nil
}
