package model

import (
	"math"
	"strings"

	"github.com/shikong-cim/shikong/ifc/schema"
)

// siUnit is a unit of IfcSIUnitName.
type siUnit struct {
	factor float64 // to the coherent SI unit
	power  int     // what a prefix is raised to
	offset float64
	symbol string
}

var siUnits = map[string]siUnit{
	"METRE": {1, 1, 0, "m"}, "SQUARE_METRE": {1, 2, 0, "m²"}, "CUBIC_METRE": {1, 3, 0, "m³"},
	"GRAM": {1e-3, 1, 0, "kg"}, "SECOND": {1, 1, 0, "s"}, "AMPERE": {1, 1, 0, "A"}, "KELVIN": {1, 1, 0, "K"},
	"DEGREE_CELSIUS": {1, 1, 273.15, "K"}, "MOLE": {1, 1, 0, "mol"}, "CANDELA": {1, 1, 0, "cd"},
	"RADIAN": {1, 1, 0, "rad"}, "STERADIAN": {1, 1, 0, "sr"}, "HERTZ": {1, 1, 0, "Hz"}, "NEWTON": {1, 1, 0, "N"},
	"PASCAL": {1, 1, 0, "Pa"}, "JOULE": {1, 1, 0, "J"}, "WATT": {1, 1, 0, "W"}, "COULOMB": {1, 1, 0, "C"},
	"VOLT": {1, 1, 0, "V"}, "FARAD": {1, 1, 0, "F"}, "OHM": {1, 1, 0, "Ω"}, "SIEMENS": {1, 1, 0, "S"},
	"WEBER": {1, 1, 0, "Wb"}, "TESLA": {1, 1, 0, "T"}, "HENRY": {1, 1, 0, "H"}, "LUMEN": {1, 1, 0, "lm"},
	"LUX": {1, 1, 0, "lx"}, "BECQUEREL": {1, 1, 0, "Bq"}, "GRAY": {1, 1, 0, "Gy"}, "SIEVERT": {1, 1, 0, "Sv"},
}

// siPrefixes are the powers of ten of IfcSIPrefix.
var siPrefixes = map[string]int{
	"EXA": 18, "PETA": 15, "TERA": 12, "GIGA": 9, "MEGA": 6, "KILO": 3, "HECTO": 2, "DECA": 1,
	"DECI": -1, "CENTI": -2, "MILLI": -3, "MICRO": -6, "NANO": -9, "PICO": -12, "FEMTO": -15, "ATTO": -18,
}

// known is a unit that its name alone defines.
type known struct {
	factor float64
	symbol string
}

// knownUnits are units that conversion based units are named after, by kind and by name
// in lower case without blanks and plural s. A file may give one of them no factor, or a
// wrong one.
var knownUnits = map[string]map[string]known{
	"LENGTHUNIT": {
		"inch": {0.0254, "m"}, "foot": {0.3048, "m"}, "feet": {0.3048, "m"}, "ft": {0.3048, "m"}, "yard": {0.9144, "m"},
		"mile": {1609.344, "m"}, "ussurveyfoot": {1200.0 / 3937, "m"}, "ussurveyfeet": {1200.0 / 3937, "m"},
	},
	"AREAUNIT": {
		"squareinch": {0.00064516, "m²"}, "squarefoot": {0.09290304, "m²"}, "squarefeet": {0.09290304, "m²"},
		"squareyard": {0.83612736, "m²"}, "acre": {4046.8564224, "m²"}, "squaremile": {2589988.110336, "m²"}, "hectare": {1e4, "m²"},
	},
	"VOLUMEUNIT": {
		"cubicinch": {1.6387064e-5, "m³"}, "cubicfoot": {0.028316846592, "m³"}, "cubicfeet": {0.028316846592, "m³"},
		"cubicyard": {0.764554857984, "m³"}, "litre": {1e-3, "m³"}, "liter": {1e-3, "m³"},
	},
	"PLANEANGLEUNIT": {
		"degree": {math.Pi / 180, "rad"}, "deg": {math.Pi / 180, "rad"}, "decimaldegree": {math.Pi / 180, "rad"}, "°": {math.Pi / 180, "rad"},
		"gon": {math.Pi / 200, "rad"}, "grad": {math.Pi / 200, "rad"}, "gradian": {math.Pi / 200, "rad"},
	},
	"MASSUNIT":     {"pound": {0.45359237, "kg"}, "ounce": {0.028349523125, "kg"}, "tonne": {1000, "kg"}},
	"TIMEUNIT":     {"minute": {60, "s"}, "hour": {3600, "s"}, "day": {86400, "s"}},
	"FORCEUNIT":    {"pound-force": {4.4482216152605, "N"}},
	"PRESSUREUNIT": {"pound-forcepersquareinch": {6894.757293168, "Pa"}},
}

