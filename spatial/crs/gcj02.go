package crs

import (
	"math"
	"strings"
)

// GCJ-02 is the displacement that Chinese law prescribes for published maps, BD-09 a
// second one that Baidu lays on top. Both are conversions for import and export only:
// nothing is stored in them, and displacing is not a lawful way to make data public.
//
// The formulas have circulated since 2010; GCJ-02 works on the Krassowsky ellipsoid.
const (
	gcjA  = 6378245.0
	gcjE2 = 0.00669342162296594323
	bdPi  = math.Pi * 3000 / 180
)

// gcjArea is where maps are displaced; outside, both functions are the identity.
var gcjArea = Box{West: 72.004, South: 0.8293, East: 137.8347, North: 55.8271}

// GCJ02 returns the GCJ-02 longitude and latitude of a WGS 84 one, all in degrees.
func GCJ02(lon, lat float64) (float64, float64) {
	if !gcjArea.Contains(lon, lat) {
		return lon, lat
	}
	dLon, dLat := gcjOffset(lon, lat)
	return lon + dLon, lat + dLat
}

// FromGCJ02 is the inverse of GCJ02, within 1e-9 degrees. One step of the usual inverse is
// 2.5 to 5 m off; the displacement changes so slowly that each further step gains about
// three digits.
func FromGCJ02(lon, lat float64) (float64, float64) {
	if !gcjArea.Contains(lon, lat) {
		return lon, lat
	}
	wLon, wLat := lon, lat
	for range 6 {
		dLon, dLat := gcjOffset(wLon, wLat)
		nLon, nLat := lon-dLon, lat-dLat
		done := math.Abs(nLon-wLon) < 1e-12 && math.Abs(nLat-wLat) < 1e-12
		wLon, wLat = nLon, nLat
		if done {
			break
		}
	}
	return wLon, wLat
}

// gcjOffset returns the displacement in degrees.
func gcjOffset(lon, lat float64) (dLon, dLat float64) {
	x, y := lon-105, lat-35
	root := math.Sqrt(math.Abs(x))
	common := (20*math.Sin(6*math.Pi*x) + 20*math.Sin(2*math.Pi*x)) * 2 / 3
	dLat = -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + common +
		(20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi*y/3))*2/3 +
		(160*math.Sin(math.Pi*y/12)+320*math.Sin(math.Pi*y/30))*2/3
	dLon = 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + common +
		(20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi*x/3))*2/3 +
		(150*math.Sin(math.Pi*x/12)+300*math.Sin(math.Pi*x/30))*2/3
	sin, cos := math.Sincos(rad(lat))
	w := 1 - gcjE2*sin*sin
	meridian := gcjA * (1 - gcjE2) / (w * math.Sqrt(w))
	parallel := gcjA / math.Sqrt(w) * cos
	return deg(dLon / parallel), deg(dLat / meridian)
}

// BD09 returns the BD-09 longitude and latitude of a GCJ-02 one, all in degrees.
func BD09(lon, lat float64) (float64, float64) {
	z := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*bdPi)
	theta := math.Atan2(lat, lon) + 0.000003*math.Cos(lon*bdPi)
	sin, cos := math.Sincos(theta)
	return z*cos + 0.0065, z*sin + 0.006
}

// FromBD09 is the inverse of BD09, to GCJ-02, within 1e-9 degrees.
func FromBD09(lon, lat float64) (float64, float64) {
	gLon, gLat := lon-0.0065, lat-0.006
	for range 10 {
		bLon, bLat := BD09(gLon, gLat)
		eLon, eLat := lon-bLon, lat-bLat
		gLon, gLat = gLon+eLon, gLat+eLat
		if math.Abs(eLon) < 1e-12 && math.Abs(eLat) < 1e-12 {
			break
		}
	}
	return gLon, gLat
}

// obfuscatedByName returns GCJ-02 or BD-09 as a system, nil for any other name.
func obfuscatedByName(name string) *CRS {
	c := &CRS{kind: Obfuscated, datum: mustByCode(4326).datum, unit: Degree, dimension: 2, area: gcjArea}
	switch strings.ToUpper(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)) {
	case "GCJ02":
		c.id, c.name, c.conv = "GCJ-02", "GCJ-02 (displaced WGS 84)", displaced{GCJ02, FromGCJ02}
	case "BD09", "BD09LL":
		c.id, c.name = "BD-09", "BD-09 (displaced WGS 84)"
		c.conv = displaced{
			func(lon, lat float64) (float64, float64) { return BD09(GCJ02(lon, lat)) },
			func(lon, lat float64) (float64, float64) { return FromGCJ02(FromBD09(lon, lat)) },
		}
	default:
		return nil
	}
	return c
}

// displaced converts by a displacement of longitude and latitude.
type displaced struct {
	there, back func(lon, lat float64) (float64, float64)
}

func (d displaced) forward(lon, lat, h float64) (float64, float64, float64, bool) {
	_, _, _, ok := lonLat{}.forward(lon, lat, h)
	x, y := d.there(lon, lat)
	return x, y, h, ok
}

func (d displaced) inverse(lon, lat, h float64) (float64, float64, float64, bool) {
	_, _, _, ok := lonLat{}.forward(lon, lat, h)
	x, y := d.back(lon, lat)
	return x, y, h, ok
}
