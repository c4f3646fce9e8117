package georef

import (
	"math"
	"strings"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// propertySets reads the convention for IFC2X3: two property sets at the site or project
// that are named after the entities of IFC4 and hold their attributes.
func (s *Survey) propertySets(typed *crs.CRS) {
	var conversion, projected map[string]model.Value
	for _, class := range []schema.Type{schema.IfcProject, schema.IfcSite, schema.IfcBuilding} {
		for e := range s.m.All(class) {
			for _, set := range s.m.Relating(model.Defines, e) {
				switch setName(s.m.Name(set)) {
				case "mapconversion":
					if conversion == nil {
						conversion = s.values(set)
					}
				case "projectedcrs":
					if projected == nil {
						projected = s.values(set)
					}
				}
			}
		}
	}
	if conversion == nil && projected == nil {
		return
	}
	text := func(name string) string { return strings.TrimSpace(projected[name].Text()) }
	t := target{name: text("name"), description: text("description"), datum: text("geodeticdatum"),
		vertical: text("verticaldatum"), projection: text("mapprojection"), zone: text("mapzone")}
	st := psetStatement(conversion)
	st.mapUnit = namedUnit(text("mapunit"))
	s.state(SourcePset, st, t, typed)
}

// setName returns the name of a property set without its prefix, which is spelled ePset_,
// EPset_, ePSet_ or Pset_ in real files.
func setName(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, prefix := range []string{"epset_", "pset_", "epset", "pset"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return strings.ReplaceAll(rest, "_", "")
		}
	}
	return ""
}

// values returns the single values of a property set by lower-case name, as the file has
// them: the numbers are in map units whatever measure they are typed as.
func (s *Survey) values(set model.Entity) map[string]model.Value {
	out := map[string]model.Value{}
	for p := range s.m.Attr(set, "HasProperties").Items() {
		e := p.Entity()
		if v := s.m.Attr(e, "NominalValue"); !v.IsNull() {
			_, inner := v.Typed()
			out[strings.ToLower(s.m.Name(e))] = inner
		}
	}
	return out
}

func psetStatement(values map[string]model.Value) statement {
	f := func(name string, def float64) float64 { return values[name].FloatOr(def) }
	has := func(name string) bool { _, ok := values[name].Float(); return ok }
	return statement{
		east: f("eastings", 0), north: f("northings", 0), height: f("orthogonalheight", 0), hasHeight: has("orthogonalheight"),
		abscissa: f("xaxisabscissa", 0), ordinate: f("xaxisordinate", 0), hasAxis: has("xaxisabscissa") || has("xaxisordinate"),
		scale: f("scale", 1), factor: [3]float64{1, 1, 1},
	}
}

// namedUnit returns the metres of a unit of length that a text names, 0 for none.
func namedUnit(text string) float64 {
	switch strings.Trim(strings.ToLower(text), " .") {
	case "m", "metre", "meter", "metres", "meters":
		return 1
	case "mm", "millimetre", "millimeter", "milli metre", "millimetres", "millimeters":
		return 0.001
	case "cm", "centimetre", "centimeter":
		return 0.01
	case "km", "kilometre", "kilometer":
		return 1000
	case "ft", "foot", "feet", "international foot":
		return 0.3048
	case "us-ft", "ftus", "us survey foot", "us survey feet", "us_survey_foot", "foot_us":
		return 1200. / 3937
	case "in", "inch":
		return 0.0254
	}
	return 0
}

// degrees turns radians into degrees between −180 and 180.
func degrees(radians float64) float64 {
	return math.Remainder(radians, 2*math.Pi) * 180 / math.Pi
}
