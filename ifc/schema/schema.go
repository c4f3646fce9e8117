package schema

import "sync"

// Type names an entity, or a defined, select or enumeration type, of any version. The
// zero Type is none.
type Type uint16

// String returns the name as EXPRESS spells it, such as IfcWall.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return ""
}

// Base says what kind of value an attribute or a defined type has.
type Base uint8

// The kinds of value. EntityRef, SelectOf, EnumOf and DefinedAs come with the Type.
const (
	NoBase Base = iota
	Real
	Integer
	Number
	Boolean
	Logical
	String
	Binary
	EntityRef
	SelectOf
	EnumOf
	DefinedAs
)

// Attribute is an explicit attribute of an entity.
type Attribute struct {
	Name     string
	Type     Type // of the value or of a list's items; 0 for the simple types of EXPRESS
	Base     Base // what Type is, or the simple type
	Lists    uint8
	Optional bool
}

// entity is a row of the generated table: what some versions say about an entity.
type entity struct {
	typ, super Type
	first      uint16 // of its own attributes in attributeLists
	own        uint8  // how many
	abstract   bool
	in         uint16 // bit i: the row holds for Version i
}

// defined is a row of the generated table: what a defined type stands for.
type defined struct {
	typ, under Type
	base       Base
	lists      uint8
	in         uint16
}

// Schema answers for one version. It is read-only; any number of goroutines may use it.
type Schema struct {
	version  Version
	super    []Type
	abstract []bool
	foreign  []bool   // the entity is not of this version
	first    []uint16 // of an entity's attributes in lists, inherited ones first
	lists    []uint16 // indices into attributes
	// A type's subtypes are those whose number lies in [number, last], in an order of the
	// tree from the roots.
	number, last []uint16
	under        []defined
}

// Open returns the tables of a version. They are made once.
func Open(v Version) *Schema { return opened[min(v, versions-1)]() }

var opened = func() (list [versions]func() *Schema) {
	for v := range list {
		list[v] = sync.OnceValue(func() *Schema { return tablesOf(Version(v)) })
	}
	return list
}()

func tablesOf(v Version) *Schema {
	n := len(typeNames)
	s := &Schema{version: v, super: make([]Type, n), abstract: make([]bool, n), foreign: make([]bool, n),
		first: make([]uint16, n+1), number: make([]uint16, n), last: make([]uint16, n), under: make([]defined, n)}
	rows := make([]*entity, n)
	for i := range entities {
		e := &entities[i]
		if rows[e.typ] == nil || nearer(e.in, rows[e.typ].in, v) {
			rows[e.typ] = e
		}
	}
	for t, e := range rows {
		if e != nil {
			s.super[t], s.abstract[t], s.foreign[t] = e.super, e.abstract, e.in>>v&1 == 0
		}
	}
	for i := range definedTypes {
		d := definedTypes[i]
		if s.under[d.typ].typ == 0 || nearer(d.in, s.under[d.typ].in, v) {
			s.under[d.typ] = d
		}
	}
	s.order(rows)
	for t := range rows {
		s.first[t] = uint16(len(s.lists))
		s.appendAttributes(rows, Type(t), 0)
	}
	s.first[n] = uint16(len(s.lists))
	return s
}

// maxInheritance is above the deepest branch of any schema.
const maxInheritance = 32

func (s *Schema) appendAttributes(rows []*entity, t Type, depth int) {
	e := rows[t]
	if e == nil || depth > maxInheritance {
		return
	}
	s.appendAttributes(rows, e.super, depth+1)
	s.lists = append(s.lists, attributeLists[e.first:int(e.first)+int(e.own)]...)
}

// order numbers the types so that the subtypes of each stand together.
func (s *Schema) order(rows []*entity) {
	children := make([][]Type, len(rows))
	for t := range rows {
		if rows[t] != nil {
			children[s.super[t]] = append(children[s.super[t]], Type(t))
		}
	}
	next := uint16(1)
	var visit func(t Type)
	visit = func(t Type) {
		if s.number[t] != 0 {
			return
		}
		s.number[t] = next
		next++
		for _, c := range children[t] {
			visit(c)
		}
		s.last[t] = next - 1
	}
	for _, root := range children[0] {
		visit(root)
	}
}

