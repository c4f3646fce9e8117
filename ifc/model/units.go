package model

import (
	"fmt"
	"math"
	"strings"

	"github.com/shikong-cim/shikong/ifc/schema"
)

// Unit says how numbers of the file become SI: SI = value × Factor + Offset.
type Unit struct {
	Kind   string  // of IfcUnitEnum or IfcDerivedUnitEnum, such as LENGTHUNIT
	Factor float64 // 1 in the zero sense of a unit that is SI already
	Offset float64 // kelvin, for temperatures not counted from absolute zero
	Symbol string  // of the SI unit that values are converted to, such as m or W/(m²·K)
	Name   string  // as the file names it, such as MILLIMETRE or inch
	Entity Entity  // none for a unit that is assumed
}

// SI converts a number of the file.
func (u Unit) SI(value float64) float64 { return value*u.Factor + u.Offset }

// Units are the units of a model's project.
type Units struct {
	Length     float64 // metres per length unit of the file
	PlaneAngle float64 // radians per angle unit of the file
	byKind     map[string]Unit
	byMeasure  map[schema.Type]Unit
}

// Of returns the unit of a kind, such as AREAUNIT or VOLUMETRICFLOWRATEUNIT. A kind that
// the project does not give is SI, with a Factor of 1 and no Entity.
func (u *Units) Of(kind string) Unit {
	if unit, ok := u.byKind[kind]; ok {
		return unit
	}
	return Unit{Kind: kind, Factor: 1}
}

// OfMeasure returns the unit of a measure type, such as IfcPositiveLengthMeasure, and
// false for a type whose values have no unit, such as IfcLabel or IfcRatioMeasure.
func (u *Units) OfMeasure(measure schema.Type) (Unit, bool) {
	unit, ok := u.byMeasure[measure]
	return unit, ok
}

// loadUnits reads the units of the project. Without a project, or one without units, any
// unit assignment of the file counts.
func (m *Model) loadUnits() {
	u := &m.units
	*u = Units{Length: 1, PlaneAngle: 1, byKind: map[string]Unit{}}
	assignment := m.Attr(m.project, "UnitsInContext").Entity()
	if assignment == 0 {
		for e := range m.All(schema.IfcUnitAssignment) {
			assignment = e
			break
		}
	}
	for _, e := range m.Attr(assignment, "Units").Entities(nil) {
		unit, ok := m.Unit(e)
		if !ok {
			if m.Type(e) != schema.IfcMonetaryUnit && m.Type(e) != schema.IfcContextDependentUnit {
				m.report(CodeUnitInvalid, e, "the unit cannot be resolved; SI is used")
			}
			continue
		}
		if fault := m.unitFault(e); fault != "" {
			m.report(CodeUnitFactor, e, fault)
		}
		// A second unit of a kind is a fault of the file; square feet filed as a length
		// come behind the feet.
		if _, given := u.byKind[unit.Kind]; !given {
			u.byKind[unit.Kind] = unit
		}
	}
	u.Length = m.neededUnit("LENGTHUNIT", "metres", "m")
	u.PlaneAngle = m.neededUnit("PLANEANGLEUNIT", "radians", "rad")
	u.byMeasure = m.measureUnits()
}

// neededUnit returns the factor of a unit that shapes need; a missing one is SI and is
// reported.
func (m *Model) neededUnit(kind, si, symbol string) float64 {
	unit, ok := m.units.byKind[kind]
	if !ok {
		m.report(CodeUnitMissing, m.project, fmt.Sprintf("the project gives no %s; %s are used", kind, si))
		m.units.byKind[kind] = Unit{Kind: kind, Factor: 1, Symbol: symbol}
		return 1
	}
	return unit.Factor
}

// measureUnits gives each measure type the unit its values are in; types defined by a
// measure, such as IfcPositiveLengthMeasure, have its unit.
func (m *Model) measureUnits() map[schema.Type]Unit {
	units := map[schema.Type]Unit{}
	for t, k := range measureKinds {
		unit := m.units.Of(k.kind)
		if unit.Symbol == "" {
			unit.Symbol = k.symbol
		}
		units[t] = unit
	}
	for t := schema.Type(1); t.String() != ""; t++ {
		if base, under := m.schema.Underlying(t); base == schema.DefinedAs {
			for range maxChain {
				if _, done := units[under]; done || base != schema.DefinedAs {
					break
				}
				base, under = m.schema.Underlying(under)
			}
			if unit, ok := units[under]; ok {
				if _, own := units[t]; !own {
					units[t] = unit
				}
			}
		}
	}
	return units
}

// maxUnitDepth bounds how deep units may be defined by one another.
const maxUnitDepth = 8

// Unit resolves an IfcSIUnit, a conversion based unit or an IfcDerivedUnit. It is false
// for money, for context dependent units, and for what is broken.
func (m *Model) Unit(e Entity) (Unit, bool) { return m.unit(e, 0) }

