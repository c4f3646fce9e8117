package crs

import (
	"fmt"
	"math"
	"strconv"
)

// Kind says what the coordinates of a system are.
type Kind int

const (
	// Geographic coordinates are longitude and latitude in degrees, and maybe a height.
	Geographic Kind = iota
	// Projected coordinates are easting and northing on a map, and maybe a height.
	Projected
	// Geocentric coordinates are X, Y, Z in metres from the Earth's centre.
	Geocentric
	// Topocentric coordinates are east, north and up in metres from a point on the Earth.
	Topocentric
	// Obfuscated coordinates are longitude and latitude displaced by GCJ-02 or BD-09.
	Obfuscated
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return [...]string{"geographic", "projected", "geocentric", "topocentric", "obfuscated"}[k]
}

// AxisOrder is the order in which the authority writes coordinates. Inside, and in every
// argument and result of this package, east comes first.
type AxisOrder int

const (
	// EastNorth is longitude or easting first.
	EastNorth AxisOrder = iota
	// NorthEast is latitude or northing first.
	NorthEast
	// XYZ is the order of geocentric axes.
	XYZ
)

// String returns "east-north", "north-east" or "x-y-z".
func (a AxisOrder) String() string {
	return [...]string{"east-north", "north-east", "x-y-z"}[a]
}

// Unit is the unit of the horizontal coordinates; Factor converts it to metres, or to
// degrees for a geographic system.
type Unit struct {
	Name   string
	Factor float64
}

// The units of the systems in the table.
var (
	Metre        = Unit{"metre", 1}
	Foot         = Unit{"foot", 0.3048}
	USSurveyFoot = Unit{"US survey foot", 1200. / 3937}
	Degree       = Unit{"degree", 1}
)

// Box is a rectangle in degrees. One whose West is greater than its East crosses the
// antimeridian. The zero Box is unknown and contains everything.
type Box struct {
	West, South, East, North float64
}

// Contains reports whether a point lies in the box or on its edge.
func (b Box) Contains(lon, lat float64) bool {
	if b == (Box{}) {
		return true
	}
	if !(lat >= b.South && lat <= b.North) {
		return false
	}
	if b.West > b.East {
		return lon >= b.West || lon <= b.East
	}
	return lon >= b.West && lon <= b.East
}

// meets reports whether two boxes have a point in common; the zero Box meets all.
func (b Box) meets(o Box) bool {
	if b == (Box{}) || o == (Box{}) {
		return true
	}
	if b.North < o.South || o.North < b.South {
		return false
	}
	mid := (b.South + b.North) / 2
	other := (o.South + o.North) / 2
	return b.Contains(o.West, mid) || b.Contains(o.East, mid) || o.Contains(b.West, other) || o.Contains(b.East, other)
}

// Grow returns the box enlarged on all sides.
func (b Box) Grow(degrees float64) Box {
	if b == (Box{}) {
		return b
	}
	width := b.East - b.West
	if width < 0 {
		width += 360
	}
	if width+2*degrees >= 360 {
		return Box{-180, max(-90, b.South-degrees), 180, min(90, b.North+degrees)}
	}
	wrap := func(lon float64) float64 { return math.Remainder(lon, 360) }
	west, east := b.West-degrees, b.East+degrees
	if west < -180 {
		west = wrap(west)
	}
	if east > 180 {
		east = wrap(east)
	}
	return Box{west, max(-90, b.South-degrees), east, min(90, b.North+degrees)}
}

// String returns "west,south,east,north".
func (b Box) String() string { return fmt.Sprintf("%g,%g,%g,%g", b.West, b.South, b.East, b.North) }

// Vertical names what heights are measured from. The zero value says nothing about them.
type Vertical struct {
	Ellipsoidal bool   // above the ellipsoid of the datum
	Code        int    // EPSG code of a vertical system, 0 when not known
	Name        string // of the vertical system
}

