package model

import (
	"slices"

	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
)

// Property is one property or quantity of an object.
type Property struct {
	Set  string // name of the property set or quantity set
	Name string // of the property; inside a complex property "outer.inner"
	// Value is a number in SI, a text, a truth value, or JSON: a list for enumerated and
	// list values, {"lower","upper","set_point"} for bounded ones, {"defining","defined"}
	// for tables.
	Value spatial.Value
	Unit  string // symbol of the SI unit of the numbers, "" when they have none
	// Measure is the type that the value is stated in, such as IfcLengthMeasure; 0 when
	// the file states none.
	Measure  schema.Type
	Entity   Entity // the IfcProperty or IfcPhysicalQuantity; the set for predefined ones
	FromType bool   // inherited from the object's type
	Quantity bool   // measured, from an IfcElementQuantity
}

// Reader reads the properties of many objects: it keeps what it has met, texts, units and
// the sets of types. One goroutine may use a Reader at a time; make one for each.
type Reader struct {
	m      *Model
	texts  map[string]string
	units  map[Entity]Unit
	types  map[Entity][]Property
	kinds  []valueKind // by Type
	args   []Value
	visits int
	within [maxComplexity + 1]Entity // the complex properties that the one at hand is inside of
}

// valueKind is what a typed value of some Type is read as.
type valueKind struct {
	base    schema.Base
	unit    Unit
	hasUnit bool
}

// Bounds on what a Reader keeps and on what one object may have.
const (
	maxTexts      = 1 << 16
	maxTextKept   = 128
	maxTypesKept  = 1 << 12
	maxVisits     = 1 << 14
	maxComplexity = 8
)

// Reader returns a Reader of the model's properties.
func (m *Model) Reader() *Reader {
	r := &Reader{m: m, texts: map[string]string{}, units: map[Entity]Unit{}, types: map[Entity][]Property{}}
	for t := schema.Type(1); t.String() != ""; t++ {
		for int(t) >= len(r.kinds) {
			r.kinds = append(r.kinds, valueKind{})
		}
		k := &r.kinds[t]
		k.base = m.schema.Simple(t)
		k.unit, k.hasUnit = m.units.OfMeasure(t)
	}
	return r
}

// Properties returns the properties and quantities of an object, those of its own before
// those of its type, each in file order. A property of the object hides one of its type of
// the same set and name. For many objects a Reader is faster.
func (m *Model) Properties(object Entity) []Property { return m.Reader().Properties(nil, object) }

// Properties appends the properties of an object to dst, as Model.Properties returns them.
func (r *Reader) Properties(dst []Property, object Entity) []Property {
	r.visits = 0
	start := len(dst)
	for _, set := range r.m.Relating(Defines, object) {
		dst = r.appendSet(dst, set)
	}
	typ := r.m.TypeOf(object)
	if typ == 0 {
		return dst
	}
	own := dst[start:len(dst):len(dst)]
	for _, p := range r.typeProperties(typ) {
		if !hides(own, p) {
			dst = append(dst, p)
		}
	}
	return dst
}

func hides(own []Property, p Property) bool {
	for i := range own {
		if own[i].Name == p.Name && own[i].Set == p.Set {
			return true
		}
	}
	return false
}

// typeProperties returns the properties of a type object.
func (r *Reader) typeProperties(typ Entity) []Property {
	if list, ok := r.types[typ]; ok {
		return list
	}
	var list []Property
	for _, set := range r.m.Attr(typ, "HasPropertySets").Entities(nil) {
		list = r.appendSet(list, set)
	}
	for _, set := range r.m.Relating(Defines, typ) {
		list = r.appendSet(list, set)
	}
	for i := range list {
		list[i].FromType = true
	}
	list = slices.Clip(list)
	if len(r.types) < maxTypesKept {
		r.types[typ] = list
	}
	return list
}

// appendSet appends the properties of an IfcPropertySet, an IfcElementQuantity or a
// predefined set.
func (r *Reader) appendSet(dst []Property, set Entity) []Property {
	m := r.m
	switch {
	case m.Is(set, schema.IfcPropertySet):
		name := r.text(m.Attr(set, "Name"))
		return r.appendEach(dst, name, "", m.Attr(set, "HasProperties"), 0)
	case m.Is(set, schema.IfcElementQuantity):
		name, start := r.text(m.Attr(set, "Name")), len(dst)
		dst = r.appendEach(dst, name, "", m.Attr(set, "Quantities"), 0)
		for i := range dst[start:] {
			dst[start+i].Quantity = true
		}
		return dst
	case m.Is(set, schema.IfcPropertySetDefinition):
		return r.appendPredefined(dst, set)
	}
	return dst
}

func (r *Reader) appendEach(dst []Property, set, outer string, list Value, depth int) []Property {
	c := list.v.List()
	for item, ok := c.Next(); ok; item, ok = c.Next() {
		if r.visits++; r.visits > maxVisits {
			return dst
		}
		dst = r.append(dst, set, outer, Value{m: r.m, v: item}.Entity(), depth)
	}
	return dst
}

