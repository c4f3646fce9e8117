package crs

import "math"

// projection maps longitude and latitude in radians, on the projection's own ellipsoid,
// to metres and back. ok is false outside the domain. Values are immutable.
type projection interface {
	forward(lam, phi float64) (x, y float64, ok bool)
	inverse(x, y float64) (lam, phi float64, ok bool)
}

// Method names a projection method.
type Method string

// The projection methods that this package computes, by the names of the EPSG dataset.
const (
	MethodTransverseMercator   Method = "Transverse Mercator"
	MethodLambert1SP           Method = "Lambert Conic Conformal (1SP)"
	MethodLambert2SP           Method = "Lambert Conic Conformal (2SP)"
	MethodObliqueStereographic Method = "Oblique Stereographic"
	MethodMercatorA            Method = "Mercator (variant A)"
	MethodMercatorB            Method = "Mercator (variant B)"
	MethodWebMercator          Method = "Popular Visualisation Pseudo Mercator"
	MethodObliqueMercatorA     Method = "Hotine Oblique Mercator (variant A)"
	MethodObliqueMercatorB     Method = "Hotine Oblique Mercator (variant B)"
	MethodKrovak               Method = "Krovak (North Orientated)"
)

// Parameters define a projection: angles in degrees (longitudes from Greenwich), false
// easting and northing in metres. What a method does not use is zero. For Lambert 2SP
// Lat0 and Lon0 are those of the false origin.
type Parameters struct {
	Lat0, Lon0                  float64 // natural or false origin
	Scale                       float64 // at the natural origin
	Parallel1, Parallel2        float64 // standard parallels
	FalseEasting, FalseNorthing float64
	// Azimuth is that of the initial line of an oblique Mercator at its centre, GridAngle the
	// angle from the rectified to the oblique grid. Krovak's Parallel1 is the co-latitude of the
	// cone's axis, Parallel2 the pseudo standard parallel.
	Azimuth, GridAngle float64
}

// methods builds each projection from its parameters.
var methods = map[Method]func(Ellipsoid, Parameters) (projection, string){
	MethodTransverseMercator:   newTransverseMercator,
	MethodLambert1SP:           newLambert1SP,
	MethodLambert2SP:           newLambert2SP,
	MethodObliqueStereographic: newObliqueStereographic,
	MethodMercatorA:            newMercatorA,
	MethodMercatorB:            newMercatorB,
	MethodWebMercator:          newWebMercator,
	MethodObliqueMercatorA:     newObliqueMercatorA,
	MethodObliqueMercatorB:     newObliqueMercatorB,
	MethodKrovak:               newKrovak,
}

// newProjection checks what all methods share and builds the projection, or returns an
// error with code crs-unsupported that names the wrong parameter.
func newProjection(m Method, ell Ellipsoid, p Parameters) (projection, error) {
	build, ok := methods[m]
	if !ok {
		return nil, unsupported("give a transverse or oblique Mercator, Mercator, Lambert conformal conic, oblique stereographic or Krovak system",
			"the projection method %s is not supported", quote(string(m)))
	}
	if !ell.valid() {
		return nil, unsupported("", "the ellipsoid %s with semi-major axis %g and inverse flattening %g is not one of the Earth",
			quote(ell.Name), ell.A, ell.InvF)
	}
	for _, c := range []struct {
		name       string
		value, max float64
	}{
		{"latitude of origin", p.Lat0, 90}, {"longitude of origin", p.Lon0, 360},
		{"first standard parallel", p.Parallel1, 90}, {"second standard parallel", p.Parallel2, 90},
		{"azimuth", p.Azimuth, 360}, {"angle of the grid", p.GridAngle, 360},
		{"scale factor", p.Scale, 10}, {"false easting", p.FalseEasting, 1e9}, {"false northing", p.FalseNorthing, 1e9},
	} {
		if !(math.Abs(c.value) <= c.max) {
			return nil, unsupported("", "the %s %g of the projection is out of range", c.name, c.value)
		}
	}
	proj, why := build(ell, p)
	if why != "" {
		return nil, unsupported("", "%s: %s", m, why)
	}
	return proj, nil
}

// maxLat is π/2 with room for the rounding of 90 degrees to radians.
const maxLat = math.Pi/2 + 1e-12