// CRS is a coordinate reference system. It is immutable and safe for concurrent use; the
// zero value is not usable.
//
// Forward and Inverse stay on the system's own datum. Only Transform goes from one datum
// to another; whoever stores what Inverse returns must have compared the datums.
type CRS struct {
	code       int
	id         string // such as "OGC:CRS84", for systems without an EPSG code
	name       string
	kind       Kind
	datum      *Datum
	unit       Unit
	order      AxisOrder
	dimension  int
	area       Box
	vertical   Vertical
	method     Method
	params     Parameters
	horizontal *CRS     // of a compound system, else nil
	declared   *Helmert // TOWGS84 of the text it was read from
	conv       converter
}

// converter is what computes: degrees and metres on one side, the system's coordinates
// in its unit on the other. ok is false outside the domain.
type converter interface {
	forward(lon, lat, h float64) (x, y, z float64, ok bool)
	inverse(x, y, z float64) (lon, lat, h float64, ok bool)
}

// Code returns the EPSG code, 0 for a system without one.
func (c *CRS) Code() int { return c.code }

// ID returns a short form that Parse reads again, such as "EPSG:4547" or "OGC:CRS84", and
// "" for a system by parameters.
func (c *CRS) ID() string {
	if c.code != 0 {
		return "EPSG:" + strconv.Itoa(c.code)
	}
	return c.id
}

// URI returns the identifier that OGC APIs use, such as
// "http://www.opengis.net/def/crs/EPSG/0/4547", and "" for a system without one.
func (c *CRS) URI() string {
	if c.code != 0 {
		return "http://www.opengis.net/def/crs/EPSG/0/" + strconv.Itoa(c.code)
	}
	return ogcURIs[c.id]
}

// URN returns the identifier that GeoJSON and GML use, such as
// "urn:ogc:def:crs:EPSG::4547", and "" for a system without one.
func (c *CRS) URN() string {
	if c.code != 0 {
		return "urn:ogc:def:crs:EPSG::" + strconv.Itoa(c.code)
	}
	return ogcURNs[c.id]
}

// Name returns the name in the EPSG dataset, or what the text that declared it says.
func (c *CRS) Name() string { return c.name }

// String returns the identifier and the name.
func (c *CRS) String() string {
	if id := c.ID(); id != "" {
		return id + " (" + c.name + ")"
	}
	return c.name
}

// Kind says what the coordinates are.
func (c *CRS) Kind() Kind { return c.kind }

// Geographic reports whether the coordinates are longitude and latitude on the datum.
func (c *CRS) Geographic() bool { return c.kind == Geographic }

// Datum returns the datum on which longitudes and latitudes are given.
func (c *CRS) Datum() *Datum { return c.datum }

// Dimension returns 3 when heights belong to the system, else 2. Heights that come with a
// 2D system are carried along unchanged.
func (c *CRS) Dimension() int { return c.dimension }

// Unit returns the unit of the horizontal coordinates. Heights are always metres.
func (c *CRS) Unit() Unit { return c.unit }

// AxisOrder returns the order in which the authority writes the coordinates, which
// matters at the doors only.
func (c *CRS) AxisOrder() AxisOrder { return c.order }

// Area returns the area of use, the zero Box when it is not known.
func (c *CRS) Area() Box { return c.area }

// Vertical says what heights are measured from.
func (c *CRS) Vertical() Vertical { return c.vertical }

// Horizontal returns the horizontal part of a compound system, else the system itself.
func (c *CRS) Horizontal() *CRS {
	if c.horizontal != nil {
		return c.horizontal
	}
	return c
}

// Projection returns method and parameters of a projected system; the method is "" for
// any other.
func (c *CRS) Projection() (Method, Parameters) { return c.method, c.params }

// DeclaredTransform returns the TOWGS84 transform that stood in the text which the system
// was read from. It is never used on its own, since such clauses are often wrong for the
// place (Beijing 1954 commonly carries one for the open sea): a caller who trusts the file
// hands it to Transform.
func (c *CRS) DeclaredTransform() (Helmert, bool) {
	if c.declared == nil {
		return Helmert{}, false
	}
	return *c.declared, true
}