// nearer reports whether a row that holds for the versions a fits v better than one that
// holds for b: the version itself, else the next later one, else the next earlier one.
func nearer(a, b uint16, v Version) bool { return distance(a, v) < distance(b, v) }

func distance(in uint16, v Version) int {
	for d := range int(versions) {
		if w := int(v) + d; w < int(versions) && in>>w&1 == 1 {
			return d
		}
	}
	for d := range int(v) + 1 {
		if in>>(int(v)-d)&1 == 1 {
			return int(versions) + d
		}
	}
	return 3 * int(versions)
}

// Version returns which schema s answers for.
func (s *Schema) Version() Version { return s.version }

// IsEntity reports whether t is an entity rather than a value type.
func (s *Schema) IsEntity(t Type) bool { return int(t) < len(s.number) && s.number[t] != 0 }

// Has reports whether t is an entity of this very version, rather than one that is
// answered from another.
func (s *Schema) Has(t Type) bool { return s.IsEntity(t) && !s.foreign[t] }

// IsAbstract reports whether t has no instances of its own.
func (s *Schema) IsAbstract(t Type) bool { return int(t) < len(s.abstract) && s.abstract[t] }

// Super returns the supertype of an entity, 0 for a root.
func (s *Schema) Super(t Type) Type {
	if int(t) < len(s.super) {
		return s.super[t]
	}
	return 0
}

// IsA reports whether t is super or one of its subtypes.
func (s *Schema) IsA(t, super Type) bool {
	if int(t) >= len(s.number) || int(super) >= len(s.number) || s.number[super] == 0 {
		return false
	}
	n := s.number[t]
	return n >= s.number[super] && n <= s.last[super]
}

// Len returns the number of attributes of an entity, inherited ones included.
func (s *Schema) Len(t Type) int {
	if int(t) >= len(s.super) {
		return 0
	}
	return int(s.first[t+1] - s.first[t])
}

// Attribute returns the attribute at a position, from 0; the zero Attribute when the
// entity has fewer.
func (s *Schema) Attribute(t Type, position int) Attribute {
	if position < 0 || position >= s.Len(t) {
		return Attribute{}
	}
	return attributes[s.lists[int(s.first[t])+position]]
}

// Position returns where the attribute of a name stands among an entity's parameters;
// −1 when the entity has none of that name.
func (s *Schema) Position(t Type, name string) int {
	if int(t) >= len(s.super) {
		return -1
	}
	for i, a := range s.lists[s.first[t]:s.first[t+1]] {
		if attributes[a].Name == name {
			return i
		}
	}
	return -1
}

// Underlying returns what a defined type stands for: its kind of value, and the Type when
// that is no simple one. IfcPositiveLengthMeasure stands for IfcLengthMeasure, that for a
// Real.
func (s *Schema) Underlying(t Type) (Base, Type) {
	if int(t) >= len(s.under) {
		return NoBase, 0
	}
	return s.under[t].base, s.under[t].under
}

// Simple follows a defined type down to the simple type of EXPRESS it is made of.
func (s *Schema) Simple(t Type) Base {
	for range maxInheritance {
		base, under := s.Underlying(t)
		if base != DefinedAs {
			return base
		}
		t = under
	}
	return NoBase
}

// TypeOf returns the Type of a keyword or a name in any case, 0 when no version has it.
// It takes no memory.
func TypeOf(keyword []byte) Type {
	for i := nameHash(keyword); ; i++ {
		t := nameSlots[i&(uint32(len(nameSlots))-1)]
		if t == 0 || equalFold(keyword, typeNames[t]) {
			return t
		}
	}
}

// TypeNamed returns the Type of a name in any case, as TypeOf does.
func TypeNamed(name string) Type { return TypeOf([]byte(name)) }

// nameHash is FNV-1a over the letters in lower case.
func nameHash(name []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range name {
		h = (h ^ uint32(c|0x20)) * 16777619
	}
	return h ^ h>>15
}

func equalFold(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		// Letters, digits and the underscore keep apart under this, except for characters
		// that no keyword has.
		if c|0x20 != b[i]|0x20 {
			return false
		}
	}
	return true
}
