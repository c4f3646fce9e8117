package crs

import "math"

// plane converts by a projection, in any linear unit.
type plane struct {
	projection
	unit float64 // metres
}

func (p *plane) forward(lon, lat, h float64) (float64, float64, float64, bool) {
	x, y, ok := p.projection.forward(rad(lon), rad(lat))
	return x / p.unit, y / p.unit, h, ok && x-x == 0 && y-y == 0 && h-h == 0 && math.Abs(lon) <= maxLon
}

func (p *plane) inverse(x, y, h float64) (float64, float64, float64, bool) {
	lam, phi, ok := p.projection.inverse(x*p.unit, y*p.unit)
	return deg(lam), deg(phi), h, ok && lam-lam == 0 && phi-phi == 0 && h-h == 0
}

// lonLat is the identity on valid longitudes and latitudes.
type lonLat struct{}

func (lonLat) forward(lon, lat, h float64) (float64, float64, float64, bool) {
	return lon, lat, h, math.Abs(lon) <= maxLon && math.Abs(lat) <= 90 && h-h == 0
}

func (l lonLat) inverse(lon, lat, h float64) (float64, float64, float64, bool) {
	return l.forward(lon, lat, h)
}

// geocentric converts to earth-centred coordinates.
type geocentric struct{ ellipsoid Ellipsoid }

func (g geocentric) forward(lon, lat, h float64) (float64, float64, float64, bool) {
	_, _, _, ok := lonLat{}.forward(lon, lat, h)
	x, y, z := g.ellipsoid.ToGeocentric(lon, lat, h)
	return x, y, z, ok
}

func (g geocentric) inverse(x, y, z float64) (float64, float64, float64, bool) {
	lon, lat, h := g.ellipsoid.FromGeocentric(x, y, z)
	return lon, lat, h, finite(lon, lat, h)
}