// Forward returns the system's coordinates, east first, of a longitude and latitude in
// degrees and a height in metres on the system's own datum. The error has code
// outside-extent for a point outside the domain of the projection.
func (c *CRS) Forward(lon, lat, h float64) (x, y, z float64, err error) {
	x, y, z, ok := c.conv.forward(lon, lat, h)
	if !ok {
		return 0, 0, 0, c.forwardError(lon, lat, h)
	}
	return x, y, z, nil
}

// Inverse returns longitude and latitude in degrees and height in metres, on the system's
// own datum, of coordinates given east first. Errors are as for Forward.
func (c *CRS) Inverse(x, y, z float64) (lon, lat, h float64, err error) {
	lon, lat, h, ok := c.conv.inverse(x, y, z)
	if !ok {
		return 0, 0, 0, c.inverseError(x, y, z)
	}
	return lon, lat, h, nil
}

// FromLonLat converts flat coordinates in place from longitude, latitude, height to the
// system: stride 2 is x, y; from stride 3 on the third value is the height and further
// ones are left alone. It allocates nothing. On an error the slice is partly converted.
func (c *CRS) FromLonLat(coords []float64, stride int) error {
	return eachPoint(coords, stride, c.conv.forward, c.forwardError)
}

// ToLonLat is the inverse of FromLonLat.
func (c *CRS) ToLonLat(coords []float64, stride int) error {
	return eachPoint(coords, stride, c.conv.inverse, c.inverseError)
}

// SwapAxes exchanges the first two values of every point in place, for a door whose
// format follows the authority's axis order.
func SwapAxes(coords []float64, stride int) {
	for i := 0; i+1 < len(coords) && stride >= 2; i += stride {
		coords[i], coords[i+1] = coords[i+1], coords[i]
	}
}

// eachPoint runs f over flat coordinates in place.
func eachPoint(coords []float64, stride int, f func(x, y, z float64) (float64, float64, float64, bool),
	fail func(x, y, z float64) *Error) error {
	if stride < 2 || len(coords)%stride != 0 {
		return outside("", "%d values are no whole number of points of %d values", len(coords), stride)
	}
	for i := 0; i < len(coords); i += stride {
		p := coords[i : i+stride : i+stride]
		h := 0.0
		if stride > 2 {
			h = p[2]
		}
		x, y, z, ok := f(p[0], p[1], h)
		if !ok {
			err := fail(p[0], p[1], h)
			err.Message = fmt.Sprintf("point %d: %s", i/stride, err.Message)
			return err
		}
		p[0], p[1] = x, y
		if stride > 2 {
			p[2] = z
		}
	}
	return nil
}

func (c *CRS) forwardError(lon, lat, h float64) *Error {
	switch {
	case !finite(lon, lat, h):
		return outside("", "the coordinate %g, %g, %g is not finite", lon, lat, h)
	case math.Abs(lat) > 90 || math.Abs(lon) > maxLon:
		return outside("name the system of the coordinates, such as EPSG:4547, or exchange latitude and longitude",
			"%g, %g is no longitude and latitude in degrees", lon, lat)
	}
	return outside("", "longitude %g, latitude %g lies outside what %s can show", lon, lat, c)
}

func (c *CRS) inverseError(x, y, z float64) *Error {
	if c.kind == Geographic || c.kind == Obfuscated || !finite(x, y, z) {
		return c.forwardError(x, y, z)
	}
	return outside("check the coordinate system and the unit", "the coordinate %g, %g is none of %s", x, y, c)
}

// maxLon lets through longitudes that were unrolled over the antimeridian.
const maxLon = 540

func finite(v ...float64) bool {
	for _, f := range v {
		if f-f != 0 {
			return false
		}
	}
	return true
}
