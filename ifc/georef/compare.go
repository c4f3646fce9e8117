package georef

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

const (
	// contradiction is how many metres apart two statements may put a model.
	contradiction = 10
	// elevationSlack is how many metres their heights may differ.
	elevationSlack = 1
	// rotationSlack is how many radians rotation and true north may differ: convergence of
	// the grid, which some programs add and some do not, stays below it nearly everywhere.
	rotationSlack = 4 * math.Pi / 180
)

// apart returns the distance in metres between where two places put a point of the model.
func apart(a, b *Place, at mesh.Vec3) float64 {
	lon1, lat1, _, err1 := a.Forward(at)
	lon2, lat2, _, err2 := b.Forward(at)
	if err1 != nil || err2 != nil {
		return math.Inf(1)
	}
	d, _ := spatial.Geodesic(lon1, lat1, lon2, lat2)
	return d
}

// compare warns of what the rungs have against each other.
func (s *Survey) compare() {
	if s.place == nil {
		return
	}
	first := s.Rungs[0]
	for _, other := range s.Rungs[1:] {
		if other.place != nil {
			s.compareWith(first, other)
		}
	}
	if first.Source == SourceSite {
		s.warn(CodeSiteOnly, "the place is only known from IfcSite's latitude and longitude, which are good to some metres at best and often not set by a surveyor")
	}
	if first.Source != SourceOption && !first.facts.hasHeight {
		s.warn(CodeHeight, "nobody gave the height of the model's zero point; heights count from it")
	}
	s.compareNorth(first)
	s.compareScale()
	s.compareWorld(first)
	for _, note := range s.place.Notes() {
		s.warn(CodeDatum, "%s", note)
	}
	if s.Fix == "" && len(s.Warnings) > 0 {
		s.Fix = s.fix()
	}
}

func (s *Survey) compareWith(first, other Rung) {
	at := s.anchor
	if other.Source == SourceSite && !other.facts.rotated {
		at = other.facts.pivot // without TrueNorth a site only says where one point is
	}
	if d := apart(first.place, other.place, at); d > contradiction {
		code := CodeContradicts
		if first.Source == SourceOption {
			code = CodeOverrides
		}
		s.warn(code, "%s and %s put the model %s apart; %s is used", first.Source, other.Source, metres(d), first.Source)
	}
	a, b := first.facts, other.facts
	if a.hasHeight && b.hasHeight && math.Abs(a.elevation-b.elevation) > elevationSlack {
		s.warn(CodeElevation, "%s puts the model's zero at a height of %.2f m, %s at %.2f m", first.Source, a.elevation, other.Source, b.elevation)
	}
}

// compareScale warns of a map whose lengths are not those of the ground, as in Web Mercator:
// a conversion with a scale of 1 makes the model as much too small.
func (s *Survey) compareScale() {
	f, err := s.place.Frame(s.Zero())
	if err != nil {
		return
	}
	x := math.Hypot(f.Axes[0], f.Axes[3])
	if f := s.Rungs[0].facts; f.stated && f.statement.factor[0] != 1 {
		return // somebody meant it
	}
	if math.Abs(x-1) > scaleSlack {
		s.warn(CodeMapScale, "lengths on the map of %s are not those of the ground here: a metre of the model becomes %.4f m; --origin lon,lat,h keeps its size", s.place.CRS, x)
	}
}

// compareNorth holds the rotation of a map conversion against the TrueNorth of the context.
func (s *Survey) compareNorth(first Rung) {
	north, given := s.trueNorth()
	if !given || !first.facts.rotated || first.Source == SourceSite || first.Source == SourceOption {
		return
	}
	// Programs write a true north of (0, 1) when nobody set one: it contradicts nothing.
	if math.Abs(north) < 1e-6 {
		return
	}
	grid := first.facts.rotation
	switch {
	case math.Abs(math.Remainder(grid-north, 2*math.Pi)) < rotationSlack:
	case math.Abs(math.Remainder(grid+north, 2*math.Pi)) < rotationSlack:
		s.warn(CodeRotation, "the map conversion turns the model by %.2f°, TrueNorth by %.2f°: one of them has the wrong sign; the map conversion is used", degrees(grid), degrees(north))
	default:
		s.warn(CodeTrueNorth, "the map conversion turns the model by %.2f°, TrueNorth by %.2f°; the map conversion is used", degrees(grid), degrees(north))
	}
}

// fix says what to type when the place may be wrong.
func (s *Survey) fix() string {
	for _, w := range s.Warnings {
		switch w.Code {
		case CodeSiteOnly, CodeSiteDefault, CodeContradicts, CodeZero, CodeDoubled:
			o := s.Rungs[0].Origin
			return fmt.Sprintf("if the model stands elsewhere, type --origin lon,lat,h[,rotation] (now %.6f,%.6f,%.2f) or --crs EPSG:… for its map coordinates", o[0], o[1], o[2])
		}
	}
	return ""
}

func metres(d float64) string {
	switch {
	case math.IsInf(d, 0):
		return "any distance"
	case d >= 10_000:
		return fmt.Sprintf("%.0f km", d/1000)
	}
	return fmt.Sprintf("%.1f m", d)
}
