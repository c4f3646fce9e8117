package model

import (
	"fmt"
	"iter"

	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Entity is a handle to one instance of a Model, in file order. The zero Entity is none.
type Entity uint32

// Model is an IFC file bound to its schema. It is read-only after Load; any number of
// goroutines may use it. It reads from its step.File, which must stay open.
type Model struct {
	file    *step.File
	schema  *schema.Schema
	types   []schema.Type // by keyword number
	issues  issues
	project Entity

	products  []Entity
	relations [relationCount]relation
	units     Units
	contexts  []Context
	parents   parents
}

// Load binds an indexed file to its IFC schema and builds what many readers need: units,
// relations and the placements that others are relative to. A file whose schema is not of
// IFC gives a spatial.Problem with code not-ifc; lesser faults are in Issues.
func Load(f *step.File) (*Model, error) {
	m := &Model{file: f}
	version, err := m.version()
	if err != nil {
		return nil, err
	}
	m.schema = schema.Open(version)
	m.bind()
	m.gather()
	m.loadUnits()
	m.loadContexts()
	m.loadParents()
	m.issues.finish()
	return m, nil
}

// version maps the names of FILE_SCHEMA to a schema; the first that is one of IFC counts.
func (m *Model) version() (schema.Version, error) {
	names := m.file.Header.Schemas
	for _, name := range names {
		v, match := schema.Named(name)
		if match == schema.Nearest {
			m.issues.add(Issue{Code: CodeSchemaNearest, Message: fmt.Sprintf("schema %s is read as %s", name, v)})
		}
		if match != schema.Unknown {
			return v, nil
		}
	}
	if len(names) > 0 {
		return 0, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-ifc",
			Message: fmt.Sprintf("the STEP file's schema is %q, not one of IFC", names),
			Hint:    "export as IFC2X3, IFC4 or IFC4X3"}
	}
	return m.guessVersion()
}

// guessVersion looks at the keywords of a file that does not name its schema.
func (m *Model) guessVersion() (schema.Version, error) {
	best, most := schema.IFC4, 0
	for v := schema.IFC2X3; v <= schema.IFC4X3; v++ {
		s, known := schema.Open(v), 0
		for _, word := range m.file.Keywords() {
			if s.Has(schema.TypeNamed(word)) {
				known++
			}
		}
		if known > most {
			best, most = v, known
		}
	}
	if most == 0 {
		return 0, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-ifc",
			Message: "the STEP file names no schema and holds no entity of IFC", Hint: "export as IFC2X3, IFC4 or IFC4X3"}
	}
	m.issues.add(Issue{Code: CodeSchemaNearest, Message: fmt.Sprintf("the file names no schema; its entities are read as %s", best)})
	return best, nil
}

// bind gives each keyword of the file its type.
func (m *Model) bind() {
	words := m.file.Keywords()
	m.types = make([]schema.Type, len(words))
	for i, word := range words {
		t := schema.TypeOf([]byte(word))
		if m.schema.IsEntity(t) {
			m.types[i] = t
		} else if n := m.file.Count(i); n > 0 {
			m.issues.add(Issue{Code: CodeUnknownEntity, Count: n, Message: fmt.Sprintf("%d instances of %q, which no schema of IFC has", n, word)})
		}
	}
}

// gather goes over all rows once and collects products and relations.
func (m *Model) gather() {
	product := make([]bool, len(m.types))
	specs := make([][]relationSpec, len(m.types))
	for i, t := range m.types {
		product[i] = m.schema.IsA(t, schema.IfcProduct)
		specs[i] = m.specsOf(t)
	}
	var pairs [relationCount]pairs
	for r := range m.file.Rows() {
		k, e := m.file.KeywordID(r), Entity(r)+1
		if product[k] {
			m.products = append(m.products, e)
		}
		for _, s := range specs[k] {
			m.relate(&pairs[s.relation], s, e)
		}
		if m.types[k] == schema.IfcProject && m.project == 0 {
			m.project = e
		}
	}
	for i := range pairs {
		m.relations[i] = pairs[i].relation()
	}
}