func (m *Model) unit(e Entity, depth int) (Unit, bool) {
	if depth > maxUnitDepth {
		return Unit{}, false
	}
	var u Unit
	var ok bool
	switch m.Type(e) {
	case schema.IfcSIUnit:
		u, ok = m.siUnit(e)
	case schema.IfcConversionBasedUnit, schema.IfcConversionBasedUnitWithOffset:
		u, ok = m.conversionUnit(e, depth)
	case schema.IfcDerivedUnit:
		u, ok = m.derivedUnit(e, depth)
	}
	u.Entity = e
	return u, ok && u.Factor != 0 && finite(u.Factor) && finite(u.Offset)
}

func (m *Model) siUnit(e Entity) (Unit, bool) {
	name, prefix := m.Attr(e, "Name").Enum(), m.Attr(e, "Prefix").Enum()
	si, ok := siUnits[name]
	if !ok {
		return Unit{}, false
	}
	factor := si.factor
	if prefix != "" {
		p, known := siPrefixes[prefix]
		if !known {
			return Unit{}, false
		}
		// A prefix belongs to the metre: a milli square metre is a square millimetre.
		factor *= math.Pow(10, float64(p*si.power))
	}
	return Unit{Kind: m.Attr(e, "UnitType").Enum(), Factor: factor, Offset: si.offset, Symbol: si.symbol, Name: prefix + name}, true
}

func (m *Model) conversionUnit(e Entity, depth int) (Unit, bool) {
	name, kind := m.Attr(e, "Name").Text(), m.Attr(e, "UnitType").Enum()
	measure := m.Attr(e, "ConversionFactor").Entity()
	value, given := m.Attr(measure, "ValueComponent").Float()
	base, resolved := m.unit(m.Attr(measure, "UnitComponent").Entity(), depth+1)
	known, isKnown := knownUnit(kind, name)
	factor := value * base.Factor
	if isKnown && (!given || !resolved || !plausible(factor, known.factor)) {
		return Unit{Kind: kind, Factor: known.factor, Symbol: known.symbol, Name: name}, true
	}
	if !given || !resolved {
		return Unit{}, false
	}
	// The offset is added after the factor: IfcConversionBasedUnitWithOffset.
	offset := m.Attr(e, "ConversionOffset").FloatOr(0)*base.Factor + base.Offset
	return Unit{Kind: kind, Factor: factor, Offset: offset, Symbol: base.Symbol, Name: name}, true
}

// unitFault says what is wrong with the factor of a unit with a known name.
func (m *Model) unitFault(e Entity) string {
	name, kind := m.Attr(e, "Name").Text(), m.Attr(e, "UnitType").Enum()
	known, ok := knownUnit(kind, name)
	if !ok || m.Type(e) == schema.IfcSIUnit {
		return ""
	}
	measure := m.Attr(e, "ConversionFactor").Entity()
	base, _ := m.unit(m.Attr(measure, "UnitComponent").Entity(), 1)
	if f := m.Attr(measure, "ValueComponent").FloatOr(0) * base.Factor; !plausible(f, known.factor) {
		return fmt.Sprintf("the unit %q is given as %v %s; %v is used", name, f, known.symbol, known.factor)
	}
	return ""
}

// plausible reports whether a factor is what the name says, within what definitions of a
// foot or a pound differ by.
func plausible(factor, known float64) bool { return math.Abs(factor-known) <= 0.01*known }

func (m *Model) derivedUnit(e Entity, depth int) (Unit, bool) {
	u := Unit{Kind: m.Attr(e, "UnitType").Enum(), Factor: 1}
	if u.Kind == "USERDEFINED" {
		u.Name = m.Attr(e, "UserDefinedType").Text()
	}
	var above, below []string
	for item := range m.Attr(e, "Elements").Items() {
		element, ok := m.unit(item.Attr("Unit").Entity(), depth+1)
		exponent, given := item.Attr("Exponent").Int()
		if !ok || !given || exponent < -12 || exponent > 12 {
			return Unit{}, false
		}
		u.Factor *= math.Pow(element.Factor, float64(exponent))
		switch {
		case exponent > 0:
			above = append(above, power(element.Symbol, exponent))
		case exponent < 0:
			below = append(below, power(element.Symbol, -exponent))
		}
	}
	if len(above)+len(below) == 0 {
		return Unit{}, false
	}
	u.Symbol = quotient(above, below)
	return u, true
}

var superscripts = map[rune]rune{'0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹'}

// power writes a symbol with its exponent; one that has an exponent already is put in
// parentheses.
func power(symbol string, exponent int) string {
	if exponent == 1 {
		return symbol
	}
	if strings.ContainsAny(symbol, "²³/·") {
		symbol = "(" + symbol + ")"
	}
	return symbol + strings.Map(func(r rune) rune { return superscripts[r] }, fmt.Sprint(exponent))
}

func quotient(above, below []string) string {
	top, bottom := strings.Join(above, "·"), strings.Join(below, "·")
	if top == "" {
		top = "1"
	}
	switch len(below) {
	case 0:
		return top
	case 1:
		return top + "/" + bottom
	}
	return top + "/(" + bottom + ")"
}