// append appends a property or quantity, of a complex one all that it holds.
func (r *Reader) append(dst []Property, set, outer string, e Entity, depth int) []Property {
	m, t := r.m, r.m.Type(e)
	if t == 0 || depth > maxComplexity || slices.Contains(r.within[:depth], e) {
		return dst
	}
	r.within[depth] = e
	r.args = m.Args(r.args[:0], e)
	p := Property{Set: set, Name: outer + r.text(r.arg(t, "Name")), Entity: e}
	switch {
	case t == schema.IfcPropertySingleValue:
		r.single(&p, r.arg(t, "NominalValue"), r.arg(t, "Unit"))
	case m.schema.IsA(t, schema.IfcPhysicalSimpleQuantity):
		r.quantity(&p, t)
	case t == schema.IfcPropertyEnumeratedValue:
		r.list(&p, r.arg(t, "EnumerationValues"), r.arg(t, "EnumerationReference").Attr("Unit"), true)
	case t == schema.IfcPropertyListValue:
		r.list(&p, r.arg(t, "ListValues"), r.arg(t, "Unit"), false)
	case t == schema.IfcPropertyBoundedValue:
		r.bounded(&p, t)
	case t == schema.IfcPropertyTableValue:
		r.table(&p, t)
	case t == schema.IfcPropertyReferenceValue:
		p.Value = r.reference(r.arg(t, "PropertyReference").Entity())
	case t == schema.IfcComplexProperty:
		return r.appendEach(dst, set, p.Name+".", r.arg(t, "HasProperties"), depth+1)
	case t == schema.IfcPhysicalComplexQuantity:
		return r.appendEach(dst, set, p.Name+".", r.arg(t, "HasQuantities"), depth+1)
	default:
		return dst
	}
	return append(dst, p)
}

// arg returns an attribute of the entity whose attributes r.args holds.
func (r *Reader) arg(t schema.Type, name string) Value {
	p := r.m.schema.Position(t, name)
	if p < 0 || p >= len(r.args) {
		return Value{}
	}
	return r.args[p]
}

// text returns a decoded text, the same string for the same text.
func (r *Reader) text(v Value) string {
	raw := v.v.RawText()
	if s, ok := r.texts[string(raw)]; ok {
		return s
	}
	s := v.Text()
	if len(r.texts) < maxTexts && len(raw) <= maxTextKept {
		r.texts[string(raw)] = s
	}
	return s
}

// unitOf returns the unit that an attribute states, or else that of the measure.
func (r *Reader) unitOf(stated Value, measure schema.Type) (Unit, bool) {
	if e := stated.Entity(); e != 0 {
		u, ok := r.units[e]
		if !ok {
			u, _ = r.m.Unit(e)
			r.units[e] = u
		}
		if u.Factor != 0 {
			return u, true
		}
	}
	if int(measure) < len(r.kinds) {
		k := &r.kinds[measure]
		return k.unit, k.hasUnit
	}
	return Unit{}, false
}

// single fills in the value of a property with one value.
func (r *Reader) single(p *Property, v, stated Value) {
	p.Measure, v = v.Typed()
	p.Value, p.Unit = r.value(v, p.Measure, stated)
}

// quantity fills in the value of a simple quantity: its last attribute but the formula,
// of a type that the schema says.
func (r *Reader) quantity(p *Property, t schema.Type) {
	for i := range r.m.schema.Len(t) {
		a := r.m.schema.Attribute(t, i)
		if k := r.kinds[a.Type].base; k == schema.Real || k == schema.Number || k == schema.Integer {
			p.Measure = a.Type
			if i < len(r.args) {
				p.Value, p.Unit = r.value(r.args[i], a.Type, r.arg(t, "Unit"))
			}
			return
		}
	}
}

// value converts a bare value of a measure.
func (r *Reader) value(v Value, measure schema.Type, stated Value) (spatial.Value, string) {
	switch v.Kind() {
	case step.String:
		return spatial.StringOf(r.text(v)), ""
	case step.Enum:
		if b, ok := v.Bool(); ok {
			return spatial.BoolOf(b), ""
		}
		if v.EnumIs("U") {
			return spatial.Value{}, ""
		}
		return spatial.StringOf(v.Enum()), ""
	case step.Integer, step.Real:
		return r.number(v, measure, stated)
	case step.Binary:
		raw := v.v.Raw()
		return spatial.StringOf(string(raw)), ""
	case step.Ref:
		return r.reference(v.Entity()), ""
	case step.List:
		return spatial.JSONOf(string(r.appendList(nil, v, 0))), ""
	}
	return spatial.Value{}, ""
}

// maxListDepth bounds how deep the lists of a value are followed.
const maxListDepth = 4

