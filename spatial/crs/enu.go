package crs

import "fmt"

// ENU is a local frame whose axes point east, north and up at an origin on the ellipsoid,
// in metres: a plane that touches the Earth, without map distortion. It is what solids
// are kept in and what 3D tiles are placed by.
type ENU struct {
	ellipsoid   Ellipsoid
	datum       *Datum
	lon, lat, h float64
	x0, y0, z0  float64    // the origin, geocentric
	axes        [9]float64 // rows: east, north, up
}

// NewENU returns the frame about a longitude and latitude in degrees and a height in
// metres above the ellipsoid of the datum. The error has code outside-extent.
func NewENU(datum *Datum, lon, lat, h float64) (*ENU, error) {
	_, _, _, ok := lonLat{}.forward(lon, lat, h)
	if !ok {
		return nil, outside("", "the origin %g, %g, %g of a local frame is no longitude, latitude and height", lon, lat, h)
	}
	sinLat, cosLat := sincosDeg(lat)
	sinLon, cosLon := sincosDeg(lon)
	f := &ENU{ellipsoid: datum.ellipsoid, datum: datum, lon: lon, lat: lat, h: h, axes: [9]float64{
		-sinLon, cosLon, 0,
		-sinLat * cosLon, -sinLat * sinLon, cosLat,
		cosLat * cosLon, cosLat * sinLon, sinLat,
	}}
	f.x0, f.y0, f.z0 = datum.ellipsoid.ToGeocentric(lon, lat, h)
	return f, nil
}

// Origin returns longitude and latitude in degrees and height in metres of the origin.
func (f *ENU) Origin() (lon, lat, h float64) { return f.lon, f.lat, f.h }

// Datum returns the datum on which the origin is given.
func (f *ENU) Datum() *Datum { return f.datum }

// ToGeocentric returns the earth-centred coordinates of a point of the frame.
func (f *ENU) ToGeocentric(e, n, u float64) (x, y, z float64) {
	a := &f.axes
	return f.x0 + a[0]*e + a[3]*n + a[6]*u,
		f.y0 + a[1]*e + a[4]*n + a[7]*u,
		f.z0 + a[2]*e + a[5]*n + a[8]*u
}

// FromGeocentric is the inverse of ToGeocentric.
func (f *ENU) FromGeocentric(x, y, z float64) (e, n, u float64) {
	a := &f.axes
	x, y, z = x-f.x0, y-f.y0, z-f.z0
	return a[0]*x + a[1]*y + a[2]*z, a[3]*x + a[4]*y + a[5]*z, a[6]*x + a[7]*y + a[8]*z
}

// Forward returns east, north and up in metres of a longitude and latitude in degrees and
// a height above the ellipsoid.
func (f *ENU) Forward(lon, lat, h float64) (e, n, u float64) {
	return f.FromGeocentric(f.ellipsoid.ToGeocentric(lon, lat, h))
}

// Inverse returns longitude, latitude and height of a point of the frame.
func (f *ENU) Inverse(e, n, u float64) (lon, lat, h float64) {
	return f.ellipsoid.FromGeocentric(f.ToGeocentric(e, n, u))
}

// Matrix returns the frame → geocentric transform, 4×4 in column-major order as glTF and
// 3D Tiles write it.
func (f *ENU) Matrix() [16]float64 {
	a := &f.axes
	return [16]float64{
		a[0], a[1], a[2], 0,
		a[3], a[4], a[5], 0,
		a[6], a[7], a[8], 0,
		f.x0, f.y0, f.z0, 1,
	}
}

// CRS returns the frame as a coordinate reference system, for Transform.
func (f *ENU) CRS() *CRS {
	return &CRS{
		name: fmt.Sprintf("east-north-up about %g, %g, %g", f.lon, f.lat, f.h), kind: Topocentric, datum: f.datum,
		unit: Metre, dimension: 3, vertical: Vertical{Ellipsoidal: true}, conv: enuConverter{f},
	}
}

type enuConverter struct{ frame *ENU }

func (c enuConverter) forward(lon, lat, h float64) (float64, float64, float64, bool) {
	_, _, _, ok := lonLat{}.forward(lon, lat, h)
	e, n, u := c.frame.Forward(lon, lat, h)
	return e, n, u, ok
}

func (c enuConverter) inverse(e, n, u float64) (float64, float64, float64, bool) {
	lon, lat, h := c.frame.Inverse(e, n, u)
	return lon, lat, h, finite(lon, lat, h)
}