func knownUnit(kind, name string) (known, bool) {
	name = strings.ToLower(strings.Join(strings.Fields(name), ""))
	if k, ok := knownUnits[kind][name]; ok {
		return k, true
	}
	for _, plural := range [...]string{"es", "s"} {
		if k, ok := knownUnits[kind][strings.TrimSuffix(name, plural)]; ok {
			return k, true
		}
	}
	return known{}, false
}

// measureKind is the kind of unit that a measure is given in, and the SI unit to say when
// the project gives none.
type measureKind struct{ kind, symbol string }

var measureKinds = map[schema.Type]measureKind{
	schema.IfcLengthMeasure:                              {"LENGTHUNIT", "m"},
	schema.IfcAreaMeasure:                                {"AREAUNIT", "m²"},
	schema.IfcVolumeMeasure:                              {"VOLUMEUNIT", "m³"},
	schema.IfcPlaneAngleMeasure:                          {"PLANEANGLEUNIT", "rad"},
	schema.IfcSolidAngleMeasure:                          {"SOLIDANGLEUNIT", "sr"},
	schema.IfcMassMeasure:                                {"MASSUNIT", "kg"},
	schema.IfcTimeMeasure:                                {"TIMEUNIT", "s"},
	schema.IfcThermodynamicTemperatureMeasure:            {"THERMODYNAMICTEMPERATUREUNIT", "K"},
	schema.IfcElectricCurrentMeasure:                     {"ELECTRICCURRENTUNIT", "A"},
	schema.IfcAmountOfSubstanceMeasure:                   {"AMOUNTOFSUBSTANCEUNIT", "mol"},
	schema.IfcLuminousIntensityMeasure:                   {"LUMINOUSINTENSITYUNIT", "cd"},
	schema.IfcLuminousFluxMeasure:                        {"LUMINOUSFLUXUNIT", "lm"},
	schema.IfcIlluminanceMeasure:                         {"ILLUMINANCEUNIT", "lx"},
	schema.IfcFrequencyMeasure:                           {"FREQUENCYUNIT", "Hz"},
	schema.IfcForceMeasure:                               {"FORCEUNIT", "N"},
	schema.IfcPressureMeasure:                            {"PRESSUREUNIT", "Pa"},
	schema.IfcEnergyMeasure:                              {"ENERGYUNIT", "J"},
	schema.IfcPowerMeasure:                               {"POWERUNIT", "W"},
	schema.IfcElectricChargeMeasure:                      {"ELECTRICCHARGEUNIT", "C"},
	schema.IfcElectricVoltageMeasure:                     {"ELECTRICVOLTAGEUNIT", "V"},
	schema.IfcElectricCapacitanceMeasure:                 {"ELECTRICCAPACITANCEUNIT", "F"},
	schema.IfcElectricResistanceMeasure:                  {"ELECTRICRESISTANCEUNIT", "Ω"},
	schema.IfcElectricConductanceMeasure:                 {"ELECTRICCONDUCTANCEUNIT", "S"},
	schema.IfcMagneticFluxMeasure:                        {"MAGNETICFLUXUNIT", "Wb"},
	schema.IfcMagneticFluxDensityMeasure:                 {"MAGNETICFLUXDENSITYUNIT", "T"},
	schema.IfcInductanceMeasure:                          {"INDUCTANCEUNIT", "H"},
	schema.IfcRadioActivityMeasure:                       {"RADIOACTIVITYUNIT", "Bq"},
	schema.IfcAbsorbedDoseMeasure:                        {"ABSORBEDDOSEUNIT", "Gy"},
	schema.IfcDoseEquivalentMeasure:                      {"DOSEEQUIVALENTUNIT", "Sv"},
	schema.IfcAccelerationMeasure:                        {"ACCELERATIONUNIT", "m/s²"},
	schema.IfcAngularVelocityMeasure:                     {"ANGULARVELOCITYUNIT", "rad/s"},
	schema.IfcAreaDensityMeasure:                         {"AREADENSITYUNIT", "kg/m²"},
	schema.IfcCurvatureMeasure:                           {"CURVATUREUNIT", "rad/m"},
	schema.IfcDynamicViscosityMeasure:                    {"DYNAMICVISCOSITYUNIT", "Pa·s"},
	schema.IfcHeatFluxDensityMeasure:                     {"HEATFLUXDENSITYUNIT", "W/m²"},
	schema.IfcHeatingValueMeasure:                        {"HEATINGVALUEUNIT", "J/kg"},
	schema.IfcIonConcentrationMeasure:                    {"IONCONCENTRATIONUNIT", "kg/m³"},
	schema.IfcIsothermalMoistureCapacityMeasure:          {"ISOTHERMALMOISTURECAPACITYUNIT", "m³/kg"},
	schema.IfcKinematicViscosityMeasure:                  {"KINEMATICVISCOSITYUNIT", "m²/s"},
	schema.IfcLinearForceMeasure:                         {"LINEARFORCEUNIT", "N/m"},
	schema.IfcLinearMomentMeasure:                        {"LINEARMOMENTUNIT", "N·m/m"},
	schema.IfcLinearStiffnessMeasure:                     {"LINEARSTIFFNESSUNIT", "N/m"},
	schema.IfcLinearVelocityMeasure:                      {"LINEARVELOCITYUNIT", "m/s"},
	schema.IfcLuminousIntensityDistributionMeasure:       {"LUMINOUSINTENSITYDISTRIBUTIONUNIT", "cd/lm"},
	schema.IfcMassDensityMeasure:                         {"MASSDENSITYUNIT", "kg/m³"},
	schema.IfcMassFlowRateMeasure:                        {"MASSFLOWRATEUNIT", "kg/s"},
	schema.IfcMassPerLengthMeasure:                       {"MASSPERLENGTHUNIT", "kg/m"},
	schema.IfcModulusOfElasticityMeasure:                 {"MODULUSOFELASTICITYUNIT", "Pa"},
	schema.IfcModulusOfLinearSubgradeReactionMeasure:     {"MODULUSOFLINEARSUBGRADEREACTIONUNIT", "N/m²"},
	schema.IfcModulusOfRotationalSubgradeReactionMeasure: {"MODULUSOFROTATIONALSUBGRADEREACTIONUNIT", "N·m/(m·rad)"},
	schema.IfcModulusOfSubgradeReactionMeasure:           {"MODULUSOFSUBGRADEREACTIONUNIT", "N/m³"},
	schema.IfcMoistureDiffusivityMeasure:                 {"MOISTUREDIFFUSIVITYUNIT", "m³/s"},
	schema.IfcMolecularWeightMeasure:                     {"MOLECULARWEIGHTUNIT", "kg/mol"},
	schema.IfcMomentOfInertiaMeasure:                     {"MOMENTOFINERTIAUNIT", "m⁴"},
	schema.IfcPlanarForceMeasure:                         {"PLANARFORCEUNIT", "Pa"},
	schema.IfcRotationalFrequencyMeasure:                 {"ROTATIONALFREQUENCYUNIT", "Hz"},
	schema.IfcRotationalMassMeasure:                      {"ROTATIONALMASSUNIT", "kg·m²"},
	schema.IfcRotationalStiffnessMeasure:                 {"ROTATIONALSTIFFNESSUNIT", "N·m/rad"},
	schema.IfcSectionModulusMeasure:                      {"SECTIONMODULUSUNIT", "m³"},
	schema.IfcSectionalAreaIntegralMeasure:               {"SECTIONAREAINTEGRALUNIT", "m⁵"},
	schema.IfcShearModulusMeasure:                        {"SHEARMODULUSUNIT", "Pa"},
	schema.IfcSoundPowerMeasure:                          {"SOUNDPOWERUNIT", "W"},
	schema.IfcSoundPressureMeasure:                       {"SOUNDPRESSUREUNIT", "Pa"},
	schema.IfcSpecificHeatCapacityMeasure:                {"SPECIFICHEATCAPACITYUNIT", "J/(kg·K)"},
	schema.IfcTemperatureGradientMeasure:                 {"TEMPERATUREGRADIENTUNIT", "K/m"},
	schema.IfcTemperatureRateOfChangeMeasure:             {"TEMPERATURERATEOFCHANGEUNIT", "K/s"},
	schema.IfcThermalAdmittanceMeasure:                   {"THERMALADMITTANCEUNIT", "W/(m²·K)"},
	schema.IfcThermalConductivityMeasure:                 {"THERMALCONDUCTANCEUNIT", "W/(m·K)"},
	schema.IfcThermalExpansionCoefficientMeasure:         {"THERMALEXPANSIONCOEFFICIENTUNIT", "1/K"},
	schema.IfcThermalResistanceMeasure:                   {"THERMALRESISTANCEUNIT", "m²·K/W"},
	schema.IfcThermalTransmittanceMeasure:                {"THERMALTRANSMITTANCEUNIT", "W/(m²·K)"},
	schema.IfcTorqueMeasure:                              {"TORQUEUNIT", "N·m"},
	schema.IfcVaporPermeabilityMeasure:                   {"VAPORPERMEABILITYUNIT", "kg/(s·m·Pa)"},
	schema.IfcVolumetricFlowRateMeasure:                  {"VOLUMETRICFLOWRATEUNIT", "m³/s"},
	schema.IfcWarpingConstantMeasure:                     {"WARPINGCONSTANTUNIT", "m⁶"},
	schema.IfcWarpingMomentMeasure:                       {"WARPINGMOMENTUNIT", "N·m²"},
}