// appendList appends a list as JSON; its numbers stay as they are.
func (r *Reader) appendList(dst []byte, list Value, depth int) []byte {
	dst = append(dst, '[')
	for item := range list.Items() {
		dst = separate(dst, '[')
		switch {
		case item.Kind() != step.List:
			value, _ := r.value(item, 0, Value{})
			dst = value.AppendJSON(dst)
		case depth < maxListDepth:
			dst = r.appendList(dst, item, depth+1)
		default:
			dst = append(dst, "null"...)
		}
	}
	return append(dst, ']')
}

// number converts a number to SI. Whole numbers that have no unit stay whole.
func (r *Reader) number(v Value, measure schema.Type, stated Value) (spatial.Value, string) {
	u, ok := r.unitOf(stated, measure)
	if i, whole := v.v.Int(); whole && !ok && (v.Kind() == step.Integer || r.base(measure) == schema.Integer) && r.base(measure) != schema.Real {
		return spatial.IntOf(i), ""
	}
	f, valid := v.Float()
	if !valid {
		return spatial.Value{}, ""
	}
	if !ok {
		return spatial.FloatOf(f), ""
	}
	return spatial.FloatOf(u.SI(f)), u.Symbol
}

func (r *Reader) base(t schema.Type) schema.Base {
	if int(t) < len(r.kinds) {
		return r.kinds[t].base
	}
	return schema.NoBase
}

// list fills in a list of values; one that may stand alone does when it is the only one.
func (r *Reader) list(p *Property, list, stated Value, alone bool) {
	text, n := []byte{'['}, 0
	var last spatial.Value
	for item := range list.Items() {
		measure, v := item.Typed()
		p.Measure = measure
		last, p.Unit = r.value(v, measure, stated)
		text = last.AppendJSON(separate(text, '['))
		n++
	}
	if n == 1 && alone {
		p.Value = last
		return
	}
	if n > 0 {
		p.Value = spatial.JSONOf(string(append(text, ']')))
	}
}

// separate puts a comma unless the text is just open.
func separate(text []byte, opener byte) []byte {
	if text[len(text)-1] == opener {
		return text
	}
	return append(text, ',')
}

func (r *Reader) bounded(p *Property, t schema.Type) {
	text := []byte{'{'}
	for _, bound := range [...]struct{ key, name string }{
		{`"lower":`, "LowerBoundValue"}, {`"upper":`, "UpperBoundValue"}, {`"set_point":`, "SetPointValue"},
	} {
		v := r.arg(t, bound.name)
		if v.IsNull() {
			continue
		}
		measure, v := v.Typed()
		value, unit := r.value(v, measure, r.arg(t, "Unit"))
		p.Measure, p.Unit = measure, unit
		text = value.AppendJSON(append(separate(text, '{'), bound.key...))
	}
	if len(text) > 1 {
		p.Value = spatial.JSONOf(string(append(text, '}')))
	}
}

func (r *Reader) table(p *Property, t schema.Type) {
	var defining, defined Property
	// The attributes are those of the table until the lists have been read.
	r.list(&defining, r.arg(t, "DefiningValues"), r.arg(t, "DefiningUnit"), false)
	r.list(&defined, r.arg(t, "DefinedValues"), r.arg(t, "DefinedUnit"), false)
	if defining.Value.Kind() == spatial.Null && defined.Value.Kind() == spatial.Null {
		return
	}
	p.Measure, p.Unit = defined.Measure, defined.Unit
	text := defining.Value.AppendJSON([]byte(`{"defining":`))
	text = defined.Value.AppendJSON(append(text, `,"defined":`...))
	p.Value = spatial.JSONOf(string(append(text, '}')))
}

// reference says what a property refers to: its name, or else its class.
func (r *Reader) reference(e Entity) spatial.Value {
	if e == 0 {
		return spatial.Value{}
	}
	for _, name := range [...]string{"Name", "Identification", "Id", "FamilyName", "Location", "GivenName"} {
		if v := r.m.Attr(e, name); v.Kind() == step.String {
			return spatial.StringOf(r.text(v))
		}
	}
	return spatial.StringOf(r.m.Type(e).String())
}

// appendPredefined appends the attributes of a set whose properties the schema itself
// names, such as IfcDoorLiningProperties.
func (r *Reader) appendPredefined(dst []Property, e Entity) []Property {
	m, t := r.m, r.m.Type(e)
	set := r.text(m.Attr(e, "Name"))
	if set == "" {
		set = t.String()
	}
	inherited := m.schema.Len(schema.IfcPropertySetDefinition)
	r.args = m.Args(r.args[:0], e)
	for i := inherited; i < len(r.args) && i < m.schema.Len(t); i++ {
		a := m.schema.Attribute(t, i)
		if r.args[i].IsNull() {
			continue
		}
		p := Property{Set: set, Name: a.Name, Entity: e, Measure: a.Type}
		if measure, v := r.args[i].Typed(); measure != 0 {
			p.Measure = measure
			p.Value, p.Unit = r.value(v, measure, Value{})
		} else {
			p.Value, p.Unit = r.value(v, a.Type, Value{})
		}
		dst = append(dst, p)
	}
	return dst
}
