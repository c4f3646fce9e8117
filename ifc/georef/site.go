package georef

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// site adds the rung of IfcSite's latitude and longitude, which the standard gives in WGS 84
// for the origin of the site's own placement.
func (s *Survey) site() {
	e, lat, lon := s.sited()
	if e == 0 {
		return
	}
	if lat == 0 && lon == 0 {
		s.warn(CodeSiteZero, "IfcSite #%d stands at latitude 0, longitude 0, which is what exporters write for nothing", s.m.Number(e))
		return
	}
	at := s.m.Placement(e).Origin()
	height, hasHeight := s.m.Attr(e, "RefElevation").Float()
	height *= s.m.Units().Length
	if math.IsNaN(height) || math.IsInf(height, 0) {
		height, hasHeight = 0, false
	}
	r := Rung{Source: SourceSite, facts: facts{hasHeight: hasHeight, elevation: height - at[2], pivot: at}}
	r.facts.rotation, r.facts.rotated = s.trueNorth()
	if far := math.Hypot(s.anchor[0]-at[0], s.anchor[1]-at[1]); far > siteReach {
		r.err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: crs.CodeOutsideExtent,
			Message: fmt.Sprintf("the model stands %s away from the placement of IfcSite #%d, whose latitude and longitude are given", metres(far), s.m.Number(e)), Hint: s.missingHint()}
		s.Rungs = append(s.Rungs, r)
		return
	}
	r.place, r.err = about(crs.WGS84().Datum(), s.opt, [3]float64{lon, lat, height}, r.facts.rotation, at)
	s.Rungs = append(s.Rungs, r)
	if name, ok := defaultSite(lat, lon); ok {
		s.warn(CodeSiteDefault, "IfcSite stands at latitude %.4f, longitude %.4f in %s, where programs put models that nobody placed", lat, lon, name)
	}
}

// siteReach is how far from a point, in metres, a model may stand that is placed by it.
const siteReach = 100_000

// sited returns the first site that has a latitude and longitude.
func (s *Survey) sited() (site model.Entity, lat, lon float64) {
	for e := range s.m.All(schema.IfcSite) {
		lat, okLat := s.angle(e, "RefLatitude", 90)
		lon, okLon := s.angle(e, "RefLongitude", 180)
		if okLat && okLon {
			return e, lat, lon
		}
	}
	return 0, 0, 0
}

// angle returns an IfcCompoundPlaneAngleMeasure in degrees.
func (s *Survey) angle(e model.Entity, name string, limit float64) (float64, bool) {
	v := s.m.Attr(e, name)
	if v.Len() == 0 {
		return 0, false
	}
	parts := v.Ints(nil)
	deg, clean := compoundAngle(parts)
	switch {
	case len(parts) != v.Len() || len(parts) < 2 || len(parts) > 4 || math.Abs(deg) > limit:
		s.warn(CodeAngle, "%s of IfcSite #%d is no angle: %s", name, s.m.Number(e), v.Step().Raw())
		return 0, false
	case !clean:
		s.warn(CodeAngle, "%s of IfcSite #%d has parts of different signs or out of range, %s; it is read as %.6f", name, s.m.Number(e), v.Step().Raw(), deg)
	}
	return deg, true
}

// compoundAngle returns the degrees of degrees, minutes, seconds and millionths of seconds.
// IfcCompoundPlaneAngleMeasure gives all parts the sign of the angle; the sign of the first
// part that is not zero counts, and clean is false when another has the opposite one, or
// minutes or seconds reach 60.
func compoundAngle(parts []int) (degrees float64, clean bool) {
	units := [4]float64{1, 1. / 60, 1. / 3600, 1e-6 / 3600}
	limits := [4]int{360, 60, 60, 1_000_000}
	sign := 0
	clean = true
	for i, p := range parts {
		if i >= len(units) {
			return degrees, false
		}
		if sign == 0 && p != 0 {
			sign = 1
			if p < 0 {
				sign = -1
			}
		}
		if p*sign < 0 || p >= limits[i] || p <= -limits[i] {
			clean = false
		}
		degrees += math.Abs(float64(p)) * units[i]
	}
	return degrees * float64(sign), clean
}

// trueNorth returns the angle from east to the model's x axis that its TrueNorth asks for.
func (s *Survey) trueNorth() (rotation float64, given bool) {
	for _, c := range s.m.Contexts() {
		if c.HasNorth && (c.Type == "Model" || !given) {
			rotation, given = math.Pi/2-math.Atan2(c.North[1], c.North[0]), true
			if c.Type == "Model" {
				break
			}
		}
	}
	return math.Remainder(rotation, 2*math.Pi), given
}

// defaultSites are where authoring programs put a model by themselves.
var defaultSites = []struct {
	lat, lon float64
	name     string
}{
	{42.3584, -71.0597, "Boston"}, {42.2130, -71.0330, "Boston"}, {42.3587, -71.0567, "Boston"},
	{24.4667, 54.4167, "Abu Dhabi"}, {24.4667, 54.2333, "Abu Dhabi"},
	{51.4999, -0.1261, "London"}, {51.5065, -0.1272, "London"}, {40.4204, -3.7058, "Madrid"},
}

func defaultSite(lat, lon float64) (name string, ok bool) {
	const near = 0.002
	for _, d := range defaultSites {
		if math.Abs(d.lat-lat) < near && math.Abs(d.lon-lon) < near {
			return d.name, true
		}
	}
	return "", false
}