// File returns the file the model reads from.
func (m *Model) File() *step.File { return m.file }

// Schema returns the schema that the model is read with.
func (m *Model) Schema() schema.Version { return m.schema.Version() }

// Tables returns the tables of that schema.
func (m *Model) Tables() *schema.Schema { return m.schema }

// Project returns the first IfcProject, none if there is no such.
func (m *Model) Project() Entity { return m.project }

// Products returns every IfcProduct in file order. The caller must not change the slice.
func (m *Model) Products() []Entity { return m.products }

// Len returns the number of instances; entities are 1 to Len.
func (m *Model) Len() int { return m.file.Len() }

func (e Entity) row() step.Row { return step.Row(e - 1) } // of none: step.NoRow

// Type returns the class of an entity, 0 for none and for what no schema of IFC has.
func (m *Model) Type(e Entity) schema.Type {
	if e == 0 {
		return 0
	}
	return m.types[m.file.KeywordID(e.row())]
}

// Is reports whether an entity is of a class or of a subclass of it.
func (m *Model) Is(e Entity, t schema.Type) bool { return m.schema.IsA(m.Type(e), t) }

// Number returns an entity's instance number in the file, as in #123; 0 for none.
func (m *Model) Number(e Entity) uint64 { return m.file.Number(e.row()) }

// Find returns the entity of an instance number, none when the file does not have it.
func (m *Model) Find(number uint64) Entity { return Entity(m.file.Find(number) + 1) }

// All returns the entities of the given classes and their subclasses in file order.
func (m *Model) All(types ...schema.Type) iter.Seq[Entity] {
	wanted, any := make([]bool, len(m.types)), false
	for i, t := range m.types {
		for _, w := range types {
			if m.schema.IsA(t, w) && m.file.Count(i) > 0 {
				wanted[i], any = true, true
			}
		}
	}
	return func(yield func(Entity) bool) {
		if !any {
			return
		}
		for r := range m.file.Rows() {
			if wanted[m.file.KeywordID(r)] && !yield(Entity(r)+1) {
				return
			}
		}
	}
}

// Attr returns an attribute by its name in the schema; an absent Value when the entity has
// none of that name. Numbers are as the file has them.
func (m *Model) Attr(e Entity, name string) Value {
	p := m.schema.Position(m.Type(e), name)
	if p < 0 {
		return Value{m: m}
	}
	return m.Arg(e, p)
}

// Arg returns an attribute by its position.
func (m *Model) Arg(e Entity, position int) Value {
	return Value{m: m, v: m.file.Arg(e.row(), position)}
}

// Args returns all attributes of an entity in the order of the schema, appended to dst.
func (m *Model) Args(dst []Value, e Entity) []Value {
	c := m.file.Args(e.row())
	for v, ok := c.Next(); ok; v, ok = c.Next() {
		dst = append(dst, Value{m: m, v: v})
	}
	return dst
}

// first returns the attribute of the first of several names that the entity's schema has:
// names differ between versions.
func (m *Model) first(e Entity, names ...string) Value {
	for _, name := range names {
		if p := m.schema.Position(m.Type(e), name); p >= 0 {
			return m.Arg(e, p)
		}
	}
	return Value{m: m}
}

// GlobalID returns the GlobalId of an entity that has one, as it stands in the file.
func (m *Model) GlobalID(e Entity) string { return m.Attr(e, "GlobalId").Text() }

// Name returns the Name of an entity that has one.
func (m *Model) Name(e Entity) string { return m.first(e, "Name").Text() }

// Units returns the units of the project.
func (m *Model) Units() *Units { return &m.units }

// Transform is the map that Placement and the like return.
type Transform = mesh.Transform
