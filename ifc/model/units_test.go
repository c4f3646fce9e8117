package model_test

import (
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
)

// unitFile puts units into an assignment.
func unitFile(list, statements string) string {
	return "#1=IFCPROJECT('p',$,'P',$,$,$,$,$,#2);\n#2=IFCUNITASSIGNMENT((" + list + "));\n" +
		"#5=IFCDIMENSIONALEXPONENTS(0,0,0,0,0,0,0);\n#7=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);\n#8=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);\n" + statements
}

func TestUnits(t *testing.T) {
	const relative = 1e-12
	for _, c := range []struct {
		name, in string
		kind     string
		factor   float64
		offset   float64
		symbol   string
	}{
		{"metre", "#10=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);", "LENGTHUNIT", 1, 0, "m"},
		{"millimetre", "#10=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);", "LENGTHUNIT", 1e-3, 0, "m"},
		{"square centimetre", "#10=IFCSIUNIT(*,.AREAUNIT.,.CENTI.,.SQUARE_METRE.);", "AREAUNIT", 1e-4, 0, "m²"},
		{"cubic millimetre", "#10=IFCSIUNIT(*,.VOLUMEUNIT.,.MILLI.,.CUBIC_METRE.);", "VOLUMEUNIT", 1e-9, 0, "m³"},
		{"kilogram", "#10=IFCSIUNIT(*,.MASSUNIT.,.KILO.,.GRAM.);", "MASSUNIT", 1, 0, "kg"},
		{"Celsius", "#10=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.DEGREE_CELSIUS.);", "THERMODYNAMICTEMPERATUREUNIT", 1, 273.15, "K"},
		{"foot", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'FOOT',#11);#11=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(0.3048),#8);", "LENGTHUNIT", 0.3048, 0, "m"},
		{"foot of inches", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'foot',#11);#11=IFCMEASUREWITHUNIT(IFCRATIOMEASURE(12.),#12);#12=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'inch',#13);#13=IFCMEASUREWITHUNIT(25.4,#14);#14=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);", "LENGTHUNIT", 0.3048, 0, "m"},
		{"US survey foot", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'US survey foot',#11);#11=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(0.304800609601219),#8);", "LENGTHUNIT", 0.304800609601219, 0, "m"},
		{"degree of any spelling", "#10=IFCCONVERSIONBASEDUNIT(#5,.PLANEANGLEUNIT.,'Degrees',#11);#11=IFCMEASUREWITHUNIT(IFCPLANEANGLEMEASURE(0.0174532925199433),#7);", "PLANEANGLEUNIT", 0.0174532925199433, 0, "rad"},
		{"degree the wrong way round", "#10=IFCCONVERSIONBASEDUNIT(#5,.PLANEANGLEUNIT.,'degree',#11);#11=IFCMEASUREWITHUNIT(IFCPLANEANGLEMEASURE(57.29577951),#7);", "PLANEANGLEUNIT", math.Pi / 180, 0, "rad"},
		{"inch without factor", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'InCh',$);", "LENGTHUNIT", 0.0254, 0, "m"},
		{"unnamed unit", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'li',#11);#11=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(500.),#8);", "LENGTHUNIT", 500, 0, "m"},
		{"Fahrenheit", "#10=IFCCONVERSIONBASEDUNITWITHOFFSET(#5,.THERMODYNAMICTEMPERATUREUNIT.,'FAHRENHEIT',#11,255.3722222222222);#11=IFCMEASUREWITHUNIT(IFCTHERMODYNAMICTEMPERATUREMEASURE(0.5555555555555556),#12);#12=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.KELVIN.);", "THERMODYNAMICTEMPERATUREUNIT", 0.5555555555555556, 255.3722222222222, "K"},
		{"litre per second", "#10=IFCDERIVEDUNIT((#11,#12),.VOLUMETRICFLOWRATEUNIT.,$);#11=IFCDERIVEDUNITELEMENT(#13,3);#12=IFCDERIVEDUNITELEMENT(#14,-1);#13=IFCSIUNIT(*,.LENGTHUNIT.,.DECI.,.METRE.);#14=IFCSIUNIT(*,.TIMEUNIT.,$,.SECOND.);", "VOLUMETRICFLOWRATEUNIT", 1e-3, 0, "m³/s"},
		{"heat transfer", "#10=IFCDERIVEDUNIT((#11,#12,#13),.THERMALTRANSMITTANCEUNIT.,$);#11=IFCDERIVEDUNITELEMENT(#14,1);#12=IFCDERIVEDUNITELEMENT(#8,-2);#13=IFCDERIVEDUNITELEMENT(#15,-1);#14=IFCSIUNIT(*,.POWERUNIT.,.KILO.,.WATT.);#15=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.KELVIN.);", "THERMALTRANSMITTANCEUNIT", 1000, 0, "W/(m²·K)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", unitFile("#10", c.in))
			u := m.Units().Of(c.kind)
			if math.Abs(u.Factor-c.factor) > relative*c.factor || u.Offset != c.offset || u.Symbol != c.symbol || m.Number(u.Entity) != 10 {
				t.Errorf("got %+v", u)
			}
		})
	}
}

func TestUnitsThatCannotBeUsed(t *testing.T) {
	for _, c := range []struct{ name, list, in, code string }{
		{"no length unit", "#7", "", model.CodeUnitMissing},
		{"no units at all", "", "", model.CodeUnitMissing},
		{"defined by itself", "#10,#7", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'x',#11);#11=IFCMEASUREWITHUNIT(2.,#10);", model.CodeUnitInvalid},
		{"unknown prefix", "#10,#7", "#10=IFCSIUNIT(*,.LENGTHUNIT.,.LARGE.,.METRE.);", model.CodeUnitInvalid},
		{"factor zero", "#10,#7", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'x',#11);#11=IFCMEASUREWITHUNIT(0.,#8);", model.CodeUnitInvalid},
		{"impossible foot", "#10,#7", "#10=IFCCONVERSIONBASEDUNIT(#5,.LENGTHUNIT.,'FOOT',#11);#11=IFCMEASUREWITHUNIT(304.8,#8);", model.CodeUnitFactor},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", unitFile(c.list, c.in))
			if _, ok := codes(m)[c.code]; !ok {
				t.Errorf("issues %v, want %s", m.Issues(), c.code)
			}
			want := 1.0
			if c.code == model.CodeUnitFactor {
				want = 0.3048
			}
			if m.Units().Length != want {
				t.Errorf("length unit %v, want %v", m.Units().Length, want)
			}
		})
	}
}

func TestMeasuresHaveUnits(t *testing.T) {
	m := load(t, "IFC4", unitFile("#10,#7", "#10=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);"))
	for measure, want := range map[schema.Type]model.Unit{
		schema.IfcLengthMeasure:         {Factor: 1e-3, Symbol: "m"},
		schema.IfcPositiveLengthMeasure: {Factor: 1e-3, Symbol: "m"},
		schema.IfcAreaMeasure:           {Factor: 1, Symbol: "m²"},
		schema.IfcMassDensityMeasure:    {Factor: 1, Symbol: "kg/m³"},
	} {
		if u, ok := m.Units().OfMeasure(measure); !ok || u.Factor != want.Factor || u.Symbol != want.Symbol {
			t.Errorf("%s: %+v %v", measure, u, ok)
		}
	}
	for _, measure := range []schema.Type{schema.IfcLabel, schema.IfcRatioMeasure, schema.IfcCountMeasure, schema.IfcWall, 0} {
		if u, ok := m.Units().OfMeasure(measure); ok {
			t.Errorf("%s has unit %+v", measure, u)
		}
	}
}
